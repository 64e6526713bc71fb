/** A right answer is taken, in whatever form it comes. */

import { describe, expect, it } from 'vitest';

import { claimsOf } from '../../src/ims/token.ts';

import { answerOf, GOOD, NOW, tokensOf } from '../support/answers.ts';
import { test } from '../support/fixtures.ts';
import { type ScriptedAnswer, tokenAnswer } from '../support/ims-server.ts';
import { expectSuccess } from '../support/verdicts.ts';

const TOKEN = 'p8e-test-token-0123456789';

describe('a token is taken from an answer', () => {
  const { body } = tokenAnswer();
  const html = { 'content-type': 'text/html' };

  test.for<readonly [string, ScriptedAnswer, number?, string?]>([
    [
      'without `token_type`',
      { body: JSON.stringify({ access_token: TOKEN, expires_in: 3599 }) },
      3599,
    ],
    ['with `Bearer`', tokenAnswer({ token_type: 'Bearer' }), 86_399, 'Bearer'],
    ['of an hour in milliseconds', tokenAnswer({ expires_in: 3_599_985 }), 3599],
    ['of a day in milliseconds', tokenAnswer({ expires_in: 86_399_985 })],
    ['with a byte order mark', { body: `\ufeff${body}` }],
    ['one byte at a time', { fault: 'byte-by-byte', body }],
    ['of 64 KiB, as another content type', { headers: html, body: body.padEnd(64 * 1024) }],
  ])('%s', async (row, { ims, job, inputs }) => {
    const [, answer, seconds = 86_399, type = 'bearer'] = row;
    ims.script(answer);
    const step = await job.uses(inputs);
    expectSuccess(step);
    expect(ims.requests).toHaveLength(1);
    expect(step.outputs).toMatchObject({ 'access-token': TOKEN, 'token-type': type });
    const left = Number(step.outputs['expires-in']);
    expect(left).toBeLessThanOrEqual(seconds);
    expect(left).toBeGreaterThan(seconds - 60);
  });

  test('whose lifetime counts from the request, and not from the answer', async ({
    ims,
    job,
    inputs,
  }) => {
    ims.script({ ...tokenAnswer({ expires_in: 5000 }), afterMs: 1000 });
    const step = await job.uses({ ...inputs, 'aio-context': 'cli' });
    const expiry = Number(step.env['AIO_IMS_CONTEXTS_CLI_ACCESS__TOKEN_EXPIRY']);
    expect(expiry).toBeLessThanOrEqual((ims.requests[0]?.date ?? 0) + 5_000_000);
  });
});

test('an opaque token is as good as any', async ({ ims, job, inputs }) => {
  ims.script(tokenAnswer({}));
  const step = await job.uses(inputs);
  expectSuccess(step);
  const scopes = 'openid,AdobeID,offline_access,creative_sdk';
  expect(step.outputs).toMatchObject({ 'user-id': '', scopes });
});

it.each([
  ['at the limit is still seconds', 1_000_000, 1_000_000_000],
  ['above the limit is milliseconds', 1_000_001, 1_000_001],
  ['below a second is a lifetime too', 0.5, 500],
])('a lifetime %s', (_what, expiresIn, lifetimeMs) => {
  const { token } = tokensOf(answerOf({ ...GOOD, expires_in: expiresIn }));
  expect(token.expiresAtMs).toBe(NOW + lifetimeMs);
});

describe('claims', () => {
  const jwt = (payload: string): string => `h.${Buffer.from(payload).toString('base64url')}.s`;

  it('are read from a JWT', () => {
    const claims = { scope: 'a,b', user_id: 'X@techacct.adobe.com' };
    expect(claimsOf(jwt(JSON.stringify(claims)))).toMatchObject({
      grantedScopes: ['a', 'b'],
      userId: 'X@techacct.adobe.com',
    });
  });

  it.each(['opaque', 'a.b.c', jwt('null'), jwt('[]'), jwt('{"user_id":7,"scope":{}}'), '..'])(
    'are none in %j',
    (token) => {
      expect(claimsOf(token)).toMatchObject({ grantedScopes: undefined, userId: '' });
    },
  );

  it('are left out if they cannot be printed', () => {
    expect(claimsOf(jwt('{"user_id":"a\\n::error::b"}'))).toMatchObject({ userId: '' });
  });
});

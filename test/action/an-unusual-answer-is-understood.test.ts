/** Answers as IMS, gateways and portals give them: what is taken, what is shown, and what decides. */

import { gzipSync } from 'node:zlib';

import { describe, expect } from 'vitest';

import { SECRET, test } from '../support/fixtures.ts';
import { type ScriptedAnswer, tokenAnswer } from '../support/ims-server.ts';
import { expectSuccess, failureOf, messageOf } from '../support/verdicts.ts';

const TOKEN = 'p8e-test-token-0123456789';

describe('a token is taken from an answer', () => {
  test.for<readonly [string, string, number, string]>([
    [
      'without `token_type`',
      JSON.stringify({ access_token: TOKEN, expires_in: 3599 }),
      3599,
      'bearer',
    ],
    ['with `Bearer`', tokenAnswer({ token_type: 'Bearer' }).body, 86_399, 'Bearer'],
    ['of an hour in milliseconds', tokenAnswer({ expires_in: 3_599_985 }).body, 3599, 'bearer'],
    ['of a day in milliseconds', tokenAnswer({ expires_in: 86_399_985 }).body, 86_399, 'bearer'],
    ['with a byte order mark', `\ufeff${tokenAnswer().body}`, 86_399, 'bearer'],
  ])('%s', async ([, body, seconds, type], { ims, job, inputs }) => {
    ims.script({ body });
    const step = await job.uses(inputs);
    expectSuccess(step);
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

describe('an answer of 200 that gives no token is called what it is', () => {
  const compressed = { 'content-encoding': 'gzip' };
  test.for<readonly [string, ScriptedAnswer, RegExp]>([
    ['an empty `token_type`', tokenAnswer({ token_type: '' }), /no usable `token_type`/],
    ['a `token_type` of null', tokenAnswer({ token_type: null }), /no usable `token_type`/],
    [
      'a compressed body',
      { headers: compressed, body: gzipSync(tokenAnswer().body) },
      /is compressed.*content-encoding gzip/,
    ],
    ['a web page', { body: '\n <!doctype html><p>Sign in' }, /answer is a web page/],
    ['a text', { body: 'OK' }, /was cut off or is not JSON/],
  ])('%s', async ([, answer, words], { ims, job, inputs }) => {
    ims.scriptAlways(answer);
    expect(failureOf(await job.uses({ ...inputs, timeout: '1' }), job)).toMatch(words);
  });

  test('nothing is compressed at our wish', async ({ ims, job, inputs }) => {
    await job.uses(inputs);
    expect(ims.requests[0]?.headers['accept-encoding']).toBe('identity');
  });
});

describe('the words of a gateway are shown', () => {
  const says = (text: string): RegExp => new RegExp(`The server says "${text}"`);
  test.for<readonly [string, number, object, readonly RegExp[]]>([
    [
      'error_code and message',
      403,
      { error_code: '403000', message: 'Api Key is required' },
      [says('Api Key is required'), /\(gateway, 403000, HTTP 403/],
    ],
    ['a number as error_code', 403, { error_code: 403010 }, [/\(gateway, 403010, HTTP 403/]],
    [
      'title and detail (RFC 9457)',
      400,
      { title: 'Bad Request', detail: 'p8e is not allowed' },
      [says('p8e is not allowed'), /\(ims_error, HTTP 400/],
    ],
    ['a title alone', 404, { detail: ' ', message: 7, title: 'None' }, [says('None'), /\(gateway/]],
    [
      'not beside a description',
      401,
      { error_description: 'theirs', message: 'p8e-other' },
      [says('theirs'), /\(ims_error/],
    ],
  ])('%s', async ([, status, body, words], { ims, job, inputs }) => {
    ims.scriptAlways({ status, body: JSON.stringify(body) });
    const message = messageOf(await job.uses(inputs));
    for (const word of words) expect(message).toMatch(word);
    expect(message).not.toContain('p8e-other');
  });

  test('cleaned', async ({ ims, job, inputs }) => {
    const text = `a::error::${SECRET}##[error]b`;
    ims.scriptAlways({ status: 400, body: JSON.stringify({ error_code: text, detail: text }) });
    const message = messageOf(await job.uses(inputs));
    expect(message).toContain('The server says "a: :error: :***## [error]b".');
    expect(message).toContain('(ims_error, a: :error: :***## [error]b, HTTP 400');
  });
});

describe('what stands in decides nothing', () => {
  const both = { 'client-secret': `p8e-test-old,${SECRET}` };

  test('`error_code` is no `error`: the second secret is not tried', async ({
    ims,
    job,
    inputs,
  }) => {
    ims.scriptAlways({ status: 400, body: '{"error_code":"invalid_client","message":"jwt"}' });
    expect(messageOf(await job.uses({ ...inputs, ...both }))).toContain(
      '(ims_error, invalid_client',
    );
    expect(ims.requests).toHaveLength(1);
  });

  test('a code in capitals is the same code, and is shown as sent', async ({
    ims,
    job,
    inputs,
  }) => {
    const refusal = { status: 400, body: '{"error":"INVALID_CLIENT"}' };
    ims.script(refusal);
    expectSuccess(await job.uses({ ...inputs, ...both }));
    expect(ims.requests).toHaveLength(2);
    ims.scriptAlways(refusal);
    const message = messageOf(await job.uses({ ...inputs, reuse: 'none' }));
    expect(message).toContain('(invalid_client, INVALID_CLIENT, HTTP 400');
  });
});

describe('what IMS refuses is explained', () => {
  test('for the default scopes: that `scopes` must be set', async ({ ims, job, inputs }) => {
    ims.scriptAlways({ status: 400, body: '{"error":"invalid_scope"}' });
    const words = /`scopes` has its default.*Set `scopes` to/;
    expect(messageOf(await job.uses({ ...inputs, scope: 'openid' }))).toMatch(words);
    expect(messageOf(await job.uses({ ...inputs, scopes: 'openid' }))).not.toMatch(words);
  });

  test('for two secrets: that it may be one with a break in it', async ({ ims, job, inputs }) => {
    const broken = { 'client-secret': 'p8e-test-1\np8e-test-2' };
    expect(messageOf(await job.uses({ ...inputs, ...broken }))).toMatch(
      /refused both client secrets.*if it should be one, store it again on one line/,
    );
    expect(ims.requests).toHaveLength(2);
  });

  test.for([
    ['a server', {}, /^This looks like a .* of the Adobe Developer Console.*AEM.*another kind/],
    [
      'a user',
      { 'grant-type': 'authorization_code', code: 'p8e-test-code' },
      /^IMS refused the request/,
    ],
  ] as const)(
    'for %s that sends a JWT, or an error that names one',
    async ([, grant, words], { ims, job, inputs }) => {
      const body = '{"error":"bad_request","error_description":"Could not match JWT signature"}';
      ims.scriptAlways({ status: 400, body });
      expect(messageOf(await job.uses({ ...inputs, ...grant }))).toMatch(words);
    },
  );
});

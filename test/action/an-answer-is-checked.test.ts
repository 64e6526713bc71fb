/** An answer that breaks RFC 6749 is refused, and the field is named. */

import { gzipSync } from 'node:zlib';

import { describe, expect, it } from 'vitest';

import { answerOf, failureOfToken, GOOD } from '../support/answers.ts';
import { test } from '../support/fixtures.ts';
import { type ScriptedAnswer, tokenAnswer } from '../support/ims-server.ts';
import { expectSuccess, failureOf, messageOf } from '../support/verdicts.ts';

it.each([
  ['access_token', undefined],
  ['access_token', ''],
  ['access_token', 'with space'],
  ['access_token', 'line\nbreak'],
  ['access_token', 'ümlaut'],
  ['access_token', '\ud800'],
  ['access_token', 7],
  ['expires_in', undefined],
  ['expires_in', 0],
  ['expires_in', -1],
  ['expires_in', '86399'],
  ['expires_in', 1e300],
  ['token_type', 'mac'],
  ['token_type', ''],
  ['token_type', null],
  ['token_type', 7],
  ['refresh_token', 7],
])('an answer with %s %j names the field, and is not asked for again', (field, value) => {
  const failed = failureOfToken(answerOf({ ...GOOD, [field]: value }));
  expect(failed).toMatchObject({ code: 'malformed_answer' });
  expect(failed?.happened).toContain(`no usable \`${field}\``);
  expect(failed?.retry).toBeUndefined();
});

it('an error response keeps code, description and debug id', () => {
  const body = { error: 'invalid_client', error_description: 'no p8e-test-secret here' };
  expect(failureOfToken(answerOf(body, 400, { 'x-debug-id': 'debug-1' }))).toMatchObject({
    code: 'invalid_client',
    happened: expect.stringContaining('The server says "no *** here"') as string,
    facts: ['invalid_client', 'HTTP 400', 'x-debug-id debug-1'],
    refusesClient: true,
  });
});

it('an error response with a text too long for a message is not quoted', () => {
  const quoted = (length: number): string =>
    failureOfToken(answerOf({ error_description: 'a'.repeat(length) }, 500))?.happened ?? '';
  expect(quoted(4000)).toMatch(/The server says "a{300}…"/);
  expect(quoted(4001)).not.toContain('The server says');
});

it.each(['', '<html>', '[]', '{"error":7}', '{"error'])(
  'an error response may have the body %j',
  (body) => {
    expect(failureOfToken(answerOf(body, 503))).toMatchObject({
      code: 'ims_unavailable',
      facts: ['HTTP 503'],
    });
  },
);

describe.concurrent('an answer of 200 without a token', () => {
  const compressed = { 'content-encoding': 'gzip' };
  test.for<readonly [string, ScriptedAnswer, RegExp]>([
    ['a `token_type` of null', tokenAnswer({ token_type: null }), /no usable `token_type`/],
    [
      'a compressed body',
      { headers: compressed, body: gzipSync(tokenAnswer().body) },
      /is compressed.*content-encoding gzip/,
    ],
    ['a web page', { body: '\n <!doctype html><p>Sign in' }, /answer is a web page/],
    ['a text', { body: 'OK' }, /was cut off or is not JSON/],
  ])('(%s) is called what it is', async ([, answer, pattern], { ims, job, inputs }) => {
    ims.scriptAlways(answer);
    expect(failureOf(await job.uses({ ...inputs, timeout: '5' }), job)).toMatch(pattern);
  });
});

describe('an answer that is hard to clean', () => {
  const TOKENS = { access_token: '*', refresh_token: '*', id_token: '*' };
  /** Half a character: in a string, and in a header. */
  const [HALF, HALF_IN_HEADER] = ['p8e\ud800', Buffer.of(0xed, 0xa0, 0x80, 65).toString('latin1')];

  const answer = (status: number, fields: object, debugId = 'p8e'): ScriptedAnswer => ({
    ...tokenAnswer(
      status === 200 ? fields : { access_token: undefined, error: 'invalid_request', ...fields },
    ),
    status,
    headers: { 'x-debug-id': debugId },
  });

  test.for([
    ['tokens that are an asterisk', 400, { error_description: '*', ...TOKENS }, 'invalid'],
    ['half a character in the token', 200, { access_token: HALF }, '`access_token`'],
    ['half a character in the refresh token', 200, { refresh_token: HALF }, '`refresh_token`'],
    ['half a character in the token type', 200, { token_type: HALF }, '`token_type`'],
    ['half a character in the error', 400, { error: HALF }, 'HTTP 400'],
    ['half a character in the description', 400, { error_description: HALF }, 'invalid_request'],
    ['half a character in a token that it refuses', 400, { id_token: HALF }, 'invalid_request'],
  ] as const)(
    '(%s) fails after one request, with the right error',
    async (row, { ims, job, inputs }) => {
      const [, status, fields, part] = row;
      ims.scriptAlways(answer(status, fields, HALF_IN_HEADER));
      const message = messageOf(await job.uses(inputs));
      expect(message).toContain(part);
      expect(message).not.toContain('Unexpected error');
      expect(ims.requests).toHaveLength(1);
    },
  );

  test('(half a character in the ID token) is as good as any', async ({ ims, job, inputs }) => {
    ims.scriptAlways(answer(200, { id_token: HALF }));
    expectSuccess(await job.uses(inputs));
  });
});

/** A failure that trying again cannot mend is reported after one request. */

import { describe, expect, it } from 'vitest';

import { answerOf, failureOfToken } from '../support/answers.ts';
import { test } from '../support/fixtures.ts';
import { retryAfter, type ScriptedAnswer, tokenAnswer } from '../support/ims-server.ts';
import { expectEndsWithin } from '../support/limits.ts';
import { failureOf } from '../support/verdicts.ts';

const withError = (status: number): ScriptedAnswer => ({ status, body: '{"error":"p8e_test"}' });
const page = (status: number): ScriptedAnswer => ({ status, body: '<html>no</html>' });

const CASES: readonly (readonly [string, ScriptedAnswer, RegExp])[] = [
  ['HTTP 400', withError(400), /p8e_test, HTTP 400/],
  ['HTTP 403', withError(403), /p8e_test, HTTP 403/],
  ...[401, 403, 404].map(
    (status) => [`HTTP ${status} from a gateway`, page(status), /gateway/i] as const,
  ),
  ['HTTP 418', page(418), /418/],
  ['an endless body', { fault: 'endless' }, /64 KiB/],
  ['64 KiB and a byte', { body: Buffer.alloc(64 * 1024 + 1, ' ') }, /64 KiB/],
  ['a Retry-After beyond `timeout`', retryAfter('3600'), /asks to wait \d+ s.*`timeout`/],
  [
    'a Retry-After in another century',
    retryAfter('Fri, 01 Jan 2100 00:00:00 GMT'),
    /asks to wait \d+ s.*`timeout`/,
  ],
  ['an answer without expiry', tokenAnswer({ expires_in: undefined }), /`expires_in`/],
  ['a token that is no text', tokenAnswer({ access_token: 7 }), /`access_token`/],
];

describe.concurrent('a lasting failure', () => {
  test.for(CASES)('(%s) costs one request', async ([, answer, message], { ims, job, inputs }) => {
    ims.scriptAlways(answer);
    const step = await job.uses(inputs);
    expect(failureOf(step, job)).toMatch(message);
    expect(ims.requests).toHaveLength(1);
    // Of the 60 s that the step may take.
    expectEndsWithin(10, step);
  });
});

it.each([301, 307, 400, 401, 403, 404, 409, 418])('an answer with HTTP %i is final', (status) => {
  expect(failureOfToken(answerOf({ error: 'x' }, status))?.retry).toBeUndefined();
});

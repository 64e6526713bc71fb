/** The pure parts of the protocol, case by case. */

import { describe, expect, it } from 'vitest';

import { type Failure, failureOf } from '../../src/failure.ts';
import {
  type Answer,
  judgeRevocation,
  judgeToken,
  parseRetryAfter,
  readAnswer,
  secretsOf,
} from '../../src/ims/answers.ts';
import type { RequestContext } from '../../src/ims/refusals.ts';
import { nextWaitMs, TimeBudget } from '../../src/ims/retry.ts';
import { claimsOf } from '../../src/ims/token.ts';
import { Secrets } from '../../src/secrets.ts';

import { catchStdout } from '../support/stdout.ts';

const NOW = Date.UTC(2026, 10, 23, 12);
const GOOD = { access_token: 'p8e-test-token', token_type: 'bearer', expires_in: 86399 };

/** The secrets of a step, whose masks are not printed among the lines of the tests. */
function secretsWith(...values: readonly string[]): Secrets {
  const stdout = catchStdout();
  const secrets = new Secrets(values);
  stdout.restore();
  return secrets;
}

const CONTEXT: RequestContext = {
  origin: 'https://ims-na1.adobelogin.com',
  grantType: 'client_credentials',
  secretCount: 1,
  secretsSent: 1,
  scopes: ['openid'],
  clean: secretsWith('p8e-test-secret').clean,
  serverText: secretsWith('p8e-test-secret').serverText,
};

function answer(body: unknown, status = 200, headers: Record<string, string> = {}): Answer {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return readAnswer({ status, headers, body: Buffer.from(text) }, NOW);
}

/** How the judge of an answer fails. */
function failure(judge: () => unknown): Failure | undefined {
  try {
    judge();
  } catch (error) {
    return failureOf(error);
  }
  return undefined;
}

type Tokens = Extract<ReturnType<typeof judgeToken>, { readonly token: unknown }>;

function tokensOf(given: Answer): Tokens {
  const judged = judgeToken(given);
  if (typeof judged === 'function') throw judged(CONTEXT);
  return judged;
}

const failureOfToken = (given: Answer): Failure | undefined => failure(() => tokensOf(given));

describe('an answer', () => {
  it('of success becomes a token', () => {
    const { token } = tokensOf(answer({ ...GOOD, token_type: 'Bearer' }));
    expect(token).toMatchObject({
      accessToken: 'p8e-test-token',
      tokenType: 'Bearer',
      expiresAtMs: NOW + 86_399_000,
    });
  });

  it.each([
    ['that can only be milliseconds is read as such', 86_399_985, 86_399_985],
    ['of an hour in milliseconds is read as such', 3_599_985, 3_599_985],
    ['at the limit is still seconds', 1_000_000, 1_000_000_000],
    ['above the limit is milliseconds', 1_000_001, 1_000_001],
    ['below a second is a lifetime too', 0.5, 500],
  ])('with a lifetime %s', (_what, expiresIn, lifetimeMs) => {
    const { token } = tokensOf(answer({ ...GOOD, expires_in: expiresIn }));
    expect(token.expiresAtMs).toBe(NOW + lifetimeMs);
  });

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
  ])('with %s %j names the field, and is not asked for again', (field, value) => {
    const failed = failureOfToken(answer({ ...GOOD, [field]: value }));
    expect(failed).toMatchObject({ code: 'malformed_answer' });
    expect(failed?.happened).toContain(`no usable \`${field}\``);
    expect(failed?.retry).toBeUndefined();
  });

  it.each(['', '{"access_token":"p8e-te', '<html>', '[]', 'null', '"x"'])(
    'with body %j is not JSON, and is asked for again',
    (body) => {
      expect(failureOfToken(answer(body))).toMatchObject({
        code: 'malformed_answer',
        retry: { mayBeServed: true },
      });
    },
  );

  it('of failure keeps code, description and debug id', () => {
    const body = { error: 'invalid_client', error_description: 'no p8e-test-secret here' };
    expect(failureOfToken(answer(body, 400, { 'x-debug-id': 'debug-1' }))).toMatchObject({
      code: 'invalid_client',
      happened: expect.stringContaining('The server says "no *** here"') as string,
      facts: ['invalid_client', 'HTTP 400', 'x-debug-id debug-1'],
      refusesClient: true,
    });
  });

  it('of failure with a text too long for a message does not quote it', () => {
    const quoted = (length: number): string =>
      failureOfToken(answer({ error_description: 'a'.repeat(length) }, 500))?.happened ?? '';
    expect(quoted(4000)).toMatch(/The server says "a{300}…"/);
    expect(quoted(4001)).not.toContain('The server says');
  });

  it.each(['', '<html>', '[]', '{"error":7}', '{"error'])('of failure may have body %j', (body) => {
    expect(failureOfToken(answer(body, 503))).toMatchObject({
      code: 'ims_unavailable',
      facts: ['HTTP 503'],
    });
  });

  it.each([
    [408, false],
    [429, false],
    [500, true],
    [502, true],
    [503, false],
    [504, true],
  ])('of status %i is asked for again; the request may have been served: %j', (status, served) => {
    const given = answer('', status, { 'retry-after': '7' });
    expect(failureOfToken(given)?.retry).toEqual({ afterMs: 7000, mayBeServed: served });
  });

  it.each([301, 307, 400, 401, 403, 404, 409, 418])('of status %i is final', (status) => {
    expect(failureOfToken(answer({ error: 'x' }, status))?.retry).toBeUndefined();
  });

  it('has three fields that are secret, and no other', () => {
    const fields = { access_token: 'a', refresh_token: 'b', id_token: 'c' };
    expect(secretsOf(answer({ ...fields, e_token: 'e', token: 'f' }))).toEqual(['a', 'b', 'c']);
  });
});

describe('an answer to a revocation', () => {
  const judge = (given: Answer): boolean => judgeRevocation(given, CONTEXT);

  it.each([
    ['empty', answer(''), true],
    ['of an object', answer('{"ok":true}'), true],
    ['that calls the token invalid', answer({ error: 'invalid_token' }, 400), false],
  ])('%s is a success', (_what, given, revoked) => {
    expect(judge(given)).toBe(revoked);
  });

  it.each([
    ['that is a web page', answer(' <html>'), 'malformed_answer'],
    ['that is too long', { ...answer(''), body: 'too long' } as const, 'malformed_answer'],
    ['of success with an error in it', answer({ error: 'denied' }), 'ims_error'],
    ['of success with an error that is no text', answer({ error: { code: 7 } }), 'ims_error'],
    ['with an error status', answer('', 500), 'ims_unavailable'],
  ])('%s is none', (_what, given, code) => {
    expect(failure(() => judge(given))?.code).toBe(code);
  });
});

describe('Retry-After', () => {
  it.each([
    ['5', 5000],
    [' 0 ', 0],
    ['Mon, 23 Nov 2026 12:00:10 GMT', 10_000],
    ['Mon, 23 Nov 2026 11:00:00 GMT', 0],
    ['Monday, 23-Nov-26 12:00:10 GMT', 10_000],
    ['', undefined],
    ['-5', undefined],
    ['1.5', undefined],
    ['soon', undefined],
    ['Mon, 99 Foo 2026', undefined],
  ])('%j is %j ms', (value, expected) => {
    expect(parseRetryAfter(value, NOW)).toBe(expected);
  });
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
    '%j says nothing of itself',
    (token) => {
      expect(claimsOf(token)).toMatchObject({ grantedScopes: undefined, userId: '' });
    },
  );

  it('drops a user id that could not be printed', () => {
    expect(claimsOf(jwt('{"user_id":"a\\n::error::b"}'))).toMatchObject({ userId: '' });
  });
});

describe('the retry policy', () => {
  it('waits longer each time, and at most 8 s', () => {
    const waits = [1, 2, 3, 4, 9].map((attempt) => nextWaitMs(attempt, 0, 60_000, 0.5));
    expect(waits).toEqual([750, 1500, 3000, 4000, 4000]);
  });

  it('gives up at once when Retry-After is beyond the room, and says which', () => {
    expect(nextWaitMs(1, 5001, 5000, 0)).toBe('retry_after');
    expect(nextWaitMs(1, 0, 0, 0)).toBe('deadline');
  });

  it('clamps a wait to the room', () => {
    expect(nextWaitMs(9, 0, 100, 0.5)).toBe(100);
    expect(nextWaitMs(1, 4000, 5000, 0.9)).toBe(5000);
  });
});

describe('the time of a step', () => {
  const budgetAt = (nowMs: number, timeoutSeconds = 60, singleUse = false): TimeBudget => {
    const clock = {
      now: () => nowMs,
      date: () => 0,
      random: () => 0,
      sleep: () => new Promise<void>(() => undefined),
    };
    return new TimeBudget(timeoutSeconds, clock, singleUse);
  };

  it('gives a request a third, at most 30 s, and never more than is left', () => {
    expect(budgetAt(0).limitMs).toBe(20_000);
    expect(budgetAt(57_000).limitMs).toBe(3000);
    expect(budgetAt(0, 3600).limitMs).toBe(30_000);
    expect(budgetAt(60_005).limitMs).toBe(1);
  });

  it.each([
    ['a second without a slow answer', 300, 1000],
    ['twice the slowest answer', 700, 1400],
    ['at most the limit of a request', 15_000, 20_000],
  ])('keeps %s for another request', (_what, slowestMs, neededMs) => {
    const budget = budgetAt(0);
    for (const ms of [10, slowestMs, 20]) budget.noteAnswer(ms);
    expect(budget.neededMs).toBe(neededMs);
  });

  it('keeps a third for a code or a refresh token', () => {
    expect(budgetAt(0, 60, true).neededMs).toBe(20_000);
    expect(budgetAt(0, 3600, true).neededMs).toBe(30_000);
    expect(budgetAt(0, 2, false).neededMs).toBe(2000 / 3);
  });
});

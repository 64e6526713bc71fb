import { describe, expect, it } from 'vitest';

import { AnswerError, ImsError, NetworkError } from '../src/errors.ts';
import { echoedForms } from '../src/secret-forms.ts';
import { cleanForeignText, FOREIGN_TEXT_LIMIT } from '../src/foreign-text.ts';
import { readClaims } from '../src/ims/token.ts';
import { authentications, tokenRequest } from '../src/ims/token-request.ts';
import { type Answer, judgeTokenAnswer, parseRetryAfter } from '../src/ims/token-response.ts';
import { attemptLimitMs, isTransient, nextWait } from '../src/retry.ts';

const NOW = Date.UTC(2026, 10, 23, 12);
const GOOD = { access_token: 'p8e-test-token', token_type: 'bearer', expires_in: 86399 };

function answer(body: unknown, status = 200): Answer {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return { status, debugId: 'debug-1', retryAfter: '', body: text, sentAtMs: NOW };
}

function failure(judged: Answer): unknown {
  try {
    judgeTokenAnswer(judged, ['p8e-test-secret'], NOW);
  } catch (error) {
    return error;
  }
  return undefined;
}

describe('an answer', () => {
  it('of success becomes a token', () => {
    const { token } = judgeTokenAnswer(answer({ ...GOOD, token_type: 'Bearer' }), [], NOW);
    expect(token).toMatchObject({
      accessToken: 'p8e-test-token',
      tokenType: 'Bearer',
      expiresAtMs: NOW + 86_399_000,
    });
  });

  it('with a lifetime that can only be milliseconds is read as such', () => {
    const { token } = judgeTokenAnswer(answer({ ...GOOD, expires_in: 86_399_985 }), [], NOW);
    expect(token.expiresAtMs).toBe(NOW + 86_399_985);
  });

  it.each([
    ['access_token', undefined],
    ['access_token', ''],
    ['access_token', 'with space'],
    ['access_token', 'line\nbreak'],
    ['access_token', 'ümlaut'],
    ['access_token', 7],
    ['expires_in', undefined],
    ['expires_in', 0],
    ['expires_in', -1],
    ['expires_in', '86399'],
    ['expires_in', 1e300],
    ['token_type', 'mac'],
    ['token_type', undefined],
    ['refresh_token', 7],
  ])('with %s %j names the field', (field, value) => {
    const error = failure(answer({ ...GOOD, [field]: value }));
    expect(error).toBeInstanceOf(AnswerError);
    expect(error).toMatchObject({ fault: 'field', field });
  });

  it.each(['', '{"access_token":"p8e-te', '<html>', '[]', 'null', '"x"'])(
    'with body %j is not JSON',
    (body) => {
      expect(failure(answer(body))).toMatchObject({ fault: 'not_json' });
    },
  );

  it('of failure keeps code, description and debug id', () => {
    const body = { error: 'invalid_client', error_description: 'no p8e-test-secret here' };
    expect(failure(answer(body, 400))).toMatchObject({
      status: 400,
      error: 'invalid_client',
      description: 'no *** here',
      debugId: 'debug-1',
    });
  });

  it.each(['', '<html>', '[]', '{"error":7}', '{"error'])('of failure may have body %j', (body) => {
    expect(failure(answer(body, 503))).toMatchObject({ status: 503, error: '' });
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

describe('text from the server', () => {
  const secret = 'p8e-test+/=&%"\' ü';

  it.each(echoedForms(secret).map((form) => [form]))('loses the secret written as %j', (form) => {
    expect(cleanForeignText(`a ${form} b`, [secret])).toBe('a *** b');
  });

  it.each([
    '::error::x',
    'a\n::error::x',
    'a\r::set-output name=x::y',
    '##[error]x',
    'x ##[add-mask]y',
    ':\u0000::error::',
    '##\u200b[error]x',
    '::::',
    '#\u0007#[error]',
  ])('%j starts no command', (text) => {
    const clean = cleanForeignText(text, []);
    expect(clean).not.toMatch(/::|##\[|\p{Cc}/u);
  });

  it('is capped', () => {
    expect(cleanForeignText('x'.repeat(100_000), [])).toHaveLength(FOREIGN_TEXT_LIMIT + 1);
  });

  it('hides a secret broken up by control characters', () => {
    expect(cleanForeignText('p8e\u0000test', ['p8e test'])).toBe('***');
  });
});

describe('claims', () => {
  const jwt = (payload: string): string => `h.${Buffer.from(payload).toString('base64url')}.s`;

  it('are read from a JWT', () => {
    const claims = { scope: 'a,b', user_id: 'X@techacct.adobe.com' };
    expect(readClaims(jwt(JSON.stringify(claims)))).toEqual({
      scopes: ['a', 'b'],
      userId: 'X@techacct.adobe.com',
    });
  });

  it.each(['opaque', 'a.b.c', jwt('null'), jwt('[]'), jwt('{"user_id":7,"scope":{}}'), '..'])(
    '%j says nothing of itself',
    (token) => {
      expect(readClaims(token)).toEqual({ scopes: undefined, userId: '' });
    },
  );

  it('drops a user id that could not be printed', () => {
    expect(readClaims(jwt('{"user_id":"a\\n::error::b"}')).userId).toBe('');
  });
});

describe('a request', () => {
  const client = { clientId: 'p8e-test-client', orgId: '' };
  const secret = 'p8e-test + / = & % " \' ü';

  it('carries a secret unchanged, in the body', () => {
    const request = tokenRequest(
      client,
      { type: 'client_credentials', scopes: ['a', 'b'] },
      { method: 'post', secret },
    );
    expect(Object.fromEntries(new URLSearchParams(request.body))).toEqual({
      grant_type: 'client_credentials',
      scope: 'a,b',
      client_id: 'p8e-test-client',
      client_secret: secret,
    });
    expect(request.path).toBe('/ims/token/v3');
    expect(request.headers).not.toHaveProperty('authorization');
  });

  it('of a public client has no secret, and a refresh no scope', () => {
    const grant = { type: 'refresh_token', refreshToken: 'p8e-test-refresh' } as const;
    const [way] = authentications(grant, []);
    expect(way).toEqual({ method: 'none' });
    const request = tokenRequest(client, grant, { method: 'none' });
    expect(Object.fromEntries(new URLSearchParams(request.body))).toEqual({
      grant_type: 'refresh_token',
      refresh_token: 'p8e-test-refresh',
      client_id: 'p8e-test-client',
    });
  });
});

describe('the retry policy', () => {
  const ims = (status: number): ImsError =>
    new ImsError({ status, error: '', description: '', debugId: '', retryAfterMs: undefined });

  it.each([408, 429, 500, 502, 503, 504])('repeats %i', (status) => {
    expect(isTransient(ims(status))).toBe(true);
  });

  it.each([301, 307, 400, 401, 403, 404, 409, 418])('does not repeat %i', (status) => {
    expect(isTransient(ims(status))).toBe(false);
  });

  it.each([
    ['connection', true],
    ['attempt_timeout', true],
    ['tls', false],
    ['proxy_refused', false],
    ['proxy_unreadable', false],
  ] as const)('after %s: %s', (fault, expected) => {
    const facts = { reason: 'X', mayHaveArrived: false, message: '' };
    expect(isTransient(new NetworkError(fault, facts))).toBe(expected);
  });

  it('waits at most 1.5 s after a first failure', () => {
    expect(nextWait(1, undefined, 60_000, 0.999_999)).toMatchObject({ kind: 'wait' });
    for (const random of [0, 0.5, 0.999_999]) {
      const wait = nextWait(1, undefined, 60_000, random);
      expect(wait.kind === 'wait' && wait.ms <= 1500).toBe(true);
    }
  });

  it('never waits less than Retry-After, nor beyond the deadline', () => {
    for (const random of [0, 0.3, 0.999_999]) {
      const wait = nextWait(5, 4000, 5000, random);
      expect(wait.kind === 'wait' && wait.ms >= 4000 && wait.ms < 5000).toBe(true);
    }
  });

  it('gives up at once when Retry-After is beyond the deadline, and says which', () => {
    expect(nextWait(1, 5000, 5000, 0)).toEqual({ kind: 'give_up', reason: 'retry_after' });
    expect(nextWait(1, undefined, 10, 0)).toEqual({ kind: 'give_up', reason: 'deadline' });
  });

  it('leaves a silent server room for a second attempt', () => {
    expect(attemptLimitMs(60_000, 60_000)).toBe(20_000);
    expect(attemptLimitMs(60_000, 3000)).toBe(3000);
    expect(attemptLimitMs(3_600_000, 3_600_000)).toBe(30_000);
  });
});

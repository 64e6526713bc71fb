/** The message of a failure names the cause, and what to do. */

import { describe, expect, it, vi } from 'vitest';

import { type Failure, failureOf, sentence, StepError } from '../../src/failure.ts';
import { networkFailure } from '../../src/ims/connection-failures.ts';
import { failureOfResponse, type RequestContext } from '../../src/ims/refusals.ts';
import { retrying, TimeBudget } from '../../src/ims/retry.ts';
import { troubleshootingUrl } from '../../src/runner/report.ts';

import { catchStdout } from '../support/stdout.ts';

const CONTEXT: RequestContext = {
  origin: 'https://ims-na1.adobelogin.com',
  grantType: 'client_credentials',
  secretCount: 1,
  secretsSent: 1,
  scopes: ['openid', 'AdobeID'],
  clean: (text) => text,
  serverText: (text) => text,
};

function ims(
  status: number,
  error = '',
  description = '',
  change: Partial<RequestContext> & { readonly debugId?: string } = {},
): Failure {
  const { debugId = '', ...context } = change;
  const shown = { shownError: error, shownDescription: description, encoding: '' };
  const response = { status, error, description, ...shown, debugId };
  return failureOfResponse(response, { ...CONTEXT, ...context });
}

function network(error: Error, connected = false): Failure {
  return networkFailure(error, { origin: CONTEXT.origin, limitMs: 20_000, connected });
}

const coded = (code: string, message = ''): Error => Object.assign(new Error(message), { code });

/** The failure after all attempts. Only waits take time. */
async function afterRetrying(failure: Failure, timeoutSeconds: number): Promise<Failure> {
  let nowMs = 0;
  const clock = {
    now: () => nowMs,
    date: () => nowMs,
    random: () => 0.5,
    sleep: (ms: number) => {
      nowMs += ms;
      return Promise.resolve();
    },
  };
  const { signal } = new AbortController();
  const send = (): Promise<never> => Promise.reject(new StepError(failure));
  const budget = new TimeBudget(timeoutSeconds, clock, false);
  const stdout = catchStdout();
  return retrying({ ways: [''], send, budget, clock, signal })
    .catch(failureOf)
    .finally(stdout.restore);
}

const read = (failure: Failure): string => sentence(failure, 'docs');

describe('a message', () => {
  it.each<readonly [string, Failure, RegExp]>([
    [
      'a secret that was not sent',
      ims(400, 'invalid_client', '', { secretCount: 0, grantType: 'refresh_token' }),
      /No client secret was sent, as `client-secret` is empty\..*fork.*environment.*misspelt/,
    ],
    [
      'a credential of production at stage',
      ims(400, 'invalid_client', 'invalid client_id parameter', {
        origin: 'https://ims-na1-stg1.adobelogin.com',
      }),
      /^IMS does not know the client ID\..*needs the default `ims-url`\./,
    ],
    [
      'scopes that nobody asked for',
      ims(400, 'invalid_scope', '', { grantType: 'refresh_token', scopes: [] }),
      /^IMS refused the scopes of this token\..*consent/,
    ],
    [
      'a verifier of another code',
      ims(400, 'invalid_grant', 'code_verifier does not match', {
        grantType: 'authorization_code',
      }),
      /belongs to another `client-id` or `code-verifier`/,
    ],
    [
      'a credential of the JWT era',
      ims(400, 'bad_request', 'Could not match JWT signature'),
      /Service Account \(JWT\).*Migrate it/,
    ],
    [
      'a bare 500',
      ims(500),
      /^IMS is not available \(HTTP 500\)\..*\(ims_unavailable, HTTP 500\)$/,
    ],
    [
      'a refusal that is not in the table',
      ims(403, 'forbidden_client', 'Client is blocked'),
      /^IMS refused the request \(HTTP 403\)\. The server says "Client is blocked"\..*\(ims_error, forbidden_client, HTTP 403\)$/,
    ],
    [
      'a refusal without facts',
      ims(400),
      /Developer Console \(developer\.adobe\.com\/console\)\. More:/,
    ],
    [
      'a refusal with the ID for support',
      ims(400, '', '', { debugId: 'p8e-test-id' }),
      /With the x-debug-id at the end, Adobe's support.*x-debug-id p8e-test-id\)$/,
    ],
    [
      'an error without a code, which is a defect',
      network(new Error('p8e-test-text')),
      /^Unexpected error in the action \(Error\)\..*\(unexpected\)$/,
    ],
    ['an expired certificate', network(coded('CERT_HAS_EXPIRED')), /clock of the runner/],
  ])('about %s', (_about, failure, pattern) => {
    expect(read(failure)).toMatch(pattern);
  });

  it('about a wait that is too long says who asks for it, and how much is left', async () => {
    const failure = await afterRetrying({ ...ims(429), retry: { afterMs: 2900 } }, 3);
    expect(read(failure)).toMatch(
      /^IMS throttles.*The server asks to wait 3 s\. Too little of the 3 s of `timeout` is left for another attempt after that: 3\.0 s is left, and another attempt needs 1\.1 s \(1 attempt made\)\..*\(retry_after, HTTP 429\)$/,
    );
  });

  it('at the deadline holds the last failure, and how many there were', async () => {
    const failure = await afterRetrying({ ...ims(503), retry: {} }, 10);
    expect(read(failure)).toMatch(
      /^No token after 5 attempts within 10 s \(1\.0 s is left, and another attempt needs 1\.1 s\)\. IMS is not available \(HTTP 503\)/,
    );
  });

  it('about a failure that nothing can mend comes at once', async () => {
    expect(await afterRetrying(ims(400), 10)).toEqual(ims(400));
  });

  it('about something unknown shows its kind alone', () => {
    const message = read(failureOf(new TypeError('p8e-test-text')));
    expect(message).toMatch(/^Unexpected error in the action \(TypeError\)\./);
    expect(message).not.toContain('p8e-test');
  });

  it.each([
    ['its path without a version', {}, 'docs/troubleshooting.md#gateway'],
    [
      'the page of its version',
      {
        GITHUB_SERVER_URL: 'https://github.com',
        GITHUB_ACTION_REPOSITORY: 'octo-org/adobe-ims-token',
        GITHUB_ACTION_REF: 'v1',
      },
      'https://github.com/octo-org/adobe-ims-token/blob/v1/docs/troubleshooting.md#gateway',
    ],
    [
      'its path if the repository has an odd name',
      {
        GITHUB_SERVER_URL: 'https://github.com',
        GITHUB_ACTION_REPOSITORY: 'a b',
        GITHUB_ACTION_REF: 'v1',
      },
      'docs/troubleshooting.md#gateway',
    ],
  ])('links to %s', (_what, env, url) => {
    for (const name of ['GITHUB_SERVER_URL', 'GITHUB_ACTION_REPOSITORY', 'GITHUB_ACTION_REF'])
      vi.stubEnv(name, '');
    for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
    expect(troubleshootingUrl('gateway')).toBe(url);
    vi.unstubAllEnvs();
  });
});

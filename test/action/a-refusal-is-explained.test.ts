/** What IMS refuses is explained: what is wrong, and what to do about it. */

import { describe, expect } from 'vitest';

import { test } from '../support/fixtures.ts';
import { exchanging, ofCode, ofRefreshToken, refreshing, webApp } from '../support/user-grants.ts';
import { expectHidden, failureOf, messageOf } from '../support/verdicts.ts';

describe('a refusal of a server-to-server credential', () => {
  test.for([
    [
      'a wrong secret',
      { 'client-secret': 'p8e-test-wrong' },
      /client secret.*invalid_client.*x-debug-id/,
    ],
    ['an unknown client', { 'client-id': 'p8e-test-nobody' }, /client ID.*stage.*invalid_client/],
    [
      'a scope that is not granted',
      { scopes: 'openid,p8e_no_such_scope' },
      /p8e_no_such_scope.*Developer Console.*invalid_scope/,
    ],
  ] as const)('for %s', async ([, change, pattern], { ims, job, inputs }) => {
    expect(failureOf(await job.uses({ ...inputs, ...change }), job)).toMatch(pattern);
    expect(ims.requests).toHaveLength(1);
  });

  test('for the default scopes: that `scopes` must be set', async ({ ims, job, inputs }) => {
    ims.scriptAlways({ status: 400, body: '{"error":"invalid_scope"}' });
    const pattern = /`scopes` has its default.*Set `scopes` to/;
    // Misspelt: GitHub only warns of an unknown input, so `scopes` has its default.
    expect(messageOf(await job.uses({ ...inputs, scope: 'openid' }))).toMatch(pattern);
    expect(messageOf(await job.uses({ ...inputs, scopes: 'openid' }))).not.toMatch(pattern);
  });

  test.for([
    ['a server', {}, /^This looks like a .* of the Adobe Developer Console.*AEM.*another kind/],
    [
      'a user',
      { 'grant-type': 'authorization_code', code: 'p8e-test-code' },
      /^IMS refused the request/,
    ],
  ] as const)(
    'for %s whose error names a JWT',
    async ([, grant, pattern], { ims, job, inputs }) => {
      const body = '{"error":"bad_request","error_description":"Could not match JWT signature"}';
      ims.scriptAlways({ status: 400, body });
      expect(messageOf(await job.uses({ ...inputs, ...grant }))).toMatch(pattern);
    },
  );
});

describe('a refusal of a Web App', () => {
  test.override('client', webApp);
  const pattern = /expired, was used, or was revoked.*sign in again.*store the new refresh token/;

  test.for(
    ['access_denied', 'invalid_grant', 'invalid_token'].flatMap((error) => [
      ['a refresh token', error, refreshing] as const,
      ['a code', error, exchanging] as const,
    ]),
  )('for %s, after one request (%s)', async ([, error, grant], { ims, job, inputs }) => {
    ims.scriptAlways({ status: 400, body: JSON.stringify({ error }) });
    const step = await job.uses({ ...inputs, ...grant('p8e-test-expired') });
    expect(messageOf(step)).toMatch(pattern);
    const ofCodes = /permanent one \(a service token\), ask whoever issued it/;
    expect(ofCodes.test(messageOf(step))).toBe(grant === exchanging);
    expectHidden(step, ['p8e-test-expired']);
    expect(ims.requests).toHaveLength(1);
  });

  test('for a wrong secret, after each form that may help', async ({ ims, job, inputs }) => {
    const wrong = { ...inputs, 'client-secret': 'p8e-test-wrong' };
    const refreshed = await job.uses({ ...wrong, ...ofRefreshToken(ims) });
    expect(messageOf(refreshed)).toMatch(/refused the client secret/);
    expect(ims.requests).toHaveLength(2);
    const exchanged = await job.uses({ ...wrong, ...ofCode(ims) });
    expect(messageOf(exchanged)).toMatch(/refused the client secret/);
    expect(ims.requests).toHaveLength(4);
  });
});

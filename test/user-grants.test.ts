/** User tokens: what is sent for each kind of client, what is masked, what is refused, what is revoked. */

import { createHash } from 'node:crypto';

import { describe, expect } from 'vitest';

import { type Inputs, SECRET, test as base } from './support/fixtures.ts';
import {
  type Client,
  type ImsServer,
  type RecordedRequest,
  testClient,
} from './support/ims-server.ts';
import { expectHidden, expectNothingKept, expectSuccess, messageOf } from './support/verdicts.ts';

const VERIFIER = 'p8e-test-verifier-0123456789-0123456789-0123456789';
const CHALLENGE = createHash('sha256').update(VERIFIER).digest('base64url');
const basicOf = (secret: string): string =>
  Buffer.from(`${testClient.id}:${secret}`).toString('base64');
const BASIC = basicOf(SECRET);

const webApp: Client = { ...testClient, authentication: 'basic' };
const publicApp: Client = { ...testClient, secrets: [], publicClient: true };
const serviceClient: Client = { ...testClient, authentication: 'post' };

const test = base.extend('client', webApp);

const refreshing = (token: string): Inputs => ({
  'grant-type': 'refresh_token',
  'refresh-token': token,
});
const exchanging = (code: string): Inputs => ({ 'grant-type': 'authorization_code', code });
const proving = (code: string): Inputs => ({ ...exchanging(code), 'code-verifier': VERIFIER });

const newRefreshToken = (ims: ImsServer): string =>
  ims.issueRefreshToken({ clientId: testClient.id });
const newCode = (ims: ImsServer): string => ims.issueCode({ clientId: testClient.id });
const newChallengedCode = (ims: ImsServer): string =>
  ims.issueCode({ clientId: testClient.id, challenge: CHALLENGE });
const newServiceToken = (ims: ImsServer): string =>
  ims.issueCode({ clientId: testClient.id, permanent: true });

/** What requests say of the client and of the grant. */
function sent(requests: readonly RecordedRequest[]): readonly object[] {
  return requests.map(({ path, query, headers, form }) => ({
    url: `${path}${query}`,
    authorization: headers.authorization,
    form,
  }));
}

const TOKEN_URL = '/ims/token/v3';
const withHeader = (url: string, form: object): object => ({
  url,
  authorization: `Basic ${BASIC}`,
  form,
});
const withoutHeader = (url: string, form: object): object => ({
  url,
  authorization: undefined,
  form: { ...form, client_id: testClient.id },
});

describe('a Web App', () => {
  test('sends a refresh token with the Basic header, and gets a new one that works', async ({
    ims,
    job,
    inputs,
  }) => {
    const token = newRefreshToken(ims);
    const step = await job.uses({ ...inputs, ...refreshing(token) });
    expectSuccess(step);
    expect(step.annotations).toEqual([]);
    expect(sent(ims.requests)).toEqual([
      withHeader(TOKEN_URL, { grant_type: 'refresh_token', refresh_token: token }),
    ]);
    const { 'access-token': accessToken = '', 'refresh-token': renewed = '' } = step.outputs;
    expectHidden(step, [SECRET, BASIC, token, renewed, accessToken]);
    const next = await job.uses({ ...inputs, ...refreshing(renewed) });
    expectSuccess(next);
    expect(next.outputs['access-token']).not.toBe(accessToken);
  });

  test.for([
    ['a code', newCode, exchanging, {}],
    ['a code and a verifier', newChallengedCode, proving, { code_verifier: VERIFIER }],
  ] as const)(
    'sends %s with the Basic header',
    async ([, newCodeOf, grantOf, more], { ims, job, inputs }) => {
      const code = newCodeOf(ims);
      const step = await job.uses({ ...inputs, ...grantOf(code) });
      expectSuccess(step);
      expect(step.annotations).toEqual([]);
      expect(sent(ims.requests)).toEqual([
        withHeader(TOKEN_URL, { grant_type: 'authorization_code', code, ...more }),
      ]);
      expect(step.outputs).toMatchObject({
        'user-id': expect.stringMatching(/@AdobeID$/) as string,
        source: 'ims',
      });
      const { 'refresh-token': refreshToken = '' } = step.outputs;
      expectHidden(step, [SECRET, BASIC, code, refreshToken, ...Object.values(more)]);
    },
  );

  test('gets no refresh token where the user did not consent to offline_access', async ({
    ims,
    job,
    inputs,
  }) => {
    const code = ims.issueCode({ clientId: testClient.id, scopes: ['openid', 'AdobeID'] });
    const step = await job.uses({ ...inputs, ...exchanging(code) });
    expectSuccess(step);
    expect(step.outputs).not.toHaveProperty('refresh-token');
    expect(step.outputs['scopes']).toBe('openid,AdobeID');
  });

  test('sends the second secret when IMS refuses the first', async ({ ims, job, inputs }) => {
    const secrets = { 'client-secret': `p8e-test-old-secret\n${SECRET}` };
    const step = await job.uses({ ...inputs, ...secrets, ...refreshing(newRefreshToken(ims)) });
    expectSuccess(step);
    expect(step.annotations.map(({ level }) => level)).toEqual(['notice']);
    expect(ims.requests.map(({ headers }) => headers.authorization)).toEqual([
      `Basic ${basicOf('p8e-test-old-secret')}`,
      `Basic ${BASIC}`,
    ]);
  });

  test('sends its organization, and no scopes', async ({ ims, job, inputs }) => {
    const more = { 'org-id': 'ABC123@AdobeOrg', scopes: 'openid, firefly_api' };
    await job.uses({ ...inputs, ...refreshing(newRefreshToken(ims)), ...more });
    await job.uses({ ...inputs, ...exchanging(newCode(ims)), ...more });
    expect(ims.requests).toHaveLength(2);
    for (const { form } of ims.requests) {
      expect(form['org_id']).toBe('ABC123@AdobeOrg');
      expect(form).not.toHaveProperty('scope');
    }
  });

  test.for([
    ['a refresh token', refreshing],
    ['a code', exchanging],
  ] as const)(
    'masks whatever else comes with the answer to %s',
    async ([, grant], { ims, job, inputs }) => {
      const answer = {
        access_token: 'p8e-test-access-token',
        token_type: 'bearer',
        expires_in: 86_399,
        refresh_token: 'p8e-test-new-refresh-token',
        id_token: 'p8e-test-id-token',
        sub: 'p8e-test-user',
      };
      ims.scriptAlways({ body: JSON.stringify(answer) });
      const step = await job.uses({ ...inputs, ...grant('p8e-test-grant') }, { debug: true });
      expect(step.outputs['refresh-token']).toBe(answer.refresh_token);
      // The token does not name its scopes, and none were asked for.
      expect(step.outputs['scopes']).toBe('');
      const { access_token, refresh_token, id_token } = answer;
      expectHidden(step, ['p8e-test-grant', access_token, refresh_token, id_token]);
      expect(JSON.stringify(step.files)).not.toContain(id_token);
    },
  );

  test.for([
    ['a refresh token', refreshing, newRefreshToken, { fault: 'reset-before-answer' }],
    ['a code that was not served', exchanging, newCode, { status: 503 }],
  ] as const)(
    'sends %s again after a transient failure',
    async ([, grantOf, newGrant, answer], { ims, job, inputs }) => {
      ims.script(answer);
      expectSuccess(await job.uses({ ...inputs, ...grantOf(newGrant(ims)) }));
      expect(ims.requests).toHaveLength(2);
    },
  );

  test('does not send a code again when its answer is lost', async ({ ims, job, inputs }) => {
    ims.script({ fault: 'reset-before-answer' });
    const step = await job.uses({ ...inputs, ...exchanging(newCode(ims)) });
    expect(messageOf(step)).toMatch(/lost.*probably used up.*not sent again.*sign in again/);
    expect(ims.requests).toHaveLength(1);
  });

  test('revokes its token with the Basic header', async ({ ims, job, inputs }) => {
    const token = newRefreshToken(ims);
    const step = await job.uses({ ...inputs, ...refreshing(token), revoke: 'true' });
    const { 'access-token': accessToken = '' } = step.outputs;
    expect(JSON.stringify(step.state)).not.toContain(accessToken);
    const [post] = await job.finish();
    expect(post).toMatchObject({ exitCode: 0, annotations: [] });
    expect(sent(ims.requests.slice(1))).toEqual([
      withHeader('/ims/revoke', { token: accessToken }),
    ]);
    expect(ims.revoked.has(accessToken)).toBe(true);
    if (post !== undefined) expectHidden(post, [accessToken, SECRET, token]);
  });
});

describe('a public client', () => {
  test.override('client', publicApp);

  test.for([
    [
      'a refresh token',
      (ims: ImsServer) => refreshing(newRefreshToken(ims)),
      (given: Inputs) => ({ grant_type: 'refresh_token', refresh_token: given['refresh-token'] }),
    ],
    [
      'a code and its verifier',
      (ims: ImsServer) => proving(newChallengedCode(ims)),
      (given: Inputs) => ({
        grant_type: 'authorization_code',
        code: given['code'],
        code_verifier: VERIFIER,
      }),
    ],
  ] as const)(
    'sends %s with its ID in the body, and revokes its token so',
    async ([, grantOf, form], { ims, job, inputs }) => {
      const given = grantOf(ims);
      const step = await job.uses({ ...inputs, ...given, revoke: 'true' });
      expectSuccess(step);
      expect(step.annotations).toEqual([]);
      const { 'access-token': token = '', 'refresh-token': renewed = '' } = step.outputs;
      const names = ['refresh-token', 'code', 'code-verifier'];
      expectHidden(step, [...names.flatMap((name) => given[name] ?? []), token, renewed]);
      const [post] = await job.finish();
      expect(post).toMatchObject({ exitCode: 0, annotations: [] });
      expect(sent(ims.requests)).toEqual([
        withoutHeader(TOKEN_URL, form(given)),
        withoutHeader('/ims/revoke', { token }),
      ]);
      expect(ims.revoked.has(token)).toBe(true);
    },
  );
});

describe('a service', () => {
  test.override('client', serviceClient);

  test('exchanges its permanent token again and again, in the body form', async ({
    ims,
    job,
    inputs,
  }) => {
    const code = newServiceToken(ims);
    const given = { ...inputs, ...exchanging(code), reuse: 'job', revoke: 'true' };
    const first = await job.uses(given);
    const second = await job.uses(given);
    for (const step of [first, second]) {
      expectSuccess(step);
      expect(step.annotations).toEqual([]);
      expect(step.outputs['source']).toBe('ims');
      expectHidden(step, [SECRET, code]);
    }
    // A user's token is not for the steps after it.
    expect(second.outputs['access-token']).not.toBe(first.outputs['access-token']);
    expectNothingKept(job);
    const form = { grant_type: 'authorization_code', code };
    const inBody = (url: string, fields: object): object =>
      withoutHeader(url, { ...fields, client_secret: SECRET });
    const both = [withHeader(TOKEN_URL, form), inBody(TOKEN_URL, form)];
    expect(sent(ims.requests)).toEqual([...both, ...both]);
    await job.finish();
    // In the form that IMS has accepted.
    expect(sent(ims.requests.slice(4))).toEqual(
      [second, first].map(({ outputs }) =>
        inBody('/ims/revoke', { token: outputs['access-token'] }),
      ),
    );
    expect(ims.revoked.size).toBe(2);
  });
});

describe('what IMS refuses is explained', () => {
  const words = /expired, was used, or was revoked.*sign in again.*store the new refresh token/;

  test.for(
    ['access_denied', 'invalid_grant', 'invalid_token'].flatMap((error) => [
      ['a refresh token', error, refreshing] as const,
      ['a code', error, exchanging] as const,
    ]),
  )('for %s, after one request (%s)', async ([, error, grant], { ims, job, inputs }) => {
    ims.scriptAlways({ status: 400, body: JSON.stringify({ error }) });
    const step = await job.uses({ ...inputs, ...grant('p8e-test-expired') });
    expect(messageOf(step)).toMatch(words);
    expectHidden(step, ['p8e-test-expired']);
    expect(ims.requests).toHaveLength(1);
  });

  test('for a code that was used', async ({ ims, job, inputs }) => {
    const used = { ...inputs, ...exchanging(newCode(ims)) };
    await job.uses(used);
    expect(messageOf(await job.uses(used))).toMatch(words);
    expect(ims.requests).toHaveLength(2);
  });

  test('for the verifier of another code', async ({ ims, job, inputs }) => {
    const verifier = `${VERIFIER}-other`;
    const code = newChallengedCode(ims);
    const step = await job.uses({ ...inputs, ...exchanging(code), 'code-verifier': verifier });
    expect(messageOf(step)).toMatch(/code_verifier does not match/);
    expectHidden(step, [code, verifier]);
    expect(ims.requests).toHaveLength(1);
  });

  test('for a wrong secret, after both forms for a code and one otherwise', async ({
    ims,
    job,
    inputs,
  }) => {
    const wrong = { ...inputs, 'client-secret': 'p8e-test-wrong' };
    const refreshed = await job.uses({ ...wrong, ...refreshing(newRefreshToken(ims)) });
    expect(messageOf(refreshed)).toMatch(/refused the client secret/);
    expect(ims.requests).toHaveLength(1);
    const exchanged = await job.uses({ ...wrong, ...exchanging(newCode(ims)) });
    expect(messageOf(exchanged)).toMatch(/refused the client secret/);
    expect(ims.requests).toHaveLength(3);
  });
});

test('contradictions are reported in one message, before any request', async ({
  ims,
  job,
  inputs,
}) => {
  const secrets = {
    'refresh-token': 'p8e-test-refresh',
    code: 'p8e-test-code',
    'code-verifier': VERIFIER,
  };
  const code = '`code` goes with `grant-type: authorization_code` only';
  const verifier = '`code-verifier` goes with `grant-type: authorization_code` only';
  const token = '`refresh-token` goes with `grant-type: refresh_token` only';
  const shared = { 'grant-type': 'authorization_code', reuse: 'repository', revoke: 'true' };
  for (const [given, problems] of [
    [{}, [token, code, verifier]],
    [{ 'grant-type': 'refresh_token' }, [code, verifier]],
    [shared, [token, '`reuse: repository` goes with', '`revoke: true` contradicts']],
  ] as const) {
    const step = await job.uses({ ...inputs, ...secrets, ...given });
    const message = messageOf(step);
    for (const problem of problems) expect(message).toContain(problem);
    expectHidden(step, [SECRET, ...Object.values(secrets)]);
  }
  expect(ims.requests).toEqual([]);
});

/** User tokens: what is sent for each kind of client, what is masked, what is refused, what is revoked. */

import { createHash } from 'node:crypto';

import { describe, expect } from 'vitest';

import { type Inputs, inputsFor, SECRET, test as base } from '../support/fixtures.ts';
import {
  type Client,
  type ImsServer,
  type RecordedRequest,
  testClient,
  tokenAnswer,
} from '../support/ims-server.ts';
import { expectHidden, expectNothingKept, expectSuccess, messageOf } from '../support/verdicts.ts';

const VERIFIER = 'p8e-test-verifier-0123456789-0123456789-0123456789';
const CHALLENGE = createHash('sha256').update(VERIFIER).digest('base64url');
const basicOf = (secret: string): string =>
  Buffer.from(`${testClient.id}:${secret}`).toString('base64');
const BASIC = basicOf(SECRET);

const webApp: Client = { ...testClient, authentication: 'basic' };
const publicApp: Client = { ...testClient, secrets: [] };
const serviceClient: Client = { ...testClient, authentication: 'post' };

const test = base.extend('client', webApp);

const refreshing = (token: string): Inputs => ({
  'grant-type': 'refresh_token',
  'refresh-token': token,
});
const exchanging = (code: string): Inputs => ({ 'grant-type': 'authorization_code', code });

const newRefreshToken = (ims: ImsServer): string =>
  ims.issueRefreshToken({ clientId: testClient.id });
const newCode = (ims: ImsServer): string => ims.issueCode({ clientId: testClient.id });
const newServiceToken = (ims: ImsServer): string =>
  ims.issueCode({ clientId: testClient.id, permanent: true });

/** How a request proves who the client is. */
const methodOf = ({ headers, form }: RecordedRequest): string | undefined =>
  headers.authorization ?? form['client_secret'];

/** What the requests after the first `skipped` say of the client and of the grant. */
function sent(ims: ImsServer, skipped = 0): readonly object[] {
  return ims.requests.slice(skipped).map(({ path, query, headers: { authorization }, form }) => {
    return { url: path + query, authorization, form };
  });
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

const ofRefreshToken = (ims: ImsServer): Inputs => refreshing(newRefreshToken(ims));
const ofCode = (ims: ImsServer): Inputs => exchanging(newCode(ims));
const ofChallengedCode = (ims: ImsServer): Inputs => ({
  ...exchanging(ims.issueCode({ clientId: testClient.id, challenge: CHALLENGE })),
  'code-verifier': VERIFIER,
});

test.for([
  ['a Web App', 'a refresh token', webApp, ofRefreshToken],
  ['a public client', 'a refresh token', publicApp, ofRefreshToken],
  ['a public client', 'a code and its verifier', publicApp, ofChallengedCode],
] as const)(
  '%s sends %s, gets its tokens masked, and has the access token revoked in the same way',
  async ([, , client, grantOf], { startIms, job }) => {
    const ims = await startIms({ clients: [client] });
    const given = grantOf(ims);
    const { 'grant-type': grant_type, ...secrets } = given;
    const step = await job.uses({ ...inputsFor(ims, client), ...given, revoke: 'true' });
    expectSuccess(step);
    expect(step.annotations).toEqual([]);
    expect(step.outputs).toMatchObject({
      'user-id': expect.stringMatching(/@AdobeID$/) as string,
      source: 'ims',
    });
    const { 'access-token': token = '', 'refresh-token': renewed = '' } = step.outputs;
    const ofClient = client.secrets.flatMap((secret) => [secret, basicOf(secret)]);
    expectHidden(step, [...ofClient, ...Object.values(secrets), token, renewed]);
    expect(JSON.stringify(step.state)).not.toContain(token);
    const [post] = await job.finish();
    expect(post).toMatchObject({ exitCode: 0, annotations: [] });
    if (post !== undefined)
      expectHidden(post, [...client.secrets, ...Object.values(secrets), token]);
    const fields = Object.entries(secrets).map(([name, value]) => [name.replace('-', '_'), value]);
    const form = { grant_type, ...(Object.fromEntries(fields) as object) };
    const shown = client === webApp ? withHeader : withoutHeader;
    expect(sent(ims)).toEqual([shown(TOKEN_URL, form), shown('/ims/revoke', { token })]);
    expect(ims.revoked.has(token)).toBe(true);
  },
);

describe('a Web App', () => {
  test('gets no refresh token without `offline_access`', async ({ ims, job, inputs }) => {
    const code = ims.issueCode({ clientId: testClient.id, scopes: ['openid', 'AdobeID'] });
    const step = await job.uses({ ...inputs, ...exchanging(code) });
    expectSuccess(step);
    expect(step.outputs).not.toHaveProperty('refresh-token');
    expect(step.outputs['scopes']).toBe('openid,AdobeID');
  });

  test('sends the second secret when IMS refuses the first', async ({ ims, job, inputs }) => {
    const secrets = { 'client-secret': `p8e-test-old-secret\n${SECRET}` };
    const step = await job.uses({ ...inputs, ...secrets, ...ofRefreshToken(ims) });
    expectSuccess(step);
    expect(step.annotations.map(({ level }) => level)).toEqual(['notice']);
    expect(ims.requests.map(methodOf)).toEqual([
      `Basic ${basicOf('p8e-test-old-secret')}`,
      'p8e-test-old-secret',
      `Basic ${BASIC}`,
    ]);
  });

  test.for([
    ['a code', ofCode],
    ['a code and its verifier', ofChallengedCode],
  ] as const)(
    'sends %s in the body, by Basic header after `invalid_client`, and revokes by header',
    async ([, grantOf], { ims, job, inputs }) => {
      const step = await job.uses({ ...inputs, ...grantOf(ims), revoke: 'true' });
      expectSuccess(step);
      expect(step.annotations).toEqual([]);
      await job.finish();
      expect(ims.requests.map(methodOf)).toEqual([SECRET, `Basic ${BASIC}`, `Basic ${BASIC}`]);
      expect(ims.revoked.has(step.outputs['access-token'] ?? '')).toBe(true);
    },
  );

  test('sends its organization, and no scopes', async ({ ims, job, inputs }) => {
    const more = { 'org-id': 'ABC123@AdobeOrg', scopes: 'openid, firefly_api' };
    await job.uses({ ...inputs, ...ofRefreshToken(ims), ...more });
    await job.uses({ ...inputs, ...ofCode(ims), ...more });
    expect(ims.requests).toHaveLength(3);
    for (const { form } of ims.requests) {
      expect(form['org_id']).toBe('ABC123@AdobeOrg');
      expect(form).not.toHaveProperty('scope');
    }
  });

  test('masks whatever else comes with the answer', async ({ ims, job, inputs }) => {
    const [refresh_token, id_token] = ['p8e-test-new-refresh-token', 'p8e-test-id-token'];
    ims.scriptAlways(tokenAnswer({ refresh_token, id_token, sub: 'p8e-test-user' }));
    const step = await job.uses({ ...inputs, ...exchanging('p8e-test-code') }, { debug: true });
    expect(step.outputs['refresh-token']).toBe(refresh_token);
    // The token does not name its scopes, and none were asked for.
    expect(step.outputs['scopes']).toBe('');
    expectHidden(step, ['p8e-test-code', refresh_token, id_token]);
    expect(JSON.stringify(step.files)).not.toContain(id_token);
  });

  test.for([
    ['a refresh token', ofRefreshToken, { fault: 'reset-before-answer' }, 2],
    ['a code that was not served', ofCode, { status: 503 }, 3],
  ] as const)(
    'sends %s again after a transient failure',
    async ([, grantOf, answer, requests], { ims, job, inputs }) => {
      ims.script(answer);
      expectSuccess(await job.uses({ ...inputs, ...grantOf(ims) }));
      expect(ims.requests).toHaveLength(requests);
    },
  );

  test.for(['reset-before-answer', 'garbled-headers', 'garbled-body'] as const)(
    'does not send a code again when its answer is lost (%s)',
    async (fault, { ims, job, inputs }) => {
      ims.script({ fault });
      const step = await job.uses({ ...inputs, ...ofCode(ims) });
      expect(messageOf(step)).toMatch(/lost.*probably used up.*not sent again.*sign in again/);
      expect(ims.requests).toHaveLength(1);
    },
  );
});

describe('a service', () => {
  test.override('client', serviceClient);

  test('exchanges its permanent token again and again', async ({ ims, job, inputs }) => {
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
    expect(sent(ims)).toEqual([inBody(TOKEN_URL, form), inBody(TOKEN_URL, form)]);
    await job.finish();
    // In the form that IMS has accepted.
    expect(sent(ims, 2)).toEqual(
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

test('contradictions are reported before any request', async ({ ims, job, inputs }) => {
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

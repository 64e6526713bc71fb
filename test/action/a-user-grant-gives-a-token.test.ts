/** User tokens: what each kind of client sends, what is masked, and what is revoked. */

import { describe, expect } from 'vitest';

import { inputsFor, SECRET, test as base } from '../support/fixtures.ts';
import { type ImsServer, testClient } from '../support/ims-server.ts';
import {
  basicOf,
  exchanging,
  ofChallengedCode,
  ofCode,
  ofRefreshToken,
  publicApp,
  serviceClient,
  webApp,
} from '../support/user-grants.ts';
import { expectHidden, expectNothingKept, expectSuccess } from '../support/verdicts.ts';

const test = base.extend('client', webApp);

/** What the requests after the first `skipped` say of the client and of the grant. */
function sent(ims: ImsServer, skipped = 0): readonly object[] {
  return ims.requests.slice(skipped).map(({ path, query, headers: { authorization }, form }) => {
    return { url: path + query, authorization, form };
  });
}

const TOKEN_URL = '/ims/token/v3';

const withHeader = (url: string, form: object): object => ({
  url,
  authorization: `Basic ${basicOf(SECRET)}`,
  form,
});

const withoutHeader = (url: string, form: object): object => ({
  url,
  authorization: undefined,
  form: { ...form, client_id: testClient.id },
});

const newServiceToken = (ims: ImsServer): string =>
  ims.issueCode({ clientId: testClient.id, permanent: true });

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

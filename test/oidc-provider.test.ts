/** The grants against `oidc-provider`, a server that others wrote and that knows nothing of IMS. */

import { createHash } from 'node:crypto';
import { createServer, type RequestListener } from 'node:http';

import { afterEach, describe, expect, it } from 'vitest';

import { type Job, startJob, type StepResult } from './support/run-action.ts';

type Inputs = Readonly<Record<string, string>>;
type Fields = Readonly<Record<string, unknown>>;
type Model = new (fields: Fields) => { save(): Promise<string> };
type GrantModel = new (fields: Fields) => {
  addOIDCScope(scope: string): void;
  save(): Promise<string>;
};
type Provider = {
  readonly AuthorizationCode: Model;
  readonly RefreshToken: Model;
  readonly Grant: GrantModel;
  readonly Client: { find(id: string): Promise<object | undefined> };
  callback(): RequestListener;
};
type ProviderModule = { readonly default: new (issuer: string, options: Fields) => Provider };

const SECRET = 'p8e-test-oidc-secret-0123456789';
const VERIFIER = 'p8e-test-verifier-0123456789-0123456789-0123456789';
const REDIRECT_URI = 'https://p8e-test.example/callback';
const SCOPE = 'openid offline_access';
const ACCOUNT = 'p8e-test-account';
const USER_GRANTS = ['authorization_code', 'refresh_token'];
const POST = 'client_secret_post';
const BASIC = 'client_secret_basic';

const userClient = (id: string, method: string, secret: object): Fields => ({
  client_id: id,
  token_endpoint_auth_method: method,
  grant_types: USER_GRANTS,
  redirect_uris: [REDIRECT_URI],
  response_types: ['code'],
  ...secret,
});

const clients: readonly Fields[] = [
  {
    client_id: 'server-to-server',
    client_secret: SECRET,
    token_endpoint_auth_method: POST,
    grant_types: ['client_credentials'],
    redirect_uris: [],
    response_types: [],
    scope: 'firefly_api',
  },
  userClient('web-app', BASIC, { client_secret: SECRET }),
  userClient('body-form', POST, { client_secret: SECRET }),
  // The server would not give a refresh token to a single page app without binding it to a key.
  userClient('native-app', 'none', { application_type: 'native' }),
];

const options: Fields = {
  clients,
  clientDefaults: { id_token_signed_response_alg: 'RS256' },
  scopes: ['openid', 'offline_access', 'firefly_api'],
  routes: { token: '/ims/token/v3', revocation: '/ims/revoke' },
  // Adobe documents no redirect_uri in the token request, and the action sends none.
  allowOmittingSingleRegisteredRedirectUri: true,
  features: {
    clientCredentials: { enabled: true },
    devInteractions: { enabled: false },
    revocation: { enabled: true, allowedPolicy: () => true },
  },
  findAccount: (_context: unknown, accountId: string) => ({
    accountId,
    claims: () => ({ sub: accountId }),
  }),
  ttl: { AccessToken: 86_399, ClientCredentials: 86_399, Grant: 86_400, RefreshToken: 86_400 },
};

const cleanups: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

type SetUp = { readonly provider: Provider; readonly job: Job; readonly url: string };

async function setUp(): Promise<SetUp> {
  // The package has no types; a literal here would make the compiler ask for them.
  const name: string = 'oidc-provider';
  const { default: OidcProvider } = (await import(name)) as ProviderModule;
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanups.push(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const url = `http://127.0.0.1:${port}`;
  const provider = new OidcProvider(url, options);
  server.on('request', provider.callback());
  const job = await startJob({ secrets: [SECRET] });
  cleanups.push(() => job.dispose());
  return { provider, job, url };
}

/** What a user's consent leaves behind; the fields that a code and a refresh token share. */
async function consent(provider: Provider, clientId: string): Promise<Fields> {
  const grant = new provider.Grant({ accountId: ACCOUNT, clientId });
  grant.addOIDCScope(SCOPE);
  const client = await provider.Client.find(clientId);
  return { accountId: ACCOUNT, client, grantId: await grant.save(), scope: SCOPE };
}

async function newCode(provider: Provider, clientId: string, fields: Fields): Promise<string> {
  const shared = await consent(provider, clientId);
  const code = new provider.AuthorizationCode({ ...shared, redirectUri: REDIRECT_URI, ...fields });
  return code.save();
}

async function newRefreshToken(provider: Provider, clientId: string): Promise<string> {
  const shared = await consent(provider, clientId);
  return new provider.RefreshToken({ ...shared, gty: 'authorization_code', rotations: 0 }).save();
}

const inputsOf = (url: string, clientId: string, more: Inputs): Inputs => ({
  'client-id': clientId,
  'ims-url': url,
  ...more,
});

function expectToken(step: StepResult): void {
  expect(step.annotations).toEqual([]);
  expect(step.exitCode).toBe(0);
  expect(step.outputs['access-token']).toMatch(/^[\w-]{20,}$/);
  expect(step.outputs['token-type']?.toLowerCase()).toBe('bearer');
  expect(Number(step.outputs['expires-in'])).toBeGreaterThan(86_300);
}

function failure(step: StepResult): string {
  expect(step.exitCode).toBe(1);
  expect(step.files).toMatchObject({ output: '', env: '', state: '', summary: '' });
  expect(step.annotations.map(({ level }) => level)).toEqual(['error']);
  return step.annotations[0]?.message ?? '';
}

describe('client_credentials', () => {
  it('gives a token', async () => {
    const { job, url } = await setUp();
    const more = { 'client-secret': SECRET, scopes: 'firefly_api' };
    const step = await job.uses(inputsOf(url, 'server-to-server', more));
    expectToken(step);
    expect(step.outputs['scopes']).toBe('firefly_api');
  });

  it('with a wrong secret says so', async () => {
    const { job, url } = await setUp();
    const more = { 'client-secret': 'p8e-test-wrong', scopes: 'firefly_api' };
    const step = await job.uses(inputsOf(url, 'server-to-server', more));
    expect(failure(step)).toMatch(/client secret.*invalid_client/);
  });
});

describe('authorization_code', () => {
  it.each(['web-app', 'body-form'])(
    'gives the confidential client %s a token once',
    async (clientId) => {
      const { provider, job, url } = await setUp();
      const code = await newCode(provider, clientId, {});
      const more = { 'client-secret': SECRET, 'grant-type': 'authorization_code', code };
      const step = await job.uses(inputsOf(url, clientId, more));
      expectToken(step);
      expect(step.outputs['refresh-token']).toMatch(/^[\w-]{20,}$/);
      // One mask for the ID token, which is in no output.
      expect(step.masks.filter((mask) => /^eyJ[\w-]+\.[\w-]+\.[\w-]+$/.test(mask))).toHaveLength(1);
      const again = await job.uses(inputsOf(url, clientId, more));
      expect(failure(again)).toMatch(/expired, was used, or was revoked.*invalid_grant/);
    },
  );

  it('gives a public client a token for its verifier only', async () => {
    const { provider, job, url } = await setUp();
    const proof = {
      codeChallenge: createHash('sha256').update(VERIFIER).digest('base64url'),
      codeChallengeMethod: 'S256',
    };
    const exchange = async (verifier: string): Promise<StepResult> => {
      const code = await newCode(provider, 'native-app', proof);
      const more = { 'grant-type': 'authorization_code', code, 'code-verifier': verifier };
      return job.uses(inputsOf(url, 'native-app', more));
    };
    expectToken(await exchange(VERIFIER));
    expect(failure(await exchange(`${VERIFIER}-other`))).toMatch(/invalid_grant/);
  });
});

describe('refresh_token', () => {
  it.each<readonly [string, Inputs]>([
    ['web-app', { 'client-secret': SECRET }],
    ['native-app', {}],
  ])('gives %s a token and a new refresh token, which works', async (clientId, secret) => {
    const { provider, job, url } = await setUp();
    const refresh = (token: string): Promise<StepResult> =>
      job.uses(
        inputsOf(url, clientId, {
          ...secret,
          'grant-type': 'refresh_token',
          'refresh-token': token,
          revoke: 'true',
        }),
      );
    const first = await refresh(await newRefreshToken(provider, clientId));
    expectToken(first);
    const second = await refresh(first.outputs['refresh-token'] ?? '');
    expectToken(second);
    expect(second.outputs['access-token']).not.toBe(first.outputs['access-token']);
    for (const post of await job.finish()) {
      expect(post.annotations).toEqual([]);
      expect(post.log).toContain('Revoked the access token.');
    }
  });

  it('that nobody issued is refused in words', async () => {
    const { job, url } = await setUp();
    const more = { 'grant-type': 'refresh_token', 'refresh-token': 'p8e-test-unknown' };
    const step = await job.uses(inputsOf(url, 'native-app', more));
    expect(failure(step)).toMatch(/expired, was used, or was revoked.*sign in again/);
  });
});

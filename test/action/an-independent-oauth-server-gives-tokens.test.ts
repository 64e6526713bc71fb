/** The grants against `oidc-provider`, a server that others wrote and that knows nothing of IMS. */

import { createHash } from 'node:crypto';
import { createServer, type RequestListener } from 'node:http';

import { expect } from 'vitest';

import { type Inputs, test as base } from '../support/fixtures.ts';
import { listen } from '../support/listen.ts';
import type { StepResult } from '../support/run-action.ts';
import { expectSuccess, messageOf } from '../support/verdicts.ts';

type Fields = Readonly<Record<string, unknown>>;
type Model = new (fields: Fields) => {
  addOIDCScope(scope: string): void;
  save(): Promise<string>;
};
type Provider = Readonly<Record<'AuthorizationCode' | 'RefreshToken' | 'Grant', Model>> & {
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
  // A single page app would get no refresh token without binding it to a key.
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

/** The provider, where it listens, and the inputs that name it. */
const test = base
  .extend('server', async ({}, { onCleanup }) => {
    // The package has no types; a literal here would make the compiler ask for them.
    const name: string = 'oidc-provider';
    const { default: OidcProvider } = (await import(name)) as ProviderModule;
    const server = createServer();
    const url = `http://127.0.0.1:${await listen(server)}`;
    onCleanup(async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    });
    const provider = new OidcProvider(url, options);
    server.on('request', provider.callback());
    return { provider, url };
  })
  .extend('provider', ({ server }) => server.provider)
  .extend('inputs', ({ server }): Inputs => ({ 'ims-url': server.url }));

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

function expectToken(step: StepResult): void {
  expectSuccess(step);
  expect(step.annotations).toEqual([]);
  expect(step.outputs['access-token']).toMatch(/^[\w-]{20,}$/);
  expect(step.outputs['token-type']?.toLowerCase()).toBe('bearer');
  expect(Number(step.outputs['expires-in'])).toBeGreaterThan(86_300);
}

test('a server-to-server client gets a token', async ({ job, inputs }) => {
  const client = { 'client-id': 'server-to-server', scopes: 'firefly_api' };
  const step = await job.uses({ ...inputs, ...client, 'client-secret': SECRET });
  expectToken(step);
  expect(step.outputs['scopes']).toBe('firefly_api');
  const wrong = { ...inputs, ...client, 'client-secret': 'p8e-test-wrong' };
  expect(messageOf(await job.uses(wrong))).toMatch(/client secret.*invalid_client/);
});

test.for(['web-app', 'body-form'])(
  'the confidential client %s gets a token for a code once',
  async (clientId, { provider, job, inputs }) => {
    const code = await newCode(provider, clientId, {});
    const client = { 'client-id': clientId, 'client-secret': SECRET };
    const given = { ...inputs, ...client, 'grant-type': 'authorization_code', code };
    const step = await job.uses(given);
    expectToken(step);
    expect(step.outputs['refresh-token']).toMatch(/^[\w-]{20,}$/);
    // One mask for the ID token, which is in no output.
    expect(step.masks.filter((mask) => /^eyJ[\w-]+\.[\w-]+\.[\w-]+$/.test(mask))).toHaveLength(1);
    const again = await job.uses(given);
    expect(messageOf(again)).toMatch(/expired, was used, or was revoked.*invalid_grant/);
  },
);

test('a public client gets a token for its verifier only', async ({ provider, job, inputs }) => {
  const proof = {
    codeChallenge: createHash('sha256').update(VERIFIER).digest('base64url'),
    codeChallengeMethod: 'S256',
  };
  const exchange = async (verifier: string): Promise<StepResult> => {
    const code = await newCode(provider, 'native-app', proof);
    const grant = { 'grant-type': 'authorization_code', code, 'code-verifier': verifier };
    return job.uses({ ...inputs, 'client-id': 'native-app', ...grant });
  };
  expectToken(await exchange(VERIFIER));
  expect(messageOf(await exchange(`${VERIFIER}-other`))).toMatch(/invalid_grant/);
});

test.for<readonly [string, Inputs]>([
  ['web-app', { 'client-secret': SECRET }],
  ['native-app', {}],
])(
  '%s gets a token and a refresh token that works, and has its tokens revoked',
  async ([clientId, secret], { provider, job, inputs }) => {
    const refresh = (token: string): Promise<StepResult> => {
      const grant = { 'grant-type': 'refresh_token', 'refresh-token': token, revoke: 'true' };
      return job.uses({ ...inputs, 'client-id': clientId, ...secret, ...grant });
    };
    const first = await refresh(await newRefreshToken(provider, clientId));
    expectToken(first);
    const second = await refresh(first.outputs['refresh-token'] ?? '');
    expectToken(second);
    expect(second.outputs['access-token']).not.toBe(first.outputs['access-token']);
    for (const post of await job.finish()) {
      expect(post.annotations).toEqual([]);
      expect(post.log).toContain('Revoked the access token.');
    }
  },
);

/** The workflows of docs/situations.md. */

import {
  call,
  CONSOLE_SCOPES,
  type Expectation,
  type ExpectedRequest,
  expectationsOf,
  JSON_TYPE,
  token,
} from '../expected.ts';
import { ACCOUNTS, FRAMEIO, projects, STORAGE, stored } from './calls.ts';

const situation = expectationsOf('docs/situations.md');

const from = (owner: string, login = owner): Readonly<Record<string, unknown>> => ({
  pull_request: { head: { repo: { full_name: `${owner}/site` } }, user: { login } },
});

const ROTATE = 'Rotate the client secret';
const SECRETS =
  'api.adobe.io/console/organizations/$ADOBE_ORG_NUMBER/credentials/$ADOBE_CREDENTIAL_NUMBER/secrets';
const ADOBE = { 'x-api-key': '$ADOBE_CLIENT_ID' };
const NEW = 'p8e-test-new-secret-0123456789';
const PROOF = token('ADOBE_CLIENT_ID', 'openid,AdobeID', 'NEW_SECRET');
const list = (...secrets: readonly (readonly [string, string, string])[]): ExpectedRequest => {
  const described = secrets.map(([uuid, createdAt, lastUsedAt]) => ({
    uuid,
    created_at: createdAt,
    secret_usages: [{ last_used_at: lastUsedAt, grant_type: 'client_credentials' }],
  }));
  return call(`GET ${SECRETS}`, ADOBE, { body: { client_secrets: described } });
};

/** What a vault holds: two client secrets, as while one is being rotated. */
const IN_VAULT = 'p8e-test-secret-in-vault-0123456789\np8e-test-other-secret-in-vault-0123456789';
const VAULT: readonly ExpectedRequest[] = [
  {
    request: 'GET run.actions.githubusercontent.com/oidc/token?api-version=2.0',
    headers: { authorization: 'Bearer $OIDC_REQUEST' },
    answer: { body: { value: '$OIDC_TOKEN' } },
  },
  {
    request: 'POST vault.example.com/v1/auth/jwt/login',
    headers: JSON_TYPE,
    body: { jwt: '$OIDC_TOKEN', role: 'adobe' },
    answer: { body: { auth: { client_token: '$VAULT_TOKEN' } } },
  },
  {
    request: 'GET vault.example.com/v1/secret/data/adobe',
    headers: { 'x-vault-token': '$VAULT_TOKEN' },
    answer: { body: { data: { data: { client_secret: '$BOTH_SECRETS' } } } },
  },
];

export const SITUATIONS: readonly Expectation[] = [
  situation('Optional credentials', [FRAMEIO, call(ACCOUNTS)]),
  situation('Optional credentials', [], {
    when: 'missing',
    values: { FRAMEIO_CLIENT_SECRET: '' },
    logs: /No credentials for Adobe/,
  }),
  situation(
    'Secret from Vault',
    [
      ...VAULT,
      token('FRAMEIO_CLIENT_ID', 'openid,AdobeID,frame.s2s.all', 'FIRST_SECRET'),
      call(ACCOUNTS),
    ],
    {
      values: {
        OIDC_TOKEN: 'p8e-test-oidc-token-0123456789',
        VAULT_TOKEN: 'p8e-test-vault-token-0123456789',
        BOTH_SECRETS: IN_VAULT,
        FIRST_SECRET: IN_VAULT.split('\n')[0] ?? '',
      },
      // No later step may have the secret as a variable.
      logs: /^(?![\s\S]*::set-env:: client-secret)/,
    },
  ),
  situation('Two products', [
    FRAMEIO,
    STORAGE,
    call(ACCOUNTS, { authorization: 'Bearer $TOKEN1' }),
    projects('Bearer $TOKEN2'),
  ]),
  situation('Pull request', [FRAMEIO, call(ACCOUNTS)], { event: from('octo') }),
  situation('Pull request', [], { when: 'from a fork', event: from('other') }),
  situation('Pull request', [], {
    when: 'from Dependabot',
    event: from('octo', 'dependabot[bot]'),
  }),
  situation('Keep a token ready', [STORAGE]),
  situation(
    ROTATE,
    [
      token('ADOBE_CLIENT_ID', CONSOLE_SCOPES),
      list(['u1', '1', '5']),
      call(`POST ${SECRETS}`, ADOBE, {
        status: 201,
        body: { client_secret: '$NEW_SECRET', uuid: 'u2' },
      }),
      PROOF,
      ...stored('adobe', 'ADOBE_CLIENT_SECRET', '$NEW_SECRET\n$ADOBE_CLIENT_SECRET'),
    ],
    { when: 'the first half', values: { NEW_SECRET: NEW } },
  ),
  situation(
    ROTATE,
    [
      token('ADOBE_CLIENT_ID', CONSOLE_SCOPES, 'NEW_SECRET'),
      // u2 is newer; compared as text, '1000' would be before '200'.
      list(['u2', '1000', '9'], ['u1', '200', '5']),
      PROOF,
      call(`DELETE ${SECRETS}/u1`, { ...ADOBE, authorization: 'Bearer $TOKEN1' }, { status: 204 }),
      ...stored('adobe', 'ADOBE_CLIENT_SECRET', '$NEW_SECRET'),
    ],
    {
      when: 'the second half',
      values: { NEW_SECRET: NEW, ADOBE_CLIENT_SECRET: `${NEW}\np8e-test-old-secret-0123456789` },
    },
  ),
  situation(
    ROTATE,
    [token('ADOBE_CLIENT_ID', CONSOLE_SCOPES), list(['u1', '1', '5'], ['u2', '2', '9'])],
    { when: 'refused, as the newer of two is in use', fails: /secret u2 is in use/ },
  ),
];

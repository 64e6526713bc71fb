/** The workflows of docs/situations.md. */

import {
  call,
  CONSOLE_SCOPES,
  type Expectation,
  type ExpectedRequest,
  expectationsOf,
  token,
} from '../expected.ts';
import { ACCOUNTS, FRAMEIO, projects, STORAGE, stored } from './calls.ts';

const situation = expectationsOf('docs/recipes.md');

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

export const SITUATIONS: readonly Expectation[] = [
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
      // Not in the order of their age, and one digit longer.
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

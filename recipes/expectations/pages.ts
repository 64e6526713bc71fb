/** The workflows of the README and of the pages that are neither recipes nor situations. */

import {
  call,
  CONSOLE_SCOPES,
  type Expectation,
  type ExpectedRequest,
  FORM_TYPE,
  IMS,
  token,
} from '../expected.ts';
import { APP, DEPLOY } from './app-builder.ts';
import { projects, STORAGE, stored } from './calls.ts';

/** The forty jobs of the matrix, which come in any order. */
const MATRIX = Array.from({ length: 40 }, (_, at): readonly ExpectedRequest[] => {
  const request = `GET cloudstorage.adobe.io/v1/parts/${String(at).padStart(2, '0')}`;
  const part = call(request, { authorization: 'Bearer $ANY_TOKEN' });
  return [STORAGE, part].map((one) => ({ ...one, anyOrder: true }));
}).flat();

/** What the Adobe Developer Console gives for a workspace, as it is stored in one secret. */
const WORKSPACE = {
  client_id: 'p8e-test-client-id',
  client_secrets: ['p8e-test-secret-0123456789'],
  scopes: CONSOLE_SCOPES.split(','),
};
const WORKSPACE_JSON = JSON.stringify({
  project: {
    workspace: {
      details: {
        credentials: [
          { integration_type: 'oauth_server_to_server', oauth_server_to_server: WORKSPACE },
        ],
        runtime: {
          namespaces: [{ name: 'p8e-test-namespace', auth: 'p8e-test-runtime-secret-0123' }],
        },
      },
    },
  },
});

export const PAGES: readonly Expectation[] = [
  { page: 'README.md', workflow: 'List projects', requests: [STORAGE, projects()] },
  {
    page: 'docs/how-it-works.md',
    workflow: 'Publish',
    when: 'without a cache',
    values: { CLOUD_STORAGE_URL: 'https://cloudstorage.adobe.io/v1/parts' },
    requests: [STORAGE, ...MATRIX],
  },
  {
    page: 'docs/migrating.md',
    workflow: 'Deploy',
    requests: [token('CLIENTID_PROD', CONSOLE_SCOPES), ...DEPLOY],
    ...APP,
  },
  {
    page: 'docs/migrating.md',
    workflow: 'Deploy from one secret',
    requests: [token('CLIENT_ID', CONSOLE_SCOPES), ...DEPLOY],
    ...APP,
    values: {
      WORKSPACE_JSON,
      CLIENT_ID: WORKSPACE.client_id,
      CLIENT_SECRET: WORKSPACE.client_secrets.join('\n'),
      RUNTIME_SECRET: 'p8e-test-runtime-secret-0123',
    },
    clientIdAsSecret: true,
  },
  {
    page: 'docs/user-tokens.md',
    workflow: 'Adobe user token',
    values: { API_URL: 'https://api.example.com/v1/things' },
    requests: [
      {
        request: IMS,
        headers: { ...FORM_TYPE, authorization: 'Basic $BASIC' },
        body: { grant_type: 'refresh_token', refresh_token: '$ADOBE_REFRESH_TOKEN' },
        client: {
          id: 'ADOBE_CLIENT_ID',
          secret: 'ADOBE_CLIENT_SECRET',
          scopes: 'openid,offline_access',
          refreshToken: 'ADOBE_REFRESH_TOKEN',
        },
      },
      ...stored('adobe-user', 'ADOBE_REFRESH_TOKEN', '$NEW_REFRESH_TOKEN'),
      call('GET api.example.com/v1/things', { 'x-api-key': '$ADOBE_CLIENT_ID' }),
    ],
  },
];

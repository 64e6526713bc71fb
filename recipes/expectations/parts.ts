/** The workflows of recipes/workflows, of which the pages show a part. */

import {
  call,
  CONSOLE_SCOPES,
  type Expectation,
  expectationsOf,
  type ExpectedRequest,
  type More,
  token,
} from '../expected.ts';
import { APP, appWith, DEPLOY, deployWith, packagesWith } from './app-builder.ts';
import { ACCOUNTS, FRAMEIO, STORAGE } from './calls.ts';

const part = (
  file: string,
  workflow: string,
  requests: readonly ExpectedRequest[],
  more?: More,
): Expectation => expectationsOf(`recipes/workflows/${file}.yml`)(workflow, requests, more);

const DEFAULT_SCOPES = 'openid,AdobeID,offline_access,creative_sdk';
const bearer = (request: string, value = '$TOKEN'): ExpectedRequest =>
  call(request, { authorization: `Bearer ${value}` });
/** A script of the repository that calls an API with the token in a variable. */
const publish = (variable: string): Readonly<Record<string, string>> => ({
  'publish.sh': `#!/bin/sh\ncurl -fsS https://api.example.com/publish -H "Authorization: Bearer $${variable}"\n`,
});
const PUBLISH = bearer('GET api.example.com/publish');

/** A code exchanged for a token. */
function exchange(
  id: string,
  code: string,
  other: { readonly secret?: string; readonly codeVerifier?: string },
): ExpectedRequest {
  const { secret, codeVerifier } = other;
  const request = token(id, 'openid');
  const body = {
    grant_type: 'authorization_code',
    client_id: `$${id}`,
    code: `$${code}`,
    ...(secret === undefined ? {} : { client_secret: `$${secret}` }),
    ...(codeVerifier === undefined ? {} : { code_verifier: `$${codeVerifier}` }),
  };
  return { ...request, body, client: { id, code, scopes: 'openid', ...other } };
}

const tunnel = (host: string): ExpectedRequest => ({
  request: `CONNECT proxy.example.com/${host}:443`,
});

export const PARTS: readonly Expectation[] = [
  part(
    'output',
    'Output instead of a variable',
    [token('CLOUD_STORAGE_CLIENT_ID', DEFAULT_SCOPES), PUBLISH],
    {
      files: publish('TOKEN'),
    },
  ),
  part(
    'in-place-of-curl',
    'In place of curl',
    [token('ADOBE_CLIENT_ID', 'openid,AdobeID,read_organizations'), PUBLISH],
    { files: publish('ACCESS_TOKEN') },
  ),
  part(
    'app-credentials',
    'Credentials for the deployed app',
    [
      token('CLIENTID_PROD', CONSOLE_SCOPES),
      ...deployWith(/"client_id":"\$CLIENTID_PROD","client_secret":"\$CLIENTSECRET_PROD"/),
    ],
    {
      ...APP,
      files: appWith(packagesWith('include-ims-credentials: true')),
    },
  ),
  part('public-client', 'Code of a public client', [
    exchange('ADOBE_CLIENT_ID', 'ADOBE_CODE', { codeVerifier: 'ADOBE_CODE_VERIFIER' }),
    bearer('GET api.example.com/v1/things'),
  ]),
  part('permanent-code', 'Permanent code', [
    exchange('IMS_CLIENT_ID', 'IMS_SERVICE_TOKEN', { secret: 'IMS_CLIENT_SECRET' }),
    bearer('GET admin.da.live/list/org/site'),
    bearer('GET admin.da.live/list/org/site'),
  ]),
  part('proxy', 'Proxy', [
    tunnel('ims-na1.adobelogin.com'),
    FRAMEIO,
    tunnel('api.frame.io'),
    call(ACCOUNTS),
  ]),
  part('stage', 'Stage', [
    {
      ...token('STAGE_CLIENT_ID', DEFAULT_SCOPES),
      request: 'POST ims-na1-stg1.adobelogin.com/ims/token/v3',
    },
    bearer('GET api.example.com/stage'),
  ]),
  part('docker', 'Docker', [
    STORAGE,
    bearer('GET docker.example.com/run'),
    bearer('GET docker.example.com/build'),
  ]),
  part('variable-emptied', 'Variable emptied', [STORAGE]),
  part('several-organizations', 'Several organizations', [
    token('EUROPE_CLIENT_ID', DEFAULT_SCOPES),
    token('AMERICA_CLIENT_ID', DEFAULT_SCOPES),
    bearer('GET api.example.com/europe', '$TOKEN1'),
    bearer('GET api.example.com/america', '$TOKEN2'),
  ]),
  part('monorepo', 'Monorepo', [token('CLIENTID', CONSOLE_SCOPES), ...DEPLOY], {
    ...APP,
    files: Object.fromEntries([
      ['apps/checkout/package.json', '{"name":"checkout","version":"1.0.0"}'],
      ...Object.entries(APP.files).map(([name, text]) => [`apps/checkout/${name}`, text]),
    ]) as Readonly<Record<string, string>>,
  }),
];

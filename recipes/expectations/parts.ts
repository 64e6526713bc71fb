/** The workflows of recipes/workflows, of which the pages show a part. */

import {
  call,
  CONSOLE_SCOPES,
  type Expectation,
  expectationsOf,
  type ExpectedRequest,
  JSON_TYPE,
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

/** Sends the token as a public script for ServiceNow does: without `Bearer`. */
const SERVICENOW = `import json, os, urllib.request

token = os.environ["IMS_TOKEN"]
headers = {"Authorization": token, "Content-Type": "application/json", "api_key": os.environ["IPAAS_KEY"]}
url = "https://ipaas.example.com/change_management/changes"
data = json.dumps({"title": "Release"}).encode()
urllib.request.urlopen(urllib.request.Request(url, data=data, headers=headers))
`;

/** Uploads with DA_TOKEN, and does nothing where that is empty, as a public script for da.live does. */
const NAV_SYNC = `const { DA_TOKEN: token } = process.env;
const [, , site, , family] = process.argv;
const [, repo, org] = site.split('.')[0].split('--');
const headers = { authorization: 'Bearer ' + token, 'content-type': 'application/json' };
const options = { method: 'PUT', headers, body: JSON.stringify({ family }) };
if (token) fetch(\`https://admin.da.live/source/\${org}/\${repo}/nav.json\`, options);
`;

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
  ]),
  part(
    'from-oauth-sts',
    'One step of oauth_sts replaced',
    [token('CLIENTID_PROD', CONSOLE_SCOPES), ...DEPLOY],
    {
      ...APP,
      values: { ...APP.values, SCOPES_PROD: JSON.stringify(CONSOLE_SCOPES.split(',')) },
      clientIdAsSecret: true,
    },
  ),
  part(
    'from-aem-credentials',
    "In place of AEM's service credentials",
    [token('AEM_CLIENT_ID', 'openid,AdobeID,aem.folders,aem.assets.author'), PUBLISH],
    { files: publish('TOKEN') },
  ),
  part(
    'from-permanent-code',
    'A script with a permanent code',
    [
      exchange('IMSACCESS_CLIENT_ID', 'IMSACCESS_AUTH_CODE', { secret: 'IMSACCESS_CLIENT_SECRET' }),
      {
        request: 'POST ipaas.example.com/change_management/changes',
        headers: { ...JSON_TYPE, authorization: '$TOKEN', api_key: '$IPAAS_KEY' },
        body: { title: 'Release' },
      },
    ],
    { files: { '.github/workflows/servicenow.py': SERVICENOW }, clientIdAsSecret: true },
  ),
  part(
    'from-stored-token',
    'In place of a stored token',
    [
      token(
        'DA_CLIENT_ID',
        'openid,AdobeID,aem.frontend.all,read_organizations,additional_info.projectedProductContext',
      ),
      call('PUT admin.da.live/source/my-org/my-repo/nav.json', JSON_TYPE, undefined, {
        family: 'shoes',
      }),
    ],
    {
      files: { 'tools/nav-sync/nav-sync.js': NAV_SYNC },
      values: { NAV_SITE: 'main--my-repo--my-org.aem.live', NAV_FAMILY: 'shoes' },
    },
  ),
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

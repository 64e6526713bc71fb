/** The recipes of products that are called by a command line of Adobe's. */

import {
  call,
  CONSOLE_SCOPES,
  type Expectation,
  type ExpectedRequest,
  expectationsOf,
  FORM_TYPE,
  JSON_TYPE,
  token,
} from '../expected.ts';
import {
  AIO,
  APP,
  appWith,
  AUDIT,
  DEPLOY,
  deployWith,
  packagesWith,
  UNDEPLOY,
} from './app-builder.ts';
import { CLOUD_MANAGER_SCOPES } from './calls.ts';

const recipe = expectationsOf('docs/recipes.md');

const CONSOLE = { ...JSON_TYPE, 'x-api-key': 'aio-cli-console-auth' };
const organization = (path: string, list: readonly object[]): ExpectedRequest =>
  call(`GET developers.adobe.io/console/organizations${path}`, CONSOLE, { body: list });

const program = (path: string, body: object): ExpectedRequest =>
  call(
    `GET cloudmanager.adobe.io/api/program${path}`,
    { 'x-api-key': '$RDE_CLIENT_ID', 'x-gw-ims-org-id': '$IMS_ORG_ID' },
    { body },
  );
const RDE = 'dev-console-ns.cluster.dev.adobeaemcloud.com/api/rde/program/4/environment/7';
const CONFIG = 'com.example.Mail.cfg.json';
const upload = (query: string, body: string): ExpectedRequest => ({
  request: `PUT upload.example.com/x?sig=p8e-test${query}`,
  headers: { 'content-type': 'application/octet-stream' },
  answer: { status: 201 },
  body,
});
const UPDATE = {
  updateId: 99,
  action: 'deploy',
  type: 'osgi-config',
  status: 'success',
  services: ['author'],
  timestamps: { received: '2026-01-01T00:00:00Z' },
  metadata: { name: CONFIG },
};

const DEVELOPMENT_PACKAGES =
  'GET reactor.adobe.io/extension_packages?page%5Bsize%5D=1&page%5Bnumber%5D=1&filter%5Bname%5D=EQ+hello&filter%5Bplatform%5D=EQ+web&filter%5Bavailability%5D=EQ+development';
const REACTOR = { 'x-api-key': 'Activation-DTM' };
/** Holds extension.json with a name and a platform. */
const EXTENSION = Buffer.from(
  'UEsDBBQAAAAAAAAAIVyQvFG2JAAAACQAAAAOAAAAZXh0ZW5zaW9uLmpzb257Im5hbWUiOiAiaGVsbG8iLCAicGxhdGZvcm0iOiAid2ViIn1QSwECFAMUAAAAAAAAACFckLxRtiQAAAAkAAAADgAAAAAAAAAAAAAAgAEAAAAAZXh0ZW5zaW9uLmpzb25QSwUGAAAAAAEAAQA8AAAAUAAAAAAA',
  'base64',
);

const DATABASE_SCOPES = `${CONSOLE_SCOPES},adobeio.abdata.read,adobeio.abdata.write,adobeio.abdata.manage`;
const DATABASE = 'storage-database-emea.app-builder.adp.adobe.io/v1';
/** The credentials with which the deployed action gets its own tokens. */
const DATABASE_CREDENTIALS =
  /"client_id":"\$CLIENTID","client_secret":"\$CLIENTSECRET","org_id":"\$IMSORGID","scopes":\["AdobeID","openid","read_organizations","additional_info\.roles","adobeio\.abdata\.read","adobeio\.abdata\.write","adobeio\.abdata\.manage"\]/;
const DATABASE_APP = {
  ...APP,
  files: appWith(
    `database: { auto-provision: true, region: emea }, ${packagesWith('include-ims-credentials: true')}`,
  ),
};
const inDatabase = (request: string, answer: object): ExpectedRequest =>
  call(
    request.replace(' ', ` ${DATABASE}/`),
    { ...FORM_TYPE, 'x-runtime-namespace': 'p8e-test-namespace' },
    { body: { success: true, data: answer } },
    // The library sends JSON, and calls it a form.
    { '{}': '' },
  );
const ENDPOINTS =
  'developers.adobe.io/console/organizations/1/projects/22/workspaces/333/endpoints';
/** How an extension is registered: the console's own extensions stay. */
const REGISTERED: readonly ExpectedRequest[] = [
  call(`GET ${ENDPOINTS}`, CONSOLE, { body: { endpoints: {} } }),
  call(`PUT ${ENDPOINTS}`, CONSOLE, { body: { endpoints: {} } }, /"dx\/asset-compute\/worker\/1"/),
];
const EXTENSION_APP = {
  ...APP,
  files: {
    ...APP.files,
    'app.config.yaml': 'extensions: { dx/asset-compute/worker/1: { $include: ext.config.yaml } }\n',
    'ext.config.yaml': `{ operations: { workerProcess: [{ type: action, impl: site/hello }] }, runtimeManifest: { ${packagesWith('')} } }\n`,
  },
  values: {
    ...APP.values,
    AIO_PROJECT_ID: '22',
    AIO_PROJECT_NAME: 'project',
    AIO_PROJECT_ORG_ID: '1',
    AIO_PROJECT_WORKSPACE_ID: '333',
    AIO_PROJECT_WORKSPACE_NAME: 'Stage',
    AIO_PROJECT_WORKSPACE_DETAILS_SERVICES:
      '[{"code":"AdobeIOManagementAPISDK","name":"I/O Management API"}]',
  },
};

export const TOOLS: readonly Expectation[] = [
  recipe('Deploy to stage', [token('CLIENTID', CONSOLE_SCOPES), ...DEPLOY], APP),
  recipe(
    'API Mesh',
    [
      token('MESH_CLIENT_ID', CONSOLE_SCOPES),
      organization('', [{ id: '1', code: 'ABC@AdobeOrg', name: 'Org', type: 'entp' }]),
      organization('/1/projects', [{ id: '22', name: 'project', title: 'Project', org_id: '1' }]),
      organization('/1/projects/22/workspaces', [{ id: '333', name: 'Live', title: 'Live' }]),
    ],
    {
      files: { 'mesh.json': '{}' },
      packages: [AIO],
      emptyPackage: { name: '@adobe/aio-cli-plugin-api-mesh' },
      values: { MESH_ORG_ID: '1', MESH_PROJECT_ID: '22', MESH_WORKSPACE_ID: '333' },
      fails: /api-mesh update.* is not a aio command/,
    },
  ),
  recipe(
    'Install on RDE',
    [
      token('RDE_CLIENT_ID', CLOUD_MANAGER_SCOPES),
      program('s', {
        _embedded: { programs: [{ id: '4', _links: { self: { href: '/api/program/4' } } }] },
      }),
      program('/4', {
        id: '4',
        _links: {
          'http://ns.adobe.com/adobecloud/rel/environments': {
            href: '/api/program/4/environments',
          },
        },
      }),
      program('/4/environments', {
        _embedded: {
          environments: [{ id: '7', type: 'rde', namespace: 'ns', cluster: 'cluster' }],
        },
      }),
      call(
        `POST ${RDE}/runtime/updates`,
        JSON_TYPE,
        {
          status: 201,
          headers: { location: 'https://upload.example.com/x?sig=p8e-test' },
          body: { updateId: 99 },
        },
        { fileSize: 15, type: 'osgi-config', metadata: { name: CONFIG }, contentPath: CONFIG },
      ),
      upload('', ''),
      upload('&comp=range', '{"host":"mail"}'),
      call(`PUT ${RDE}/runtime/updates/99`, JSON_TYPE, { body: UPDATE }),
      call(`GET ${RDE}/runtime/updates/99`, JSON_TYPE, { body: UPDATE }),
      call(`GET ${RDE}/runtime/updates/99/logs`, JSON_TYPE, { body: [] }),
    ],
    {
      files: { [CONFIG]: '{"host":"mail"}' },
      packages: [AIO, '@adobe/aio-cli-plugin-aem-rde'],
      values: { IMS_ORG_ID: 'ABC@AdobeOrg', RDE_PROGRAM_ID: '4', RDE_ENVIRONMENT_ID: '7' },
    },
  ),
  recipe(
    'Tags',
    [
      token(
        'TAGS_CLIENT_ID',
        'AdobeID,openid,read_organizations,additional_info.job_function,additional_info.projectedProductContext,additional_info.roles',
      ),
      call(DEVELOPMENT_PACKAGES, REACTOR, { body: { data: [] } }),
      call(
        'POST reactor.adobe.io/extension_packages',
        { ...REACTOR, 'content-type': 'multipart/form-data' },
        { status: 201, body: { data: { id: 'EP1' } } },
        /name="package"; filename="package\.zip"/,
      ),
      call('GET reactor.adobe.io/extension_packages/EP1', REACTOR, {
        body: { data: { attributes: { status: 'succeeded' } } },
      }),
    ],
    { files: { 'package.zip': EXTENSION }, packages: ['@adobe/reactor-uploader'] },
  ),
  recipe(
    'Release the extension',
    [
      token(
        'TAGS_CLIENT_ID',
        'AdobeID,openid,read_organizations,additional_info.job_function,additional_info.projectedProductContext,additional_info.roles',
      ),
      call(
        DEVELOPMENT_PACKAGES,
        { ...REACTOR, 'content-type': 'application/vnd.api+json' },
        {
          body: { data: [{ id: 'EP1', attributes: { name: 'hello', version: '1.0.0' } }] },
        },
      ),
      call(
        'PATCH reactor.adobe.io/extension_packages/EP1',
        { ...REACTOR, 'content-type': 'application/vnd.api+json' },
        { body: { data: { id: 'EP1' } } },
        { data: { id: 'EP1', type: 'extension_packages', meta: { action: 'release_private' } } },
      ),
    ],
    {
      files: { 'extension.json': '{"name":"hello","platform":"web"}' },
      packages: ['@adobe/reactor-releaser'],
    },
  ),
  recipe(
    'App Builder Database',
    [
      token('CLIENTID', DATABASE_SCOPES),
      inDatabase('POST db/provision/status', { status: 'NOT_PROVISIONED' }),
      inDatabase('POST db/provision/request', { status: 'PROVISIONED', region: 'emea' }),
      ...deployWith(DATABASE_CREDENTIALS),
    ],
    DATABASE_APP,
  ),
  recipe(
    'App Builder extension',
    [token('CLIENTID', CONSOLE_SCOPES), AUDIT, ...DEPLOY, ...REGISTERED],
    EXTENSION_APP,
  ),
  recipe('Remove the app', [token('CLIENTID', CONSOLE_SCOPES), ...UNDEPLOY], APP),
  recipe(
    'Push content',
    [
      token(
        'DA_CLIENT_ID',
        'openid,AdobeID,aem.frontend.all,read_organizations,additional_info.projectedProductContext',
      ),
    ],
    {
      emptyPackage: { name: '@adobe/aem-cli', command: 'aem' },
      fails:
        /Not here: content clone --org p8e-test-da-org --site p8e-test-da-repo --path \/drafts --token \*\*\*/,
    },
  ),
];

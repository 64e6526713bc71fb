/**
 * What each recipe must send, and what the stand-ins answer.
 *
 * In every text, `$NAME` is the value of that variable or secret, `$TOKEN` the newest access token of IMS,
 * and `$TOKEN1`, `$TOKEN2` the first, the second.
 */

import type { Settings } from './act.ts';
import type { Answer } from './server.ts';

export type Expected = {
  readonly request: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** A pattern for what cannot be known whole. */
  readonly body?: unknown;
  readonly answer?: Answer;
  /** The tool sends this one when it likes. */
  readonly anyOrder?: boolean;
  /** For a request to IMS: the credential that it is made with. */
  readonly credential?: {
    /** What the names of its variable and its secret begin with. */
    readonly name: string;
    readonly scopes: readonly string[];
    /** Name of the client secret, if it is another. */
    readonly secret?: string;
    /** Name of the secret that holds its refresh token. */
    readonly refreshToken?: string;
  };
};

export type Expectation = Pick<
  Settings,
  'inputs' | 'event' | 'files' | 'packages' | 'emptyPlugin'
> & {
  readonly page: string;
  /** The `name:` of the workflow. */
  readonly workflow: string;
  /** Told apart by this where one workflow runs more than once. */
  readonly when?: string;
  /** Values of variables and secrets that must have a form of their own; the others are made up. */
  readonly values?: Readonly<Record<string, string>>;
  readonly requests: readonly Expected[];
  /** The workflow must fail, with this in its log. */
  readonly fails?: RegExp;
  /** The last command of the workflow, which cannot run here. */
  readonly notRun?: string;
};

const JSON_TYPE = 'application/json';
const T = { authorization: 'Bearer $TOKEN' };

/** The request for a token, for `CREDENTIAL_CLIENT_ID` or, where that is empty, for `CLIENTID`. */
function token(credential: string, scope: string): Expected {
  const name = credential === '' ? 'CLIENT' : `${credential}_CLIENT_`;
  return {
    request: 'POST ims-na1.adobelogin.com/ims/token/v3',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: {
      grant_type: 'client_credentials',
      client_id: `$${name}ID`,
      client_secret: `$${name}SECRET`,
      scope,
    },
    credential: { name, scopes: scope.split(',') },
  };
}

const CONSOLE_SCOPES =
  'AdobeID,openid,read_organizations,additional_info.projectedProductContext,additional_info.roles,adobeio_api,read_client_secret,manage_client_secrets';
const CLOUD_MANAGER_SCOPES =
  'openid,AdobeID,read_organizations,additional_info.projectedProductContext,read_pc.dma_aem_ams';
const STORAGE = token('CLOUD_STORAGE', 'openid,AdobeID,creative_sdk,cloud_storage_collab_api');
const FRAMEIO = token('FRAMEIO', 'openid,AdobeID,frame.s2s.all');

const projects: Expected = {
  request: 'GET cloudstorage.adobe.io/v1/projects?limit=20',
  headers: { ...T, 'content-type': 'application/vnd.adobecloud.directory+json' },
};
const accounts: Expected = { request: 'GET api.frame.io/v4/accounts', headers: T };

const RECIPES = 'docs/recipes.md';

const BY_CURL: readonly Expectation[] = [
  { page: 'README.md', workflow: 'List projects', requests: [STORAGE, projects] },
  { page: RECIPES, workflow: 'Cloud Storage', requests: [STORAGE, projects] },
  {
    page: RECIPES,
    workflow: 'Firefly',
    inputs: { prompt: 'a "cat" & $HOME' },
    requests: [
      token(
        'FIREFLY',
        'openid,AdobeID,session,additional_info,read_organizations,firefly_api,ff_apis',
      ),
      {
        request: 'POST firefly-api.adobe.io/v3/images/generate-async',
        headers: { ...T, 'content-type': JSON_TYPE, 'x-api-key': '$FIREFLY_CLIENT_ID' },
        body: { prompt: 'a "cat" & $HOME' },
        answer: { status: 202, body: { jobId: '1' } },
      },
    ],
  },
  {
    page: RECIPES,
    workflow: 'Cloud Manager',
    requests: [
      token('CLOUD_MANAGER', CLOUD_MANAGER_SCOPES),
      {
        request:
          'PUT cloudmanager.adobe.io/api/program/$CLOUD_MANAGER_PROGRAM_ID/pipeline/$CLOUD_MANAGER_PIPELINE_ID/execution',
        headers: {
          ...T,
          'content-type': JSON_TYPE,
          'x-api-key': '$CLOUD_MANAGER_CLIENT_ID',
          'x-gw-ims-org-id': '$IMS_ORG_ID',
        },
        answer: { status: 201, body: { id: '1' } },
      },
    ],
  },
  {
    page: RECIPES,
    workflow: 'Experience Platform',
    requests: [
      token(
        'PLATFORM',
        'openid,AdobeID,read_organizations,additional_info.projectedProductContext,session',
      ),
      {
        request: 'GET platform.adobe.io/data/foundation/sandbox-management/',
        headers: {
          ...T,
          'x-api-key': '$PLATFORM_CLIENT_ID',
          'x-gw-ims-org-id': '$IMS_ORG_ID',
        },
        answer: { body: { sandboxes: [{ name: 'prod' }] } },
      },
    ],
  },
  {
    page: RECIPES,
    workflow: 'AEM Assets',
    inputs: { asset: 'urn:aaid:aem:1' },
    values: { AEM_AUTHOR_URL: 'https://author-p1-e2.adobeaemcloud.com' },
    requests: [
      token('AEM', 'openid,AdobeID,aem.folders,aem.assets.author'),
      {
        request: 'GET author-p1-e2.adobeaemcloud.com/adobe/assets/urn:aaid:aem:1/metadata',
        headers: { ...T, 'x-api-key': '$AEM_CLIENT_ID' },
      },
    ],
  },
  {
    page: RECIPES,
    workflow: 'Edge Delivery',
    inputs: { path: 'en/blog' },
    requests: [
      token('EDGE_DELIVERY', 'openid,AdobeID,aem.backend.all'),
      {
        request: 'POST api.aem.live/$EDGE_DELIVERY_ORG/sites/$EDGE_DELIVERY_SITE/preview/en/blog',
        headers: T,
      },
    ],
  },
  {
    page: RECIPES,
    workflow: 'Document Authoring',
    requests: [
      token(
        'DA',
        'openid,AdobeID,aem.frontend.all,read_organizations,additional_info.projectedProductContext,read_pc.dma_aem_ams',
      ),
      { request: 'GET admin.da.live/list/$DA_ORG/$DA_REPO', headers: T },
    ],
  },
  {
    page: RECIPES,
    workflow: 'Commerce',
    inputs: { sku: '24-MB01' },
    values: { COMMERCE_URL: 'https://na1.api.commerce.adobe.com/tenant' },
    requests: [
      token(
        'COMMERCE',
        'AdobeID,openid,email,profile,additional_info.roles,additional_info.projectedProductContext,commerce.accs',
      ),
      {
        request: 'GET na1.api.commerce.adobe.com/tenant/V1/products/24-MB01',
        headers: {
          ...T,
          store: 'default',
          'x-api-key': '$COMMERCE_CLIENT_ID',
          'x-gw-ims-org-id': '$IMS_ORG_ID',
        },
      },
    ],
  },
  {
    page: RECIPES,
    workflow: 'Commerce Optimizer',
    files: { 'prices.json': '[{"sku":"red-pants","priceBookId":"us","regular":20}]' },
    values: { COMMERCE_URL: 'https://na1.api.commerce.adobe.com/tenant' },
    requests: [
      token('OPTIMIZER', 'openid,AdobeID,profile,email,commerce.aco.ingestion'),
      {
        request: 'POST na1.api.commerce.adobe.com/tenant/v1/catalog/products/prices',
        headers: { ...T, 'content-type': JSON_TYPE },
        body: [{ sku: 'red-pants', priceBookId: 'us', regular: 20 }],
      },
    ],
  },
  { page: RECIPES, workflow: 'Frame.io', requests: [FRAMEIO, accounts] },
  {
    page: RECIPES,
    workflow: 'PDF Services',
    requests: [
      token('PDF_SERVICES', 'openid,AdobeID,DCAPI'),
      {
        request: 'POST pdf-services.adobe.io/assets',
        headers: { ...T, 'content-type': JSON_TYPE, 'x-api-key': '$PDF_SERVICES_CLIENT_ID' },
        body: { mediaType: 'application/pdf' },
        answer: { body: { assetID: 'urn:1', uploadUri: 'https://upload.example.com' } },
      },
    ],
  },
  {
    page: RECIPES,
    workflow: 'Two products',
    requests: [
      FRAMEIO,
      STORAGE,
      { ...accounts, headers: { authorization: 'Bearer $TOKEN1' } },
      { ...projects, headers: { ...projects.headers, authorization: 'Bearer $TOKEN2' } },
    ],
  },
  {
    page: RECIPES,
    workflow: 'Pull request',
    event: {
      pull_request: { head: { repo: { full_name: 'octo/site' } }, user: { login: 'octo' } },
    },
    requests: [FRAMEIO, accounts],
  },
  {
    page: RECIPES,
    workflow: 'Pull request',
    when: 'from a fork',
    event: {
      pull_request: { head: { repo: { full_name: 'other/site' } }, user: { login: 'other' } },
    },
    requests: [],
  },
  {
    page: RECIPES,
    workflow: 'Keep a token ready',
    requests: [token('CLOUD_STORAGE', 'openid,AdobeID,offline_access,creative_sdk')],
  },
];

const AIO = '@adobe/aio-cli';

const APP = {
  'actions/hello.js': 'exports.main = () => ({ body: "hello" });\n',
  'app.config.yaml': `application:
  runtimeManifest:
    packages:
      site:
        actions:
          hello:
            function: actions/hello.js
            web: 'yes'
            runtime: nodejs:22
`,
};

const CONSOLE = { ...T, 'content-type': JSON_TYPE, 'x-api-key': 'aio-cli-console-auth' };
const CLOUD_MANAGER = {
  ...T,
  'x-api-key': '$RDE_CLIENT_ID',
  'x-gw-ims-org-id': '$IMS_ORG_ID',
};
const REACTOR = { ...T, 'x-api-key': 'Activation-DTM' };
const RDE = 'dev-console-ns.cluster.dev.adobeaemcloud.com/api/rde/program/4/environment/7';
const RDE_HEADERS = { ...T, 'content-type': JSON_TYPE };
const OCTETS = { 'content-type': 'application/octet-stream' };
const UPDATE = {
  updateId: 99,
  action: 'deploy',
  type: 'osgi-config',
  status: 'success',
  services: ['author'],
  timestamps: { received: '2026-01-01T00:00:00Z' },
  metadata: { name: 'com.example.Mail.cfg.json' },
};

const SERVICE = 'deploy-service.app-builder.adp.adobe.io';
const NAMESPACE = `${SERVICE}/runtime/api/v1/namespaces/p8e-test-namespace`;

const lists: readonly Expected[] = ['packages', 'actions', 'triggers', 'rules'].map((name) => ({
  request: `GET ${NAMESPACE}/${name}?`,
  headers: T,
  answer: { body: [] },
  anyOrder: true,
}));

const DEPLOY: readonly Expected[] = [
  ...lists,
  {
    request: `PUT ${NAMESPACE}/packages/site?overwrite=true`,
    headers: { ...T, 'content-type': JSON_TYPE },
    body: /./,
    answer: { body: { name: 'site', namespace: 'p8e-test-namespace' } },
  },
  {
    request: `PUT ${NAMESPACE}/actions/site/hello?overwrite=true`,
    headers: { ...T, 'content-type': JSON_TYPE },
    body: /./,
    answer: { body: { name: 'hello', namespace: 'p8e-test-namespace/site' } },
  },
  ...lists,
];

const BY_TOOL: readonly Expectation[] = [
  {
    page: 'docs/migrating.md',
    workflow: 'Deploy',
    files: APP,
    packages: [AIO],
    values: { AIO_RUNTIME_NAMESPACE_PROD: 'p8e-test-namespace' },
    requests: [token('PROD', CONSOLE_SCOPES), ...DEPLOY],
  },
  {
    page: RECIPES,
    workflow: 'Deploy to stage',
    files: APP,
    packages: [AIO],
    values: { AIO_RUNTIME_NAMESPACE: 'p8e-test-namespace' },
    requests: [token('', CONSOLE_SCOPES), ...DEPLOY],
  },
  {
    page: RECIPES,
    workflow: 'API Mesh',
    files: { 'mesh.json': '{"meshConfig":{"sources":[]}}' },
    packages: [AIO],
    emptyPlugin: '@adobe/aio-cli-plugin-api-mesh',
    values: { MESH_ORG_ID: '1', MESH_PROJECT_ID: '22', MESH_WORKSPACE_ID: '333' },
    requests: [
      token('MESH', CONSOLE_SCOPES),
      {
        request: 'GET developers.adobe.io/console/organizations',
        headers: CONSOLE,
        answer: { body: [{ id: '1', code: 'ABC@AdobeOrg', name: 'Org', type: 'entp' }] },
      },
      {
        request: 'GET developers.adobe.io/console/organizations/1/projects',
        headers: CONSOLE,
        answer: { body: [{ id: '22', name: 'project', title: 'Project', org_id: '1' }] },
      },
      {
        request: 'GET developers.adobe.io/console/organizations/1/projects/22/workspaces',
        headers: CONSOLE,
        answer: { body: [{ id: '333', name: 'Production', title: 'Production' }] },
      },
    ],
    fails: /api-mesh:update is not a aio command/,
    notRun: 'npx --no-install aio api-mesh:update -c mesh.json',
  },
  {
    page: RECIPES,
    workflow: 'Install on RDE',
    files: { 'com.example.Mail.cfg.json': '{"host":"mail.example.com"}' },
    packages: [AIO, '@adobe/aio-cli-plugin-aem-rde'],
    values: { IMS_ORG_ID: 'ABC@AdobeOrg', RDE_PROGRAM_ID: '4', RDE_ENVIRONMENT_ID: '7' },
    requests: [
      token('RDE', CLOUD_MANAGER_SCOPES),
      {
        request: 'GET cloudmanager.adobe.io/api/programs',
        headers: CLOUD_MANAGER,
        answer: {
          body: {
            _embedded: { programs: [{ id: '4', _links: { self: { href: '/api/program/4' } } }] },
          },
        },
      },
      {
        request: 'GET cloudmanager.adobe.io/api/program/4',
        headers: CLOUD_MANAGER,
        answer: {
          body: {
            id: '4',
            _links: {
              'http://ns.adobe.com/adobecloud/rel/environments': {
                href: '/api/program/4/environments',
              },
            },
          },
        },
      },
      {
        request: 'GET cloudmanager.adobe.io/api/program/4/environments',
        headers: CLOUD_MANAGER,
        answer: {
          body: {
            _embedded: {
              environments: [{ id: '7', type: 'rde', namespace: 'ns', cluster: 'cluster' }],
            },
          },
        },
      },
      {
        request: `POST ${RDE}/runtime/updates`,
        headers: RDE_HEADERS,
        body: {
          fileSize: 27,
          type: 'osgi-config',
          metadata: { name: 'com.example.Mail.cfg.json' },
          contentPath: 'com.example.Mail.cfg.json',
        },
        answer: {
          status: 201,
          headers: { location: 'https://upload.example.com/share/x.cfg.json?sig=p8e-test' },
          body: { updateId: 99 },
        },
      },
      {
        request: 'PUT upload.example.com/share/x.cfg.json?sig=p8e-test',
        headers: OCTETS,
        answer: { status: 201 },
      },
      {
        request: 'PUT upload.example.com/share/x.cfg.json?sig=p8e-test&comp=range',
        headers: OCTETS,
        body: '{"host":"mail.example.com"}',
        answer: { status: 201 },
      },
      { request: `PUT ${RDE}/runtime/updates/99`, headers: RDE_HEADERS, answer: { body: UPDATE } },
      { request: `GET ${RDE}/runtime/updates/99`, headers: RDE_HEADERS, answer: { body: UPDATE } },
      { request: `GET ${RDE}/runtime/updates/99/logs`, headers: RDE_HEADERS, answer: { body: [] } },
    ],
  },
  {
    page: RECIPES,
    workflow: 'Tags',
    files: {
      // Holds extension.json with a name and a platform.
      'package.zip': Buffer.from(
        'UEsDBBQAAAAAAAAAIVyQvFG2JAAAACQAAAAOAAAAZXh0ZW5zaW9uLmpzb257Im5hbWUiOiAiaGVsbG8iLCAicGxhdGZvcm0iOiAid2ViIn1QSwECFAMUAAAAAAAAACFckLxRtiQAAAAkAAAADgAAAAAAAAAAAAAAgAEAAAAAZXh0ZW5zaW9uLmpzb25QSwUGAAAAAAEAAQA8AAAAUAAAAAAA',
        'base64',
      ),
    },
    packages: ['@adobe/reactor-uploader'],
    requests: [
      token(
        'TAGS',
        'AdobeID,openid,read_organizations,additional_info.job_function,additional_info.projectedProductContext,additional_info.roles',
      ),
      {
        request:
          'GET reactor.adobe.io/extension_packages?page%5Bsize%5D=1&page%5Bnumber%5D=1&filter%5Bname%5D=EQ+hello&filter%5Bplatform%5D=EQ+web&filter%5Bavailability%5D=EQ+development',
        headers: REACTOR,
        answer: { body: { data: [] } },
      },
      {
        request: 'POST reactor.adobe.io/extension_packages',
        headers: { ...REACTOR, 'content-type': 'multipart/form-data' },
        body: /name="package"; filename="package\.zip"/,
        answer: { status: 201, body: { data: { id: 'EP1' } } },
      },
      {
        request: 'GET reactor.adobe.io/extension_packages/EP1',
        headers: REACTOR,
        answer: { body: { data: { attributes: { status: 'succeeded' } } } },
      },
    ],
  },
];

/** What `gh secret set` sends for a secret of an environment. */
function stored(environment: string, name: string, value: string): readonly Expected[] {
  const folder = `api.github.com/repos/octo/site/environments/${environment}/secrets`;
  const headers = { authorization: 'token $SECRET_WRITER_TOKEN', 'content-type': JSON_TYPE };
  return [
    {
      request: `GET ${folder}/public-key`,
      headers,
      answer: { body: { key_id: '1', key: '$PUBLIC_KEY' } },
    },
    {
      request: `PUT ${folder}/${name}`,
      headers,
      body: { opened: value },
      answer: { status: 201, body: {} },
    },
  ];
}

const SECRETS_URL =
  'api.adobe.io/console/organizations/$ADOBE_ORG_NUMBER/credentials/$ADOBE_CREDENTIAL_NUMBER/secrets';
const ADOBE = { ...T, 'x-api-key': '$ADOBE_CLIENT_ID' };
const FIRST_TOKEN = { ...ADOBE, authorization: 'Bearer $TOKEN1' };
const proof = (secret: string): Expected => ({
  ...token('ADOBE', 'openid,AdobeID'),
  body: {
    grant_type: 'client_credentials',
    client_id: '$ADOBE_CLIENT_ID',
    client_secret: `$${secret}`,
    scope: 'openid,AdobeID',
  },
  credential: { name: 'ADOBE_CLIENT_', scopes: ['openid', 'AdobeID'], secret },
});
const used = (uuid: string, createdAt: string, lastUsedAt: string): object => ({
  uuid,
  created_at: createdAt,
  secret_usages: [{ last_used_at: lastUsedAt, grant_type: 'client_credentials' }],
});

const BY_GH: readonly Expectation[] = [
  {
    page: RECIPES,
    workflow: 'Rotate the client secret',
    when: 'the first half',
    values: { NEW_SECRET: 'p8e-test-new-secret-0123456789' },
    requests: [
      token('ADOBE', CONSOLE_SCOPES),
      {
        request: `GET ${SECRETS_URL}`,
        headers: ADOBE,
        answer: { body: { client_secrets: [used('u1', '1', '5')] } },
      },
      {
        request: `POST ${SECRETS_URL}`,
        headers: ADOBE,
        answer: { status: 201, body: { client_secret: '$NEW_SECRET', uuid: 'u2' } },
      },
      proof('NEW_SECRET'),
      ...stored('adobe', 'ADOBE_CLIENT_SECRET', '$NEW_SECRET\n$ADOBE_CLIENT_SECRET'),
    ],
  },
  {
    page: RECIPES,
    workflow: 'Rotate the client secret',
    when: 'the second half',
    values: {
      NEW_SECRET: 'p8e-test-new-secret-0123456789',
      ADOBE_CLIENT_SECRET: 'p8e-test-new-secret-0123456789\np8e-test-old-secret-0123456789',
    },
    requests: [
      {
        ...proof('NEW_SECRET'),
        ...{ body: { ...(proof('NEW_SECRET').body as object), scope: CONSOLE_SCOPES } },
        credential: { name: 'ADOBE_CLIENT_', scopes: CONSOLE_SCOPES.split(',') },
      },
      {
        request: `GET ${SECRETS_URL}`,
        headers: ADOBE,
        // Not in the order of their age.
        answer: { body: { client_secrets: [used('u2', '1000', '9'), used('u1', '200', '5')] } },
      },
      proof('NEW_SECRET'),
      { request: `DELETE ${SECRETS_URL}/u1`, headers: FIRST_TOKEN, answer: { status: 204 } },
      ...stored('adobe', 'ADOBE_CLIENT_SECRET', '$NEW_SECRET'),
    ],
  },
  {
    page: RECIPES,
    workflow: 'Rotate the client secret',
    when: 'refused, as the newer of two is in use',
    requests: [
      token('ADOBE', CONSOLE_SCOPES),
      {
        request: `GET ${SECRETS_URL}`,
        headers: ADOBE,
        answer: { body: { client_secrets: [used('u1', '1', '5'), used('u2', '2', '9')] } },
      },
    ],
    fails: /secret u2 is in use/,
  },
  {
    page: 'docs/user-tokens.md',
    workflow: 'Adobe user token',
    values: { API_URL: 'https://api.example.com/v1/things' },
    requests: [
      {
        request: 'POST ims-na1.adobelogin.com/ims/token/v3',
        headers: {
          authorization: 'Basic $BASIC',
          'content-type': 'application/x-www-form-urlencoded',
        },
        body: { grant_type: 'refresh_token', refresh_token: '$ADOBE_REFRESH_TOKEN' },
        credential: {
          name: 'ADOBE_CLIENT_',
          scopes: ['openid', 'offline_access'],
          refreshToken: 'ADOBE_REFRESH_TOKEN',
        },
      },
      ...stored('adobe-user', 'ADOBE_REFRESH_TOKEN', '$NEW_REFRESH_TOKEN'),
      { request: 'GET api.example.com/v1/things', headers: ADOBE },
    ],
  },
];

export const EXPECTATIONS: readonly Expectation[] = [...BY_CURL, ...BY_TOOL, ...BY_GH];

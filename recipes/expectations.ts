/**
 * What each recipe must send, and what the stand-ins answer.
 *
 * In every text, `$NAME` is the value of that variable or secret, `$TOKEN` the newest access token of IMS,
 * `$TOKEN1` and `$TOKEN2` the first and the second, and `$ANY_TOKEN` one of them.
 */

import type { Settings } from './act.ts';
import type { Answer } from './server.ts';

export type Expected = {
  /** Method, host, path and query. */
  readonly request: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** A pattern for what cannot be known whole; none by default. */
  readonly body?: unknown;
  readonly answer?: Answer | undefined;
  /** The tool sends this one when it likes. */
  readonly anyOrder?: boolean;
  /** What IMS must know to answer it. */
  readonly client?: {
    /** Name of the variable with the client ID, and of the secret with the client secret. */
    readonly id: string;
    readonly secret: string;
    readonly scopes: string;
    /** Name of the secret that holds a refresh token. */
    readonly refreshToken?: string;
  };
};

type More = Pick<Settings, 'inputs' | 'event' | 'files' | 'packages' | 'emptyPlugin'> & {
  /** Told apart by this where one workflow runs more than once. */
  readonly when?: string;
  /** Values of variables and secrets that must have a form of their own; the others are made up. */
  readonly values?: Readonly<Record<string, string>>;
  /** The workflow must fail, with this in its log. */
  readonly fails?: RegExp;
  /** The last command of the workflow, which cannot run here. */
  readonly notRun?: string;
};

export type Expectation = More & {
  readonly page: string;
  /** The `name:` of the workflow. */
  readonly workflow: string;
  readonly requests: readonly Expected[];
};

const JSON_TYPE = { 'content-type': 'application/json' };
const FORM_TYPE = { 'content-type': 'application/x-www-form-urlencoded' };
const IMS = 'POST ims-na1.adobelogin.com/ims/token/v3';

/** The request for a token. The client secret is in the secret of the same name, unless another is given. */
function token(id: string, scope: string, secret = id.replace('ID', 'SECRET')): Expected {
  const body = {
    grant_type: 'client_credentials',
    client_id: `$${id}`,
    client_secret: `$${secret}`,
  };
  const client = { id, secret, scopes: scope };
  return { request: IMS, headers: FORM_TYPE, body: { ...body, scope }, client };
}

/** A call with the newest token, unless the headers say otherwise. */
function call(
  request: string,
  headers: Readonly<Record<string, string>> = {},
  answer?: Answer,
  body: unknown = '',
): Expected {
  return { request, headers: { authorization: 'Bearer $TOKEN', ...headers }, answer, body };
}

function recipe(workflow: string, requests: readonly Expected[], more: More = {}): Expectation {
  return { page: 'docs/recipes.md', workflow, requests, ...more };
}

export const CONSOLE_SCOPES =
  'AdobeID,openid,read_organizations,additional_info.projectedProductContext,additional_info.roles,adobeio_api,read_client_secret,manage_client_secrets';
const CLOUD_MANAGER_SCOPES =
  'openid,AdobeID,read_organizations,additional_info.projectedProductContext,read_pc.dma_aem_ams';
const STORAGE = token(
  'CLOUD_STORAGE_CLIENT_ID',
  'openid,AdobeID,creative_sdk,cloud_storage_collab_api',
);
const FRAMEIO = token('FRAMEIO_CLIENT_ID', 'openid,AdobeID,frame.s2s.all');

const projects = (authorization = 'Bearer $TOKEN'): Expected =>
  call('GET cloudstorage.adobe.io/v1/projects?limit=20', {
    authorization,
    'content-type': 'application/vnd.adobecloud.directory+json',
  });
const ACCOUNTS = 'GET api.frame.io/v4/accounts';
const from = (owner: string, login = owner): Readonly<Record<string, unknown>> => ({
  pull_request: { head: { repo: { full_name: `${owner}/site` } }, user: { login } },
});
const COMMERCE = { COMMERCE_URL: 'https://na1.api.commerce.adobe.com/tenant' };

/** The forty jobs of the matrix, which come in any order. */
const MATRIX = Array.from({ length: 40 }, (_, at): readonly Expected[] => {
  const request = `GET cloudstorage.adobe.io/v1/parts/${String(at).padStart(2, '0')}`;
  const part = call(request, { authorization: 'Bearer $ANY_TOKEN' });
  return [STORAGE, part].map((one) => ({ ...one, anyOrder: true }));
}).flat();

const BY_CURL: readonly Expectation[] = [
  { page: 'README.md', workflow: 'List projects', requests: [STORAGE, projects()] },
  {
    page: 'docs/how-it-works.md',
    workflow: 'Publish',
    when: 'without a cache',
    values: { CLOUD_STORAGE_URL: 'https://cloudstorage.adobe.io/v1/parts' },
    requests: [STORAGE, ...MATRIX],
  },
  recipe('Cloud Storage', [STORAGE, projects()]),
  recipe(
    'Firefly',
    [
      token(
        'FIREFLY_CLIENT_ID',
        'openid,AdobeID,session,additional_info,read_organizations,firefly_api,ff_apis',
      ),
      call(
        'POST firefly-api.adobe.io/v3/images/generate-async',
        { ...JSON_TYPE, 'x-api-key': '$FIREFLY_CLIENT_ID' },
        { status: 202, body: { jobId: '1' } },
        { prompt: 'a "cat" & $HOME' },
      ),
    ],
    { inputs: { prompt: 'a "cat" & $HOME' } },
  ),
  recipe('Cloud Manager', [
    token('CLOUD_MANAGER_CLIENT_ID', CLOUD_MANAGER_SCOPES),
    call(
      'PUT cloudmanager.adobe.io/api/program/$CLOUD_MANAGER_PROGRAM_ID/pipeline/$CLOUD_MANAGER_PIPELINE_ID/execution',
      { ...JSON_TYPE, 'x-api-key': '$CLOUD_MANAGER_CLIENT_ID', 'x-gw-ims-org-id': '$IMS_ORG_ID' },
      { status: 201, body: { id: '1' } },
    ),
  ]),
  recipe('Experience Platform', [
    token(
      'PLATFORM_CLIENT_ID',
      'openid,AdobeID,read_organizations,additional_info.projectedProductContext,session',
    ),
    call(
      'GET platform.adobe.io/data/foundation/sandbox-management/',
      { 'x-api-key': '$PLATFORM_CLIENT_ID', 'x-gw-ims-org-id': '$IMS_ORG_ID' },
      { body: { sandboxes: [{ name: 'prod' }] } },
    ),
  ]),
  recipe(
    'AEM Assets',
    [
      token('AEM_CLIENT_ID', 'openid,AdobeID,aem.folders,aem.assets.author'),
      call('GET author-p1-e2.adobeaemcloud.com/adobe/assets/urn:aaid:aem:1/metadata', {
        'x-api-key': '$AEM_CLIENT_ID',
      }),
    ],
    {
      inputs: { asset: 'urn:aaid:aem:1' },
      values: { AEM_AUTHOR_URL: 'https://author-p1-e2.adobeaemcloud.com' },
    },
  ),
  recipe(
    'Edge Delivery',
    [
      token('EDGE_DELIVERY_CLIENT_ID', 'openid,AdobeID,aem.backend.all'),
      call('POST api.aem.live/$EDGE_DELIVERY_ORG/sites/$EDGE_DELIVERY_SITE/preview/en/blog'),
    ],
    { inputs: { path: 'en/blog' } },
  ),
  recipe('Document Authoring', [
    token(
      'DA_CLIENT_ID',
      'openid,AdobeID,aem.frontend.all,read_organizations,additional_info.projectedProductContext,read_pc.dma_aem_ams',
    ),
    call('GET admin.da.live/list/$DA_ORG/$DA_REPO'),
  ]),
  recipe(
    'Commerce',
    [
      token(
        'COMMERCE_CLIENT_ID',
        'AdobeID,openid,email,profile,additional_info.roles,additional_info.projectedProductContext,commerce.accs',
      ),
      call('GET na1.api.commerce.adobe.com/tenant/V1/products/24-MB01', {
        store: 'default',
        'x-api-key': '$COMMERCE_CLIENT_ID',
        'x-gw-ims-org-id': '$IMS_ORG_ID',
      }),
    ],
    { inputs: { sku: '24-MB01' }, values: COMMERCE },
  ),
  recipe(
    'Commerce Optimizer',
    [
      token('OPTIMIZER_CLIENT_ID', 'openid,AdobeID,profile,email,commerce.aco.ingestion'),
      call(
        'POST na1.api.commerce.adobe.com/tenant/v1/catalog/products/prices',
        JSON_TYPE,
        { body: { status: 'ACCEPTED' } },
        [{ sku: 'red-pants', regular: 20 }],
      ),
    ],
    { files: { 'prices.json': '[{"sku":"red-pants","regular":20}]' }, values: COMMERCE },
  ),
  recipe('Frame.io', [FRAMEIO, call(ACCOUNTS)]),
  recipe('PDF Services', [
    token('PDF_SERVICES_CLIENT_ID', 'openid,AdobeID,DCAPI'),
    call(
      'POST pdf-services.adobe.io/assets',
      { ...JSON_TYPE, 'x-api-key': '$PDF_SERVICES_CLIENT_ID' },
      { body: { assetID: 'urn:1', uploadUri: 'https://upload.example.com' } },
      { mediaType: 'application/pdf' },
    ),
  ]),
  recipe('Two products', [
    FRAMEIO,
    STORAGE,
    call(ACCOUNTS, { authorization: 'Bearer $TOKEN1' }),
    projects('Bearer $TOKEN2'),
  ]),
  recipe('Pull request', [FRAMEIO, call(ACCOUNTS)], { event: from('octo') }),
  recipe('Pull request', [], { when: 'from a fork', event: from('other') }),
  recipe('Pull request', [], { when: 'from Dependabot', event: from('octo', 'dependabot[bot]') }),
  recipe('Keep a token ready', [STORAGE]),
];

const AIO = '@adobe/aio-cli';
const SERVICE =
  'deploy-service.app-builder.adp.adobe.io/runtime/api/v1/namespaces/p8e-test-namespace';
const ACTION = `runtimeManifest: { packages: { site: { actions: { hello: { function: actions/hello.js, web: 'yes', runtime: 'nodejs:22' } } } } }`;
const APP = {
  files: {
    'actions/hello.js': 'exports.main = () => ({ body: "hello" });\n',
    'app.config.yaml': `application: { ${ACTION} }\n`,
  },
  packages: [AIO],
  values: {
    AIO_RUNTIME_NAMESPACE: 'p8e-test-namespace',
    AIO_RUNTIME_NAMESPACE_PROD: 'p8e-test-namespace',
  },
};
const LISTS = ['packages', 'actions', 'triggers', 'rules'].map((name) => ({
  ...call(`GET ${SERVICE}/${name}?`, {}, { body: [] }),
  anyOrder: true,
}));
const put = (path: string, name: string, namespace: string): Expected =>
  call(`PUT ${SERVICE}/${path}?overwrite=true`, JSON_TYPE, { body: { name, namespace } }, /./);
const DEPLOY = [
  ...LISTS,
  put('packages/site', 'site', 'p8e-test-namespace'),
  put('actions/site/hello', 'hello', 'p8e-test-namespace/site'),
  ...LISTS,
];

const organization = (path: string, list: readonly object[]): Expected =>
  call(
    `GET developers.adobe.io/console/organizations${path}`,
    { ...JSON_TYPE, 'x-api-key': 'aio-cli-console-auth' },
    { body: list },
  );

const program = (path: string, body: object): Expected =>
  call(
    `GET cloudmanager.adobe.io/api/program${path}`,
    { 'x-api-key': '$RDE_CLIENT_ID', 'x-gw-ims-org-id': '$IMS_ORG_ID' },
    { body },
  );
const RDE = 'dev-console-ns.cluster.dev.adobeaemcloud.com/api/rde/program/4/environment/7';
const CONFIG = 'com.example.Mail.cfg.json';
const upload = (query: string, body: string): Expected => ({
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

const REACTOR = { 'x-api-key': 'Activation-DTM' };
/** Holds extension.json with a name and a platform. */
const EXTENSION = Buffer.from(
  'UEsDBBQAAAAAAAAAIVyQvFG2JAAAACQAAAAOAAAAZXh0ZW5zaW9uLmpzb257Im5hbWUiOiAiaGVsbG8iLCAicGxhdGZvcm0iOiAid2ViIn1QSwECFAMUAAAAAAAAACFckLxRtiQAAAAkAAAADgAAAAAAAAAAAAAAgAEAAAAAZXh0ZW5zaW9uLmpzb25QSwUGAAAAAAEAAQA8AAAAUAAAAAAA',
  'base64',
);

const BY_TOOL: readonly Expectation[] = [
  {
    page: 'docs/migrating.md',
    workflow: 'Deploy',
    requests: [token('CLIENTID_PROD', CONSOLE_SCOPES), ...DEPLOY],
    ...APP,
  },
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
      emptyPlugin: '@adobe/aio-cli-plugin-api-mesh',
      values: { MESH_ORG_ID: '1', MESH_PROJECT_ID: '22', MESH_WORKSPACE_ID: '333' },
      fails: /api-mesh update.* is not a aio command/,
      notRun: 'npx --no-install aio api-mesh:update -c mesh.json',
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
      call(
        'GET reactor.adobe.io/extension_packages?page%5Bsize%5D=1&page%5Bnumber%5D=1&filter%5Bname%5D=EQ+hello&filter%5Bplatform%5D=EQ+web&filter%5Bavailability%5D=EQ+development',
        REACTOR,
        { body: { data: [] } },
      ),
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
];

/** What `gh secret set` sends for a secret of an environment. */
function stored(environment: string, name: string, value: string): readonly Expected[] {
  const folder = `api.github.com/repos/octo/site/environments/${environment}/secrets`;
  const headers = { ...JSON_TYPE, authorization: 'token $SECRET_WRITER_TOKEN' };
  return [
    call(`GET ${folder}/public-key`, headers, { body: { key_id: '1', key: '$PUBLIC_KEY' } }),
    call(`PUT ${folder}/${name}`, headers, { status: 201, body: {} }, { opened: value }),
  ];
}

const ROTATE = 'Rotate the client secret';
const SECRETS =
  'api.adobe.io/console/organizations/$ADOBE_ORG_NUMBER/credentials/$ADOBE_CREDENTIAL_NUMBER/secrets';
const ADOBE = { 'x-api-key': '$ADOBE_CLIENT_ID' };
const NEW = 'p8e-test-new-secret-0123456789';
const PROOF = token('ADOBE_CLIENT_ID', 'openid,AdobeID', 'NEW_SECRET');
const list = (...secrets: readonly (readonly [string, string, string])[]): Expected => {
  const described = secrets.map(([uuid, createdAt, lastUsedAt]) => ({
    uuid,
    created_at: createdAt,
    secret_usages: [{ last_used_at: lastUsedAt, grant_type: 'client_credentials' }],
  }));
  return call(`GET ${SECRETS}`, ADOBE, { body: { client_secrets: described } });
};

const BY_GH: readonly Expectation[] = [
  recipe(
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
  recipe(
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
  recipe(
    ROTATE,
    [token('ADOBE_CLIENT_ID', CONSOLE_SCOPES), list(['u1', '1', '5'], ['u2', '2', '9'])],
    { when: 'refused, as the newer of two is in use', fails: /secret u2 is in use/ },
  ),
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
      call('GET api.example.com/v1/things', ADOBE),
    ],
  },
];

export const EXPECTATIONS: readonly Expectation[] = [...BY_CURL, ...BY_TOOL, ...BY_GH];

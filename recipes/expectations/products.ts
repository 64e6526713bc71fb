/** The recipes of products that are called by curl. */

import {
  call,
  type Expectation,
  type ExpectedRequest,
  expectationsOf,
  JSON_TYPE,
  token,
} from '../expected.ts';
import { ACCOUNTS, CLOUD_MANAGER_SCOPES, FRAMEIO, projects, STORAGE } from './calls.ts';

const recipe = expectationsOf('docs/recipes.md');

const COMMERCE = { COMMERCE_URL: 'https://na1.api.commerce.adobe.com/tenant' };

const users = (page: number, body: object): ExpectedRequest =>
  call(
    `GET usermanagement.adobe.io/v2/usermanagement/users/$IMS_ORG_ID/${page}`,
    { 'x-api-key': '$USER_MANAGEMENT_CLIENT_ID' },
    { body },
  );

export const PRODUCTS: readonly Expectation[] = [
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
      'openid,AdobeID,aem.frontend.all,read_organizations,additional_info.projectedProductContext',
    ),
    call(
      'GET ims-na1.adobelogin.com/ims/profile/v1',
      {},
      { body: { email: 'p8e@techacct.example.com' } },
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
  recipe(
    'Substance 3D',
    [
      token(
        'S3D_FF_SERVICES_CLIENT_ID',
        'openid,AdobeID,read_organizations,email,firefly_api,firefly_enterprise,profile,substance3d_api.spaces.create,substance3d_api.jobs.create',
      ),
      call(
        'POST s3d.adobe.io/v1/scenes/render-basic',
        JSON_TYPE,
        { status: 202, body: { id: '1' } },
        {
          scene: { modelFile: 'helmet.glb' },
          sources: [{ url: { url: 'https://example.com/models/helmet.glb' } }],
        },
      ),
    ],
    { inputs: { model: 'https://example.com/models/helmet.glb' } },
  ),
  recipe('Journey Optimizer', [
    token(
      'AJO_CLIENT_ID',
      'openid,AdobeID,read_organizations,additional_info.projectedProductContext,session',
    ),
    call(
      'GET platform.adobe.io/ajo/journey',
      {
        'x-api-key': '$AJO_CLIENT_ID',
        'x-gw-ims-org-id': '$IMS_ORG_ID',
        'x-sandbox-name': '$AJO_SANDBOX',
      },
      { body: { results: [{ name: 'Welcome' }], page: 0, limit: 100, pages: 1 } },
    ),
  ]),
  recipe(
    'Analytics',
    [
      token(
        'ANALYTICS_CLIENT_ID',
        'openid,AdobeID,read_organizations,additional_info.projectedProductContext,additional_info.job_function',
      ),
      call(
        'POST analytics.adobe.io/api/$ANALYTICS_COMPANY_ID/reports',
        { ...JSON_TYPE, 'x-api-key': '$ANALYTICS_CLIENT_ID' },
        { body: { rows: [{ value: 'May 24, 2026', data: [682171] }] } },
        {
          rsid: '$ANALYTICS_REPORT_SUITE',
          globalFilters: [{ type: 'dateRange', dateRange: 'td-7d/td' }],
          metricContainer: { metrics: [{ columnId: '0', id: 'metrics/visits' }] },
          dimension: 'variables/daterangeday',
          settings: { limit: 7, page: 0 },
        },
      ),
    ],
    { logs: /"May 24, 2026",682171/ },
  ),
  recipe(
    'Target',
    [
      token(
        'TARGET_CLIENT_ID',
        'openid,AdobeID,target_sdk,additional_info.projectedProductContext,read_organizations,additional_info.roles',
      ),
      call(
        'GET mc.adobe.io/$TARGET_TENANT/target/activities',
        { accept: 'application/vnd.adobe.target.v3+json', 'x-api-key': '$TARGET_CLIENT_ID' },
        { body: { activities: [{ name: 'Blue button' }] } },
      ),
    ],
    { logs: /Blue button/ },
  ),
  recipe(
    'User Management',
    [
      token('USER_MANAGEMENT_CLIENT_ID', 'openid,AdobeID,user_management_sdk'),
      users(0, { lastPage: false, users: [{}, {}] }),
      users(1, { lastPage: true, users: [{}] }),
    ],
    { values: { IMS_ORG_ID: 'ABC@AdobeOrg' }, logs: /3 users/ },
  ),
];

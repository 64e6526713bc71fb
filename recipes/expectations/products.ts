/** The recipes of products that are called by curl. */

import { call, type Expectation, expectationsOf, JSON_TYPE, token } from '../expected.ts';
import { ACCOUNTS, CLOUD_MANAGER_SCOPES, FRAMEIO, projects, STORAGE } from './calls.ts';

const recipe = expectationsOf('docs/recipes.md');

const COMMERCE = { COMMERCE_URL: 'https://na1.api.commerce.adobe.com/tenant' };

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
];

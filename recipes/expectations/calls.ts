/** Requests and answers that the workflows of several pages have in common. */

import { call, type ExpectedRequest, JSON_TYPE, token } from '../expected.ts';

export const STORAGE = token(
  'CLOUD_STORAGE_CLIENT_ID',
  'openid,AdobeID,creative_sdk,cloud_storage_collab_api',
);
export const FRAMEIO = token('FRAMEIO_CLIENT_ID', 'openid,AdobeID,frame.s2s.all');
export const CLOUD_MANAGER_SCOPES =
  'openid,AdobeID,read_organizations,additional_info.projectedProductContext,read_pc.dma_aem_ams';
export const ACCOUNTS = 'GET api.frame.io/v4/accounts';

export const projects = (authorization = 'Bearer $TOKEN'): ExpectedRequest =>
  call('GET cloudstorage.adobe.io/v1/projects?limit=20', {
    authorization,
    'content-type': 'application/vnd.adobecloud.directory+json',
  });

export const AIO = '@adobe/aio-cli';
const SERVICE =
  'deploy-service.app-builder.adp.adobe.io/runtime/api/v1/namespaces/p8e-test-namespace';
const ACTION = `runtimeManifest: { packages: { site: { actions: { hello: { function: actions/hello.js, web: 'yes', runtime: 'nodejs:22' } } } } }`;
export const APP = {
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
/** What `aio app deploy` sends for APP. `action` is a pattern for the action. */
export function deployWith(action: RegExp): readonly ExpectedRequest[] {
  const put = (path: string, name: string, namespace: string, body: RegExp): ExpectedRequest =>
    call(`PUT ${SERVICE}/${path}?overwrite=true`, JSON_TYPE, { body: { name, namespace } }, body);
  return [
    ...LISTS,
    put('packages/site', 'site', 'p8e-test-namespace', /./),
    put('actions/site/hello', 'hello', 'p8e-test-namespace/site', action),
    ...LISTS,
  ];
}
export const DEPLOY = deployWith(/./);

/** What `gh secret set` sends for a secret of an environment. */
export function stored(
  environment: string,
  name: string,
  value: string,
): readonly ExpectedRequest[] {
  const folder = `api.github.com/repos/octo/site/environments/${environment}/secrets`;
  const headers = { ...JSON_TYPE, authorization: 'token $SECRET_WRITER_TOKEN' };
  return [
    call(`GET ${folder}/public-key`, headers, { body: { key_id: '1', key: '$PUBLIC_KEY' } }),
    call(`PUT ${folder}/${name}`, headers, { status: 201, body: {} }, { opened: value }),
  ];
}

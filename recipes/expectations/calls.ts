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

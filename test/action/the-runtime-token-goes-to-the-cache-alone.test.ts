/** The runtime token of the job goes to the cache service, and to nobody else. */

import { expect } from 'vitest';

import { expectFromIms, test } from '../support/cache-fixtures.ts';

test('the runtime token and the signed URLs are shown nowhere, also with all debugging on', async ({
  ims,
  cache,
  runJob,
}) => {
  // `runJob` looks at what each step has written.
  const noisy = { NODE_DEBUG: 'http,https,net,tls,stream', RUNNER_DEBUG: '1' };
  await runJob({}, noisy, { debug: true });
  expect((await runJob({}, noisy, { debug: true })).outputs['source']).toBe('repository');
  const bearer = `Bearer ${cache.env['ACTIONS_RUNTIME_TOKEN'] ?? ''}`;
  const sent = cache.requests.map(({ operation, headers }) => [operation, headers.authorization]);
  expect(sent).toEqual([
    ['lookup', bearer],
    ['create', bearer],
    ['upload', undefined],
    ['finalize', bearer],
    ['lookup', bearer],
    ['download', undefined],
  ]);
  expect(ims.requests).not.toEqual([]);
  expect(JSON.stringify(ims.requests)).not.toContain(cache.env['ACTIONS_RUNTIME_TOKEN']);
});

test('only the loopback interface is asked over http', async ({ cache, runJob, startProxy }) => {
  const proxy = await startProxy({});
  const url = 'http://cache.example.com/';
  expectFromIms(await runJob({}, { http_proxy: proxy.url, ACTIONS_RESULTS_URL: url }));
  const body = JSON.stringify({ ok: true, signed_download_url: url, signed_upload_url: url });
  cache.faults.lookup = cache.faults.create = { body };
  expectFromIms(await runJob({}, { http_proxy: proxy.url }));
  expect(cache.requests.map(({ operation }) => operation)).toEqual(['lookup', 'create']);
  expect(proxy.tunnels).toEqual([]);
});

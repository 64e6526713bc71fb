/** `reuse: repository`: whole steps with a cache service that works, and where there is none. */

import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { describe, expect } from 'vitest';

import { seal } from '../../src/seal.ts';

import {
  EXPLAINED,
  expectFromIms,
  type Outcome,
  ROTATED,
  test,
  type Variables,
} from '../support/cache-fixtures.ts';
import { type CacheRequest, type Place, PLACES } from '../support/cache-service.ts';
import { SECRET } from '../support/fixtures.ts';
import { tokenAnswer } from '../support/ims-server.ts';

describe('a token in the repository', () => {
  test('serves twelve jobs, until the secret is rotated', async ({ ims, cache, runJob }) => {
    const steps: Outcome[] = [];
    for (let job = 1; job <= 12; job += 1) steps.push(await runJob());
    expect(ims.requests).toHaveLength(1);
    expect(steps.map((step) => step.outputs['source'])).toEqual([
      'ims',
      ...Array<string>(11).fill('repository'),
    ]);
    const token = steps[0]?.outputs['access-token'] ?? '';
    for (const step of steps) {
      expect(step.outputs['access-token']).toBe(token);
      expect(step.annotations).toEqual([]);
      expect(step.log).not.toMatch(EXPLAINED);
    }
    const [entry] = cache.entries;
    expect(entry && cache.bytesOf(entry).includes(token)).toBe(false);
    const rotated = await runJob({ 'client-secret': ROTATED });
    expect(rotated.outputs['source']).toBe('ims');
    // Which secret opens an entry is not known before; the newest one is of the new secret.
    expect((await runJob({ 'client-secret': ROTATED })).outputs['source']).toBe('repository');
    expect(ims.requests).toHaveLength(2);
  });

  test('opens with either of two secrets', async ({ runJob }) => {
    await runJob();
    const step = await runJob({ 'client-secret': `${ROTATED}\n${SECRET}` });
    expect(step.outputs['source']).toBe('repository');
  });

  test('of another client, or with too little time left, is not taken', async ({ runJob }) => {
    await runJob();
    const other = await runJob({ scopes: 'openid' });
    expectFromIms(other);
    expect(other.log).not.toMatch(EXPLAINED);
    expect((await runJob({ 'min-validity': '999999' })).outputs['source']).toBe('ims');
    expect((await runJob()).outputs['source']).toBe('repository');
  });

  test('sealed with a date that does not exist is not taken', async ({ cache, runJob }) => {
    await runJob();
    const [entry] = cache.entries;
    if (entry === undefined) throw new Error('nothing was saved');
    const [, identity = ''] = /([\da-f]{64})/.exec(entry.key) ?? [];
    const token = { accessToken: 'p8e-test-token', tokenType: 'bearer', expiresAtMs: 1e300 };
    const sealed = seal(JSON.stringify(token), SECRET, [
      'repository',
      'octo-org/octo-repo',
      identity,
    ]);
    cache.replaceBytes(entry, sealed);
    expectFromIms(await runJob());
    expect((await runJob()).outputs['source']).toBe('repository');
  });

  test('is found beside a bad entry whose key is matched whole', async ({ cache, runJob }) => {
    await runJob();
    const [good] = cache.entries;
    if (good === undefined) throw new Error('nothing was saved');
    const [prefix = ''] = /^.*[\da-f]{64}-/.exec(good.key) ?? [];
    const bad = { ...good, key: prefix, blob: 'p8e-test-bad' };
    cache.replaceBytes(bad, Buffer.from('p8e-test'));
    cache.entries.unshift(bad);
    expect((await runJob()).outputs['source']).toBe('repository');
  });

  test('is found in an answer of lowerCamel fields', async ({ cache, runJob }) => {
    cache.fields = 'lowerCamel';
    await runJob();
    expect((await runJob()).outputs['source']).toBe('repository');
  });

  test('is not asked for with reuse: job or none', async ({ cache, runJob }) => {
    await runJob({ reuse: 'job' });
    await runJob({ reuse: 'none' });
    expect(cache.requests).toEqual([]);
  });

  test('is uploaded once or twice by a cold matrix', async ({ ims, cache, runJob }) => {
    cache.faults.lookup = { body: '{"ok":false}' };
    // Jobs of a matrix do not start in the same second.
    const lifetimes = [0, 3, 6, 9, 12, 15].map((age) => 86_399 - age);
    ims.script(...lifetimes.map((expires_in) => tokenAnswer({ expires_in })));
    const steps = await Promise.all(lifetimes.map(() => runJob()));
    for (const step of steps) {
      expectFromIms(step);
      expect(step.log).not.toMatch(EXPLAINED);
    }
    expect(cache.requestsTo('create')).toHaveLength(6);
    expect(cache.requestsTo('upload').length).toBeLessThanOrEqual(2);
    delete cache.faults.lookup;
    expect((await runJob()).outputs['source']).toBe('repository');
  });
});

describe('the runtime token and the signed URLs', () => {
  test.for(PLACES)('follow no redirect at %s', async (place, { startIms, cache, runJob }) => {
    const elsewhere = await startIms();
    await runJob();
    if (place !== 'lookup' && place !== 'download') cache.entries.length = 0;
    cache.faults[place] = { status: 307, headers: { location: elsewhere.url } };
    expectFromIms(await runJob());
    expect(cache.requestsTo(place).length).toBeGreaterThan(0);
    expect(elsewhere.connections).toBe(0);
  });

  test('go where they belong alone, also with all debugging on', async ({ cache, runJob }) => {
    const noisy = { NODE_DEBUG: 'http,https,net,tls,stream', RUNNER_DEBUG: '1' };
    await runJob({}, noisy, { debug: true });
    expect((await runJob({}, noisy, { debug: true })).outputs['source']).toBe('repository');
    const bearer = `Bearer ${cache.env['ACTIONS_RUNTIME_TOKEN'] ?? ''}`;
    const sent = cache.requests.map(({ place, headers }) => [place, headers.authorization]);
    expect(sent).toEqual([
      ['lookup', bearer],
      ['create', bearer],
      ['upload', undefined],
      ['finalize', bearer],
      ['lookup', bearer],
      ['download', undefined],
    ]);
  });

  test('go over http to the loopback interface alone', async ({ cache, runJob, startProxy }) => {
    const proxy = await startProxy({});
    const url = 'http://cache.example.com/';
    expectFromIms(await runJob({}, { http_proxy: proxy.url, ACTIONS_RESULTS_URL: url }));
    const body = JSON.stringify({ ok: true, signed_download_url: url, signed_upload_url: url });
    cache.faults.lookup = cache.faults.create = { body };
    expectFromIms(await runJob({}, { http_proxy: proxy.url }));
    expect(cache.requests.map(({ place }) => place)).toEqual(['lookup', 'create']);
    expect(proxy.tunnels).toEqual([]);
  });
});

type Presence = readonly [name: string, env: Variables, places: readonly Place[]];
const NOTHING: readonly Place[] = [];
const BOTH: readonly Place[] = ['lookup', 'create', 'upload', 'finalize'];
const PRESENCE: readonly Presence[] = [
  ['of version 1', { ACTIONS_CACHE_SERVICE_V2: '' }, NOTHING],
  ['without a token', { ACTIONS_RUNTIME_TOKEN: '' }, NOTHING],
  ['of GitHub Enterprise Server', { GITHUB_SERVER_URL: 'https://github.example.com' }, NOTHING],
  ['of a host like github.com', { GITHUB_SERVER_URL: 'https://github.com.example.com' }, NOTHING],
  ['of a host like ghe.com', { GITHUB_SERVER_URL: 'https://notghe.com' }, NOTHING],
  ['of a server that is no URL', { GITHUB_SERVER_URL: 'p8e-test' }, NOTHING],
  ['of data residency', { GITHUB_SERVER_URL: 'https://octo.ghe.com' }, BOTH],
  ['of a local server', { GITHUB_SERVER_URL: 'http://github.localhost:3000' }, BOTH],
  ['of no server', { GITHUB_SERVER_URL: '' }, BOTH],
  ['at no URL', { ACTIONS_RESULTS_URL: 'p8e-test' }, NOTHING],
  ['in mode none', { ACTIONS_CACHE_MODE: ' None ' }, NOTHING],
  ['in mode read', { ACTIONS_CACHE_MODE: 'READ' }, ['lookup']],
  ['in mode write-only', { ACTIONS_CACHE_MODE: 'write-only' }, ['create', 'upload', 'finalize']],
  ['in an unknown mode', { ACTIONS_CACHE_MODE: 'p8e-test' }, BOTH],
];

describe.concurrent('a cache service', () => {
  test.for(PRESENCE)('%s is asked as it should be', async ([, env, places], { cache, runJob }) => {
    const step = await runJob({}, env);
    expectFromIms(step);
    if (places === BOTH) expect(step.log).not.toMatch(EXPLAINED);
    expect(cache.requests.map(({ place }) => place)).toEqual(places);
  });

  test.for(['read', 'write'] as const)('that denies to %s', async (denied, { cache, runJob }) => {
    await runJob();
    if (denied === 'write') cache.entries.length = 0;
    cache.denied.add(denied);
    expectFromIms(await runJob());
  });
});

/** Saves and restores a file with `@actions/cache` itself. */
const TOOLKIT = `
import { writeFileSync } from 'node:fs';
const { restoreCache, saveCache } = await import('@actions/cache');
const [file, key, prefix] = process.argv.slice(1);
writeFileSync(file, 'p8e-test');
await restoreCache([file], prefix + '1', [prefix]);
await saveCache([file], key);
await restoreCache([file], prefix + '1', [prefix]);
`;

/** What must be alike in two requests; what may differ only as a kind. */
function essence({ place, method, path, headers, body }: CacheRequest): object {
  const isCall = !['upload', 'download'].includes(place);
  const text = isCall ? body.toString() : '{}';
  const differing: Readonly<Record<string, RegExp>> = {
    ...(place === 'lookup' ? { key: /./ } : {}),
    version: /^[\da-f]{64}$/,
    size_bytes: /^[1-9]\d*$/,
  };
  const fields: unknown = JSON.parse(text, (name, value: unknown) =>
    typeof value === 'string' && differing[name]?.test(value) === true ? 'as it should be' : value,
  );
  return {
    method,
    path: isCall ? path : place,
    authorization: headers.authorization,
    type: isCall || place === 'upload' ? headers['content-type'] : '',
    blobType: headers['x-ms-blob-type'],
    hasLength: headers['content-length'] !== undefined,
    fields,
  };
}

test('the requests are those of @actions/cache', async ({ cache, runJob, onTestFinished }) => {
  await runJob();
  await runJob();
  const ours = cache.requests.splice(0);
  const [entry] = cache.entries.splice(0);
  const lookup = JSON.parse(ours[0]?.body.toString() ?? '{}') as {
    readonly restore_keys: readonly string[];
  };
  const folder = mkdtempSync(join(tmpdir(), 'toolkit-'));
  onTestFinished(() => {
    rmSync(folder, { recursive: true });
  });
  const own = { PATH: process.env['PATH'], RUNNER_TEMP: folder, GITHUB_WORKSPACE: folder };
  const words = [join(folder, 'file'), entry?.key ?? '', lookup.restore_keys[0] ?? ''];
  await promisify(execFile)(
    process.execPath,
    ['--input-type=module', '-e', TOOLKIT, '--', ...words],
    { cwd: join(import.meta.dirname, '../..'), env: { ...cache.env, ...own } },
  );
  expect(cache.requests.map(essence)).toEqual(ours.map(essence));
});

/** The cache service is asked where there is one, with the requests of `@actions/cache`. */

import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { describe, expect } from 'vitest';

import { expectFromIms, EXPLAINED, test, type Variables } from '../support/cache-fixtures.ts';
import type { CacheRequest, Operation } from '../support/cache-service.ts';

type Presence = readonly [name: string, env: Variables, operations: readonly Operation[]];

const NOTHING: readonly Operation[] = [];

const BOTH: readonly Operation[] = ['lookup', 'create', 'upload', 'finalize'];

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
  test.for(PRESENCE)(
    '%s is asked as it should be',
    async ([, env, operations], { cache, runJob }) => {
      const step = await runJob({}, env);
      expectFromIms(step);
      if (operations === BOTH) expect(step.log).not.toMatch(EXPLAINED);
      expect(cache.requests.map(({ operation }) => operation)).toEqual(operations);
    },
  );
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

/** What two requests must have in common. Values that may differ count by their form. */
function commonPartOf({ operation, method, path, headers, body }: CacheRequest): object {
  const isCall = !['upload', 'download'].includes(operation);
  const text = isCall ? body.toString() : '{}';
  const formsOfDiffering: Readonly<Record<string, RegExp>> = {
    ...(operation === 'lookup' ? { key: /./ } : {}),
    version: /^[\da-f]{64}$/,
    size_bytes: /^[1-9]\d*$/,
  };
  const fields: unknown = JSON.parse(text, (name, value: unknown) =>
    typeof value === 'string' && formsOfDiffering[name]?.test(value) === true
      ? 'as it should be'
      : value,
  );
  return {
    method,
    path: isCall ? path : operation,
    authorization: headers.authorization,
    type: isCall || operation === 'upload' ? headers['content-type'] : '',
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
  const args = [join(folder, 'file'), entry?.key ?? '', lookup.restore_keys[0] ?? ''];
  await promisify(execFile)(
    process.execPath,
    ['--input-type=module', '-e', TOOLKIT, '--', ...args],
    { cwd: join(import.meta.dirname, '../..'), env: { ...cache.env, ...own } },
  );
  expect(cache.requests.map(commonPartOf)).toEqual(ours.map(commonPartOf));
});

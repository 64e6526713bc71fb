/** A cache entry that does not open costs one request to IMS. Later jobs reuse the new token. */

import { randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';

import { describe, expect } from 'vitest';

import { seal } from '../../src/seal.ts';

import { expectFromIms, EXPLAINED, test } from '../support/cache-fixtures.ts';
import { SECRET } from '../support/fixtures.ts';

const flipped = (good: Buffer, at: number): Buffer => {
  const copy = Buffer.from(good);
  copy.writeUInt8(copy.readUInt8(at) ^ 1, at);
  return copy;
};

const BAD_ENTRIES: Readonly<Record<string, (good: Buffer) => Buffer>> = {
  nothing: () => Buffer.alloc(0),
  'another first bit': (good) => flipped(good, 0),
  'another last bit': (good) => flipped(good, good.length - 1),
  'the first half': (good) => good.subarray(0, good.length / 2),
  '10 MB': (good) => Buffer.concat([good, randomBytes(10_000_000)]),
  'a bomb': () => gzipSync(Buffer.alloc(50_000_000)),
};

describe.concurrent('an entry that holds', () => {
  test.for(Object.entries(BAD_ENTRIES))(
    '%s costs one request to IMS',
    async ([, bytes], { ims, cache, runJob }) => {
      const good = await runJob();
      const [entry] = cache.entries;
      if (entry === undefined) throw new Error('nothing was saved');
      cache.replaceBytes(entry, bytes(cache.bytesOf(entry)));
      const step = await runJob();
      expectFromIms(step);
      expect(step.log).toMatch(EXPLAINED);
      expect(step.temp).toEqual(good.temp);
      expect(cache.entries).toHaveLength(2);
      expect(cache.entries[1]?.key).not.toBe(entry.key);
      expect((await runJob()).outputs['source']).toBe('repository');
      expect(ims.requests).toHaveLength(2);
    },
  );
});

test.for<readonly [string, Readonly<Record<string, unknown>>]>([
  ['as it should be', {}],
  ['with a date that does not exist', { expiresAtMs: 1e300 }],
  ['without a date', { expiresAtMs: undefined }],
  ['with a token of two lines', { accessToken: 'p8e-test\nx=y' }],
  ['without a token', { accessToken: undefined }],
  ['without a token type', { tokenType: undefined }],
])('a token sealed %s is taken only if nothing is wrong', async ([, wrong], { cache, runJob }) => {
  await runJob();
  const [entry] = cache.entries;
  if (entry === undefined) throw new Error('nothing was saved');
  const [, identity = ''] = /([\da-f]{64})/.exec(entry.key) ?? [];
  const good = {
    accessToken: 'p8e-test-token',
    tokenType: 'bearer',
    expiresAtMs: Date.now() + 86_400_000,
  };
  const sealed = seal(JSON.stringify({ ...good, ...wrong }), SECRET, [
    'repository',
    'octo-org/octo-repo',
    identity,
  ]);
  cache.replaceBytes(entry, sealed);
  // The first row shows that the others fail for what is wrong, and not for the seal.
  const step = await runJob();
  if (Object.keys(wrong).length === 0) expect(step.outputs['source']).toBe('repository');
  else expectFromIms(step);
  expect((await runJob()).outputs['source']).toBe('repository');
});

test('a bad entry whose key is the prefix itself does not hide a good one', async ({
  cache,
  runJob,
}) => {
  await runJob();
  const [good] = cache.entries;
  if (good === undefined) throw new Error('nothing was saved');
  const [prefix = ''] = /^.*[\da-f]{64}-/.exec(good.key) ?? [];
  const bad = { ...good, key: prefix, blob: 'p8e-test-bad' };
  cache.replaceBytes(bad, Buffer.from('p8e-test'));
  cache.entries.unshift(bad);
  expect((await runJob()).outputs['source']).toBe('repository');
});

/** `reuse: repository`, with the real cache client against an emulated service. */

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import {
  type CacheBehaviour,
  type CacheService,
  startCacheService,
} from './support/cache-service.ts';
import { type ImsServer, startIms, testClient } from './support/ims-server.ts';
import { startJob, type StepResult } from './support/run-action.ts';

const [SECRET = ''] = testClient.secrets;
const ROTATED = 'p8e-test-rotated-secret';
let ims: ImsServer;
let cache: CacheService;

beforeAll(async () => {
  cache = await startCacheService();
});
afterAll(() => cache.close());
beforeEach(async () => {
  ims = await startIms({ clients: [{ ...testClient, secrets: [SECRET, ROTATED] }] });
  cache.entries.length = 0;
  cache.calls.length = 0;
  cache.behaviour = 'normal';
});
afterEach(() => ims.close());

/** As the cache client looks for it. docs/security.md says what is without it. */
const hasGnuTar = ['gtar', 'tar'].some((name) => {
  const { error, stdout } = spawnSync(name, ['--version'], { encoding: 'utf8' });
  return error === undefined && stdout.includes('GNU tar');
});

type Member = { readonly name: string; readonly mode: number; readonly folder: boolean };

/** A tar archive (POSIX.1-1988, ustar). A file in it holds four bytes. */
function tarOf(members: readonly Member[]): Buffer {
  const octal = (value: number, width: number): string => value.toString(8).padStart(width, '0');
  const blocks = members.map(({ name, mode, folder }) => {
    const header = Buffer.alloc(512);
    header.write(name, 0);
    header.write(`${octal(mode, 7)}\0${octal(0, 7)}\0${octal(0, 7)}\0`, 100);
    header.write(`${octal(folder ? 0 : 4, 11)}\0${octal(0, 11)}\0        ${folder ? 5 : 0}`, 124);
    header.write('ustar\u000000', 257);
    const sum = header.reduce((total, byte) => total + byte, 0);
    header.write(`${octal(sum, 6)}\0 `, 148);
    return Buffer.concat([header, Buffer.from(folder ? '' : 'p8e-'.padEnd(512, '\0'))]);
  });
  return Buffer.concat([...blocks, Buffer.alloc(1024)]);
}

/** Compressed as the cache client did it here: with zstd where that is installed, otherwise with gzip. */
function compressedLike(archive: Buffer, content: Buffer): Buffer {
  return archive.readUInt16BE(0) === 0x1f8b ? gzipSync(content) : zstdCompressSync(content);
}

/** One step in a job of its own, on an empty machine. */
async function oneJob(change: Record<string, string> = {}): Promise<StepResult> {
  const job = await startJob({ secrets: [SECRET, ROTATED], env: cache.env });
  try {
    const inputs = { 'client-id': testClient.id, 'client-secret': SECRET, 'ims-url': ims.url };
    return await job.uses({ ...inputs, reuse: 'repository', ...change });
  } finally {
    await job.dispose();
  }
}

describe('a token in the repository', () => {
  it('serves twelve jobs with one request; a rotated secret asks again', async () => {
    const steps: StepResult[] = [];
    for (let job = 1; job <= 12; job += 1) steps.push(await oneJob());
    expect(ims.requests).toHaveLength(1);
    expect(steps.map((step) => step.outputs['source'])).toEqual([
      'ims',
      ...Array<string>(11).fill('repository'),
    ]);
    const [first] = steps;
    for (const step of steps) {
      expect(step.outputs['access-token']).toBe(first?.outputs['access-token']);
      expect(step.stderr).toBe('');
      expect(step.annotations).toEqual([]);
    }
    const rotated = await oneJob({ 'client-secret': ROTATED });
    expect(rotated.outputs['source']).toBe('ims');
    expect(ims.requests).toHaveLength(2);
    const archive = await cache.read(cache.entries[0]?.key ?? '');
    expect(archive.includes(first?.outputs['access-token'] ?? '')).toBe(false);
  });

  it('opens with either of two secrets', async () => {
    await oneJob();
    const step = await oneJob({ 'client-secret': `${ROTATED}\n${SECRET}` });
    expect(step.outputs['source']).toBe('repository');
  });

  it('is not taken when it was tampered with', async () => {
    await oneJob();
    const key = cache.entries[0]?.key ?? '';
    const archive = await cache.read(key);
    await cache.replace(key, archive.subarray(0, archive.length / 2));
    expect((await oneJob()).outputs['source']).toBe('ims');
  });

  it.skipIf(!hasGnuTar)(
    'in an archive that would write elsewhere writes nothing there',
    async () => {
      await oneJob();
      const key = cache.entries[0]?.key ?? '';
      const folder = mkdtempSync(join(tmpdir(), 'hostile-'));
      try {
        const target = join(folder, 'p8e-test-written');
        const names = [target, `../../../../../../../../../../../../${target}`];
        const archive = await cache.read(key);
        const files = names.map((name) => ({ name, mode: 0o644, folder: false }));
        await cache.replace(key, compressedLike(archive, tarOf(files)));
        expect((await oneJob()).outputs['source']).toBe('ims');
        expect(readdirSync(folder)).toEqual([]);
      } finally {
        rmSync(folder, { recursive: true });
      }
    },
  );

  // Root may remove anything.
  it.skipIf(process.getuid?.() === 0)(
    'in an archive that cannot be removed is done without',
    async () => {
      await oneJob();
      const key = cache.entries[0]?.key ?? '';
      const archive = await cache.read(key);
      const folders = ['.', 'folder'].map((name) => ({ name, mode: 0, folder: true }));
      await cache.replace(key, compressedLike(archive, tarOf(folders)));
      expect((await oneJob()).outputs['source']).toBe('ims');
    },
  );

  it('is not revoked by a step of one of the jobs that have it', async () => {
    const job = await startJob({ secrets: [SECRET], env: cache.env });
    const inputs = { 'client-id': testClient.id, 'client-secret': SECRET, 'ims-url': ims.url };
    const shared = await job.uses({ ...inputs, reuse: 'repository' });
    const revoking = await job.uses({ ...inputs, revoke: 'true' });
    expect(revoking.outputs['source']).toBe('ims');
    await job.finish();
    await job.dispose();
    expect([...ims.revoked]).toEqual([revoking.outputs['access-token']]);
    const other = await oneJob();
    expect(other.outputs['access-token']).toBe(shared.outputs['access-token']);
  });

  it('of another client, or with too little time left, is not taken', async () => {
    await oneJob();
    expect((await oneJob({ scopes: 'openid' })).outputs['source']).toBe('ims');
    cache.behaviour = 'lying';
    expect((await oneJob({ scopes: 'AdobeID' })).outputs['source']).toBe('ims');
    cache.behaviour = 'normal';
    expect((await oneJob({ 'min-validity': '999999' })).outputs['source']).toBe('ims');
  });
});

describe('a cache', () => {
  it.each<CacheBehaviour>(['silent', 'error', 'read-only', 'garbage'])(
    'that is %s fails no step and costs at most 5 s',
    async (behaviour) => {
      cache.behaviour = behaviour;
      const step = await oneJob();
      expect(step.failed).toBe(false);
      expect(step.outputs['source']).toBe('ims');
      expect(step.annotations).toEqual([]);
      // 5 s for the cache, and the step itself on a busy machine.
      expect(step.durationMs).toBeLessThan(9000);
    },
  );

  it('that is silent leaves most of a short timeout to IMS, and is not waited for beyond it', async () => {
    cache.behaviour = 'silent';
    const step = await oneJob({ timeout: '2' });
    expect(step.failed).toBe(false);
    expect(step.durationMs).toBeLessThan(4000);
  });

  it('is not asked with reuse: job', async () => {
    await oneJob({ reuse: 'job' });
    await oneJob({ reuse: 'none' });
    expect(cache.calls).toEqual([]);
  });
});

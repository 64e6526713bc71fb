/** What is kept opens in its place alone, with the client secret that IMS accepted. */

import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect } from 'vitest';

import { test } from '../support/cache-fixtures.ts';
import { type Inputs, SECRET } from '../support/fixtures.ts';
import type { Job } from '../support/run-action.ts';
import { expectSuccess, messageOf } from '../support/verdicts.ts';

const SHARED = { reuse: 'repository' };
const OTHER_REPOSITORY = { ...SHARED, GITHUB_REPOSITORY: 'octo-org/p8e' };

const keptFiles = (job: Job): readonly string[] =>
  readdirSync(job.temp)
    .filter((name) => name.startsWith('adobe-'))
    .map((name) => join(job.temp, name));

async function sourceOf(job: Job, inputs: Inputs): Promise<string | undefined> {
  const step = await job.uses(inputs);
  expectSuccess(step);
  expect(step.annotations).toEqual([]);
  return step.outputs['source'];
}

describe('what is kept', () => {
  type Place = Readonly<Record<string, string>>;

  test.for<readonly [string, Place, Place, string]>([
    ['by a job opens in it', {}, {}, 'job'],
    ['by a job does not open in another run', {}, { GITHUB_RUN_ID: '2' }, 'ims'],
    ['by a job does not open in another attempt', {}, { GITHUB_RUN_ATTEMPT: '2' }, 'ims'],
    ['by a job does not open in another job', {}, { GITHUB_JOB: 'p8e' }, 'ims'],
    ['by a job does not open in the repository', {}, SHARED, 'ims'],
    ['in a repository opens in it', SHARED, SHARED, 'repository'],
    ['in a repository does not open in a job', SHARED, {}, 'ims'],
    ['in a repository does not open in another', SHARED, OTHER_REPOSITORY, 'ims'],
  ])('%s', async ([, from, to, source], { cache, startJob, inputs }) => {
    const keep = async ({ reuse = 'job', ...env }: Place) => {
      const start = (): Promise<Job> => startJob({ env: { ...cache.env, ...env } });
      cache.entries.length = 0;
      const job = await start();
      expect(await sourceOf(job, { ...inputs, reuse })).toBe('ims');
      const [file = ''] = keptFiles(job);
      const [entry] = cache.entries;
      const shared = reuse === 'repository' && entry !== undefined;
      return {
        bytes: shared ? cache.bytesOf(entry) : readFileSync(file),
        replace: (bytes: Buffer) => {
          if (shared) cache.replaceBytes(entry, bytes);
          else writeFileSync(file, bytes);
        },
        again: async () => sourceOf(shared ? await start() : job, { ...inputs, reuse }),
      };
    };
    const { bytes } = await keep(from);
    const other = await keep(to);
    other.replace(bytes);
    expect(await other.again()).toBe(source);
  });
});

describe.skipIf(process.platform === 'win32')('in place of what a job keeps', () => {
  test.for<readonly [string, (file: string) => void]>([
    [
      'a link to what it kept',
      (file) => {
        renameSync(file, `${file}-moved`);
        symlinkSync(`${file}-moved`, file);
      },
    ],
    [
      'a link to a file without end',
      (file) => {
        rmSync(file);
        symlinkSync('/proc/self/pagemap', file);
      },
    ],
    [
      'a link to a device',
      (file) => {
        rmSync(file);
        symlinkSync('/dev/zero', file);
      },
    ],
    [
      'a pipe',
      (file) => {
        rmSync(file);
        spawnSync('mkfifo', [file]);
      },
    ],
    [
      'more than a sealed token',
      (file) => {
        writeFileSync(file, Buffer.alloc(64 * 1024 + 129, readFileSync(file)));
      },
    ],
  ])('%s is not read, and the step goes on', async ([, put], { ims, job, inputs }) => {
    expect(await sourceOf(job, inputs)).toBe('ims');
    const [file = ''] = keptFiles(job);
    put(file);
    expect(await sourceOf(job, { ...inputs, timeout: '10' })).toBe('ims');
    expect(ims.requests).toHaveLength(2);
    if (keptFiles(job).length === 1) expect(await sourceOf(job, inputs)).toBe('job');
  });
});

describe('a token that other jobs have is not revoked', () => {
  test.for([
    ['by a step after it', [SHARED, { revoke: 'true' }]],
    ['by a step before it', [{ revoke: 'true' }, SHARED]],
    ['by a step between two', [SHARED, { revoke: 'true' }, SHARED]],
  ] as const)('%s', async ([, steps], { cache, ims, startJob, inputs }) => {
    const job = await startJob({ env: cache.env });
    const revoking: string[] = [];
    for (const change of steps) {
      const step = await job.uses({ ...inputs, ...change });
      expectSuccess(step);
      if ('revoke' in change) revoking.push(step.outputs['access-token'] ?? '');
    }
    const other = await startJob({ env: cache.env });
    const shared = await other.uses({ ...inputs, ...SHARED });
    await job.finish();
    expect([...ims.revoked]).toEqual(revoking);
    expect(shared.outputs['source']).toBe('repository');
    expect(revoking).not.toContain(shared.outputs['access-token']);
    const later = await (await startJob({ env: cache.env })).uses({ ...inputs, ...SHARED });
    expect(later.outputs['source']).toBe('repository');
    expect(ims.revoked).not.toContain(later.outputs['access-token']);
  });
});

describe('a token that IMS gave for the second of two secrets', () => {
  const OLD = 'p8e-test-old-secret';

  test.for(['job', 'repository'])(
    'opens with that one alone (reuse: %s)',
    async (reuse, { cache, ims, startJob, inputs }) => {
      const start = (): Promise<Job> => startJob({ env: cache.env });
      const first = await start();
      const both = { ...inputs, reuse, 'client-secret': `${OLD},${SECRET}` };
      const kept = (await first.uses(both)).outputs['access-token'];
      const next = reuse === 'job' ? first : await start();
      messageOf(await next.uses({ ...inputs, reuse, 'client-secret': OLD }));
      expect(ims.requests).toHaveLength(3);
      const { outputs } = await next.uses({ ...inputs, reuse });
      expect(outputs).toMatchObject({ source: reuse, 'access-token': kept });
      expect(ims.requests).toHaveLength(3);
    },
  );
});

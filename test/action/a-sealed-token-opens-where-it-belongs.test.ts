/** A kept token opens in its own job or repository alone, with the secret that IMS accepted. */

import { readFileSync, writeFileSync } from 'node:fs';

import { describe, expect } from 'vitest';

import { test } from '../support/cache-fixtures.ts';
import { SECRET } from '../support/fixtures.ts';
import { keptFiles, sourceOf } from '../support/kept-token.ts';
import type { Job } from '../support/run-action.ts';
import { messageOf } from '../support/verdicts.ts';

const SHARED = { reuse: 'repository' };
const OTHER_REPOSITORY = { ...SHARED, GITHUB_REPOSITORY: 'octo-org/p8e' };

describe('what is kept', () => {
  /** The `reuse` of a job, and its variables. */
  type Binding = Readonly<Record<string, string>>;

  test.for<readonly [string, Binding, Binding, string]>([
    ['by a job opens in it', {}, {}, 'job'],
    ['by a job does not open in another run', {}, { GITHUB_RUN_ID: '2' }, 'ims'],
    ['by a job does not open in another attempt', {}, { GITHUB_RUN_ATTEMPT: '2' }, 'ims'],
    ['by a job does not open in another job', {}, { GITHUB_JOB: 'p8e' }, 'ims'],
    ['by a job does not open in the repository', {}, SHARED, 'ims'],
    ['in a repository opens in it', SHARED, SHARED, 'repository'],
    ['in a repository does not open in a job', SHARED, {}, 'ims'],
    ['in a repository does not open in another', SHARED, OTHER_REPOSITORY, 'ims'],
  ])('%s', async ([, from, to, source], { cache, startJob, inputs }) => {
    const keep = async ({ reuse = 'job', ...env }: Binding) => {
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

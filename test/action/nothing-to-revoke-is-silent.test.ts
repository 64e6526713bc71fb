/** With nothing to revoke, the post step sends nothing and loads little. */

import { describe, expect } from 'vitest';

import { test } from '../support/fixtures.ts';
import { exportAll, revocations, REVOKING } from '../support/post-step.ts';
import { noteModules } from '../support/preload.ts';

describe('with nothing to revoke', () => {
  test.for([
    ['`revoke` is false', {}],
    ['the main step failed', { ...REVOKING, 'client-secret': 'p8e-test-wrong' }],
  ] as const)('since %s, it ends before it loads the rest', async ([, change], { job, inputs }) => {
    const modules = noteModules(job);
    await job.uses({ ...inputs, ...change }, { env: { NODE_OPTIONS: modules.options } });
    expect(modules.last()).toMatch(/ https$/m);
    const [post] = await job.finish();
    expect(post).toMatchObject({ exitCode: 0, stdout: '', stderr: '' });
    expect(modules.last()).not.toMatch(/ (https?|tls|net|crypto)$/m);
  });

  test.for([
    [
      'plain JSON',
      (_saved: string, url: string) =>
        JSON.stringify({ accessToken: 'p8e-test', expiresAtMs: 9e12, origin: url }),
    ],
    ['the state of a step of another job', (saved: string) => saved],
  ] as const)(
    'a later step that exports %s as its state has nothing sent',
    async ([, forge], { ims, job, startJob, inputs }) => {
      const other = await startJob({ env: { GITHUB_RUN_ID: '2' } });
      const [[name, saved] = ['', '']] = Object.entries(
        (await other.uses({ ...inputs, ...REVOKING })).state,
      );
      await job.uses(inputs);
      await exportAll(job, { [`STATE_${name}`]: forge(saved, ims.url) });
      const [post] = await job.finish();
      expect(post).toMatchObject({ exitCode: 0, stderr: '' });
      expect(revocations(ims)).toEqual([]);
    },
  );
});

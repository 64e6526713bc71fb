/** A step that fails sets no output, variable or state, and keeps no token. */

import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect } from 'vitest';

import { test } from '../support/fixtures.ts';
import { expectSuccess, failureOf, messageOf, written } from '../support/verdicts.ts';

describe('a file of the runner', () => {
  test.for(['GITHUB_OUTPUT', 'GITHUB_ENV', 'GITHUB_STATE', 'GITHUB_STEP_SUMMARY'])(
    '%s that cannot be written fails the step, and leaves nothing in the others',
    async (name, { job: { workspace }, startJob, inputs }) => {
      const folder = join(workspace, 'folder');
      mkdirSync(folder);
      const job = await startJob({ env: { [name]: folder } });
      const step = await job.uses({ ...inputs, revoke: 'true', summary: 'true' });
      expect(messageOf(step)).toMatch(/runner reads could not be written.*\(runner, EISDIR\)$/);
    },
  );

  test.for([{ GITHUB_ENV: '/p8e/no/such/file' }, { GITHUB_OUTPUT: '' }])(
    'that is missing fails the step before any request: %o',
    async (env, { ims, startJob, inputs }) => {
      const job = await startJob({ env });
      expect(failureOf(await job.uses(inputs), job)).toMatch(/\(runner, ENOENT\)$/);
      expect(ims.requests).toEqual([]);
    },
  );

  test('that the runner does not name fails the step, and leaves nothing in the others', async ({
    startJob,
    inputs,
  }) => {
    const job = await startJob({ env: { GITHUB_ENV: '' } });
    expect(failureOf(await job.uses(inputs), job)).toMatch(/could not be written.*\(runner\)$/);
  });

  test.skipIf(!existsSync('/dev/full'))(
    'that is full takes back what is in the others, and nothing is kept',
    async ({ startJob, inputs }) => {
      const job = await startJob({ env: { GITHUB_ENV: '/dev/full' } });
      expect(failureOf(await job.uses(inputs), job)).toMatch(/\(runner, ENOSPC\)$/);
    },
  );
});

test.for<readonly [string, Readonly<Record<string, string>>]>([
  ['no output file', { GITHUB_OUTPUT: '' }],
  ['no file at all', { GITHUB_OUTPUT: '', GITHUB_ENV: '', GITHUB_STATE: '', RUNNER_TEMP: '' }],
  ['no run', { GITHUB_RUN_ID: '', GITHUB_RUN_ATTEMPT: '', GITHUB_JOB: '' }],
  ['no repository', { GITHUB_REPOSITORY: '', GITHUB_SERVER_URL: '' }],
  ['authorities that are none', { NODE_USE_SYSTEM_CA: '1', SSL_CERT_FILE: '/dev/null' }],
])('a step with %s never ends in a stack trace', async ([, strange], { startJob, inputs }) => {
  const job = await startJob({ env: strange });
  const step = await job.uses({ ...inputs, revoke: 'true', summary: 'true' }, { debug: true });
  if (step.failed) messageOf(step);
  else expectSuccess(step);
  const [post] = await job.finish();
  expect(post).toMatchObject({ exitCode: 0, stderr: '' });
  expect(written(step)).not.toMatch(/^\s+at |Unexpected error/m);
});

/** The token of an earlier step is used again in its job. */

import { mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect } from 'vitest';

import { inputsFor, test } from '../support/fixtures.ts';
import { tokenAnswer } from '../support/ims-server.ts';
import { keptFiles } from '../support/kept-token.ts';
import { expectSuccess } from '../support/verdicts.ts';

describe('the token of an earlier step', () => {
  test('is used again without a request, and is kept sealed', async ({ ims, job, inputs }) => {
    const first = await job.uses(inputs);
    const second = await job.uses(inputs);
    expectSuccess(second);
    expect(ims.requests).toHaveLength(1);
    expect(second.outputs).toMatchObject({
      source: 'job',
      'access-token': first.outputs['access-token'],
      scopes: first.outputs['scopes'],
    });
    const [file = '', ...others] = keptFiles(job);
    expect(others).toEqual([]);
    // Windows knows no such modes: there the rights of the folder count.
    if (process.platform !== 'win32') expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readFileSync(file).includes(first.outputs['access-token'] ?? '')).toBe(false);
  });

  test.for([
    ['another secret', { 'client-secret': 'p8e-test-wrong' }],
    ['other scopes', { scopes: 'openid' }],
    ['another organization', { 'org-id': 'P8E@AdobeOrg' }],
    ['reuse: none', { reuse: 'none' }],
    ['less validity than needed', { 'min-validity': '999999' }],
  ] as const)('is not used with %s', async ([, change], { ims, job, inputs }) => {
    await job.uses(inputs);
    const second = await job.uses({ ...inputs, ...change });
    expect(ims.requests).toHaveLength(2);
    expect(second.outputs['source']).not.toBe('job');
  });

  test('is not used for another `ims-url`', async ({ startIms, job }) => {
    const [ims, other] = [await startIms(), await startIms()];
    await job.uses(inputsFor(ims));
    expect((await job.uses(inputsFor(other))).outputs['source']).toBe('ims');
    expect(other.requests).toHaveLength(1);
  });

  test('is not used once it has expired', async ({ ims, job, inputs }) => {
    ims.scriptAlways(tokenAnswer({ expires_in: 0.5 }));
    const given = { ...inputs, 'min-validity': '0' };
    await job.uses(given);
    expect((await job.uses(given)).outputs['source']).toBe('ims');
    expect(ims.requests).toHaveLength(2);
  });

  test('is whole when two steps kept one at once', async ({ ims, job, startJob, inputs }) => {
    const other = await startJob({ env: { RUNNER_TEMP: job.temp } });
    await Promise.all([job.uses(inputs), other.uses(inputs)]);
    expect(keptFiles(job)).toHaveLength(1);
    const before = ims.requests.length;
    expect((await job.uses(inputs)).outputs['source']).toBe('job');
    expect(ims.requests).toHaveLength(before);
  });

  test.for(['', 'relative', '/p8e/no/such/folder', '/dev/null'])(
    'is not kept where RUNNER_TEMP is %j, and nobody needs to know',
    async (temp, { ims, startJob, inputs }) => {
      const job = await startJob({ env: { RUNNER_TEMP: temp } });
      // Paths that are not absolute would lead into the workspace.
      mkdirSync(join(job.workspace, 'relative'));
      for (const step of [await job.uses(inputs), await job.uses(inputs)]) {
        expectSuccess(step);
        expect(step.annotations).toEqual([]);
      }
      expect(ims.requests).toHaveLength(2);
      expect(readdirSync(job.workspace, { recursive: true }).join()).not.toContain('adobe-');
    },
  );
});

/** The runner cancels: SIGINT, and SIGTERM later. In each phase the step ends by itself, with one plain line. */

import { describe, expect } from 'vitest';

import { test } from '../support/fixtures.ts';
import type { Fault } from '../support/ims-server.ts';
import { type Job, type StepResult, when } from '../support/run-action.ts';
import { expectNothingKept, expectNothingSet, written } from '../support/verdicts.ts';

/** The runner annotates a cancelled step itself, so the step does not. */
function expectCancelled(step: StepResult, job: Job): void {
  expectNothingSet(step);
  expectNothingKept(job);
  expect(step.annotations).toEqual([]);
  expect(written(step).match(/^The step was cancelled.*$/gm)).toHaveLength(1);
  expect(written(step)).not.toContain('SIG');
  // Far below any limit that the step itself has here, and enough for a busy machine.
  expect(step.durationMs).toBeLessThan(10_000);
}

// On Windows a signal from outside ends a process before it can say anything.
describe.skipIf(process.platform === 'win32').concurrent('a cancelled step says so', () => {
  test.for<readonly [NodeJS.Signals, string, Fault]>([
    ['SIGINT', 'waits for an answer', 'silence'],
    ['SIGTERM', 'waits for an answer', 'silence'],
    ['SIGINT', 'reads headers', 'slow-headers'],
    ['SIGINT', 'reads a body', 'byte-per-second'],
  ])('after %s while it %s', async ([signal, , fault], { ims, job, inputs }) => {
    ims.scriptAlways({ fault });
    const onStart = when(() => ims.requests.length > 0, signal);
    expectCancelled(await job.uses(inputs, { onStart }), job);
    expect(ims.requests).toHaveLength(1);
  });

  test('while it waits for a proxy', async ({ startProxy, job, inputs }) => {
    const proxy = await startProxy({ behaviour: 'silent' });
    const onStart = when(() => proxy.tunnels.length > 0, 'SIGINT');
    const env = { https_proxy: proxy.url };
    const url = 'https://ims-na1.adobelogin.com';
    expectCancelled(await job.uses({ ...inputs, 'ims-url': url }, { onStart, env }), job);
  });

  test.for(['SIGINT', 'SIGTERM'] as const)(
    'after %s while it waits for the next attempt',
    async (signal, { ims, job, inputs }) => {
      ims.scriptAlways({ status: 503, headers: { 'retry-after': '40' } });
      let waiting = false;
      const step = await job.uses(inputs, {
        onStart: when(() => waiting, signal),
        onLine: (line) => {
          waiting ||= line.startsWith('Attempt 1');
        },
      });
      expectCancelled(step, job);
      expect(ims.requests).toHaveLength(1);
    },
  );

  test('and a cancelled revocation fails no job', async ({ ims, job, inputs }) => {
    await job.uses({ ...inputs, revoke: 'true' });
    ims.scriptAlways({ fault: 'silence' });
    const [post] = await job.finish({ onStart: when(() => ims.requests.length > 1, 'SIGINT') });
    expect(post).toMatchObject({ exitCode: 0, stderr: '' });
    expect(post?.annotations.map(({ level }) => level)).toEqual(['warning']);
    expect(post?.durationMs).toBeLessThan(8000);
  });
});

/** The runner cancels with SIGINT, and SIGTERM later. In each phase the step ends by itself, with one plain line. */

import { describe, expect } from 'vitest';

import { StepError } from '../../src/failure.ts';

import { test as withCache } from '../support/cache-fixtures.ts';
import { OPERATIONS } from '../support/cache-service.ts';
import { test } from '../support/fixtures.ts';
import type { Fault } from '../support/ims-server.ts';
import { test as inProcess } from '../support/in-process.ts';
import { type Job, type StepResult, when } from '../support/run-action.ts';
import { expectNothingKept, expectNothingSet, written } from '../support/verdicts.ts';

/** The runner annotates a cancelled step itself, so the step does not. */
function expectCancelled(step: StepResult, job: Job): void {
  expectNothingSet(step);
  expectNothingKept(job);
  expect(step.annotations).toEqual([]);
  expect(written(step).match(/^The step was cancelled.*$/gm)).toHaveLength(1);
  expect(written(step)).not.toContain('SIG');
}

/** No limit of the step ends it before that of the test does. */
const LONG = { timeout: '300' };
const EMPTY = { GITHUB_OUTPUT: '', GITHUB_ENV: '', GITHUB_STATE: '', GITHUB_STEP_SUMMARY: '' };

// On Windows a signal from outside ends a process before it can say anything.
describe.skipIf(process.platform === 'win32').concurrent('a step is cancelled', () => {
  test.for<readonly [NodeJS.Signals, string, Fault]>([
    ['SIGINT', 'waits for an answer', 'silence'],
    ['SIGTERM', 'waits for an answer', 'silence'],
    ['SIGINT', 'reads headers', 'slow-headers'],
    ['SIGINT', 'reads a body', 'byte-per-second'],
  ])('after %s while it %s', async ([signal, , fault], { ims, job, inputs }) => {
    ims.scriptAlways({ fault });
    const onStart = when(() => ims.requests.length > 0, signal);
    expectCancelled(await job.uses({ ...inputs, ...LONG }, { onStart }), job);
    expect(ims.requests).toHaveLength(1);
  });

  test('while it waits for a proxy', async ({ startProxy, job, inputs }) => {
    const proxy = await startProxy({ behaviour: 'silent' });
    const onStart = when(() => proxy.tunnels.length > 0, 'SIGINT');
    const env = { https_proxy: proxy.url };
    const url = 'https://ims-na1.adobelogin.com';
    expectCancelled(await job.uses({ ...inputs, ...LONG, 'ims-url': url }, { onStart, env }), job);
  });

  test.for(['SIGINT', 'SIGTERM'] as const)(
    'after %s while it waits for the next attempt',
    async (signal, { ims, job, inputs }) => {
      ims.scriptAlways({ status: 503, headers: { 'retry-after': '250' } });
      let waiting = false;
      const step = await job.uses(
        { ...inputs, ...LONG },
        {
          onStart: when(() => waiting, signal),
          onLine: (line) => {
            waiting ||= line.startsWith('Attempt 1');
          },
        },
      );
      expectCancelled(step, job);
      expect(ims.requests).toHaveLength(1);
    },
  );
});

describe('between an answer and what is made of it', () => {
  inProcess(
    'a step that is cancelled after the answer of IMS publishes nothing',
    async ({ ims, inProcessJob, inputs }) => {
      const controller = new AbortController();
      // The clock is read when an answer has come, and the signal comes just then.
      const now = (): number => {
        if (ims.requests.length === 1)
          controller.abort(
            new StepError({ code: 'cancelled', happened: 'p8e-test cancelled.', remedy: 'p8e.' }),
          );
        return 0;
      };
      const change = { clock: { now }, signal: controller.signal };
      const given = { ...inputs, revoke: 'true', summary: 'true' };
      const run = await inProcessJob.run(given, {}, change);
      expect(ims.requests).toHaveLength(1);
      expect(run).toMatchObject({ exitCode: 1, errors: [], files: EMPTY, temp: '' });
      expect(run.log.at(-1)).toBe('p8e-test cancelled. It set nothing. p8e.');
    },
  );
});

// On Windows a signal from outside ends a process before it can say anything.
describe.skipIf(process.platform === 'win32').concurrent('a cancelled step', () => {
  withCache.for(OPERATIONS)(
    'leaves a cache service that is silent at %s',
    async (operation, { cache, runJob }) => {
      await runJob();
      if (operation !== 'lookup' && operation !== 'download') cache.entries.length = 0;
      cache.requests.length = 0;
      cache.faults[operation] = { fault: 'silence' };
      const onStart = when(() => cache.requestsTo(operation).length > 0, 'SIGINT');
      const step = await runJob({}, {}, { onStart });
      expect(step.annotations).toEqual([]);
      // This line would mean that the time limit of the cache ended the step, and not the signal.
      expect(step.log).not.toContain('did not answer in time');
      // Once the outputs are written, a signal only ends the keeping.
      const reading = operation === 'lookup' || operation === 'download';
      expect(step.exitCode).toBe(reading ? 1 : 0);
      expect(step.outputs['access-token'] === undefined).toBe(reading);
    },
  );
});

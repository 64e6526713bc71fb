/** Moments that no test can hit from outside: the steps of `src` run in this process, with a clock of the test. */

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { StepError } from '../../src/failure.ts';

import { inputsFor } from '../support/fixtures.ts';
import { type ImsServer, startIms } from '../support/ims-server.ts';
import { type InProcessJob, startInProcessJob } from '../support/in-process.ts';

const EMPTY = { GITHUB_OUTPUT: '', GITHUB_ENV: '', GITHUB_STATE: '', GITHUB_STEP_SUMMARY: '' };

describe('a step', () => {
  let ims: ImsServer;
  let job: InProcessJob;
  beforeEach(async () => {
    ims = await startIms();
    job = startInProcessJob();
  });
  afterEach(async () => {
    job.dispose();
    await ims.close();
  });

  it('that is cancelled after the answer of IMS publishes nothing', async () => {
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
    const run = await job.run({ ...inputsFor(ims), revoke: 'true', summary: 'true' }, {}, change);
    expect(ims.requests).toHaveLength(1);
    expect(run).toMatchObject({ exitCode: 1, errors: [], files: EMPTY, temp: '' });
    expect(run.log.at(-1)).toBe('p8e-test cancelled. It set nothing. p8e.');
  });

  it('counts `timeout` from its start, with what the cache has cost', async () => {
    // As if 50 of the 60 seconds were gone before the first request.
    let nowMs = 50_000;
    const clock = {
      now: () => nowMs,
      sleep: (ms: number) => {
        nowMs += ms;
        return Promise.resolve();
      },
    };
    ims.scriptAlways({ status: 503 });
    const run = await job.run(inputsFor(ims), {}, { clock });
    expect(run.errors).toEqual([expect.stringMatching(/^No token after \d attempts? within 60 s/)]);
    expect(nowMs).toBeGreaterThan(50_000);
    expect(nowMs).toBeLessThanOrEqual(60_000);
  });
});

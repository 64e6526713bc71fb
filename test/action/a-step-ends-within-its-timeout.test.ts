/** A step ends within `timeout`, whatever the server does. */

import { describe, expect } from 'vitest';

import { test } from '../support/fixtures.ts';
import type { ScriptedAnswer } from '../support/ims-server.ts';
import { test as inProcess } from '../support/in-process.ts';
import { expectEndsWithin } from '../support/limits.ts';
import { failureOf } from '../support/verdicts.ts';

// Concurrent, as each of these takes seconds.
describe.concurrent('a failure that lasts until `timeout` ends the step', () => {
  const cases: readonly (readonly [string, ScriptedAnswer, RegExp])[] = [
    ['HTTP 503', { status: 503 }, /IMS is not available.*HTTP 503/],
    ['silence', { fault: 'silence' }, /did not answer in time/],
    ['HTTP 101', { fault: 'switching-protocols' }, /did not answer in time/],
    ['slow headers', { fault: 'slow-headers' }, /did not answer in time/],
    ['one byte a second', { fault: 'byte-per-second' }, /did not answer in time/],
    ['a body without an end', { fault: 'left-open' }, /did not answer in time.*\(timeout, /],
    ['garbled headers', { fault: 'garbled-headers' }, /not valid HTTP.*\(malformed_answer, HPE_/],
    ['an answer that is cut off', { fault: 'cut-off' }, /broke before the whole answer came/],
  ];
  test.for(cases)('%s', async ([, answer, message], { ims, job, inputs }) => {
    ims.scriptAlways(answer);
    const step = await job.uses({ ...inputs, timeout: '9' });
    expect(failureOf(step, job)).toMatch(message);
    expect(ims.requests.length).toBeGreaterThan(1);
    expectEndsWithin(9, step);
  });

  test('connections that close', async ({ ims, job, inputs }) => {
    ims.dropConnections(1000);
    const step = await job.uses({ ...inputs, timeout: '9' });
    expect(failureOf(step, job)).toMatch(/broke before the whole answer came/);
    expect(ims.connections).toBeGreaterThan(1);
    expectEndsWithin(9, step);
  });

  test('nobody who listens', async ({ job, inputs }) => {
    const step = await job.uses({ ...inputs, 'ims-url': 'http://127.0.0.1:1', timeout: '5' });
    expect(failureOf(step, job)).toMatch(/No connection.*ECONNREFUSED/);
  });
});

inProcess(
  'a step counts `timeout` from its start, with what the cache has cost',
  async ({ ims, inProcessJob, inputs }) => {
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
    const run = await inProcessJob.run(inputs, {}, { clock });
    expect(run.errors).toEqual([expect.stringMatching(/^No token after \d attempts? within 60 s/)]);
    expect(nowMs).toBeGreaterThan(50_000);
    expect(nowMs).toBeLessThanOrEqual(60_000);
  },
);

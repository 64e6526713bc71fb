/** `Retry-After` decides when the next attempt is made, and whether one is. */

import { describe, expect, it } from 'vitest';

import { parseRetryAfter } from '../../src/ims/answers.ts';
import { nextWaitMs } from '../../src/ims/retry.ts';

import { NOW } from '../support/answers.ts';
import { test } from '../support/fixtures.ts';
import { retryAfter, type RecordedRequest, type ScriptedAnswer } from '../support/ims-server.ts';
import { expectSuccess, messageOf } from '../support/verdicts.ts';

/** A date has whole seconds, and the `Date` of the answer too. */
const EARLY_MS = 1000;

/** Milliseconds between the first two requests. */
function waitedMs([first, second]: readonly RecordedRequest[]): number {
  if (first === undefined || second === undefined) throw new Error('no second request');
  return second.atMs - first.atMs;
}

/** An HTTP date, so many milliseconds from now. */
const dateIn = (ms: number): string => new Date(Date.now() + ms).toUTCString();

// Concurrent, as each of these takes seconds.
describe.concurrent('Retry-After', () => {
  test('in seconds is waited for', async ({ ims, job, inputs }) => {
    ims.script(retryAfter('1'));
    expectSuccess(await job.uses(inputs));
    expect(waitedMs(ims.requests)).toBeGreaterThan(900);
  });

  test.for([
    ['a date', (date: string) => date],
    // The form of asctime, RFC 9110, section 5.6.7: it names no zone.
    [
      'a date without a zone',
      (date: string) => date.replace(/, (\d+) (\w+) (\d+) (.*) GMT/, ' $2 $1 $4 $3'),
    ],
  ] as const)(
    'as %s is waited for, wherever the runner is',
    async ([, form], { ims, job, inputs }) => {
      // Early enough for a step that starts late.
      const date = dateIn(8000);
      ims.script(retryAfter(form(date)));
      expectSuccess(await job.uses(inputs, { env: { TZ: 'America/New_York' } }));
      expect(ims.requests[1]?.date).toBeGreaterThan(Date.parse(date) - EARLY_MS);
    },
  );

  /** Of a server whose clock is so many milliseconds ahead of ours. */
  const answer = (aheadMs: number, waitMs: number): ScriptedAnswer => ({
    status: 503,
    headers: { date: dateIn(aheadMs), 'retry-after': dateIn(aheadMs + waitMs) },
  });

  test('as a date is measured by the clock of the server, which is ahead', async ({
    ims,
    job,
    inputs,
  }) => {
    ims.script(answer(3_600_000, 2000));
    expectSuccess(await job.uses(inputs));
    expect(ims.requests).toHaveLength(2);
  });

  test('as a date is measured by the clock of the server, which is behind', async ({
    ims,
    job,
    inputs,
  }) => {
    ims.script(answer(-3_600_000, 3000));
    expectSuccess(await job.uses(inputs));
    expect(waitedMs(ims.requests)).toBeGreaterThan(2500);
  });

  test('without a readable Date is measured by our clock', async ({ ims, job, inputs }) => {
    const date = dateIn(8000);
    ims.script({ status: 503, headers: { date: 'soon', 'retry-after': date } });
    expectSuccess(await job.uses(inputs));
    expect(ims.requests[1]?.date).toBeGreaterThan(Date.parse(date) - EARLY_MS);
  });

  test('that leaves no time for another attempt says how much is left', async ({
    ims,
    job,
    inputs,
  }) => {
    ims.scriptAlways({ status: 429, headers: { 'retry-after': '9' } });
    const message = messageOf(await job.uses({ ...inputs, timeout: '10' }));
    expect(message).toMatch(
      /asks to wait 9 s\. Too little of the 10 s of `timeout` is left for another attempt after that: \d\.\d s is left, and another attempt needs \d\.\d s \(1 attempt made\)/,
    );
    expect(ims.requests).toHaveLength(1);
  });
});

describe('the value', () => {
  it.each([
    ['5', 5000],
    [' 0 ', 0],
    ['Mon, 23 Nov 2026 12:00:10 GMT', 10_000],
    ['Mon, 23 Nov 2026 11:00:00 GMT', 0],
    ['Monday, 23-Nov-26 12:00:10 GMT', 10_000],
    ['', undefined],
    ['-5', undefined],
    ['1.5', undefined],
    ['soon', undefined],
    ['Mon, 99 Foo 2026', undefined],
  ])('%j is %j ms', (value, expected) => {
    expect(parseRetryAfter(value, NOW)).toBe(expected);
  });
});

describe('the next wait', () => {
  it('is longer each time, and at most 8 s', () => {
    const waits = [1, 2, 3, 4, 9].map((attempt) => nextWaitMs(attempt, 0, 60_000, 0.5));
    expect(waits).toEqual([750, 1500, 3000, 4000, 4000]);
  });

  it('is none when Retry-After is beyond the room', () => {
    expect(nextWaitMs(1, 5001, 5000, 0)).toBe('retry_after');
    expect(nextWaitMs(1, 0, 0, 0)).toBe('deadline');
  });

  it('is clamped to the room', () => {
    expect(nextWaitMs(9, 0, 100, 0.5)).toBe(100);
    expect(nextWaitMs(1, 4000, 5000, 0.9)).toBe(5000);
  });
});

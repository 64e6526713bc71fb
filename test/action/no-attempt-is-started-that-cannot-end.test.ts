/** No attempt is started that cannot end within `timeout`; the error shown is the one that helps. */

import { describe, expect, it } from 'vitest';

import { TimeBudget } from '../../src/ims/retry.ts';

import { test } from '../support/fixtures.ts';
import { tokenAnswer } from '../support/ims-server.ts';
import { messageOf } from '../support/verdicts.ts';

const DEBUG_ID = { 'x-debug-id': 'p8e-test-debug' };
/** Enough for an answer that a busy machine reads a second late. */
const TIMEOUT_MS = 9000;
const timeout = String(TIMEOUT_MS / 1000);

describe.concurrent('an answer that comes late until the deadline', () => {
  const cases = [429, 503].flatMap((status) =>
    [0, 600, 1400].map((afterMs) => [status, afterMs] as const),
  );
  test.for(cases)(
    'HTTP %i after %i ms is the error that is shown, with its x-debug-id',
    async ([status, afterMs], { ims, job, inputs }) => {
      ims.scriptAlways({ status, afterMs, headers: DEBUG_ID });
      const message = messageOf(await job.uses({ ...inputs, timeout }));
      const code = status === 429 ? 'throttled' : 'ims_unavailable';
      expect(message).toContain(`(${code}, HTTP ${status}, x-debug-id p8e-test-debug)`);
      expect(message).toMatch(/^No token after \d+ attempts? within 9 s/);
    },
  );

  const grants = [
    ['a code', { 'grant-type': 'authorization_code', code: 'p8e-test-code' }],
    ['a refresh token', { 'grant-type': 'refresh_token', 'refresh-token': 'p8e-test-refresh' }],
  ] as const;
  test.for(grants)(
    'with %s: it is not called lost, and the last request had a third of the time',
    async ([, grant], { ims, job, inputs }) => {
      ims.scriptAlways({ status: 503, afterMs: 100, headers: DEBUG_ID });
      const step = await job.uses({ ...inputs, ...grant, timeout });
      expect(messageOf(step)).toMatch(/another attempt needs 3\.1 s.*\(ims_unavailable, HTTP 503/);
      const [first, last] = [ims.requests[0]?.atMs ?? 0, ims.requests.at(-1)?.atMs ?? 0];
      // Two thirds, and what a busy machine adds.
      expect(last - first).toBeLessThan((TIMEOUT_MS * 2) / 3 + 1500);
    },
  );

  test.for(grants)(
    'with %s: no request is left before its answer, if IMS recovers',
    async ([, grant], { startIms, job, inputs: usual }) => {
      const slow = { ...tokenAnswer({ refresh_token: 'p8e-test-new' }), afterMs: 1500 };
      let recovers: NodeJS.Timeout | undefined;
      const ims = await startIms({
        onExchange: () => {
          recovers ??= setTimeout(
            () => {
              ims.scriptAlways(slow);
            },
            (TIMEOUT_MS * 2) / 3,
          );
        },
      });
      ims.scriptAlways({ status: 503 });
      const inputs = { ...usual, ...grant, 'ims-url': ims.url, timeout };
      await job.uses(inputs);
      clearTimeout(recovers);
      await ims.close();
      expect(ims.requests.filter(({ abandoned }) => abandoned)).toEqual([]);
    },
  );
});

describe('the time of a step', () => {
  const budgetAt = (nowMs: number, timeoutSeconds = 60, singleUse = false): TimeBudget => {
    const clock = {
      now: () => nowMs,
      date: () => 0,
      random: () => 0,
      sleep: () => new Promise<void>(() => undefined),
    };
    return new TimeBudget(timeoutSeconds, clock, singleUse);
  };

  it('gives a request a third, at most 30 s, and never more than is left', () => {
    expect(budgetAt(0).limitMs).toBe(20_000);
    expect(budgetAt(57_000).limitMs).toBe(3000);
    expect(budgetAt(0, 3600).limitMs).toBe(30_000);
    expect(budgetAt(60_005).limitMs).toBe(1);
  });

  it.each([
    ['a second without a slow answer', 300, 1000],
    ['twice the slowest answer', 700, 1400],
    ['at most the limit of a request', 15_000, 20_000],
  ])('keeps %s for another request', (_what, slowestMs, neededMs) => {
    const budget = budgetAt(0);
    for (const ms of [10, slowestMs, 20]) budget.noteAnswer(ms);
    expect(budget.neededMs).toBe(neededMs);
  });

  it('keeps a third for a code or a refresh token', () => {
    expect(budgetAt(0, 60, true).neededMs).toBe(20_000);
    expect(budgetAt(0, 3600, true).neededMs).toBe(30_000);
  });

  it('keeps at most the limit of a request', () => {
    expect(budgetAt(0, 2).neededMs).toBe(2000 / 3);
  });
});

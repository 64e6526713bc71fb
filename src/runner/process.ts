/** What the process offers a step: clocks, and the signals that cancel it. */

import { setTimeout as delay } from 'node:timers/promises';

import { StepError } from '../failure.ts';

export type Clock = {
  /** Milliseconds since the step began, monotonic: for limits and waits. */
  readonly now: () => number;
  /** Milliseconds since 1970: for expiry, which other machines read too. */
  readonly date: () => number;
  /** Waits `ms` milliseconds; rejects with what `signal` was aborted with. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  /** A number from 0 up to, not including, 1. */
  readonly random: () => number;
};

export type Runtime = {
  readonly clock: Clock;
  /** Aborted with a StepError when the runner cancels the step. */
  readonly signal: AbortSignal;
};

export function startClock(): Clock {
  // Not `performance`, which takes Node some milliseconds to load.
  const startedNs = process.hrtime.bigint();
  return {
    now: () => Number(process.hrtime.bigint() - startedNs) / 1e6,
    date: () => Date.now(),
    sleep: (ms, signal) =>
      delay(ms, undefined, { signal }).catch(() => {
        signal.throwIfAborted();
      }),
    random: () => Math.random(),
  };
}

/**
 * Aborted when the runner cancels the step. It sends SIGINT, and SIGTERM 7.5 seconds later
 * (actions/runner, ProcessInvoker.cs).
 */
export function cancellation(): AbortSignal {
  const controller = new AbortController();
  const cancel = (): void => {
    controller.abort(
      new StepError({
        code: 'cancelled',
        happened: 'The step was cancelled.',
        remedy: 'Run the job again if that was not intended.',
      }),
    );
  };
  process.once('SIGINT', cancel);
  process.once('SIGTERM', cancel);
  return controller.signal;
}

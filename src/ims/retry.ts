/** When to try again: the policy, which is pure, and the loop, whose clock is injected. */

import { type Failure, StepError } from '../failure.ts';
import type { Clock } from '../runner/process.ts';

const FIRST_WINDOW_MS = 1500;
const WINDOW_GROWTH = 2;
const LAST_WINDOW_MS = 8000;
/** A shorter attempt has no chance: it is better to say why the last one failed. */
const LEAST_ATTEMPT_MS = 250;
const LONGEST_ATTEMPT_MS = 30_000;

/**
 * The time limit of one attempt in milliseconds: a third of the whole, so that a silent server still
 * leaves room for another.
 */
export function attemptLimitMs(timeoutMs: number, remainingMs: number): number {
  return Math.min(timeoutMs / 3, LONGEST_ATTEMPT_MS, Math.max(1, remainingMs));
}

/**
 * Milliseconds to wait before the next attempt: `Retry-After` if given, plus full jitter over a window that
 * doubles, cut to fit the deadline. Otherwise what leaves no time for another attempt.
 * @param attempt number of the attempt that failed, from 1
 * @param random from 0 up to, not including, 1
 */
export function nextWaitMs(
  attempt: number,
  retryAfterMs: number,
  remainingMs: number,
  random: number,
): number | 'deadline' | 'retry_after' {
  const room = remainingMs - LEAST_ATTEMPT_MS;
  if (retryAfterMs > 0 && retryAfterMs >= room) return 'retry_after';
  if (room <= 0) return 'deadline';
  const window = Math.min(FIRST_WINDOW_MS * WINDOW_GROWTH ** (attempt - 1), LAST_WINDOW_MS);
  // Cut to the room rather than drawn from it: near the deadline there is one last attempt, not a burst.
  return Math.min(retryAfterMs + random * window, room);
}

/** Why there is no further attempt, in front of why the last one failed. */
function gaveUp(
  reason: 'deadline' | 'retry_after',
  { code, happened, remedy, facts = [], retry }: Failure,
  attempts: number,
  timeoutSeconds: number,
): Failure {
  const tries = attempts === 1 ? '1 attempt' : `${attempts} attempts`;
  if (reason === 'deadline')
    return {
      code,
      happened: `No token after ${tries} within ${timeoutSeconds} s. ${happened}`,
      remedy,
      facts,
    };
  const seconds = Math.ceil((retry?.afterMs ?? 0) / 1000);
  return {
    code: 'retry_after',
    happened: `${happened} It asks to wait ${seconds} s, and less is left of the ${timeoutSeconds} s of \`timeout\` (${tries} made).`,
    remedy: 'Raise `timeout`, or run the job again after that time.',
    facts,
  };
}

export type RetryOptions = {
  readonly timeoutSeconds: number;
  /** What `clock.now()` said when the step began. */
  readonly startedMs: number;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Called before each wait. */
  readonly onRetry: (attempt: number, failure: Failure, waitMs: number) => void;
};

/**
 * Runs `attempt` until it succeeds, fails for good, or the time is up.
 * @param attempt gets its own time limit in milliseconds
 * @throws StepError; what `signal` was aborted with
 */
export async function retrying<T>(
  attempt: (limitMs: number) => Promise<T>,
  { timeoutSeconds, startedMs, clock, signal, onRetry }: RetryOptions,
): Promise<T> {
  const timeoutMs = timeoutSeconds * 1000;
  const remainingMs = (): number => startedMs + timeoutMs - clock.now();
  for (let attempts = 1; ; attempts += 1) {
    try {
      return await attempt(attemptLimitMs(timeoutMs, remainingMs()));
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof StepError) || error.failure.retry === undefined) throw error;
      const { failure } = error;
      const afterMs = error.failure.retry.afterMs ?? 0;
      const wait = nextWaitMs(attempts, afterMs, remainingMs(), clock.random());
      if (typeof wait === 'string')
        throw new StepError(gaveUp(wait, failure, attempts, timeoutSeconds), { cause: error });
      onRetry(attempts, failure, wait);
      await clock.sleep(wait, signal);
    }
  }
}

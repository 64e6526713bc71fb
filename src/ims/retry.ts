/** When to try again: the policy, which is pure, and the loop, whose clock is injected. */

import * as core from '@actions/core';

import { type Failure, StepError } from '../failure.ts';
import type { Clock } from '../runner/process.ts';

const FIRST_WINDOW_MS = 1500;
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
  const window = Math.min(FIRST_WINDOW_MS * 2 ** (attempt - 1), LAST_WINDOW_MS);
  // Cut to the room rather than drawn from it: near the deadline there is one last attempt, not a burst.
  return Math.min(retryAfterMs + random * window, room);
}

/** Why there is no further attempt, in front of why the last one failed. */
function gaveUp(
  reason: 'deadline' | 'retry_after',
  { retry, ...last }: Failure,
  attempts: number,
  timeoutSeconds: number,
): Failure {
  const tries = attempts === 1 ? '1 attempt' : `${attempts} attempts`;
  if (reason === 'deadline')
    return {
      ...last,
      happened: `No token after ${tries} within ${timeoutSeconds} s. ${last.happened}`,
    };
  const seconds = Math.ceil((retry?.afterMs ?? 0) / 1000);
  return {
    ...last,
    code: 'retry_after',
    happened: `${last.happened} It asks to wait ${seconds} s, and less is left of the ${timeoutSeconds} s of \`timeout\` (${tries} made).`,
    remedy: 'Raise `timeout`, or run the job again after that time.',
  };
}

function logRetry(attempt: number, { happened, facts = [] }: Failure, waitMs: number): void {
  const others = facts.filter((fact) => !happened.includes(fact));
  const more = others.length === 0 ? '' : ` (${others.join(', ')})`;
  const next = `Next attempt in ${(waitMs / 1000).toFixed(1)} s.`;
  core.info(`Attempt ${attempt} failed: ${happened}${more} ${next}`);
}

/**
 * Runs `attempt` until it succeeds, fails for good, or the time is up; each retry is one line in the log.
 * @param attempt gets its own time limit in milliseconds
 * @throws StepError; what `signal` was aborted with
 */
export async function retrying<T>(
  attempt: (limitMs: number) => Promise<T>,
  options: { readonly timeoutSeconds: number; readonly clock: Clock; readonly signal: AbortSignal },
): Promise<T> {
  const { timeoutSeconds, clock, signal } = options;
  const timeoutMs = timeoutSeconds * 1000;
  for (let attempts = 1; ; attempts += 1) {
    try {
      return await attempt(attemptLimitMs(timeoutMs, timeoutMs - clock.now()));
    } catch (error) {
      if (!(error instanceof StepError) || error.failure.retry === undefined) throw error;
      const { failure } = error;
      const afterMs = error.failure.retry.afterMs ?? 0;
      const wait = nextWaitMs(attempts, afterMs, timeoutMs - clock.now(), clock.random());
      if (typeof wait === 'string')
        throw new StepError(gaveUp(wait, failure, attempts, timeoutSeconds), { cause: error });
      logRetry(attempts, failure, wait);
      await clock.sleep(wait, signal);
    }
  }
}

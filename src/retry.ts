/** When to try again: the policy, which is pure, and the loop, whose clock is injected. */

import {
  type AttemptError,
  GaveUpError,
  ImsError,
  AnswerError,
  NetworkError,
  type NetworkFault,
  isAttemptError,
} from './errors.ts';

export type Clock = {
  /** Milliseconds, monotonic. */
  readonly now: () => number;
  /** Waits `ms` milliseconds; rejects when `signal` is aborted. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  /** A number from 0 up to, not including, 1. */
  readonly random: () => number;
};

const FIRST_WINDOW_MS = 1500;
const WINDOW_GROWTH = 2;
const LAST_WINDOW_MS = 8000;
/** Under this, an attempt has no chance: it is better to say why the last one failed. */
const LEAST_ATTEMPT_MS = 250;
const LONGEST_ATTEMPT_MS = 30_000;

/**
 * The time limit of one attempt in milliseconds: a third of the whole, so that a silent server still
 * leaves room for another.
 */
export function attemptLimitMs(timeoutMs: number, remainingMs: number): number {
  return Math.min(timeoutMs / 3, LONGEST_ATTEMPT_MS, remainingMs);
}

const TRANSIENT_FAULTS: readonly NetworkFault[] = [
  'connection',
  'proxy_unreached',
  'attempt_timeout',
];

/** Whether the same request may succeed a moment later. */
export function isTransient(error: AttemptError): boolean {
  if (error instanceof ImsError)
    return error.status === 408 || error.status === 429 || error.status >= 500;
  if (error instanceof AnswerError) return error.fault === 'not_json';
  return TRANSIENT_FAULTS.includes(error.fault);
}

/**
 * Whether IMS may have served the request although its answer never arrived. An authorization code is
 * used up by that, so a second attempt would only hide what happened. 408, 429 and 503 say that the
 * request was not served.
 */
function answerMayBeLost(error: AttemptError): boolean {
  if (error instanceof NetworkError) return error.mayHaveArrived;
  if (error instanceof AnswerError) return error.fault === 'not_json';
  return error.status >= 500 && error.status !== 503;
}

export type Wait =
  | { readonly kind: 'wait'; readonly ms: number }
  | { readonly kind: 'give_up'; readonly reason: 'deadline' | 'retry_after' };

/**
 * How long to wait before the next attempt: `Retry-After` if given, plus full jitter over a window that
 * doubles. A `Retry-After` beyond the deadline gives up at once; jitter is cut to fit the deadline.
 * @param attempt number of the attempt that failed, from 1
 */
export function nextWait(
  attempt: number,
  retryAfterMs: number | undefined,
  remainingMs: number,
  random: number,
): Wait {
  const room = remainingMs - LEAST_ATTEMPT_MS;
  const least = retryAfterMs ?? 0;
  if (least > 0 && least >= room) return { kind: 'give_up', reason: 'retry_after' };
  if (room <= 0) return { kind: 'give_up', reason: 'deadline' };
  const window = Math.min(FIRST_WINDOW_MS * WINDOW_GROWTH ** (attempt - 1), LAST_WINDOW_MS);
  // Cut to the room rather than drawn from it: near the deadline there is one last attempt, not a burst.
  return { kind: 'wait', ms: Math.min(least + random * window, room) };
}

export type RetryOptions = {
  readonly timeoutSeconds: number;
  /** What `clock.now()` said when the step began. */
  readonly startedMs: number;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** True for a request that must not be repeated when its answer was lost. */
  readonly usedUpByAttempt: boolean;
  readonly onRetry: (retry: {
    readonly attempt: number;
    readonly error: AttemptError;
    readonly waitMs: number;
  }) => void;
};

/**
 * Runs `attempt` until it succeeds, fails for good, or the time is up.
 * @param attempt gets its own time limit in milliseconds
 * @throws the error of an attempt that no repetition can mend; GaveUpError; what `signal` was aborted with
 */
export async function retrying<T>(
  attempt: (limitMs: number) => Promise<T>,
  options: RetryOptions,
): Promise<T> {
  const { clock, signal, timeoutSeconds } = options;
  const timeoutMs = timeoutSeconds * 1000;
  const remaining = (): number => options.startedMs + timeoutMs - clock.now();
  for (let attempts = 1; ; attempts += 1) {
    try {
      return await attempt(attemptLimitMs(timeoutMs, Math.max(1, remaining())));
    } catch (error) {
      signal.throwIfAborted();
      if (!isAttemptError(error) || !isTransient(error)) throw error;
      const giveUp = (reason: GaveUpError['reason']): GaveUpError =>
        new GaveUpError(reason, { attempts, timeoutSeconds, last: error });
      if (options.usedUpByAttempt && answerMayBeLost(error)) throw giveUp('answer_lost');
      const retryAfterMs = error instanceof ImsError ? error.retryAfterMs : undefined;
      const wait = nextWait(attempts, retryAfterMs, remaining(), clock.random());
      if (wait.kind === 'give_up') throw giveUp(wait.reason);
      options.onRetry({ attempt: attempts, error, waitMs: wait.ms });
      await clock.sleep(wait.ms, signal);
    }
  }
}

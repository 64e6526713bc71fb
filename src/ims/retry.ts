/** When to send another request: the policy, which is pure, and the loop with an injected clock. */

import { info } from '../runner/commands.ts';

import { type Failure, StepError } from '../failure.ts';
import type { Clock, Runtime } from '../runner/process.ts';

const FIRST_WINDOW_MS = 1500;
const LAST_WINDOW_MS = 8000;
const LONGEST_REQUEST_MS = 30_000;
const SHORTEST_REQUEST_MS = 1000;
/** Spare time, as a timer may end some milliseconds late. */
const TIMER_MS = 50;

/** The time of a step, and what another request needs of it. */
export class TimeBudget {
  readonly timeoutSeconds: number;
  readonly #clock: Clock;
  readonly #thirdMs: number;
  readonly #singleUse: boolean;
  #slowestMs = 0;

  /**
   * @param timeoutSeconds counted from the start of the step
   * @param singleUse whether the grant holds a code or a refresh token. IMS may accept it only once, so each request gets its full time.
   */
  constructor(timeoutSeconds: number, clock: Clock, singleUse: boolean) {
    this.timeoutSeconds = timeoutSeconds;
    this.#clock = clock;
    this.#singleUse = singleUse;
    this.#thirdMs = Math.min((timeoutSeconds * 1000) / 3, LONGEST_REQUEST_MS);
  }

  get leftMs(): number {
    return this.timeoutSeconds * 1000 - this.#clock.now();
  }

  /** The time limit of one request in milliseconds. At most a third, so that another fits after a timeout. */
  get limitMs(): number {
    return Math.max(1, Math.min(this.#thirdMs, this.leftMs));
  }

  /** Milliseconds that must be left to start another request. Twice the slowest answer: the next may be slower. */
  get neededMs(): number {
    if (this.#singleUse) return this.#thirdMs;
    return Math.min(this.#thirdMs, Math.max(SHORTEST_REQUEST_MS, 2 * this.#slowestMs));
  }

  /** Records an answer, in milliseconds from the start of its request. */
  noteAnswer(durationMs: number): void {
    this.#slowestMs = Math.max(this.#slowestMs, durationMs);
  }
}

/**
 * Milliseconds to wait before the next request: `Retry-After`, plus full jitter over a window that doubles. If
 * too little time is left for another request, returns the reason.
 * @param attempt number of the request that failed, from 1
 * @param roomMs the time that is left, less what the next request needs
 * @param random from 0 up to, not including, 1
 */
export function nextWaitMs(
  attempt: number,
  retryAfterMs: number,
  roomMs: number,
  random: number,
): number | 'deadline' | 'retry_after' {
  if (retryAfterMs > 0 && retryAfterMs > roomMs) return 'retry_after';
  if (roomMs <= 0) return 'deadline';
  const window = Math.min(FIRST_WINDOW_MS * 2 ** (attempt - 1), LAST_WINDOW_MS);
  // Limit the wait, not its window. A window that shrinks would give many short waits near the deadline.
  return Math.min(retryAfterMs + random * window, roomMs);
}

const tenths = (ms: number, round: (value: number) => number): string =>
  (round(ms / 100) / 10).toFixed(1);

/** Adds to a failure why no further request is made. */
function gaveUp(
  reason: 'deadline' | 'retry_after',
  { retry, ...last }: Failure,
  attempts: number,
  budget: TimeBudget,
): Failure {
  const { timeoutSeconds, leftMs } = budget;
  const tries = attempts === 1 ? '1 attempt' : `${attempts} attempts`;
  const left = `${tenths(Math.max(0, leftMs), Math.floor)} s is left`;
  const needed = `another attempt needs ${tenths(budget.neededMs + TIMER_MS, Math.ceil)} s`;
  if (reason === 'deadline') {
    const early = leftMs > 0 ? ` (${left}, and ${needed})` : '';
    const happened = `No token after ${tries} within ${timeoutSeconds} s${early}. ${last.happened}`;
    return { ...last, happened };
  }
  const seconds = Math.ceil((retry?.afterMs ?? 0) / 1000);
  return {
    ...last,
    code: 'retry_after',
    happened: `${last.happened} The server asks to wait ${seconds} s. Too little of the ${timeoutSeconds} s of \`timeout\` is left for another attempt after that: ${left}, and ${needed} (${tries} made).`,
    remedy: 'Raise `timeout`, or run the job again after that time.',
  };
}

function logRetry(attempt: number, { happened, facts = [] }: Failure, waitMs: number): void {
  const others = facts.filter((fact) => !happened.includes(fact));
  const more = others.length === 0 ? '' : ` (${others.join(', ')})`;
  const next = `Next attempt in ${(waitMs / 1000).toFixed(1)} s.`;
  info(`Attempt ${attempt} failed: ${happened}${more} ${next}`);
}

type Retrying<Way, Result> = Runtime & {
  /** The ways to authenticate, in the order to try them; at least one. */
  readonly ways: readonly [Way, ...Way[]];
  readonly send: (way: Way) => Promise<Result>;
  readonly budget: TimeBudget;
};

/**
 * Sends requests until one succeeds, one fails for good, or too little time is left. The next way follows at
 * once if the client was refused; any other retry waits, and is one line in the log.
 * @throws StepError, the last failure that was not our own time limit; what `signal` was aborted with
 */
export async function retrying<Way, Result>(options: Retrying<Way, Result>): Promise<Result> {
  const { send, budget, clock, signal } = options;
  let [way, ...others] = options.ways;
  let shown: Failure | undefined;
  for (let attempts = 1; ; attempts += 1) {
    try {
      return await send(way);
    } catch (error) {
      if (!(error instanceof StepError)) throw error;
      const { failure } = error;
      if (failure.code !== 'timeout') shown = failure;
      const [next, ...rest] = failure.refusesClient === true ? others : [];
      if (next !== undefined && budget.leftMs >= budget.neededMs) {
        [way, others] = [next, rest];
        continue;
      }
      if (failure.retry === undefined) throw error;
      const stop = (reason: 'deadline' | 'retry_after'): StepError =>
        new StepError(gaveUp(reason, shown ?? failure, attempts, budget), { cause: error });
      const roomMs = budget.leftMs - budget.neededMs - TIMER_MS;
      const waitMs = nextWaitMs(attempts, failure.retry.afterMs ?? 0, roomMs, clock.random());
      if (typeof waitMs === 'string') throw stop(waitMs);
      logRetry(attempts, failure, waitMs);
      await clock.sleep(waitMs, signal);
      if (budget.leftMs < budget.neededMs) throw stop('deadline');
    }
  }
}

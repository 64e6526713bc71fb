/** What can go wrong, as types. Each carries facts; the words are in `advice.ts` and `explain.ts`. */

/** Inputs that cannot work, all of them at once. */
export class InputError extends Error {
  override readonly name = 'InputError';
  readonly problems: readonly string[];
  constructor(problems: readonly string[]) {
    super(problems.join(' '));
    this.problems = problems;
  }
}

/** What the runner gives a step is missing or does not work. */
export class RunnerError extends Error {
  override readonly name = 'RunnerError';
  readonly remedy: string;
  constructor(message: string, remedy: string) {
    super(message);
    this.remedy = remedy;
  }
}

/** IMS, or something in front of it, answered with an error status. */
export class ImsError extends Error {
  override readonly name = 'ImsError';
  readonly status: number;
  /** `error` of the body (RFC 6749, section 5.2), cleaned; empty when the body had none. */
  readonly error: string;
  /** `error_description` of the body, cleaned; empty when the body had none. */
  readonly description: string;
  /** `x-debug-id`, cleaned: what Adobe's support asks for. */
  readonly debugId: string;
  /** Milliseconds that the server asks to wait, from `Retry-After`. */
  readonly retryAfterMs: number | undefined;
  constructor(facts: {
    readonly status: number;
    readonly error: string;
    readonly description: string;
    readonly debugId: string;
    readonly retryAfterMs: number | undefined;
  }) {
    super(`HTTP ${facts.status} ${facts.error}`.trim());
    this.status = facts.status;
    this.error = facts.error;
    this.description = facts.description;
    this.debugId = facts.debugId;
    this.retryAfterMs = facts.retryAfterMs;
  }
}

/** Whether IMS refused the client: then, and only then, another way to authenticate may be tried. */
export function refusesClient(error: unknown): boolean {
  if (!(error instanceof ImsError) || error.error !== 'invalid_client') return false;
  return error.status >= 400 && error.status < 500;
}

export type AnswerFault = 'not_json' | 'too_large' | 'field';

/** An answer of success that cannot be used. */
export class AnswerError extends Error {
  override readonly name = 'AnswerError';
  readonly fault: AnswerFault;
  /** The field at fault; empty unless `fault` is `field`. */
  readonly field: string;
  /** `error` and `error_description`, cleaned; empty when the body had none. */
  readonly error: string;
  readonly description: string;
  readonly debugId: string;
  constructor(
    fault: AnswerFault,
    facts: {
      readonly field?: string;
      readonly error?: string;
      readonly description?: string;
      readonly debugId: string;
      readonly message: string;
    },
  ) {
    super(facts.message);
    this.fault = fault;
    this.field = facts.field ?? '';
    this.error = facts.error ?? '';
    this.description = facts.description ?? '';
    this.debugId = facts.debugId;
  }
}

/**
 * `tls` is a certificate that could not be verified, `handshake` any other failure of TLS; a proxy can be
 * `unreached`, have `refused`, or be named by an `unreadable` variable.
 */
export type NetworkFault =
  | 'connection'
  | 'tls'
  | 'handshake'
  | 'proxy_unreached'
  | 'proxy_refused'
  | 'proxy_unreadable'
  | 'attempt_timeout';

/** No answer: the connection failed, was refused by TLS or a proxy, or took too long. */
export class NetworkError extends Error {
  override readonly name = 'NetworkError';
  readonly fault: NetworkFault;
  /** The system's code, such as `ECONNRESET`. */
  readonly reason: string;
  /** Whether the server may have read the request: then an authorization code may be used up. */
  readonly mayHaveArrived: boolean;
  constructor(
    fault: NetworkFault,
    facts: { readonly reason: string; readonly mayHaveArrived: boolean; readonly message: string },
  ) {
    super(facts.message);
    this.fault = fault;
    this.reason = facts.reason;
    this.mayHaveArrived = facts.mayHaveArrived;
  }
}

/** The failures after which another attempt may be made, or not: those of a single attempt. */
export type AttemptError = ImsError | AnswerError | NetworkError;

export type GiveUpReason = 'deadline' | 'retry_after' | 'answer_lost';

/** Attempts were made, and no more will be. */
export class GaveUpError extends Error {
  override readonly name = 'GaveUpError';
  readonly reason: GiveUpReason;
  readonly attempts: number;
  readonly timeoutSeconds: number;
  readonly last: AttemptError;
  constructor(
    reason: GiveUpReason,
    facts: {
      readonly attempts: number;
      readonly timeoutSeconds: number;
      readonly last: AttemptError;
    },
  ) {
    super(`${reason} after ${facts.attempts} attempts`, { cause: facts.last });
    this.reason = reason;
    this.attempts = facts.attempts;
    this.timeoutSeconds = facts.timeoutSeconds;
    this.last = facts.last;
  }
}

/** The runner told the step to stop. */
export class CancelledError extends Error {
  override readonly name = 'CancelledError';
  readonly signal: string;
  constructor(signal: string) {
    super(`cancelled by ${signal}`);
    this.signal = signal;
  }
}

/** Whether an error is one that a single attempt ends with. */
export function isAttemptError(error: unknown): error is AttemptError {
  return error instanceof ImsError || error instanceof AnswerError || error instanceof NetworkError;
}

/** What can go wrong, in the words that people read. Each is made in the file that detects it. */

/** Every code has its heading in docs/troubleshooting.md. */
export type Code =
  | 'invalid_input'
  | 'invalid_client'
  | 'invalid_scope'
  | 'unauthorized_client'
  | 'unsupported_grant_type'
  | 'access_denied'
  | 'invalid_request'
  | 'jwt_credential'
  | 'redirect_refused'
  | 'throttled'
  | 'ims_unavailable'
  | 'gateway'
  | 'ims_error'
  | 'malformed_answer'
  | 'network'
  | 'tls'
  | 'proxy'
  | 'timeout'
  | 'retry_after'
  | 'answer_lost'
  | 'cancelled'
  | 'runner'
  | 'unexpected';

export type Failure = {
  readonly code: Code;
  readonly happened: string;
  readonly remedy: string;
  /** For support, shown last: the IMS error code, the status, `x-debug-id`. */
  readonly facts?: readonly string[];
  /** Absent if a retry cannot help. */
  readonly retry?: {
    /** Milliseconds that the server asks to wait, from `Retry-After`. */
    readonly afterMs?: number | undefined;
    /** IMS may have processed the request. A code must then not be sent again. */
    readonly mayBeServed?: boolean;
  };
  /** IMS refused the client: then, and only then, another secret or method may be tried. */
  readonly refusesClient?: boolean;
};

export class StepError extends Error {
  override readonly name = 'StepError';
  readonly failure: Failure;
  constructor(failure: Failure, options?: ErrorOptions) {
    super(failure.happened, options);
    this.failure = failure;
  }
}

/** The failure behind anything thrown. The text of an unknown error may hold a secret: only its kind is shown. */
export function failureOf(error: unknown): Failure {
  if (error instanceof StepError) return error.failure;
  return {
    code: 'unexpected',
    happened: `Unexpected error in the action (${error instanceof Error ? error.name : typeof error}).`,
    remedy: 'Please report it in the repository of the action.',
  };
}

/**
 * One line: what happened, what to do, where to read more. The code and the facts end it.
 * @param url of the heading that explains the code
 */
export function sentence(failure: Failure, url: string): string {
  const { code, happened, remedy, facts = [] } = failure;
  const end = [...new Set([code, ...facts])].join(', ');
  return `${happened} ${remedy} More: ${url} (${end})`;
}

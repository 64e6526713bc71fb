/**
 * Status, headers and body become a token or a failure.
 * @see https://www.rfc-editor.org/rfc/rfc6749#section-5
 */

import { type Failure, StepError } from '../failure.ts';

import { type HttpResponse, isSuccess } from '../http/exchange.ts';
import { parseObject } from '../json.ts';
import {
  CHECK_WHO_ANSWERS,
  type ErrorResponse,
  factsOf,
  failureOfResponse,
  isTransient,
  quoted,
  type RequestContext,
} from './refusals.ts';
import { isTokenText, type Token } from './token.ts';

/** Bytes. A longer answer is refused. */
export const ANSWER_LIMIT_BYTES = 64 * 1024;

export type Answer = {
  readonly status: number;
  /** Header `x-debug-id`: what Adobe's support asks for. */
  readonly debugId: string;
  /** Milliseconds that the server asks to wait; undefined without a usable `Retry-After`. */
  readonly retryAfterMs: number | undefined;
  /** `Content-Encoding`, unless the body is sent as it is. */
  readonly encoding: string;
  /** The body without white space at its start; undefined if it was too long. */
  readonly text: string | undefined;
  readonly isJson: boolean;
  /** The JSON object in the body; empty without one. */
  readonly fields: Readonly<Record<string, unknown>>;
  /** When the request was sent, milliseconds since 1970: the lifetime is counted from here. */
  readonly sentAtMs: number;
};

/** Above this, `expires_in` can only be milliseconds, as the endpoints before v3 give it. */
const MILLISECONDS_ABOVE = 1_000_000;
const TEN_YEARS_SECONDS = 10 * 366 * 86_400;

/** A header as text: Node reads its bytes as Latin-1, servers write UTF-8. */
function header({ headers }: HttpResponse, name: string): string {
  const value = headers[name];
  return typeof value === 'string' ? Buffer.from(value, 'latin1').toString('utf8') : '';
}

/** Reads what came over the wire. */
export function readAnswer(response: HttpResponse, sentAtMs: number): Answer {
  // `trimStart` removes a byte order mark too, which JSON.parse refuses.
  const text = response.body?.toString('utf8').trimStart();
  const fields = parseObject(text ?? '');
  const encoding = header(response, 'content-encoding').trim();
  const serverDateMs = parseHttpDate(header(response, 'date'));
  return {
    status: response.status,
    debugId: header(response, 'x-debug-id'),
    retryAfterMs: parseRetryAfter(header(response, 'retry-after'), serverDateMs ?? sentAtMs),
    encoding: /^(identity)?$/i.test(encoding) ? '' : encoding,
    text,
    isJson: fields !== undefined,
    fields: fields ?? {},
    sentAtMs,
  };
}

/**
 * Reads an HTTP date: milliseconds since 1970, or undefined.
 * @see https://www.rfc-editor.org/rfc/rfc9110#section-5.6.7
 */
function parseHttpDate(text: string): number | undefined {
  // Date.parse accepts nearly anything. An HTTP date names its day, and ends in GMT or (asctime) in the year.
  if (!/^[A-Z][a-z]{2,8},? .*(GMT|\d{4})$/.test(text)) return undefined;
  // The form of asctime has no zone, and Date.parse would take the machine's.
  const dateMs = Date.parse(text.endsWith('GMT') ? text : `${text} GMT`);
  return Number.isNaN(dateMs) ? undefined : dateMs;
}

/**
 * Reads `Retry-After`: seconds, or an HTTP date. Milliseconds from `nowMs`, and at least 0; undefined for
 * anything else.
 * @param nowMs the time by the clock that wrote the date, milliseconds since 1970
 * @see https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3
 */
export function parseRetryAfter(value: string, nowMs: number): number | undefined {
  const text = value.trim();
  if (/^\d{1,10}$/.test(text)) return Number(text) * 1000;
  const dateMs = parseHttpDate(text);
  return dateMs === undefined ? undefined : Math.max(0, dateMs - nowMs);
}

/** The secrets that an answer holds, whatever else is wrong with it. */
export function secretsOf({ fields }: Answer): readonly string[] {
  const values = [fields['access_token'], fields['refresh_token'], fields['id_token']];
  return values.filter((value) => typeof value === 'string');
}

/** The first of these fields that is a non-empty text. */
function textOf({ fields }: Answer, ...names: readonly string[]): string {
  const isText = (value: unknown): value is string =>
    typeof value === 'string' && value.trim() !== '';
  return names.map((name) => fields[name]).find(isText) ?? '';
}

/** The code to show if `error` is missing: gateways number their errors. */
function errorCodeOf({ fields }: Answer): string {
  const value = fields['error_code'];
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

/**
 * The error response in an answer. Gateways have other names for a description.
 * @see https://www.rfc-editor.org/rfc/rfc9457#section-3.1 for `title` and `detail`
 */
function errorResponseOf(answer: Answer, { serverText }: RequestContext): ErrorResponse {
  const error = textOf(answer, 'error');
  return {
    status: answer.status,
    error,
    description: textOf(answer, 'error_description'),
    shownError: serverText(error || errorCodeOf(answer), 64),
    shownDescription: serverText(textOf(answer, 'error_description', 'detail', 'message', 'title')),
    debugId: serverText(answer.debugId, 100),
    encoding: answer.isJson ? '' : serverText(answer.encoding, 40),
  };
}

/** What is wrong with a 2xx answer. */
type Defect = Pick<Failure, 'happened' | 'retry'>;

/**
 * The failure of an answer that cannot be used. Its message quotes the answer, so mask the answer's tokens
 * before the call.
 * @param defect of a 2xx answer; undefined for an error response
 */
export function failureOfAnswer(
  answer: Answer,
  context: RequestContext,
  defect: Defect | undefined,
): StepError {
  const { status, retryAfterMs } = answer;
  const response = errorResponseOf(answer, context);
  if (defect !== undefined)
    return new StepError({
      ...defect,
      code: 'malformed_answer',
      happened: defect.happened + quoted(response.shownDescription),
      remedy: CHECK_WHO_ANSWERS,
      facts: factsOf(response),
    });
  const failure = failureOfResponse(response, context);
  if (!isTransient(status)) return new StepError(failure);
  // 503 says that the request was not served.
  const mayBeServed = status >= 500 && status !== 503;
  return new StepError({ ...failure, retry: { afterMs: retryAfterMs, mayBeServed } });
}

/** What is wrong with the body of a 2xx answer. Undefined if it holds a JSON object. */
function bodyDefect({ text, isJson, encoding }: Answer): Defect | undefined {
  if (text === undefined) return { happened: 'The answer is larger than 64 KiB and was refused.' };
  if (isJson) return undefined;
  const retry = { mayBeServed: true };
  if (encoding !== '') return { happened: 'The answer is compressed, and cannot be read.', retry };
  if (text.startsWith('<')) return { happened: 'The answer is a web page, and not JSON.', retry };
  return { happened: 'The answer was cut off or is not JSON.', retry };
}

/**
 * Judges an answer to a revocation; false if IMS calls the token invalid. The body of a success is empty
 * (adobe/aio-lib-ims, adobe/ims-go).
 * @throws StepError for any other answer
 */
export function judgeRevocation(answer: Answer, context: RequestContext): boolean {
  const { fields, status, text } = answer;
  const saysInvalid = textOf(answer, 'error').toLowerCase() === 'invalid_token';
  if (saysInvalid && status < 500) return false;
  if (isSuccess(answer) && fields['valid'] === false) return false;
  const isRefused = !isSuccess(answer) || 'error' in fields;
  const defect = isRefused || text === '' ? undefined : bodyDefect(answer);
  if (isRefused || defect !== undefined) throw failureOfAnswer(answer, context, defect);
  return true;
}

/** `expires_in` in milliseconds; undefined where it is no lifetime. */
function lifetimeMs(expiresIn: unknown): number | undefined {
  if (typeof expiresIn !== 'number' || !(expiresIn > 0)) return undefined;
  const seconds = expiresIn > MILLISECONDS_ABOVE ? expiresIn / 1000 : expiresIn;
  return seconds > TEN_YEARS_SECONDS ? undefined : seconds * 1000;
}

/**
 * `token_type`, or `bearer` if the field is missing: Adobe documents such answers (AdminAuthentication/ims.md).
 * Undefined where it is not usable.
 */
function tokenTypeOf({ fields }: Answer): string | undefined {
  if (!('token_type' in fields)) return 'bearer';
  const value = fields['token_type'];
  return typeof value === 'string' && value.toLowerCase() === 'bearer' ? value : undefined;
}

export type Tokens = {
  readonly token: Token;
  /** Empty if the answer has none. */
  readonly refreshToken: string;
};

/**
 * The tokens of an answer of the token endpoint; or why it has none: `defect` says what is wrong with a 2xx
 * answer, and is undefined for an error response.
 */
export function judgeToken(answer: Answer): Tokens | { readonly defect: Defect | undefined } {
  if (!isSuccess(answer)) return { defect: undefined };
  const defect = bodyDefect(answer);
  if (defect !== undefined) return { defect };
  const unusable = (name: string): { readonly defect: Defect } => ({
    defect: { happened: `The answer has no usable \`${name}\`.` },
  });
  const { access_token: accessToken, expires_in: expiresIn } = answer.fields;
  const refreshToken = answer.fields['refresh_token'] ?? '';
  const tokenType = tokenTypeOf(answer);
  const lifetime = lifetimeMs(expiresIn);
  if (!isTokenText(accessToken)) return unusable('access_token');
  if (tokenType === undefined) return unusable('token_type');
  if (lifetime === undefined) return unusable('expires_in');
  if (refreshToken !== '' && !isTokenText(refreshToken)) return unusable('refresh_token');
  return {
    token: { accessToken, tokenType, expiresAtMs: answer.sentAtMs + lifetime },
    refreshToken,
  };
}

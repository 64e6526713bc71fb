/** Status, headers and body become a token or a failure (RFC 6749, sections 5.1 and 5.2). */

import { type Failure, StepError } from '../failure.ts';

import { type HttpResponse, isSuccess } from './http.ts';
import { parseObject } from './json.ts';
import { type Asked, isTransient, quoted, refusal, type Said } from './refusals.ts';
import { isTokenText, type Token } from './token.ts';

/** Longer answers are refused, in bytes. */
export const ANSWER_LIMIT_BYTES = 64 * 1024;

export type Answer = {
  readonly status: number;
  /** Header `x-debug-id`: what Adobe's support asks for. */
  readonly debugId: string;
  readonly retryAfter: string;
  readonly body: 'json' | 'web page' | 'other' | 'too long';
  /** The JSON object in the body; empty without one. */
  readonly fields: Readonly<Record<string, unknown>>;
  /** When the request was sent, milliseconds since 1970: the lifetime is counted from here. */
  readonly sentAtMs: number;
};

/** Above this, `expires_in` can only be milliseconds, as the endpoints before v3 give it. */
const MILLISECONDS_ABOVE = 10_000_000;
const TEN_YEARS_SECONDS = 10 * 366 * 86_400;

/** A header as text: Node reads its bytes as Latin-1, servers write UTF-8. */
function header({ headers }: HttpResponse, name: string): string {
  const value = headers[name];
  return typeof value === 'string' ? Buffer.from(value, 'latin1').toString('utf8') : '';
}

/** Reads what came over the wire. */
export function readAnswer(response: HttpResponse, sentAtMs: number): Answer {
  const text = response.body?.toString('utf8') ?? '';
  const fields = parseObject(text);
  const kind = text.trimStart().startsWith('<') ? 'web page' : 'other';
  return {
    status: response.status,
    debugId: header(response, 'x-debug-id'),
    retryAfter: header(response, 'retry-after'),
    body: response.body === undefined ? 'too long' : fields === undefined ? kind : 'json',
    fields: fields ?? {},
    sentAtMs,
  };
}

/**
 * Reads `Retry-After` (RFC 9110, section 10.2.3): seconds, or an HTTP date. Milliseconds from
 * `sentAtMs`, milliseconds since 1970, and at least 0; undefined for anything else.
 */
export function parseRetryAfter(value: string, sentAtMs: number): number | undefined {
  const text = value.trim();
  if (/^\d{1,10}$/.test(text)) return Number(text) * 1000;
  // Date.parse takes nearly anything; an HTTP date names its day and ends in GMT.
  if (!/^[A-Z][a-z]{2,8},? .*(GMT|\d{4})$/.test(text)) return undefined;
  // The obsolete form of asctime has no zone, and Date.parse would take the machine's.
  const dateMs = Date.parse(text.endsWith('GMT') ? text : `${text} GMT`);
  return Number.isNaN(dateMs) ? undefined : Math.max(0, dateMs - sentAtMs);
}

/** The secrets that an answer holds, whatever else is wrong with it. */
export function secretsOf({ fields }: Answer): readonly string[] {
  const values = [fields['access_token'], fields['refresh_token'], fields['id_token']];
  return values.filter((value) => typeof value === 'string');
}

function textOf({ fields }: Answer, name: string): string {
  const value = fields[name];
  return typeof value === 'string' ? value : '';
}

/** Characters. A longer text is no message, and to look for the server's own tokens in it takes seconds. */
const LONGEST_TEXT = 4000;

function saidBy(answer: Answer, asked: Asked): Said {
  const clean = (text: string, limit?: number): string =>
    text.length > LONGEST_TEXT ? '' : asked.clean(text, limit);
  return {
    status: answer.status,
    error: clean(textOf(answer, 'error'), 64),
    description: clean(textOf(answer, 'error_description')),
    debugId: clean(answer.debugId, 100),
  };
}

function refused(answer: Answer, asked: Asked): StepError {
  const { status, retryAfter, sentAtMs } = answer;
  const failure = refusal(saidBy(answer, asked), asked);
  if (!isTransient(status)) return new StepError(failure);
  // 503 says that the request was not served.
  const mayBeServed = status >= 500 && status !== 503;
  const afterMs = parseRetryAfter(retryAfter, sentAtMs);
  return new StepError({ ...failure, retry: { afterMs, mayBeServed } });
}

/** A 2xx answer that cannot be used. */
function unusable(
  answer: Answer,
  asked: Asked,
  happened: string,
  more: Pick<Failure, 'retry'> = {},
): StepError {
  const { error, description, debugId } = saidBy(answer, asked);
  return new StepError({
    code: 'malformed_answer',
    happened: happened + quoted(description),
    remedy:
      'Check `ims-url`, and whether a proxy answers in place of IMS; otherwise run the job again later.',
    facts: [error, debugId && `x-debug-id ${debugId}`].filter(Boolean),
    ...more,
  });
}

const TOO_LONG = 'The answer is larger than 64 KiB and was refused.';

/**
 * Judges an answer to a revocation; false where IMS calls the token invalid. The body of a success is empty
 * (adobe/aio-lib-ims, adobe/ims-go). A web page or a long body comes from something in front of IMS.
 * @throws StepError unless IMS revoked the token
 */
export function judgeRevocation(answer: Answer, asked: Asked): boolean {
  const { error } = answer.fields;
  if (error === 'invalid_token' && answer.status < 500) return false;
  if (!isSuccess(answer) || error !== undefined) throw refused(answer, asked);
  if (answer.body === 'too long') throw unusable(answer, asked, TOO_LONG);
  if (answer.body === 'web page') throw unusable(answer, asked, 'The answer is a web page.');
  return true;
}

/** `expires_in` in milliseconds; undefined where it is no lifetime. */
function lifetimeMs(expiresIn: unknown): number | undefined {
  if (typeof expiresIn !== 'number' || !(expiresIn > 0)) return undefined;
  const seconds = expiresIn > MILLISECONDS_ABOVE ? expiresIn / 1000 : expiresIn;
  return seconds > TEN_YEARS_SECONDS ? undefined : seconds * 1000;
}

/**
 * Judges an answer of the token endpoint. The refresh token is empty when the answer has none.
 * @throws StepError unless there is a token that can be used
 */
export function judgeToken(
  answer: Answer,
  asked: Asked,
): { readonly token: Token; readonly refreshToken: string } {
  if (!isSuccess(answer)) throw refused(answer, asked);
  if (answer.body === 'too long') throw unusable(answer, asked, TOO_LONG);
  if (answer.body !== 'json')
    throw unusable(answer, asked, 'The answer was cut off or is not JSON.', {
      retry: { mayBeServed: true },
    });
  const unusableField = (name: string): StepError =>
    unusable(answer, asked, `The answer has no usable \`${name}\`.`);
  const { access_token: accessToken, token_type: tokenType, expires_in: expiresIn } = answer.fields;
  const refreshToken = answer.fields['refresh_token'] ?? '';
  if (!isTokenText(accessToken)) throw unusableField('access_token');
  if (typeof tokenType !== 'string' || tokenType.toLowerCase() !== 'bearer')
    throw unusableField('token_type');
  const lifetime = lifetimeMs(expiresIn);
  if (lifetime === undefined) throw unusableField('expires_in');
  if (refreshToken !== '' && !isTokenText(refreshToken)) throw unusableField('refresh_token');
  return {
    token: { accessToken, tokenType, expiresAtMs: answer.sentAtMs + lifetime },
    refreshToken,
  };
}

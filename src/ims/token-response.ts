/** Status, headers and body become a token or an error (RFC 6749, sections 5.1 and 5.2). */

import { AnswerError, type AnswerFault, ImsError } from '../errors.ts';
import { cleanForeignText } from '../foreign-text.ts';
import { isTokenText, readClaims, type Token } from './token.ts';

/** Answers with a longer body are refused, in bytes. */
export const BODY_LIMIT_BYTES = 64 * 1024;

export type Answer = {
  readonly status: number;
  readonly debugId: string;
  readonly retryAfter: string;
  /** Undefined when the body was longer than `BODY_LIMIT_BYTES`. */
  readonly body: string | undefined;
  /** When the request was sent, milliseconds since 1970: the lifetime is counted from here. */
  readonly sentAtMs: number;
};

export type TokenAnswer = {
  readonly token: Token;
  /** New refresh token; empty when the answer has none. */
  readonly refreshToken: string;
};

type Fields = Readonly<Record<string, unknown>>;

/** Above this, `expires_in` can only be milliseconds, as the endpoints before v3 give it. */
const MILLISECONDS_ABOVE = 10_000_000;
const TEN_YEARS_SECONDS = 10 * 366 * 86_400;

function parseObject(body: string): Fields | undefined {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Fields)
      : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Reads `Retry-After` (RFC 9110, section 10.2.3): seconds, or an HTTP date. Milliseconds from `nowMs`,
 * at least 0; undefined for anything else.
 */
export function parseRetryAfter(value: string, nowMs: number): number | undefined {
  const text = value.trim();
  if (/^\d{1,10}$/.test(text)) return Number(text) * 1000;
  // Date.parse takes nearly anything; an HTTP date names its day and ends in GMT.
  if (!/^[A-Z][a-z]{2,8},? .*(GMT|\d{4})$/.test(text)) return undefined;
  // The obsolete form of asctime has no zone, and Date.parse would take the machine's.
  const dateMs = Date.parse(text.endsWith('GMT') ? text : `${text} GMT`);
  return Number.isNaN(dateMs) ? undefined : Math.max(0, dateMs - nowMs);
}

function lifetimeMs(expiresIn: unknown, fail: (field: string) => never): number {
  if (typeof expiresIn !== 'number' || !Number.isFinite(expiresIn) || expiresIn <= 0)
    return fail('expires_in');
  const seconds = expiresIn > MILLISECONDS_ABOVE ? expiresIn / 1000 : expiresIn;
  return seconds > TEN_YEARS_SECONDS ? fail('expires_in') : seconds * 1000;
}

type Said = Pick<ImsError, 'error' | 'description' | 'debugId'>;

/** What the server says of a failure, cleaned; each empty when it does not. */
function saidBy(answer: Answer, secrets: readonly string[]): Said {
  const fields = parseObject(answer.body ?? '') ?? {};
  const text = (value: unknown, limit?: number): string =>
    typeof value === 'string' ? cleanForeignText(value, secrets, limit) : '';
  return {
    error: text(fields['error'], 64),
    description: text(fields['error_description']),
    debugId: text(answer.debugId, 100),
  };
}

function imsError(answer: Answer, secrets: readonly string[], nowMs: number): ImsError {
  return new ImsError({
    ...saidBy(answer, secrets),
    status: answer.status,
    retryAfterMs: parseRetryAfter(answer.retryAfter, nowMs),
  });
}

/**
 * Every secret that an answer holds, whatever else is wrong with it: to be masked before a word is
 * said of the answer.
 */
export function secretsOfAnswer(answer: Answer): readonly string[] {
  const fields = parseObject(answer.body ?? '') ?? {};
  return Object.entries(fields).flatMap(([name, value]) =>
    name.endsWith('token') && typeof value === 'string' && value !== '' ? [value] : [],
  );
}

function judgeStatus(answer: Answer, secrets: readonly string[], nowMs: number): void {
  if (answer.status < 200 || answer.status > 299) throw imsError(answer, secrets, nowMs);
}

/**
 * Judges an answer to a revocation. The body of a success is empty (adobe/aio-lib-ims, adobe/ims-go), and
 * whatever else it is, it is no web page and no error: those come from something in front of IMS.
 * @param secrets known secret values, which are cut out of what the server says
 * @param nowMs milliseconds since 1970, for a `Retry-After` that is a date
 * @throws ImsError for any status but 2xx, or an error in the body; AnswerError for a web page
 */
export function judgeRevocation(answer: Answer, secrets: readonly string[], nowMs: number): void {
  judgeStatus(answer, secrets, nowMs);
  const body = (answer.body ?? '').trim();
  if (typeof parseObject(body)?.['error'] === 'string') throw imsError(answer, secrets, nowMs);
  if (!body.startsWith('<')) return;
  throw new AnswerError('not_json', {
    ...saidBy(answer, secrets),
    message: 'answer is a web page',
  });
}

/**
 * Judges an answer of the token endpoint.
 * @param secrets known secret values, which are cut out of what the server says
 * @param nowMs milliseconds since 1970, for a `Retry-After` that is a date
 * @throws ImsError for any status but 2xx; AnswerError for a body that cannot be used
 */
export function judgeTokenAnswer(
  answer: Answer,
  secrets: readonly string[],
  nowMs: number,
): TokenAnswer {
  judgeStatus(answer, secrets, nowMs);
  const fail = (fault: AnswerFault, message: string, field = ''): never => {
    throw new AnswerError(fault, { ...saidBy(answer, secrets), field, message });
  };
  const refuse = (field: string): never => fail('field', `unusable field ${field}`, field);
  if (answer.body === undefined) return fail('too_large', 'answer above 64 KiB');
  const fields = parseObject(answer.body);
  if (fields === undefined) return fail('not_json', 'answer is cut off or not JSON');
  const { access_token: accessToken, token_type: tokenType, refresh_token: refresh } = fields;
  if (!isTokenText(accessToken)) return refuse('access_token');
  if (typeof tokenType !== 'string' || tokenType.toLowerCase() !== 'bearer')
    return refuse('token_type');
  const expiresAtMs = answer.sentAtMs + lifetimeMs(fields['expires_in'], refuse);
  if (refresh !== undefined && refresh !== null && refresh !== '' && !isTokenText(refresh))
    return refuse('refresh_token');
  const claims = readClaims(accessToken);
  return {
    token: {
      accessToken,
      tokenType,
      expiresAtMs,
      grantedScopes: claims.scopes,
      userId: claims.userId,
    },
    refreshToken: isTokenText(refresh) ? refresh : '',
  };
}

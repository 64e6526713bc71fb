/** The token, what it says of itself, and when it expires. */

import { parseObject } from '../json.ts';

export type Token = {
  readonly accessToken: string;
  /** `bearer`, in capitals or small letters as IMS gave it. */
  readonly tokenType: string;
  /** Milliseconds since 1970. */
  readonly expiresAtMs: number;
};

/**
 * A `scope-token` without the comma, which separates scopes at IMS.
 * @see https://www.rfc-editor.org/rfc/rfc6749#section-3.3
 */
const SCOPE_TOKEN = /^[\x21\x23-\x2b\x2d-\x5b\x5d-\x7e]+$/;
const USER_ID = /^[\x21-\x7e]{1,256}$/;

/** Visible ASCII without spaces: what fits in an Authorization header. */
export function isTokenText(value: unknown): value is string {
  return typeof value === 'string' && /^[\x21-\x7e]+$/.test(value);
}

/**
 * The claims of an IMS token. `scope` is a list with commas. `user_id` is the technical account, or the user. A
 * token that cannot be decoded is still used, but has no claims.
 */
export function claimsOf(accessToken: string): {
  readonly grantedScopes: readonly string[] | undefined;
  readonly userId: string;
} {
  const payload = Buffer.from(accessToken.split('.')[1] ?? '', 'base64url').toString('utf8');
  const { scope, user_id: userId } = parseObject(payload) ?? {};
  const scopes = typeof scope === 'string' ? scope.split(/[\s,]+/) : undefined;
  return {
    grantedScopes: scopes?.filter((name) => SCOPE_TOKEN.test(name)),
    userId: typeof userId === 'string' && USER_ID.test(userId) ? userId : '',
  };
}

/** Whole seconds that the token is still valid; 0 when it has expired. Both times in milliseconds since 1970. */
export function secondsLeft(expiresAtMs: number, nowMs: number): number {
  return Math.max(0, Math.floor((expiresAtMs - nowMs) / 1000));
}

/** ISO 8601 in UTC, without fractions of a second. */
export function isoSeconds(ms: number): string {
  return new Date(ms).toISOString().replace(/\.\d{3}Z$/, 'Z');
}

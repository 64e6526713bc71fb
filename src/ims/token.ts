/** The token, what it says of itself, and when it expires. */

export type Token = {
  readonly accessToken: string;
  /** As IMS gave it; `bearer` in any case. */
  readonly tokenType: string;
  /** Milliseconds since 1970. */
  readonly expiresAtMs: number;
  /** Scopes that the token's own claims grant; undefined where the token does not tell. */
  readonly grantedScopes: readonly string[] | undefined;
  /** Claim `user_id`, the technical account; empty where the token does not tell. */
  readonly userId: string;
};

export type Claims = {
  readonly scopes: readonly string[] | undefined;
  readonly userId: string;
};

const NO_CLAIMS: Claims = { scopes: undefined, userId: '' };

/** RFC 6749, section 3.3, less the comma, which separates scopes at IMS. */
const SCOPE = /^[\x21\x23-\x2b\x2d-\x5b\x5d-\x7e]+$/;
const USER_ID = /^[\x21-\x7e]{1,256}$/;

/** Visible ASCII without spaces: what fits in an Authorization header. */
export function isTokenText(value: unknown): value is string {
  return typeof value === 'string' && /^[\x21-\x7e]+$/.test(value);
}

/**
 * Reads the claims of an IMS token: `scope` is a list with commas, `user_id` the account. A token
 * that does not decode is a valid token that says nothing of itself, so nothing is thrown.
 */
export function readClaims(accessToken: string): Claims {
  const payload = accessToken.split('.')[1];
  if (payload === undefined) return NO_CLAIMS;
  let claims: unknown;
  try {
    claims = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'));
  } catch {
    return NO_CLAIMS;
  }
  if (typeof claims !== 'object' || claims === null) return NO_CLAIMS;
  const { scope, user_id: userId } = claims as Record<string, unknown>;
  const scopes =
    typeof scope === 'string'
      ? scope.split(/[\s,]+/).filter((name) => SCOPE.test(name))
      : undefined;
  return {
    scopes,
    userId: typeof userId === 'string' && USER_ID.test(userId) ? userId : '',
  };
}

/** Whole seconds that the token is still valid; negative when it has expired. */
export function secondsLeft(token: Pick<Token, 'expiresAtMs'>, nowMs: number): number {
  return Math.floor((token.expiresAtMs - nowMs) / 1000);
}

/** ISO 8601 in UTC, without fractions of a second. */
export function isoSeconds(ms: number): string {
  return new Date(ms).toISOString().replace(/\.\d{3}Z$/, 'Z');
}

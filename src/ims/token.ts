/** The token, what it says of itself, and when it expires. */

export type BareToken = {
  readonly accessToken: string;
  /** As IMS gave it; `bearer` in any case. */
  readonly tokenType: string;
  /** Milliseconds since 1970. */
  readonly expiresAtMs: number;
};

export type Token = BareToken & {
  /** Scopes in the token's own claims; undefined if it has none. */
  readonly grantedScopes: readonly string[] | undefined;
  /** Claim `user_id`, the technical account; empty if the token has none. */
  readonly userId: string;
};

/** RFC 6749, section 3.3, less the comma, which separates scopes at IMS. */
const SCOPE = /^[\x21\x23-\x2b\x2d-\x5b\x5d-\x7e]+$/;
const USER_ID = /^[\x21-\x7e]{1,256}$/;

/** Visible ASCII without spaces: what fits in an Authorization header. */
export function isTokenText(value: unknown): value is string {
  return typeof value === 'string' && /^[\x21-\x7e]+$/.test(value);
}

function claimsOf(accessToken: string): Readonly<Record<string, unknown>> {
  try {
    const payload = accessToken.split('.')[1] ?? '';
    const claims: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'));
    return typeof claims === 'object' && claims !== null ? (claims as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

/**
 * Adds the claims of an IMS token: `scope` is a list with commas, `user_id` the account. A token that
 * does not decode is a valid token without claims, so nothing is thrown.
 */
export function withClaims(token: BareToken): Token {
  const { scope, user_id: userId } = claimsOf(token.accessToken);
  const isList = typeof scope === 'string';
  return {
    ...token,
    grantedScopes: isList ? scope.split(/[\s,]+/).filter((name) => SCOPE.test(name)) : undefined,
    userId: typeof userId === 'string' && USER_ID.test(userId) ? userId : '',
  };
}

/** Whole seconds that the token is still valid; negative when it has expired. */
export function secondsLeft(expiresAtMs: number, nowMs: number): number {
  return Math.floor((expiresAtMs - nowMs) / 1000);
}

/** ISO 8601 in UTC, without fractions of a second. */
export function isoSeconds(ms: number): string {
  return new Date(ms).toISOString().replace(/\.\d{3}Z$/, 'Z');
}

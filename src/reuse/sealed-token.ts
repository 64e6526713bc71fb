/** Seals a token with the client secret, and opens it: without the secret the bytes are worth nothing. */

import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto';

import { isTokenText, readClaims, type Token } from '../ims/token.ts';

/** What makes two requests for a token the same request. */
export type TokenIdentity = {
  readonly origin: string;
  readonly clientId: string;
  readonly orgId: string;
  readonly scopes: readonly string[];
};

/** The first byte tells the layout: version, salt, IV, tag, ciphertext. */
const VERSION = 1;
const SALT_BYTES = 32;
const IV_BYTES = 12;
const TAG_BYTES = 16;
const HEADER_BYTES = 1 + SALT_BYTES + IV_BYTES + TAG_BYTES;
/** More than any token needs. */
export const LARGEST_SEALED_BYTES = 256 * 1024;

/** 64 hex digits that are the same for the same endpoint, client, organization and set of scopes. */
export function fingerprint(identity: TokenIdentity): string {
  const scopes = [...new Set(identity.scopes)].sort();
  const parts = [identity.origin, identity.clientId, identity.orgId, scopes];
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}

/** HKDF-SHA-256 (RFC 5869): a client secret is random enough to need no slow derivation. */
function deriveKey(secret: string, salt: Buffer, context: string): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, salt, `adobe-ims-token/1/${context}`, 32));
}

/**
 * Seals text with AES-256-GCM under a key derived from `secret`, with a new salt each time.
 * @param context what the text belongs to, such as a fingerprint; opening needs the same
 */
export function seal(text: string, secret: string, context: string): Buffer {
  const salt = randomBytes(SALT_BYTES);
  const iv = randomBytes(IV_BYTES);
  const version = Buffer.from([VERSION]);
  const cipher = createCipheriv('aes-256-gcm', deriveKey(secret, salt, context), iv);
  cipher.setAAD(version);
  const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
  return Buffer.concat([version, salt, iv, cipher.getAuthTag(), sealed]);
}

/**
 * Opens what `seal` made. Undefined for any other secret, any other context, and after any change of a
 * byte; never throws, because a token that cannot be reused is asked for again.
 */
export function open(bytes: Buffer, secret: string, context: string): string | undefined {
  if (bytes.length < HEADER_BYTES || bytes.length > LARGEST_SEALED_BYTES || bytes[0] !== VERSION)
    return undefined;
  const salt = bytes.subarray(1, 1 + SALT_BYTES);
  const iv = bytes.subarray(1 + SALT_BYTES, 1 + SALT_BYTES + IV_BYTES);
  const tag = bytes.subarray(HEADER_BYTES - TAG_BYTES, HEADER_BYTES);
  try {
    const decipher = createDecipheriv('aes-256-gcm', deriveKey(secret, salt, context), iv, {
      authTagLength: TAG_BYTES,
    });
    decipher.setAAD(bytes.subarray(0, 1));
    decipher.setAuthTag(tag);
    const text = decipher.update(bytes.subarray(HEADER_BYTES));
    return Buffer.concat([text, decipher.final()]).toString('utf8');
  } catch {
    return undefined;
  }
}

/** Seals a token for those who ask with the same identity and know the secret. */
export function sealToken(token: Token, secret: string, identity: TokenIdentity): Buffer {
  const { accessToken, tokenType, expiresAtMs } = token;
  return seal(
    JSON.stringify({ accessToken, tokenType, expiresAtMs }),
    secret,
    fingerprint(identity),
  );
}

/** Opens a sealed token with any of the secrets; undefined when none does, or it is no token. */
export function openToken(
  bytes: Buffer,
  secrets: readonly string[],
  identity: TokenIdentity,
): Token | undefined {
  const context = fingerprint(identity);
  for (const secret of secrets) {
    const text = open(bytes, secret, context);
    if (text !== undefined) return parseToken(text);
  }
  return undefined;
}

function parseToken(text: string): Token | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const { accessToken, tokenType, expiresAtMs } = value as Record<string, unknown>;
  if (!isTokenText(accessToken) || !isTokenText(tokenType)) return undefined;
  if (typeof expiresAtMs !== 'number' || !Number.isFinite(expiresAtMs)) return undefined;
  const claims = readClaims(accessToken);
  return {
    accessToken,
    tokenType,
    expiresAtMs,
    grantedScopes: claims.scopes,
    userId: claims.userId,
  };
}

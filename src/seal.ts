/** Seals text with the client secret, bound to one job or repository, and opens it. Without the secret the bytes are worth nothing. */

import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto';

/** The layout is: version (one byte), salt, IV, tag, ciphertext. */
const VERSION = 2;
const SALT_BYTES = 32;
const IV_BYTES = 12;
const TAG_BYTES = 16;
const HEADER_BYTES = 1 + SALT_BYTES + IV_BYTES + TAG_BYTES;

/** A token is shorter than its answer of at most 64 KiB. The rest is for the header and the field names. */
export const LARGEST_SEALED_BYTES = 64 * 1024 + 128;

/** HKDF-SHA-256 (RFC 5869): a client secret is random enough to need no slow derivation. */
function deriveKey(secret: string, salt: Buffer, binding: readonly string[]): Buffer {
  const info = JSON.stringify(['adobe-ims-token', VERSION, ...binding]);
  // HKDF takes at most 1024 bytes here, and the binding can be longer.
  const hashed = createHash('sha256').update(info).digest();
  return Buffer.from(hkdfSync('sha256', secret, salt, hashed, 32));
}

/**
 * Seals text with AES-256-GCM. The key is derived from `secret`, with a new salt each time.
 * @param binding what the bytes are for, and where they may be opened; opening needs the same
 */
export function seal(text: string, secret: string, binding: readonly string[]): Buffer {
  const salt = randomBytes(SALT_BYTES);
  const iv = randomBytes(IV_BYTES);
  const version = Buffer.from([VERSION]);
  const cipher = createCipheriv('aes-256-gcm', deriveKey(secret, salt, binding), iv);
  cipher.setAAD(version);
  const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
  return Buffer.concat([version, salt, iv, cipher.getAuthTag(), sealed]);
}

function openWith(bytes: Buffer, secret: string, binding: readonly string[]): string | undefined {
  const salt = bytes.subarray(1, 1 + SALT_BYTES);
  const iv = bytes.subarray(1 + SALT_BYTES, 1 + SALT_BYTES + IV_BYTES);
  const tag = bytes.subarray(HEADER_BYTES - TAG_BYTES, HEADER_BYTES);
  try {
    const key = deriveKey(secret, salt, binding);
    const decipher = createDecipheriv('aes-256-gcm', key, iv, { authTagLength: TAG_BYTES });
    decipher.setAAD(bytes.subarray(0, 1));
    decipher.setAuthTag(tag);
    const text = decipher.update(bytes.subarray(HEADER_BYTES));
    return Buffer.concat([text, decipher.final()]).toString('utf8');
  } catch {
    // Too short, of another version, or not sealed with this secret for this binding.
    return undefined;
  }
}

/**
 * Opens what `seal` made, with any of the secrets, and says which. Undefined for other secrets, another
 * binding, and after any change of a byte; never throws, as every caller can go on without the text.
 */
export function open(
  bytes: Buffer,
  secrets: readonly string[],
  binding: readonly string[],
): { readonly text: string; readonly secret: string } | undefined {
  for (const secret of secrets) {
    const text = openWith(bytes, secret, binding);
    if (text !== undefined) return { text, secret };
  }
  return undefined;
}

/** Which certificates Node trusts, and what is wrong with the file that should add some. */

import { createHash, randomBytes, X509Certificate } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import * as tls from 'node:tls';

import { readBoundedFile } from '../bounded-file.ts';

/** Bytes of all files together. The certificates of a whole system take less than a quarter of it. */
const LARGEST_TRUST_BYTES = 4 * 1024 * 1024;
const EXTRA = 'NODE_EXTRA_CA_CERTS';

const hash = (data: string | Buffer): string => createHash('sha256').update(data).digest('hex');
const codeOf = (error: unknown): string => (error as NodeJS.ErrnoException).code ?? 'UNKNOWN';

/** The certificates that Node lists; undefined where the list does not decide. */
function listedCertificates(): readonly string[] | undefined {
  // Node 20 lacks the function.
  if (typeof tls.getCACertificates !== 'function') return undefined;
  const listed = tls.getCACertificates('default');
  // With `--use-openssl-ca`, in any spelling, the list holds neither Node's own nor those of OpenSSL.
  const [own = ''] = tls.rootCertificates;
  return listed.includes(own) ? listed : undefined;
}

type TrustedFile = { readonly label: string; readonly path: string };

/** The files that the variables name. An empty variable is not the same as none. */
function trustedFiles(): readonly TrustedFile[] {
  const named = [EXTRA, 'SSL_CERT_FILE'].flatMap((label) => {
    const path = process.env[label];
    return path === undefined ? [] : [{ label, path }];
  });
  const folders = process.env['SSL_CERT_DIR']?.split(delimiter) ?? [];
  const inFolders = folders.flatMap((folder) => {
    try {
      return readdirSync(folder)
        .sort()
        .map((name) => ({ label: name, path: join(folder, name) }));
    } catch {
      return [{ label: 'SSL_CERT_DIR', path: folder }];
    }
  });
  return [...named, ...inFolders];
}

/** Names and contents of the files; undefined where there are too many bytes. */
function contentsOfTrustedFiles(): readonly string[] | undefined {
  let leftBytes = LARGEST_TRUST_BYTES;
  const contents: string[] = [];
  for (const { label, path } of trustedFiles())
    try {
      const bytes = readBoundedFile(path, leftBytes, 'follow');
      leftBytes -= bytes.length;
      contents.push(label, hash(bytes));
    } catch (error) {
      if (codeOf(error) === 'EFBIG') return undefined;
      contents.push(label, `not read: ${path}`);
    }
  return contents;
}

/**
 * A hash of what Node trusts: certificates, not what the variables say, as several of them change it. Where
 * the files are too large, the hash equals no other.
 */
export function hashOfTrust(): string {
  const trusted = listedCertificates() ?? contentsOfTrustedFiles();
  return trusted === undefined ? randomBytes(32).toString('hex') : hash(JSON.stringify(trusted));
}

/** What the file in `NODE_EXTRA_CA_CERTS` is; `unset` without the variable. */
export type ExtraCertificates =
  | 'unset'
  | 'missing'
  | 'folder'
  | 'too large'
  | 'unreadable'
  | 'der'
  | 'no pem'
  | 'damaged'
  | 'pem';

const KINDS: Readonly<Record<string, ExtraCertificates>> = {
  ENOENT: 'missing',
  EISDIR: 'folder',
  EFBIG: 'too large',
};
const BYTE_ORDER_MARK = /^\xef\xbb\xbf/;
const PEM = /^-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/gm;

function isCertificate(data: string | Buffer): boolean {
  try {
    return new X509Certificate(data).raw.length > 0;
  } catch {
    return false;
  }
}

/** Judges the file in `NODE_EXTRA_CA_CERTS`, of which Node itself only prints that it is ignored. */
export function judgeExtraCertificates(): ExtraCertificates {
  const path = process.env[EXTRA] ?? '';
  if (path === '') return 'unset';
  let bytes: Buffer;
  try {
    bytes = readBoundedFile(path, LARGEST_TRUST_BYTES, 'follow');
  } catch (error) {
    return KINDS[codeOf(error)] ?? 'unreadable';
  }
  // As OpenSSL reads it: it passes over the mark, and over other lines.
  const certificates = bytes.toString('latin1').replace(BYTE_ORDER_MARK, '').match(PEM) ?? [];
  if (certificates.length === 0) return isCertificate(bytes) ? 'der' : 'no pem';
  return certificates.every(isCertificate) ? 'pem' : 'damaged';
}

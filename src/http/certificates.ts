/** Which certificates Node trusts, and what is wrong with the file that should add some. */

import { randomUUID, X509Certificate } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import * as tls from 'node:tls';

import { readBoundedFile } from '../bounded-file.ts';

/** Of all files together. The certificates of a whole system take less than a quarter of it. */
const LIMIT_BYTES = 4 * 1024 * 1024;
const EXTRA = 'NODE_EXTRA_CA_CERTS';

const codeOf = (error: unknown): string => (error as NodeJS.ErrnoException).code ?? '';

/** The certificates that Node lists; undefined if that list does not decide what Node trusts. */
function listedCertificates(): readonly string[] | undefined {
  // Node 20 lacks the function.
  if (typeof tls.getCACertificates !== 'function') return undefined;
  const listed = tls.getCACertificates('default');
  // With `--use-openssl-ca`, in any spelling, the list has neither Node's own nor those of OpenSSL.
  const [own = ''] = tls.rootCertificates;
  return listed.includes(own) ? listed : undefined;
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    // The folder cannot be read, nor can `.` in it, so it counts by its path.
    return ['.'];
  }
}

/**
 * The files of certificates that the variables name. A file that cannot be read counts by its path.
 * @throws Error for more than 4 MiB in all
 */
function trustedFiles(): readonly unknown[] {
  let leftBytes = LIMIT_BYTES;
  const contentsOf = (path: string): string => {
    try {
      const bytes = readBoundedFile(path, leftBytes, 'follow');
      leftBytes -= bytes.length;
      return bytes.toString('latin1');
    } catch (error) {
      if (codeOf(error) === 'EFBIG') throw error;
      return `not read: ${path}`;
    }
  };
  const files = [process.env[EXTRA], process.env['SSL_CERT_FILE']];
  const folders = process.env['SSL_CERT_DIR']?.split(delimiter) ?? [];
  return [
    files.map((path) => path !== undefined && contentsOf(path)),
    folders.map((folder) => namesIn(folder).map((name) => [name, contentsOf(join(folder, name))])),
  ];
}

/**
 * What Node trusts. Steps compare certificates and not variables, as several variables decide together. If the
 * files are too large, the value is random, so it equals no other.
 */
export function trust(): readonly unknown[] {
  const listed = listedCertificates();
  if (listed !== undefined) return listed;
  try {
    return trustedFiles();
  } catch {
    return [randomUUID()];
  }
}

const READ_PROBLEMS: Readonly<Record<string, string>> = {
  ENOENT: 'does not exist. Correct the path',
  EISDIR: 'is a folder. Name one file',
};

/** What is wrong with the file, as far as that can be known. */
function problemOf(path: string): string {
  let bytes: Buffer;
  try {
    bytes = readBoundedFile(path, LIMIT_BYTES, 'follow');
  } catch (error) {
    return (
      READ_PROBLEMS[codeOf(error)] ??
      'cannot be read, or is larger than 4 MiB. Check its rights and size'
    );
  }
  try {
    // Reads what Node reads: PEM after other lines or a byte order mark. It reads DER too.
    new X509Certificate(bytes);
  } catch {
    return 'holds no certificate in PEM form that can be read. It must hold a block that begins with `-----BEGIN CERTIFICATE-----`';
  }
  return bytes.includes('-----BEGIN ')
    ? 'seems not to hold the CA of this certificate. Add the root certificate of that CA'
    : 'is binary (DER). Convert it to PEM: `openssl x509 -inform der -in FILE -out FILE.pem`';
}

/** What to do about a certificate that is not trusted. Node itself only warns on stderr. */
export function trustRemedy(): string {
  const path = process.env[EXTRA] ?? '';
  const extra =
    path === ''
      ? `If a proxy of your company inspects TLS, set \`${EXTRA}\` to the file with its CA certificate`
      : `\`${EXTRA}\` is set, but its file ${problemOf(path)}`;
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const canUseSystem = major > 24 || (major === 24 && minor >= 6);
  if (!canUseSystem || process.env['NODE_USE_SYSTEM_CA'] === '1') return `${extra}.`;
  return `${extra}. Or set \`NODE_USE_SYSTEM_CA=1\`, if the runner's system trusts the CA.`;
}

/** Certificates made when a test runs, so that none has to be kept. */

import 'reflect-metadata';

import { KeyObject, webcrypto } from 'node:crypto';

import * as x509 from '@peculiar/x509';

export type Authority = {
  readonly cert: string;
  readonly keys: CryptoKeyPair;
  readonly name: string;
};
export type Certificate = { readonly key: string; readonly cert: string };

type CryptoKeyPair = webcrypto.CryptoKeyPair;

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const DAY_MS = 86_400_000;

function makeKeys(): Promise<CryptoKeyPair> {
  return webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
}

/** A certificate authority that nobody trusts unless told to. */
export async function makeAuthority(): Promise<Authority> {
  x509.cryptoProvider.set(webcrypto);
  const keys = await makeKeys();
  const name = 'CN=adobe-ims-token test authority';
  const cert = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: '01',
    name,
    notBefore: new Date(Date.now() - DAY_MS),
    notAfter: new Date(Date.now() + DAY_MS),
    signingAlgorithm: ALGORITHM,
    keys,
    extensions: [new x509.BasicConstraintsExtension(true, 1, true)],
  });
  return { cert: cert.toString('pem'), keys, name };
}

/** A server certificate for host names and addresses; it has begun, and ends tomorrow unless told otherwise. */
export async function issueCertificate(
  authority: Authority,
  options: { readonly names: readonly string[]; readonly notAfter?: Date },
): Promise<Certificate> {
  const keys = await makeKeys();
  const cert = await x509.X509CertificateGenerator.create({
    serialNumber: '02',
    subject: 'CN=adobe-ims-token test server',
    issuer: authority.name,
    notBefore: new Date(Date.now() - 2 * DAY_MS),
    notAfter: options.notAfter ?? new Date(Date.now() + DAY_MS),
    signingAlgorithm: ALGORITHM,
    publicKey: keys.publicKey,
    signingKey: authority.keys.privateKey,
    extensions: [
      new x509.SubjectAlternativeNameExtension(
        options.names.map((value) => ({ type: /^[\d.]+$/.test(value) ? 'ip' : 'dns', value })),
      ),
    ],
  });
  const key = KeyObject.from(keys.privateKey).export({ type: 'pkcs8', format: 'pem' }).toString();
  return { key, cert: cert.toString('pem') };
}

/** The way to a server: through which proxy, trusting which certificates. */

import { createHash } from 'node:crypto';

import { hashOfTrust } from './certificates.ts';
import { proxyFor } from './proxy.ts';

export type Route = {
  /** Hash of the proxy, its user name and password included. */
  readonly proxy: string;
  /** Hash of the certificates that Node trusts. */
  readonly certificates: string;
};

function hashOfProxy(url: URL): string {
  let proxy = 'unreadable';
  try {
    const { protocol, host, port, user, password } = proxyFor(url) ?? {};
    proxy = JSON.stringify([protocol, host, port, user, password]);
  } catch {
    // The request itself fails with the reason.
  }
  return createHash('sha256').update(proxy).digest('hex');
}

/** The way to a server as it is now; equal for two steps that go the same way. */
export function routeTo(origin: string): Route {
  return { proxy: hashOfProxy(new URL(origin)), certificates: hashOfTrust() };
}

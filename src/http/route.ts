/** The way to a server: through which proxy, trusting which certificates. */

import { createHash } from 'node:crypto';
import * as tls from 'node:tls';

import { checkBypass, getProxyUrl } from '@actions/http-client/lib/proxy';

/** A proxy variable is set and names no proxy. */
export class UnreadableProxyError extends Error {
  override readonly name = 'UnreadableProxyError';
}

/**
 * The proxy that requests to a URL go through; undefined for none.
 * @throws UnreadableProxyError where the HTTP client would silently go without the proxy
 */
export function proxyFor(url: URL): URL | undefined {
  const [lower, upper] =
    url.protocol === 'https:' ? ['https_proxy', 'HTTPS_PROXY'] : ['http_proxy', 'HTTP_PROXY'];
  const given = [process.env[lower], process.env[upper]].find(Boolean);
  if (given === undefined || checkBypass(url)) return undefined;
  try {
    const proxy = getProxyUrl(url);
    if (proxy !== undefined && proxy.hostname !== '') return proxy;
  } catch {
    // Not a URL.
  }
  throw new UnreadableProxyError('a proxy variable is not a URL');
}

export type Route = {
  /** Hash of the proxy, its user name and password included. */
  readonly proxy: string;
  /** Hash of the certificates that Node trusts. */
  readonly certificates: string;
};

const hash = (text: string): string => createHash('sha256').update(text).digest('hex');

/**
 * What is trusted, not what the variables say: several of them change it. But Node does not list the store of
 * OpenSSL, and Node 20 may lack the function: there, the variables must do.
 */
function trustedCertificates(): string {
  const listed = typeof tls.getCACertificates === 'function';
  if (listed && !/use.openssl.ca/.test(process.env['NODE_OPTIONS'] ?? ''))
    return tls.getCACertificates('default').join('\n');
  const names = ['NODE_EXTRA_CA_CERTS', 'SSL_CERT_FILE', 'SSL_CERT_DIR'];
  return JSON.stringify(names.map((name) => process.env[name] ?? ''));
}

/** The way to a server as it is now; equal for two steps that go the same way. */
export function routeTo(origin: string): Route {
  let proxy = 'unreadable';
  try {
    const found = proxyFor(new URL(origin));
    proxy = found === undefined ? 'none' : `${found.href} ${found.username} ${found.password}`;
  } catch {
    // Nothing is sent that way in any case.
  }
  return { proxy: hash(proxy), certificates: hash(trustedCertificates()) };
}

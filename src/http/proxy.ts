/** The proxy variable: what it may say, and which requests it is for. */

import { checkBypass } from '@actions/http-client/lib/proxy';

import { StepError } from '../failure.ts';

/** A proxy, and the name of the variable that names it. */
export type Proxy = { readonly url: URL; readonly variable: string };

/**
 * Scheme, user and password, host, port. The last `@` ends the password, so the password may hold others. A quote,
 * a path or a query is no part of a host.
 */
const ADDRESS =
  /^(?:(https?):\/\/)?(?:([^/?#\\\p{Cc}]*)@)?(\[[\da-f:.]+\]|[\p{L}\p{M}\p{N}._-]{1,253})(?::(\d{1,5}))?\/?$/iu;

/**
 * Reads `http(s)://[user[:password]@]host[:port][/]`, or the same without a scheme but with a port.
 * Undefined for anything else.
 */
export function parseProxy(value: string): URL | undefined {
  const [, scheme, credentials = '', host = '', port] = ADDRESS.exec(value.trim()) ?? [];
  if (host === '' || (scheme === undefined && port === undefined)) return undefined;
  const [user = '', ...password] = credentials.split(':');
  try {
    const url = new URL(`${scheme ?? 'http'}://${host}:${port ?? ''}`);
    url.username = encodeURIComponent(decodeURIComponent(user));
    url.password = encodeURIComponent(decodeURIComponent(password.join(':')));
    // Node would connect to another port than 0.
    return url.port === '0' ? undefined : url;
  } catch {
    // No host, a port above 65535, or a % that encodes nothing.
    return undefined;
  }
}

/** Host and port, as messages name a proxy. */
export function hostAndPort({ hostname, port, protocol }: URL): string {
  const standard = protocol === 'https:' ? '443' : '80';
  return `${hostname}:${port === '' ? standard : port}`;
}

/**
 * The proxy that requests to a URL go through; undefined for none. Over http, requests go to the loopback
 * interface alone, and that needs no proxy.
 * @throws StepError if the variable names no proxy: no request may go around the proxy
 */
export function proxyFor(url: URL): Proxy | undefined {
  const names = ['https_proxy', 'HTTPS_PROXY'];
  const variable = names.find((name) => (process.env[name] ?? '') !== '');
  if (variable === undefined || url.protocol !== 'https:' || checkBypass(url)) return undefined;
  const proxy = parseProxy(process.env[variable] ?? '');
  if (proxy !== undefined) return { url: proxy, variable };
  throw new StepError({
    code: 'proxy',
    happened: `\`${variable}\` is not the URL of a proxy, so nothing was sent.`,
    remedy:
      'Write http://host:port or http://user:password@host:port. The scheme may be https; SOCKS is not supported. In user and password, encode % @ : / ? # \\ as %25 %40 %3A %2F %3F %23 %5C.',
  });
}

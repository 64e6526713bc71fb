/** The proxy variable: what it may say, and which requests it is for. */

import { isIPv6 } from 'node:net';

import { checkBypass } from '@actions/http-client/lib/proxy';

export type ProxyServer = {
  readonly protocol: 'http:' | 'https:';
  /** A name, or an IP address without brackets. */
  readonly host: string;
  readonly port: number;
  /** Decoded, as the password; empty for none. */
  readonly user: string;
  readonly password: string;
};

/** A proxy, and the name of the variable that names it. */
export type Proxy = ProxyServer & { readonly variable: string };

/** A proxy variable is set and names no proxy. */
export class UnreadableProxyError extends Error {
  override readonly name = 'UnreadableProxyError';
  readonly variable: string;
  constructor(variable: string) {
    super(`${variable} names no proxy`);
    this.variable = variable;
  }
}

/**
 * Scheme, user and password, host, port. The last `@` ends the password, so it may hold others. No character
 * of a host can be one of a quote, a path or a query.
 */
const ADDRESS =
  /^(?:(https?):\/\/)?(?:([^/?#\\\p{Cc}]*)@)?(\[[\da-f:.]+\]|[\p{L}\p{M}\p{N}._-]{1,253})(?::(\d{1,5}))?\/?$/iu;

/** An IPv6 address without the brackets of a URL, as Node wants it; any other host as it is. */
export function withoutBrackets(host: string): string {
  return host.replace(/^\[|\]$/g, '');
}

/**
 * Reads `http(s)://[user[:password]@]host[:port][/]`, or the same without a scheme but with a port, which
 * counts as http. Undefined for anything else.
 */
export function parseProxy(value: string): ProxyServer | undefined {
  const [, scheme, credentials = '', host = '', port] = ADDRESS.exec(value.trim()) ?? [];
  if (host === '' || (scheme === undefined && port === undefined)) return undefined;
  const [user = '', ...password] = credentials.split(':');
  try {
    const url = new URL(`${scheme ?? 'http'}://${host}:${port ?? ''}`);
    const protocol = url.protocol === 'https:' ? 'https:' : 'http:';
    const number = Number(url.port === '' ? { 'http:': 80, 'https:': 443 }[protocol] : url.port);
    // Node would take another port for 0.
    if (number === 0) return undefined;
    return {
      protocol,
      host: withoutBrackets(url.hostname),
      port: number,
      user: decodeURIComponent(user),
      password: decodeURIComponent(password.join(':')),
    };
  } catch {
    // No host, a port above 65535, or a % that encodes nothing.
    return undefined;
  }
}

/** Host and port, as messages name them: an IPv6 address has brackets. */
export function hostAndPort({ host, port }: ProxyServer): string {
  return `${isIPv6(host) ? `[${host}]` : host}:${port}`;
}

/** The URL of a proxy in the one form that the HTTP client reads as we do: it passes over `name:port`. */
export function proxyUrl(proxy: ProxyServer): string {
  const [user, password] = [proxy.user, proxy.password].map(encodeURIComponent);
  return `${proxy.protocol}//${user ?? ''}:${password ?? ''}@${hostAndPort(proxy)}`;
}

/**
 * The proxy that requests to a URL go through; undefined for none. Over http, requests go to the loopback
 * interface alone, and that needs no proxy.
 * @throws UnreadableProxyError if the variable names no proxy: nothing may go around it
 */
export function proxyFor(url: URL): Proxy | undefined {
  const names = ['https_proxy', 'HTTPS_PROXY'];
  const variable = names.find((name) => (process.env[name] ?? '') !== '');
  if (variable === undefined || url.protocol !== 'https:' || checkBypass(url)) return undefined;
  const server = parseProxy(process.env[variable] ?? '');
  if (server === undefined) throw new UnreadableProxyError(variable);
  return { ...server, variable };
}

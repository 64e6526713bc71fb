/** The way to a server: through which proxy, trusting which certificates. */

import { createHash } from 'node:crypto';

import { trust } from './certificates.ts';
import { proxyFor } from './proxy.ts';

/** Hashes, as the URL of the proxy may hold a password. */
export type Route = { readonly proxy: string; readonly certificates: string };

const hash = (text: string): string => createHash('sha256').update(text).digest('hex');

function proxyTo(origin: string): string {
  try {
    return proxyFor(new URL(origin))?.url.href ?? 'none';
  } catch {
    // The request itself fails with the reason.
    return 'unreadable';
  }
}

/** The way to a server as it is now; equal for two steps that go the same way. */
export function routeTo(origin: string): Route {
  return { proxy: hash(proxyTo(origin)), certificates: hash(JSON.stringify(trust())) };
}

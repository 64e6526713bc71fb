/** Which hosts the secret may be sent to. */

import { isLoopback } from '../http/loopback.ts';

/** `origin` is scheme, host and port, without a path; `reason` follows the name of the input. */
type EndpointJudgement =
  { readonly ok: true; readonly origin: string } | { readonly ok: false; readonly reason: string };

function isAdobe(hostname: string): boolean {
  return hostname === 'adobelogin.com' || hostname.endsWith('.adobelogin.com');
}

/**
 * Judges a base URL of IMS: `adobelogin.com` and hosts below it, over https. On the loopback interface, http is
 * allowed for tests. Judges the parsed URL, because the request uses that too.
 */
export function judgeEndpoint(text: string): EndpointJudgement {
  const refuse = (reason: string): EndpointJudgement => ({ ok: false, reason });
  const url = URL.canParse(text) ? new URL(text) : undefined;
  // `host:443` is a URL of the scheme `host:`, without a host.
  if (url === undefined || url.hostname === '')
    return refuse('is not a URL; write https:// and a host');
  if (url.username !== '' || url.password !== '')
    return refuse('carries a user name or password; leave them out');
  const loopback = isLoopback(url.hostname);
  if (!loopback && !isAdobe(url.hostname))
    return refuse(
      'does not point to adobelogin.com or a host below it; the secret is sent nowhere else',
    );
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && loopback))
    return refuse('must start with https://');
  if (url.pathname !== '/' || url.search !== '' || url.hash !== '')
    return refuse('must be a scheme and host alone, without a path; the action adds the path');
  return { ok: true, origin: url.origin };
}

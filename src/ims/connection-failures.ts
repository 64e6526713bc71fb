/** A connection that failed -> what happened, what to do about it. */

import type { Failure } from '../failure.ts';

import { TimedOutError } from '../http/exchange.ts';
import { UnreadableProxyError } from '../http/route.ts';

const CERTIFICATE_CODE =
  /^(ERR_TLS_CERT_|CERT_|CRL_|UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|INVALID_CA|HOSTNAME_MISMATCH|PATH_LENGTH|INVALID_PURPOSE)/;
const HANDSHAKE_CODE = /^(EPROTO|ERR_SSL_|ERR_TLS_)/;
/** The package `tunnel`, under the HTTP client, names what a proxy answered, and why not, in the message alone. */
const TUNNEL =
  /^tunneling socket could not be established(?:, statusCode=(\d{3})$|, cause=.*?\b(E[A-Z_]{4,}))?/;

function certificateRemedy(reason: string): string {
  if (/EXPIRED|NOT_YET_VALID/.test(reason))
    return 'Check the clock of the runner. If a proxy of your company inspects TLS, its certificate may be the one at fault.';
  if (/ALTNAME|HOSTNAME/.test(reason))
    return 'Another server answers for this name: check `ims-url`, DNS, and whether a proxy is in between.';
  return 'If a proxy of your company inspects TLS, set `NODE_EXTRA_CA_CERTS` to the file with its CA certificate.';
}

function proxyFailure(status: string | undefined, origin: string, reason: string): Failure {
  const facts = [status === undefined ? reason : `proxy answered ${status}`];
  if (status !== undefined && Number(status) < 500)
    return {
      code: 'proxy',
      happened: `The proxy refused a connection to ${origin}, so nothing was sent.`,
      remedy: 'Check `https_proxy`, its user name and password, and what the proxy allows.',
      facts,
    };
  return {
    code: 'proxy',
    happened: `The proxy in \`https_proxy\` gave no connection to ${origin}, so nothing was sent.`,
    remedy:
      'Check that the runner reaches the proxy, and the proxy IMS. If the proxy itself speaks https, `NODE_EXTRA_CA_CERTS` must name its CA.',
    facts,
    retry: {},
  };
}

function tlsFailure(reason: string, origin: string): Failure {
  if (CERTIFICATE_CODE.test(reason))
    return {
      code: 'tls',
      happened: `The certificate of ${origin} could not be verified, so nothing was sent.`,
      remedy: certificateRemedy(reason),
      facts: [reason],
    };
  return {
    code: 'tls',
    happened: `No TLS connection to ${origin} could be made, so nothing was sent.`,
    remedy: 'Check the port in `ims-url`, and whether a proxy or firewall answers in place of IMS.',
    facts: [reason],
  };
}

function connectionFailure(reason: string, origin: string, connected: boolean): Failure {
  const common = { code: 'network', facts: [reason], retry: { mayBeServed: connected } } as const;
  if (connected)
    return {
      ...common,
      happened: `The connection to ${origin} broke before the whole answer came.`,
      remedy:
        'Run the job again; if it happens again, look for a proxy or firewall that cuts connections.',
    };
  return {
    ...common,
    happened: `No connection to ${origin}.`,
    remedy:
      'Check that the runner may reach it: DNS, firewall, and the proxy variables `https_proxy` and `no_proxy`.',
  };
}

/**
 * Why an attempt ended without an answer.
 * @param attempt its time limit in milliseconds, and whether the server may have read something of the request
 */
export function networkFailure(
  error: unknown,
  attempt: { readonly origin: string; readonly limitMs: number; readonly connected: boolean },
): Failure {
  const { origin, limitMs, connected } = attempt;
  if (error instanceof TimedOutError)
    return {
      code: 'timeout',
      happened: `${origin} did not answer in time.`,
      remedy: 'Run the job again, or raise `timeout`.',
      facts: [`no answer within ${(limitMs / 1000).toFixed(1)} s`],
      retry: { mayBeServed: connected },
    };
  if (error instanceof UnreadableProxyError)
    return {
      code: 'proxy',
      happened: '`https_proxy` is not the URL of a proxy, so nothing was sent.',
      remedy:
        'Write it as http://host:port. In its user name and password, % is written %25, @ is written %40 and : is written %3A.',
      facts: ['ERR_INVALID_URL'],
    };
  const { code = '', message } = error as Error & { readonly code?: string };
  const reason = /^[A-Z0-9_]{2,60}$/.test(code) ? code : 'UNKNOWN';
  const tunnel = TUNNEL.exec(message);
  if (CERTIFICATE_CODE.test(reason) || HANDSHAKE_CODE.test(reason))
    return tlsFailure(reason, origin);
  if (tunnel !== null) return proxyFailure(tunnel[1], origin, tunnel[2] ?? reason);
  return connectionFailure(reason, origin, connected);
}

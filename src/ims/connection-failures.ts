/** A connection that failed -> what happened, what to do about it. */

import { type Code, type Failure, failureOf } from '../failure.ts';
import { trustRemedy } from '../http/certificates.ts';
import { isNetworkError, TimedOutError } from '../http/exchange.ts';
import { hostAndPort, type Proxy, proxyFor } from '../http/proxy.ts';
import { CHECK_WHO_ANSWERS } from './refusals.ts';

const CERTIFICATE_CODE =
  /^(ERR_TLS_CERT_|CERT_|CRL_|UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|INVALID_CA|HOSTNAME_MISMATCH|PATH_LENGTH|INVALID_PURPOSE)/;
const HANDSHAKE_CODE = /^(EPROTO|ERR_SSL_|ERR_TLS_)/;
/** The HTTP client uses `tunnel`, which gives the proxy's status or the cause only in the message. */
const TUNNEL = /^tunneling socket could not be established(?:, statusCode=(\d{3})$|, cause=)?/;

type Attempt = {
  readonly origin: string;
  /** Its time limit in milliseconds. */
  readonly limitMs: number;
  /** Whether the server may have read something of the request. */
  readonly connected: boolean;
};

function certificateRemedy(reason: string): string {
  if (/EXPIRED|NOT_YET_VALID/.test(reason))
    return 'Check the clock of the runner. If a proxy of your company inspects TLS, its certificate may be the one at fault.';
  if (/ALTNAME|HOSTNAME/.test(reason))
    return 'Another server answers for this name: check `ims-url`, DNS, and whether a proxy is in between.';
  return trustRemedy();
}

/** Undefined if the reason is not one of TLS. */
function tlsFailure(
  reason: string,
  server: string,
  code: Code,
  handshakeRemedy: string,
): Failure | undefined {
  const common = { code, facts: [reason] };
  if (CERTIFICATE_CODE.test(reason))
    return {
      ...common,
      happened: `The certificate of ${server} could not be verified, so nothing was sent.`,
      remedy: certificateRemedy(reason),
    };
  if (HANDSHAKE_CODE.test(reason))
    return {
      ...common,
      happened: `No TLS connection to ${server} could be made, so nothing was sent.`,
      remedy: handshakeRemedy,
    };
  return undefined;
}

/** Guesses Node's error code from the text of a cause. */
function reasonOfCause(cause: string): string {
  if (cause.includes('altnames')) return 'ERR_TLS_CERT_ALTNAME_INVALID';
  if (/certificate (has expired|is not yet valid)/.test(cause)) return 'CERT_HAS_EXPIRED';
  if (cause.includes('certificate')) return 'UNABLE_TO_VERIFY_LEAF_SIGNATURE';
  const [code] = /\bE[A-Z]{4,20}\b/.exec(cause) ?? [];
  return code ?? (/SSL|TLS/.test(cause) ? 'EPROTO' : 'ECONNRESET');
}

function proxyFailure(message: string, { url, variable }: Proxy, origin: string): Failure {
  const [start = '', status] = TUNNEL.exec(message) ?? [];
  const reason =
    status === undefined ? reasonOfCause(message.slice(start.length)) : `proxy answered ${status}`;
  const common = { code: 'proxy', facts: [reason] } as const;
  if (status !== undefined && Number(status) < 500)
    return {
      ...common,
      happened: `The proxy refused a connection to ${origin}, so nothing was sent.`,
      remedy: `Check \`${variable}\`, its user name and password, and what the proxy allows.`,
    };
  const address = hostAndPort(url);
  const handshakeRemedy = `If the proxy speaks plain http, write http:// in \`${variable}\`. Otherwise check its port.`;
  return (
    tlsFailure(reason, `the proxy ${address}`, 'proxy', handshakeRemedy) ?? {
      ...common,
      happened: `The proxy in \`${variable}\` gave no connection to ${origin}, so nothing was sent.`,
      remedy: `Check that the runner reaches the proxy at ${address}, and that the proxy reaches IMS.`,
      retry: {},
    }
  );
}

function timeoutFailure({ origin, limitMs, connected }: Attempt): Failure {
  return {
    code: 'timeout',
    happened: `${origin} did not answer in time.`,
    remedy: 'Run the job again, or raise `timeout`.',
    facts: [`no answer within ${(limitMs / 1000).toFixed(1)} s`],
    retry: { mayBeServed: connected },
  };
}

function brokenConnection(reason: string, { origin, connected }: Attempt): Failure {
  const common = { facts: [reason], retry: { mayBeServed: connected } };
  if (reason.startsWith('HPE_'))
    return {
      ...common,
      code: 'malformed_answer',
      happened: `The answer of ${origin} is not valid HTTP.`,
      remedy: CHECK_WHO_ANSWERS,
    };
  if (connected)
    return {
      ...common,
      code: 'network',
      happened: `The connection to ${origin} broke before the whole answer came.`,
      remedy:
        'Run the job again; if it happens again, look for a proxy or firewall that cuts connections.',
    };
  return {
    ...common,
    code: 'network',
    happened: `No connection to ${origin}.`,
    remedy:
      'Check that the runner may reach it: DNS, firewall, and the proxy variables `https_proxy` and `no_proxy`.',
  };
}

/** The failure for an error that `exchange` threw: why an attempt ended without an answer. */
export function networkFailure(error: unknown, attempt: Attempt): Failure {
  if (!isNetworkError(error)) return failureOf(error);
  if (error instanceof TimedOutError) return timeoutFailure(attempt);
  const { message, code: reason = '' } = error;
  const { origin } = attempt;
  const proxy = TUNNEL.test(message) ? proxyFor(new URL(origin)) : undefined;
  if (proxy !== undefined) return proxyFailure(message, proxy, origin);
  const handshakeRemedy =
    'Check the port in `ims-url`, and whether a proxy or firewall answers in place of IMS.';
  // After the handshake, an error of TLS is a connection that broke.
  const tls = attempt.connected ? undefined : tlsFailure(reason, origin, 'tls', handshakeRemedy);
  return tls ?? brokenConnection(reason, attempt);
}

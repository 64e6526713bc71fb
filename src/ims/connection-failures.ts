/** A connection that failed -> what happened, what to do about it. */

import { type Failure, failureOf, StepError } from '../failure.ts';
import { type ExtraCertificates, judgeExtraCertificates } from '../http/certificates.ts';
import { isDefect, TimedOutError } from '../http/exchange.ts';
import { hostAndPort, type Proxy, proxyFor, UnreadableProxyError } from '../http/proxy.ts';

const CERTIFICATE_CODE =
  /^(ERR_TLS_CERT_|CERT_|CRL_|UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|INVALID_CA|HOSTNAME_MISMATCH|PATH_LENGTH|INVALID_PURPOSE)/;
const HANDSHAKE_CODE = /^(EPROTO|ERR_SSL_|ERR_TLS_)/;
/** `tunnel`, under the HTTP client, gives the proxy's status or cause only in the message. */
const TUNNEL = /^tunneling socket could not be established(?:, statusCode=(\d{3})$|, cause=)?/;

/** The first Node that reads `NODE_USE_SYSTEM_CA`. */
const SYSTEM_CA_VERSION = [24, 6] as const;

const EXTRA_CERTIFICATES: Readonly<Record<ExtraCertificates, string>> = {
  unset:
    'If a proxy of your company inspects TLS, set `NODE_EXTRA_CA_CERTS` to the file with its CA certificate',
  missing: '`NODE_EXTRA_CA_CERTS` is set, but its file does not exist. Correct the path',
  folder: '`NODE_EXTRA_CA_CERTS` is set, but names a folder. Name one file',
  'too large':
    '`NODE_EXTRA_CA_CERTS` is set, but its file is larger than 4 MiB. Name a file with the CA certificate alone',
  unreadable: '`NODE_EXTRA_CA_CERTS` is set, but its file cannot be read. Check its rights',
  der: '`NODE_EXTRA_CA_CERTS` is set, but its file is binary (DER). Convert it to PEM: `openssl x509 -inform der -in FILE -out FILE.pem`',
  'no pem':
    '`NODE_EXTRA_CA_CERTS` is set, but its file holds no certificate in PEM form, which begins with `-----BEGIN CERTIFICATE-----`. Write the CA certificate in that form',
  damaged: '`NODE_EXTRA_CA_CERTS` is set, but its file holds a damaged certificate. Write it again',
  pem: '`NODE_EXTRA_CA_CERTS` is set and its file is in PEM form, but the CA of this certificate seems not to be in it. Add the root certificate of that CA',
};

/** Another way to trust a CA, where this Node has it and it is not taken yet. */
function orSystemCertificates(): string {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const [sinceMajor, sinceMinor] = SYSTEM_CA_VERSION;
  const known = major > sinceMajor || (major === sinceMajor && minor >= sinceMinor);
  const isOther = known && process.env['NODE_USE_SYSTEM_CA'] !== '1';
  return isOther ? ", or set `NODE_USE_SYSTEM_CA=1` if the runner's system trusts the CA" : '';
}

function certificateRemedy(reason: string): string {
  if (/EXPIRED|NOT_YET_VALID/.test(reason))
    return 'Check the clock of the runner. If a proxy of your company inspects TLS, its certificate may be the one at fault.';
  if (/ALTNAME|HOSTNAME/.test(reason))
    return 'Another server answers for this name: check `ims-url`, DNS, and whether a proxy is in between.';
  return `${EXTRA_CERTIFICATES[judgeExtraCertificates()]}${orSystemCertificates()}.`;
}

function tlsFailure(reason: string, origin: string): Failure {
  const certificate = CERTIFICATE_CODE.test(reason);
  return {
    code: 'tls',
    happened: certificate
      ? `The certificate of ${origin} could not be verified, so nothing was sent.`
      : `No TLS connection to ${origin} could be made, so nothing was sent.`,
    remedy: certificate
      ? certificateRemedy(reason)
      : 'Check the port in `ims-url`, and whether a proxy or firewall answers in place of IMS.',
    facts: [reason],
  };
}

function proxyRefusal(status: number, variable: string, origin: string): Failure {
  const common = { code: 'proxy', facts: [`proxy answered ${status}`] } as const;
  if (status >= 500)
    return {
      ...common,
      happened: `The proxy in \`${variable}\` gave no connection to ${origin}, so nothing was sent.`,
      remedy: 'Check that the proxy reaches IMS.',
      retry: {},
    };
  return {
    ...common,
    happened: `The proxy refused a connection to ${origin}, so nothing was sent.`,
    remedy: `Check \`${variable}\`, its user name and password, and what the proxy allows.`,
  };
}

/** The code behind the text of a cause. */
function reasonOfCause(cause: string): string {
  if (cause.includes('altnames')) return 'ERR_TLS_CERT_ALTNAME_INVALID';
  if (/certificate (has expired|is not yet valid)/.test(cause)) return 'CERT_HAS_EXPIRED';
  if (cause.includes('certificate')) return 'UNABLE_TO_VERIFY_LEAF_SIGNATURE';
  const [code] = /\bE[A-Z]{4,20}\b/.exec(cause) ?? [];
  return code ?? (/SSL|TLS/.test(cause) ? 'EPROTO' : 'ECONNRESET');
}

function proxyFailure(message: string, proxy: Proxy, origin: string): Failure {
  const { variable } = proxy;
  const [start = '', status] = TUNNEL.exec(message) ?? [];
  if (status !== undefined) return proxyRefusal(Number(status), variable, origin);
  const reason = reasonOfCause(message.slice(start.length));
  const address = hostAndPort(proxy);
  const common = { code: 'proxy', facts: [reason] } as const;
  if (CERTIFICATE_CODE.test(reason))
    return {
      ...common,
      happened: `The certificate of the proxy ${address} could not be verified, so nothing was sent.`,
      remedy: certificateRemedy(reason),
    };
  if (HANDSHAKE_CODE.test(reason))
    return {
      ...common,
      happened: `No TLS connection to the proxy ${address} could be made, so nothing was sent.`,
      remedy: `If the proxy speaks plain http, write http:// in \`${variable}\`. Otherwise check its port.`,
    };
  return {
    ...common,
    happened: `The proxy in \`${variable}\` gave no connection to ${origin}, so nothing was sent.`,
    remedy: `Check that the runner reaches ${address}, and that a proxy answers there.`,
    retry: {},
  };
}

function unreadableProxyFailure({ variable }: UnreadableProxyError): Failure {
  return {
    code: 'proxy',
    happened: `\`${variable}\` is not the URL of a proxy, so nothing was sent.`,
    remedy:
      'Write http://host:port or http://user:password@host:port. The scheme may be https; SOCKS is not supported. In user and password, encode % @ : / ? # \\ as %25 %40 %3A %2F %3F %23 %5C.',
  };
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

function connectionFailure(reason: string, { origin, connected }: Attempt): Failure {
  const common = { facts: [reason], retry: { mayBeServed: connected } };
  if (reason.startsWith('HPE_'))
    return {
      ...common,
      code: 'malformed_answer',
      happened: `The answer of ${origin} is not valid HTTP.`,
      remedy:
        'Check `ims-url`, and whether a proxy answers in place of IMS; otherwise run the job again later.',
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

function reasonOf(error: unknown): string {
  const { code = '' } = error as NodeJS.ErrnoException;
  return /^[A-Z0-9_]{2,60}$/.test(code) ? code : 'UNKNOWN';
}

type Attempt = {
  readonly origin: string;
  /** Its time limit in milliseconds. */
  readonly limitMs: number;
  /** Whether the server may have read something of the request. */
  readonly connected: boolean;
};

/** Why an attempt ended without an answer: the failure of what `exchange` threw. */
export function networkFailure(error: unknown, attempt: Attempt): Failure {
  if (isDefect(error)) return failureOf(error);
  if (error instanceof TimedOutError) return timeoutFailure(attempt);
  if (error instanceof UnreadableProxyError) return unreadableProxyFailure(error);
  const { message } = error as Error;
  const proxy = TUNNEL.test(message) ? proxyFor(new URL(attempt.origin)) : undefined;
  if (proxy !== undefined) return proxyFailure(message, proxy, attempt.origin);
  const reason = reasonOf(error);
  if (CERTIFICATE_CODE.test(reason) || HANDSHAKE_CODE.test(reason))
    return tlsFailure(reason, attempt.origin);
  return connectionFailure(reason, attempt);
}

/**
 * Checks that requests to an origin need no proxy, or one that the proxy variable names.
 * @throws StepError
 */
export function checkProxy(origin: string): void {
  try {
    proxyFor(new URL(origin));
  } catch (error) {
    if (!(error instanceof UnreadableProxyError)) throw error;
    throw new StepError(unreadableProxyFailure(error), { cause: error });
  }
}

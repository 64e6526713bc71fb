/** The only file that touches the network. */

import type { IncomingMessage } from 'node:http';

import { HttpClient, type HttpClientResponse } from '@actions/http-client';

import { NetworkError, type NetworkFault } from '../errors.ts';
import { type Connection, handler, refuseUnreadableProxy } from './connection.ts';
import type { Endpoint } from './endpoint.ts';
import type { FormRequest } from './token-request.ts';
import { type Answer, BODY_LIMIT_BYTES } from './token-response.ts';

export type PostOptions = {
  /** Time limit for the whole exchange, connection and body included, in milliseconds. */
  readonly limitMs: number;
  /** Aborted when the step is cancelled. */
  readonly signal: AbortSignal;
};

const USER_AGENT = 'adobe-ims-token';

type SystemError = Error & { readonly code?: string };

const CERTIFICATE_CODE =
  /^(ERR_TLS_CERT_|CERT_|CRL_|UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|INVALID_CA|HOSTNAME_MISMATCH|PATH_LENGTH|INVALID_PURPOSE)/;
const HANDSHAKE_CODE = /^(EPROTO|ERR_SSL_|ERR_TLS_)/;

function faultOf(error: SystemError, code: string): NetworkFault {
  if (CERTIFICATE_CODE.test(code)) return 'tls';
  if (HANDSHAKE_CODE.test(code)) return 'handshake';
  const tunnel = error.message.startsWith('tunneling socket could not be established');
  return tunnel ? 'proxy_unreached' : 'connection';
}

/** @param connected whether anything of the request can have been read */
function networkError(error: SystemError, connected: boolean): NetworkError {
  const code = /^[A-Z0-9_]{2,60}$/.test(error.code ?? '') ? (error.code ?? '') : 'UNKNOWN';
  // The package `tunnel`, under the HTTP client, tells a proxy's answer in the message alone.
  const proxyStatus = /^tunneling socket could not be established, statusCode=(\d{3})$/.exec(
    error.message,
  )?.[1];
  if (proxyStatus !== undefined) {
    const refused = Number(proxyStatus) < 500;
    return new NetworkError(refused ? 'proxy_refused' : 'proxy_unreached', {
      reason: `proxy answered ${proxyStatus}`,
      mayHaveArrived: false,
      message: 'proxy refused the tunnel',
    });
  }
  const fault = faultOf(error, code);
  const mayHaveArrived = fault === 'connection' && connected;
  return new NetworkError(fault, { reason: code, mayHaveArrived, message: code });
}

/** Reads a body up to the limit; undefined when it is longer. Rejects when it is cut off. */
function readBounded(message: IncomingMessage): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    message.on('data', (chunk: Buffer) => {
      size += chunk.length;
      chunks.push(chunk);
      if (size > BODY_LIMIT_BYTES) {
        resolve(undefined);
        message.destroy();
      }
    });
    message.on('end', () => {
      resolve(Buffer.concat(chunks).toString('utf8'));
    });
    message.on('error', reject);
    // Without this a connection closed in the middle of a body would be waited for until the limit.
    message.on('close', () => {
      reject(Object.assign(new Error('answer cut off'), { code: 'ECONNRESET' }));
    });
  });
}

/** Rejects when the signal is aborted: after an answer of 101 Node tells of no response and of no error. */
function ended(signal: AbortSignal): Promise<never> {
  const promise = new Promise<never>((_resolve, reject) => {
    signal.addEventListener(
      'abort',
      () => {
        reject(new Error('ended'));
      },
      { once: true },
    );
  });
  // Nobody waits for it once there is an answer.
  promise.catch(() => undefined);
  return promise;
}

/** A header as text: Node reads its bytes as Latin-1, servers write UTF-8. */
function header(response: HttpClientResponse, name: string): string {
  const value = response.message.headers[name];
  return typeof value === 'string' ? Buffer.from(value, 'latin1').toString('utf8') : '';
}

/**
 * Posts a form, once. Follows no redirect, repeats nothing, and honours the proxy variables.
 * @throws NetworkError without an answer; what `signal` was aborted with when the step is cancelled
 */
export async function post(
  endpoint: Endpoint,
  request: FormRequest,
  options: PostOptions,
): Promise<Answer> {
  refuseUnreadableProxy(endpoint);
  const limit = new AbortController();
  const timer = setTimeout(() => {
    limit.abort();
  }, options.limitMs);
  const signal = AbortSignal.any([limit.signal, options.signal]);
  const connection: Connection = { connected: false };
  const client = new HttpClient(USER_AGENT, [handler(signal, connection)], {
    allowRedirects: false,
    allowRetries: false,
  });
  // The client would add an ID of the runner's, which is no business of the server's.
  client.userAgent = USER_AGENT;
  const sentAtMs = Date.now();
  try {
    options.signal.throwIfAborted();
    const url = endpoint.origin + request.path;
    const response = await Promise.race([
      client.post(url, request.body, { ...request.headers }),
      ended(signal),
    ]);
    const body = await readBounded(response.message);
    return {
      status: response.message.statusCode ?? 0,
      debugId: header(response, 'x-debug-id'),
      retryAfter: header(response, 'retry-after'),
      body,
      sentAtMs,
    };
  } catch (error) {
    options.signal.throwIfAborted();
    if (limit.signal.aborted)
      throw new NetworkError('attempt_timeout', {
        reason: `no answer within ${(options.limitMs / 1000).toFixed(1)} s`,
        mayHaveArrived: connection.connected,
        message: 'attempt timed out',
      });
    const cause = error instanceof Error ? error : new Error(String(error));
    throw networkError(cause, connection.connected);
  } finally {
    clearTimeout(timer);
    client.dispose();
  }
}

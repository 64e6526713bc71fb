/** One HTTP exchange, bounded in bytes and ended by a signal. The only file that touches the network. */

import type {
  Agent,
  ClientRequest,
  IncomingHttpHeaders,
  IncomingMessage,
  RequestOptions,
} from 'node:http';
import { getDefaultAutoSelectFamilyAttemptTimeout, isIP, type LookupFunction } from 'node:net';
import { Readable } from 'node:stream';
import { TLSSocket } from 'node:tls';

import { HttpClient } from '@actions/http-client';

import { proxyFor } from './proxy.ts';

export type HttpRequest = {
  readonly method: 'GET' | 'POST' | 'PUT';
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
};

export type HttpResponse = {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** Undefined when it was longer than `limitBytes`. */
  readonly body: Buffer | undefined;
};

/** Any 2xx. */
export const isSuccess = ({ status }: { readonly status: number }): boolean =>
  status >= 200 && status <= 299;

type ExchangeOptions = {
  /** Ends the exchange in any phase. */
  readonly signal: AbortSignal;
  /** Milliseconds for connection and body together. */
  readonly limitMs: number;
  /** A longer body of an answer is not read to its end. */
  readonly limitBytes: number;
  /** Called once the server may have read something of the request. */
  readonly onConnect?: () => void;
};

export class TimedOutError extends Error {
  override readonly name = 'TimedOutError';
}

/** Whether `exchange` threw because of the network, and not of a setting or a defect. */
export function isNetworkError(error: unknown): error is NodeJS.ErrnoException {
  // Node gives codes to some of its own TypeErrors too.
  if (error instanceof TypeError || error instanceof RangeError) return false;
  return (
    error instanceof TimedOutError || typeof (error as NodeJS.ErrnoException).code === 'string'
  );
}

/** Reads a body up to the limit; undefined when it is longer. Rejects when it is cut off. */
async function readBounded(
  message: IncomingMessage,
  limitBytes: number,
): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  // Leaving the loop closes the connection.
  for await (const chunk of message as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > limitBytes) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** Rejects when the signal is aborted. Node itself reports nothing after HTTP 101 (Switching Protocols). */
function rejectedBy(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => {
      reject(new Error('ended'));
    });
  });
}

/** Answers for `localhost` without a name server, which could name another host. */
const lookupLoopback: LookupFunction = (_hostname, { all }, callback) => {
  const ipv4 = { address: '127.0.0.1', family: 4 };
  if (all === true) callback(null, [ipv4, { address: '::1', family: 6 }]);
  else callback(null, ipv4.address, ipv4.family);
};

/** Calls back when the connection to the server is ready. Before that, the server cannot have read anything. */
function onConnection(agent: Agent, ready: () => void): void {
  // Node calls `addRequest` for each request, also on a proxy's agent. Node's types lack it.
  const internal = agent as Agent & {
    addRequest(request: ClientRequest, ...rest: unknown[]): void;
  };
  const addRequest = internal.addRequest.bind(agent);
  internal.addRequest = (request, ...rest) => {
    request.once('socket', (socket) => {
      socket.once(socket instanceof TLSSocket ? 'secureConnect' : 'connect', ready);
    });
    addRequest(request, ...rest);
  };
}

/**
 * Milliseconds to try each address of a host except the last. A third of the request's limit, at most 2 s, but
 * never less than Node's own setting. Whole milliseconds, as Node throws at a fraction.
 */
function addressLimitMs(limitMs: number): number {
  const thirdMs = Math.min(Math.floor(limitMs / 3), 2000);
  return Math.max(thirdMs, getDefaultAutoSelectFamilyAttemptTimeout());
}

/** Removes a URL's brackets around an IPv6 address. With them, Node would ask DNS for the address. */
const withoutBrackets = (host?: string | null): string => (host ?? '').replace(/^\[|\]$/g, '');

/** Changes the options of each request. The signal also closes a socket that is still connecting. */
function connectionHandler(
  signal: AbortSignal,
  { limitMs, onConnect = () => undefined }: ExchangeOptions,
): NonNullable<HttpClient['handlers']>[number] {
  const common = { signal, autoSelectFamilyAttemptTimeout: addressLimitMs(limitMs) };
  return {
    prepareRequest(options: RequestOptions): void {
      Object.assign(options, common);
      if (options.host === 'localhost') options.lookup = lookupLoopback;
      const agent = options.agent as Agent & { readonly proxyOptions?: RequestOptions };
      onConnection(agent, onConnect);
      if (agent.proxyOptions === undefined) {
        options.host = withoutBrackets(options.host);
        return;
      }
      const host = withoutBrackets(agent.proxyOptions.host);
      // Otherwise Node compares the proxy's certificate with the name of the server behind it.
      const servername = isIP(host) === 0 ? host : '';
      Object.assign(agent.proxyOptions, common, { host, servername });
      // `tunnel` calls the deprecated `new Buffer`. Keep Node's warning off stderr. With
      // `--no-deprecation` the property is true already, and read-only.
      if (process.noDeprecation !== true) process.noDeprecation = true;
    },
    canHandleAuthentication: () => false,
    handleAuthentication: () => Promise.reject(new Error('not supported')),
  };
}

async function send(
  { method, url, headers, body }: HttpRequest,
  signal: AbortSignal,
  options: ExchangeOptions,
): Promise<HttpResponse> {
  const client = new HttpClient('', [connectionHandler(signal, options)], {
    allowRedirects: false,
  });
  // The constructor would add the runner's orchestration ID.
  client.userAgent = 'adobe-ims-token';
  // The client takes text or a stream. Without a length, Node sends a stream in chunks.
  const stream = body === undefined ? null : Readable.from(body);
  const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
  try {
    const { message } = await Promise.race([
      client.request(method, url.href, stream, { ...headers, ...length }),
      rejectedBy(signal),
    ]);
    const read = await readBounded(message, options.limitBytes);
    // A body without a length looks whole when the signal has closed its connection.
    signal.throwIfAborted();
    return { status: message.statusCode ?? 0, headers: message.headers, body: read };
  } finally {
    client.dispose();
  }
}

/**
 * Sends one request. Follows no redirect, repeats nothing, and honours the proxy variables.
 * @throws TimedOutError; what `signal` was aborted with; StepError for a wrong proxy variable; else Node's error
 */
export async function exchange(
  request: HttpRequest,
  options: ExchangeOptions,
): Promise<HttpResponse> {
  const proxy = proxyFor(request.url);
  // The HTTP client reads the variable itself. It would ignore a proxy without a scheme.
  if (proxy !== undefined) process.env[proxy.variable] = proxy.url.href;
  options.signal.throwIfAborted();
  const limit = new AbortController();
  // Not `AbortSignal.timeout`, which does not keep the process alive after HTTP 101.
  const timer = setTimeout(() => {
    limit.abort();
  }, options.limitMs);
  try {
    return await send(request, AbortSignal.any([limit.signal, options.signal]), options);
  } catch (error) {
    options.signal.throwIfAborted();
    throw limit.signal.aborted ? new TimedOutError('timed out') : error;
  } finally {
    clearTimeout(timer);
  }
}

/** One HTTP exchange, bounded in bytes and ended by a signal. The only file that touches the network. */

import type {
  Agent,
  ClientRequest,
  IncomingHttpHeaders,
  IncomingMessage,
  RequestOptions,
} from 'node:http';
import { Agent as TlsAgent } from 'node:https';
import { getDefaultAutoSelectFamilyAttemptTimeout, isIP, type LookupFunction } from 'node:net';
import { Readable } from 'node:stream';

import { HttpClient } from '@actions/http-client';

import { proxyFor, proxyUrl, UnreadableProxyError, withoutBrackets } from './proxy.ts';

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
  /** Ends it too, in milliseconds, connection and body included. */
  readonly limitMs: number;
  /** A longer body of an answer is not read to its end. */
  readonly limitBytes: number;
  /** Called once the server may have read something of the request. */
  readonly onConnect?: () => void;
};

/** The time limit of an exchange has passed. */
export class TimedOutError extends Error {
  override readonly name = 'TimedOutError';
}

/**
 * Whether `exchange` threw because of a defect of this action: a failed connection has a code of Node's, but
 * Node gives codes to some of its own TypeErrors too.
 */
export function isDefect(error: unknown): boolean {
  if (error instanceof TimedOutError || error instanceof UnreadableProxyError) return false;
  if (error instanceof TypeError || error instanceof RangeError) return true;
  return typeof (error as NodeJS.ErrnoException).code !== 'string';
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

/** Rejects when the signal is aborted: after an answer of 101, Node reports neither response nor error. */
function ended(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    const stop = (): void => {
      reject(new Error('ended'));
    };
    signal.addEventListener('abort', stop, { once: true });
  });
}

/** Answers for `localhost` without a name server, so that it is the loopback interface and nothing else. */
const lookupLoopback: LookupFunction = (_hostname, options, callback) => {
  const addresses = [
    { address: '127.0.0.1', family: 4 },
    { address: '::1', family: 6 },
  ];
  if (options.all === true) callback(null, addresses);
  else callback(null, '127.0.0.1', 4);
};

/** Calls back when a connection is ready: before that, the server can have read nothing. */
function onConnection(agent: Agent, event: 'connect' | 'secureConnect', ready: () => void): void {
  const connect = agent.createConnection.bind(agent);
  agent.createConnection = (...args) => {
    const socket = connect(...args);
    socket?.once(event, ready);
    return socket;
  };
}

/** Calls back when a proxy has opened a tunnel. The server may then read the request. */
function onTunnel(agent: Agent, ready: () => void): void {
  // Node calls it for each request; its types do not know it.
  const tunnel = agent as Agent & { addRequest(request: ClientRequest, ...rest: unknown[]): void };
  const addRequest = tunnel.addRequest.bind(agent);
  tunnel.addRequest = (request, ...rest) => {
    request.once('socket', ready);
    addRequest(request, ...rest);
  };
}

/**
 * Milliseconds for each address of a host but the last: a third of the time that the request has, at most 2 s
 * and at least Node's own setting. Node throws at a fraction.
 */
function addressLimitMs(limitMs: number): number {
  const thirdMs = Math.min(Math.floor(limitMs / 3), 2000);
  return Math.max(thirdMs, getDefaultAutoSelectFamilyAttemptTimeout());
}

/** A handler of the HTTP client that can close a socket which is still connecting. */
function abortableHandler(
  signal: AbortSignal,
  { limitMs, onConnect = () => undefined }: ExchangeOptions,
): NonNullable<HttpClient['handlers']>[number] {
  const common = { signal, autoSelectFamilyAttemptTimeout: addressLimitMs(limitMs) };
  return {
    prepareRequest(options: RequestOptions): void {
      Object.assign(options, common);
      if (options.host === 'localhost') options.lookup = lookupLoopback;
      const agent = options.agent as Agent & { readonly proxyOptions?: RequestOptions };
      if (agent.proxyOptions === undefined) {
        options.host = withoutBrackets(options.host ?? '');
        onConnection(agent, agent instanceof TlsAgent ? 'secureConnect' : 'connect', onConnect);
        return;
      }
      const host = withoutBrackets(agent.proxyOptions.host ?? '');
      // Else Node compares the proxy's certificate with the name of the server behind it.
      const servername = isIP(host) === 0 ? host : '';
      Object.assign(agent.proxyOptions, common, { host, servername });
      // `tunnel` calls the deprecated `new Buffer`. Keep Node's warning off stderr. Read-only where it is set.
      if (process.noDeprecation !== true) process.noDeprecation = true;
      onTunnel(agent, onConnect);
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
  const policy = { allowRedirects: false, allowRetries: false };
  const client = new HttpClient('', [abortableHandler(signal, options)], policy);
  // The constructor would add the runner's orchestration ID.
  client.userAgent = 'adobe-ims-token';
  // The client takes text or a stream, and sends a stream in chunks unless it is given the length.
  const bytes = Buffer.isBuffer(body);
  const length = bytes ? { 'content-length': String(body.length) } : {};
  const content = bytes ? Readable.from([body]) : (body ?? null);
  try {
    const response = await Promise.race([
      client.request(method, url.href, content, { ...headers, ...length }),
      ended(signal),
    ]);
    const { message } = response;
    const read = await readBounded(message, options.limitBytes);
    // A body without a length ends with its connection, also when we close that at the limit.
    signal.throwIfAborted();
    return { status: message.statusCode ?? 0, headers: message.headers, body: read };
  } finally {
    client.dispose();
  }
}

/**
 * Sends one request. Follows no redirect, repeats nothing, and honours the proxy variables.
 * @throws TimedOutError; UnreadableProxyError; else what Node says of a connection that failed or was ended
 */
export async function exchange(
  request: HttpRequest,
  options: ExchangeOptions,
): Promise<HttpResponse> {
  const proxy = proxyFor(request.url);
  // The HTTP client reads the variable itself, and would go without the proxy for what it cannot read.
  if (proxy !== undefined) process.env[proxy.variable] = proxyUrl(proxy);
  options.signal.throwIfAborted();
  const limit = new AbortController();
  // Not `AbortSignal.timeout`, which does not keep the process alive: after an answer of 101 the step would end.
  const timer = setTimeout(() => {
    limit.abort();
  }, options.limitMs);
  try {
    return await send(request, AbortSignal.any([limit.signal, options.signal]), options);
  } catch (error) {
    throw limit.signal.aborted ? new TimedOutError('timed out') : error;
  } finally {
    clearTimeout(timer);
  }
}

/** One HTTP exchange, bounded in bytes and ended by a signal. The only file that touches the network. */

import type { Agent, IncomingHttpHeaders, IncomingMessage, RequestOptions } from 'node:http';
import { Agent as TlsAgent } from 'node:https';
import type { LookupFunction } from 'node:net';
import { Readable } from 'node:stream';

import { HttpClient } from '@actions/http-client';

import { proxyFor } from './route.ts';

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
function watch(agent: Agent, event: 'connect' | 'secureConnect', onConnect: () => void): void {
  const connect = agent.createConnection.bind(agent);
  agent.createConnection = (...words) => {
    const socket = connect(...words);
    socket?.once(event, onConnect);
    return socket;
  };
}

/** The HTTP client offers no other way to close a socket that is still waiting. */
function handler(
  signal: AbortSignal,
  onConnect: () => void,
): NonNullable<HttpClient['handlers']>[number] {
  return {
    prepareRequest(options: RequestOptions): void {
      options.signal = signal;
      if (options.host === 'localhost') options.lookup = lookupLoopback;
      // The HTTP client leaves the brackets of the URL, and a name server would be asked for them.
      if (options.host === '[::1]') options.host = '::1';
      const agent = options.agent as Agent & { readonly proxyOptions?: RequestOptions };
      if (agent.proxyOptions === undefined)
        watch(agent, agent instanceof TlsAgent ? 'secureConnect' : 'connect', onConnect);
      else {
        agent.proxyOptions.signal = signal;
        // For a proxy with a password, `tunnel` calls a function that Node warns of on stderr.
        process.noDeprecation = true;
        // Behind a proxy the connection cannot be seen. Assume it stood, so that a code is never sent twice.
        onConnect();
      }
    },
    canHandleAuthentication: () => false,
    handleAuthentication: () => Promise.reject(new Error('not supported')),
  };
}

async function send(
  { method, url, headers, body }: HttpRequest,
  signal: AbortSignal,
  { limitBytes, onConnect = () => undefined }: ExchangeOptions,
): Promise<HttpResponse> {
  const policy = { allowRedirects: false, allowRetries: false };
  const client = new HttpClient('', [handler(signal, onConnect)], policy);
  // Set here, as the constructor would add an ID of the runner's, which is no business of the server's.
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
    const read = await readBounded(message, limitBytes);
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
  // Throws where the HTTP client would go without the proxy.
  proxyFor(request.url);
  options.signal.throwIfAborted();
  const limit = new AbortController();
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

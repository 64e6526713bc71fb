/** How a connection is made: to which address, through which proxy, until when; and what becomes of it. */

import type { Agent, RequestOptions } from 'node:http';
import { Agent as TlsAgent } from 'node:https';
import type { LookupFunction } from 'node:net';

import type { HttpClient } from '@actions/http-client';
import { checkBypass, getProxyUrl } from '@actions/http-client/lib/proxy';

import { NetworkError } from '../errors.ts';
import type { Endpoint } from './endpoint.ts';

/**
 * Refuses a proxy variable that names no proxy: the HTTP client would go without one, past the rule that
 * whoever set it has for the network. Only https goes through a proxy, as http is for the loopback
 * interface, which never does.
 * @throws NetworkError
 */
export function refuseUnreadableProxy(endpoint: Endpoint): void {
  const url = new URL(endpoint.origin);
  const given = [process.env['https_proxy'], process.env['HTTPS_PROXY']].find(Boolean);
  if (given === undefined || checkBypass(url)) return;
  let host = '';
  try {
    host = getProxyUrl(url)?.hostname ?? '';
  } catch {
    // Not a URL.
  }
  if (host === '')
    throw new NetworkError('proxy_unreadable', {
      reason: 'ERR_INVALID_URL',
      mayHaveArrived: false,
      message: 'proxy variable is not a URL',
    });
}

/** Answers for `localhost` without asking anybody, so that it is the loopback interface and nothing else. */
const lookupLoopback: LookupFunction = (_hostname, options, callback) => {
  const addresses = [
    { address: '127.0.0.1', family: 4 },
    { address: '::1', family: 6 },
  ];
  if (options.all === true) callback(null, addresses);
  else callback(null, '127.0.0.1', 4);
};

/** What becomes of a connection. */
export type Connection = { connected: boolean };

/** Notes when a connection is ready: before that, nothing of the request can have been read. */
function watch(agent: Agent, event: 'connect' | 'secureConnect', connection: Connection): void {
  const connect = agent.createConnection.bind(agent);
  agent.createConnection = (...words) => {
    const socket = connect(...words);
    socket?.once(event, () => {
      connection.connected = true;
    });
    return socket;
  };
}

/**
 * Makes connections of the HTTP client as this action wants them. Passes the abort signal to the request, and to the CONNECT request of a proxy tunnel: the HTTP client
 * offers no other way to close a socket that is still waiting.
 */
export function handler(
  signal: AbortSignal,
  connection: Connection,
): NonNullable<HttpClient['handlers']>[number] {
  return {
    prepareRequest(options: RequestOptions): void {
      options.signal = signal;
      if (options.host === 'localhost') options.lookup = lookupLoopback;
      // The HTTP client leaves the brackets of the URL, and a name server would be asked for them.
      if (options.host === '[::1]') options.host = '::1';
      const agent = options.agent as Agent & { readonly proxyOptions?: RequestOptions };
      if (agent.proxyOptions === undefined)
        watch(agent, agent instanceof TlsAgent ? 'secureConnect' : 'connect', connection);
      else {
        agent.proxyOptions.signal = signal;
        // A tunnel does not tell.
        connection.connected = true;
      }
    },
    canHandleAuthentication: () => false,
    handleAuthentication: () => Promise.reject(new Error('not supported')),
  };
}

/** A CONNECT proxy that leads every tunnel to one port of the loopback interface. */

import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { connect, type Socket } from 'node:net';

import { listen } from './listen.ts';

export type ProxyOptions = {
  /** The port to which every tunnel leads, whatever host was asked for; a closed one by default. */
  readonly port?: number | (() => number);
  /** Where to listen; 127.0.0.1 by default. */
  readonly address?: string;
  /** For a proxy that itself speaks https. */
  readonly tls?: { readonly key: string; readonly cert: string };
  readonly credentials?: string;
  readonly behaviour?: 'tunnel' | 'silent' | 'vanish' | { readonly status: number };
};

export type ConnectProxy = {
  /** Its URL where it listens on 127.0.0.1 and speaks http. */
  readonly url: string;
  /** Where it listens. */
  readonly port: number;
  /** `host:port` of each CONNECT. */
  readonly tunnels: readonly string[];
  close(): Promise<void>;
};

/** Starts the proxy on a free port. */
export async function startProxy(options: ProxyOptions): Promise<ConnectProxy> {
  const tunnels: string[] = [];
  const sockets = new Set<Socket>();
  const { port: target = 1, tls } = options;
  const server = tls === undefined ? createServer() : createTlsServer({ ...tls });
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.once('close', () => sockets.delete(socket));
  });
  server.on('connect', (request, socket: Socket) => {
    tunnels.push(request.url ?? '');
    const behaviour = options.behaviour ?? 'tunnel';
    if (behaviour === 'silent') return;
    if (behaviour === 'vanish') {
      socket.destroy();
      return;
    }
    const expected = `Basic ${Buffer.from(options.credentials ?? '').toString('base64')}`;
    const refused =
      options.credentials !== undefined && request.headers['proxy-authorization'] !== expected;
    const status = refused ? 407 : behaviour === 'tunnel' ? 200 : behaviour.status;
    socket.write(`HTTP/1.1 ${status} x\r\n\r\n`);
    if (status !== 200) {
      socket.end();
      return;
    }
    const upstream = connect(typeof target === 'function' ? target() : target, '127.0.0.1');
    sockets.add(upstream);
    upstream.on('error', () => socket.destroy());
    upstream.on('close', () => {
      socket.destroySoon();
    });
    socket.on('error', () => upstream.destroy());
    socket.on('close', () => upstream.destroy());
    upstream.pipe(socket).pipe(upstream);
  });
  const port = await listen(server, options.address);
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    tunnels,
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        for (const socket of sockets) socket.destroy();
      }),
  };
}

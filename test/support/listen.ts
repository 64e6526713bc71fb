/** Servers on the loopback interface, in this process or in another. */

import { once } from 'node:events';
import { connect, type Server } from 'node:net';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { createServer as createTlsServer } from 'node:tls';

/** Starts a server on a free port, and returns the port. */
export async function listen(server: Server, host = '127.0.0.1'): Promise<number> {
  await once(server.listen(0, host), 'listening');
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('the server has no port');
  return address.port;
}

/** Puts TLS in front of a port of the loopback interface. */
export async function startTlsFront(
  certificate: { readonly key: string; readonly cert: string },
  targetPort: number,
  host?: string,
): Promise<{ readonly port: number; readonly close: () => void }> {
  const server = createTlsServer({ ...certificate }, (socket) => {
    const target = connect(targetPort, '127.0.0.1');
    target.on('error', () => socket.destroy());
    socket.on('error', () => target.destroy());
    target.pipe(socket).pipe(target);
  });
  return { port: await listen(server, host), close: () => server.close() };
}

/** What a program prints that matches, as soon as it does; undefined when it ends before. */
export async function printed(output: Readable, pattern: RegExp): Promise<string | undefined> {
  for await (const line of createInterface(output)) {
    const [found] = pattern.exec(line) ?? [];
    if (found === undefined) continue;
    // A program whose output nobody reads would stop.
    output.resume();
    return found;
  }
  return undefined;
}

/** Servers of a test on the loopback interface. */

import { once } from 'node:events';
import type { Server } from 'node:net';

/** Starts a server on a free port, and returns the port. */
export async function listen(server: Server, host = '127.0.0.1'): Promise<number> {
  await once(server.listen(0, host), 'listening');
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('the server has no port');
  return address.port;
}

/** tinyproxy, a CONNECT proxy that others wrote, where it is installed. */

import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Where CI is set on Linux, its tests run and fail without it, so that nobody takes them for passed. */
export const hasTinyproxy =
  spawnSync('tinyproxy', ['-v']).status === 0 ||
  (process.env['CI'] === 'true' && process.platform === 'linux');

export type Tinyproxy = {
  readonly port: number;
  close(): Promise<void>;
};

/** Its configuration needs a port. This one is free for now. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address !== null ? address.port : 0;
}

/** Whether it listens; false when it ended, as it does when its port was taken meanwhile. */
async function listens(child: ChildProcess, port: number): Promise<boolean> {
  while (child.exitCode === null) {
    const socket = connect(port, '127.0.0.1');
    try {
      await once(socket, 'connect');
      return true;
    } catch {
      await new Promise((resolve) => setImmediate(resolve));
    } finally {
      socket.destroy();
    }
  }
  return false;
}

/**
 * Starts it on a free port of the loopback interface.
 * @param upstreamPort of the proxy that resolves names for it
 * @param credentials `user:password` that it asks for
 */
export async function startTinyproxy(
  upstreamPort: number,
  credentials: string,
): Promise<Tinyproxy> {
  const folder = mkdtempSync(join(tmpdir(), 'tinyproxy-'));
  const file = join(folder, 'tinyproxy.conf');
  for (let attempt = 1; attempt <= 5; attempt += 1) {
    const port = await freePort();
    const lines = [
      `Port ${port}`,
      'Listen 127.0.0.1',
      `Upstream http 127.0.0.1:${upstreamPort}`,
      `BasicAuth ${credentials.replace(':', ' ')}`,
    ];
    writeFileSync(file, `${lines.join('\n')}\n`);
    const child = spawn('tinyproxy', ['-d', '-c', file], { stdio: 'ignore' });
    if (!(await listens(child, port))) continue;
    const close = async (): Promise<void> => {
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
      rmSync(folder, { recursive: true });
    };
    return { port, close };
  }
  throw new Error('tinyproxy did not start');
}

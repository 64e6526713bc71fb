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
  /** Ends it at once, with its connections. */
  kill(): Promise<void>;
  close(): Promise<void>;
};

/** Its configuration needs a port. This one is free for now. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function answers(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

/** Whether it listens; false when it ended, as it does when its port was taken meanwhile. */
async function listens(child: ChildProcess, port: number): Promise<boolean> {
  while (child.exitCode === null) {
    if (await answers(port)) return true;
    await new Promise((resolve) => setImmediate(resolve));
  }
  return false;
}

/**
 * Starts it on a free port of the loopback interface.
 * @param upstreamPort of the proxy that resolves names for it
 * @param rules further lines of its configuration
 */
export async function startTinyproxy(
  upstreamPort: number,
  rules: readonly string[] = [],
): Promise<Tinyproxy> {
  const folder = mkdtempSync(join(tmpdir(), 'tinyproxy-'));
  for (let attempt = 1; attempt <= 5; attempt += 1) {
    const port = await freePort();
    const file = join(folder, `${port}.conf`);
    const base = [`Port ${port}`, 'Listen 127.0.0.1', 'Timeout 60', 'Allow 127.0.0.1'];
    const upstream = `Upstream http 127.0.0.1:${upstreamPort}`;
    writeFileSync(file, [...base, upstream, ...rules, ''].join('\n'));
    const child = spawn('tinyproxy', ['-d', '-c', file], { stdio: 'ignore' });
    if (!(await listens(child, port))) continue;
    const kill = async (): Promise<void> => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
    };
    const close = async (): Promise<void> => {
      await kill();
      rmSync(folder, { recursive: true });
    };
    return { port, kill, close };
  }
  throw new Error('tinyproxy did not start');
}

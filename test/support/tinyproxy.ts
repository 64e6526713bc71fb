/** tinyproxy, a CONNECT proxy that others wrote, where it is installed. */

import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { listen, printed } from './listen.ts';

/** In CI on Linux, its tests run and fail without it. Nobody takes them for passed. */
export const hasTinyproxy =
  spawnSync('tinyproxy', ['-v']).status === 0 ||
  (process.env['CI'] === 'true' && process.platform === 'linux');

export type Tinyproxy = {
  readonly port: number;
  readonly close: () => void;
};

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
  // Its configuration needs a port, and another process may take the one that was free.
  for (let attempt = 1; attempt <= 5; attempt += 1) {
    const probe = createServer();
    const port = await listen(probe);
    await once(probe.close(), 'close');
    const user = `BasicAuth ${credentials.replace(':', ' ')}`;
    const upstream = `Upstream http 127.0.0.1:${upstreamPort}`;
    writeFileSync(file, [`Port ${port}`, 'Listen 127.0.0.1', upstream, user, ''].join('\n'));
    const child = spawn('tinyproxy', ['-d', '-c', file], { stdio: ['ignore', 'pipe', 'ignore'] });
    const close = (): void => {
      child.kill('SIGKILL');
      rmSync(folder, { recursive: true });
    };
    if ((await printed(child.stdout, /Accepting connections/)) !== undefined)
      return { port, close };
  }
  throw new Error('tinyproxy did not start');
}

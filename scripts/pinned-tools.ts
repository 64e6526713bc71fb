/** Tools from npm that one check alone needs. Each set is pinned in a folder, and installed outside the repository. */

import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** What decides which versions npm installs. */
const PINS = ['package.json', '.npmrc'];

/** Installs the packages of a folder once for each set of pins; where they are, or undefined where npm fails. */
export function installPinned(folder: string): string | undefined {
  const pins = PINS.map((name) => readFileSync(join(folder, name), 'utf8'));
  const hash = createHash('sha256').update(pins.join('\n')).digest('hex').slice(0, 16);
  const cache = process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache');
  const installed = join(cache, 'adobe-ims-token-tools', hash);
  if (existsSync(installed)) return installed;
  console.log(`Installing the packages of ${folder} into ${installed}`);
  const half = `${installed}.${process.pid}`;
  mkdirSync(half, { recursive: true });
  for (const name of PINS) cpSync(join(folder, name), join(half, name));
  const args = ['install', '--no-audit', '--no-fund', '--loglevel=error'];
  if (spawnSync('npm', args, { cwd: half, stdio: 'inherit' }).status !== 0) {
    rmSync(half, { recursive: true });
    return undefined;
  }
  renameSync(half, installed);
  return installed;
}

/** Keeps the sealed token for later jobs and runs, in the repository's Actions cache. */

import { spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { isAbsolute, join } from 'node:path';

import { systemClock } from '../surroundings.ts';

import { fingerprint, LARGEST_SEALED_BYTES, type TokenIdentity } from './sealed-token.ts';

export type RepositoryCache = {
  readonly env: NodeJS.ProcessEnv;
  /** The built program of src/cache. */
  readonly program: string;
  readonly signal: AbortSignal;
  /** Milliseconds left for the cache, over both directions. */
  readonly budgetMs: { left: number };
};

const FILE = 'sealed-token';

function keyPrefix(identity: TokenIdentity): string {
  return `adobe-ims-token-1-${fingerprint(identity)}-`;
}

/**
 * Has GNU tar, which the cache client starts, take the folders off every name: the client unpacks an
 * archive with `-P`, so that one made by somebody else could write anywhere.
 */
const TAR_OPTIONS = '--transform=s,.*/,,';

/** What the cache program may see: all but the inputs, among them the client secret. */
function childEnvironment(env: NodeJS.ProcessEnv, folder: string): NodeJS.ProcessEnv {
  const kept = Object.entries(env).filter(([name]) => !/^(INPUT|STATE)_/i.test(name));
  const own = { GITHUB_WORKSPACE: folder, RUNNER_TEMP: folder, TAR_OPTIONS };
  return { ...Object.fromEntries(kept), ...own };
}

/** Ends a program and what it started; on Windows there are no process groups to end. */
function end(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(process.platform === 'win32' ? pid : -pid, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}

/** Runs the cache program; resolves when it ended or was ended, and never rejects. */
function run(cache: RepositoryCache, folder: string, words: readonly string[]): Promise<void> {
  const startedMs = systemClock.now();
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [cache.program, ...words], {
      cwd: folder,
      env: childEnvironment(cache.env, folder),
      stdio: 'ignore',
      detached: process.platform !== 'win32',
    });
    const stop = (): void => {
      end(child.pid);
    };
    const timer = setTimeout(stop, cache.budgetMs.left);
    cache.signal.addEventListener('abort', stop, { once: true });
    const done = (): void => {
      clearTimeout(timer);
      cache.signal.removeEventListener('abort', stop);
      cache.budgetMs.left = Math.max(0, cache.budgetMs.left - (systemClock.now() - startedMs));
      resolve();
    };
    child.once('error', done);
    child.once('exit', done);
  });
}

/**
 * Removes a folder. Where an archive left something in it that cannot be removed, or a `tar` still works
 * in it, it stays for the runner, which empties RUNNER_TEMP.
 */
function remove(folder: string): void {
  try {
    // An archive can take the rights to the folder away.
    chmodSync(folder, 0o700);
    rmSync(folder, { recursive: true, force: true });
  } catch {
    // As said above.
  }
}

/** Gives the cache program a folder to itself, which is gone afterwards. */
async function inFolder<T>(
  env: NodeJS.ProcessEnv,
  use: (folder: string) => Promise<T>,
): Promise<T | undefined> {
  let folder: string | undefined;
  try {
    const runnerTemp = env['RUNNER_TEMP'] ?? '';
    const parent = isAbsolute(runnerTemp) ? runnerTemp : tmpdir();
    folder = mkdtempSync(join(parent, 'adobe-ims-token-cache-'));
    return await use(folder);
  } catch {
    return undefined;
  } finally {
    if (folder !== undefined) remove(folder);
  }
}

function readSealed(path: string): Buffer | undefined {
  const facts = statSync(path, { throwIfNoEntry: false });
  return facts?.isFile() === true && facts.size <= LARGEST_SEALED_BYTES
    ? readFileSync(path)
    : undefined;
}

/** The newest sealed bytes of this identity; undefined for whatever reason there are none. */
export async function readFromRepository(
  cache: RepositoryCache,
  identity: TokenIdentity,
): Promise<Buffer | undefined> {
  return inFolder(cache.env, async (folder) => {
    await run(cache, folder, ['restore', keyPrefix(identity), FILE]);
    return readSealed(join(folder, FILE));
  });
}

/** Saves sealed bytes under the fingerprint and the expiry; does without where that cannot be. */
export async function writeToRepository(
  cache: RepositoryCache,
  identity: TokenIdentity,
  sealed: Buffer,
  expiresAtMs: number,
): Promise<void> {
  if (cache.budgetMs.left === 0) return;
  await inFolder(cache.env, async (folder) => {
    writeFileSync(join(folder, FILE), sealed, { mode: 0o600 });
    const key = `${keyPrefix(identity)}${Math.floor(expiresAtMs / 1000)}`;
    await run(cache, folder, ['save', key, FILE]);
  });
}

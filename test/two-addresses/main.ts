/**
 * Hosts with two addresses, of which one is dead, over a link with a round trip of 320 ms: the built action gets
 * its token, directly and through a proxy, and its cache costs what it may.
 *
 *   npm run test:two-addresses                says what is missing, and passes without it
 *   npm run test:two-addresses -- --required  fails when something is missing, as it does when CI=true
 *
 * All of it runs in namespaces of its own (mounts, network, processes), which end with it.
 */

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { passesWithout } from '../../scripts/required.ts';

/** Root by itself, or as seen from a user namespace. */
const RIGHTS = process.getuid?.() === 0 ? [] : ['--map-root-user'];
const NAMESPACES = [
  ...RIGHTS,
  '--mount',
  '--net',
  '--pid',
  '--fork',
  '--kill-child',
  '--mount-proc',
];
const LONGEST_MS = 300_000;

/** What is not there. */
function missing(): readonly string[] {
  const works = (command: string, ...words: readonly string[]): boolean =>
    spawnSync(command, words, { stdio: 'ignore' }).status === 0;
  const makesTap = works(
    'unshare',
    ...NAMESPACES,
    'ip',
    'tuntap',
    'add',
    'dev',
    'tap0',
    'mode',
    'tap',
  );
  return [
    ...(makesTap
      ? []
      : ['Linux with unshare, ip and /dev/net/tun, as root or with user namespaces']),
    ...(works('python3', '--version') ? [] : ['python3']),
    ...(works('nsenter', '--version') ? [] : ['nsenter']),
  ];
}

function runInside(): boolean {
  const scratch = mkdtempSync(join(tmpdir(), 'two-addresses-'));
  const program = [process.execPath, join(import.meta.dirname, 'inside.ts'), scratch];
  try {
    const { status } = spawnSync('unshare', [...NAMESPACES, ...program], {
      stdio: 'inherit',
      // For the jobs of the runner, too.
      env: { ...process.env, TMPDIR: scratch },
      timeout: LONGEST_MS,
      killSignal: 'SIGKILL',
    });
    return status === 0;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

const lacking = missing();
const passed = lacking.length > 0 ? passesWithout(`needs ${lacking.join('; ')}.`) : runInside();
process.exitCode = passed ? 0 : 1;

/**
 * Runs every complete workflow of the pages, unmodified, against stand-ins of Adobe and GitHub. README.md explains it.
 *
 *   node recipes/main.ts             says what is missing, and passes without it
 *   node recipes/main.ts --required  fails when something is missing, as it does when CI=true
 *   node recipes/main.ts Firefly     runs only the workflows with this in their name or page
 *
 * The recipes run under act without Docker, in a mount and a network namespace of their own: the hosts of
 * Adobe and GitHub are loopback addresses there, and nothing else can be reached.
 */

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { installPinned } from '../scripts/pinned-tools.ts';
import { passesWithout } from '../scripts/required.ts';
import { ACT_VERSION, findAct } from '../test/workflow/act.ts';

/** Root by itself, or as seen from a user namespace. */
const NAMESPACES = ['--mount', '--net', ...(process.getuid?.() === 0 ? [] : ['--map-root-user'])];

const args = process.argv.slice(2);
const only = args.find((name) => name !== '--required') ?? '';

/** What is not there, each with how to get it. */
function missing(): readonly string[] {
  const has = (command: string, ...words: readonly string[]): boolean =>
    spawnSync(command, words, { stdio: 'ignore' }).status === 0;
  return [
    ...(findAct() === undefined ? [`act: go install github.com/nektos/act@${ACT_VERSION}`] : []),
    ...['gh', 'jq', 'curl', 'git', 'python3'].flatMap((name) =>
      has(name, '--version') ? [] : [`${name}: apt-get install ${name}`],
    ),
    ...(has('unshare', ...NAMESPACES, 'ip', 'link', 'set', 'lo', 'up')
      ? []
      : ['Linux with unshare and ip, as root or with user namespaces']),
  ];
}

/** Runs inside.ts in namespaces of its own; whether every recipe passed. */
function runInside(tools: string): boolean {
  const scratch = mkdtempSync(join(tmpdir(), 'recipes-'));
  try {
    const inside = [process.execPath, join(import.meta.dirname, 'inside.ts'), tools, scratch, only];
    return spawnSync('unshare', [...NAMESPACES, ...inside], { stdio: 'inherit' }).status === 0;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

const lacking = missing();
const tools = lacking.length === 0 ? installPinned(join(import.meta.dirname, 'tools')) : undefined;
const needs = tools === undefined && lacking.length === 0 ? ['the npm registry'] : lacking;
const passed = tools === undefined ? passesWithout(`needs ${needs.join('; ')}`) : runInside(tools);
process.exitCode = passed ? 0 : 1;

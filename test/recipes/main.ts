/**
 * Runs every complete workflow of the README and of docs, unmodified, against stand-ins of Adobe and GitHub.
 *
 *   node test/recipes/main.ts             says what is missing, and passes without it
 *   node test/recipes/main.ts --required  fails when something is missing, as it does when CI=true
 *   node test/recipes/main.ts Firefly     runs only the recipes with this in their name
 *
 * The recipes run under act without Docker, in a mount and a network namespace of their own: the hosts of
 * Adobe and GitHub are loopback addresses there, and nothing else can be reached.
 */

import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';

import { ACT_VERSION, findAct } from '../workflow/act.ts';
import { EXPECTATIONS } from './expectations.ts';
import type { Totals } from './inside.ts';
import { completeWorkflows } from './workflows.ts';

/** Two recipes at a time; most of a command line's time is its start. */
const SHARDS = 2;

/** Root by itself, or as seen from a user namespace. */
const NAMESPACES = ['--mount', '--net', ...(process.getuid?.() === 0 ? [] : ['--map-root-user'])];

const root = join(import.meta.dirname, '..', '..');
const toolFolder = join(import.meta.dirname, 'tools');
const args = process.argv.slice(2);
const required = args.includes('--required') || process.env['CI'] === 'true';
const only = args.find((name) => name !== '--required') ?? '';

/** What is not there, each with how to get it. */
function missing(): readonly string[] {
  const has = (command: string, ...words: readonly string[]): boolean =>
    spawnSync(command, words, { stdio: 'ignore' }).status === 0;
  return [
    ...(findAct() === undefined ? [`act: go install github.com/nektos/act@${ACT_VERSION}`] : []),
    ...['gh', 'jq', 'curl', 'git'].flatMap((name) =>
      has(name, '--version') ? [] : [`${name}: apt-get install ${name}`],
    ),
    ...(has('unshare', ...NAMESPACES, 'ip', 'link', 'set', 'lo', 'up')
      ? []
      : ['Linux with unshare and ip, as root or with user namespaces']),
  ];
}

/** Installs the command lines once for each lock file; the folder they are in. */
function installTools(): string {
  const lock = readFileSync(join(toolFolder, 'package-lock.json'));
  const hash = createHash('sha256').update(lock).digest('hex').slice(0, 16);
  const cache = process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache');
  const folder = join(cache, 'adobe-ims-token-recipes', hash);
  if (existsSync(folder)) return folder;
  console.log(`Installing the command lines into ${folder}`);
  const half = `${folder}.${process.pid}`;
  mkdirSync(half, { recursive: true });
  for (const name of ['package.json', 'package-lock.json'])
    cpSync(join(toolFolder, name), join(half, name));
  execFileSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: half,
    stdio: 'inherit',
  });
  renameSync(half, folder);
  return folder;
}

/** The tools and their versions, as they say themselves. */
function versions(): string {
  const first = (command: string, ...words: readonly string[]): string =>
    execFileSync(command, words, { encoding: 'utf8' }).split('\n')[0] ?? '';
  const { dependencies } = JSON.parse(readFileSync(join(toolFolder, 'package.json'), 'utf8')) as {
    readonly dependencies: Readonly<Record<string, string>>;
  };
  const packages = Object.entries(dependencies).map(([name, version]) => `${name} ${version}`);
  return [first(findAct() ?? '', '--version'), first('gh', '--version'), ...packages].join(', ');
}

/** Runs one share of the recipes in namespaces of its own; undefined when that breaks down. */
async function runShard(
  shard: number,
  tools: string,
  scratch: string,
): Promise<Totals | undefined> {
  const inside = join(import.meta.dirname, 'inside.ts');
  const child = spawn(
    'unshare',
    [
      ...[...NAMESPACES, process.execPath, inside],
      ...[String(shard), String(SHARDS), tools, scratch, only],
    ],
    { stdio: 'inherit' },
  );
  await new Promise((resolve) => child.once('close', resolve));
  const file = join(scratch, 'totals.json');
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Totals) : undefined;
}

/** Expectations whose workflow is in no page. */
function withoutRecipe(): readonly string[] {
  const workflows = completeWorkflows(root);
  return EXPECTATIONS.filter(
    (one) => !workflows.some(({ page, name }) => page === one.page && name === one.workflow),
  ).map(({ page, workflow }) => `${page} has no workflow ${workflow}`);
}

async function runAll(): Promise<boolean> {
  const began = performance.now();
  const tools = installTools();
  const folders = Array.from({ length: SHARDS }, () => mkdtempSync(join(tmpdir(), 'recipes-')));
  try {
    const shares = await Promise.all(folders.map((folder, at) => runShard(at, tools, folder)));
    const sum = (of: (totals: Totals) => number): number =>
      shares.reduce((all, totals) => all + (totals === undefined ? 0 : of(totals)), 0);
    const orphans = withoutRecipe();
    for (const orphan of orphans) console.log(`failed  ${orphan}`);
    const broken = shares.filter((totals) => totals === undefined).length;
    const failed = sum((totals) => totals.failed) + orphans.length + broken;
    const notRun = shares.flatMap((totals) => totals?.notRun ?? []);
    console.log(`tools: ${versions()}`);
    console.log(`commands not run: ${notRun.length} (${notRun.join(', ')})`);
    console.log(
      `${sum((totals) => totals.workflows)} recipes in ${sum((totals) => totals.runs)} runs, ` +
        `${sum((totals) => totals.requests)} requests asserted, ` +
        `${Math.round((performance.now() - began) / 1000)} s`,
    );
    const passed = sum((totals) => totals.passed);
    console.log(`${passed} passed, ${failed} failed`);
    return passed > 0 && failed === 0;
  } finally {
    for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  }
}

const lacking = missing();
for (const what of lacking) console.log(`${required ? 'Failed' : 'Skipped'}: needs ${what}`);
const good = lacking.length === 0 ? await runAll() : !required;
process.exitCode = good ? 0 : 1;

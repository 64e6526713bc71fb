/**
 * Runs every complete workflow of the README and of docs, unmodified, against stand-ins of Adobe and GitHub.
 *
 *   node test/recipes/main.ts             says what is missing, and passes without it
 *   node test/recipes/main.ts --required  fails when something is missing, as it does when CI=true
 *   node test/recipes/main.ts Firefly     runs the recipes with this in their name alone
 *
 * The recipes run under act without Docker, in a mount and a network namespace of their own: the hosts of
 * Adobe and GitHub are loopback addresses there, and nothing else can be reached.
 */

import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';

import { makeAuthority } from '../support/certificates.ts';
import { ACT_VERSION, findAct } from '../workflow/act.ts';
import type { Surroundings } from './act.ts';
import { EXPECTATIONS } from './expectations.ts';
import { play, type Result, type Stage } from './play.ts';
import { playRotation, ROTATION, ROTATIONS } from './rotation.ts';
import { makeBox } from './sealed.ts';
import { ADDRESS, startServer, type Players } from './server.ts';
import { completeWorkflows, type Workflow } from './workflows.ts';

const root = join(import.meta.dirname, '..', '..');
const [first = '', ...rest] = process.argv.slice(2);
const required = [first, ...rest].includes('--required') || process.env['CI'] === 'true';

/** What is not there, each with how to get it. */
function missing(): readonly string[] {
  const has = (command: string, ...args: readonly string[]): boolean =>
    spawnSync(command, args, { stdio: 'ignore' }).status === 0;
  return [
    ...(findAct() === undefined ? [`act: go install github.com/nektos/act@${ACT_VERSION}`] : []),
    ...(has('gh', '--version') ? [] : ['gh: apt-get install gh']),
    ...(has('jq', '--version') ? [] : ['jq: apt-get install jq']),
    ...(has('unshare', '--mount', '--net', 'ip', 'link', 'set', 'lo', 'up')
      ? []
      : ['Linux with unshare and ip, as root']),
  ];
}

/** Installs the command lines once for each lock file; the folder they are in. */
function installTools(): string {
  const source = join(import.meta.dirname, 'tools');
  const lock = readFileSync(join(source, 'package-lock.json'));
  const hash = createHash('sha256').update(lock).digest('hex').slice(0, 16);
  const cache = process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache');
  const folder = join(cache, 'adobe-ims-token-recipes', hash);
  if (!existsSync(folder)) {
    console.log(`Installing the tools into ${folder}`);
    const half = `${folder}.${process.pid}`;
    mkdirSync(half, { recursive: true });
    for (const name of ['package.json', 'package-lock.json'])
      cpSync(join(source, name), join(half, name));
    execFileSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--silent'], {
      cwd: half,
      stdio: 'inherit',
    });
    renameSync(half, folder);
  }
  return folder;
}

/** Sends every host of the expectations to the server, in this mount namespace. */
function redirectHosts(scratch: string): void {
  const urls = EXPECTATIONS.flatMap(({ requests }) => requests.map(({ request }) => request));
  const hosts = new Set(urls.map((request) => /^\w+ ([^/]+)/.exec(request)?.[1] ?? ''));
  const file = join(scratch, 'hosts');
  writeFileSync(
    file,
    ['127.0.0.1 localhost', ...[...hosts].map((host) => `${ADDRESS} ${host}`), ''].join('\n'),
  );
  execFileSync('mount', ['--bind', file, '/etc/hosts']);
}

type Job = { readonly title: string; readonly run: () => Promise<Result> };

function jobsFor(workflow: Workflow, stage: Stage): readonly Job[] {
  const { page, line, name } = workflow;
  const matching = EXPECTATIONS.filter((one) => one.page === page && one.workflow === name);
  const title = `${page}:${line} ${name}`;
  if (matching.length === 0)
    return [{ title, run: async () => ({ problems: ['No expectation'], log: '' }) }];
  const rotations = name === ROTATION ? ROTATIONS : [];
  return [
    ...matching.map((expectation) => ({
      title: expectation.when === undefined ? title : `${title}, ${expectation.when}`,
      run: () => play(stage, workflow, expectation),
    })),
    ...rotations.map((rotation) => ({
      title: `${title}, ${rotation.when}`,
      run: () => playRotation(stage, workflow, rotation),
    })),
  ];
}

/** Whether act shows a line without its debug log. */
function isOrdinary(line: string): boolean {
  return line.startsWith('[') && !line.includes('[DEBUG]');
}

async function inside(tools: string, only: string, scratch: string): Promise<boolean> {
  execFileSync('ip', ['link', 'set', 'lo', 'up']);
  redirectHosts(scratch);
  const authority = await makeAuthority();
  const surroundings: Surroundings = {
    act: findAct() ?? '',
    root,
    tools,
    authority: join(scratch, 'authority.pem'),
  };
  writeFileSync(surroundings.authority, authority.cert);
  let players: Players | undefined;
  const server = await startServer(authority, () => {
    if (players === undefined) throw new Error('nobody plays');
    return players;
  });
  let count = 0;
  const stage: Stage = {
    surroundings,
    use: (now) => {
      players = now;
    },
    box: await makeBox(tools),
    scratch: () => join(scratch, String((count += 1))),
  };
  const workflows = completeWorkflows(root).filter(({ name }) => name.includes(only));
  const jobs = workflows.flatMap((workflow) => jobsFor(workflow, stage));
  let failed = 0;
  for (const { title, run } of jobs) {
    const began = performance.now();
    const { problems, log } = await run();
    const seconds = ((performance.now() - began) / 1000).toFixed(1);
    console.log(`${problems.length === 0 ? 'passed' : 'failed'}  ${title} (${seconds} s)`);
    if (problems.length === 0) continue;
    failed += 1;
    console.log([...problems, ...log.split('\n').filter(isOrdinary)].join('\n'));
  }
  server.close();
  console.log(`${jobs.length - failed} passed, ${failed} failed`);
  return failed === 0;
}

if (first === '--inside') {
  const [tools = '', scratch = '', only = ''] = rest;
  process.exitCode = (await inside(tools, only, scratch)) ? 0 : 1;
} else {
  const lacking = missing();
  for (const what of lacking) console.log(`${required ? 'Failed' : 'Skipped'}: needs ${what}`);
  if (lacking.length > 0) process.exitCode = required ? 1 : 0;
  else {
    const scratch = mkdtempSync(join(tmpdir(), 'recipes-'));
    try {
      const only = [first, ...rest].find((name) => name !== '--required') ?? '';
      const done = spawnSync(
        'unshare',
        [
          '--mount',
          '--net',
          process.execPath,
          import.meta.filename,
          '--inside',
          installTools(),
          scratch,
          only,
        ],
        { stdio: 'inherit' },
      );
      process.exitCode = done.status ?? 1;
    } finally {
      if (!process.env['KEEP']) rmSync(scratch, { recursive: true, force: true });
      else console.log(scratch);
    }
  }
}

/**
 * Runs .github/workflows/e2e.yml under act (https://github.com/nektos/act), on this machine without Docker,
 * in a clean copy of the repository.
 *
 * act differs from GitHub's runner in what matters here:
 * - It processes `::add-mask::`, job by job, but masks the literal value alone, none of the encodings that the
 *   runner derives from it. A log in which nothing is found here shows less on GitHub, not more.
 * - It reads stdout and stderr as one stream, in their order; the runner may take stderr first.
 * - It has no step headers. Its debug log takes their place: it has the whole environment of each step, the
 *   inputs included, and the outputs and variables as they are set.
 * - It does not drop job outputs that hold a secret. What checks that is a job that runs on GitHub alone.
 * - It copies the workspace where GitHub checks it out. Other actions would have to be fetched from GitHub;
 *   they are replaced by one that does nothing.
 */

import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';

const tools = readFileSync(join(import.meta.dirname, '../../.ci/tools/go.mod'), 'utf8');
export const ACT_VERSION = /nektos\/act (v\S+)/.exec(tools)?.[1] ?? 'latest';

const WORKFLOW = '.github/workflows/e2e.yml';
const JOB = 'use';
const LIMIT_MS = 5 * 60_000;
const STAND_IN =
  'name: Stand-in\ndescription: Does nothing.\nruns: { using: node24, main: index.js }\n';

/** What one run of the workflow left. */
export type Run = {
  readonly exitCode: number | null;
  /** All of stdout and stderr, debug lines included. */
  readonly log: string;
  /** Folder of the embedded IMS's records. */
  readonly records: string;
};

function works(command: string): boolean {
  return spawnSync(command, ['--version'], { stdio: 'ignore' }).status === 0;
}

/** Finds act on PATH, otherwise where `go install` puts it; undefined when there is none. */
export function findAct(): string | undefined {
  const go = spawnSync('go', ['env', 'GOPATH'], { encoding: 'utf8' });
  const folders = go.status === 0 ? go.stdout.trim().split(delimiter) : [];
  return ['act', ...folders.map((folder) => join(folder, 'bin', 'act'))].find(works);
}

export function git(folder: string, ...args: readonly string[]): string {
  const names = ['-c', 'user.name=test', '-c', 'user.email=test@localhost'];
  const config = [...names, '-c', 'commit.gpgsign=false', '-c', 'core.hooksPath='];
  const result = spawnSync('git', [...config, ...args], { cwd: folder, encoding: 'utf8' });
  if (result.status !== 0) throw new Error(`git ${args.join(' ')}: ${result.stderr}`);
  return result.stdout;
}

/** Copies what git knows or would add, as it is in the working tree, to a new folder. */
function copyRepository(root: string, target: string): void {
  const list = git(root, 'ls-files', '-z', '--cached', '--others', '--exclude-standard');
  const names = list.split('\0').filter((name) => name !== '' && existsSync(join(root, name)));
  for (const name of names) cpSync(join(root, name), join(target, name));
}

/** The actions that the workflow takes from GitHub, other than the checkout, which act does itself. */
function foreignActions(folder: string): readonly string[] {
  const workflow = readFileSync(join(folder, WORKFLOW), 'utf8');
  const uses = [...workflow.matchAll(/uses: ([\w.-]+\/[^\s@]+@\S+)/g)].map(([, name = '']) => name);
  return [...new Set(uses)].filter((name) => !name.startsWith('actions/checkout@'));
}

/** The label of this machine in the matrix. */
function label(): string {
  const labels: Partial<Record<NodeJS.Platform, string>> = {
    darwin: 'macos-latest',
    win32: 'windows-latest',
  };
  return labels[process.platform] ?? 'ubuntu-latest';
}

/** An environment with nothing of this user's in it, as everything in it could turn up in the log. */
function surroundings(home: string, records: string): NodeJS.ProcessEnv {
  const kept = ['SYSTEMROOT', 'COMSPEC', 'PATHEXT', 'TEMP', 'TMP', 'TMPDIR'];
  const own = Object.fromEntries(kept.map((name) => [name, process.env[name]]));
  // The Node that runs this, for act takes the one on PATH, whatever `using` says.
  const path = [dirname(process.execPath), process.env['PATH'] ?? ''].join(delimiter);
  const homes = { HOME: home, USERPROFILE: home };
  return { ...own, ...homes, PATH: path, IMS_RECORDS: records, ACT_DISABLE_VERSION_CHECK: '1' };
}

/** Runs the workflow in a copy of the repository, with a scratch folder for that and all else. */
export function runWorkflow(act: string, root: string, scratch: string): Run {
  const repository = join(scratch, 'repository');
  copyRepository(root, repository);
  const folders = ['home', 'records', 'cache', 'stand-in'].map((name) => join(scratch, name));
  const [home = '', records = '', cache = '', standIn = ''] = folders;
  for (const folder of folders) mkdirSync(folder, { recursive: true });
  writeFileSync(join(standIn, 'action.yml'), STAND_IN);
  writeFileSync(join(standIn, 'index.js'), '');
  git(repository, 'init', '-q', '-b', 'main');
  git(repository, 'add', '-A');
  git(repository, 'commit', '-q', '-m', 'Copy');
  const replaced = foreignActions(repository);
  const result = spawnSync(
    act,
    [
      ...['push', '--verbose', '--workflows', WORKFLOW, '--job', JOB],
      ...['--platform', `${label()}=-self-hosted`, '--matrix', `os:${label()}`],
      ...replaced.flatMap((name) => ['--local-repository', `${name}=${standIn}`]),
      ...['--action-cache-path', cache, '--no-cache-server'],
    ],
    {
      cwd: repository,
      env: surroundings(home, records),
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
      maxBuffer: 256 * 1024 * 1024,
      timeout: LIMIT_MS,
    },
  );
  if (result.error) throw result.error;
  return { exitCode: result.status, log: result.stdout + result.stderr, records };
}

/** One run of one workflow under act, in a workspace and a home of its own. */

import { spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';

import { repositoryOf } from '../scripts/repository.ts';
import { git } from '../test/workflow/act.ts';
import type { Workflow } from './pages.ts';

const LIMIT_MS = 3 * 60_000;

/** With which a job asks GitHub for an OIDC token. */
export const OIDC_REQUEST = 'p8e-test-oidc-request-token-0123456789';

export type Settings = {
  readonly secrets: Readonly<Record<string, string>>;
  readonly vars: Readonly<Record<string, string>>;
  readonly inputs?: Readonly<Record<string, string>>;
  /** Payload of the event. */
  readonly event?: Readonly<Record<string, unknown>>;
  /** What is in the repository beside the workflow, by path. */
  readonly files?: Readonly<Record<string, string | Buffer>>;
  /** The tools that its package.json depends on. */
  readonly packages?: readonly string[];
  /** A package that npm does not have. It is installed empty; its command, if it has one, prints its arguments and fails. */
  readonly emptyPackage?: { readonly name: string; readonly command?: string };
};

/** Where the parts of the test lie on this machine. */
export type Installation = {
  /** The command. */
  readonly act: string;
  /** The root of this checkout. */
  readonly root: string;
  /** Where the tools are installed. */
  readonly tools: string;
  /** File with the certificate to trust. */
  readonly authority: string;
};

export type Run = { readonly passed: boolean; readonly log: string };

function write(folder: string, files: Readonly<Record<string, string | Buffer>>): void {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content, { mode: name.endsWith('.sh') ? 0o755 : 0o644 });
  }
}

/** Lines `NAME="value"` as act reads them. */
function lines(values: Readonly<Record<string, string>>): string {
  return Object.entries(values)
    .map(([name, value]) => `${name}=${JSON.stringify(value)}\n`)
    .join('');
}

/** Stand-ins for foreign actions: recipes/actions/OWNER-NAME, where the workflow needs what the action does. */
const ACTIONS = join(import.meta.dirname, 'actions');

/** Options that give act a folder for each foreign action. By default it does nothing; act checks out itself. */
function standIns(workflow: string, idle: string, repository: string): readonly string[] {
  write(idle, {
    'action.yml': 'name: Stand-in\nruns: { using: node24, main: index.js }\n',
    'index.js': '',
  });
  const uses = [...workflow.matchAll(/uses: ([\w.-]+\/\S+@\S+)/g)].map(([, name = '']) => name);
  const ours = ['actions/checkout@', `${repository}@`];
  const foreign = uses.filter((name) => !ours.some((start) => name.startsWith(start)));
  return [...new Set(foreign)].flatMap((name) => {
    const own = join(ACTIONS, name.split('@')[0]?.replace('/', '-') ?? '');
    return ['--local-repository', `${name}=${existsSync(own) ? own : idle}`];
  });
}

/**
 * What the runner gives a job that may ask GitHub for an OIDC token; act has nothing of it.
 * @see https://docs.github.com/en/actions/reference/security/oidc
 */
function oidc(workflow: string): readonly string[] {
  if (!workflow.includes('id-token: write')) return [];
  const url = 'https://run.actions.githubusercontent.com/oidc/token?api-version=2.0';
  const variables = { URL: url, TOKEN: OIDC_REQUEST };
  return Object.entries(variables).flatMap(([name, value]) => [
    '--env',
    `ACTIONS_ID_TOKEN_REQUEST_${name}=${value}`,
  ]);
}

/**
 * A package.json and a lock file that `npm ci` installs without a registry, as links to the installed tools.
 * act puts the workspace five folders below `scratch`.
 */
function npmProject(
  { packages = [], emptyPackage }: Settings,
  tools: string,
): Readonly<Record<string, string>> {
  if (packages.length === 0 && emptyPackage === undefined) return {};
  const { name: emptyName = '', command } = emptyPackage ?? {};
  const bin = command === undefined ? {} : { bin: { [command]: 'empty.js' } };
  const empty = { name: emptyName, version: '0.0.0', oclif: {}, ...bin };
  const installed = packages.map((name) => {
    const folder = `../../../../../tools/${name}`;
    const file = join(tools, 'node_modules', name, 'package.json');
    const about = JSON.parse(readFileSync(file, 'utf8')) as Readonly<Record<string, unknown>>;
    return { name, folder, about: { version: about['version'], bin: about['bin'] } };
  });
  const plugins = emptyPackage === undefined ? [] : [{ ...empty, folder: 'empty', about: empty }];
  const linked = [...installed, ...plugins];
  const project = {
    name: 'site',
    version: '1.0.0',
    devDependencies: Object.fromEntries(linked.map(({ name, folder }) => [name, `file:${folder}`])),
  };
  const locked = linked.flatMap(({ name, folder, about }): readonly [string, object][] => [
    [folder, about],
    [`node_modules/${name}`, { resolved: folder, link: true }],
  ]);
  const lock = { lockfileVersion: 3, packages: { '': project, ...Object.fromEntries(locked) } };
  return {
    'package.json': JSON.stringify(project),
    'package-lock.json': JSON.stringify(lock),
    'empty/package.json': JSON.stringify(empty),
    'empty/empty.js':
      '#!/usr/bin/env node\nthrow new Error(`Not here: ${process.argv.slice(2).join(" ")}`);\n',
  };
}

function environment({ authority }: Installation, home: string): NodeJS.ProcessEnv {
  const commands = join(import.meta.dirname, 'commands');
  const path = [commands, dirname(process.execPath), process.env['PATH'] ?? ''].join(delimiter);
  return {
    HOME: home,
    PATH: path,
    CI: 'true',
    ACT_DISABLE_VERSION_CHECK: '1',
    CURL_CA_BUNDLE: authority,
    NODE_EXTRA_CA_CERTS: authority,
    SSL_CERT_FILE: authority,
    // Neither is about what the recipes do.
    AIO_TELEMETRY_DISABLED: '1',
    AIO_SKIP_NEW_VERSION_CHECK: 'true',
  };
}

/** Writes the action, the repository of the recipe, and GitHub's settings into `scratch`. */
function prepare(
  { root, tools }: Installation,
  { text: workflow }: Workflow,
  settings: Settings,
  scratch: string,
): void {
  mkdirSync(join(scratch, 'home'), { recursive: true });
  for (const name of ['action.yml', 'dist'])
    cpSync(join(root, name), join(scratch, 'action', name), { recursive: true });
  symlinkSync(join(tools, 'node_modules'), join(scratch, 'tools'));
  write(scratch, {
    secrets: lines(settings.secrets),
    vars: lines(settings.vars),
    'event.json': JSON.stringify({ inputs: settings.inputs, ...settings.event }),
  });
  const workspace = join(scratch, 'workspace');
  write(workspace, {
    ...npmProject(settings, tools),
    ...settings.files,
    '.github/workflows/recipe.yml': workflow,
  });
  git(workspace, 'init', '-q', '-b', 'main');
  git(workspace, 'remote', 'add', 'origin', 'https://github.com/octo/site.git');
  git(workspace, 'add', '-A');
  git(workspace, 'commit', '-q', '-m', 'Recipe');
}

/** Runs the workflow as it stands in the page; `scratch` is an empty folder. */
export async function runInAct(
  installation: Installation,
  workflow: Workflow,
  settings: Settings,
  scratch: string,
): Promise<Run> {
  prepare(installation, workflow, settings, scratch);
  const repository = repositoryOf(installation.root);
  const child = spawn(
    installation.act,
    [
      ...[workflow.event, '--verbose', '--platform', 'ubuntu-latest=-self-hosted'],
      ...['--secret-file', '../secrets', '--var-file', '../vars'],
      ...['--eventpath', '../event.json', '--no-cache-server'],
      ...['--local-repository', `${repository}@v1=${join(scratch, 'action')}`],
      ...standIns(workflow.text, join(scratch, 'idle'), repository),
      ...oidc(workflow.text),
    ],
    {
      cwd: join(scratch, 'workspace'),
      env: environment(installation, join(scratch, 'home')),
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: LIMIT_MS,
    },
  );
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return { passed: (await ended) === 0, log: out + err };
}

/** Runs the recipes, in the namespaces that main.ts gives it. */

import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { makeAuthority } from '../test/support/certificates.ts';
import { findAct } from '../test/workflow/act.ts';
import { EXPECTATIONS } from './expectations.ts';
import { play, type Result, type Stage } from './play.ts';
import { playRotation, ROTATION, ROTATIONS } from './rotation.ts';
import { makeBox } from './sealed.ts';
import { ADDRESS, type Players, startServer } from './server.ts';
import { completeWorkflows, type Workflow } from './workflows.ts';

const root = join(import.meta.dirname, '..');

type Job = { readonly title: string; readonly run: (stage: Stage) => Promise<Result> };

/** Sends every host of the expectations to the server, in this mount namespace. */
function redirectHosts(scratch: string): void {
  const requests = EXPECTATIONS.flatMap((one) => one.requests.map(({ request }) => request));
  const hosts = new Set(requests.map((request) => /^\w+ ([^/]+)/.exec(request)?.[1] ?? ''));
  const file = join(scratch, 'hosts');
  const lines = [...hosts].map((host) => `${ADDRESS} ${host}`);
  writeFileSync(file, ['127.0.0.1 localhost', ...lines, ''].join('\n'));
  execFileSync('mount', ['--bind', file, '/etc/hosts']);
}

function jobsFor(workflow: Workflow): readonly Job[] {
  const { page, line, name } = workflow;
  const matching = EXPECTATIONS.filter((one) => one.page === page && one.workflow === name);
  const title = `${page}:${line} ${name}`;
  const none: Result = { problems: ['It has no expectation'], log: '', runs: 0, requests: 0 };
  if (matching.length === 0) return [{ title, run: () => Promise.resolve(none) }];
  const rotations = name === ROTATION ? ROTATIONS : [];
  return [
    ...matching.map((expectation) => ({
      title: expectation.when === undefined ? title : `${title}, ${expectation.when}`,
      run: (stage: Stage) => play(stage, workflow, expectation),
    })),
    ...rotations.map(({ when, before }) => ({
      title: `${title}, ${when}`,
      run: (stage: Stage) => playRotation(stage, workflow, before),
    })),
  ];
}

/** The log without what act adds for itself. */
function ordinary(log: string): string {
  const lines = log.split('\n');
  return lines.filter((line) => line.startsWith('[') && !line.includes('[DEBUG]')).join('\n');
}

/** Runs one job; its result, once it is printed. */
async function runJob({ title, run }: Job, stage: Stage): Promise<Result> {
  const began = performance.now();
  const result = await run(stage);
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  const good = result.problems.length === 0;
  const line = `${good ? 'passed' : 'failed'}  ${title} (${seconds} s)`;
  console.log([line, ...result.problems, ...(good ? [] : [ordinary(result.log)])].join('\n'));
  return result;
}

/** The stage on which all recipes play, and how to take it down. */
async function setUp(
  tools: string,
  scratch: string,
): Promise<{ readonly stage: Stage; readonly close: () => void }> {
  execFileSync('ip', ['link', 'set', 'lo', 'up']);
  redirectHosts(scratch);
  const authority = await makeAuthority();
  const file = join(scratch, 'authority.pem');
  writeFileSync(file, authority.cert);
  let players: Players | undefined;
  const { close } = await startServer(authority, () => {
    if (players === undefined) throw new Error('A request before the first run');
    return players;
  });
  const folder = join(scratch, 'run');
  const stage: Stage = {
    surroundings: { act: findAct() ?? '', root, tools, authority: file },
    use: (now) => {
      players = now;
    },
    box: await makeBox(tools),
    scratch: () => {
      rmSync(folder, { recursive: true, force: true });
      mkdirSync(folder);
      return folder;
    },
  };
  return { stage, close };
}

/** Expectations whose workflow is in no page. */
function withoutRecipe(workflows: readonly Workflow[]): readonly string[] {
  return EXPECTATIONS.filter(
    (one) => !workflows.some(({ page, name }) => page === one.page && name === one.workflow),
  ).map(({ page, workflow }) => `${page} has no workflow ${workflow}`);
}

/** The tools and their versions. */
function versions(tools: string): string {
  const first = (command: string): string =>
    execFileSync(command, ['--version'], { encoding: 'utf8' }).split('\n')[0] ?? '';
  const { dependencies } = JSON.parse(readFileSync(join(tools, 'package.json'), 'utf8')) as {
    readonly dependencies: Readonly<Record<string, string>>;
  };
  const packages = Object.entries(dependencies).map(([name, version]) => `${name} ${version}`);
  return [first(findAct() ?? ''), first('gh'), ...packages].join(', ');
}

const [tools = '', scratch = '', only = ''] = process.argv.slice(2);
const { stage, close } = await setUp(tools, scratch);
const workflows = completeWorkflows(root);
const chosen = workflows.filter(({ name }) => name.includes(only));
const results: Result[] = [];
for (const job of chosen.flatMap(jobsFor)) results.push(await runJob(job, stage));
close();

const orphans = withoutRecipe(workflows);
for (const orphan of orphans) console.log(`failed  ${orphan}`);
const sum = (of: (result: Result) => number): number =>
  results.reduce((total, result) => total + of(result), 0);
const passed = sum(({ problems }) => (problems.length === 0 ? 1 : 0));
const failed = results.length - passed + orphans.length;
const notRun = results.flatMap((result) => result.notRun ?? []);
console.log(`tools: ${versions(tools)}`);
console.log(`commands not run: ${notRun.length} (${notRun.join(', ')})`);
console.log(
  `${chosen.length} recipes in ${sum(({ runs }) => runs)} runs, ` +
    `${sum(({ requests }) => requests)} requests asserted, ` +
    `${Math.round(performance.now() / 1000)} s`,
);
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = passed > 0 && failed === 0 ? 0 : 1;

/** Runs a share of the recipes, in the namespaces that main.ts gives it. */

import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { makeAuthority } from '../support/certificates.ts';
import { findAct } from '../workflow/act.ts';
import { EXPECTATIONS } from './expectations.ts';
import { play, type Result, type Stage } from './play.ts';
import { playRotation, ROTATION, ROTATIONS } from './rotation.ts';
import { makeBox } from './sealed.ts';
import { ADDRESS, type Players, startServer } from './server.ts';
import { completeWorkflows, type Workflow } from './workflows.ts';

/** What main.ts sums up. */
export type Totals = {
  readonly workflows: number;
  readonly runs: number;
  readonly requests: number;
  readonly passed: number;
  readonly failed: number;
  readonly notRun: readonly string[];
};

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

const [shard = '', shards = '', tools = '', scratch = '', only = ''] = process.argv.slice(2);
execFileSync('ip', ['link', 'set', 'lo', 'up']);
redirectHosts(scratch);
const authority = await makeAuthority();
const file = join(scratch, 'authority.pem');
writeFileSync(file, authority.cert);
let players: Players | undefined;
const server = await startServer(authority, () => {
  if (players === undefined) throw new Error('A request between two runs');
  return players;
});
const folder = join(scratch, 'run');
const stage: Stage = {
  surroundings: {
    act: findAct() ?? '',
    root: join(import.meta.dirname, '..', '..'),
    tools,
    authority: file,
  },
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
const workflows = completeWorkflows(stage.surroundings.root).filter(({ name }) =>
  name.includes(only),
);
const jobs = workflows.flatMap(jobsFor).filter((_, at) => at % Number(shards) === Number(shard));
const results: Result[] = [];
for (const job of jobs) results.push(await runJob(job, stage));
server.close();
const failed = results.filter(({ problems }) => problems.length > 0).length;
const totals: Totals = {
  workflows: Number(shard) === 0 ? workflows.length : 0,
  runs: results.reduce((all, { runs }) => all + runs, 0),
  requests: results.reduce((all, { requests }) => all + requests, 0),
  passed: results.length - failed,
  failed,
  notRun: results.flatMap(({ notRun }) => notRun ?? []),
};
writeFileSync(join(scratch, 'totals.json'), JSON.stringify(totals));

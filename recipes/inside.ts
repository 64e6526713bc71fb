/** Runs the recipes, in the namespaces that main.ts gives it. */

import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { makeAuthority } from '../test/support/certificates.ts';
import { findAct } from '../test/workflow/act.ts';
import { EXCEPTIONS, exceptionFor } from './exceptions.ts';
import { EXPECTATIONS, gapsIn } from './expectations/index.ts';
import { completeWorkflows, type Workflow } from './pages.ts';
import { type Harness, type Result, runRecipe } from './recipe.ts';
import { ROTATION, ROTATIONS, runBrokenRotation } from './rotation.ts';
import { makeBox } from './sealed.ts';
import { ADDRESS, type Responder, startServer } from './server.ts';

const root = join(import.meta.dirname, '..');

type Job = { readonly title: string; readonly run: (harness: Harness) => Promise<Result> };

/** Sends every host of the expectations to the server, and puts the authority where a company would. */
function changeFiles(scratch: string, authority: string): void {
  const requests = EXPECTATIONS.flatMap((one) => one.requests.map(({ request }) => request));
  const hosts = new Set(requests.map((request) => /^\w+ ([^/]+)/.exec(request)?.[1] ?? ''));
  const file = join(scratch, 'hosts');
  const lines = [...hosts].map((host) => `${ADDRESS} ${host}`);
  writeFileSync(file, ['127.0.0.1 localhost', ...lines, ''].join('\n'));
  execFileSync('mount', ['--bind', file, '/etc/hosts']);
  const certificates = join(scratch, 'certificates');
  mkdirSync(certificates);
  writeFileSync(join(certificates, 'company-ca.pem'), authority);
  execFileSync('mount', ['--bind', certificates, '/etc/ssl/certs']);
}

function jobsFor(workflow: Workflow): readonly Job[] {
  const { page, line, name } = workflow;
  const matching = EXPECTATIONS.filter((one) => one.page === page && one.workflow === name);
  const title = `${page}:${line} ${name}`;
  const rotations = name === ROTATION ? ROTATIONS : [];
  return [
    ...matching.map((expectation) => ({
      title: expectation.when === undefined ? title : `${title}, ${expectation.when}`,
      run: (harness: Harness) => runRecipe(harness, workflow, expectation),
    })),
    ...rotations.map(({ when, before }) => ({
      title: `${title}, ${when}`,
      run: (harness: Harness) => runBrokenRotation(harness, workflow, before),
    })),
  ];
}

/** The log without what act adds for itself. */
function ordinary(log: string): string {
  const lines = log.split('\n');
  return lines.filter((line) => line.startsWith('[') && !line.includes('[DEBUG]')).join('\n');
}

/** Runs one job; its result, once it is printed. */
async function runJob({ title, run }: Job, harness: Harness): Promise<Result> {
  const began = performance.now();
  const result = await run(harness);
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  const good = result.problems.length === 0;
  const line = `${good ? 'passed' : 'failed'}  ${title} (${seconds} s)`;
  console.log([line, ...result.problems, ...(good ? [] : [ordinary(result.log)])].join('\n'));
  return result;
}

/** Prepares this namespace for all runs. */
async function setUp(
  tools: string,
  scratch: string,
): Promise<{ readonly harness: Harness; readonly close: () => void }> {
  execFileSync('ip', ['link', 'set', 'lo', 'up']);
  const authority = await makeAuthority();
  changeFiles(scratch, authority.cert);
  const file = join(scratch, 'authority.pem');
  writeFileSync(file, authority.cert);
  let responder: Responder | undefined;
  const { close } = await startServer(authority, () => {
    if (responder === undefined) throw new Error('A request before the first run');
    return responder;
  });
  const folder = join(scratch, 'run');
  const harness: Harness = {
    installation: { act: findAct() ?? '', root, tools, authority: file },
    respondWith: (next) => {
      responder = next;
    },
    box: await makeBox(tools),
    scratch: () => {
      rmSync(folder, { recursive: true, force: true });
      mkdirSync(folder);
      return folder;
    },
  };
  return { harness, close };
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
const { harness, close } = await setUp(tools, scratch);
const workflows = completeWorkflows(root);
const chosen = workflows.filter(({ page, name }) => `${page} ${name}`.includes(only));
const results: Result[] = [];
for (const job of chosen.flatMap(jobsFor)) results.push(await runJob(job, harness));
close();

const gaps = only === '' ? gapsIn(workflows) : [];
for (const gap of gaps) console.log(`failed  ${gap}`);
const sum = (of: (result: Result) => number): number =>
  results.reduce((total, result) => total + of(result), 0);
const passed = sum(({ problems }) => (problems.length === 0 ? 1 : 0));
const failed = results.length - passed + gaps.length;
const executed = chosen.filter(({ page, name: workflow }) => {
  const exception = exceptionFor({ page, workflow });
  return exception === undefined || exception.from !== undefined;
});
console.log(`tools: ${versions(tools)}`);
for (const { page, workflow, from, why } of EXCEPTIONS)
  console.log(
    `not executed: ${page}, ${workflow}${from === undefined ? '' : `, from \`${from}\` on`}: ${why}`,
  );
console.log(
  `${executed.length} workflows in ${sum(({ runs }) => runs)} runs, ` +
    `${sum(({ requests }) => requests)} requests asserted, ` +
    `${Math.round(performance.now() / 1000)} s`,
);
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = passed > 0 && failed === 0 ? 0 : 1;

/**
 * Starts the embedded IMS and hands what it takes to talk to it to the job. Its secrets are made up in here
 * and masked before anything else: the runner prints the inputs of the steps that get them, and a workflow
 * that also runs for forks has no secrets of its own.
 */

import { spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { appendFileSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import type { Ready } from './ims.ts';

function runnerVariable(name: string): string {
  const value = process.env[name] ?? '';
  if (value === '') throw new Error(`${name} is not set; this runs in a job only.`);
  return value;
}

/** Resolves when the IMS listens; rejects with what it printed when it ends instead. */
function readiness(child: ChildProcess, log: string): Promise<Ready> {
  return new Promise((resolve, reject) => {
    child.once('message', (message) => {
      resolve(message as Ready);
    });
    child.once('error', reject);
    child.once('exit', () => {
      reject(new Error(`The embedded IMS did not start.\n${readFileSync(log, 'utf8')}`));
    });
  });
}

function mask(secret: string): void {
  console.log(`::add-mask::${secret.replaceAll('%', '%25')}`);
}

const temp = runnerVariable('RUNNER_TEMP');
const name = `embedded-ims-${randomUUID()}`;
// scripts/test-workflow.ts reads the record when the runner's folder is gone, hence the other place.
const record = join(process.env['IMS_RECORDS'] ?? temp, `${name}.jsonl`);
const expected = join(temp, `${name}-expected-revocations`);
const log = join(temp, `${name}.log`);
writeFileSync(record, '');

const output = openSync(log, 'w');
const child = spawn(process.execPath, [join(import.meta.dirname, 'ims.ts'), record], {
  // Without a stream of this step, for whose end the runner would wait.
  stdio: ['ignore', output, output, 'ipc'],
  detached: true,
  windowsHide: true,
});
const ready = await readiness(child, log);
child.disconnect();
child.unref();

for (const secret of [ready.clientSecret, ready.wrongSecret, ready.refreshToken]) mask(secret);
const outputs = {
  url: ready.url,
  'client-id': ready.clientId,
  'client-secret': ready.clientSecret,
  'wrong-secret': ready.wrongSecret,
  'refresh-token': ready.refreshToken,
  'expected-revocations': expected,
};
const lines = (values: object): string =>
  Object.entries(values)
    .map(([key, value]) => `${key}=${String(value)}\n`)
    .join('');
appendFileSync(runnerVariable('GITHUB_OUTPUT'), lines(outputs));
appendFileSync(runnerVariable('GITHUB_STATE'), lines({ pid: child.pid ?? '', record, expected }));
console.log(`The embedded IMS listens at ${ready.url}.`);

/** One step as a whole process; the servers are in the process of the benchmark. */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';

import { testClient } from '../test/support/ims-server.ts';

export type Variables = Readonly<Record<string, string>>;
/** Where the token came from; 'none' for a program that gave none. */
export type Source = 'ims' | 'repository' | 'none';

/** This checkout. */
export const root = join(import.meta.dirname, '..');

const FILES = ['GITHUB_OUTPUT', 'GITHUB_ENV', 'GITHUB_STATE', 'GITHUB_STEP_SUMMARY'] as const;

/** Runs a script as a step of a job that has run nothing yet: its own files, no variable but those named. */
export async function runStep(
  folder: string,
  args: readonly string[],
  variables: Variables,
): Promise<{ readonly ms: number; readonly source: Source }> {
  const home = mkdtempSync(join(folder, 'job-'));
  const files = Object.fromEntries(FILES.map((name) => [name, join(home, name)]));
  for (const file of Object.values(files)) writeFileSync(file, '');
  const inputs = {
    'INPUT_CLIENT-ID': testClient.id,
    'INPUT_CLIENT-SECRET': testClient.secrets[0] ?? '',
  };
  const env = { PATH: process.env['PATH'], HOME: home, RUNNER_TEMP: home, ...inputs, ...files };
  const startedMs = performance.now();
  const child = spawn(process.execPath, args, { env: { ...env, ...variables }, stdio: 'ignore' });
  const [code] = (await once(child, 'exit')) as [number | null];
  const ms = performance.now() - startedMs;
  if (code !== 0) throw new Error(`${args.join(' ')} failed`);
  const outputs = readFileSync(files['GITHUB_OUTPUT'] ?? '', 'utf8');
  const source = outputs === '' ? 'none' : /^repository$/m.test(outputs) ? 'repository' : 'ims';
  return { ms, source };
}

export const machine = `${cpus()[0]?.model.trim() ?? 'unknown CPU'}, ${cpus().length} cores, ${process.platform}, Node ${process.version}`;

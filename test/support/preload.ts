/** Programs that run in the process of a step, before the action. */

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import type { Job } from './run-action.ts';

/** A program that Node runs before the action, for `NODE_OPTIONS`. */
export function preload(job: Pick<Job, 'workspace'>, name: string, program: string): string {
  const file = join(job.workspace, `${name}.cjs`);
  writeFileSync(file, program);
  return `--require=${file.replaceAll('\\', '/')}`;
}

/** Something that the process of a step notes. */
export type Note<Value> = {
  /** Goes into `NODE_OPTIONS`. */
  readonly options: string;
  /** What the last process noted. */
  readonly last: () => Value;
};

/** Notes the CPU time of a step in milliseconds. Unlike its duration, it is much the same on a busy machine. */
export function noteCpuTime(job: Pick<Job, 'workspace'>): Note<number> {
  const file = join(job.workspace, 'cpu-time.txt');
  const program = `
    process.on('exit', () => {
      const { user, system } = process.cpuUsage();
      require('node:fs').writeFileSync(${JSON.stringify(file)}, String((user + system) / 1000));
    });`;
  return {
    options: preload(job, 'note-cpu-time', program),
    last: () => Number(readFileSync(file, 'utf8')),
  };
}

/** Notes which modules of Node a step has loaded, one a line. */
export function noteModules(job: Pick<Job, 'workspace'>): Note<string> {
  const file = join(job.workspace, 'modules.txt');
  const program = `
    process.on('exit', () => {
      const list = process.moduleLoadList.join('\\n');
      require('fs').writeFileSync(${JSON.stringify(file)}, list);
    });`;
  return { options: preload(job, 'note-modules', program), last: () => readFileSync(file, 'utf8') };
}

/** Runs the steps of `src` in this process, and shows the log as the runner does. */

import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { acquire } from '../../src/acquire.ts';
import { revoke } from '../../src/revoke.ts';

import { createLineReader, parseCommand, parseEntries } from './commands.ts';
import { test as base } from './fixtures.ts';
import { createMasker } from './masker.ts';
import { catchStdout } from './stdout.ts';

const FILES = ['GITHUB_OUTPUT', 'GITHUB_ENV', 'GITHUB_STATE', 'GITHUB_STEP_SUMMARY'] as const;

type Variables = Readonly<Record<string, string>>;

export type Run = {
  readonly exitCode: number;
  /** Every line as it is shown, masked with what was known when it came. */
  readonly log: readonly string[];
  /** What was given to be masked. */
  readonly masks: readonly string[];
  /** Messages of error annotations, masked. */
  readonly errors: readonly string[];
  /** Contents of the runner's files. */
  readonly files: Readonly<Record<(typeof FILES)[number], string>>;
  /** What else lies in RUNNER_TEMP, as latin1. */
  readonly temp: string;
};

export type InProcessJob = {
  /** The main step with these inputs, then the post step. Waits between attempts take no time. */
  readonly run: (inputs: Variables, env?: Variables, change?: Change) => Promise<Run>;
  readonly dispose: () => void;
};

type Runtime = Parameters<typeof acquire>[0];

/** What a test decides of a step's clock, and when the step is cancelled. */
export type Change = {
  readonly clock?: Partial<Runtime['clock']>;
  readonly signal?: AbortSignal;
};

/** Lines as the runner reads them. */
function linesOf(text: string): readonly string[] {
  const reader = createLineReader();
  return [...reader.push(text), ...reader.end()];
}

/** A clock whose waits are over at once, and count all the same. */
function hastyClock(): Runtime['clock'] {
  let offsetMs = -performance.now();
  return {
    now: () => performance.now() + offsetMs,
    date: () => Date.now(),
    sleep: (ms) => {
      offsetMs += ms;
      return Promise.resolve();
    },
    random: () => Math.random(),
  };
}

function shown(lines: readonly string[]): Pick<Run, 'log' | 'masks' | 'errors'> {
  const masker = createMasker();
  const log: string[] = [];
  const masks: string[] = [];
  const errors: string[] = [];
  for (const line of lines) {
    const command = parseCommand(line);
    if (command?.name === 'add-mask') {
      masks.push(command.data);
      masker.addMask(command.data);
      continue;
    }
    const text = masker.mask(command === undefined ? line : command.data);
    log.push(text);
    if (command?.name === 'error') errors.push(text);
  }
  return { log, masks, errors };
}

function contents(folder: string): string {
  return readdirSync(folder, { withFileTypes: true })
    .map((entry) => {
      const path = join(folder, entry.name);
      return entry.isDirectory() ? contents(path) : readFileSync(path, 'latin1');
    })
    .join('\n');
}

async function steps(stateFile: string, change: Change): Promise<number> {
  const clock = { ...hastyClock(), ...change.clock };
  const signal = change.signal ?? new AbortController().signal;
  await acquire({ clock, signal });
  const exitCode = Number(process.exitCode);
  for (const { name, value } of parseEntries(readFileSync(stateFile, 'utf8')).entries)
    process.env[`STATE_${name}`] = value;
  // As post.ts does.
  if ((process.env['STATE_revoke'] ?? '') !== '') await revoke({ clock, signal });
  return exitCode;
}

/** A job whose steps run in this process. One at a time: they share its variables and its stdout. */
export function startInProcessJob(): InProcessJob {
  const root = mkdtempSync(join(tmpdir(), 'in-process-'));
  const temp = join(root, 'temp');
  const paths: Variables = Object.fromEntries(FILES.map((name) => [name, join(root, name)]));
  const pathOf = (name: string): string => paths[name] ?? '';
  const before = { ...process.env };
  const run: InProcessJob['run'] = async (inputs, more = {}, change = {}) => {
    rmSync(temp, { recursive: true, force: true });
    for (const name of FILES) writeFileSync(pathOf(name), '');
    mkdirSync(temp);
    const given: Variables = Object.fromEntries(
      Object.entries(inputs).map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value]),
    );
    Object.assign(process.env, { RUNNER_TEMP: temp, ...paths, ...more, ...given });
    const streams = catchStdout();
    let exitCode: number;
    try {
      exitCode = await steps(pathOf('GITHUB_STATE'), change);
    } finally {
      streams.restore();
      process.exitCode = undefined;
      for (const name of Object.keys(process.env))
        if (!(name in before)) Reflect.deleteProperty(process.env, name);
    }
    const files = Object.fromEntries(
      FILES.map((name) => [name, readFileSync(pathOf(name), 'utf8')]),
    ) as Run['files'];
    return { exitCode, ...shown(linesOf(streams.text())), files, temp: contents(temp) };
  };
  return {
    run,
    dispose: () => {
      rmSync(root, { recursive: true });
    },
  };
}

/** For a test that runs alone, as such a job has the variables of this process. */
export const test = base.extend('inProcessJob', ({}, { onCleanup }) => {
  const job = startInProcessJob();
  onCleanup(job.dispose);
  return job;
});

/** The only file that writes outputs, variables, state and the summary: all of them, or none. */

import { accessSync, appendFileSync, constants, statSync, truncateSync } from 'node:fs';

import * as core from '@actions/core';

import { StepError } from '../failure.ts';

export type Publication = {
  readonly outputs: Readonly<Record<string, string>>;
  /** Environment variables of the later steps. */
  readonly variables: Readonly<Record<string, string>>;
  /** Empty for none. */
  readonly state: string;
  /** Empty for none. */
  readonly summary: string;
};

export type RunnerFile = 'GITHUB_OUTPUT' | 'GITHUB_ENV' | 'GITHUB_STATE' | 'GITHUB_STEP_SUMMARY';

/** The runner's files and their sizes before this step writes. */
export type RunnerFiles = ReadonlyMap<RunnerFile, { readonly path: string; readonly size: number }>;

/** The name under which the runner keeps the state; post.ts reads it. */
export const STATE_NAME = 'revoke';

/**
 * Looks at the runner's files before a token is asked for, as one that cannot be handed on is of no use.
 * @throws StepError when one is missing or cannot be written
 */
export function runnerFiles(names: readonly RunnerFile[], env: NodeJS.ProcessEnv): RunnerFiles {
  const look = (name: RunnerFile): { path: string; size: number } => {
    const path = env[name] ?? '';
    try {
      accessSync(path, constants.W_OK);
      const facts = statSync(path);
      if (!facts.isDirectory()) return { path, size: facts.size };
    } catch {
      // As said below.
    }
    throw new StepError({
      code: 'runner',
      happened: `${name} names no file that can be written.`,
      remedy: 'Use the action through `uses:` in a workflow, on a current runner.',
    });
  };
  return new Map(names.map((name) => [name, look(name)]));
}

/** Takes back what was written; what cannot be cut to a size, such as a device, held nothing. */
function cutBack(files: RunnerFiles): void {
  for (const { path, size } of files.values())
    try {
      truncateSync(path, size);
    } catch {
      // The others must be cut back all the same.
    }
}

/**
 * Hands a publication to the runner. What it holds must be masked before.
 * @throws StepError when a write fails; what was already written is then taken back
 */
export function publish(publication: Publication, files: RunnerFiles): void {
  const { outputs, variables, state, summary } = publication;
  try {
    for (const [name, value] of Object.entries(outputs)) core.setOutput(name, value);
    for (const [name, value] of Object.entries(variables)) core.exportVariable(name, value);
    if (state !== '') core.saveState(STATE_NAME, state);
    const summaryFile = files.get('GITHUB_STEP_SUMMARY')?.path;
    if (summaryFile !== undefined) appendFileSync(summaryFile, summary);
  } catch (error) {
    cutBack(files);
    const code = (error as NodeJS.ErrnoException | undefined)?.code ?? '';
    const known = /^E[A-Z]{2,20}$/.test(code) ? ` (${code})` : '';
    throw new StepError(
      {
        code: 'runner',
        happened: `The files that the runner reads could not be written${known}.`,
        remedy: 'Check that the disk of the runner has space.',
      },
      { cause: error },
    );
  }
}

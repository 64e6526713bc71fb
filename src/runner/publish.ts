/** The only file that writes outputs, variables, state and the summary: all of them, or none. */

import { appendFileSync, statSync, truncateSync } from 'node:fs';

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

/** The name under which the runner keeps the state; post.ts reads it. */
export const STATE_NAME = 'revoke';

const FILES = ['GITHUB_OUTPUT', 'GITHUB_ENV', 'GITHUB_STATE', 'GITHUB_STEP_SUMMARY'];

/** The runner's files by name, with the sizes that they have before this step writes. */
export type RunnerFiles = ReadonlyMap<string, { readonly path: string; readonly size: number }>;

function failure(cause: unknown): StepError {
  const { code = '' } = cause as NodeJS.ErrnoException;
  return new StepError(
    {
      code: 'runner',
      happened: 'The files that the runner reads could not be written.',
      remedy:
        'Use the action through `uses:` in a workflow, and check that the disk of the runner has space.',
      facts: /^E[A-Z]{2,20}$/.test(code) ? [code] : [],
    },
    { cause },
  );
}

/**
 * Looks at the runner's files before a token is asked for, as one that cannot be handed on is of no use.
 * @throws StepError when one is not there
 */
export function runnerFiles(env: NodeJS.ProcessEnv): RunnerFiles {
  const named = FILES.map((name) => [name, env[name] ?? ''] as const);
  try {
    return new Map(
      named
        .filter(([, path]) => path !== '')
        .map(([name, path]) => [name, { path, size: statSync(path).size }]),
    );
  } catch (error) {
    throw failure(error);
  }
}

/** Takes back what was written. */
function undo(files: RunnerFiles): void {
  for (const { path, size } of files.values())
    try {
      truncateSync(path, size);
    } catch {
      // What cannot be cut, such as a device, held nothing. The others must be cut all the same.
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
    if (summary !== '') appendFileSync(files.get('GITHUB_STEP_SUMMARY')?.path ?? '', summary);
  } catch (error) {
    undo(files);
    throw failure(error);
  }
}

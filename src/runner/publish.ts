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

/** What takes back everything that is written from now on. */
function undoing(paths: readonly string[]): () => void {
  const sizes = paths.map((path) => statSync(path, { throwIfNoEntry: false })?.size);
  return () => {
    for (const [at, path] of paths.entries())
      try {
        truncateSync(path, sizes[at]);
      } catch {
        // What cannot be cut, such as a device, held nothing. The others must be cut all the same.
      }
  };
}

/**
 * Hands a publication to the runner. What it holds must be masked before.
 * @throws StepError when a write fails; what was already written is then taken back
 */
export function publish(publication: Publication, env: NodeJS.ProcessEnv): void {
  const { outputs, variables, state, summary } = publication;
  const undo = undoing(FILES.map((name) => env[name] ?? ''));
  try {
    for (const [name, value] of Object.entries(outputs)) core.setOutput(name, value);
    for (const [name, value] of Object.entries(variables)) core.exportVariable(name, value);
    if (state !== '') core.saveState(STATE_NAME, state);
    if (summary !== '') appendFileSync(env['GITHUB_STEP_SUMMARY'] ?? '', summary);
  } catch (error) {
    undo();
    const { code = '' } = error as NodeJS.ErrnoException;
    throw new StepError(
      {
        code: 'runner',
        happened: 'The files that the runner reads could not be written.',
        remedy:
          'Use the action through `uses:` in a workflow, and check that the disk of the runner has space.',
        facts: /^E[A-Z]{2,20}$/.test(code) ? [code] : [],
      },
      { cause: error },
    );
  }
}

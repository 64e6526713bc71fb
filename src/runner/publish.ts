/** The only file that writes outputs, variables, state and the summary: all of them, or none. */

import { appendFileSync, statSync, truncateSync } from 'node:fs';

import * as core from '@actions/core';

import { StepError } from '../failure.ts';

type Publication = {
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

const SUMMARY = 'GITHUB_STEP_SUMMARY';
const FILES = ['GITHUB_OUTPUT', 'GITHUB_ENV', 'GITHUB_STATE', SUMMARY];

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

function write({ outputs, variables, state, summary }: Publication, summaryFile: string): void {
  for (const [name, value] of Object.entries(outputs)) core.setOutput(name, value);
  for (const [name, value] of Object.entries(variables)) core.exportVariable(name, value);
  if (state !== '') core.saveState(STATE_NAME, state);
  if (summary !== '') appendFileSync(summaryFile, summary);
}

/**
 * Looks at the runner's files before a token is asked for: one that cannot be handed on is of no use.
 * Returns what hands a publication to the runner; what it holds must be masked before. When a write fails,
 * it takes back what was written.
 * @throws StepError when a file is not there; the function returned, when a write fails
 */
export function publisher(env: NodeJS.ProcessEnv): (publication: Publication) => void {
  const paths = FILES.map((name) => env[name] ?? '').filter((path) => path !== '');
  let sizes: readonly number[];
  try {
    sizes = paths.map((path) => statSync(path).size);
  } catch (error) {
    throw failure(error);
  }
  return (publication) => {
    try {
      write(publication, env[SUMMARY] ?? '');
    } catch (error) {
      for (const [at, path] of paths.entries())
        try {
          truncateSync(path, sizes[at]);
        } catch {
          // What cannot be cut, such as a device, held nothing. The others must be cut all the same.
        }
      throw failure(error);
    }
  };
}

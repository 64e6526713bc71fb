/** The only file that writes outputs, variables, state and summary: all of them, or none. */

import { appendFileSync, statSync, truncateSync } from 'node:fs';

import { exportVariable, saveState, setOutput } from './commands.ts';

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

/** The name under which the runner keeps the state. `post.ts` repeats it, so change both. */
const STATE_NAME = 'revoke';

/** The state that the main step saved for this post step; empty for none. */
export function savedState(): string {
  return process.env[`STATE_${STATE_NAME}`] ?? '';
}

const SUMMARY = 'GITHUB_STEP_SUMMARY';
/** These may be unset if the step writes nothing to their files. */
const OTHER_FILES = ['GITHUB_ENV', 'GITHUB_STATE', SUMMARY];

const pathOf = (name: string): string => process.env[name] ?? '';

function failure(cause: unknown): StepError {
  const { code = '' } = cause as NodeJS.ErrnoException;
  return new StepError(
    {
      code: 'runner',
      happened: 'The files that the runner reads could not be written.',
      remedy:
        'Use the action through `uses:` in a workflow, and check that the disk of the runner has space.',
      facts: code === '' ? [] : [code],
    },
    { cause },
  );
}

function write({ outputs, variables, state, summary }: Publication): void {
  for (const [name, value] of Object.entries(outputs)) setOutput(name, value);
  for (const [name, value] of Object.entries(variables)) exportVariable(name, value);
  if (state !== '') saveState(STATE_NAME, state);
  if (summary !== '') appendFileSync(pathOf(SUMMARY), summary);
}

/**
 * Looks at the runner's files before the request: a token that cannot be published is wasted. Returns a
 * function that hands a publication to the runner; mask its secrets before the call. If a write fails, the
 * function takes back what was written.
 * @throws StepError if GITHUB_OUTPUT is not set, or a file that the runner names is missing. The returned
 * function throws one if a write fails.
 */
export function publisher(): (publication: Publication) => void {
  const others = OTHER_FILES.map(pathOf).filter((path) => path !== '');
  const paths = [pathOf('GITHUB_OUTPUT'), ...others];
  let files: readonly { readonly path: string; readonly size: number }[];
  try {
    files = paths.map((path) => ({ path, size: statSync(path).size }));
  } catch (error) {
    throw failure(error);
  }
  return (publication) => {
    try {
      write(publication);
    } catch (error) {
      for (const { path, size } of files)
        try {
          truncateSync(path, size);
        } catch {
          // A device cannot be truncated and has stored nothing. Go on with the other files.
        }
      throw failure(error);
    }
  };
}

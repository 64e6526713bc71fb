/** What `Secrets` masks, in this process. */

import { Secrets } from '../../src/secrets.ts';

import { parseCommand } from './commands.ts';
import { catchStdout } from './stdout.ts';

/** The values that `use` has masked. */
export function masksOf(use: () => void): readonly string[] {
  const stdout = catchStdout();
  try {
    use();
  } finally {
    stdout.restore();
  }
  return stdout
    .text()
    .split(/\r?\n/)
    .flatMap((line) => parseCommand(line)?.data ?? []);
}

/** The secrets of a step. Their masks are not printed. */
export function secretsWith(...values: readonly string[]): Secrets {
  let secrets = new Secrets();
  masksOf(() => {
    secrets = new Secrets(values);
  });
  return secrets;
}

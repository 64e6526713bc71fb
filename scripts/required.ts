/** Checks whose tools may be missing. With `--required`, or where CI is `true`, a missing tool is a failure. */

const isRequired = process.argv.includes('--required') || process.env['CI'] === 'true';

/** Says what is missing. Returns whether the check counts as passed without it: if it is not required. */
export function passesWithout(problem: string): boolean {
  console.log(`${isRequired ? 'Failed' : 'Skipped'}: ${problem}`);
  return !isRequired;
}

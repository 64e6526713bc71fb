/** Defects that the workflow must notice. */

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A defect, made by a change of one place in src. */
export type Mutant = {
  readonly name: string;
  readonly file: string;
  readonly anchor: RegExp;
  readonly replacement: string;
  /** What must be said about the run. */
  readonly because: RegExp;
};

/** Each `anchor` must match its file exactly once, so that a change of src cannot disarm a mutant. */
export const MUTANTS: readonly Mutant[] = [
  {
    name: 'nothing is masked',
    file: 'src/masks.ts',
    anchor: /core\.setSecret\(([^()]*)\)/,
    replacement: 'void [core, $1]',
    because: /^Secret \d+ is in the log in the clear, after: .*access-token=/,
  },
  {
    name: 'an output has another name',
    file: 'src/publish.ts',
    anchor: /'expires-at'/,
    replacement: "'expiry'",
    because: /AssertionError.*: names of the outputs/,
  },
  {
    name: 'the post step throws',
    file: 'src/post.ts',
    anchor: /$/,
    replacement: "throw new Error('p8e-test-mutant');\n",
    because: /Failure - Post Get a token/,
  },
  {
    name: 'the post step does nothing',
    file: 'src/post.ts',
    anchor: /void revoke\(/,
    replacement: 'if (Date.now() < 0) void revoke(',
    because: /saw other revocations than expected.*Seen: none/,
  },
  {
    name: 'a failed step sets an output',
    file: 'src/acquire.ts',
    anchor: /core\.setFailed\(/,
    replacement: "core.setOutput('source', 'ims');\n    core.setFailed(",
    because: /AssertionError.*: its outputs/,
  },
  {
    name: 'a failure does not fail the step',
    file: 'src/acquire.ts',
    anchor: /core\.setFailed\(/,
    replacement: 'process.exitCode = 0;\n    core.error(',
    because: /AssertionError.*: outcome of the step/,
  },
  {
    name: 'no token is reused',
    file: 'src/reuse/job.ts',
    anchor: /export function readFromJob\([^)]*\)[^{]*\{/,
    replacement: '$& if (Date.now() > 0) return undefined;',
    because: /AssertionError.*: output source/,
  },
  {
    name: 'a variable is exported that nobody asked for',
    file: 'src/publish.ts',
    anchor: /for \(const name of inputs\.envVars\)/,
    replacement: "for (const name of [...inputs.envVars, 'P8E_TEST_MUTANT'])",
    because: /AssertionError.*: variables with the token/,
  },
];

/**
 * The mutant's file, with the change.
 * @throws Error when the anchor does not match exactly one place
 */
export function mutated(repository: string, mutant: Mutant): string {
  const { name, file, anchor, replacement } = mutant;
  const source = readFileSync(join(repository, file), 'utf8');
  const matches = [...source.matchAll(new RegExp(anchor, 'g'))].length;
  if (matches !== 1)
    throw new Error(
      `Mutant "${name}": ${String(anchor)} matches ${matches} places of ${file} instead of one. Set its anchor in test/workflow/mutants.ts to where src does that now.`,
    );
  return source.replace(anchor, replacement);
}

/** Makes the change in a copy of the repository. */
export function mutate(repository: string, mutant: Mutant): void {
  writeFileSync(join(repository, mutant.file), mutated(repository, mutant));
}

/**
 * Runs .github/workflows/e2e.yml under act and searches its whole log for every secret and token that the
 * embedded IMS took or gave. test/workflow/act.ts says what act can stand for.
 *
 *   node scripts/test-workflow.ts              needs act; without it, says so and passes
 *   node scripts/test-workflow.ts --required   fails without act, as it does when CI=true
 *   node scripts/test-workflow.ts --mutations  breaks copies of src, builds them, and demands that the
 *                                              workflow goes red on each, for the reason given
 */

import { execFileSync } from 'node:child_process';
import { mkdtempSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import {
  ACT_VERSION,
  copyRepository,
  findAct,
  type Run,
  runWorkflow,
} from '../test/workflow/act.ts';
import { mutate, mutated, MUTANTS } from '../test/workflow/mutants.ts';
import { findLeaks } from '../test/workflow/leaks.ts';
import { issuedTokens, readRecords, secretsIn } from '../test/workflow/record.ts';

const root = join(import.meta.dirname, '..');

/** What the log of a good run has: masks where secrets would be, and the ends of what must have run. */
const EXPECTED: readonly RegExp[] = [
  /::set-output:: client-secret=\*\*\*\s/,
  /::set-output:: access-token=\*\*\*\s/,
  /::set-output:: refresh-token=\*\*\*\s/,
  /::set-env:: FIREFLY_SERVICES_ACCESS_TOKEN=\*\*\*\s/,
  /::set-env:: AIO_IMS_CONTEXTS_CLI_ACCESS__TOKEN_TOKEN=\*\*\*\s/,
  /INPUT_CLIENT-SECRET:\*\*\*\s/,
  /Authorization: Bearer \*\*\*\s/,
  /Summary - <h3>Adobe IMS access token<\/h3>/,
  /The embedded IMS saw exactly the revocations expected: /,
];

/** What is wrong with a run; empty for nothing. */
function problemsOf(run: Run): readonly string[] {
  const exchanges = readRecords(run.records);
  const secrets = secretsIn(exchanges);
  const leaks = findLeaks(run.log, secrets).map(
    ({ secret, form, line }) => `Secret ${secret} is in the log ${form}, after: ${line}`,
  );
  const missing = EXPECTED.filter((pattern) => !pattern.test(run.log)).map(
    (pattern) => `The log lacks ${pattern.source}`,
  );
  // Issued: the first, the one for no variable, the user's. Refused: the wrong secret.
  const tokens = issuedTokens(exchanges).length;
  const refused = exchanges.filter(({ status }) => status !== 200).length;
  const count =
    tokens === 3 && refused === 1
      ? []
      : [`IMS issued ${tokens} access tokens instead of 3, and refused ${refused} requests, not 1`];
  const exit = run.exitCode === 0 ? [] : [`act ended with exit code ${String(run.exitCode)}`];
  return [...exit, ...leaks, ...missing, ...count];
}

/** What act shows without its debug log. */
function ordinaryLines(log: string): readonly string[] {
  return log.split(/\r?\n/).filter((line) => line.startsWith('[') && !line.includes('[DEBUG]'));
}

/** The lines that tell what failed. */
function failures(log: string): readonly string[] {
  return ordinaryLines(log).filter((line) => /\u274c|\u2757|Error/.test(line));
}

function rebuild(repository: string): void {
  const modules = join(repository, 'node_modules');
  symlinkSync(join(root, 'node_modules'), modules, 'junction');
  execFileSync(process.execPath, [join(repository, 'scripts', 'build.ts')], { stdio: 'inherit' });
  rmSync(modules);
}

/** Calls `use` with a run of the workflow in a clean copy, which is changed by `prepare` before. */
function inCopy<T>(act: string, prepare: (copy: string) => void, use: (run: Run) => T): T {
  // As macOS and Windows have links and short names on the way to it, by which paths would differ.
  const scratch = realpathSync(mkdtempSync(join(tmpdir(), 'adobe-ims-token-workflow-')));
  try {
    const copy = join(scratch, 'repository');
    copyRepository(root, copy);
    prepare(copy);
    return use(runWorkflow(act, copy, scratch));
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

function testWorkflow(act: string): boolean {
  return inCopy(
    act,
    () => undefined,
    (run) => {
      const problems = problemsOf(run);
      if (problems.length === 0) {
        const count = secretsIn(readRecords(run.records)).length;
        const lines = run.log.split('\n').length;
        console.log(
          `The workflow passed; none of ${count} secrets is in the ${lines} lines of its log.`,
        );
      } else {
        console.log(ordinaryLines(run.log).join('\n'));
        for (const problem of problems) console.error(problem);
      }
      return problems.length === 0;
    },
  );
}

/** Whether the workflow is green on a rebuilt copy, and red, for the right reason, on each mutant. */
function testMutants(act: string): boolean {
  // Before anything slow.
  for (const mutant of MUTANTS) mutated(root, mutant);
  const control = inCopy(act, rebuild, problemsOf);
  for (const problem of control) console.error(`Without a mutation: ${problem}`);
  const killed = MUTANTS.map((mutant) => {
    const prepare = (copy: string): void => {
      mutate(copy, mutant);
      rebuild(copy);
    };
    const said = inCopy(act, prepare, (run) => [...problemsOf(run), ...failures(run.log)]);
    const reason = said.find((line) => mutant.because.test(line));
    if (reason !== undefined) console.log(`red: ${mutant.name}\n     ${reason}`);
    else console.error([`SURVIVED: ${mutant.name}`, ...said].join('\n     '));
    return reason !== undefined;
  });
  return control.length === 0 && killed.every(Boolean);
}

const act = findAct();
if (act === undefined) {
  const required = process.argv.includes('--required') || process.env['CI'] === 'true';
  console.log(
    `${required ? 'Failed' : 'Skipped'}: act is not installed. To install it: go install github.com/nektos/act@${ACT_VERSION}`,
  );
  process.exitCode = required ? 1 : 0;
} else {
  const passed = process.argv.includes('--mutations') ? testMutants(act) : testWorkflow(act);
  process.exitCode = passed ? 0 : 1;
}

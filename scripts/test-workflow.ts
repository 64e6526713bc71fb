/**
 * Runs .github/workflows/e2e.yml under act, and searches its whole log for every secret and token that the embedded IMS
 * saw. test/workflow/act.ts says how act differs from GitHub. With `--required`, or where CI is `true`, act must be there.
 */

import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { ACT_VERSION, findAct, type Run, runWorkflow } from '../test/workflow/act.ts';
import { findLeaks } from '../test/workflow/leaks.ts';
import { issuedTokens, readRecords, secretsIn } from '../test/workflow/record.ts';

import { passesWithout } from './required.ts';

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
function problemsOf({ exitCode, log, records }: Run): readonly string[] {
  const exchanges = readRecords(records);
  const leaks = findLeaks(log, secretsIn(exchanges)).map(
    ({ secret, form, line }) => `Secret ${secret} is in the log ${form}, after: ${line}`,
  );
  const missing = EXPECTED.filter((pattern) => !pattern.test(log));
  // Issued: the first, the one for no variable, the user's. Refused: the wrong secret.
  const tokens = issuedTokens(exchanges).length;
  const refused = exchanges.filter(({ status }) => status !== 200).length;
  return [
    ...(exitCode === 0 ? [] : [`act ended with exit code ${String(exitCode)}`]),
    ...leaks,
    ...missing.map((pattern) => `The log lacks ${pattern.source}`),
    ...(tokens === 3 ? [] : [`IMS issued ${tokens} access tokens instead of 3`]),
    ...(refused === 1 ? [] : [`IMS refused ${refused} requests instead of 1`]),
  ];
}

function testWorkflow(act: string): boolean {
  // macOS and Windows have links and short names on the way to it, by which paths would differ.
  const scratch = realpathSync(mkdtempSync(join(tmpdir(), 'adobe-ims-token-workflow-')));
  try {
    const run = runWorkflow(act, join(import.meta.dirname, '..'), scratch);
    const problems = problemsOf(run);
    const lines = run.log.split(/\r?\n/);
    if (problems.length > 0)
      console.log(lines.filter((line) => /^\[(?!.*\[DEBUG\])/.test(line)).join('\n'));
    for (const problem of problems) console.error(problem);
    const secrets = secretsIn(readRecords(run.records)).length;
    console.log(`${secrets} secrets, ${lines.length} lines of log, ${problems.length} problems.`);
    return problems.length === 0;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

const act = findAct();
const passed =
  act === undefined
    ? passesWithout(
        `act is not installed. To install it: go install github.com/nektos/act@${ACT_VERSION}`,
      )
    : testWorkflow(act);
if (!passed) process.exitCode = 1;

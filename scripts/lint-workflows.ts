/**
 * Runs actionlint and zizmor (auditor persona) over the workflows of the repository, and over every YAML block of README
 * and docs. With `--required`, or where CI is `true`, a missing tool is a failure.
 */

import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { EXCEPTIONS } from '../recipes/exceptions.ts';
import { passesWithout } from './required.ts';
import { allYamlBlocks, asWorkflow, type YamlBlock } from './yaml-blocks.ts';

const root = join(import.meta.dirname, '..');

/** Whether a tool finds nothing; what it finds goes to the log. */
function passes(tool: string, install: string, args: readonly string[]): boolean {
  const { error, status } = spawnSync(tool, args, { cwd: root, stdio: 'inherit' });
  if (error === undefined) return status === 0;
  return passesWithout(`${tool} did not start. To install it: ${install}`);
}

/** Whether nothing of the workflow is executed: act and actionlint do not know its steps yet. */
function isTooNew({ page, text }: YamlBlock): boolean {
  return EXCEPTIONS.some(
    (one) =>
      one.from === undefined && one.page === page && text.startsWith(`name: ${one.workflow}\n`),
  );
}

const own = readdirSync(join(root, '.github/workflows')).map((name) => `.github/workflows/${name}`);
const scratch = mkdtempSync(join(tmpdir(), 'examples-'));
try {
  const folder = join(scratch, '.github', 'workflows');
  mkdirSync(folder, { recursive: true });
  const examples = allYamlBlocks(root).map((block) => {
    const file = join(folder, `${block.page.replaceAll('/', '-')}-${block.line}.yml`);
    writeFileSync(file, asWorkflow(block));
    return { file, unsafe: block.unsafe, tooNew: isTooNew(block) };
  });
  const known = examples.filter(({ tooNew }) => !tooNew).map(({ file }) => file);
  const safe = examples.filter(({ unsafe }) => !unsafe).map(({ file }) => file);
  const results = [
    passes('actionlint', 'go -C .ci/tools install tool', [...own, ...known]),
    passes('zizmor', 'pip install --require-hashes --requirement .ci/requirements.txt', [
      ...['--offline', '--persona', 'auditor', '--quiet', root, ...safe],
    ]),
  ];
  console.log(`Looked at ${own.length} workflows and ${examples.length} examples.`);
  if (results.includes(false)) process.exitCode = 1;
} finally {
  rmSync(scratch, { recursive: true });
}

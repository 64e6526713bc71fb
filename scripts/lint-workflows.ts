/**
 * Runs actionlint and zizmor (auditor persona) over the workflows and actions of the repository, and over
 * every YAML block of README and docs. `npm test` holds the same files to GitHub's own parser.
 *
 *   node scripts/lint-workflows.ts             says which of the two is missing, and passes without it
 *   node scripts/lint-workflows.ts --required  fails without one of them, as it does when CI=true
 */

import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';

import { allYamlBlocks, asWorkflow, pinned, type YamlBlock } from './yaml-blocks.ts';

const root = join(import.meta.dirname, '..');

const INSTALL = {
  actionlint: 'go install github.com/rhysd/actionlint/cmd/actionlint@v1.7.12',
  zizmor: 'pip install zizmor==1.32.0',
} as const;

type Tool = keyof typeof INSTALL;
type Finding = { readonly file: string; readonly line: number; readonly message: string };
type Zizmor = readonly {
  readonly ident: string;
  readonly desc: string;
  readonly locations: readonly {
    readonly symbolic: { readonly key: { readonly Local?: { readonly verbatim_path: string } } };
    readonly concrete: { readonly location: { readonly start_point: { readonly row: number } } };
  }[];
}[];

/** Runs a tool that prints its findings as JSON; undefined when it is not installed. */
function run(tool: Tool, args: readonly string[]): string | undefined {
  const done = spawnSync(tool, args, { cwd: root, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
  if (done.error !== undefined && 'code' in done.error && done.error.code === 'ENOENT')
    return undefined;
  if (done.stdout.trim() === '') throw new Error(`${tool} said nothing: ${done.stderr}`);
  return done.stdout;
}

/** Type errors, syntax, and shellcheck where that is installed. */
function actionlint(files: readonly string[]): readonly Finding[] | undefined {
  const output = run('actionlint', ['-format', '{{json .}}', ...files]);
  if (output === undefined) return undefined;
  const findings = JSON.parse(output) as readonly {
    readonly filepath: string;
    readonly line: number;
    readonly message: string;
  }[];
  return findings.map(({ filepath: file, line, message }) => ({ file, line, message }));
}

function zizmor(paths: readonly string[]): readonly Finding[] | undefined {
  const output = run('zizmor', [
    ...['--offline', '--persona', 'auditor', '--format', 'json', '--no-exit-codes', '--quiet'],
    ...paths,
  ]);
  if (output === undefined) return undefined;
  return (JSON.parse(output) as Zizmor).map(({ ident, desc, locations }) => ({
    file: locations[0]?.symbolic.key.Local?.verbatim_path ?? '',
    line: (locations[0]?.concrete.location.start_point.row ?? 0) + 1,
    message: `${desc} (${ident})`,
  }));
}

const workflowFolder = join(root, '.github', 'workflows');
const workflows = readdirSync(workflowFolder).map((name) => join(workflowFolder, name));

/** Writes the blocks as workflows into a folder, and finds the page that a finding belongs to. */
function writeBlocks(folder: string): {
  readonly safe: readonly string[];
  readonly all: readonly string[];
  readonly origin: (finding: Finding) => string;
} {
  const target = join(folder, '.github', 'workflows');
  mkdirSync(target, { recursive: true });
  const written = new Map<string, { readonly block: YamlBlock; readonly linesBefore: number }>();
  for (const [at, block] of allYamlBlocks(root).entries()) {
    const { text, linesBefore } = asWorkflow(block);
    const file = join(target, `example-${at}.yml`);
    writeFileSync(file, pinned(text));
    written.set(basename(file), { block, linesBefore });
  }
  const names = [...written.keys()];
  return {
    all: names.map((name) => join(target, name)),
    safe: names
      .filter((name) => written.get(name)?.block.unsafe === false)
      .map((name) => join(target, name)),
    origin: ({ file, line, message }) => {
      const from = written.get(basename(file));
      if (from === undefined) return `${file}:${line}: ${message}`;
      return `${from.block.page}:${from.block.line + line - 1 - from.linesBefore}: ${message}`;
    },
  };
}

function lint(): { readonly findings: readonly string[]; readonly missing: readonly Tool[] } {
  const folder = mkdtempSync(join(tmpdir(), 'examples-'));
  try {
    const { all, safe, origin } = writeBlocks(folder);
    const results = {
      actionlint: actionlint([...workflows, ...all]),
      zizmor: zizmor([root, ...safe]),
    };
    const findings = Object.values(results).flatMap((found) => found?.map(origin) ?? []);
    const missing = (Object.keys(results) as Tool[]).filter((tool) => results[tool] === undefined);
    const looked = `${workflows.length} workflows and ${all.length} examples`;
    if (findings.length === 0 && missing.length === 0)
      console.log(`actionlint and zizmor found nothing in ${looked}`);
    return { findings, missing };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const { findings, missing } = lint();
const required = process.argv.includes('--required') || process.env['CI'] === 'true';
for (const finding of findings) console.error(finding);
for (const tool of missing)
  console.log(
    `${required ? 'Failed' : 'Skipped'}: ${tool} is not installed. To install it: ${INSTALL[tool]}`,
  );
process.exitCode = findings.length > 0 || (required && missing.length > 0) ? 1 : 0;

/** The commands of this action against the package `@actions/core`: the same calls, the same bytes. */

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect, it, onTestFinished } from 'vitest';

const root = join(import.meta.dirname, '../..');
const COMMANDS = ['OUTPUT', 'ENV', 'STATE'] as const;

/** What the runner's grammar could trip over. */
const NASTY = [
  'plain',
  '',
  'a%0Ab 100% %25',
  'line\nbreak\r\nreturn\rend',
  '::error::x',
  '##[error]x',
  'a=b<<c',
  'ü\u{1f511}',
];
const LINES = ['notice', 'warning', 'error', 'info', 'setSecret'];
const VALUES = ['setOutput', 'saveState', 'exportVariable'];

const PROGRAM = `
const [module, nasty, lines, values] = JSON.parse(process.argv[1]);
const core = await import(module);
for (const text of nasty) {
  for (const name of lines) core[name](text);
  for (const name of values) core[name]('name', text);
}
`;

/** Runs every function of a module with every value; what went to stdout and to the runner's files. */
function calls(module: string): object {
  const folder = mkdtempSync(join(tmpdir(), 'commands-'));
  onTestFinished(() => {
    rmSync(folder, { recursive: true });
  });
  const files = COMMANDS.map((name) => [`GITHUB_${name}`, join(folder, name)] as const);
  for (const [, file] of files) writeFileSync(file, '');
  const args = JSON.stringify([module, NASTY, LINES, VALUES]);
  const { status, stdout } = spawnSync(
    process.execPath,
    ['--input-type=module', '-e', PROGRAM, '--', args],
    {
      cwd: root,
      encoding: 'utf8',
      env: { PATH: process.env['PATH'], ...Object.fromEntries(files) },
    },
  );
  // The delimiters are random.
  const written = files.map(([, file]) =>
    readFileSync(file, 'utf8').replaceAll(/ghadelimiter_[0-9a-f-]{36}/g, 'DELIMITER'),
  );
  return { status, stdout, written };
}

it('the commands write what @actions/core writes', () => {
  const ours = calls('./src/runner/commands.ts');
  expect(ours).toEqual(calls('@actions/core'));
  expect(ours).toMatchObject({ status: 0 });
  expect(JSON.stringify(ours)).toContain('::add-mask::');
});

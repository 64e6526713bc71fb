/** The stand-in for `@actions/core` against the package itself: the same calls, the same bytes. */

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '..');
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
const LINES = ['debug', 'notice', 'warning', 'error', 'info', 'setSecret', 'setFailed'];
const VALUES = ['setOutput', 'saveState', 'exportVariable'];

const PROGRAM = `
const [module, nasty, lines, values] = JSON.parse(process.argv[1]);
const core = await import(module);
for (const text of nasty) {
  for (const name of lines) core[name](text);
  for (const name of values) core[name]('name', text);
}
core.info(JSON.stringify([process.env.name, process.exitCode]));
`;

let folder = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'stand-ins-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

/** Runs every function of a module with every value; what went to stdout and to the runner's files. */
function calls(module: string, withFiles: boolean): object {
  const files = COMMANDS.map((name) => join(folder, name));
  for (const file of files) writeFileSync(file, '');
  const named: Readonly<Record<string, string>> = withFiles
    ? Object.fromEntries(COMMANDS.map((name, at) => [`GITHUB_${name}`, files[at] ?? '']))
    : {};
  const done = spawnSync(
    process.execPath,
    [
      '--input-type=module',
      '-e',
      PROGRAM,
      '--',
      JSON.stringify([module, NASTY, LINES, withFiles ? VALUES : ['setOutput']]),
    ],
    {
      cwd: root,
      encoding: 'utf8',
      env: { PATH: process.env['PATH'], ...named },
    },
  );
  // The delimiters are random.
  const written = files.map((file) =>
    readFileSync(file, 'utf8').replaceAll(/ghadelimiter_[0-9a-f-]{36}/g, 'DELIMITER'),
  );
  return { status: done.status, stdout: done.stdout, written };
}

const STAND_IN = './src/stand-ins/core.ts';

describe('the stand-in for @actions/core', () => {
  it('writes what the package writes', () => {
    const ours = calls(STAND_IN, true);
    expect(ours).toEqual(calls('@actions/core', true));
    expect(ours).toMatchObject({ status: 1 });
    expect(JSON.stringify(ours)).toContain('::add-mask::');
  });

  it('does not print a value whose file is missing', () => {
    const { stdout } = calls(STAND_IN, false) as { readonly stdout: string };
    expect(stdout).not.toContain('set-output');
    const { stdout: printed } = calls('@actions/core', false) as { readonly stdout: string };
    expect(printed).toContain('set-output');
  });
});

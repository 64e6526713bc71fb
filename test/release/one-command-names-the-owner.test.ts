/** One command names the owner of the repository, and nothing breaks in the tree that it leaves. */

import { execFileSync, spawnSync, type SpawnSyncReturns } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '../..');
const scratch = mkdtempSync(join(tmpdir(), 'owner-'));
const copy = join(scratch, 'copy');
afterAll(() => {
  rmSync(scratch, { recursive: true, force: true });
});

function run(...args: readonly string[]): SpawnSyncReturns<string> {
  const env = { ...process.env, CI: 'false', NO_COLOR: '1' };
  return spawnSync(process.execPath, args, { cwd: copy, env, encoding: 'utf8' });
}

const read = (name: string): string => readFileSync(join(copy, name), 'utf8');

beforeAll(() => {
  const git = (folder: string, ...args: readonly string[]): string =>
    execFileSync('git', args, { cwd: folder, encoding: 'utf8' });
  const list = git(root, 'ls-files', '-z', '--cached', '--others', '--exclude-standard');
  for (const name of list.split('\0').filter((path) => path !== '' && existsSync(join(root, path))))
    cpSync(join(root, name), join(copy, name));
  git(copy, 'init', '-q');
  git(copy, 'add', '--all');
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'), 'junction');
});

it.each([
  ['one account', ['acme']],
  ['the same account twice', ['acme', 'ACME']],
  ['what is no account', ['acme', '@second']],
])('the command refuses %s, and changes nothing', (_name, args) => {
  const before = read('.github/CODEOWNERS');
  expect(run('scripts/set-owner.ts', ...args)).toMatchObject({ status: 1, stdout: '' });
  expect(read('.github/CODEOWNERS')).toBe(before);
});

// A formatter and a test runner start in here, on a machine that may be busy.
describe('with an owner', { timeout: 300_000 }, () => {
  beforeAll(() => {
    expect(run('scripts/set-owner.ts', 'acme', 'second')).toMatchObject({ status: 0, stderr: '' });
  });

  it('every file names the account, and nothing explains the word any more', () => {
    expect(read('.github/CODEOWNERS')).toMatch(/^\* @acme @second$/m);
    expect(read('.github/settings.json')).toContain('"acme-token-release"');
    expect(read('.github/settings.json')).toContain('{ "login": "second" }');
    expect(JSON.parse(read('package.json'))).toMatchObject({
      repository: 'github:acme/adobe-ims-token',
      homepage: 'https://github.com/acme/adobe-ims-token#readme',
      bugs: 'https://github.com/acme/adobe-ims-token/issues',
    });
    expect(read('README.md')).toContain('uses: acme/adobe-ims-token@v1');
    expect(read('README.md')).not.toMatch(/owns this repository/);
  });

  it('the release check finds no file without an owner', () => {
    const { version } = JSON.parse(read('package.json')) as { readonly version: string };
    expect(run('scripts/release-notes.ts', version).stderr).not.toContain('OWNER');
  });

  it('the files are formatted', () => {
    const checked = run('node_modules/prettier/bin/prettier.cjs', '--check', '.');
    expect(checked).toMatchObject({ status: 0, stderr: '' });
  });

  it('the tests of the documentation pass', { timeout: 300_000 }, () => {
    // Not those that run the action: nothing of it names an account.
    const filters = ['docs/examples-', 'docs/links-', 'docs/pages-agree-'];
    const { status, stdout } = run('node_modules/vitest/vitest.mjs', 'run', ...filters);
    for (const filter of filters) expect(stdout).toMatch(RegExp(`✓ \\S*/${filter}`));
    expect(status).toBe(0);
  });

  it.skipIf(process.platform === 'win32')(
    'a recipe runs this action, and no stand-in for it',
    () => {
      const act = join(scratch, 'act');
      writeFileSync(act, '#!/bin/sh\nprintf "%s\\n" "$@"\n');
      chmodSync(act, 0o755);
      mkdirSync(join(scratch, 'tools/node_modules'), { recursive: true });
      const page =
        'name: Deploy\njobs: { x: { steps: [\n uses: acme/adobe-ims-token@v1\n uses: a/b@v2\n] } }\n';
      const recipe = join(scratch, 'recipe');
      const { log } = JSON.parse(
        run(
          '--input-type=module',
          '--eval',
          `const { runInAct } = await import(${JSON.stringify(pathToFileURL(join(copy, 'recipes/act.ts')).href)});
        const surroundings = ${JSON.stringify({ act, root: copy, tools: join(scratch, 'tools'), authority: '' })};
        const workflow = ${JSON.stringify({ event: 'push', text: page })};
        const run = await runInAct(surroundings, workflow, { secrets: {}, vars: {} }, ${JSON.stringify(recipe)});
        console.log(JSON.stringify(run));`,
        ).stdout,
      ) as { readonly log: string };
      const replaced = log.split('\n').filter((line) => /^\S+@v\d=/.test(line));
      expect(replaced).toEqual([
        `acme/adobe-ims-token@v1=${join(recipe, 'action')}`,
        `a/b@v2=${join(recipe, 'idle')}`,
      ]);
    },
  );
});

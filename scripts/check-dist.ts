/** Fails unless git has `dist` as it was just built, as regular files alone. Stage a new `dist` first: `git add dist`. */

import { execFileSync, spawnSync } from 'node:child_process';
import { join } from 'node:path';

import { passesWithout } from './required.ts';

const root = join(import.meta.dirname, '..');

/** The entries of a list that git prints for `dist`. */
function git(...args: readonly string[]): readonly string[] {
  const output = execFileSync('git', [...args, '-z', '--', 'dist'], {
    cwd: root,
    encoding: 'utf8',
  });
  return output.split('\0').filter(Boolean);
}

if (spawnSync('git', ['rev-parse'], { cwd: root }).status !== 0) {
  const passed = passesWithout('this is no git checkout to compare dist with.');
  process.exitCode = passed ? 0 : 1;
} else {
  const stale = [...git('diff', '--name-only'), ...git('ls-files', '--others')];
  // A link or a submodule would bring in what nobody reads here.
  const strange = git('ls-files', '--stage').filter((entry) => !entry.startsWith('100644 '));
  for (const name of stale) console.error(`Not what src builds to, or not staged: ${name}`);
  for (const entry of strange) console.error(`Not a regular file: ${entry}`);
  process.exitCode = stale.length + strange.length > 0 ? 1 : 0;
}

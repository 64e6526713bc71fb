/** Who owns the repository: the one place from which code reads it, and the files that name it. */

import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Tests and scripts use the word OWNER as text. */
const CODE = /^(?:scripts|test)\/|^recipes\/.*\.[jt]s$/;

/**
 * `OWNER/adobe-ims-token`, or the same with the account that `npm run set-owner` has put in.
 * @param root folder of package.json
 */
export function repositoryOf(root: string): string {
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    readonly repository: string;
  };
  return manifest.repository.replace(/^github:/, '');
}

/** The text of each tracked file that still has the word OWNER for an account, by path. */
export function filesWithPlaceholder(root: string): ReadonlyMap<string, string> {
  const list = execFileSync('git', ['ls-files', '-z'], { cwd: root, encoding: 'utf8' });
  const paths = list.split('\0').filter((path) => path !== '' && !CODE.test(path));
  const files = paths.map((path) => [path, readFileSync(join(root, path), 'utf8')] as const);
  return new Map(files.filter(([, text]) => /\bOWNER\b/.test(text)));
}

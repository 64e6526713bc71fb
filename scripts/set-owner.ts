/**
 * Names the owner of the repository, and a second person who reviews and releases:
 * `npm run set-owner NAME SECOND`. Replaces the word OWNER, and removes what explains it.
 */

import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { filesWithPlaceholder } from './repository.ts';

const root = join(import.meta.dirname, '..');
const [name = '', second = ''] = process.argv.slice(2);

if (![name, second].every((account) => /^[a-z\d](?:[a-z\d-]*[a-z\d])?$/i.test(account))) {
  console.error('Give two accounts of GitHub: npm run set-owner NAME SECOND');
  process.exitCode = 1;
} else if (name.toLowerCase() === second.toLowerCase()) {
  console.error('Give two different accounts: nobody can approve his own pull request.');
  process.exitCode = 1;
} else {
  const files = [...filesWithPlaceholder(root)];
  for (const [path, text] of files) {
    const explained = text.replaceAll(/<!-- OWNER -->.*?<!-- \/OWNER --> ?/gs, '');
    const named = explained.replaceAll(/\bSECOND-OWNER\b/g, second).replaceAll(/\bOWNER\b/g, name);
    writeFileSync(join(root, path), named);
  }
  const prettier = join(root, 'node_modules/prettier/bin/prettier.cjs');
  const paths = files.map(([path]) => path);
  const options = ['--write', '--ignore-unknown', '--log-level', 'warn'];
  execFileSync(process.execPath, [prettier, ...options, ...paths], { cwd: root, stdio: 'inherit' });
  console.log(`Named the owner in ${paths.length} files. Read the change, and commit it.`);
}

/** Builds the three programs of `dist`; `node scripts/build.ts FOLDER` builds them elsewhere. */

import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join, resolve } from 'node:path';

const root = join(import.meta.dirname, '..');

/** ncc takes tsconfig.json, and with it the stand-ins of src/absent, from the folder it runs in. */
const programs = [
  { name: 'main', folder: root, entry: 'src/main.ts' },
  { name: 'post', folder: root, entry: 'src/post.ts' },
  { name: 'cache', folder: join(root, 'src/cache'), entry: 'index.ts' },
] as const;

/** Builds everything into `target`, whose former contents go. */
export function build(target: string): void {
  rmSync(target, { recursive: true, force: true });
  for (const { name, folder, entry } of programs)
    execFileSync(
      process.execPath,
      [
        join(root, 'node_modules/@vercel/ncc/dist/ncc/cli.js'),
        'build',
        entry,
        '-o',
        join(target, name),
      ],
      { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] },
    );
}

if (process.argv[1] === import.meta.filename) build(resolve(process.argv[2] ?? join(root, 'dist')));

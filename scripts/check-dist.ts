/** Fails unless `dist` is, byte for byte, what `src` builds to. */

import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { build } from './build.ts';

const root = join(import.meta.dirname, '..');
const fresh = mkdtempSync(join(tmpdir(), 'adobe-ims-token-dist-'));

function files(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();
}

try {
  await build(fresh);
  const committed = join(root, 'dist');
  const names = [...new Set([...files(fresh), ...files(committed)])];
  const stale = names.filter((name) => {
    try {
      return !readFileSync(join(fresh, name)).equals(readFileSync(join(committed, name)));
    } catch {
      return true;
    }
  });
  if (stale.length > 0) {
    console.error(`dist is not what src builds to: ${stale.join(', ')}. Run: npm run build`);
    process.exitCode = 1;
  } else console.log(`dist is what src builds to: ${names.length} files`);
} catch (error) {
  // Not thrown on: Node would print the line of ncc that threw, which is megabytes long.
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
} finally {
  rmSync(fresh, { recursive: true, force: true });
}

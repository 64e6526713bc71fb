/** A file in RUNNER_TEMP, which the runner empties when the job ends. */

import { randomBytes } from 'node:crypto';
import { readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { isAbsolute } from 'node:path';

/** The bytes that an earlier step left; undefined for whatever reason there are none. */
export function readJobFile(path: string, limitBytes: number): Buffer | undefined {
  try {
    const facts = statSync(path);
    // A pipe would be waited for.
    return facts.isFile() && facts.size <= limitBytes ? readFileSync(path) : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Leaves bytes for later steps, readable by this user alone. Written under a temporary name, then renamed: no
 * step reads half a file. Errors are ignored.
 * @param path absolute; a relative one would lie in the workspace
 */
export function writeJobFile(path: string, bytes: Buffer): void {
  if (!isAbsolute(path)) return;
  const draft = `${path}.${randomBytes(8).toString('hex')}`;
  try {
    writeFileSync(draft, bytes, { mode: 0o600, flag: 'wx' });
    renameSync(draft, path);
  } catch {
    try {
      rmSync(draft, { force: true });
    } catch {
      // It is sealed, so it may stay.
    }
  }
}

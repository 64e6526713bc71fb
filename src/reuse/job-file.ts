/** A file in RUNNER_TEMP, which the runner empties when the job ends. */

import { randomBytes } from 'node:crypto';
import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { isAbsolute } from 'node:path';

import { readBoundedFile } from '../bounded-file.ts';

/** The bytes of the file; undefined if there are none or too many. Any step can have written them. */
export function readJobFile(path: string, limitBytes: number): Buffer | undefined {
  if (!isAbsolute(path)) return undefined;
  try {
    return readBoundedFile(path, limitBytes, 'refuse');
  } catch {
    return undefined;
  }
}

/**
 * Writes a file for later steps. Only this user can read it. A failure is ignored.
 * @param path absolute; a relative one would lie in the workspace, so nothing is written
 */
export function writeJobFile(path: string, bytes: Buffer): void {
  if (!isAbsolute(path)) return;
  // Two steps may write at once. The file gets its name once it is whole.
  const draft = `${path}.${randomBytes(8).toString('hex')}`;
  try {
    try {
      writeFileSync(draft, bytes, { mode: 0o600, flag: 'wx' });
      renameSync(draft, path);
    } finally {
      rmSync(draft, { force: true });
    }
  } catch {
    // Later steps ask IMS themselves.
  }
}

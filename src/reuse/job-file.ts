/** A file in RUNNER_TEMP, which the runner empties when the job ends. */

import { randomBytes } from 'node:crypto';
import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { isAbsolute } from 'node:path';

import { readBoundedFile } from '../bounded-file.ts';

/**
 * The bytes that an earlier step left; undefined if there are none, or more than `limitBytes`. Any step can put
 * something else there.
 */
export function readJobFile(path: string, limitBytes: number): Buffer | undefined {
  try {
    return readBoundedFile(path, limitBytes, 'refuse');
  } catch {
    return undefined;
  }
}

/**
 * Leaves bytes for later steps, readable by this user alone. The file gets its name once it is whole, so that
 * of two steps at once one leaves its file. Does nothing where that cannot be.
 * @param path absolute, as the workspace is no place for it
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
      // Sealed as it is, it may stay.
    }
  }
}

/** A file in RUNNER_TEMP, which the runner empties when the job ends. */

import { randomBytes } from 'node:crypto';
import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { isAbsolute } from 'node:path';

import { readBoundedFile } from '../bounded-file.ts';

/** What lies there, at most `limitBytes`; undefined for none. Any step can have put it there. */
export function readJobFile(path: string, limitBytes: number): Buffer | undefined {
  try {
    return readBoundedFile(path, limitBytes, 'refuse');
  } catch {
    return undefined;
  }
}

/**
 * Leaves bytes for later steps, readable by this user alone, where that can be done.
 * @param path absolute: the workspace is no place for it
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

/** One file in RUNNER_TEMP, which the runner empties when the job ends. */

import { randomBytes } from 'node:crypto';
import {
  closeSync,
  constants,
  fstatSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { isAbsolute, join } from 'node:path';

export type JobFile = {
  /** The bytes that an earlier step left; undefined for whatever reason there are none. */
  readonly read: () => Buffer | undefined;
  /**
   * Leaves bytes for later steps: readable by this user alone, and under its name only once it is whole, so
   * that of two steps at once one leaves its file. Does nothing where that cannot be.
   */
  readonly write: (bytes: Buffer) => void;
};

function readRegular(path: string, limitBytes: number): Buffer | undefined {
  // Without NONBLOCK, a pipe of that name would be waited for.
  const file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const facts = fstatSync(file);
    return facts.isFile() && facts.size <= limitBytes ? readFileSync(file) : undefined;
  } finally {
    closeSync(file);
  }
}

/**
 * The file of a name in a folder.
 * @param folder RUNNER_TEMP; one that is no absolute path holds nothing
 */
export function jobFile(folder: string, name: string, limitBytes: number): JobFile {
  if (!isAbsolute(folder)) return { read: () => undefined, write: () => undefined };
  const path = join(folder, name);
  return {
    read: () => {
      try {
        return readRegular(path, limitBytes);
      } catch {
        return undefined;
      }
    },
    write: (bytes) => {
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
    },
  };
}

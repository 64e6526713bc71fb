/** Reads files that somebody else may have put there. */

import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';

const CHUNK_BYTES = 64 * 1024;

const errorOf = (code: string): Error => Object.assign(new Error(code), { code });

/**
 * Reads a file whole. Waits for no pipe and reads no device.
 * @param limitBytes a longer file is refused
 * @param links whether a link in place of the file is followed
 * @throws Error with the system's `code`, or `EFBIG` for a longer file
 */
export function readBoundedFile(
  path: string,
  limitBytes: number,
  links: 'follow' | 'refuse',
): Buffer {
  const { O_RDONLY, O_NONBLOCK, O_NOFOLLOW } = constants;
  // Windows has neither of the last two: `undefined` counts as 0 here.
  const descriptor = openSync(path, O_RDONLY | O_NONBLOCK | (links === 'refuse' ? O_NOFOLLOW : 0));
  try {
    const stats = fstatSync(descriptor);
    if (!stats.isFile()) throw errorOf(stats.isDirectory() ? 'EISDIR' : 'EINVAL');
    const chunks: Buffer[] = [];
    // The size in `stats` is no guide: files in /proc say 0, and some are endless.
    let left = limitBytes;
    for (;;) {
      const chunk = Buffer.alloc(CHUNK_BYTES);
      const bytes = readSync(descriptor, chunk);
      if (bytes === 0) return Buffer.concat(chunks);
      left -= bytes;
      if (left < 0) throw errorOf('EFBIG');
      chunks.push(chunk.subarray(0, bytes));
    }
  } finally {
    closeSync(descriptor);
  }
}

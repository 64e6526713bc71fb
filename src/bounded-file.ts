/** Reads files that somebody else may have put there. */

import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';

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
    // The size in `stats` is no guide: files in /proc say 0, and some are endless.
    const buffer = Buffer.alloc(limitBytes + 1);
    let size = 0;
    let bytes: number;
    do {
      bytes = readSync(descriptor, buffer, size, buffer.length - size, null);
      size += bytes;
    } while (bytes > 0);
    if (size > limitBytes) throw errorOf('EFBIG');
    return buffer.subarray(0, size);
  } finally {
    closeSync(descriptor);
  }
}

/** Reads files that others may have put there: no more than a limit, and no pipe or device. */

import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';

const CHUNK_BYTES = 64 * 1024;

/** Says why a file is not read in the way that Node says why it cannot be. */
class FileError extends Error {
  override readonly name = 'FileError';
  readonly code: string;
  constructor(code: 'EFBIG' | 'EISDIR' | 'EINVAL') {
    super(code);
    this.code = code;
  }
}

/** Counts what comes: the files in /proc are without end, and say that they are empty. */
function readUpTo(descriptor: number, limitBytes: number): Buffer {
  const chunk = Buffer.alloc(CHUNK_BYTES);
  const chunks: Buffer[] = [];
  let size = 0;
  for (;;) {
    const bytes = readSync(descriptor, chunk, 0, CHUNK_BYTES, null);
    if (bytes === 0) return Buffer.concat(chunks);
    size += bytes;
    if (size > limitBytes) throw new FileError('EFBIG');
    chunks.push(Buffer.from(chunk.subarray(0, bytes)));
  }
}

/**
 * Reads a file whole, and waits for nothing.
 * @param limitBytes a longer file is refused
 * @param links whether a link in place of the file is followed
 * @throws Error with a `code`: `EFBIG` for a longer file, `EISDIR` for a folder, `EINVAL` for a pipe or a
 *   device, or why the system does not open it
 */
export function readBoundedFile(
  path: string,
  limitBytes: number,
  links: 'follow' | 'refuse',
): Buffer {
  const { O_RDONLY, O_NONBLOCK, O_NOFOLLOW } = constants;
  // Windows has neither of the two, and `undefined` counts as 0 here. Without O_NONBLOCK, a pipe is waited for.
  const descriptor = openSync(path, O_RDONLY | O_NONBLOCK | (links === 'refuse' ? O_NOFOLLOW : 0));
  try {
    const facts = fstatSync(descriptor);
    if (facts.isDirectory()) throw new FileError('EISDIR');
    if (!facts.isFile()) throw new FileError('EINVAL');
    return readUpTo(descriptor, limitBytes);
  } finally {
    closeSync(descriptor);
  }
}

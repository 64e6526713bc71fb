/** Keeps the sealed token for later steps of the same job, in RUNNER_TEMP, which the runner empties. */

import { randomBytes } from 'node:crypto';
import {
  closeSync,
  constants,
  existsSync,
  fstatSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { isAbsolute, join } from 'node:path';

import { fingerprint, LARGEST_SEALED_BYTES, type TokenIdentity } from './sealed-token.ts';

/** Whether a token belongs to this job alone, or other jobs of the repository have it too. */
export type Sharing = 'job' | 'repository';

function placeOf(runnerTemp: string, identity: TokenIdentity, of: Sharing): string | undefined {
  if (!isAbsolute(runnerTemp)) return undefined;
  const suffix = of === 'job' ? '' : '-shared';
  return join(runnerTemp, `adobe-ims-token-${fingerprint(identity).slice(0, 32)}${suffix}`);
}

/** Removes a file; sealed as it is, it may stay where it cannot be removed. */
function remove(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // A strange RUNNER_TEMP, such as one that is no folder.
  }
}

/** The sealed bytes that an earlier step left; undefined for whatever reason there are none. */
export function readFromJob(
  runnerTemp: string,
  identity: TokenIdentity,
  of: Sharing,
): Buffer | undefined {
  const place = placeOf(runnerTemp, identity, of);
  if (place === undefined) return undefined;
  try {
    // Without NONBLOCK, a pipe of that name would be waited for.
    const file = openSync(place, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const facts = fstatSync(file);
      return facts.isFile() && facts.size <= LARGEST_SEALED_BYTES ? readFileSync(file) : undefined;
    } finally {
      closeSync(file);
    }
  } catch {
    return undefined;
  }
}

/**
 * Leaves sealed bytes for later steps: readable by this user alone, and under its name only once it is
 * whole, so that of two steps at once one leaves its file. Quietly does nothing where that cannot be.
 */
export function writeToJob(
  runnerTemp: string,
  identity: TokenIdentity,
  of: Sharing,
  sealed: Buffer,
): void {
  const place = placeOf(runnerTemp, identity, of);
  if (place === undefined) return;
  const draft = `${place}.${randomBytes(8).toString('hex')}`;
  try {
    writeFileSync(draft, sealed, { mode: 0o600, flag: 'wx' });
    renameSync(draft, place);
  } catch {
    remove(draft);
  }
}

/** Takes away what an earlier step left for this job alone. */
export function removeFromJob(runnerTemp: string, identity: TokenIdentity): void {
  const place = placeOf(runnerTemp, identity, 'job');
  if (place !== undefined) remove(place);
}

function placeOfMark(runnerTemp: string, mark: string): string | undefined {
  if (!isAbsolute(runnerTemp)) return undefined;
  return join(runnerTemp, `adobe-ims-token-revoked-${mark.slice(0, 32)}`);
}

/** Whether a step of this job has left this mark: it has revoked the token. */
export function wasRevoked(runnerTemp: string, mark: string): boolean {
  const place = placeOfMark(runnerTemp, mark);
  return place !== undefined && existsSync(place);
}

/** Leaves a mark for later post steps: the token is revoked. */
export function noteRevoked(runnerTemp: string, mark: string): void {
  const place = placeOfMark(runnerTemp, mark);
  try {
    if (place !== undefined) writeFileSync(place, '');
  } catch {
    // Then it is revoked twice, which IMS does not mind.
  }
}

/** Where an unexpired token may come from, nearest first, and where a token is left for others. */

import * as core from '@actions/core';

import { secondsLeft, type Token } from '../ims/token.ts';
import type { Inputs } from '../inputs.ts';
import { identityOf } from './identity.ts';
import { readFromJob, writeToJob } from './job.ts';
import type { RepositoryCache } from './repository.ts';
import { openToken, sealToken, type TokenIdentity } from './sealed-token.ts';

/** What the places need of the surroundings. */
export type Keep = RepositoryCache;

export type FoundToken = { readonly token: Token; readonly source: 'job' | 'repository' };

function usable(
  bytes: Buffer | undefined,
  inputs: Inputs,
  identity: TokenIdentity,
): Token | undefined {
  const token = bytes && openToken(bytes, inputs.clientSecrets, identity);
  // The runner's clock is compared with itself or, in the repository, with another runner's.
  if (
    token === undefined ||
    secondsLeft(token, Date.now()) < Math.max(1, inputs.minValiditySeconds)
  )
    return undefined;
  return token;
}

/** A token of an earlier step or job with at least `min-validity` seconds left. Never throws. */
export async function findToken(inputs: Inputs, keep: Keep): Promise<FoundToken | undefined> {
  const identity = identityOf(inputs);
  if (identity === undefined) return undefined;
  const runnerTemp = keep.env['RUNNER_TEMP'] ?? '';
  // A step that revokes its token takes none that other jobs have too.
  for (const sharing of inputs.revoke ? (['job'] as const) : (['job', 'repository'] as const)) {
    const ofJob = usable(readFromJob(runnerTemp, identity, sharing), inputs, identity);
    if (ofJob !== undefined) return { token: ofJob, source: 'job' };
  }
  if (inputs.reuse !== 'repository') return undefined;
  // Loaded only when reached: nobody else pays for it.
  const { readFromRepository } = await import('./repository.ts');
  const ofRepository = usable(await readFromRepository(keep, identity), inputs, identity);
  if (ofRepository !== undefined) return { token: ofRepository, source: 'repository' };
  core.debug('No usable token in the Actions cache of the repository.');
  return undefined;
}

/** Leaves a sealed token where later steps, and with `repository` later jobs, find it. Never throws. */
export async function keepToken(
  token: Token,
  source: FoundToken['source'] | 'ims',
  inputs: Inputs,
  keep: Keep,
): Promise<void> {
  const identity = identityOf(inputs);
  const [secret] = inputs.clientSecrets;
  if (identity === undefined || secret === undefined || source === 'job') return;
  const sharing = inputs.reuse === 'repository' ? 'repository' : 'job';
  const sealed = sealToken(token, secret, identity);
  if (source === 'ims' && sharing === 'repository') {
    const { writeToRepository } = await import('./repository.ts');
    await writeToRepository(keep, identity, sealed, token.expiresAtMs);
  }
  if (!keep.signal.aborted) writeToJob(keep.env['RUNNER_TEMP'] ?? '', identity, sharing, sealed);
}

/** Where an unexpired token may come from, nearest place first, and where one is kept for others. */

import { createHash } from 'node:crypto';
import { join } from 'node:path';

import * as core from '@actions/core';

import { parseObject } from '../ims/answers.ts';
import { isTokenText, secondsLeft, type Token, withClaims } from '../ims/token.ts';
import type { Clock } from '../runner/process.ts';

import { readJobFile, writeJobFile } from './job-file.ts';
import { entryKey, Repository } from './repository.ts';
import { LARGEST_SEALED_BYTES, type Opened, open, seal } from './seal.ts';

/** What makes two requests for a token the same request, and which tokens will do. */
export type Wanted = {
  readonly origin: string;
  readonly clientId: string;
  readonly clientSecrets: readonly string[];
  readonly orgId: string;
  readonly scopes: readonly string[];
  readonly from: 'job' | 'repository';
  readonly minValiditySeconds: number;
  /** Whether the post step of this step will revoke the token. */
  readonly revoke: boolean;
};

/** What becomes of a token of this job: other jobs have it too, a post step will revoke it, or neither. */
type Fate = 'shared' | 'revoked' | 'unshared';

export type Kept = {
  readonly token: Token;
  /** The client secret that IMS accepted: it seals, and opens. */
  readonly secret: string;
};

export type Found = Kept & {
  readonly source: 'job' | 'repository';
  /** Whether another step of this job will revoke it. */
  readonly willBeRevoked: boolean;
};

export type ReuseOptions = {
  readonly env: NodeJS.ProcessEnv;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** What `clock.now()` will say when the step must end. */
  readonly deadlineMs: number;
  /** Milliseconds that the Actions cache may cost. */
  readonly budgetMs: number;
};

/** This job of this attempt of this run. */
export function placeOfJob(env: NodeJS.ProcessEnv): readonly string[] {
  const names = ['GITHUB_RUN_ID', 'GITHUB_RUN_ATTEMPT', 'GITHUB_JOB'];
  return ['job', ...names.map((name) => env[name] ?? '')];
}

/** 64 hex digits that are the same for the same endpoint, client, organization and set of scopes. */
function fingerprint({ origin, clientId, orgId, scopes }: Wanted): string {
  const parts = [origin, clientId, orgId, [...scopes].sort()];
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}

function sealToken({ token, secret }: Kept, place: readonly string[], fate: Fate): Buffer {
  const { accessToken, tokenType, expiresAtMs } = token;
  return seal(JSON.stringify({ accessToken, tokenType, expiresAtMs, fate }), secret, place);
}

function readToken({ text, secret }: Opened): (Kept & { readonly fate: unknown }) | undefined {
  const { accessToken, tokenType, expiresAtMs, fate } = parseObject(text) ?? {};
  if (!isTokenText(accessToken) || !isTokenText(tokenType)) return undefined;
  // A date that `Date` does not hold would fail the step.
  if (typeof expiresAtMs !== 'number' || Number.isNaN(new Date(expiresAtMs).getTime()))
    return undefined;
  return { token: withClaims({ accessToken, tokenType, expiresAtMs }), secret, fate };
}

/** The places where tokens like the wanted one are kept. */
export class Reuse {
  readonly #wanted: Wanted;
  readonly #options: ReuseOptions;
  readonly #identity: string;
  readonly #path: string;
  readonly #repository: Repository | undefined;
  /** Whether the repository has an entry that cannot be used. */
  #spoilt = false;

  constructor(wanted: Wanted, options: ReuseOptions) {
    this.#wanted = wanted;
    this.#options = options;
    this.#identity = fingerprint(wanted);
    const name = `adobe-ims-token-${this.#identity.slice(0, 32)}`;
    this.#path = join(options.env['RUNNER_TEMP'] ?? '', name);
    if (wanted.from === 'repository')
      this.#repository = Repository.open({ ...options, limitBytes: LARGEST_SEALED_BYTES });
  }

  /** A token of an earlier step or job with at least `min-validity` seconds left. Never throws. */
  async find(): Promise<Found | undefined> {
    return this.#findInJob() ?? (await this.#findInRepository());
  }

  /**
   * Keeps the token of this step for others. Never throws.
   * @param source where the token came from
   */
  async keep(kept: Kept, source: 'ims' | 'job' | 'repository'): Promise<void> {
    const { revoke } = this.#wanted;
    // A step of this job has kept it already, but without the promise to revoke it.
    if (source === 'job' && !revoke) return;
    const fate = this.#repository !== undefined ? 'shared' : revoke ? 'revoked' : 'unshared';
    writeJobFile(this.#path, sealToken(kept, this.#placeInJob(), fate));
    if (this.#repository === undefined || source !== 'ims') return;
    const key = entryKey(this.#keyPrefix(), kept.token.expiresAtMs, this.#spoilt);
    await this.#repository.write(key, sealToken(kept, this.#placeInRepository(), fate));
  }

  #findInJob(): Found | undefined {
    const found = this.#open(readJobFile(this.#path, LARGEST_SEALED_BYTES), this.#placeInJob());
    if (found === undefined || !this.#isFresh(found)) return undefined;
    // No step revokes what other jobs have, and no step shares what will be revoked.
    if (this.#wanted.revoke && found.fate === 'shared') return undefined;
    if (this.#repository !== undefined && found.fate === 'revoked') return undefined;
    return { ...found, source: 'job', willBeRevoked: found.fate === 'revoked' };
  }

  async #findInRepository(): Promise<Found | undefined> {
    if (this.#wanted.from !== 'repository') return undefined;
    if (this.#repository === undefined) {
      core.info(
        'This runner offers no Actions cache that `reuse: repository` could use, so the step reuses tokens of this job only.',
      );
      return undefined;
    }
    const lookup = await this.#repository.read(this.#keyPrefix());
    if (lookup.kind === 'none' || this.#options.signal.aborted) return undefined;
    const bytes = lookup.kind === 'found' ? lookup.bytes : undefined;
    const found = this.#open(bytes, this.#placeInRepository());
    if (found !== undefined && !this.#isFresh(found)) return undefined;
    if (found !== undefined) return { ...found, source: 'repository', willBeRevoked: false };
    this.#spoilt = lookup.kind === 'found' || lookup.spoilt;
    const reason =
      lookup.kind === 'found'
        ? 'holds an entry that this client secret does not open'
        : lookup.reason;
    core.info(`The Actions cache ${reason}, so the token comes from IMS.`);
    return undefined;
  }

  #open(
    bytes: Buffer | undefined,
    place: readonly string[],
  ): (Kept & { readonly fate: unknown }) | undefined {
    const opened = bytes && open(bytes, this.#wanted.clientSecrets, place);
    return opened && readToken(opened);
  }

  /** Expiry is wall time: a token of the repository was stamped by another machine. */
  #isFresh({ token }: Kept): boolean {
    const left = secondsLeft(token.expiresAtMs, this.#options.clock.date());
    return left >= Math.max(1, this.#wanted.minValiditySeconds);
  }

  #placeInJob(): readonly string[] {
    return [...placeOfJob(this.#options.env), this.#identity];
  }

  #placeInRepository(): readonly string[] {
    const repository = this.#options.env['GITHUB_REPOSITORY'] ?? '';
    return ['repository', repository, this.#identity];
  }

  #keyPrefix(): string {
    return `adobe-ims-token-2-${this.#identity}-`;
  }
}

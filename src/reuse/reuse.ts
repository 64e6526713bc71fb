/** Where an unexpired token may come from, nearest place first, and where one is kept for others. */

import { createHash } from 'node:crypto';
import { join } from 'node:path';

import * as core from '@actions/core';

import { parseObject } from '../ims/json.ts';
import { askedScopes, type Authentication, type Client, type Grant } from '../ims/requests.ts';
import { isTokenText, secondsLeft, type Token } from '../ims/token.ts';
import type { Step } from '../runner/process.ts';

import { readJobFile, writeJobFile } from './job-file.ts';
import { Repository, serviceOf } from './repository.ts';
import { LARGEST_SEALED_BYTES, open, seal } from './seal.ts';

/** What makes two requests for a token the same request, and which tokens will do. */
type Wanted = {
  readonly origin: string;
  readonly client: Client;
  readonly grant: Grant;
  readonly reuse: 'none' | 'job' | 'repository';
  readonly minValiditySeconds: number;
  /** Whether the post step of this step will revoke the token. */
  readonly revoke: boolean;
  readonly timeoutSeconds: number;
};

/** A token, and how IMS accepted the client: that secret seals, and opens. */
type Kept = { readonly token: Token; readonly authentication: Authentication };

/** What becomes of a token of this job: other jobs have it too, a post step will revoke it, or neither. */
type Fate = 'shared' | 'revoked' | 'unshared';

type Found = Kept & {
  readonly source: 'job' | 'repository';
  /** Whether another step of this job will revoke it. */
  readonly willBeRevoked: boolean;
};

/** This job of this attempt of this run. */
export function placeOfJob(env: NodeJS.ProcessEnv): readonly string[] {
  const names = ['GITHUB_RUN_ID', 'GITHUB_RUN_ATTEMPT', 'GITHUB_JOB'];
  return ['job', ...names.map((name) => env[name] ?? '')];
}

/** 64 hex digits that are the same for the same endpoint, client, organization and set of scopes. */
function fingerprint({ origin, client, grant }: Wanted): string {
  const parts = [origin, client.clientId, client.orgId, [...askedScopes(grant)].sort()];
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}

function sealToken({ token, authentication }: Kept, place: readonly string[], fate: Fate): Buffer {
  return seal(JSON.stringify({ ...token, fate }), authentication.secret, place);
}

/** The places where tokens like the wanted one are kept. */
class Reuse {
  readonly #wanted: Wanted;
  readonly #step: Step;
  readonly #jobFile: string;
  readonly #keyPrefix: string;
  readonly #inJob: readonly string[];
  readonly #inRepository: readonly string[];
  readonly #repository: Repository | undefined;

  constructor(wanted: Wanted, step: Step) {
    const { env } = step;
    const identity = fingerprint(wanted);
    this.#wanted = wanted;
    this.#step = step;
    this.#jobFile = join(env['RUNNER_TEMP'] ?? '', `adobe-ims-token-${identity.slice(0, 32)}`);
    this.#keyPrefix = `adobe-ims-token-2-${identity}-`;
    this.#inJob = [...placeOfJob(env), identity];
    this.#inRepository = ['repository', env['GITHUB_REPOSITORY'] ?? '', identity];
    const service = wanted.reuse === 'repository' ? serviceOf(env) : undefined;
    this.#repository = service && new Repository(service, step, wanted.timeoutSeconds);
  }

  /** A token of an earlier step or job with at least `min-validity` seconds left, masked. Never throws. */
  async find(): Promise<Found | undefined> {
    const found = this.#findInJob() ?? (await this.#findInRepository());
    if (found !== undefined) this.#step.secrets.add([found.token.accessToken]);
    return found;
  }

  /** Keeps the token of this step for others. Never throws. */
  async keep(kept: Kept & { readonly source: 'ims' | 'job' | 'repository' }): Promise<void> {
    const { token, source } = kept;
    const { revoke } = this.#wanted;
    // A step of this job has kept it already, but without the promise to revoke it.
    if (source === 'job' && !revoke) return;
    const fate = this.#repository !== undefined ? 'shared' : revoke ? 'revoked' : 'unshared';
    writeJobFile(this.#jobFile, sealToken(kept, this.#inJob, fate));
    if (this.#repository === undefined || source !== 'ims') return;
    const sealed = sealToken(kept, this.#inRepository, fate);
    await this.#repository.write(this.#keyPrefix, token.expiresAtMs, sealed);
  }

  #findInJob(): Found | undefined {
    const bytes = readJobFile(this.#jobFile, LARGEST_SEALED_BYTES);
    const found = bytes && this.#open(bytes, this.#inJob);
    if (found === undefined || !this.#isFresh(found)) return undefined;
    // No step revokes what other jobs have, and no step shares what will be revoked.
    if (this.#wanted.revoke && found.fate === 'shared') return undefined;
    if (this.#repository !== undefined && found.fate === 'revoked') return undefined;
    return { ...found, source: 'job', willBeRevoked: found.fate === 'revoked' };
  }

  async #findInRepository(): Promise<Found | undefined> {
    if (this.#wanted.reuse !== 'repository') return undefined;
    if (this.#repository === undefined) {
      core.info(
        'This runner offers no Actions cache that `reuse: repository` could use, so the step reuses tokens of this job only.',
      );
      return undefined;
    }
    const open = (bytes: Buffer): Kept | undefined => this.#open(bytes, this.#inRepository);
    const found = await this.#repository.read(this.#keyPrefix, open);
    if (found === undefined || !this.#isFresh(found)) return undefined;
    return { ...found, source: 'repository', willBeRevoked: false };
  }

  #open(bytes: Buffer, place: readonly string[]): (Kept & { readonly fate: unknown }) | undefined {
    const opened = open(bytes, this.#wanted.client.clientSecrets, place);
    if (opened === undefined) return undefined;
    const { accessToken, tokenType, expiresAtMs, fate } = parseObject(opened.text) ?? {};
    if (!isTokenText(accessToken) || !isTokenText(tokenType)) return undefined;
    // A date that `Date` does not hold would fail the step.
    if (typeof expiresAtMs !== 'number' || Number.isNaN(new Date(expiresAtMs).getTime()))
      return undefined;
    const token = { accessToken, tokenType, expiresAtMs };
    const authentication = { method: 'client_secret_post', secret: opened.secret } as const;
    return { token, authentication, fate };
  }

  /** Expiry is wall time: a token of the repository was stamped by another machine. */
  #isFresh({ token }: Kept): boolean {
    const left = secondsLeft(token.expiresAtMs, this.#step.clock.date());
    return left >= Math.max(1, this.#wanted.minValiditySeconds);
  }
}

/** Where tokens like the wanted one are kept; nowhere for a user's tokens, and with `reuse: none`. */
export function reuseOf(wanted: Wanted, step: Step): Reuse | undefined {
  const { reuse, grant } = wanted;
  if (reuse === 'none' || grant.type !== 'client_credentials') return undefined;
  return new Reuse(wanted, step);
}

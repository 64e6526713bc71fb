/** Finds a token that is still valid, in this job first and then in the repository's cache. Keeps new ones. */

import { createHash } from 'node:crypto';
import { join } from 'node:path';

import type { IssuedToken } from '../ims/client.ts';
import { type Client, type Grant, requestedScopes } from '../ims/requests.ts';
import { isTokenText, secondsLeft, type Token } from '../ims/token.ts';
import { parseObject } from '../json.ts';
import { info } from '../runner/commands.ts';
import { jobBinding, repositoryBinding, temporaryFolder } from '../runner/job.ts';
import { LARGEST_SEALED_BYTES, open, seal } from '../seal.ts';
import type { StepContext } from '../step-context.ts';

import { ActionsCache, cacheServiceOfRun } from './actions-cache.ts';
import { readJobFile, writeJobFile } from './job-file.ts';

export const REUSE_KINDS = ['none', 'job', 'repository'] as const;

/** Which token is wanted, and how long it must still be valid. */
export type ReuseRequest = {
  /** Scheme, host and port of IMS. */
  readonly origin: string;
  readonly client: Client;
  readonly grant: Grant;
  readonly reuse: (typeof REUSE_KINDS)[number];
  readonly minValiditySeconds: number;
  /** Whether the post step of this step will revoke the token. */
  readonly revoke: boolean;
  readonly timeoutSeconds: number;
};

/** A token, and the authentication whose secret seals it. */
type SealedToken = Pick<IssuedToken, 'token' | 'authentication'>;

type ReusedToken = SealedToken & {
  readonly source: 'job' | 'repository';
  /** Whether the post step of an earlier step will revoke it. */
  readonly hasRevoker: boolean;
};

export type ObtainedToken = IssuedToken | ReusedToken;

/** 64 hex digits, the same for the same endpoint, client, organization and set of scopes. */
function fingerprint({ origin, client, grant }: ReuseRequest): string {
  const parts = [origin, client.clientId, client.orgId, [...requestedScopes(grant)].sort()];
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}

/** Keeps tokens for the same endpoint, client, organization and scopes. */
class Reuse {
  readonly #request: ReuseRequest;
  readonly #context: StepContext;
  readonly #identity: string;
  readonly #jobFile: string;
  readonly #keyPrefix: string;
  readonly #cache: ActionsCache | undefined;

  constructor(request: ReuseRequest, context: StepContext) {
    this.#request = request;
    this.#context = context;
    this.#identity = fingerprint(request);
    this.#jobFile = join(temporaryFolder(), `adobe-ims-token-${this.#identity.slice(0, 32)}`);
    this.#keyPrefix = `adobe-ims-token-2-${this.#identity}-`;
    const service = request.reuse === 'repository' ? cacheServiceOfRun() : undefined;
    this.#cache = service && new ActionsCache(service, context, request.timeoutSeconds);
  }

  /** A token of an earlier step or job with at least `min-validity` seconds left, masked. Never throws. */
  async find(): Promise<ReusedToken | undefined> {
    const found = this.#findInJob() ?? (await this.#findInRepository());
    if (found !== undefined) this.#context.secrets.add([found.token.accessToken]);
    return found;
  }

  /** Keeps the token of this step for others. Never throws. */
  async keep({ token, authentication, source }: ObtainedToken): Promise<void> {
    const { revoke } = this.#request;
    // Already kept. Write again only to record that it will be revoked.
    if (source === 'job' && !revoke) return;
    // What happens to the token: other jobs use it, a post step revokes it, or neither.
    const sharing = this.#cache !== undefined ? 'shared' : revoke ? 'to be revoked' : 'unshared';
    const text = JSON.stringify({ ...token, sharing });
    const sealFor = (binding: readonly string[]): Buffer =>
      seal(text, authentication.secret, [...binding, this.#identity]);
    writeJobFile(this.#jobFile, sealFor(jobBinding()));
    if (this.#cache === undefined || source !== 'ims') return;
    await this.#cache.write(this.#keyPrefix, token.expiresAtMs, sealFor(repositoryBinding()));
  }

  #findInJob(): ReusedToken | undefined {
    const bytes = readJobFile(this.#jobFile, LARGEST_SEALED_BYTES);
    const found = bytes && this.#open(bytes, jobBinding());
    if (found === undefined || !this.#isFresh(found.token)) return undefined;
    // No step revokes what other jobs have, and no step shares what will be revoked.
    if (this.#request.revoke && found.sharing === 'shared') return undefined;
    if (this.#cache !== undefined && found.sharing === 'to be revoked') return undefined;
    return { ...found, source: 'job', hasRevoker: found.sharing === 'to be revoked' };
  }

  async #findInRepository(): Promise<ReusedToken | undefined> {
    if (this.#request.reuse !== 'repository') return undefined;
    if (this.#cache === undefined) {
      info(
        'This runner offers no Actions cache that `reuse: repository` could use, so the step reuses tokens of this job only.',
      );
      return undefined;
    }
    const found = await this.#cache.read(this.#keyPrefix, (bytes) =>
      this.#open(bytes, repositoryBinding()),
    );
    if (found === undefined || !this.#isFresh(found.token)) return undefined;
    return { ...found, source: 'repository', hasRevoker: false };
  }

  #open(
    bytes: Buffer,
    binding: readonly string[],
  ): (SealedToken & { readonly sharing: unknown }) | undefined {
    const { clientSecrets } = this.#request.client;
    const opened = open(bytes, clientSecrets, [...binding, this.#identity]);
    if (opened === undefined) return undefined;
    // Another machine, with another version of this action, may have sealed it.
    const { accessToken, tokenType, expiresAtMs, sharing } = parseObject(opened.text) ?? {};
    if (!isTokenText(accessToken) || !isTokenText(tokenType)) return undefined;
    // `isoSeconds` would throw beyond the range of `Date`.
    if (typeof expiresAtMs !== 'number' || Number.isNaN(new Date(expiresAtMs).getTime()))
      return undefined;
    const token = { accessToken, tokenType, expiresAtMs };
    // The method of every `client_credentials` request.
    const authentication = { method: 'client_secret_post', secret: opened.secret } as const;
    return { token, authentication, sharing };
  }

  /** Whether the token is valid for long enough. By the wall clock: another machine may have set the expiry. */
  #isFresh(token: Token): boolean {
    const left = secondsLeft(token.expiresAtMs, this.#context.clock.date());
    return left >= Math.max(1, this.#request.minValiditySeconds);
  }
}

/** Finds and keeps tokens. Undefined for user tokens, and with `reuse: none`. */
export function reuseFor(request: ReuseRequest, context: StepContext): Reuse | undefined {
  const { reuse, grant } = request;
  if (reuse === 'none' || grant.type !== 'client_credentials') return undefined;
  return new Reuse(request, context);
}

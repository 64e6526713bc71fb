/**
 * Bytes in the repository's Actions cache. GitHub does not document the protocol of its cache service. This is
 * version 2 as `@actions/cache` 6.3.0 speaks it; a test compares the requests of both. That package unpacks
 * archives with `tar -P`, which can write anywhere. Here an entry is plain bytes, and any error counts as a
 * miss.
 */

import { createHash, randomBytes } from 'node:crypto';

import { failureOf } from '../failure.ts';
import {
  exchange,
  type HttpRequest,
  type HttpResponse,
  isNetworkError,
  isSuccess,
  TimedOutError,
} from '../http/exchange.ts';
import { isLoopback } from '../http/loopback.ts';
import { parseObject } from '../json.ts';
import { info } from '../runner/commands.ts';
import { serverUrl } from '../runner/job.ts';
import type { Runtime } from '../runner/process.ts';
import { LARGEST_SEALED_BYTES } from '../seal.ts';

type CacheService = {
  readonly url: URL;
  readonly token: string;
  readonly mayRead: boolean;
  readonly mayWrite: boolean;
};

/** Milliseconds for reading and writing together. */
const LONGEST_MS = 5000;
const UPLOAD_HEADERS = {
  'x-ms-blob-type': 'BlockBlob',
  'x-ms-version': '2022-11-02',
  'content-type': 'application/octet-stream',
};

type Send = (request: HttpRequest) => Promise<HttpResponse>;

/** Why the cache cannot be used. The message completes a sentence in the log. */
class CacheError extends Error {
  override readonly name = 'CacheError';
}

/** Decides as `@actions/cache` does. GitHub Enterprise Server has no version 2, even if ACTIONS_CACHE_SERVICE_V2 is set. */
function mayHaveVersion2(): boolean {
  const url = serverUrl() || 'https://github.com';
  const host = URL.canParse(url) ? new URL(url).hostname : '';
  return host === 'github.com' || host.endsWith('.ghe.com') || host.endsWith('.localhost');
}

/** The cache service that the runner offers; undefined for none, or for another version. */
export function cacheServiceOfRun(): CacheService | undefined {
  const text = process.env['ACTIONS_RESULTS_URL'] ?? '';
  const token = process.env['ACTIONS_RUNTIME_TOKEN'] ?? '';
  const isVersion2 = (process.env['ACTIONS_CACHE_SERVICE_V2'] ?? '') !== '' && mayHaveVersion2();
  if (!isVersion2 || token === '' || !URL.canParse(text)) return undefined;
  const url = new URL(text);
  if (url.protocol !== 'https:' && !isLoopback(url.hostname)) return undefined;
  const mode = (process.env['ACTIONS_CACHE_MODE'] ?? '').trim().toLowerCase();
  return {
    url,
    token,
    mayRead: !['none', 'write-only'].includes(mode),
    mayWrite: !['none', 'read'].includes(mode),
  };
}

/** Why the token comes from IMS. */
function explanationOf(error: unknown): string {
  const because = (reason: string): string =>
    `The Actions cache ${reason}, so the token comes from IMS.`;
  if (error instanceof CacheError) return because(error.message);
  if (error instanceof TimedOutError) return because('did not answer in time');
  if (isNetworkError(error)) return because('could not be reached');
  return `${because('could not be used')} ${failureOf(error).happened}`;
}

function parsed(response: HttpResponse): Readonly<Record<string, unknown>> {
  if (!isSuccess(response)) throw new CacheError(`answered HTTP ${response.status}`);
  const fields = parseObject(response.body?.toString('utf8') ?? '');
  if (fields === undefined) throw new CacheError('gave an answer that was not understood');
  return fields;
}

export class ActionsCache {
  readonly #service: CacheService;
  readonly #runtime: Runtime;
  readonly #timeoutMs: number;
  /** The service returns only entries of this version. Archives have other versions. */
  readonly #version = createHash('sha256').update('adobe-ims-token, sealed, 2').digest('hex');
  #budgetMs: number;
  /** Whether the cache holds an entry that cannot be used. */
  #foundUnusable = false;

  constructor(service: CacheService, runtime: Runtime, timeoutSeconds: number) {
    this.#service = service;
    this.#runtime = runtime;
    this.#timeoutMs = timeoutSeconds * 1000;
    // At most a third of a short `timeout`: the rest is for IMS.
    this.#budgetMs = Math.min(LONGEST_MS, this.#timeoutMs / 3);
  }

  /**
   * Finds the newest entry whose key starts with `keyPrefix` and opens it. Uses at most half of the budget.
   * Undefined if there is none, or if that fails; a failure is one line in the log. Never throws.
   */
  async read<T>(keyPrefix: string, open: (bytes: Buffer) => T | undefined): Promise<T | undefined> {
    try {
      if (!this.#service.mayRead) throw new CacheError('may not be read here');
      return await this.#withinBudget(this.#budgetMs / 2, async (send) => {
        // A random key, so that only the prefix can match. An exact match would hide all newer entries.
        const key = `${keyPrefix}${randomBytes(8).toString('hex')}`;
        const query = { key, restore_keys: [keyPrefix], version: this.#version };
        const found = parsed(await send(this.#call('GetCacheEntryDownloadURL', query)));
        if (found['ok'] !== true) return undefined;
        // Until it is opened, it counts as one that cannot be used.
        this.#foundUnusable = true;
        const url = this.#blobUrl(found['signed_download_url'] ?? found['signedDownloadUrl']);
        const blob = await send({ method: 'GET', url, headers: {} });
        if (blob.status !== 200) throw new CacheError(`answered HTTP ${blob.status}`);
        if (blob.body === undefined) throw new CacheError('holds an entry that is too large');
        const opened = open(blob.body);
        if (opened === undefined)
          throw new CacheError('holds an entry that this client secret does not open');
        this.#foundUnusable = false;
        return opened;
      });
    } catch (error) {
      if (!this.#runtime.signal.aborted) info(explanationOf(error));
      return undefined;
    }
  }

  /**
   * Saves an entry if it can. Never throws.
   * @param expiresAtMs milliseconds since 1970. The key holds whole minutes, so jobs that start together save one or two entries
   */
  async write(keyPrefix: string, expiresAtMs: number, bytes: Buffer): Promise<void> {
    if (!this.#service.mayWrite) return;
    // An entry cannot be replaced. If it is unusable, save under another key.
    const suffix = this.#foundUnusable ? `-${randomBytes(8).toString('hex')}` : '';
    const key = `${keyPrefix}${Math.floor(expiresAtMs / 60_000)}${suffix}`;
    const entry = { key, version: this.#version };
    try {
      await this.#withinBudget(this.#budgetMs, async (send) => {
        // If another job has saved this entry meanwhile, the answer is 409, and `parsed` throws.
        const created = parsed(await send(this.#call('CreateCacheEntry', entry)));
        if (created['ok'] !== true) return;
        const url = this.#blobUrl(created['signed_upload_url'] ?? created['signedUploadUrl']);
        const uploaded = await send({ method: 'PUT', url, headers: UPLOAD_HEADERS, body: bytes });
        if (!isSuccess(uploaded)) return;
        const size = { size_bytes: String(bytes.length) };
        await send(this.#call('FinalizeCacheEntryUpload', { ...entry, ...size }));
      });
    } catch (error) {
      // Other failures are not logged: they cost little time, and the next job asks IMS itself.
      if (error instanceof TimedOutError)
        info('The Actions cache did not answer in time, so later jobs ask IMS themselves.');
    }
  }

  /** Runs requests under one time limit, and charges their time to the budget. */
  async #withinBudget<T>(limitMs: number, work: (send: Send) => Promise<T>): Promise<T> {
    const { clock, signal } = this.#runtime;
    const startedMs = clock.now();
    const endMs = Math.min(startedMs + limitMs, this.#timeoutMs);
    try {
      return await work((request) => {
        const leftMs = endMs - clock.now();
        if (leftMs <= 0) throw new TimedOutError('no time left');
        return exchange(request, { signal, limitMs: leftMs, limitBytes: LARGEST_SEALED_BYTES });
      });
    } finally {
      this.#budgetMs -= clock.now() - startedMs;
    }
  }

  #call(method: string, fields: object): HttpRequest {
    const { url, token } = this.#service;
    return {
      method: 'POST',
      url: new URL(`/twirp/github.actions.results.api.v1.CacheService/${method}`, url),
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify(fields),
    };
  }

  /** The signed URL of the blob. Plain http only if the service itself is on the loopback interface. */
  #blobUrl(value: unknown): URL {
    if (typeof value !== 'string' || !URL.canParse(value))
      throw new CacheError('gave an answer that was not understood');
    const url = new URL(value);
    const local = isLoopback(url.hostname) && isLoopback(this.#service.url.hostname);
    if (url.protocol === 'https:' || (url.protocol === 'http:' && local)) return url;
    throw new CacheError('named an address that is not safe');
  }
}

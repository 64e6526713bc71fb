/**
 * The Actions cache service, version 2. It answers three calls, and two requests to its blob store.
 * Each of the five can be made to fail.
 */

import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import { buffer } from 'node:stream/consumers';

import { BlobStore, type Permissions, sendBlobAnswer } from './blob-store.ts';
import { give, type ScriptedAnswer } from './ims-server.ts';
import { listen } from './listen.ts';

/** The five requests, in the order of a step that finds nothing and saves. */
export const OPERATIONS = ['lookup', 'download', 'create', 'upload', 'finalize'] as const;
export type Operation = (typeof OPERATIONS)[number];

export type CacheEntry = {
  readonly key: string;
  readonly version: string;
  readonly blob: string;
  finished: boolean;
  /** What a download of this entry gets. */
  fault?: ScriptedAnswer;
};

export type CacheRequest = {
  readonly operation: Operation;
  readonly method: string;
  /** Of a signed URL without its query. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  /** Milliseconds after which the client went away before it had the whole answer. */
  abandonedAfterMs?: number;
};

const SERVICE = '/twirp/github.actions.results.api.v1.CacheService/';
const METHODS: Readonly<Record<string, Operation>> = {
  GetCacheEntryDownloadURL: 'lookup',
  CreateCacheEntry: 'create',
  FinalizeCacheEntryUpload: 'finalize',
};

const camel = (name: string): string =>
  name.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase());

type Body = Readonly<Record<string, unknown>>;
type Answer = { readonly status: number; readonly body: Body };

const ok = (body: Body): Answer => ({ status: 200, body });

/** The service; what it is asked, and what it is told to answer. */
export class CacheService {
  /** What a job needs in its environment. */
  readonly env: Readonly<Record<string, string>>;
  readonly entries: CacheEntry[] = [];
  readonly requests: CacheRequest[] = [];
  /** Answers in place of the right ones. */
  readonly faults: Partial<Record<Operation, ScriptedAnswer>> = {};
  /** What the run may not do. */
  readonly denied = new Set<'read' | 'write'>();
  /** How the answers spell their fields. */
  fields: 'underscore' | 'lowerCamel' = 'underscore';
  readonly #blobs = new BlobStore();
  readonly #server: Server;
  readonly #origin: string;

  /** For a server that listens already. */
  constructor(server: Server, port: number) {
    this.#server = server;
    this.#origin = `http://127.0.0.1:${port}`;
    // The toolkit reads from its token where it may save.
    const scopes = JSON.stringify({ ac: '[{"Scope":"refs/heads/main","Permission":3}]' });
    this.env = {
      ACTIONS_CACHE_SERVICE_V2: 'true',
      ACTIONS_RESULTS_URL: `${this.#origin}/`,
      ACTIONS_RUNTIME_TOKEN: `p8e-test.${Buffer.from(scopes).toString('base64url')}.runtime-token`,
    };
    server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      this.#handle(request, response).catch(() => response.destroy());
    });
  }

  requestsTo(operation: Operation): readonly CacheRequest[] {
    return this.requests.filter((request) => request.operation === operation);
  }

  /**
   * The bytes of an entry.
   * @throws Error before they are uploaded
   */
  bytesOf(entry: CacheEntry): Buffer {
    const bytes = this.#blobs.read(entry.blob);
    if (bytes === undefined) throw new Error('nothing was uploaded');
    return bytes;
  }

  /** Puts other bytes into an entry. */
  replaceBytes(entry: CacheEntry, bytes: Buffer): void {
    this.#blobs.write(entry.blob, bytes);
  }

  async close(): Promise<void> {
    this.#server.close();
    this.#server.closeAllConnections();
    await once(this.#server, 'close');
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = '', url = '', headers } = request;
    const { pathname: path } = new URL(url, this.#origin);
    const called = path.startsWith(SERVICE) ? METHODS[path.slice(SERVICE.length)] : undefined;
    const operation = called ?? (method === 'GET' ? 'download' : 'upload');
    const body = await buffer(request);
    const recorded: CacheRequest = { operation, method, path, headers, body };
    this.requests.push(recorded);
    const startedMs = performance.now();
    response.once('close', () => {
      if (!response.writableFinished) recorded.abandonedAfterMs = performance.now() - startedMs;
    });
    const entry = this.entries.find(({ blob }) => path.endsWith(blob));
    const fault = this.faults[operation] ?? (operation === 'download' ? entry?.fault : undefined);
    if (fault !== undefined) give(fault, response);
    else if (called === undefined)
      sendBlobAnswer(this.#blobs.answer({ method, url, headers, body }), response);
    else give(this.#spelt(this.#answer(operation, JSON.parse(body.toString()) as Body)), response);
  }

  #spelt({ status, body }: Answer): ScriptedAnswer {
    const spell = this.fields === 'lowerCamel' ? camel : String;
    const fields = Object.entries(body).map(([name, value]) => [spell(name), value]);
    return { status, body: JSON.stringify(Object.fromEntries(fields)) };
  }

  #answer(operation: Operation, body: Body): Answer {
    const [key, version] = [String(body['key']), String(body['version'])];
    const same = this.entries.find((entry) => entry.key === key && entry.version === version);
    if (operation === 'lookup')
      return this.#lookUp([key, ...(body['restore_keys'] as readonly string[])], version);
    if (operation === 'finalize') {
      if (same === undefined) return { status: 404, body: { code: 'not_found' } };
      same.finished = true;
      return ok({ ok: true, entry_id: '1' });
    }
    const message = 'cache write denied: the token has no write permission';
    if (this.denied.has('write')) return ok({ ok: false, message });
    if (same !== undefined) return { status: 409, body: { code: 'already_exists' } };
    const entry = { key, version, blob: randomUUID(), finished: false };
    this.entries.push(entry);
    return ok({ ok: true, signed_upload_url: this.#sign(entry, 'cw') });
  }

  /** The whole key comes first, then the newest entry of each prefix. */
  #lookUp([key = '', ...prefixes]: readonly string[], version: string): Answer {
    if (this.denied.has('read')) return { status: 403, body: { code: 'permission_denied' } };
    const all = this.entries.filter((entry) => entry.finished && entry.version === version);
    const newest = prefixes.map((prefix) => all.findLast((entry) => entry.key.startsWith(prefix)));
    const found = [all.find((entry) => entry.key === key), ...newest].find(Boolean);
    if (found === undefined) return ok({ ok: false });
    const signed_download_url = this.#sign(found, 'r');
    return ok({ ok: true, signed_download_url, matched_key: found.key });
  }

  #sign(entry: CacheEntry, permissions: Permissions): string {
    return this.#origin + this.#blobs.sign(entry.blob, permissions);
  }
}

/** Starts the service on a free port, with a blob store of its own. */
export async function startCacheService(): Promise<CacheService> {
  const server = createServer();
  return new CacheService(server, await listen(server));
}

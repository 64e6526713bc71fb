/**
 * The Actions cache service, version 2: its three calls, and in front of Azurite, Microsoft's emulator of
 * the blob store, the two requests for the bytes. Each of the five can be made to fail.
 */

import { spawn } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  request as ask,
  type Server,
  type ServerResponse,
} from 'node:http';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';

import {
  BlobSASPermissions,
  BlobServiceClient,
  type BlockBlobClient,
  type ContainerClient,
  StorageSharedKeyCredential,
} from '@azure/storage-blob';

import { give, type ScriptedAnswer } from './ims-server.ts';
import { listen, printed } from './listen.ts';

/** The five requests, in the order of a step that finds nothing and saves. */
export const PLACES = ['lookup', 'download', 'create', 'upload', 'finalize'] as const;
export type Place = (typeof PLACES)[number];

export type CacheEntry = {
  readonly key: string;
  readonly version: string;
  readonly blob: string;
  finished: boolean;
  /** What a download of this entry gets. */
  fault?: ScriptedAnswer;
};

export type CacheRequest = {
  readonly place: Place;
  readonly method: string;
  /** Of a signed URL without its query. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
};

export type BlobStore = {
  readonly container: ContainerClient;
  close(): Promise<void>;
};

const ACCOUNT = 'p8etest';
const SERVICE = '/twirp/github.actions.results.api.v1.CacheService/';
const METHODS: Readonly<Record<string, Place>> = {
  GetCacheEntryDownloadURL: 'lookup',
  CreateCacheEntry: 'create',
  FinalizeCacheEntryUpload: 'finalize',
};

/** Starts Azurite on a free port, in memory, with an account made up for this run. */
export async function startBlobStore(): Promise<BlobStore> {
  const key = randomBytes(64).toString('base64');
  const main = join(import.meta.dirname, '../../node_modules/azurite/dist/src/blob/main.js');
  const words = '--blobPort 0 --inMemoryPersistence --skipApiVersionCheck --disableTelemetry';
  const child = spawn(process.execPath, [main, ...words.split(' ')], {
    env: { PATH: process.env['PATH'], AZURITE_ACCOUNTS: `${ACCOUNT}:${key}` },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const url = await printed(child.stdout, /http:\/\/127\.0\.0\.1:\d+/);
  if (url === undefined) throw new Error('the blob store did not start');
  const credential = new StorageSharedKeyCredential(ACCOUNT, key);
  const service = new BlobServiceClient(`${url}/${ACCOUNT}`, credential);
  const container = service.getContainerClient('cache');
  await container.create();
  const close = async (): Promise<void> => {
    child.kill();
    await once(child, 'exit');
  };
  return { container, close };
}

const camel = (name: string): string =>
  name.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase());

/** Passes a request for bytes on to the blob store. */
async function forward(
  request: IncomingMessage,
  body: Buffer,
  store: URL,
  response: ServerResponse,
): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const { method, headers, url: path } = request;
  const { hostname, port } = store;
  ask({ hostname, port, method, path, headers, agent: false }, resolve)
    .once('error', reject)
    .end(body);
  const answer = await promise;
  response.writeHead(answer.statusCode ?? 500, answer.headers);
  await pipeline(answer, response);
}

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
  readonly faults: Partial<Record<Place, ScriptedAnswer>> = {};
  /** What the run may not do. */
  readonly denied = new Set<'read' | 'write'>();
  /** How the answers spell their fields. */
  fields: 'underscore' | 'lowerCamel' = 'underscore';
  readonly #container: ContainerClient;
  readonly #server: Server;
  readonly #origin: string;

  /** For a server that listens already. */
  constructor(server: Server, port: number, { container }: BlobStore) {
    this.#container = container;
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

  requestsTo(place: Place): readonly CacheRequest[] {
    return this.requests.filter((request) => request.place === place);
  }

  /** The bytes of an entry. */
  blobOf(entry: CacheEntry): BlockBlobClient {
    return this.#container.getBlockBlobClient(entry.blob);
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
    const place = called ?? (method === 'GET' ? 'download' : 'upload');
    const body = await buffer(request);
    this.requests.push({ place, method, path, headers, body });
    const entry = this.entries.find(({ blob }) => path.endsWith(blob));
    const fault = this.faults[place] ?? (place === 'download' ? entry?.fault : undefined);
    if (fault !== undefined) give(fault, response);
    else if (called === undefined)
      await forward(request, body, new URL(this.#container.url), response);
    else
      give(this.#spelt(await this.#answer(place, JSON.parse(body.toString()) as Body)), response);
  }

  #spelt({ status, body }: Answer): ScriptedAnswer {
    const spell = this.fields === 'lowerCamel' ? camel : String;
    const fields = Object.entries(body).map(([name, value]) => [spell(name), value]);
    return { status, body: JSON.stringify(Object.fromEntries(fields)) };
  }

  async #answer(place: Place, body: Body): Promise<Answer> {
    const [key, version] = [String(body['key']), String(body['version'])];
    const same = this.entries.find((entry) => entry.key === key && entry.version === version);
    if (place === 'lookup')
      return this.#lookUp([key, ...(body['restore_keys'] as readonly string[])], version);
    if (place === 'finalize') {
      if (same === undefined) return { status: 404, body: { code: 'not_found' } };
      same.finished = true;
      return ok({ ok: true, entry_id: '1' });
    }
    const message = 'cache write denied: the token has no write permission';
    if (this.denied.has('write')) return ok({ ok: false, message });
    if (same !== undefined) return { status: 409, body: { code: 'already_exists' } };
    const entry = { key, version, blob: randomUUID(), finished: false };
    this.entries.push(entry);
    return ok({ ok: true, signed_upload_url: await this.#sign(entry, 'cw') });
  }

  /** The whole key comes first, then the newest entry of each prefix. */
  async #lookUp([key = '', ...prefixes]: readonly string[], version: string): Promise<Answer> {
    if (this.denied.has('read')) return { status: 403, body: { code: 'permission_denied' } };
    const all = this.entries.filter((entry) => entry.finished && entry.version === version);
    const newest = prefixes.map((prefix) => all.findLast((entry) => entry.key.startsWith(prefix)));
    const found = [all.find((entry) => entry.key === key), ...newest].find(Boolean);
    if (found === undefined) return ok({ ok: false });
    const signed_download_url = await this.#sign(found, 'r');
    return ok({ ok: true, signed_download_url, matched_key: found.key });
  }

  async #sign(entry: CacheEntry, permissions: string): Promise<string> {
    const signed = await this.blobOf(entry).generateSasUrl({
      permissions: BlobSASPermissions.parse(permissions),
      expiresOn: new Date(Date.now() + 600_000),
    });
    const { pathname, search } = new URL(signed);
    return this.#origin + pathname + search;
  }
}

/** Starts the service on a free port; several may share one blob store. */
export async function startCacheService(store: BlobStore): Promise<CacheService> {
  const server = createServer();
  return new CacheService(server, await listen(server), store);
}

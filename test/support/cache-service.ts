/**
 * The Actions cache service, version 2: its three calls, and in front of Azurite, Microsoft's emulator of
 * the blob store, the two requests for the bytes. Each of the five can be made to fail.
 */

import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  request as ask,
  type ServerResponse,
} from 'node:http';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';

import {
  BlobSASPermissions,
  BlobServiceClient,
  type BlockBlobClient,
  type ContainerClient,
  StorageSharedKeyCredential,
} from '@azure/storage-blob';

/** The five requests, in the order of a step that finds nothing and saves. */
export const PLACES = ['lookup', 'download', 'create', 'upload', 'finalize'] as const;
export type Place = (typeof PLACES)[number];

/** An answer in place of the right one. */
export type Fault = {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** One byte a second without end, bytes without end, or not a byte. */
  readonly manner?: 'drip' | 'flood' | 'silence';
};

export type CacheEntry = {
  readonly key: string;
  readonly version: string;
  readonly blob: string;
  finished: boolean;
  /** What a download of this entry gets. */
  fault?: Fault;
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

export type CacheService = {
  /** What a job needs in its environment. */
  readonly env: Readonly<Record<string, string>>;
  readonly entries: CacheEntry[];
  readonly requests: CacheRequest[];
  readonly faults: Partial<Record<Place, Fault>>;
  /** What the run may not do. */
  readonly denied: Set<'read' | 'write'>;
  /** How the answers spell their fields. */
  fields: 'underscore' | 'lowerCamel';
  requestsTo(place: Place): readonly CacheRequest[];
  /** The bytes of an entry. */
  blobOf(entry: CacheEntry): BlockBlobClient;
  close(): Promise<void>;
};

const ACCOUNT = 'p8etest';
const SERVICE = '/twirp/github.actions.results.api.v1.CacheService/';
const METHODS: Readonly<Record<string, Place>> = {
  GetCacheEntryDownloadURL: 'lookup',
  CreateCacheEntry: 'create',
  FinalizeCacheEntryUpload: 'finalize',
};

function urlOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    child.once('error', reject);
    child.once('exit', () => {
      reject(new Error(`the blob store ended: ${text}`));
    });
    child.stdout?.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      const found = /listens on (http:\/\/127\.0\.0\.1:\d+)/.exec(text)?.[1];
      if (found !== undefined) resolve(found);
    });
  });
}

/** Starts Azurite on a free port, in memory, with an account made up for this run. */
export async function startBlobStore(): Promise<BlobStore> {
  const key = randomBytes(64).toString('base64');
  const main = join(import.meta.dirname, '../../node_modules/azurite/dist/src/blob/main.js');
  const words = '--blobPort 0 --inMemoryPersistence --skipApiVersionCheck --disableTelemetry'.split(
    ' ',
  );
  const child = spawn(process.execPath, [main, ...words], {
    env: { PATH: process.env['PATH'], AZURITE_ACCOUNTS: `${ACCOUNT}:${key}` },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const url = await urlOf(child);
  const credential = new StorageSharedKeyCredential(ACCOUNT, key);
  const service = new BlobServiceClient(`${url}/${ACCOUNT}`, credential);
  const container = service.getContainerClient('cache');
  await container.create();
  const close = async (): Promise<void> => {
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill();
    await ended;
  };
  return { container, close };
}

/** Sends what a fault says. The endless ones end with the connection. */
async function misbehave(fault: Fault, response: ServerResponse): Promise<void> {
  if (fault.manner === 'silence') return;
  response.writeHead(fault.status ?? 200, fault.headers);
  if (fault.manner === undefined) {
    response.end(fault.body ?? '');
    return;
  }
  const bytes = fault.manner === 'drip' ? 'x' : 'x'.repeat(65_536);
  const pause = fault.manner === 'drip' ? 1000 : 0;
  while (!response.closed) {
    if (!response.write(bytes)) await new Promise((resolve) => response.once('drain', resolve));
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
}

const camel = (name: string): string =>
  name.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase());

type Answer = { readonly status: number; readonly body: Readonly<Record<string, unknown>> };

class Service {
  readonly entries: CacheEntry[] = [];
  readonly denied = new Set<'read' | 'write'>();
  readonly #container: ContainerClient;

  constructor(container: ContainerClient) {
    this.#container = container;
  }

  blobOf(entry: CacheEntry): BlockBlobClient {
    return this.#container.getBlockBlobClient(entry.blob);
  }

  async answer(place: Place, text: string, origin: string): Promise<Answer> {
    const body = JSON.parse(text) as Readonly<Record<string, unknown>>;
    const [key, version] = [String(body['key']), String(body['version'])];
    if (place === 'create') return this.#create(key, version, origin);
    if (place === 'finalize') return this.#finalize(key, version);
    const more = body['restore_keys'] ?? [];
    return this.#lookUp(key, Array.isArray(more) ? more.map(String) : [], version, origin);
  }

  async #sign(entry: CacheEntry, permissions: string, origin: string): Promise<string> {
    const signed = await this.blobOf(entry).generateSasUrl({
      permissions: BlobSASPermissions.parse(permissions),
      expiresOn: new Date(Date.now() + 600_000),
    });
    const { pathname, search } = new URL(signed);
    return origin + pathname + search;
  }

  async #create(key: string, version: string, origin: string): Promise<Answer> {
    const message = 'cache write denied: the token has no write permission';
    if (this.denied.has('write')) return { status: 200, body: { ok: false, message } };
    if (this.entries.some((entry) => entry.key === key && entry.version === version))
      return { status: 409, body: { code: 'already_exists', msg: 'cache entry already exists' } };
    const entry = { key, version, blob: randomUUID(), finished: false };
    this.entries.push(entry);
    return {
      status: 200,
      body: { ok: true, signed_upload_url: await this.#sign(entry, 'cw', origin) },
    };
  }

  #finalize(key: string, version: string): Answer {
    const entry = this.entries.find((one) => one.key === key && one.version === version);
    if (entry === undefined)
      return { status: 404, body: { code: 'not_found', msg: 'no such entry' } };
    entry.finished = true;
    return { status: 200, body: { ok: true, entry_id: '1' } };
  }

  async #lookUp(
    key: string,
    prefixes: readonly string[],
    version: string,
    origin: string,
  ): Promise<Answer> {
    const msg = 'cache read denied: the token has no read permission';
    if (this.denied.has('read')) return { status: 403, body: { code: 'permission_denied', msg } };
    const all = this.entries.filter((entry) => entry.finished && entry.version === version);
    const newest = (prefix: string): CacheEntry | undefined =>
      all.findLast((entry) => entry.key.startsWith(prefix));
    const found =
      all.find((entry) => entry.key === key) ??
      prefixes.map(newest).find((entry) => entry !== undefined);
    if (found === undefined) return { status: 200, body: { ok: false } };
    const url = await this.#sign(found, 'r', origin);
    return {
      status: 200,
      body: { ok: true, signed_download_url: url, matched_key: found.key },
    };
  }
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

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

/** Starts the service on a free port; several may share one blob store. */
export async function startCacheService(store: BlobStore): Promise<CacheService> {
  const state = new Service(store.container);
  const requests: CacheRequest[] = [];
  let origin = '';

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { method = '', url = '', headers } = request;
    const { pathname: path } = new URL(url, origin);
    const called = path.startsWith(SERVICE) ? METHODS[path.slice(SERVICE.length)] : undefined;
    const place = called ?? (method === 'GET' ? 'download' : 'upload');
    const body = await readBody(request);
    requests.push({ place, method, path, headers, body });
    const entry = state.entries.find(({ blob }) => path.endsWith(blob));
    const fault = service.faults[place] ?? (place === 'download' ? entry?.fault : undefined);
    if (fault !== undefined) return misbehave(fault, response);
    if (called === undefined) return forward(request, body, new URL(store.container.url), response);
    const answer = await state.answer(called, body.toString(), origin);
    const spelt = Object.entries(answer.body).map(([name, value]) => [
      service.fields === 'lowerCamel' ? camel(name) : name,
      value,
    ]);
    response.writeHead(answer.status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(Object.fromEntries(spelt)));
  };
  const server = createServer((request, response) => {
    handle(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  origin = `http://127.0.0.1:${typeof address === 'object' ? (address?.port ?? 0) : 0}`;
  // The toolkit reads from its token where it may save.
  const scopes = JSON.stringify({ ac: '[{"Scope":"refs/heads/main","Permission":3}]' });
  const service: CacheService = {
    env: {
      ACTIONS_CACHE_SERVICE_V2: 'true',
      ACTIONS_RESULTS_URL: `${origin}/`,
      ACTIONS_RUNTIME_TOKEN: `p8e-test.${Buffer.from(scopes).toString('base64url')}.runtime-token`,
    },
    entries: state.entries,
    denied: state.denied,
    requests,
    faults: {},
    fields: 'underscore',
    requestsTo: (place) => requests.filter((request) => request.place === place),
    blobOf: (entry) => state.blobOf(entry),
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return service;
}

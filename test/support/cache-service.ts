/**
 * The Actions cache service as `@actions/cache` 6 speaks to it: three calls of JSON over POST, and
 * Microsoft's own emulator of the blob store behind them.
 */

import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import { join } from 'node:path';

import {
  BlobSASPermissions,
  BlobServiceClient,
  type ContainerClient,
  StorageSharedKeyCredential,
} from '@azure/storage-blob';

export type CacheEntry = { readonly key: string; readonly version: string; finished: boolean };

export type CacheBehaviour = 'normal' | 'silent' | 'error' | 'read-only' | 'garbage' | 'lying';

export type CacheService = {
  /** What a job needs in its environment. */
  readonly env: Readonly<Record<string, string>>;
  readonly entries: CacheEntry[];
  readonly calls: string[];
  behaviour: CacheBehaviour;
  /** Puts other bytes in the place of an entry's archive. */
  replace(key: string, bytes: Buffer): Promise<void>;
  read(key: string): Promise<Buffer>;
  close(): Promise<void>;
};

const ACCOUNT = 'p8etest';

type BlobStore = { readonly container: ContainerClient; readonly process: ChildProcess };

/** Starts Azurite on a free port, in memory, with an account made up for this run. */
async function startBlobStore(): Promise<BlobStore> {
  const key = randomBytes(64).toString('base64');
  const main = join(import.meta.dirname, '../../node_modules/azurite/dist/src/blob/main.js');
  const words = [
    '--blobPort',
    '0',
    '--inMemoryPersistence',
    '--skipApiVersionCheck',
    '--disableTelemetry',
  ];
  const child = spawn(process.execPath, [main, ...words], {
    env: { PATH: process.env['PATH'], AZURITE_ACCOUNTS: `${ACCOUNT}:${key}` },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const url = await new Promise<string>((resolve, reject) => {
    let text = '';
    child.once('error', reject);
    child.once('exit', () => {
      reject(new Error(`the blob store ended: ${text}`));
    });
    child.stdout.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      const found = /listens on (http:\/\/127\.0\.0\.1:\d+)/.exec(text)?.[1];
      if (found !== undefined) resolve(found);
    });
  });
  const credential = new StorageSharedKeyCredential(ACCOUNT, key);
  const service = new BlobServiceClient(`${url}/${ACCOUNT}`, credential);
  const container = service.getContainerClient('cache');
  await container.create();
  return { container, process: child };
}

async function readJson(request: IncomingMessage): Promise<Record<string, unknown>> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return JSON.parse(Buffer.concat(chunks).toString('utf8')) as Record<string, unknown>;
}

const blobName = (entry: CacheEntry): string => Buffer.from(entry.key).toString('hex');

/** Starts the service on a free port. */
export async function startCacheService(): Promise<CacheService> {
  const store = await startBlobStore();
  const entries: CacheEntry[] = [];
  const calls: string[] = [];

  const sign = (entry: CacheEntry, permissions: string): Promise<string> =>
    store.container.getBlockBlobClient(blobName(entry)).generateSasUrl({
      permissions: BlobSASPermissions.parse(permissions),
      expiresOn: new Date(Date.now() + 600_000),
    });

  const create = async (key: string, version: string): Promise<object> => {
    if (service.behaviour === 'read-only')
      return { ok: false, message: 'cache write denied: read-only' };
    if (entries.some((entry) => entry.key === key && entry.version === version))
      return { ok: false, message: 'cache entry with the same key and version exists' };
    const entry = { key, version, finished: false };
    entries.push(entry);
    return { ok: true, signed_upload_url: await sign(entry, 'cw') };
  };

  const finalize = (key: string, version: string): object => {
    const entry = entries.find((one) => one.key === key && one.version === version);
    if (entry === undefined) return { ok: false };
    entry.finished = true;
    return { ok: true, entry_id: '1' };
  };

  const lookUp = async (prefixes: readonly string[], version: string): Promise<object> => {
    // Newest first, by prefix.
    const found = entries.findLast(
      (entry) =>
        entry.finished &&
        (service.behaviour === 'lying' || entry.version === version) &&
        (service.behaviour === 'lying' || prefixes.some((prefix) => entry.key.startsWith(prefix))),
    );
    if (found === undefined) return { ok: false };
    return { ok: true, signed_download_url: await sign(found, 'r'), matched_key: found.key };
  };

  const answer = async (method: string, body: Record<string, unknown>): Promise<object> => {
    const text = (name: string): string => (typeof body[name] === 'string' ? body[name] : '');
    const [key, version] = [text('key'), text('version')];
    switch (method) {
      case 'CreateCacheEntry':
        return create(key, version);
      case 'FinalizeCacheEntryUpload':
        return finalize(key, version);
      case 'GetCacheEntryDownloadURL': {
        const more = body['restore_keys'] ?? body['restoreKeys'];
        const prefixes = Array.isArray(more) ? more.map(String) : [];
        return lookUp([key, ...prefixes], version);
      }
      default:
        throw new Error(`unknown method ${method}`);
    }
  };

  const server = createServer((request, response) => {
    const method = request.url?.split('/').at(-1) ?? '';
    calls.push(method);
    if (service.behaviour === 'silent') return;
    if (service.behaviour === 'error' || service.behaviour === 'garbage') {
      response.writeHead(service.behaviour === 'error' ? 500 : 200, {
        'content-type': 'application/json',
      });
      response.end('<html>');
      return;
    }
    readJson(request)
      .then((body) => answer(method, body))
      .then((value) => {
        response.writeHead(200, { 'content-type': 'application/json' });
        response.end(JSON.stringify(value));
      })
      .catch((error: unknown) => {
        response.writeHead(500);
        response.end(String(error));
      });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const claims = Buffer.from(
    JSON.stringify({ ac: '[{"Scope":"refs/heads/main","Permission":3}]' }),
  );
  const blob = (key: string): ReturnType<ContainerClient['getBlockBlobClient']> =>
    store.container.getBlockBlobClient(Buffer.from(key).toString('hex'));
  const service: CacheService = {
    env: {
      ACTIONS_CACHE_SERVICE_V2: 'true',
      ACTIONS_RESULTS_URL: `http://127.0.0.1:${port}/`,
      ACTIONS_RUNTIME_TOKEN: `p8e-test.${claims.toString('base64url')}.runtime-token`,
    },
    entries,
    calls,
    behaviour: 'normal',
    replace: async (key, bytes) => {
      await blob(key).uploadData(bytes);
    },
    read: (key) => blob(key).downloadToBuffer(),
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      const ended = new Promise((resolve) => store.process.once('exit', resolve));
      store.process.kill();
      await ended;
    },
  };
  return service;
}

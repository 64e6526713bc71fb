/** Good and bad requests to a blob store, and the status that Azure answers. */

import { once } from 'node:events';
import { createServer, type IncomingMessage, request as open, type Server } from 'node:http';
import { buffer, text } from 'node:stream/consumers';

import { type BlobStore, sendBlobAnswer, VERSION } from './blob-store.ts';

export type Exchange = {
  readonly name: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Path and query. */
  readonly url: (store: BlobStore) => string;
  readonly status: number;
};

/** What the action depends on in an answer. Only a blob has the last three. */
export type Seen = {
  readonly status: number;
  readonly error: string | undefined;
  readonly type?: string | undefined;
  readonly length?: string | undefined;
  readonly body?: string;
};

const EXPIRED_MS = Date.UTC(2026, 0, 1);
const VERSION_HEADER = { 'x-ms-version': VERSION };
/** The headers that the action sends. */
const UPLOAD = {
  ...VERSION_HEADER,
  'x-ms-blob-type': 'BlockBlob',
  'content-type': 'application/octet-stream',
};

type Change = Partial<Omit<Exchange, 'name' | 'status'>>;

const put = (name: string, status: number, change: Change = {}): Exchange => ({
  ...{ name: `a PUT ${name}`, status, method: 'PUT', headers: UPLOAD, body: 'p8e-test-bytes' },
  url: (store) => store.sign('a', 'cw'),
  ...change,
});

const get = (name: string, status: number, change: Change = {}): Exchange => ({
  ...{ name: `a GET ${name}`, status, method: 'GET', headers: VERSION_HEADER, body: '' },
  url: (store) => store.sign('a', 'r'),
  ...change,
});

const withoutQuery = (url: string): string => url.replace(/\?.*$/, '');
const withoutSignature = (url: string): string => url.replace(/&sig=[^&]*/, '');

/** In this order: an upload changes what follows. */
export const EXCHANGES: readonly Exchange[] = [
  get('before the upload', 404),
  put('without a blob type', 400, { headers: VERSION_HEADER }),
  put('of another blob type', 400, { headers: { ...UPLOAD, 'x-ms-blob-type': 'p8e-test' } }),
  put('without a length', 400, { headers: { ...UPLOAD, 'transfer-encoding': 'chunked' } }),
  put('of an unknown version', 400, { headers: { ...UPLOAD, 'x-ms-version': 'p8e-test' } }),
  put('without a query', 403, { url: (store) => withoutQuery(store.sign('a', 'cw')) }),
  put('without a signature', 403, { url: (store) => withoutSignature(store.sign('a', 'cw')) }),
  put('with the signature of another blob', 403, {
    url: (store) => store.sign('b', 'cw').replace('/b?', '/a?'),
  }),
  put('whose permission was changed', 403, {
    url: (store) => store.sign('a', 'r').replace('sp=r', 'sp=cw'),
  }),
  put('with permission to read', 403, { url: (store) => store.sign('a', 'r') }),
  put('that comes too late', 403, { url: (store) => store.sign('a', 'cw', EXPIRED_MS) }),
  put('without a blob type and a signature', 400, {
    headers: VERSION_HEADER,
    url: (store) => withoutSignature(store.sign('a', 'cw')),
  }),
  get('after uploads that were refused', 404),
  put('as the action sends it', 201),
  get('after the upload', 200),
  put('without a version', 201, { headers: { 'x-ms-blob-type': 'BlockBlob' }, body: 'p8e-test-2' }),
  get('after another upload', 200),
  put('of another type', 201, { headers: { ...UPLOAD, 'content-type': 'text/plain' } }),
  get('of another type', 200),
  put('of nothing', 201, { body: '' }),
  get('of nothing', 200),
  get('without a version', 200, { headers: {} }),
  get('without a query', 403, { url: (store) => withoutQuery(store.sign('a', 'r')) }),
  get('without a signature', 403, { url: (store) => withoutSignature(store.sign('a', 'r')) }),
  get('with permission to write', 403, { url: (store) => store.sign('a', 'cw') }),
  get('that comes too late', 403, { url: (store) => store.sign('a', 'r', EXPIRED_MS) }),
  put('sent by POST', 400, { method: 'POST' }),
];

/** A server that a blob store answers. */
export function serverOf(store: BlobStore): Server {
  const handle = async (request: IncomingMessage): Promise<ReturnType<BlobStore['answer']>> => {
    const { method = '', url = '', headers } = request;
    return store.answer({ method, url, headers, body: await buffer(request) });
  };
  return createServer((request, response) => {
    handle(request).then(
      (answer) => {
        sendBlobAnswer(answer, response);
      },
      () => {
        response.destroy();
      },
    );
  });
}

/** Sends every request to an origin; what is seen of the answers, by name. */
export async function exchangeAll(
  origin: string,
  store: BlobStore,
): Promise<ReadonlyMap<string, Seen>> {
  const all = new Map<string, Seen>();
  for (const { name, method, url, headers, body } of EXCHANGES) {
    const request = open(origin + url(store), { method, headers, agent: false });
    const [answer] = (await once(request.end(body), 'response')) as [IncomingMessage];
    const { statusCode: status = 0, headers: got } = answer;
    const error = got['x-ms-error-code']?.toString();
    const [type, length] = [got['content-type'], got['content-length']];
    const blob = { type, length, body: await text(answer) };
    all.set(name, { status, error, ...(status === 200 ? blob : {}) });
  }
  return all;
}

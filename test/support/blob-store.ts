/**
 * The blob store behind the Actions cache. It answers PUT and GET of a blob as Azure Blob Storage does.
 * Blobs are kept in memory. Their URLs are signed as Azure signs them, so Azurite accepts the same URLs.
 */

import { createHmac, randomBytes } from 'node:crypto';
import type { IncomingHttpHeaders, ServerResponse } from 'node:http';

export type BlobRequest = {
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
};

export type BlobAnswer = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
};

/** What a signed URL allows: to read, or to create and write. */
export type Permissions = 'r' | 'cw';

type Blob = { readonly bytes: Buffer; readonly type: string };

export const ACCOUNT = 'p8etest';
export const CONTAINER = 'cache';
/** What `x-ms-version` and `sv` hold. */
export const VERSION = '2022-11-02';
const LIFETIME_MS = 600_000;
/** The type of a blob that names none. */
const BYTES = 'application/octet-stream';

/**
 * The parameters that are signed, in their order. `path` is none: the path of the blob stands there.
 * @see https://learn.microsoft.com/rest/api/storageservices/create-service-sas
 */
const SIGNED = 'sp st se path si sip spr sv sr snapshot ses rscc rscd rsce rscl rsct'.split(' ');

/** Whole seconds, as Azure wants them. */
export const azureTime = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19)}Z`;

/** Signs a text with the base64 key of an account. */
export function signText(key: string, text: string): string {
  return createHmac('sha256', Buffer.from(key, 'base64')).update(text).digest('base64');
}

const refusal = (status: number, code: string): BlobAnswer => ({
  status,
  headers: { 'content-type': 'application/xml', 'x-ms-error-code': code },
  body: Buffer.from(`<?xml version="1.0" encoding="utf-8"?><Error><Code>${code}</Code></Error>`),
});

/** A request that Azure does not know as one of its operations. */
const UNKNOWN: BlobAnswer = { status: 400, headers: {}, body: Buffer.alloc(0) };

/** Sends an answer as it is. */
export function sendBlobAnswer(answer: BlobAnswer, response: ServerResponse): void {
  response.writeHead(answer.status, answer.headers).end(answer.body);
}

export class BlobStore {
  /** In base64, made up for this store. */
  readonly key = randomBytes(64).toString('base64');
  readonly #blobs = new Map<string, Blob>();

  /** The bytes of a blob, or undefined before its upload. */
  read(name: string): Buffer | undefined {
    return this.#blobs.get(this.#pathOf(name))?.bytes;
  }

  /** Replaces the bytes of a blob without a request. */
  write(name: string, bytes: Buffer): void {
    this.#blobs.set(this.#pathOf(name), { bytes, type: BYTES });
  }

  /** Path and query of the signed URL of a blob; it expires after ten minutes unless it says otherwise. */
  sign(name: string, permissions: Permissions, expiresAtMs = Date.now() + LIFETIME_MS): string {
    const path = this.#pathOf(name);
    const query = new URLSearchParams({ sv: VERSION, sr: 'b', sp: permissions });
    query.set('se', azureTime(expiresAtMs));
    query.set('sig', this.#signatureOf(path, query));
    return `${path}?${query.toString()}`;
  }

  answer({ method, url, headers, body }: BlobRequest): BlobAnswer {
    const { pathname: path, searchParams: query } = new URL(url, 'http://localhost');
    const isUpload = method === 'PUT';
    const isKnown = isUpload
      ? headers['x-ms-blob-type'] === 'BlockBlob' && headers['content-length'] !== undefined
      : method === 'GET';
    if (!isKnown) return UNKNOWN;
    if (!/^\d{4}-\d\d-\d\d$/.test(String(headers['x-ms-version'] ?? VERSION)))
      return refusal(400, 'InvalidHeaderValue');
    if (!this.#isSigned(path, query)) return refusal(403, 'AuthorizationFailure');
    if (!(query.get('sp') ?? '').includes(isUpload ? 'w' : 'r'))
      return refusal(403, 'AuthorizationPermissionMismatch');
    if (!isUpload) return this.#download(path);
    this.#blobs.set(path, { bytes: body, type: headers['content-type'] ?? BYTES });
    return { status: 201, headers: {}, body: Buffer.alloc(0) };
  }

  #download(path: string): BlobAnswer {
    const blob = this.#blobs.get(path);
    if (blob === undefined) return refusal(404, 'BlobNotFound');
    const { bytes: body, type } = blob;
    const headers = { 'content-type': type, 'content-length': String(body.length) };
    return { status: 200, headers, body };
  }

  #pathOf(name: string): string {
    return `/${ACCOUNT}/${CONTAINER}/${name}`;
  }

  #isSigned(path: string, query: URLSearchParams): boolean {
    const isTooLate = Date.parse(query.get('se') ?? '') < Date.now();
    return !isTooLate && query.get('sig') === this.#signatureOf(path, query);
  }

  #signatureOf(path: string, query: URLSearchParams): string {
    const fields = SIGNED.map((name) =>
      name === 'path' ? `/blob${path}` : (query.get(name) ?? ''),
    );
    return signText(this.key, fields.join('\n'));
  }
}

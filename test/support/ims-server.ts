/** An embedded Adobe IMS: a real HTTP(S) server that knows nothing of the action. */

import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { Socket } from 'node:net';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { TLSSocket } from 'node:tls';

import { listen } from './listen.ts';

export type Client = {
  readonly id: string;
  /** None for a public client. */
  readonly secrets: readonly string[];
  readonly scopes: readonly string[];
  readonly grants: readonly string[];
  /** Which form of client authentication is taken; either by default. */
  readonly authentication?: 'post' | 'basic';
};

export type Fault =
  | 'reset-before-answer'
  | 'cut-off'
  | 'silence'
  | 'switching-protocols'
  | 'slow-headers'
  | 'byte-per-second'
  | 'byte-by-byte'
  | 'endless'
  | 'left-open'
  | 'garbled-headers'
  | 'garbled-body';

export type ScriptedAnswer = {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
  readonly fault?: Fault;
  /** How long the server thinks, in milliseconds. */
  readonly afterMs?: number;
};

export type RecordedRequest = {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly headers: IncomingHttpHeaders;
  readonly form: Readonly<Record<string, string>>;
  /** By the clock of the process, milliseconds. */
  readonly atMs: number;
  /** Milliseconds since 1970. */
  readonly date: number;
  /** The client has gone before it had the whole answer. */
  abandoned: boolean;
};

export type ImsOptions = {
  readonly clients?: readonly Client[];
  readonly tls?: { readonly key: string; readonly cert: string };
  /** Where to listen; 127.0.0.1 by default. */
  readonly address?: string;
  /** Answers 429 with `Retry-After: 1` to requests above this many in a second. */
  readonly admitPerSecond?: number;
  /** Called before an answer leaves. */
  readonly onExchange?: (request: RecordedRequest, answer: ScriptedAnswer) => void;
};

export type CodeOptions = {
  readonly clientId: string;
  /** S256 challenge of the verifier that a public client will send. */
  readonly challenge?: string;
  /** A permanent service token, which can be exchanged again and again. */
  readonly permanent?: boolean;
  readonly scopes?: readonly string[];
};

export const testClient: Client = {
  id: 'p8e-test-client-id',
  secrets: ['p8e-test-secret-0123456789'],
  scopes:
    'openid AdobeID offline_access creative_sdk firefly_api ff_apis session additional_info read_organizations'.split(
      ' ',
    ),
  grants: ['client_credentials', 'refresh_token', 'authorization_code'],
};

const LIFETIME_SECONDS = 86_399;

/** A right answer to a token request, but for these fields. */
export function tokenAnswer(fields: object = {}): { readonly body: string } {
  const body = {
    access_token: 'p8e-test-token-0123456789',
    token_type: 'bearer',
    expires_in: LIFETIME_SECONDS,
    ...fields,
  };
  return { body: JSON.stringify(body) };
}

/** A 503 with this `Retry-After`. */
export const retryAfter = (value: string): ScriptedAnswer => ({
  status: 503,
  headers: { 'retry-after': value },
});

type Answer = { readonly status: number; readonly body?: object };

const refuse = (error: string, description: string): Answer => ({
  status: 400,
  body: { error, error_description: description },
});

type Grantee = { readonly client: Client; readonly scopes: readonly string[] };
type Code = Grantee & Pick<CodeOptions, 'challenge' | 'permanent'>;

/** A JWT of the shape and length that IMS gives (1,100 to 1,600 characters). */
function makeJwt(kind: 'at' | 'rt', claims: Readonly<Record<string, string>>): string {
  const header = { alg: 'RS256', x5u: 'ims_na1-key-at-1.cer', kid: 'ims_na1-key-at-1', itt: kind };
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const padding = {
    moi: randomBytes(4).toString('hex'),
    pba: 'LowSec',
    fg: randomBytes(96).toString('hex'),
  };
  const signature = randomBytes(256).toString('base64url');
  return `${part(header)}.${part({ ...claims, ...padding })}.${signature}`;
}

class Ims {
  readonly revoked = new Set<string>();
  readonly #options: ImsOptions;
  readonly #clients: readonly Client[];
  readonly #codes = new Map<string, Code>();
  readonly #refreshTokens = new Map<string, Grantee>();
  #admitted: number[] = [];

  constructor(options: ImsOptions) {
    this.#options = options;
    this.#clients = options.clients ?? [testClient];
  }

  issueCode(options: CodeOptions): string {
    const client = this.#find(options.clientId);
    const code = makeJwt('at', { id: randomUUID(), type: 'authorization_code' });
    this.#codes.set(code, { scopes: client.scopes, ...options, client });
    return code;
  }

  issueRefreshToken(options: { readonly clientId: string }): string {
    const client = this.#find(options.clientId);
    return this.#newRefreshToken({ client, scopes: client.scopes });
  }

  #find(id: string): Client {
    const client = this.#clients.find((candidate) => candidate.id === id);
    if (client === undefined) throw new Error(`no client ${id}`);
    return client;
  }

  /** What IMS would answer. */
  protected judge(request: RecordedRequest): ScriptedAnswer {
    const { status, body } = this.#judge(request);
    const debugId = { 'x-debug-id': `p8e-test-debug-${randomUUID()}` };
    const headers = status === 429 ? { ...debugId, 'retry-after': '1' } : debugId;
    return { status, headers, body: body === undefined ? '' : JSON.stringify(body) };
  }

  #judge(request: RecordedRequest): Answer {
    if (request.method !== 'POST') return { status: 405 };
    const type = request.headers['content-type'] ?? '';
    if (!type.startsWith('application/x-www-form-urlencoded'))
      return refuse('invalid_request', 'Content-Type must be application/x-www-form-urlencoded');
    switch (request.path) {
      case '/ims/token/v3':
        return this.#throttled() ?? this.#token(request);
      case '/ims/invalidate_token/v2':
      case '/ims/revoke':
        return this.#revoke(request);
      default:
        return { status: 404 };
    }
  }

  #throttled(): Answer | undefined {
    const { admitPerSecond } = this.#options;
    if (admitPerSecond === undefined) return undefined;
    const now = performance.now();
    this.#admitted = this.#admitted.filter((at) => now - at < 1000);
    if (this.#admitted.length >= admitPerSecond) return { status: 429 };
    this.#admitted.push(now);
    return undefined;
  }

  /** The client that a request proves to be, or the refusal. */
  #authenticate({ form, headers }: RecordedRequest): Client | Answer {
    const basic = /^Basic (.+)$/.exec(headers.authorization ?? '')?.[1];
    const [basicId = '', ...rest] = Buffer.from(basic ?? '', 'base64')
      .toString('utf8')
      .split(':');
    const used = basic === undefined ? 'post' : 'basic';
    const id = basic === undefined ? form['client_id'] : basicId;
    const secret = basic === undefined ? form['client_secret'] : rest.join(':');
    const client = this.#clients.find((candidate) => candidate.id === id);
    if (client === undefined) return refuse('invalid_client', 'invalid client_id parameter');
    if (secret === undefined && client.secrets.length === 0) return client;
    const allowed = client.authentication ?? used;
    if (allowed !== used || secret === undefined || !client.secrets.includes(secret))
      return refuse('invalid_client', 'invalid client_secret parameter');
    return client;
  }

  #token(request: RecordedRequest): Answer {
    const { form } = request;
    const client = this.#authenticate(request);
    if ('status' in client) return client;
    const grant = form['grant_type'] ?? '';
    if (!client.grants.includes(grant))
      return refuse('unauthorized_client', 'client is not allowed to use this grant');
    if (grant === 'refresh_token') return this.#refresh(client, form['refresh_token'] ?? '');
    if (grant === 'authorization_code') return this.#exchange(client, form);
    return this.#clientCredentials(client, form['scope'] ?? '');
  }

  #clientCredentials(client: Client, scope: string): Answer {
    const scopes = scope.split(/[\s,]+/).filter((name) => name !== '');
    if (scopes.length === 0 || !scopes.every((name) => client.scopes.includes(name)))
      return refuse('invalid_scope', 'Requested scope is not granted to this client');
    return { status: 200, body: this.#grant({ client, scopes }, 'technical account') };
  }

  #refresh(client: Client, token: string): Answer {
    const grantee = this.#refreshTokens.get(token);
    if (grantee?.client.id !== client.id) return refuse('access_denied', 'invalid refresh token');
    this.#refreshTokens.delete(token);
    const body = { ...this.#grant(grantee, 'user'), refresh_token: this.#newRefreshToken(grantee) };
    return { status: 200, body };
  }

  #exchange(client: Client, form: Readonly<Record<string, string>>): Answer {
    const text = form['code'] ?? '';
    const code = this.#codes.get(text);
    if (code?.client.id !== client.id) return refuse('access_denied', 'invalid code');
    const verifier = form['code_verifier'] ?? '';
    const challenge = createHash('sha256').update(verifier).digest('base64url');
    if (code.challenge !== undefined && code.challenge !== challenge)
      return refuse('access_denied', 'code_verifier does not match');
    if (code.permanent !== true) this.#codes.delete(text);
    const renewable = code.scopes.includes('offline_access');
    const body = {
      ...this.#grant(code, 'user'),
      ...(renewable ? { refresh_token: this.#newRefreshToken(code) } : {}),
      id_token: makeJwt('at', { sub: 'p8e-test-user', aud: client.id }),
      sub: 'p8e-test-user',
    };
    return { status: 200, body };
  }

  #newRefreshToken(grantee: Grantee): string {
    const token = makeJwt('rt', { id: randomUUID(), type: 'refresh_token' });
    this.#refreshTokens.set(token, grantee);
    return token;
  }

  #grant({ client, scopes }: Grantee, holder: 'user' | 'technical account'): object {
    const domain = holder === 'user' ? 'AdobeID' : 'techacct.adobe.com';
    const token = makeJwt('at', {
      id: randomUUID(),
      type: 'access_token',
      client_id: client.id,
      user_id: `${randomBytes(12).toString('hex').toUpperCase()}@${domain}`,
      as: 'ims-na1',
      scope: scopes.join(','),
      created_at: String(Date.now()),
      expires_in: String(LIFETIME_SECONDS * 1000),
    });
    return { access_token: token, token_type: 'bearer', expires_in: LIFETIME_SECONDS };
  }

  #revoke(request: RecordedRequest): Answer {
    const client = this.#authenticate(request);
    if ('status' in client) return client;
    const { path, headers, form } = request;
    if (path === '/ims/invalidate_token/v2') {
      if (headers['x-ims-clientid'] !== client.id)
        return refuse('invalid_parameter_value', 'X-IMS-ClientId header is required');
      if (form['token_type'] !== 'access_token')
        return refuse('invalid_parameter_value', 'Type parameter is required!');
    }
    this.revoked.add(form['token'] ?? '');
    return { status: 200 };
  }
}

/** Misbehaves; everything it starts ends when the connection closes. */
function misbehave(fault: Fault, answer: ScriptedAnswer, response: ServerResponse): void {
  const { socket } = response;
  const every = (ms: number, act: () => void): void => {
    const timer = setInterval(act, ms);
    response.once('close', () => {
      clearInterval(timer);
    });
  };
  const body = Buffer.from(answer.body ?? tokenAnswer().body);
  const half = body.subarray(0, body.length / 2);
  switch (fault) {
    case 'silence':
      return;
    case 'reset-before-answer':
      // Node resets no TLS connection: it throws.
      if (socket instanceof TLSSocket) socket.destroy();
      else socket?.resetAndDestroy();
      return;
    case 'cut-off':
      response.writeHead(answer.status ?? 200, { 'content-length': body.length });
      response.write(half, () => socket?.destroy());
      return;
    case 'switching-protocols':
      socket?.write(
        'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n',
      );
      return;
    case 'slow-headers':
      socket?.write('HTTP/1.1 200 OK\r\nx-slow: ');
      every(200, () => socket?.write('a'));
      return;
    case 'byte-per-second':
      response.writeHead(200, { 'content-type': 'application/json' });
      every(1000, () => response.write(' '));
      return;
    case 'byte-by-byte':
      response.writeHead(answer.status ?? 200, { 'content-length': body.length });
      socket?.setNoDelay(true);
      Readable.from(Array.from(body, (byte) => Buffer.of(byte))).pipe(response);
      return;
    case 'left-open':
      // Whole, but without a length: only the end of the connection could tell.
      socket?.write(`HTTP/1.1 200 OK\r\n\r\n${body.toString()}`);
      return;
    case 'garbled-headers':
      socket?.end('HTTP/1.1 200 OK\r\nno header\r\n\r\n');
      return;
    case 'garbled-body':
      socket?.end('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nno length\r\n');
      return;
    case 'endless':
      response.writeHead(answer.status ?? 200, { 'content-type': 'application/json' });
      every(1, () => response.write('x'.repeat(8192)));
  }
}

/** Sends an answer, as JSON unless it says otherwise. */
export function give(answer: ScriptedAnswer, response: ServerResponse): void {
  if (answer.fault !== undefined) {
    misbehave(answer.fault, answer, response);
    return;
  }
  const headers = { 'content-type': 'application/json', ...answer.headers };
  response.writeHead(answer.status ?? 200, headers).end(answer.body ?? '');
}

async function record(request: IncomingMessage): Promise<RecordedRequest> {
  const [path = '', query = ''] = (request.url ?? '').split('?');
  return {
    method: request.method ?? '',
    path,
    query,
    headers: request.headers,
    form: Object.fromEntries(new URLSearchParams(await text(request))),
    atMs: performance.now(),
    date: Date.now(),
    abandoned: false,
  };
}

/** IMS on a port of the loopback interface; what it is asked, and what it is told to answer. */
export class ImsServer extends Ims {
  readonly url: string;
  readonly port: number;
  readonly requests: RecordedRequest[] = [];
  /** How many it has accepted. */
  connections = 0;
  readonly #server: Server;
  readonly #onExchange: ImsOptions['onExchange'];
  readonly #next: ScriptedAnswer[] = [];
  #always: ScriptedAnswer | undefined;
  #dropping = 0;

  /** For a server that listens already. */
  constructor(server: Server, port: number, options: ImsOptions) {
    super(options);
    this.#onExchange = options.onExchange;
    this.#server = server;
    this.port = port;
    this.url = `${options.tls ? 'https' : 'http'}://127.0.0.1:${port}`;
    server.on('connection', (socket: Socket) => {
      this.#accept(socket);
    });
    server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      // A client may go away in the middle of its request.
      this.#answer(request, response).catch(() => request.destroy());
    });
  }

  /** Answers the next requests, in order; afterwards the server is IMS again. */
  script(...answers: readonly ScriptedAnswer[]): void {
    this.#next.push(...answers);
  }

  /** Answers every request that has no answer of its own. */
  scriptAlways(answer: ScriptedAnswer | undefined): void {
    this.#always = answer;
  }

  /** Forgets the script: the server is IMS again. */
  clearScript(): void {
    this.#next.length = 0;
    this.#always = undefined;
  }

  /** Closes the next connections before it reads from them. */
  dropConnections(count: number): void {
    this.#dropping = count;
  }

  async close(): Promise<void> {
    if (!this.#server.listening) return;
    this.#server.close();
    this.#server.closeAllConnections();
    await once(this.#server, 'close');
  }

  #accept(socket: Socket): void {
    this.connections += 1;
    socket.on('error', () => socket.destroy());
    if (this.#dropping === 0) return;
    this.#dropping -= 1;
    socket.destroy();
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const recorded = await record(request);
    this.requests.push(recorded);
    const answer = this.#next.shift() ?? this.#always ?? this.judge(recorded);
    this.#onExchange?.(recorded, answer);
    response.once('close', () => {
      recorded.abandoned = !response.writableFinished;
    });
    if (answer.afterMs !== undefined) await delay(answer.afterMs);
    give(answer, response);
  }
}

/** Starts the embedded IMS on a free port of the loopback interface. */
export async function startIms(options: ImsOptions = {}): Promise<ImsServer> {
  const server = options.tls ? createTlsServer({ ...options.tls }) : createServer();
  return new ImsServer(server, await listen(server, options.address), options);
}

/** An embedded Adobe IMS: a real HTTP(S) server that knows nothing of the action under test. */

import { createHash, randomBytes, randomUUID } from 'node:crypto';
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

export type Client = {
  readonly id: string;
  readonly secrets: readonly string[];
  readonly scopes: readonly string[];
  readonly grants: readonly string[];
  readonly publicClient?: boolean;
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
  | 'wrong-content-length';

export type ScriptedAnswer = {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
  readonly delayMs?: number;
  readonly fault?: Fault;
};

export type RecordedRequest = {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  readonly form: Readonly<Record<string, string>>;
  readonly atMs: number;
};

export type ImsOptions = {
  readonly clients?: readonly Client[];
  readonly tls?: { readonly key: string; readonly cert: string };
  /** Where to listen; 127.0.0.1 by default. */
  readonly address?: '127.0.0.1' | '::1';
  readonly expiresInSeconds?: number;
  readonly opaqueTokens?: boolean;
  /** Grants these scopes, whatever was asked for. */
  readonly grantOnly?: readonly string[];
  /** Answers 429 with `Retry-After: 1` to requests above this many in a second. */
  readonly admitPerSecond?: number;
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

type Answer = { readonly status: number; readonly body?: object };

const refuse = (error: string, description: string): Answer => ({
  status: 400,
  body: { error, error_description: description },
});

type Grantee = { readonly client: Client; readonly scopes: readonly string[] };
type Code = Grantee & { readonly challenge: string | undefined; readonly permanent: boolean };

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
    const scopes = options.scopes ?? client.scopes;
    const code = makeJwt('at', { id: randomUUID(), type: 'authorization_code' });
    const { challenge, permanent = false } = options;
    this.#codes.set(code, { client, scopes, challenge, permanent });
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

  answer(request: RecordedRequest): ScriptedAnswer {
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
        return this.#invalidate(request);
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
    if (secret === undefined && client.publicClient === true) return client;
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
    switch (grant) {
      case 'client_credentials':
        return this.#clientCredentials(client, form['scope'] ?? '');
      case 'refresh_token':
        return this.#refresh(client, form['refresh_token'] ?? '');
      case 'authorization_code':
        return this.#exchange(client, form);
      default:
        return refuse('unsupported_grant_type', 'unknown grant_type');
    }
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
    if (!code.permanent) this.#codes.delete(text);
    const refresh = code.scopes.includes('offline_access')
      ? { refresh_token: this.#newRefreshToken(code) }
      : {};
    const idToken = makeJwt('at', { sub: 'p8e-test-user', aud: client.id });
    const body = {
      ...this.#grant(code, 'user'),
      ...refresh,
      id_token: idToken,
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
    const seconds = this.#options.expiresInSeconds ?? 86_399;
    const domain = holder === 'user' ? 'AdobeID' : 'techacct.adobe.com';
    const token =
      this.#options.opaqueTokens === true
        ? `p8e-test-opaque-${randomBytes(32).toString('base64url')}`
        : makeJwt('at', {
            id: randomUUID(),
            type: 'access_token',
            client_id: client.id,
            user_id: `${randomBytes(12).toString('hex').toUpperCase()}@${domain}`,
            as: 'ims-na1',
            scope: (this.#options.grantOnly ?? scopes).join(','),
            created_at: String(Date.now()),
            expires_in: String(seconds * 1000),
          });
    return { access_token: token, token_type: 'bearer', expires_in: seconds };
  }

  #end(token: string): Answer {
    this.revoked.add(token);
    return { status: 200 };
  }

  #invalidate(request: RecordedRequest): Answer {
    const client = this.#authenticate(request);
    if ('status' in client) return client;
    if (request.headers['x-ims-clientid'] !== client.id)
      return refuse('invalid_parameter_value', 'X-IMS-ClientId header is required');
    if (request.form['token_type'] !== 'access_token')
      return refuse('invalid_parameter_value', 'Type parameter is required!');
    return this.#end(request.form['token'] ?? '');
  }

  #revoke(request: RecordedRequest): Answer {
    const client = this.#authenticate(request);
    return 'status' in client ? client : this.#end(request.form['token'] ?? '');
  }
}

/** Writes a body one byte at a time, as fast as they are taken. */
async function writeEach(body: string | Buffer, response: ServerResponse): Promise<void> {
  for (const byte of Buffer.from(body)) {
    response.write(Buffer.of(byte));
    await new Promise((resolve) => setImmediate(resolve));
  }
  response.end();
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
  const body =
    answer.body ??
    '{"access_token":"p8e-test-never-whole","token_type":"bearer","expires_in":86399}';
  const half = body.slice(0, Math.floor(body.length / 2));
  switch (fault) {
    case 'silence':
      return;
    case 'reset-before-answer':
      socket?.resetAndDestroy();
      return;
    case 'cut-off':
      response.writeHead(answer.status ?? 200, { 'content-length': body.length });
      response.write(half, () => socket?.destroy());
      return;
    case 'wrong-content-length':
      response.writeHead(answer.status ?? 200, { 'content-length': half.length });
      socket?.end(Buffer.from(body));
      response.flushHeaders();
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
      void writeEach(body, response);
      return;
    case 'endless':
      response.writeHead(answer.status ?? 200, { 'content-type': 'application/json' });
      every(1, () => response.write('x'.repeat(8192)));
  }
}

async function record(request: IncomingMessage): Promise<RecordedRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const body = Buffer.concat(chunks).toString('utf8');
  const [path = '', query = ''] = (request.url ?? '').split('?');
  return {
    method: request.method ?? '',
    path,
    query,
    headers: request.headers,
    body,
    form: Object.fromEntries(new URLSearchParams(body)),
    atMs: performance.now(),
  };
}

/** IMS on a port of the loopback interface; what it is asked, and what it is told to answer. */
export class ImsServer {
  readonly url: string;
  readonly port: number;
  readonly requests: RecordedRequest[] = [];
  readonly #ims: Ims;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #next: ScriptedAnswer[] = [];
  #always: ScriptedAnswer | undefined;
  #connections = 0;
  #dropping = 0;

  /** For a server that listens already. */
  constructor(server: Server, options: ImsOptions) {
    this.#ims = new Ims(options);
    this.#server = server;
    const address = server.address();
    this.port = typeof address === 'object' && address !== null ? address.port : 0;
    this.url = `${options.tls ? 'https' : 'http'}://127.0.0.1:${this.port}`;
    server.on('connection', (socket: Socket) => {
      this.#accept(socket);
    });
    server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      // A client that goes away in the middle of its request is no failure of the server.
      this.#answer(request, response).catch(() => request.destroy());
    });
  }

  /** Connections accepted so far. */
  get connections(): number {
    return this.#connections;
  }

  get revoked(): ReadonlySet<string> {
    return this.#ims.revoked;
  }

  /** Answers the next requests, in order; afterwards the server is IMS again. */
  script(...answers: readonly ScriptedAnswer[]): void {
    this.#next.push(...answers);
  }

  /** Answers every request that has no answer of its own, until it is called with undefined. */
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

  issueCode(options: CodeOptions): string {
    return this.#ims.issueCode(options);
  }

  issueRefreshToken(options: { readonly clientId: string }): string {
    return this.#ims.issueRefreshToken(options);
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  #accept(socket: Socket): void {
    this.#connections += 1;
    this.#sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.once('close', () => this.#sockets.delete(socket));
    if (this.#dropping === 0) return;
    this.#dropping -= 1;
    socket.destroy();
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const recorded = await record(request);
    this.requests.push(recorded);
    const answer = this.#next.shift() ?? this.#always ?? this.#ims.answer(recorded);
    if (answer.delayMs !== undefined) await delay(answer.delayMs, undefined, { ref: false });
    if (answer.fault !== undefined) {
      misbehave(answer.fault, answer, response);
      return;
    }
    const headers = { 'content-type': 'application/json', ...answer.headers };
    response.writeHead(answer.status ?? 200, headers);
    response.end(answer.body ?? '');
  }
}

/** Starts the embedded IMS on a free port of the loopback interface. */
export async function startIms(options: ImsOptions = {}): Promise<ImsServer> {
  const server = options.tls ? createTlsServer({ ...options.tls }) : createServer();
  await new Promise<void>((resolve) => server.listen(0, options.address ?? '127.0.0.1', resolve));
  return new ImsServer(server, options);
}

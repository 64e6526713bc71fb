/** A TLS server that stands in for every host that a workflow calls. The embedded IMS answers for IMS. */

import { once } from 'node:events';
import {
  createServer as createHttpServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import { createServer } from 'node:https';
import { connect, type Socket } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { createSecureContext, type SecureContext } from 'node:tls';

import { type Authority, issueCertificate } from '../test/support/certificates.ts';
import type { ImsServer } from '../test/support/ims-server.ts';

export const ADDRESS = '127.0.0.9';

/** These say who calls and what for. Each must be as expected, or absent. */
const WATCHED = [
  'accept',
  'api_key',
  'authorization',
  'content-type',
  'store',
  'x-api-key',
  'x-gw-ims-org-id',
  'x-model-version',
  'x-runtime-namespace',
  'x-sandbox-name',
  'x-vault-token',
] as const;

export type Received = {
  /** Method, host, path and query, such as `GET example.com/a?b=c`. */
  readonly request: string;
  /** Those of the watched headers that were sent. */
  readonly headers: Readonly<Record<string, string>>;
  /** JSON as its value, a form as its fields, all other bodies as text. */
  readonly body: unknown;
};

export type Answer = {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Text as it is, other values as JSON. */
  readonly body?: unknown;
  /** Closes the connection instead of answering. */
  readonly lost?: boolean;
};

/** Answers the requests of one run. */
export type Responder = {
  readonly ims: ImsServer;
  readonly answer: (received: Received) => Answer;
  /** Called with each exchange before its answer leaves. */
  readonly record: (received: Received, answer: Answer) => void;
};

/** The watched headers. Of `accept`, which every client sends, only a version of Adobe's API matters. */
function watched(headers: IncomingHttpHeaders): Readonly<Record<string, string>> {
  const sent = WATCHED.flatMap((name): readonly (readonly [string, string])[] => {
    const value = headers[name];
    if (value === undefined || (name === 'accept' && !value.includes('vnd.adobe.'))) return [];
    // A boundary is random.
    return [[name, String(value).replace(/; ?(?:boundary|charset)=.*/, '')]];
  });
  return Object.fromEntries(sent);
}

function parsed(body: string, type = ''): unknown {
  if (body !== '' && type.includes('json')) return JSON.parse(body);
  if (type === 'application/x-www-form-urlencoded')
    return Object.fromEntries(new URLSearchParams(body));
  return body;
}

async function askIms(ims: ImsServer, request: IncomingMessage, body: string): Promise<Answer> {
  const names = ['authorization', 'content-type', 'x-ims-clientid'];
  const sent = names.flatMap((name) => {
    const value = request.headers[name];
    return typeof value === 'string' ? [[name, value] as [string, string]] : [];
  });
  const { method = 'GET', url = '/' } = request;
  const answer = await fetch(ims.url + url, {
    method,
    headers: sent,
    ...(method === 'POST' ? { body } : {}),
  });
  const text = await answer.text();
  return { status: answer.status, body: text === '' ? '' : (JSON.parse(text) as unknown) };
}

function send({ status = 200, headers, body = '', lost }: Answer, response: ServerResponse): void {
  if (lost === true) {
    response.destroy();
    return;
  }
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(text);
}

/** A proxy, `http://proxy.example.com:3128`, whose tunnels all lead to the server. */
async function startProxy(responder: () => Responder): Promise<Server> {
  const server = createHttpServer();
  server.on('connect', ({ url = '' }, socket: Socket) => {
    const received = { request: `CONNECT proxy.example.com/${url}`, headers: {}, body: '' };
    const answer = responder().answer(received);
    responder().record(received, answer);
    const tunnel = connect(443, ADDRESS);
    for (const [from, to] of [
      [socket, tunnel],
      [tunnel, socket],
    ] as const)
      from.pipe(to).on('error', () => from.destroy());
    socket.write(`HTTP/1.1 ${answer.status ?? 200} x\r\n\r\n`);
  });
  server.listen(3128, ADDRESS);
  await once(server, 'listening');
  return server;
}

/** Listens on port 443 of ADDRESS, and on that of the proxy; `responder` gives the one of the current run. */
export async function startServer(
  authority: Authority,
  responder: () => Responder,
): Promise<{ readonly close: () => void }> {
  const contexts = new Map<string, Promise<SecureContext>>();
  const contextFor = async (name: string): Promise<SecureContext> =>
    createSecureContext(await issueCertificate(authority, { names: [name] }));
  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = (await buffer(request)).toString('latin1');
    const { method = '', url = '', headers } = request;
    const host = headers.host ?? '';
    const received: Received = {
      request: `${method} ${host}${url}`,
      headers: watched(headers),
      body: parsed(body, headers['content-type']),
    };
    const { ims, answer, record } = responder();
    // The embedded IMS knows the POST requests of the action alone.
    const given =
      host.endsWith('.adobelogin.com') && method === 'POST'
        ? await askIms(ims, request, body)
        : answer(received);
    record(received, given);
    send(given, response);
  };
  const server = createServer(
    {
      SNICallback: (name, done) => {
        const context = contexts.get(name) ?? contextFor(name);
        contexts.set(name, context);
        context.then((made) => {
          done(null, made);
        }, done);
      },
    },
    (request, response) => {
      handle(request, response).catch((error: unknown) => {
        console.error(error);
        response.destroy();
      });
    },
  );
  server.listen(443, ADDRESS);
  await once(server, 'listening');
  const servers = [server, await startProxy(responder)];
  return {
    close: () => {
      for (const one of servers) {
        one.close();
        one.closeAllConnections();
      }
    },
  };
}

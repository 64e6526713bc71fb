/** A TLS server that plays every host a recipe calls: IMS for real, the others from a table. */

import { once } from 'node:events';
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import { buffer } from 'node:stream/consumers';
import { createSecureContext, type SecureContext } from 'node:tls';

import { type Authority, issueCertificate } from '../test/support/certificates.ts';
import type { ImsServer } from '../test/support/ims-server.ts';

export const ADDRESS = '127.0.0.9';

/** What tells one caller, key or tenant from another; each must be as expected, or absent. */
const WATCHED = [
  'authorization',
  'content-type',
  'store',
  'x-api-key',
  'x-gw-ims-org-id',
  'x-model-version',
  'x-sandbox-name',
] as const;

export type Received = {
  /** Method, host, path and query, such as `GET example.com/a?b=c`. */
  readonly request: string;
  /** Those of the watched headers that were sent. */
  readonly headers: Readonly<Record<string, string>>;
  /** JSON as its value, a form as its fields, all else as text. */
  readonly body: unknown;
};

export type Answer = {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Text as it is, all else as JSON. */
  readonly body?: unknown;
  /** Closes the connection instead of answering. */
  readonly lost?: boolean;
};

/** Who answers while one recipe runs. */
export type Players = {
  readonly ims: ImsServer;
  readonly answer: (received: Received) => Answer;
  /** Told of each exchange before its answer leaves. */
  readonly record: (received: Received, answer: Answer) => void;
};

function watched(headers: IncomingHttpHeaders): Readonly<Record<string, string>> {
  const sent = WATCHED.flatMap((name) => {
    const value = headers[name];
    // A boundary is random.
    return value === undefined
      ? []
      : [[name, String(value).replace(/; ?(?:boundary|charset)=.*/, '')]];
  });
  return Object.fromEntries(sent) as Record<string, string>;
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

/** Listens on port 443 of ADDRESS; `players` says who answers at the moment. */
export async function startServer(
  authority: Authority,
  players: () => Players,
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
    const { ims, answer, record } = players();
    const given = host.endsWith('.adobelogin.com')
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
  return {
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

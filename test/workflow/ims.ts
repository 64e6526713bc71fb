/**
 * The embedded IMS as a process of its own, which outlives the step that starts it. It takes the path of its
 * record as argument, and tells its parent where it listens. Every exchange is in the record before its
 * answer leaves, so that a finished step is wholly recorded.
 */

import { randomBytes } from 'node:crypto';
import { appendFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';

import { startIms, testClient } from '../support/ims-server.ts';
import type { Exchange } from './record.ts';

/** What the parent is told, once. */
export type Ready = {
  readonly url: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly wrongSecret: string;
  readonly refreshToken: string;
};

/** Longer than any job; for the case that nothing is left to end this process. */
const LIFETIME_MS = 15 * 60_000;

/** With characters that each encoding writes differently. */
const madeUp = (): string => `p8e-test-${randomBytes(24).toString('hex')}+/&=~!`;

const [, , record = ''] = process.argv;
const clientSecret = madeUp();
const ims = await startIms({ clients: [{ ...testClient, secrets: [clientSecret] }] });

function fieldsOf(answer: string): Exchange['answer'] {
  return answer === '' ? {} : (JSON.parse(answer) as Exchange['answer']);
}

async function relay(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const body = await text(request);
  const path = request.url ?? '/';
  const headers = new Headers();
  for (const name of ['authorization', 'content-type', 'x-ims-clientid'])
    if (typeof request.headers[name] === 'string') headers.set(name, request.headers[name]);
  const method = request.method ?? 'GET';
  const answer = await fetch(`${ims.url}${path}`, {
    method,
    headers,
    ...(method === 'POST' ? { body } : {}),
  });
  const content = await answer.text();
  const exchange: Exchange = {
    path,
    form: Object.fromEntries(new URLSearchParams(body)),
    status: answer.status,
    answer: fieldsOf(content),
  };
  appendFileSync(record, `${JSON.stringify(exchange)}\n`);
  response.writeHead(answer.status, {
    'content-type': answer.headers.get('content-type') ?? '',
    'x-debug-id': answer.headers.get('x-debug-id') ?? '',
  });
  response.end(content);
}

const front = createServer((request, response) => {
  relay(request, response).catch((error: unknown) => {
    console.error(error);
    response.destroy();
  });
});
front.listen(0, '127.0.0.1', () => {
  const address = front.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const ready: Ready = {
    url: `http://127.0.0.1:${port}`,
    clientId: testClient.id,
    clientSecret,
    wrongSecret: madeUp(),
    refreshToken: ims.issueRefreshToken({ clientId: testClient.id }),
  };
  process.send?.(ready);
});
setTimeout(() => process.exit(), LIFETIME_MS);

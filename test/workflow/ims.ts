/**
 * The embedded IMS as a process of its own, which outlives the step that starts it. It takes the path of its
 * record as argument, and tells its parent where it listens. Every exchange is in the record before its
 * answer leaves, so that a finished step is wholly recorded.
 */

import { randomBytes } from 'node:crypto';
import { appendFileSync } from 'node:fs';

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
const ims = await startIms({
  clients: [{ ...testClient, secrets: [clientSecret] }],
  onExchange: ({ path, form }, { status = 200, body = '' }) => {
    const answer = (body === '' ? {} : JSON.parse(body.toString())) as Exchange['answer'];
    const exchange: Exchange = { path, form, status, answer };
    appendFileSync(record, `${JSON.stringify(exchange)}\n`);
  },
});
const ready: Ready = {
  url: ims.url,
  clientId: testClient.id,
  clientSecret,
  wrongSecret: madeUp(),
  refreshToken: ims.issueRefreshToken({ clientId: testClient.id }),
};
process.send?.(ready);
setTimeout(() => process.exit(), LIFETIME_MS);

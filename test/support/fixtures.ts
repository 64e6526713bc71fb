/**
 * What a test of the whole step needs: IMS, a job on a runner of its own, and the usual inputs.
 * A test starts what it names, and vitest ends it again.
 */

import { test as base } from 'vitest';

import { startProxy } from './connect-proxy.ts';

import {
  type Client,
  type ImsOptions,
  type ImsServer,
  startIms,
  testClient,
} from './ims-server.ts';
import { type Job, type JobOptions, startJob } from './run-action.ts';

export type Inputs = Readonly<Record<string, string>>;

/** The secret of `testClient`. */
export const [SECRET = ''] = testClient.secrets;

/** The inputs that every step needs; a public client has no secret. */
export function inputsFor(ims: Pick<ImsServer, 'url'>, client: Client = testClient): Inputs {
  const [secret] = client.secrets;
  const inputs = { 'client-id': client.id, 'ims-url': ims.url };
  return secret === undefined ? inputs : { ...inputs, 'client-secret': secret };
}

/** Starts things, and ends all of them when their test is over. */
function ending<Arguments extends unknown[], Thing>(
  start: (...args: Arguments) => Promise<Thing>,
  end: (thing: Thing) => Promise<void>,
  onCleanup: (clean: () => Promise<void>) => void,
): (...args: Arguments) => Promise<Thing> {
  const things: Thing[] = [];
  onCleanup(async () => {
    await Promise.all(things.map(end));
  });
  return async (...args) => {
    const thing = await start(...args);
    things.push(thing);
    return thing;
  };
}

/**
 * `test.override('client', ...)` in a `describe` gives its tests another client. For other options, or a second server or job, a test calls `startIms` or `startJob`. Tests with cases are written as
 * `test.for(cases)(name, (case, { ims }) => ...)`, as `test.each` has no fixtures.
 */
export const test = base
  .extend('client', testClient)
  .extend('startIms', ({ client }, { onCleanup }) => {
    const start = (options: ImsOptions = {}): Promise<ImsServer> =>
      startIms({ clients: [client], ...options });
    return ending(start, (ims) => ims.close(), onCleanup);
  })
  .extend('startJob', ({ client }, { onCleanup }) => {
    const start = (options: JobOptions = {}): Promise<Job> =>
      startJob({ secrets: client.secrets, ...options });
    return ending(start, (job) => job.dispose(), onCleanup);
  })
  .extend('startProxy', ({}, { onCleanup }) =>
    ending(startProxy, (proxy) => proxy.close(), onCleanup),
  )
  .extend('ims', ({ startIms }) => startIms())
  .extend('job', ({ startJob }) => startJob())
  .extend('inputs', ({ ims, client }) => inputsFor(ims, client));

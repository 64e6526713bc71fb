/**
 * What a test of the whole step needs: IMS, a job on a runner of its own, and the usual inputs.
 * A test starts what it names, and vitest ends it again.
 */

import { test as base } from 'vitest';

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

/**
 * `test.override('client', ...)` in a `describe` gives its tests another client. A test that needs other
 * options, or a second server or job, calls `startIms` or `startJob`. Tests with cases are written as
 * `test.for(cases)(name, (case, { ims }) => ...)`, as `test.each` has no fixtures.
 */
export const test = base
  .extend('client', testClient)
  .extend('startIms', ({ client }, { onCleanup }) => {
    const servers: ImsServer[] = [];
    onCleanup(async () => {
      await Promise.all(servers.map((server) => server.close()));
    });
    return async (options: ImsOptions = {}): Promise<ImsServer> => {
      const server = await startIms({ clients: [client], ...options });
      servers.push(server);
      return server;
    };
  })
  .extend('startJob', ({ client }, { onCleanup }) => {
    const jobs: Job[] = [];
    onCleanup(async () => {
      await Promise.all(jobs.map((job) => job.dispose()));
    });
    return async (options: JobOptions = {}): Promise<Job> => {
      const job = await startJob({ secrets: client.secrets, ...options });
      jobs.push(job);
      return job;
    };
  })
  .extend('ims', ({ startIms }) => startIms())
  .extend('job', ({ startJob }) => startJob())
  .extend('inputs', ({ ims, client }) => inputsFor(ims, client));

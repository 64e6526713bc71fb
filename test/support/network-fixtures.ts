/** IMS behind TLS and behind a proxy, and what a step connects to. */

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';

import { type Authority, issueCertificate, makeAuthority } from './certificates.ts';
import type { ProxyOptions } from './connect-proxy.ts';
import { inputsFor, test as base } from './fixtures.ts';
import type { ImsServer } from './ims-server.ts';
import { preload } from './preload.ts';
import type { Job } from './run-action.ts';

/** A name of IMS: here it can be reached through a proxy alone. */
export const HOST = 'ims-na1.adobelogin.com';
export const CREDENTIALS = 'p8e-user:p8e-test-proxy-password';

/** Some containers have the loopback interface without it. */
export const hasIpv6 = Object.values(networkInterfaces()).some((addresses) =>
  addresses?.some(({ address }) => address === '::1'),
);

type Certified = (name: string, notAfter?: Date) => Promise<ImsServer>;

export const test = base
  .extend('authority', { scope: 'file' }, (): Promise<Authority> => makeAuthority())
  /** What a step needs in its environment to trust the authority. */
  .extend('trust', ({ authority, job }) => {
    const file = join(job.workspace, 'authority.pem');
    writeFileSync(file, authority.cert);
    return { NODE_EXTRA_CA_CERTS: file };
  })
  /** Starts IMS with a certificate for a name. */
  .extend('certified', ({ authority, startIms }): Certified => async (name, notAfter) => {
    const options = notAfter === undefined ? { names: [name] } : { names: [name], notAfter };
    return startIms({ tls: await issueCertificate(authority, options) });
  })
  /** IMS as it is reached through a proxy. */
  .extend('ims', ({ certified }) => certified(HOST))
  .extend('inputs', inputsFor({ url: `https://${HOST}` }))
  /** Starts a proxy that leads to it. */
  .extend(
    'proxyTo',
    ({ ims, startProxy }) =>
      (options: ProxyOptions = {}) =>
        startProxy({ port: ims.port, ...options }),
  );

/** A connection that a step tried to open. */
type Opened = {
  readonly to: string;
  /** Milliseconds that each address but the last gets; absent where Node's own setting decides. */
  readonly addressMs?: number;
};

/** Notes each connection that a step opens: `options` goes into `NODE_OPTIONS`. */
export function noteConnections(job: Pick<Job, 'workspace'>): {
  readonly options: string;
  readonly opened: () => readonly Opened[];
} {
  const list = join(job.workspace, 'connections.txt');
  const program = `
    const { Socket } = require('node:net');
    const { connect } = Socket.prototype;
    Socket.prototype.connect = function (...given) {
      const { host, port, autoSelectFamilyAttemptTimeout: addressMs } = given.flat()[0];
      const line = JSON.stringify({ to: host + ' ' + port, addressMs });
      require('node:fs').appendFileSync(${JSON.stringify(list)}, line + '\\n');
      return connect.apply(this, given);
    };`;
  return {
    options: preload(job, 'note-connections', program),
    opened: () => {
      const lines = existsSync(list) ? readFileSync(list, 'utf8').trim().split('\n') : [];
      return lines.map((line) => JSON.parse(line) as Opened);
    },
  };
}

/** TLS and proxies: the secret goes to IMS alone, over a connection that is verified. */

import { writeFileSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';

import { describe, expect } from 'vitest';

import { type Authority, issueCertificate, makeAuthority } from './support/certificates.ts';
import type { ProxyOptions } from './support/connect-proxy.ts';
import { inputsFor, test as base } from './support/fixtures.ts';
import { type ImsServer, testClient } from './support/ims-server.ts';
import { hasTinyproxy, startTinyproxy } from './support/tinyproxy.ts';
import { annotationsOf, expectSuccess, failureOf, written } from './support/verdicts.ts';

/** Some containers have the loopback interface without it. */
const hasIpv6 = Object.values(networkInterfaces()).some((addresses) =>
  addresses?.some(({ address }) => address === '::1'),
);
const HOST = 'ims-na1.adobelogin.com';
const CREDENTIALS = 'p8e-user:p8e-test-proxy-password';

type Certified = (name: string, notAfter?: Date) => Promise<ImsServer>;

const test = base
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

describe('a certificate', () => {
  test.for([
    ['of an authority that is not trusted', '127.0.0.1', undefined, false, /NODE_EXTRA_CA_CERTS/],
    [
      'that has expired',
      '127.0.0.1',
      new Date(Date.now() - 3_600_000),
      true,
      /clock of the runner/,
    ],
    ['for another name', 'other.example', undefined, true, /Another server answers/],
  ] as const)(
    '%s is refused at once, before a byte is sent',
    async ([, name, notAfter, trusted, remedy], { certified, job, trust }) => {
      const ims = await certified(name, notAfter);
      const step = await job.uses(inputsFor(ims), { env: trusted ? trust : {} });
      const message = failureOf(step, job);
      expect(message).toMatch(/^The certificate of/);
      expect(message).toMatch(remedy);
      expect(ims.requests).toHaveLength(0);
      expect(ims.connections).toBe(1);
    },
  );

  test('is verified in spite of NODE_TLS_REJECT_UNAUTHORIZED=0', async ({ certified, job }) => {
    const ims = await certified('127.0.0.1');
    const env = { NODE_TLS_REJECT_UNAUTHORIZED: '0' };
    const step = await job.uses(inputsFor(ims), { env });
    expect(failureOf(step, job)).toMatch(/certificate/);
    expect(annotationsOf(step, 'warning')).toHaveLength(1);
    expect(ims.requests).toHaveLength(0);
    const [post] = await job.finish();
    expect(post?.annotations).toEqual([]);
  });
});

describe('TLS', () => {
  test('that breaks early is tried again, even for a code', async ({ certified, job, trust }) => {
    const ims = await certified('127.0.0.1');
    ims.dropConnections(1);
    const code = ims.issueCode({ clientId: testClient.id });
    const grant = { 'grant-type': 'authorization_code', code };
    const step = await job.uses({ ...inputsFor(ims), ...grant }, { env: trust });
    expectSuccess(step);
    expect(step.log).toMatch(/^Attempt 1 failed: No connection to /m);
    expect(ims.connections).toBe(2);
    expect(ims.requests).toHaveLength(1);
  });

  test('that the server does not speak is reported at once', async ({ startIms, job }) => {
    const ims = await startIms();
    const step = await job.uses(inputsFor({ url: `https://127.0.0.1:${ims.port}` }));
    expect(failureOf(step, job)).toMatch(/^No TLS connection to .*Check the port/);
    expect(ims.connections).toBe(1);
  });
});

describe('the loopback interface', () => {
  test('is `localhost`, whatever a name server says', async ({ certified, job, trust }) => {
    const ims = await certified('localhost');
    const preload = join(job.workspace, 'no-names.cjs');
    writeFileSync(preload, "require('node:dns').lookup = () => { throw new Error('asked'); };");
    const env = { ...trust, NODE_OPTIONS: `--require=${preload}` };
    expectSuccess(await job.uses(inputsFor({ url: `https://localhost:${ims.port}` }), { env }));
    expect(ims.requests).toHaveLength(1);
  });

  // Over http: Node 24.19 refuses a certificate for ::1, whatever is in it.
  test.skipIf(!hasIpv6)('may be written `[::1]`', async ({ startIms, job }) => {
    const ims = await startIms({ address: '::1' });
    expectSuccess(await job.uses(inputsFor({ url: `http://[::1]:${ims.port}` })));
    expect(ims.requests).toHaveLength(1);
  });
});

describe.concurrent('a proxy', () => {
  test('leads to IMS, and gets its credentials, which stay out of the log', async ({
    ims,
    proxyTo,
    job,
    trust,
    inputs,
  }) => {
    const proxy = await proxyTo({ credentials: CREDENTIALS });
    const https_proxy = `http://${CREDENTIALS}@127.0.0.1:${proxy.port}`;
    const step = await job.uses(inputs, { env: { ...trust, https_proxy } });
    expectSuccess(step);
    expect(proxy.tunnels).toEqual([`${HOST}:443`]);
    expect(ims.requests).toHaveLength(1);
    expect(written(step)).not.toContain('p8e-test-proxy');
  });

  test.for<readonly [string, ProxyOptions, RegExp]>([
    ['that wants credentials', { credentials: CREDENTIALS }, /proxy refused.*407/],
    ['that forbids the host', { behaviour: { status: 403 } }, /proxy refused.*403/],
  ])(
    '%s is reported after one attempt',
    async ([, options, words], { ims, proxyTo, job, inputs }) => {
      const proxy = await proxyTo(options);
      const step = await job.uses(inputs, { env: { https_proxy: proxy.url } });
      expect(failureOf(step, job)).toMatch(words);
      expect(proxy.tunnels).toHaveLength(1);
      expect(ims.connections).toBe(0);
    },
  );

  test.for<readonly [string, NonNullable<ProxyOptions['behaviour']>, RegExp]>([
    ['is silent', 'silent', /did not answer in time/],
    ['goes away', 'vanish', /proxy in `https_proxy` gave no connection/],
    ['is overloaded', { status: 503 }, /proxy.*503/],
  ])(
    'that %s is tried again until `timeout`',
    async ([, behaviour, words], { ims, proxyTo, job, inputs }) => {
      const proxy = await proxyTo({ behaviour });
      const env = { https_proxy: proxy.url };
      const step = await job.uses({ ...inputs, timeout: '2' }, { env });
      expect(failureOf(step, job)).toMatch(words);
      expect(proxy.tunnels.length).toBeGreaterThan(1);
      expect(step.durationMs).toBeLessThan(5000);
      expect(ims.connections).toBe(0);
    },
  );

  test('that nobody runs is named with the reason', async ({ proxyTo, job, inputs }) => {
    const proxy = await proxyTo();
    await proxy.close();
    const step = await job.uses({ ...inputs, timeout: '1' }, { env: { https_proxy: proxy.url } });
    expect(failureOf(step, job)).toMatch(/gave no connection.*\(proxy, ECONNREFUSED\)$/);
  });

  test.for([
    ['an unescaped % in its password', (port: number) => `http://u:100%sure@127.0.0.1:${port}`],
    ['no scheme', (port: number) => `localhost:${port}`],
    ['no meaning', () => ':::'],
  ] as const)(
    'whose URL has %s is not left out',
    async ([, urlFor], { ims, proxyTo, job, inputs }) => {
      const proxy = await proxyTo();
      // The host of `no_proxy` is another one.
      const env = { https_proxy: urlFor(proxy.port), no_proxy: 'p8e.example' };
      const step = await job.uses(inputs, { env });
      expect(failureOf(step, job)).toMatch(/^`https_proxy` is not the URL of a proxy, so nothing/);
      expect(step.stdout).not.toContain('100%');
      expect([proxy.tunnels, ims.connections]).toEqual([[], 0]);
    },
  );

  test('is left out for a host in `no_proxy`', async ({ proxyTo, job, trust, inputs }) => {
    const proxy = await proxyTo();
    const env = { ...trust, https_proxy: proxy.url, no_proxy: 'localhost,.adobelogin.com' };
    // Nothing answers for adobelogin.com here: what counts is that the proxy is not asked.
    await job.uses({ ...inputs, timeout: '1' }, { env });
    expect(proxy.tunnels).toEqual([]);
  });

  // It would resolve the name of IMS itself, so it is led through the other proxy.
  test.skipIf(!hasTinyproxy)(
    'that others wrote leads to IMS',
    async ({ ims, proxyTo, job, trust, inputs, onTestFinished }) => {
      const upstream = await proxyTo();
      const proxy = await startTinyproxy(upstream.port, CREDENTIALS);
      onTestFinished(proxy.close);
      const https_proxy = `http://${CREDENTIALS}@127.0.0.1:${proxy.port}`;
      expectSuccess(await job.uses(inputs, { env: { ...trust, https_proxy } }));
      expect(ims.requests).toHaveLength(1);
    },
  );
});

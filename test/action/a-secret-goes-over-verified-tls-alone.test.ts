/** TLS and proxies: the secret goes to IMS alone, over a connection that is verified. */

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect } from 'vitest';

import { makeAuthority } from '../support/certificates.ts';
import type { ProxyOptions } from '../support/connect-proxy.ts';
import { inputsFor } from '../support/fixtures.ts';
import { testClient } from '../support/ims-server.ts';
import { CREDENTIALS, hasIpv6, HOST, noteConnections, test } from '../support/network-fixtures.ts';
import { hasTinyproxy, startTinyproxy } from '../support/tinyproxy.ts';
import {
  annotationsOf,
  expectSuccess,
  failureOf,
  messageOf,
  written,
} from '../support/verdicts.ts';

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

describe.concurrent('a certificate of an authority that is not in NODE_EXTRA_CA_CERTS', () => {
  const der = (pem: string): Buffer =>
    Buffer.from(pem.replaceAll(/-----[A-Z ]+-----/g, ''), 'base64');
  const damaged = (pem: string): string => pem.replace(/\n(.{20})/, '\n@@@@$1');

  test.for<readonly [string, ((pem: string) => string | Buffer) | undefined, RegExp]>([
    ['which names a file that is not there', undefined, /file does not exist/],
    ['whose file is binary', der, /binary \(DER\).*openssl x509 -inform der/],
    ['whose file is of UTF-16', (pem) => Buffer.from(pem, 'utf16le'), /no certificate in PEM form/],
    ['whose file is empty', () => '', /no certificate in PEM form/],
    ['whose file is damaged', damaged, /no certificate in PEM form that can be read/],
  ])('%s: the message says so', async ([, change, words], { authority, certified, job }) => {
    const ims = await certified('127.0.0.1');
    const file = join(job.workspace, 'p8e-test-authority');
    if (change !== undefined) writeFileSync(file, change(authority.cert));
    // Node itself warns of most of these, on stderr.
    const step = await job.uses(inputsFor(ims), { env: { NODE_EXTRA_CA_CERTS: file } });
    const [message = ''] = annotationsOf(step, 'error');
    expect(message).toMatch(/^The certificate of .*`NODE_EXTRA_CA_CERTS` is set, but/);
    expect(message).toMatch(words);
    expect(message).toMatch(/NODE_USE_SYSTEM_CA=1.*\(tls, [A-Z_]+\)$/);
    expect(message).not.toContain('p8e-test');
    expect(ims.requests).toEqual([]);
  });

  test('which names a folder: the message says so', async ({ certified, job }) => {
    const ims = await certified('127.0.0.1');
    const env = { NODE_EXTRA_CA_CERTS: job.workspace };
    const [message] = annotationsOf(await job.uses(inputsFor(ims), { env }), 'error');
    expect(message).toMatch(/is set, but its file is a folder/);
  });

  test.for<readonly [string, (pem: string) => string, RegExp]>([
    ['has a comment', (pem) => `A comment\r\n${pem}`, /seems not to hold the CA of this/],
    ['begins with a byte order mark', (pem) => `\ufeff${pem}`, /seems not to hold the CA of this/],
    ['is too large', (pem) => pem.padEnd(4 * 1024 * 1024 + 1), /is larger than 4 MiB/],
  ])('whose file %s: the message says so', async ([, change, words], { certified, job }) => {
    const ims = await certified('127.0.0.1');
    const file = join(job.workspace, 'other.pem');
    writeFileSync(file, change((await makeAuthority()).cert));
    const env = { NODE_EXTRA_CA_CERTS: file };
    const message = failureOf(await job.uses(inputsFor(ims), { env }), job);
    expect(message).toMatch(words);
    const both = { ...env, NODE_USE_SYSTEM_CA: '1' };
    const told = messageOf(await job.uses(inputsFor(ims), { env: both }));
    expect(told).toMatch(words);
    expect(told).not.toContain('NODE_USE_SYSTEM_CA');
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

  test('that breaks early behind a proxy is tried again too', async ({
    ims,
    proxyTo,
    job,
    trust,
    inputs,
  }) => {
    const proxy = await proxyTo();
    ims.dropConnections(1);
    const code = ims.issueCode({ clientId: testClient.id });
    const grant = { 'grant-type': 'authorization_code', code };
    const env = { ...trust, https_proxy: proxy.url };
    expectSuccess(await job.uses({ ...inputs, ...grant }, { env }));
    expect(proxy.tunnels).toHaveLength(2);
    expect(ims.requests).toHaveLength(1);
  });

  test('that the server does not speak is reported at once', async ({ startIms, job }) => {
    const ims = await startIms();
    const step = await job.uses(inputsFor({ url: `https://127.0.0.1:${ims.port}` }));
    expect(failureOf(step, job)).toMatch(/^No TLS connection to .*Check the port/);
    expect(ims.connections).toBe(1);
  });
});

describe.concurrent('each address of a host but the last', () => {
  // Node's own setting is 250 ms.
  test.for<readonly [string, number, string?]>([
    ['60', 2000],
    ['10', 1111],
    ['2', 250],
    ['10', 1800, '--network-family-autoselection-attempt-timeout=1800'],
    ['60', 4000, '--network-family-autoselection-attempt-timeout=4000'],
  ])(
    'with `timeout: %s` gets %i ms of its request at most',
    async ([timeout, ms, setting = ''], { startIms, proxyTo, job, trust, inputs }) => {
      const noted = noteConnections(job);
      const proxy = await proxyTo();
      const direct = inputsFor(await startIms());
      const env = { ...trust, https_proxy: proxy.url };
      const NODE_OPTIONS = `${noted.options} ${setting}`;
      for (const usual of [direct, inputs]) {
        // On a busy machine, the shortest time is too short for a token.
        await job.uses({ ...usual, timeout }, { env: { ...env, NODE_OPTIONS } });
      }
      const given = noted.opened().map(({ addressMs = 0 }) => addressMs);
      expect(given.length).toBeGreaterThan(1);
      // A third of what is left when the request starts, which a busy machine makes less.
      for (const addressMs of given) {
        expect(Number.isInteger(addressMs)).toBe(true);
        expect(addressMs).toBeLessThanOrEqual(ms);
        expect(addressMs).toBeGreaterThan(ms * 0.8);
      }
    },
  );
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

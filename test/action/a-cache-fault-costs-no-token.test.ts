/** A cache service that fails costs no token, little time and no warning. */

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect } from 'vitest';

import { expectFromIms, EXPLAINED, test } from '../support/cache-fixtures.ts';
import { OPERATIONS } from '../support/cache-service.ts';
import { issueCertificate, makeAuthority } from '../support/certificates.ts';
import type { ProxyOptions } from '../support/connect-proxy.ts';
import type { ImsServer, ScriptedAnswer } from '../support/ims-server.ts';
import { startTlsFront } from '../support/listen.ts';
import { hasIpv6 } from '../support/network-fixtures.ts';

const FAULTS: Readonly<Record<string, ScriptedAnswer>> = {
  'HTTP 500': { status: 500, body: '{"code":"x","msg":"::error::p8e-test-injected"}' },
  garbage: { body: '<html>::error::p8e-test-injected\n##[error]p8e-test-injected' },
  'a byte a second': { fault: 'byte-per-second' },
  'bytes without end': { fault: 'endless' },
  silence: { fault: 'silence' },
};

const WRONG_URLS: Readonly<Record<string, unknown>> = {
  missing: undefined,
  'no URL': 'p8e-test',
  file: 'file:///etc/passwd',
  'https elsewhere, on a closed port': 'https://127.0.0.1:1/',
  'line break': 'http://127.0.0.1:1/\n::error::p8e-test-injected',
};

/** Answers of the service that no service should give. */
const WRONG_ANSWERS: Readonly<Record<string, ScriptedAnswer>> = Object.fromEntries(
  [
    ['empty', ''],
    ['array', '[]'],
    ['deep', '['.repeat(30_000)],
    ['ok as text', '{"ok":"true","signed_download_url":"x","signed_upload_url":"x"}'],
    ...Object.entries(WRONG_URLS).map(([name, url]) => [
      `URL: ${name}`,
      JSON.stringify({ ok: true, signed_download_url: url, signed_upload_url: url }),
    ]),
  ].map(([name = '', body = '']) => [name, { body }]),
);

describe.concurrent('a fault while reading', () => {
  test.for(Object.entries(FAULTS))(
    '(%s at the download) costs one request to IMS',
    async ([name, fault], { ims, cache, runJob }) => {
      await runJob();
      for (const entry of cache.entries) entry.fault = fault;
      const step = await runJob();
      expectFromIms(step);
      expect(step.log).toMatch(EXPLAINED);
      if (name === 'bytes without end') expect(step.log).toContain('too large');
      expect(step.log).not.toContain('injected');
      expect(cache.entries).toHaveLength(2);
      expect((await runJob()).outputs['source']).toBe('repository');
      expect(ims.requests).toHaveLength(2);
    },
  );

  test.for([...Object.entries(FAULTS), ...Object.entries(WRONG_ANSWERS)])(
    '(%s at the lookup) costs one request to IMS',
    async ([name, fault], { ims, cache, runJob }) => {
      cache.faults.lookup = fault;
      const step = await runJob();
      expectFromIms(step);
      expect(ims.requests).toHaveLength(1);
      if (name in FAULTS) expect(step.log).toMatch(EXPLAINED);
      expect(step.log).not.toContain('injected');
      delete cache.faults.lookup;
      expect((await runJob()).outputs['source']).toBe('repository');
    },
  );
});

const SAVING = ['create', 'upload', 'finalize'] as const;

describe.concurrent('a fault while saving', () => {
  test.for(
    SAVING.flatMap((operation) =>
      Object.entries(FAULTS).map(([name, fault]) => [name, operation, fault] as const),
    ),
  )('(%s at %s) costs no token', async ([, operation, fault], { cache, runJob }) => {
    cache.faults[operation] = fault;
    const step = await runJob();
    expectFromIms(step);
    expect(step.log).not.toContain('injected');
  });

  test.for(Object.entries(WRONG_ANSWERS))(
    '(%s at create) costs no token',
    async ([, fault], { cache, runJob }) => {
      cache.faults.create = fault;
      expectFromIms(await runJob());
      expect(cache.requestsTo('finalize')).toEqual([]);
    },
  );
});

describe.concurrent('a cache service', () => {
  test.for<readonly [string, string | ProxyOptions]>([
    ['is no URL', 'http://['],
    ['has no host', '::'],
    ['nobody runs', 'http://127.0.0.1:1'],
    ['is silent', { behaviour: 'silent' }],
    ['refuses', { behaviour: { status: 407 } }],
  ])('behind a proxy that %s costs no token', async ([, proxy], { runJob, startProxy }) => {
    const https_proxy = typeof proxy === 'string' ? proxy : (await startProxy(proxy)).url;
    const ACTIONS_RESULTS_URL = 'https://results.example.com/';
    expectFromIms(await runJob({}, { ACTIONS_RESULTS_URL, https_proxy }));
  });

  test.for(['reset-before-answer', 'cut-off', 'slow-headers', 'switching-protocols'] as const)(
    'that answers with %s costs no token',
    async (fault, { startIms, runJob }) => {
      const service = await startIms();
      service.scriptAlways({ fault });
      expectFromIms(await runJob({}, { ACTIONS_RESULTS_URL: service.url }));
      expect(service.connections).toBeGreaterThan(0);
    },
  );

  test('is asked through a proxy, also under --no-deprecation', async ({
    cache,
    job,
    runJob,
    startProxy,
    onTestFinished,
  }) => {
    const authority = await makeAuthority();
    const file = join(job.workspace, 'authority.pem');
    writeFileSync(file, authority.cert);
    const tls = await issueCertificate(authority, { names: ['results.example.com'] });
    const front = await startTlsFront(
      tls,
      Number(new URL(cache.env['ACTIONS_RESULTS_URL'] ?? '').port),
    );
    onTestFinished(front.close);
    const credentials = 'p8e-user:p8e-test-proxy-password';
    const proxy = await startProxy({ credentials, port: front.port });
    // Without a scheme, as a user may write it.
    const https_proxy = `${credentials}@localhost:${proxy.port}`;
    const ACTIONS_RESULTS_URL = 'https://results.example.com/';
    const trusting = { NODE_EXTRA_CA_CERTS: file, NODE_OPTIONS: '--no-deprecation' };
    expectFromIms(await runJob({}, { ACTIONS_RESULTS_URL, https_proxy, ...trusting }));
    expect(new Set(proxy.tunnels)).toEqual(new Set(['results.example.com:443']));
    expect(cache.requests.map(({ operation }) => operation)).toEqual(['lookup', 'create']);
  });

  test('behind a variable that names no proxy is a miss that says so', async ({
    cache,
    runJob,
  }) => {
    const ACTIONS_RESULTS_URL = 'https://results.example.com/';
    const step = await runJob({}, { ACTIONS_RESULTS_URL, HTTPS_PROXY: 'DIRECT' });
    expectFromIms(step);
    expect(step.log).toMatch(
      /Actions cache could not be used.* `https?_proxy` is not the URL of a proxy/i,
    );
    expect(cache.requests).toEqual([]);
  });

  test.skipIf(!hasIpv6)('may lie at an IPv6 address', async ({ startIms, startProxy, runJob }) => {
    const miss = async (address: string): Promise<ImsServer> => {
      const service = await startIms({ address });
      service.scriptAlways({ body: '{"ok":false}' });
      return service;
    };
    const service = await miss('::1');
    expectFromIms(await runJob({}, { ACTIONS_RESULTS_URL: `http://[::1]:${service.port}/` }));
    expect(service.requests).toHaveLength(2);
    // It leads to 127.0.0.1, but the step does not count it as loopback.
    const other = await miss('127.0.0.1');
    const url = `https://[::ffff:127.0.0.1]:${other.port}/`;
    expectFromIms(await runJob({}, { ACTIONS_RESULTS_URL: url }));
    expect(other.connections).toBeGreaterThan(0);
    const proxy = await startProxy({ port: service.port });
    const https_proxy = proxy.url;
    expectFromIms(await runJob({}, { ACTIONS_RESULTS_URL: 'https://[fd00::1]/', https_proxy }));
    expect(proxy.tunnels[0]).toBe('[fd00::1]:443');
  });

  test('that does not speak TLS costs no token', async ({ startIms, runJob }) => {
    const { port } = await startIms();
    expectFromIms(await runJob({}, { ACTIONS_RESULTS_URL: `https://127.0.0.1:${port}` }));
  });

  test.for(['line\nbreak', 'p8e-test-\u{1f511}'])(
    'whose token is %j costs no token',
    async (ACTIONS_RUNTIME_TOKEN, { cache, runJob }) => {
      expectFromIms(await runJob({}, { ACTIONS_RUNTIME_TOKEN }));
      expect(cache.requests).toEqual([]);
    },
  );

  test('that is silent leaves most of a short `timeout` to IMS', async ({ cache, runJob }) => {
    for (const operation of OPERATIONS) cache.faults[operation] = { fault: 'silence' };
    const waitedMs: number[] = [];
    for (const timeout of ['60', '6']) {
      cache.requests.length = 0;
      const step = await runJob({ timeout });
      expectFromIms(step);
      expect(step.log).toMatch(EXPLAINED);
      waitedMs.push(cache.requests[0]?.abandonedAfterMs ?? NaN);
    }
    // 2.5 s of 60, and 1 s of 6.
    const [long = NaN, short = NaN] = waitedMs;
    expect(short).toBeLessThan(long * 0.8);
  });

  test('that is silent while it saves says what that costs', async ({ cache, runJob }) => {
    cache.faults.create = { fault: 'silence' };
    const step = await runJob({ timeout: '9' });
    expectFromIms(step);
    expect(step.log).toMatch(/Actions cache did not answer in time, so later jobs ask IMS/);
  });

  test.for(['read', 'write'] as const)(
    'that denies the right to %s costs no token',
    async (denied, { cache, runJob }) => {
      await runJob();
      if (denied === 'write') cache.entries.length = 0;
      cache.denied.add(denied);
      expectFromIms(await runJob());
    },
  );
});

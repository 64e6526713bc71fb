/** `reuse: repository` with bad entries, and with a cache service that fails: no step fails, waits long or warns. */

import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

import { describe, expect } from 'vitest';

import { EXPLAINED, expectFromIms, test } from '../support/cache-fixtures.ts';
import { PLACES } from '../support/cache-service.ts';
import { issueCertificate, makeAuthority } from '../support/certificates.ts';
import type { ImsServer, ScriptedAnswer } from '../support/ims-server.ts';
import { startTlsFront } from '../support/listen.ts';
import { hasIpv6, preload } from '../support/network-fixtures.ts';
import { when } from '../support/run-action.ts';

const flipped = (good: Buffer, at: number): Buffer => {
  const copy = Buffer.from(good);
  copy.writeUInt8(copy.readUInt8(at) ^ 1, at);
  return copy;
};

const BAD_ENTRIES: Readonly<Record<string, (good: Buffer) => Buffer>> = {
  nothing: () => Buffer.alloc(0),
  'another first bit': (good) => flipped(good, 0),
  'another last bit': (good) => flipped(good, good.length - 1),
  'the first half': (good) => good.subarray(0, good.length / 2),
  '10 MB': (good) => Buffer.concat([good, randomBytes(10_000_000)]),
  'a bomb': () => gzipSync(Buffer.alloc(50_000_000)),
};

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

describe.concurrent('an entry that holds', () => {
  test.for(Object.entries(BAD_ENTRIES))(
    '%s costs one request to IMS',
    async ([, bytes], { ims, cache, runJob }) => {
      const good = await runJob();
      const [entry] = cache.entries;
      if (entry === undefined) throw new Error('nothing was saved');
      cache.replaceBytes(entry, bytes(cache.bytesOf(entry)));
      const step = await runJob();
      expectFromIms(step);
      expect(step.log).toMatch(EXPLAINED);
      expect(step.temp).toEqual(good.temp);
      expect(cache.entries).toHaveLength(2);
      expect(cache.entries[1]?.key).not.toBe(entry.key);
      expect((await runJob()).outputs['source']).toBe('repository');
      expect(ims.requests).toHaveLength(2);
    },
  );
});

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
      // The time of a silent one is lost for saving too, half of it at most.
      if (name !== 'silence') expect(cache.entries).toHaveLength(2);
      expect((await runJob()).outputs['source']).toBe('repository');
      expect(ims.requests).toHaveLength(2);
    },
  );

  test.for([...Object.entries(FAULTS), ...Object.entries(WRONG_ANSWERS)])(
    '(%s at the lookup) costs one request to IMS',
    async ([name, fault], { cache, runJob }) => {
      cache.faults.lookup = fault;
      const step = await runJob();
      expectFromIms(step);
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
    SAVING.flatMap((place) =>
      Object.entries(FAULTS).map(([name, fault]) => [name, place, fault] as const),
    ),
  )('(%s at %s) costs no token', async ([, place, fault], { cache, runJob }) => {
    cache.faults[place] = fault;
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
  test('behind a broken proxy costs no token', async ({ runJob, startProxy }) => {
    const silent = await startProxy({ behaviour: 'silent' });
    const refusing = await startProxy({ behaviour: { status: 407 } });
    const ACTIONS_RESULTS_URL = 'https://results.example.com/';
    for (const https_proxy of ['http://[', '::', 'http://127.0.0.1:1', silent.url, refusing.url])
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
    expect(cache.requests.map(({ place }) => place)).toEqual(['lookup', 'create']);
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
    // An address that leads to 127.0.0.1, and that the step does not know for the loopback interface.
    const other = await miss('127.0.0.1');
    const url = `https://[::ffff:127.0.0.1]:${other.port}/`;
    expectFromIms(await runJob({}, { ACTIONS_RESULTS_URL: url }));
    expect(other.connections).toBeGreaterThan(0);
    const proxy = await startProxy({ port: service.port });
    const https_proxy = proxy.url;
    expectFromIms(await runJob({}, { ACTIONS_RESULTS_URL: 'https://[fd00::1]/', https_proxy }));
    expect(proxy.tunnels[0]).toBe('[fd00::1]:443');
  });

  test('that meets a defect of the action is a miss that says so', async ({
    cache,
    job,
    runJob,
  }) => {
    const { port } = new URL(cache.env['ACTIONS_RESULTS_URL'] ?? '');
    const program = `
      const { Socket } = require('node:net');
      const { connect } = Socket.prototype;
      Socket.prototype.connect = function (...given) {
        if (given.flat()[0].port === ${port}) throw new TypeError('p8e-test-text');
        return connect.apply(this, given);
      };`;
    const step = await runJob({}, { NODE_OPTIONS: preload(job, 'defect', program) });
    expectFromIms(step);
    expect(
      step.log.match(
        /Actions cache could not be used.*Unexpected error in the action \(TypeError\)/g,
      ),
    ).toHaveLength(1);
    expect(step.log).not.toContain('p8e-test-text');
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

  test('that is silent leaves most of a short timeout to IMS', async ({ cache, runJob }) => {
    for (const place of PLACES) cache.faults[place] = { fault: 'silence' };
    const step = await runJob({ timeout: '2' });
    expectFromIms(step);
    expect(step.log).toMatch(EXPLAINED);
    expect(step.durationMs).toBeLessThan(4000);
  });

  test('that is silent while it saves says what that costs', async ({ cache, runJob }) => {
    cache.faults.create = { fault: 'silence' };
    const step = await runJob({ timeout: '2' });
    expectFromIms(step);
    expect(step.log).toMatch(/Actions cache did not answer in time, so later jobs ask IMS/);
  });
});

// On Windows a signal from outside ends a process before it can say anything.
describe.skipIf(process.platform === 'win32').concurrent('a cache service', () => {
  test.for(PLACES)(
    'that is silent at %s is left when the step is cancelled',
    async (place, { cache, runJob }) => {
      await runJob();
      if (place !== 'lookup' && place !== 'download') cache.entries.length = 0;
      cache.requests.length = 0;
      cache.faults[place] = { fault: 'silence' };
      const onStart = when(() => cache.requestsTo(place).length > 0, 'SIGINT');
      const step = await runJob({}, {}, { onStart });
      expect(step.durationMs).toBeLessThan(4500);
      expect(step.annotations).toEqual([]);
      // Once the outputs are written, a signal only ends the keeping.
      const found = place === 'lookup' || place === 'download';
      expect(step.exitCode).toBe(found ? 1 : 0);
      expect(step.outputs['access-token'] === undefined).toBe(found);
    },
  );
});

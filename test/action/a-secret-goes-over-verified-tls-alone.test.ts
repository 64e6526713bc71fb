/** The secret goes over verified TLS, or over the loopback interface. */

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect } from 'vitest';

import { makeAuthority } from '../support/certificates.ts';
import { inputsFor } from '../support/fixtures.ts';
import { hasIpv6, test } from '../support/network-fixtures.ts';
import { annotationsOf, expectSuccess, failureOf, messageOf } from '../support/verdicts.ts';

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
  ])('%s: the message says so', async ([, change, pattern], { authority, certified, job }) => {
    const ims = await certified('127.0.0.1');
    const file = join(job.workspace, 'p8e-test-authority');
    if (change !== undefined) writeFileSync(file, change(authority.cert));
    // Node itself warns of most of these, on stderr.
    const step = await job.uses(inputsFor(ims), { env: { NODE_EXTRA_CA_CERTS: file } });
    const [message = ''] = annotationsOf(step, 'error');
    expect(message).toMatch(/^The certificate of .*`NODE_EXTRA_CA_CERTS` is set, but/);
    expect(message).toMatch(pattern);
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
  ])('whose file %s: the message says so', async ([, change, pattern], { certified, job }) => {
    const ims = await certified('127.0.0.1');
    const file = join(job.workspace, 'other.pem');
    writeFileSync(file, change((await makeAuthority()).cert));
    const env = { NODE_EXTRA_CA_CERTS: file };
    const message = failureOf(await job.uses(inputsFor(ims), { env }), job);
    expect(message).toMatch(pattern);
    const both = { ...env, NODE_USE_SYSTEM_CA: '1' };
    const told = messageOf(await job.uses(inputsFor(ims), { env: both }));
    expect(told).toMatch(pattern);
    expect(told).not.toContain('NODE_USE_SYSTEM_CA');
  });
});

test('a server that does not speak TLS is reported at once', async ({ startIms, job }) => {
  const ims = await startIms();
  const step = await job.uses(inputsFor({ url: `https://127.0.0.1:${ims.port}` }));
  expect(failureOf(step, job)).toMatch(/^No TLS connection to .*Check the port/);
  expect(ims.connections).toBe(1);
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

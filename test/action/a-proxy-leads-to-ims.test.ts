/** A proxy leads to IMS, whatever form of its address is allowed. */

import { expect } from 'vitest';

import { issueCertificate } from '../support/certificates.ts';
import { inputsFor } from '../support/fixtures.ts';
import { CREDENTIALS, hasIpv6, HOST, noteConnections, test } from '../support/network-fixtures.ts';
import { hasTinyproxy, startTinyproxy } from '../support/tinyproxy.ts';
import { expectSuccess, failureOf, written } from '../support/verdicts.ts';

test('a proxy leads to IMS, and gets its credentials, which stay out of the log', async ({
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

test.for<readonly [string, string, string?]>([
  ['a URL', 'http://127.0.0.1:PORT'],
  ['a URL in capitals', 'HTTP://127.0.0.1:PORT'],
  ['a URL with a slash at its end', 'http://127.0.0.1:PORT/'],
  ['a name and a port', 'localhost:PORT'],
  ['an address and a port', '127.0.0.1:PORT'],
  ['an address and a port with a slash at its end', '127.0.0.1:PORT/'],
  ['a user, a password, a name and a port', `${CREDENTIALS}@localhost:PORT`, CREDENTIALS],
  [
    'a password with : and @ as they are',
    'http://p8e-user:p@ss:w@rd@127.0.0.1:PORT',
    'p8e-user:p@ss:w@rd',
  ],
  [
    'a password in which everything is encoded',
    'http://p8e%5Cuser:%25%40%3A%2f%3F%23%5C%c3%bc@127.0.0.1:PORT',
    'p8e\\user:%@:/?#\\\u00fc',
  ],
  ['a user without a password', 'http://p8e-user@127.0.0.1:PORT', 'p8e-user:'],
])(
  '%s leads to the proxy, and nothing goes beside it',
  async ([, value, credentials], { ims, proxyTo, job, trust, inputs }) => {
    const proxy = await proxyTo(credentials === undefined ? {} : { credentials });
    const noted = noteConnections(job);
    const https_proxy = value.replace('PORT', String(proxy.port));
    const env = { ...trust, https_proxy, NODE_OPTIONS: noted.options };
    const step = await job.uses(inputs, { env });
    expectSuccess(step);
    expect(proxy.tunnels).toEqual([`${HOST}:443`]);
    expect(noted.opened().map(({ to }) => to)).toEqual([
      expect.stringMatching(new RegExp(`^(localhost|127\\.0\\.0\\.1) ${proxy.port}$`)),
    ]);
    expect(ims.requests).toHaveLength(1);
    expect(written(step)).not.toContain('p8e-user');
  },
);

test.skipIf(!hasIpv6).for([
  ['without', undefined],
  ['with', CREDENTIALS],
] as const)(
  'a proxy may have an IPv6 address, %s a password',
  async ([, credentials], { ims, proxyTo, job, trust, inputs }) => {
    const proxy = await proxyTo({ address: '::1', ...(credentials && { credentials }) });
    for (const scheme of ['http://', '']) {
      const https_proxy = `${scheme}${credentials ? `${credentials}@` : ''}[::1]:${proxy.port}`;
      const step = await job.uses({ ...inputs, reuse: 'none' }, { env: { ...trust, https_proxy } });
      expectSuccess(step);
    }
    expect(ims.requests).toHaveLength(2);
  },
);

test('a proxy variable is ignored for IMS on the loopback interface', async ({ startIms, job }) => {
  const ims = await startIms();
  const env = { https_proxy: 'DIRECT', HTTPS_PROXY: 'DIRECT', http_proxy: 'DIRECT' };
  expectSuccess(await job.uses(inputsFor(ims), { env }));
});

test('a proxy that speaks https leads to IMS once its certificate is trusted', async ({
  authority,
  ims,
  proxyTo,
  job,
  trust,
  inputs,
}) => {
  const tls = await issueCertificate(authority, { names: ['127.0.0.1'] });
  const proxy = await proxyTo({ tls, credentials: CREDENTIALS });
  const https_proxy = `https://${CREDENTIALS}@127.0.0.1:${proxy.port}`;
  const refused = await job.uses(inputs, { env: { https_proxy } });
  expect(failureOf(refused, job)).toMatch(/certificate of the proxy.*127\.0\.0\.1.*\(proxy, /);
  expect(refused.log).not.toMatch(/^Attempt/m);
  expect(proxy.tunnels).toEqual([]);
  expectSuccess(await job.uses(inputs, { env: { ...trust, https_proxy } }));
  expect(proxy.tunnels).toEqual([`${HOST}:443`]);
  expect(ims.requests).toHaveLength(1);
});

test('`--no-deprecation` costs no token behind a proxy, and no revocation', async ({
  ims,
  proxyTo,
  job,
  trust,
  inputs,
}) => {
  const proxy = await proxyTo({ credentials: CREDENTIALS });
  const https_proxy = `http://${CREDENTIALS}@127.0.0.1:${proxy.port}`;
  const env = { ...trust, https_proxy, NODE_OPTIONS: '--no-deprecation' };
  expectSuccess(await job.uses({ ...inputs, revoke: 'true' }, { env }));
  const [post] = await job.finish();
  expect(post).toMatchObject({ exitCode: 0, stderr: '', annotations: [] });
  expect(ims.revoked.size).toBe(1);
});

// tinyproxy would resolve the name of IMS itself, so another proxy does that for it.
test.skipIf(!hasTinyproxy)(
  'a proxy that others wrote leads to IMS',
  async ({ ims, proxyTo, job, trust, inputs, onTestFinished }) => {
    const upstream = await proxyTo();
    const proxy = await startTinyproxy(upstream.port, CREDENTIALS);
    onTestFinished(proxy.close);
    const https_proxy = `http://${CREDENTIALS}@127.0.0.1:${proxy.port}`;
    expectSuccess(await job.uses(inputs, { env: { ...trust, https_proxy } }));
    expect(ims.requests).toHaveLength(1);
  },
);

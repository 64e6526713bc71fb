/** TLS and proxies, with the whole step. */

import { writeFileSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeAll, describe, expect, it } from 'vitest';

import { type Authority, issueCertificate, makeAuthority } from './support/certificates.ts';
import { type ConnectProxy, type ProxyOptions, startProxy } from './support/connect-proxy.ts';
import { type ImsServer, startIms, testClient } from './support/ims-server.ts';
import { type Job, startJob } from './support/run-action.ts';
import { hasTinyproxy, startTinyproxy, type Tinyproxy } from './support/tinyproxy.ts';
import { expectSuccess, failureOf } from './support/verdicts.ts';

/** Some containers have the loopback interface without it. */
const hasIpv6 = Object.values(networkInterfaces()).some((addresses) =>
  addresses?.some(({ address }) => address === '::1'),
);
const [SECRET = ''] = testClient.secrets;
const PRODUCTION = 'https://ims-na1.adobelogin.com';
const cleanups: (() => Promise<void>)[] = [];
let authority: Authority;

beforeAll(async () => {
  authority = await makeAuthority();
});

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

type Scene = { readonly ims: ImsServer; readonly job: Job; readonly trust: Record<string, string> };

async function setUp(names: readonly string[], notAfter?: Date): Promise<Scene> {
  const tls = await issueCertificate(authority, notAfter ? { names, notAfter } : { names });
  const ims = await startIms({ tls });
  cleanups.push(() => ims.close());
  const job = await startJob({ secrets: [SECRET] });
  cleanups.push(() => job.dispose());
  const file = join(job.workspace, 'authority.pem');
  writeFileSync(file, authority.cert);
  return { ims, job, trust: { NODE_EXTRA_CA_CERTS: file } };
}

async function proxyFor(
  ims: ImsServer,
  options: Partial<ProxyOptions> = {},
): Promise<ConnectProxy> {
  const proxy = await startProxy({ port: ims.port, ...options });
  cleanups.push(() => proxy.close());
  return proxy;
}

const inputs = (url: string, more: Record<string, string> = {}): Record<string, string> => ({
  'client-id': testClient.id,
  'client-secret': SECRET,
  'ims-url': url,
  ...more,
});

describe('TLS', () => {
  it('with a private authority works by NODE_EXTRA_CA_CERTS', async () => {
    const { ims, job, trust } = await setUp(['127.0.0.1']);
    const step = await job.uses(inputs(ims.url), { env: trust });
    expectSuccess(step);
    expect(ims.requests).toHaveLength(1);
  });

  it.each([
    ['untrusted', ['127.0.0.1'], undefined, false, /NODE_EXTRA_CA_CERTS/],
    ['expired', ['127.0.0.1'], new Date(Date.now() - 3_600_000), true, /clock of the runner/],
    ['for another name', ['other.example'], undefined, true, /Another server answers/],
  ] as const)(
    'with a certificate that is %s fails at once, before a byte is sent',
    async (_name, names, notAfter, trusted, remedy) => {
      const { ims, job, trust } = await setUp(names, notAfter);
      const step = await job.uses(inputs(ims.url), { env: trusted ? trust : {} });
      const message = failureOf(step, job);
      expect(message).toMatch(/^The certificate of/);
      expect(message).toMatch(remedy);
      expect(ims.requests).toHaveLength(0);
      expect(ims.connections).toBe(1);
    },
  );

  it('that breaks while it is set up is tried again: nothing was sent, not even a code', async () => {
    const { ims, job, trust } = await setUp(['127.0.0.1']);
    ims.dropConnections(1);
    const code = ims.issueCode({ clientId: testClient.id });
    const grant = { 'grant-type': 'authorization_code', code };
    const step = await job.uses(inputs(ims.url, grant), { env: trust });
    expectSuccess(step);
    expect(step.log).toMatch(/^Attempt 1 failed: No connection to /m);
    expect(ims.connections).toBe(2);
    expect(ims.requests).toHaveLength(1);
  });

  it('that the server does not speak is told at once, and not called a certificate', async () => {
    const { job } = await setUp(['127.0.0.1']);
    const plain = await startIms();
    cleanups.push(() => plain.close());
    const step = await job.uses(inputs(`https://127.0.0.1:${plain.port}`));
    expect(failureOf(step, job)).toMatch(/^No TLS connection to .*Check the port/);
    expect(plain.connections).toBe(1);
  });

  it('is verified although NODE_TLS_REJECT_UNAUTHORIZED=0, and a warning says so', async () => {
    const { ims, job } = await setUp(['127.0.0.1']);
    const step = await job.uses(inputs(ims.url), { env: { NODE_TLS_REJECT_UNAUTHORIZED: '0' } });
    expect(failureOf(step, job)).toMatch(/certificate/);
    expect(step.annotations.filter((note) => note.level === 'warning')).toHaveLength(1);
    expect(ims.requests).toHaveLength(0);
    const [post] = await job.finish();
    expect(post?.annotations).toEqual([]);
  });
});

describe('localhost', () => {
  it('is the loopback interface, whatever a name server would say of it', async () => {
    const { ims, job, trust } = await setUp(['localhost']);
    const preload = join(job.workspace, 'no-names.cjs');
    writeFileSync(preload, "require('node:dns').lookup = () => { throw new Error('asked'); };");
    const url = `https://localhost:${ims.port}`;
    const env = { ...trust, NODE_OPTIONS: `--require=${preload}` };
    expectSuccess(await job.uses(inputs(url), { env }));
    expect(ims.requests).toHaveLength(1);
  });
});

describe('[::1]', () => {
  // Over http: Node 24.19 refuses a certificate for ::1, whatever it says.
  it.skipIf(!hasIpv6)('is the loopback interface, too', async () => {
    const ims = await startIms({ address: '::1' });
    cleanups.push(() => ims.close());
    const job = await startJob({ secrets: [SECRET] });
    cleanups.push(() => job.dispose());
    expectSuccess(await job.uses(inputs(`http://[::1]:${ims.port}`)));
    expect(ims.requests).toHaveLength(1);
  });
});

describe('a proxy', () => {
  it('is used for adobelogin.com', async () => {
    const { ims, job, trust } = await setUp(['ims-na1.adobelogin.com']);
    const proxy = await proxyFor(ims);
    const step = await job.uses(inputs(PRODUCTION), { env: { ...trust, https_proxy: proxy.url } });
    expectSuccess(step);
    expect(proxy.tunnels).toEqual(['ims-na1.adobelogin.com:443']);
    expect(ims.requests).toHaveLength(1);
  });

  it('gets its credentials, which stay out of the log', async () => {
    const { ims, job, trust } = await setUp(['ims-na1.adobelogin.com']);
    const proxy = await proxyFor(ims, { credentials: 'p8e-user:p8e-test-proxy' });
    const https_proxy = `http://p8e-user:p8e-test-proxy@127.0.0.1:${proxy.port}`;
    const step = await job.uses(inputs(PRODUCTION), { env: { ...trust, https_proxy } });
    expectSuccess(step);
    expect(step.stdout).not.toContain('p8e-test-proxy');
  });

  it('that wants credentials and gets none is told, after one attempt', async () => {
    const { ims, job, trust } = await setUp(['ims-na1.adobelogin.com']);
    const proxy = await proxyFor(ims, { credentials: 'p8e-user:p8e-test-proxy' });
    const step = await job.uses(inputs(PRODUCTION), { env: { ...trust, https_proxy: proxy.url } });
    expect(failureOf(step, job)).toMatch(/proxy refused.*407/);
    expect(proxy.tunnels).toHaveLength(1);
  });

  it.each<readonly [string, ProxyOptions['behaviour']]>([
    ['silent', 'silent'],
    ['vanishing', 'vanish'],
    ['overloaded', { status: 503 }],
  ])('that is %s is retried until the timeout, and the process ends', async (_name, behaviour) => {
    const { ims, job, trust } = await setUp(['ims-na1.adobelogin.com']);
    const proxy = await proxyFor(ims, behaviour ? { behaviour } : {});
    const env = { ...trust, https_proxy: proxy.url };
    const step = await job.uses(inputs(PRODUCTION, { timeout: '2' }), { env });
    failureOf(step, job);
    expect(proxy.tunnels.length).toBeGreaterThan(1);
    expect(step.durationMs).toBeLessThan(5000);
    expect(ims.requests).toHaveLength(0);
  });

  it.each([
    ['an unescaped % in its password', (port: number) => `http://u:100%sure@127.0.0.1:${port}`],
    ['no scheme', (port: number) => `localhost:${port}`],
    ['no meaning', () => ':::'],
  ])('whose URL has %s is not done without', async (_name, urlFor) => {
    const { ims, job } = await setUp(['ims-na1.adobelogin.com']);
    const https_proxy = urlFor((await proxyFor(ims)).port);
    const step = await job.uses(inputs(PRODUCTION), { env: { https_proxy } });
    expect(failureOf(step, job)).toMatch(/^`https_proxy` is not the URL of a proxy, so nothing/);
    expect(step.stdout).not.toContain('100%');
    expect(ims.connections).toBe(0);
  });

  it('is left out for a host in no_proxy', async () => {
    const { ims, job, trust } = await setUp(['127.0.0.1']);
    const proxy = await proxyFor(ims);
    const env = { ...trust, https_proxy: proxy.url, no_proxy: 'localhost,.adobelogin.com' };
    // Nothing answers for adobelogin.com here: what counts is that the proxy is not asked.
    await job.uses(inputs(PRODUCTION, { timeout: '1' }), { env });
    expect(proxy.tunnels).toEqual([]);
  });
});

describe.skipIf(!hasTinyproxy)('tinyproxy', () => {
  const CREDENTIALS = 'p8e-user:p8e-test-proxy-password';
  const [USER, PASSWORD] = CREDENTIALS.split(':');

  /** It would resolve the name of IMS itself, so it is led through the proxy that is made here. */
  async function chain(
    rules: readonly string[] = [],
    behaviour: ProxyOptions['behaviour'] = 'tunnel',
  ): Promise<Scene & { readonly proxy: Tinyproxy; readonly upstream: ConnectProxy }> {
    const scene = await setUp(['ims-na1.adobelogin.com']);
    const upstream = await proxyFor(scene.ims, { behaviour });
    const proxy = await startTinyproxy(upstream.port, rules);
    cleanups.push(() => proxy.close());
    return { ...scene, proxy, upstream };
  }

  it('without credentials leads to IMS', async () => {
    const { ims, job, trust, proxy, upstream } = await chain();
    const https_proxy = `http://127.0.0.1:${proxy.port}`;
    const step = await job.uses(inputs(PRODUCTION), { env: { ...trust, https_proxy } });
    expectSuccess(step);
    expect(upstream.tunnels).toEqual(['ims-na1.adobelogin.com:443']);
    expect(ims.requests).toHaveLength(1);
  });

  it('with credentials leads to IMS, and they stay out of the log', async () => {
    const { ims, job, trust, proxy } = await chain([`BasicAuth ${USER ?? ''} ${PASSWORD ?? ''}`]);
    const https_proxy = `http://${CREDENTIALS}@127.0.0.1:${proxy.port}`;
    const step = await job.uses(inputs(PRODUCTION), { env: { ...trust, https_proxy } });
    expectSuccess(step);
    expect(ims.requests).toHaveLength(1);
    expect(step.stdout).not.toContain(PASSWORD);
  });

  it.each([
    [
      'the wrong credentials',
      'p8e-user:p8e-test-wrong@',
      [`BasicAuth ${USER} ${PASSWORD}`],
      /40[137]/,
    ],
    ['a port that it forbids', '', ['ConnectPort 563'], /403/],
  ] as const)('that refuses %s is told at once', async (_name, credentials, rules, words) => {
    const { ims, job, trust, proxy, upstream } = await chain(rules);
    const https_proxy = `http://${credentials}127.0.0.1:${proxy.port}`;
    const step = await job.uses(inputs(PRODUCTION), { env: { ...trust, https_proxy } });
    expect(failureOf(step, job)).toMatch(/proxy refused/);
    expect(failureOf(step, job)).toMatch(words);
    expect(upstream.tunnels).toEqual([]);
    expect(ims.requests).toEqual([]);
    expect(step.durationMs).toBeLessThan(10_000);
  });

  it('that vanishes with the tunnel is told when the time is up', async () => {
    const { ims, job, trust, proxy, upstream } = await chain([], 'silent');
    const https_proxy = `http://127.0.0.1:${proxy.port}`;
    const killed = (async () => {
      while (upstream.tunnels.length === 0) await new Promise((resolve) => setImmediate(resolve));
      await proxy.kill();
    })();
    const step = await job.uses(inputs(PRODUCTION, { timeout: '2' }), {
      env: { ...trust, https_proxy },
    });
    await killed;
    expect(failureOf(step, job)).toMatch(/The proxy in `https_proxy` gave no connection/);
    expect(ims.requests).toEqual([]);
    expect(step.durationMs).toBeLessThan(5000);
  });
});

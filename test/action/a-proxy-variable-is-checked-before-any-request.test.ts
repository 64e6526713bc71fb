/** The proxy variable: what it may say, and that no request goes around it. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { hostAndPort, parseProxy } from '../../src/http/proxy.ts';

import { issueCertificate } from '../support/certificates.ts';
import { inputsFor } from '../support/fixtures.ts';
import {
  CREDENTIALS,
  hasIpv6,
  HOST,
  noteConnections,
  preload,
  test,
} from '../support/network-fixtures.ts';
import { expectSuccess, failureOf, messageOf, written } from '../support/verdicts.ts';

const PASSWORD = 'p8e-test-proxy-password';

const credentialsOf = (proxy: URL | undefined): unknown =>
  proxy && [proxy.username, proxy.password].map(decodeURIComponent);

describe('the address of a proxy', () => {
  it.for<readonly [string, string, string?, string?]>([
    ['http://proxy.example', 'http: proxy.example:80'],
    ['https://proxy.example', 'https: proxy.example:443'],
    ['proxy_1.example:8080/', 'http: proxy_1.example:8080'],
    ['Proxy.Example:1', 'http: proxy.example:1'],
    ['b\u00fccher.example:65535', 'http: xn--bcher-kva.example:65535'],
    [' http://10.0.0.1:3128\n', 'http: 10.0.0.1:3128'],
    ['[2001:DB8::0:1]:3128', 'http: [2001:db8::1]:3128'],
    ['https://[::1]/', 'https: [::1]:443'],
    ['http:8080', 'http: http:8080'],
    ['u:p@proxy.example:1', 'http: proxy.example:1', 'u', 'p'],
    ['http://u@proxy.example', 'http: proxy.example:80', 'u'],
    ['http://:p@proxy.example', 'http: proxy.example:80', '', 'p'],
    ['http://@proxy.example', 'http: proxy.example:80'],
    ['http://user:p@ss:w@host:1', 'http: host:1', 'user', 'p@ss:w'],
    ['http://jo@example.com:p@host:1', 'http: host:1', 'jo@example.com', 'p'],
    ['http://u:"p w"[\u00fc]@host:1', 'http: host:1', 'u', '"p w"[\u00fc]'],
  ])('%j is read', ([value, address, user = '', password = '']) => {
    const proxy = parseProxy(value);
    expect(proxy && `${proxy.protocol} ${hostAndPort(proxy)}`).toBe(address);
    expect(credentialsOf(proxy)).toEqual([user, password]);
  });

  it.each([
    ...['', ' ', 'proxy', 'proxy:', ':1', 'proxy:0', 'proxy:00', 'proxy:65536', 'proxy:100000'],
    ...['http://', 'http:///', 'http:/proxy', 'http:proxy:1', '//proxy:1', 'socks5://proxy:1'],
    ...['http://proxy//', 'http://proxy/a', 'http://proxy?', 'http://proxy#', 'proxy:1 proxy:2'],
    ...['[::1', '[::1]', '[::g]:1', '::1:1', '[1.2.3]:1', '1.2.3.256:1', 'pro"xy:1', 'a%2fb:1'],
    ...['u:p%@proxy:1', 'u:%zz@proxy:1', 'u:%ff@proxy:1', 'u\\v:p@proxy:1', 'u:p\t@proxy:1'],
    `${'a'.repeat(254)}:1`,
  ])('%j is refused', (value) => {
    expect(parseProxy(value)).toBeUndefined();
  });

  it('may hold any user and password, encoded', () => {
    const text = fc.string({ unit: 'grapheme' }).filter((value) => value.isWellFormed());
    fc.assert(
      fc.property(text, text, (user, password) => {
        const [name, word] = [user, password].map(encodeURIComponent);
        const proxy = parseProxy(`http://${name ?? ''}:${word ?? ''}@host`);
        expect(credentialsOf(proxy)).toEqual([user, password]);
      }),
    );
  });
});

describe.concurrent('a proxy variable', () => {
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
    'may be %s: the proxy sees the CONNECT, and nothing goes beside it',
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
    'may name an IPv6 address, %s a password',
    async ([, credentials], { ims, proxyTo, job, trust, inputs }) => {
      const proxy = await proxyTo({ address: '::1', ...(credentials && { credentials }) });
      for (const scheme of ['http://', '']) {
        const https_proxy = `${scheme}${credentials ? `${credentials}@` : ''}[::1]:${proxy.port}`;
        const step = await job.uses(
          { ...inputs, reuse: 'none' },
          { env: { ...trust, https_proxy } },
        );
        expectSuccess(step);
      }
      expect(ims.requests).toHaveLength(2);
    },
  );

  test.for<readonly [string, string]>([
    ['is of SOCKS', 'socks5h://127.0.0.1:PORT'],
    ['is of FTP', 'ftp://127.0.0.1:PORT'],
    ['has no scheme and no port', '127.0.0.1'],
    ['is `DIRECT`', 'DIRECT'],
    ['is a line of a PAC file', 'PROXY 127.0.0.1:PORT'],
    ['has a path', 'http://127.0.0.1:PORT/proxy.pac'],
    ['has a query', 'http://127.0.0.1:PORT?p8e'],
    ['has a fragment', 'http://127.0.0.1:PORT/#p8e'],
    ['is in quotes', '"http://127.0.0.1:PORT"'],
    ['is in single quotes', "'127.0.0.1:PORT'"],
    ['has a domain before its user', `http://CORP\\p8e-user:${PASSWORD}@127.0.0.1:PORT`],
    ['has a / in its password', `http://p8e-user:12/34${PASSWORD}@127.0.0.1:PORT`],
    ['has a ? in its password', `http://p8e-user:12?34${PASSWORD}@127.0.0.1:PORT`],
    ['has a # in its password', `http://p8e-user:12#34${PASSWORD}@127.0.0.1:PORT`],
    ['has a % in its password', `http://p8e-user:100%sure${PASSWORD}@127.0.0.1:PORT`],
    ['has bytes in its password that are no text', 'http://p8e-user:%ff@127.0.0.1:PORT'],
    ['has no port after its colon', 'http://127.0.0.1:'],
    ['has a port that is none', 'http://127.0.0.1:65536'],
    ['has port 0', 'http://127.0.0.1:0'],
    ['has an IPv6 address without brackets', 'http://::1:PORT'],
    ['is blank', '   '],
    ['has no meaning', ':::'],
  ])(
    'that %s is refused at once, and nothing is sent',
    async ([, value], { ims, proxyTo, job, inputs }) => {
      const proxy = await proxyTo();
      const noted = noteConnections(job);
      const https_proxy = value.replace('PORT', String(proxy.port));
      // The host of `no_proxy` is another one.
      const env = { https_proxy, no_proxy: 'p8e.example', NODE_OPTIONS: noted.options };
      const step = await job.uses(inputs, { env });
      const message = failureOf(step, job);
      expect(message).toMatch(/^`https_proxy` is not the URL of a proxy, so nothing was sent\./);
      expect(message).toMatch(/http:\/\/host:port.*SOCKS.*% @ : \/ \? # \\.*\(proxy\)$/);
      expect(step.log).not.toMatch(/^Attempt/m);
      for (const part of ['p8e-user', PASSWORD, 'CORP', 'sure', '127.0.0.1'])
        expect(written(step)).not.toContain(part);
      expect(noted.opened()).toEqual([]);
      expect([proxy.tunnels, ims.connections]).toEqual([[], 0]);
    },
  );

  test('that is refused fails the step even where a kept token would do', async ({
    proxyTo,
    job,
    trust,
    inputs,
  }) => {
    const proxy = await proxyTo();
    const uses = (env: Readonly<Record<string, string>>) => job.uses(inputs, { env });
    expectSuccess(await uses({ ...trust, https_proxy: proxy.url }));
    expect(messageOf(await uses({ https_proxy: 'DIRECT' }))).toMatch(/\(proxy\)$/);
    for (const exempt of [{ no_proxy: '.adobelogin.com' }, { NO_PROXY: '*' }]) {
      const step = await uses({ https_proxy: 'DIRECT', ...exempt });
      expectSuccess(step);
      expect(step.outputs['source']).toBe('job');
    }
  });

  test('comes after the inputs, which are reported alone', async ({ job, inputs }) => {
    const env = { https_proxy: 'DIRECT' };
    const step = await job.uses({ ...inputs, timeout: 'x' }, { env });
    expect(failureOf(step, job)).toMatch(/`timeout`.*\(invalid_input\)$/);
  });

  test('is no matter for IMS on the loopback interface', async ({ startIms, job }) => {
    const ims = await startIms();
    const env = { https_proxy: 'DIRECT', HTTPS_PROXY: 'DIRECT', http_proxy: 'DIRECT' };
    expectSuccess(await job.uses(inputsFor(ims), { env }));
  });

  // On Windows, both names are the same variable.
  test.skipIf(process.platform === 'win32').for([
    ['https_proxy', 'HTTPS_PROXY'],
    ['HTTPS_PROXY', ''],
  ] as const)('is called %s where that is the one', async ([name, other], { job, inputs }) => {
    const others = other === '' ? {} : { [other]: 'http://127.0.0.1:1' };
    const refused = await job.uses(inputs, { env: { [name]: 'DIRECT', ...others } });
    expect(messageOf(refused)).toMatch(new RegExp(`^\`${name}\` is not the URL of a proxy`));
    const env = { [name]: 'localhost:1', ...(other === '' ? {} : { [other]: 'DIRECT' }) };
    const unreached = await job.uses({ ...inputs, timeout: '4' }, { env });
    expect(messageOf(unreached)).toContain(`\`${name}\``);
  });
});

describe.concurrent('a proxy that cannot be reached', () => {
  test.for([
    ['http://localhost:1', /localhost:1\b/],
    [`http://${CREDENTIALS}@localhost:1/`, /localhost:1\b/],
    [`${CREDENTIALS}@127.0.0.1:1`, /127\.0\.0\.1:1\b/],
    ['http://[::1]:1', /\[::1\]:1\b/],
  ] as const)(
    'is named by host and port alone: %s',
    async ([https_proxy, name], { job, inputs }) => {
      const step = await job.uses({ ...inputs, timeout: '1' }, { env: { https_proxy } });
      const message = failureOf(step, job);
      expect(message).toMatch(name);
      expect(message).toMatch(/gave no connection.*\(proxy, E[A-Z]+\)$/);
      expect(written(step)).not.toMatch(/p8e-user|proxy-password/);
    },
  );
});

describe.concurrent('a proxy that speaks https', () => {
  test('leads to IMS once its certificate is trusted', async ({
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

  test('says so at once where it does not', async ({ proxyTo, job, inputs }) => {
    const proxy = await proxyTo();
    const https_proxy = `https://127.0.0.1:${proxy.port}`;
    const step = await job.uses(inputs, { env: { https_proxy } });
    expect(failureOf(step, job)).toMatch(/No TLS connection to the proxy.*http:\/\/.*\(proxy, /);
    expect(step.log).not.toMatch(/^Attempt/m);
  });
});

describe.concurrent('a defect of the action', () => {
  test.for([
    ['a TypeError', 'new TypeError(TEXT)', 'TypeError'],
    ['a TypeError with a code', 'Object.assign(new TypeError(TEXT), CODED)', 'TypeError'],
    ['a RangeError with a code', 'Object.assign(new RangeError(TEXT), CODED)', 'RangeError'],
    ['an error without a code', 'new Error(TEXT)', 'Error'],
  ] as const)(
    '(%s) is called one, at once',
    async ([, thrown, kind], { startIms, job, proxyTo }) => {
      const program = `
      const [TEXT, CODED] = ['p8e-test-text', { code: 'ERR_INVALID_CHAR' }];
      require('node:net').Socket.prototype.connect = () => { throw ${thrown}; };`;
      const NODE_OPTIONS = preload(job, 'defect', program);
      const direct = inputsFor(await startIms());
      const { url: https_proxy } = await proxyTo();
      const proxied = inputsFor({ url: `https://${HOST}` });
      for (const inputs of [direct, proxied]) {
        const step = await job.uses(inputs, { env: { NODE_OPTIONS, https_proxy } });
        const message = failureOf(step, job);
        expect(message).toContain(`Unexpected error in the action (${kind}).`);
        expect(message).toMatch(/\(unexpected\)$/);
        expect(step.log).not.toMatch(/^Attempt/m);
        expect(written(step)).not.toContain('p8e-test-text');
      }
    },
  );
});

test('a silent proxy costs no code, as IMS cannot have it', async ({
  ims,
  proxyTo,
  job,
  inputs,
}) => {
  const proxy = await proxyTo({ behaviour: 'silent' });
  const grant = { 'grant-type': 'authorization_code', code: 'p8e-test-code', timeout: '2' };
  const step = await job.uses({ ...inputs, ...grant }, { env: { https_proxy: proxy.url } });
  expect(failureOf(step, job)).not.toMatch(/answer_lost/);
  expect(proxy.tunnels.length).toBeGreaterThan(1);
  expect(ims.connections).toBe(0);
});

test('a code whose answer is lost behind a proxy is sent once', async ({
  ims,
  proxyTo,
  job,
  trust,
  inputs,
}) => {
  const proxy = await proxyTo();
  ims.scriptAlways({ fault: 'reset-before-answer' });
  const grant = { 'grant-type': 'authorization_code', code: 'p8e-test-code' };
  const env = { ...trust, https_proxy: proxy.url };
  const step = await job.uses({ ...inputs, ...grant }, { env });
  expect(failureOf(step, job)).toMatch(/not sent again.*\(answer_lost/);
  expect(ims.requests).toHaveLength(1);
});

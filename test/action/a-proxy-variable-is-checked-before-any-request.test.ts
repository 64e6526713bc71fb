/** A proxy variable that names no proxy fails the step before any request. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { hostAndPort, parseProxy } from '../../src/http/proxy.ts';

import { noteConnections, test } from '../support/network-fixtures.ts';
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
        const credentials = [user, password].map(encodeURIComponent).join(':');
        expect(credentialsOf(parseProxy(`http://${credentials}@host`))).toEqual([user, password]);
      }),
    );
  });
});

describe.concurrent('a proxy variable', () => {
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

  test('is not checked if an input is wrong', async ({ job, inputs }) => {
    const env = { https_proxy: 'DIRECT' };
    const step = await job.uses({ ...inputs, timeout: 'x' }, { env });
    expect(failureOf(step, job)).toMatch(/`timeout`.*\(invalid_input\)$/);
  });

  // On Windows, both names are the same variable.
  test.skipIf(process.platform === 'win32').for([
    ['https_proxy', 'HTTPS_PROXY'],
    ['HTTPS_PROXY', ''],
  ] as const)(
    'is called %s in the message, if that is the one in use',
    async ([name, other], { job, inputs }) => {
      const otherEnv = other === '' ? {} : { [other]: 'http://127.0.0.1:1' };
      const refused = await job.uses(inputs, { env: { [name]: 'DIRECT', ...otherEnv } });
      expect(messageOf(refused)).toMatch(new RegExp(`^\`${name}\` is not the URL of a proxy`));
      const env = { [name]: 'localhost:1', ...(other === '' ? {} : { [other]: 'DIRECT' }) };
      const unreached = await job.uses({ ...inputs, timeout: '4' }, { env });
      expect(messageOf(unreached)).toContain(`\`${name}\``);
    },
  );
});

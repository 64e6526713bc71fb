/** What goes wrong at a proxy is reported as such, with the reason. */

import { describe, expect } from 'vitest';

import type { ProxyOptions } from '../support/connect-proxy.ts';
import { expectEndsWithin } from '../support/limits.ts';
import { CREDENTIALS, test } from '../support/network-fixtures.ts';
import { failureOf, written } from '../support/verdicts.ts';

test.for<readonly [string, ProxyOptions, RegExp]>([
  ['wants credentials', { credentials: CREDENTIALS }, /proxy refused.*407/],
  ['forbids the host', { behaviour: { status: 403 } }, /proxy refused.*403/],
])(
  'a proxy that %s is reported after one attempt',
  async ([, options, pattern], { ims, proxyTo, job, inputs }) => {
    const proxy = await proxyTo(options);
    const step = await job.uses(inputs, { env: { https_proxy: proxy.url } });
    expect(failureOf(step, job)).toMatch(pattern);
    expect(proxy.tunnels).toHaveLength(1);
    expect(ims.connections).toBe(0);
  },
);

// Concurrent, as each of these takes seconds.
describe.concurrent('within `timeout`', () => {
  test.for<readonly [string, NonNullable<ProxyOptions['behaviour']>, RegExp]>([
    ['is silent', 'silent', /did not answer in time/],
    ['goes away', 'vanish', /proxy in `https_proxy` gave no connection/],
    ['is overloaded', { status: 503 }, /proxy.*503/],
  ])(
    'a proxy that %s is tried again',
    async ([, behaviour, pattern], { ims, proxyTo, job, inputs }) => {
      const proxy = await proxyTo({ behaviour });
      const env = { https_proxy: proxy.url };
      const step = await job.uses({ ...inputs, timeout: '9' }, { env });
      expect(failureOf(step, job)).toMatch(pattern);
      expect(proxy.tunnels.length).toBeGreaterThan(1);
      expectEndsWithin(9, step);
      expect(ims.connections).toBe(0);
    },
  );

  test.for([
    ['http://localhost:1', /localhost:1\b.*\(proxy, ECONNREFUSED\)$/],
    [`http://${CREDENTIALS}@localhost:1/`, /localhost:1\b.*\(proxy, ECONNREFUSED\)$/],
    [`${CREDENTIALS}@127.0.0.1:1`, /127\.0\.0\.1:1\b.*\(proxy, ECONNREFUSED\)$/],
    // A machine may have no such address.
    ['http://[::1]:1', /\[::1\]:1\b.*\(proxy, E[A-Z]+\)$/],
  ] as const)(
    'a proxy that cannot be reached is named by host and port alone: %s',
    async ([https_proxy, pattern], { job, inputs }) => {
      const step = await job.uses({ ...inputs, timeout: '5' }, { env: { https_proxy } });
      const message = failureOf(step, job);
      expect(message).toMatch(pattern);
      expect(message).toContain('gave no connection');
      expect(written(step)).not.toMatch(/p8e-user|proxy-password/);
    },
  );
});

test('a proxy that does not speak https is reported at once', async ({ proxyTo, job, inputs }) => {
  const proxy = await proxyTo();
  const https_proxy = `https://127.0.0.1:${proxy.port}`;
  const step = await job.uses(inputs, { env: { https_proxy } });
  expect(failureOf(step, job)).toMatch(/No TLS connection to the proxy.*http:\/\/.*\(proxy, /);
  expect(step.log).not.toMatch(/^Attempt/m);
});

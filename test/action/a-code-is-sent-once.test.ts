/** A code that IMS may have used is not sent again. */

import { expect } from 'vitest';

import { test } from '../support/fixtures.ts';
import { test as overNetwork } from '../support/network-fixtures.ts';
import { ofCode } from '../support/user-grants.ts';
import { failureOf, messageOf } from '../support/verdicts.ts';

test.for(['reset-before-answer', 'garbled-headers', 'garbled-body'] as const)(
  'a code whose answer is lost (%s) is not sent again',
  async (fault, { ims, job, inputs }) => {
    ims.script({ fault });
    const step = await job.uses({ ...inputs, ...ofCode(ims) });
    expect(messageOf(step)).toMatch(/lost.*probably used up.*not sent again.*sign in again/);
    expect(ims.requests).toHaveLength(1);
  },
);

overNetwork(
  'a silent proxy costs no code, as IMS cannot have it',
  async ({ ims, proxyTo, job, inputs }) => {
    const proxy = await proxyTo({ behaviour: 'silent' });
    const grant = { 'grant-type': 'authorization_code', code: 'p8e-test-code', timeout: '9' };
    const step = await job.uses({ ...inputs, ...grant }, { env: { https_proxy: proxy.url } });
    expect(failureOf(step, job)).not.toMatch(/answer_lost/);
    expect(proxy.tunnels.length).toBeGreaterThan(1);
    expect(ims.connections).toBe(0);
  },
);

overNetwork(
  'a code whose answer is lost behind a proxy is not sent again',
  async ({ ims, proxyTo, job, trust, inputs }) => {
    const proxy = await proxyTo();
    ims.scriptAlways({ fault: 'reset-before-answer' });
    const grant = { 'grant-type': 'authorization_code', code: 'p8e-test-code' };
    const env = { ...trust, https_proxy: proxy.url };
    const step = await job.uses({ ...inputs, ...grant }, { env });
    expect(failureOf(step, job)).toMatch(/not sent again.*\(answer_lost/);
    expect(ims.requests).toHaveLength(1);
  },
);

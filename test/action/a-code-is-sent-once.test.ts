/** A code that IMS may have used is not sent again. */

import { connect, createServer } from 'node:net';

import { expect } from 'vitest';

import { inputsFor, test } from '../support/fixtures.ts';
import { listen } from '../support/listen.ts';
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

overNetwork(
  'a code whose answer cannot be decrypted is not sent again',
  async ({ certified, job, trust, onTestFinished }) => {
    const ims = await certified('127.0.0.1');
    const relay = createServer((socket) => {
      const upstream = connect(ims.port, '127.0.0.1');
      for (const end of [socket, upstream]) end.on('error', () => end.destroy());
      socket.on('close', () => upstream.destroy()).pipe(upstream);
      // What the server says after it has read the request is no record of TLS.
      upstream.on('data', (data) => {
        socket.write(ims.requests.length === 0 ? data : 'p8e-test garbage');
      });
    });
    onTestFinished(() => void relay.close());
    const url = `https://127.0.0.1:${await listen(relay)}`;
    const step = await job.uses({ ...inputsFor({ url }), ...ofCode(ims) }, { env: trust });
    expect(failureOf(step, job)).toMatch(/connection to \S+ broke.*\(answer_lost, ERR_SSL_/);
    expect(ims.requests).toHaveLength(1);
  },
);

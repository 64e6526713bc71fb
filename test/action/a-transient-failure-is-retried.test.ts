/** A failure that may pass costs one more request, and one line in the log. */

import { describe, expect, it } from 'vitest';

import { answerOf, failureOfToken } from '../support/answers.ts';
import { inputsFor, test } from '../support/fixtures.ts';
import { retryAfter, type ScriptedAnswer, testClient } from '../support/ims-server.ts';
import { test as overNetwork } from '../support/network-fixtures.ts';
import { ofCode, ofRefreshToken, webApp } from '../support/user-grants.ts';
import { expectSuccess } from '../support/verdicts.ts';

const CASES: Readonly<Record<string, ScriptedAnswer>> = {
  'HTTP 408': { status: 408 },
  'HTTP 429': { status: 429 },
  'HTTP 500': { status: 500 },
  'HTTP 503 with a page': { status: 503, body: '<html>' },
  'a reset after the request': { fault: 'reset-before-answer' },
  'an answer that is cut off': { fault: 'cut-off' },
  'headers that cannot be parsed': { fault: 'garbled-headers' },
  'a body that cannot be parsed': { fault: 'garbled-body' },
  'an empty answer': { body: '' },
  'a page in place of an answer': { body: '<html>maintenance</html>' },
  'a Retry-After in the past': retryAfter('Mon, 02 Nov 2020 00:00:00 GMT'),
  'a Retry-After of garbage': retryAfter('soon ##[error]x'),
};

describe.concurrent('a transient failure of IMS', () => {
  test.for(Object.entries(CASES))(
    '(%s) costs one more request, and one line in the log',
    async ([, answer], { ims, job, inputs }) => {
      ims.script(answer);
      const step = await job.uses(inputs);
      expectSuccess(step);
      expect(ims.requests).toHaveLength(2);
      const lines = [...step.log.matchAll(/^Attempt 1 failed: .*Next attempt in ([\d.]+) s\.$/gm)];
      expect(lines).toHaveLength(1);
      expect(Number(lines[0]?.[1])).toBeLessThanOrEqual(1.5);
      expect(step.annotations).toEqual([]);
    },
  );

  test('(a connection that closes at once) is got over', async ({ ims, job, inputs }) => {
    ims.dropConnections(1);
    expectSuccess(await job.uses(inputs));
    expect(ims.connections).toBe(2);
    expect(ims.requests).toHaveLength(1);
  });
});

overNetwork(
  'TLS that breaks early is tried again, even for a code',
  async ({ certified, job, trust }) => {
    const ims = await certified('127.0.0.1');
    ims.dropConnections(1);
    const code = ims.issueCode({ clientId: testClient.id });
    const grant = { 'grant-type': 'authorization_code', code };
    const step = await job.uses({ ...inputsFor(ims), ...grant }, { env: trust });
    expectSuccess(step);
    expect(step.log).toMatch(/^Attempt 1 failed: No connection to /m);
    expect(ims.connections).toBe(2);
    expect(ims.requests).toHaveLength(1);
  },
);

overNetwork(
  'TLS that breaks early behind a proxy is tried again too',
  async ({ ims, proxyTo, job, trust, inputs }) => {
    const proxy = await proxyTo();
    ims.dropConnections(1);
    const code = ims.issueCode({ clientId: testClient.id });
    const grant = { 'grant-type': 'authorization_code', code };
    const env = { ...trust, https_proxy: proxy.url };
    expectSuccess(await job.uses({ ...inputs, ...grant }, { env }));
    expect(proxy.tunnels).toHaveLength(2);
    expect(ims.requests).toHaveLength(1);
  },
);

describe('of a Web App', () => {
  test.override('client', webApp);

  test.for([
    ['a refresh token', ofRefreshToken, { fault: 'reset-before-answer' }, 2],
    ['a code that was not served', ofCode, { status: 503 }, 3],
  ] as const)(
    '%s is sent again after a transient failure',
    async ([, grantOf, answer, requests], { ims, job, inputs }) => {
      ims.script(answer);
      expectSuccess(await job.uses({ ...inputs, ...grantOf(ims) }));
      expect(ims.requests).toHaveLength(requests);
    },
  );
});

describe('an answer', () => {
  it.each(['', '{"access_token":"p8e-te', '<html>', '[]', 'null', '"x"'])(
    'with body %j is not JSON, and is asked for again',
    (body) => {
      expect(failureOfToken(answerOf(body))).toMatchObject({
        code: 'malformed_answer',
        retry: { mayBeServed: true },
      });
    },
  );

  it.each([
    [408, false],
    [429, false],
    [500, true],
    [502, true],
    [503, false],
    [504, true],
  ])('of status %i is asked for again; the request may have been served: %j', (status, served) => {
    const given = answerOf('', status, { 'retry-after': '7' });
    expect(failureOfToken(given)?.retry).toEqual({ afterMs: 7000, mayBeServed: served });
  });
});

/** What goes wrong with IMS: what is tried again and what is not, that the step ends, and what it reports. */

import { describe, expect } from 'vitest';

import { SECRET, test } from '../support/fixtures.ts';
import { type ScriptedAnswer, testClient, tokenAnswer } from '../support/ims-server.ts';
import { expectSuccess, failureOf, messageOf, written } from '../support/verdicts.ts';

const retryAfter = (value: string): ScriptedAnswer => ({
  status: 503,
  headers: { 'retry-after': value },
});

// Most of these wait: for the next attempt, or for the end of `timeout`.
describe.concurrent('a transient failure', () => {
  const cases: Readonly<Record<string, ScriptedAnswer>> = {
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
  test.for(Object.entries(cases))(
    '(%s) costs one more request, and one line in the log',
    async ([, answer], { ims, job, inputs }) => {
      ims.script(answer);
      const step = await job.uses(inputs);
      expectSuccess(step);
      expect(ims.requests).toHaveLength(2);
      expect(step.log.match(/^Attempt 1 failed: .*Next attempt in [\d.]+ s\.$/gm)).toHaveLength(1);
      expect(step.annotations).toEqual([]);
      expect(step.durationMs).toBeLessThan(8000);
    },
  );

  test('(a connection that closes at once) is got over', async ({ ims, job, inputs }) => {
    ims.dropConnections(1);
    expectSuccess(await job.uses(inputs));
    expect(ims.connections).toBe(2);
    expect(ims.requests).toHaveLength(1);
  });

  test('is tried again when Retry-After says, in seconds', async ({ ims, job, inputs }) => {
    ims.script(retryAfter('1'));
    expectSuccess(await job.uses(inputs));
    const [first, second] = ims.requests;
    expect((second?.atMs ?? 0) - (first?.atMs ?? 0)).toBeGreaterThan(900);
  });

  test.for([
    ['a date', (date: string) => date],
    // The form of asctime, RFC 9110, section 5.6.7: it names no zone.
    [
      'a date without a zone',
      (date: string) => date.replace(/, (\d+) (\w+) (\d+) (.*) GMT/, ' $2 $1 $4 $3'),
    ],
  ] as const)(
    'is tried again when Retry-After says, as %s, wherever the runner is',
    async ([, form], { ims, job, inputs }) => {
      ims.script(retryAfter(form(new Date(Date.now() + 3000).toUTCString())));
      expectSuccess(await job.uses(inputs, { env: { TZ: 'America/New_York' } }));
      const [first, second] = ims.requests;
      expect((second?.atMs ?? 0) - (first?.atMs ?? 0)).toBeGreaterThan(500);
    },
  );
});

describe.concurrent('an unusual answer that is right is taken', () => {
  const { body } = tokenAnswer();
  const cases: Readonly<Record<string, ScriptedAnswer>> = {
    'one byte at a time': { fault: 'byte-by-byte', body },
    'of 64 KiB, as another content type': {
      headers: { 'content-type': 'text/html' },
      body: body.padEnd(64 * 1024),
    },
  };
  test.for(Object.entries(cases))('%s', async ([, answer], { ims, job, inputs }) => {
    ims.script(answer);
    const step = await job.uses(inputs);
    expectSuccess(step);
    expect(ims.requests).toHaveLength(1);
  });
});

describe.concurrent('a failure that lasts until `timeout` ends the step in time', () => {
  const cases: readonly (readonly [string, ScriptedAnswer, RegExp])[] = [
    ['HTTP 503', { status: 503 }, /IMS is not available.*HTTP 503/],
    ['silence', { fault: 'silence' }, /did not answer in time/],
    ['HTTP 101', { fault: 'switching-protocols' }, /did not answer in time/],
    ['slow headers', { fault: 'slow-headers' }, /did not answer in time/],
    ['one byte a second', { fault: 'byte-per-second' }, /did not answer in time/],
    ['a body without an end', { fault: 'left-open' }, /did not answer in time.*\(timeout, /],
    ['garbled headers', { fault: 'garbled-headers' }, /not valid HTTP.*\(malformed_answer, HPE_/],
    ['an answer that is cut off', { fault: 'cut-off' }, /broke before the whole answer came/],
  ];
  test.for(cases)('%s', async ([, answer, words], { ims, job, inputs }) => {
    ims.scriptAlways(answer);
    const step = await job.uses({ ...inputs, timeout: '4' });
    expect(failureOf(step, job)).toMatch(words);
    expect(ims.requests.length).toBeGreaterThan(1);
    // `timeout` and a second, and three more for starting a process on a busy machine.
    expect(step.durationMs).toBeLessThan(8000);
  });

  test('connections that close', async ({ ims, job, inputs }) => {
    ims.dropConnections(1000);
    const step = await job.uses({ ...inputs, timeout: '4' });
    expect(failureOf(step, job)).toMatch(/broke before the whole answer came/);
    expect(ims.connections).toBeGreaterThan(1);
    expect(step.durationMs).toBeLessThan(8000);
  });

  test('nobody who listens', async ({ ims, job, inputs }) => {
    await ims.close();
    const step = await job.uses({ ...inputs, timeout: '1' });
    expect(failureOf(step, job)).toMatch(/No connection.*ECONNREFUSED/);
  });
});

describe.concurrent('a failure that trying again cannot mend is reported after one request', () => {
  const withError = (status: number): ScriptedAnswer => ({ status, body: '{"error":"p8e_test"}' });
  const page = (status: number): ScriptedAnswer => ({ status, body: '<html>no</html>' });
  const cases: readonly (readonly [string, ScriptedAnswer, RegExp])[] = [
    ['HTTP 400', withError(400), /p8e_test, HTTP 400/],
    ['HTTP 403', withError(403), /p8e_test, HTTP 403/],
    ...[401, 403, 404].map(
      (status) => [`HTTP ${status} from a gateway`, page(status), /gateway/i] as const,
    ),
    ['HTTP 418', page(418), /418/],
    ['an endless body', { fault: 'endless' }, /64 KiB/],
    ['64 KiB and a byte', { body: Buffer.alloc(64 * 1024 + 1, ' ') }, /64 KiB/],
    ['a Retry-After beyond `timeout`', retryAfter('3600'), /asks to wait \d+ s.*`timeout`/],
    [
      'a Retry-After in another century',
      retryAfter('Fri, 01 Jan 2100 00:00:00 GMT'),
      /asks to wait \d+ s.*`timeout`/,
    ],
    ['an answer without expiry', tokenAnswer({ expires_in: undefined }), /`expires_in`/],
    ['a token that is no text', tokenAnswer({ access_token: 7 }), /`access_token`/],
    ['a token of another type', tokenAnswer({ token_type: 'mac' }), /`token_type`/],
  ];
  test.for(cases)('%s', async ([, answer, words], { ims, job, inputs }) => {
    ims.scriptAlways(answer);
    const step = await job.uses(inputs);
    expect(failureOf(step, job)).toMatch(words);
    expect(ims.requests).toHaveLength(1);
    expect(step.durationMs).toBeLessThan(10_000);
  });

  test.for([302, 307])(
    'a redirect with %i, which is not followed',
    async (status, { ims, startIms, job, inputs }) => {
      const other = await startIms();
      ims.scriptAlways({ status, headers: { location: `${other.url}/ims/token/v3` } });
      expect(failureOf(await job.uses(inputs), job)).toMatch(/redirect/);
      expect(ims.requests).toHaveLength(1);
      expect(other.connections).toBe(0);
    },
  );

  test.for([
    [
      'a wrong secret',
      { 'client-secret': 'p8e-test-wrong' },
      /client secret.*invalid_client.*x-debug-id/,
    ],
    ['an unknown client', { 'client-id': 'p8e-test-nobody' }, /client ID.*stage.*invalid_client/],
    [
      'a scope that is not granted',
      { scopes: 'openid,p8e_no_such_scope' },
      /p8e_no_such_scope.*Developer Console.*invalid_scope/,
    ],
  ] as const)('%s', async ([, change, words], { ims, job, inputs }) => {
    expect(failureOf(await job.uses({ ...inputs, ...change }), job)).toMatch(words);
    expect(ims.requests).toHaveLength(1);
  });
});

test('wrong inputs are reported at once, before any connection', async ({ ims, job, inputs }) => {
  const { port } = ims;
  for (const url of [
    `https://adobelogin.com.evil.example:${port}`,
    `https://evil-adobelogin.com:${port}`,
    `https://x@127.0.0.1:${port}`,
    `http://0.0.0.0:${port}`,
    `http://adobelogin.com:${port}`,
  ]) {
    const step = await job.uses({ ...inputs, 'ims-url': url, timeout: 'x' });
    expect(failureOf(step, job)).toMatch(/`ims-url`.*`timeout`/);
  }
  expect(ims.connections).toBe(0);
});

describe.concurrent('of what a server says, the log shows', () => {
  test('nothing raw, and not much', async ({ ims, job, inputs }) => {
    const evil = `\n::error::p8e-evil\r::set-output name=access-token::x ##[add-mask]y\n${SECRET} ${encodeURIComponent(SECRET)} `;
    ims.scriptAlways({
      status: 400,
      headers: { 'x-debug-id': `##[error]${SECRET}` },
      body: JSON.stringify({ error: evil, error_description: evil + 'x'.repeat(50_000) }),
    });
    const step = await job.uses(inputs);
    messageOf(step);
    expect(written(step).length).toBeLessThan(2500);
    expect(written(step).match(/^\s*::/gm)).toHaveLength(1);
    expect(step.stdout).not.toContain('##[');
  });

  // Wherever the text is cut, nothing that the masker does not know may be left.
  test.for([8, 20, 40])(
    'no part of a secret that is cut after %i characters',
    async (shown, { ims, job, inputs }) => {
      const basic = Buffer.from(`${testClient.id}:${SECRET}`).toString('base64');
      const grant = { 'grant-type': 'refresh_token', 'refresh-token': 'p8e-test-refresh' };
      const text = `headers: ${'-'.repeat(300 - 'headers: '.length - shown)}${basic}`;
      ims.scriptAlways({
        status: 400,
        headers: { 'x-debug-id': `${'-'.repeat(100 - shown)}${basic}` },
        body: JSON.stringify({ error: 'invalid_request', error_description: text }),
      });
      const message = messageOf(await job.uses({ ...inputs, ...grant }));
      expect(message).not.toContain(basic.slice(0, 8));
    },
  );

  test.for([
    [400, { error: 'invalid_request' }],
    [200, { token_type: 'mac', expires_in: 60 }],
  ] as const)(
    'no part of a token that comes with HTTP %i and is not taken',
    async ([status, fields], { ims, job, inputs }) => {
      const token = 'p8e-test-token-'.padEnd(600, '0123456789');
      const body = JSON.stringify({ ...fields, error_description: token, access_token: token });
      ims.scriptAlways({ status, headers: { 'x-debug-id': token }, body });
      expect(messageOf(await job.uses(inputs))).not.toContain('p8e-test-token');
    },
  );

  test('no secret that a header repeats as UTF-8', async ({ ims, startJob, inputs }) => {
    const secret = 'p8e-test-\u00fc-0123456789';
    const job = await startJob({ secrets: [secret] });
    const header = Buffer.from(secret, 'utf8').toString('latin1');
    ims.scriptAlways({ status: 400, headers: { 'x-debug-id': header }, body: '{}' });
    const step = await job.uses({ ...inputs, 'client-secret': secret });
    expect(messageOf(step)).toContain('x-debug-id ***');
  });
});

/** What a hostile or broken server can do to the step: it ends, and says why. */

import { afterEach, describe, expect, it } from 'vitest';

import { type ImsServer, type ScriptedAnswer, startIms, testClient } from './support/ims-server.ts';
import { type Job, startJob } from './support/run-action.ts';
import { expectSuccess, failureOf } from './support/verdicts.ts';

const [SECRET = ''] = testClient.secrets;
const TOKEN = {
  access_token: 'p8e-test-token-0123456789',
  token_type: 'bearer',
  expires_in: 86399,
};
const cleanups: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function setUp(): Promise<{ ims: ImsServer; job: Job; inputs: Record<string, string> }> {
  const ims = await startIms();
  cleanups.push(() => ims.close());
  const job = await startJob({ secrets: [SECRET] });
  cleanups.push(() => job.dispose());
  const inputs = { 'client-id': testClient.id, 'client-secret': SECRET, 'ims-url': ims.url };
  return { ims, job, inputs };
}

type Case = readonly [string, ScriptedAnswer];

describe('a single transient failure', () => {
  const cases: readonly Case[] = [
    ...[408, 429, 500, 502, 503, 504].map((status) => [`HTTP ${status}`, { status }] as const),
    ['HTML with 503', { status: 503, body: '<html>' }],
    ['a reset after the request', { fault: 'reset-before-answer' }],
    ['an answer cut off', { fault: 'cut-off' }],
    ['an empty answer', { body: '' }],
    ['an answer that is HTML', { body: '<html>maintenance</html>' }],
    ['a wrong Content-Length', { fault: 'wrong-content-length' }],
    ['Retry-After in seconds', { status: 503, headers: { 'retry-after': '1' } }],
    [
      'Retry-After in the past',
      { status: 503, headers: { 'retry-after': 'Mon, 02 Nov 2020 00:00:00 GMT' } },
    ],
    [
      'Retry-After in the past, in the form of asctime',
      { status: 503, headers: { 'retry-after': 'Mon Nov  2 00:00:00 2020' } },
    ],
    ['Retry-After of garbage', { status: 503, headers: { 'retry-after': 'soon ##[error]x' } }],
  ];
  it.each(cases)('of %s is got over, with one line in the log', async (_name, answer) => {
    const { ims, job, inputs } = await setUp();
    ims.script(answer);
    const step = await job.uses(inputs);
    expectSuccess(step);
    expect(ims.requests).toHaveLength(2);
    expect(step.log.match(/^Attempt 1 failed: .*Next attempt in [\d.]+ s\.$/gm)).toHaveLength(1);
    expect(step.annotations).toEqual([]);
    // 1.5 s of jitter or 1 s of Retry-After and jitter; the rest is the machine's.
    expect(step.durationMs).toBeLessThan(6000);
  });

  it('of a connection that closes before the request is read is got over', async () => {
    const { ims, job, inputs } = await setUp();
    ims.dropConnections(1);
    const step = await job.uses(inputs);
    expectSuccess(step);
    expect(ims.connections).toBe(2);
    expect(ims.requests).toHaveLength(1);
    expect(step.durationMs).toBeLessThan(6000);
  });

  it('of a Retry-After that is a date is waited for', async () => {
    const { ims, job, inputs } = await setUp();
    // Dates have whole seconds: this one is from one to two seconds ahead.
    const date = new Date(Date.now() + 2000).toUTCString();
    ims.script({ status: 429, headers: { 'retry-after': date } });
    expectSuccess(await job.uses(inputs));
    const [first, second] = ims.requests;
    expect((second?.atMs ?? 0) - (first?.atMs ?? 0)).toBeGreaterThan(500);
  });
});

it('reads a Retry-After without a zone as UTC, wherever the runner is', async () => {
  const { ims, job, inputs } = await setUp();
  const [day, date, month, year, time] = new Date(Date.now() + 2000).toUTCString().split(/,? /);
  const asctime = `${day ?? ''} ${month ?? ''} ${date ?? ''} ${time ?? ''} ${year ?? ''}`;
  ims.script({ status: 503, headers: { 'retry-after': asctime } });
  expectSuccess(await job.uses(inputs, { env: { TZ: 'America/New_York' } }));
  expect(ims.requests).toHaveLength(2);
});

describe('an unusual answer that is right', () => {
  const padded = JSON.stringify(TOKEN).padEnd(64 * 1024);

  it.each<Case>([
    ['one byte at a time', { fault: 'byte-by-byte', body: JSON.stringify(TOKEN) }],
    ['of 64 KiB', { body: padded }],
    ['with another content type', { headers: { 'content-type': 'text/html' }, body: padded }],
  ])('%s is taken', async (_name, answer) => {
    const { ims, job, inputs } = await setUp();
    ims.script(answer);
    const step = await job.uses(inputs);
    expectSuccess(step);
    expect(step.outputs['access-token']).toBe(TOKEN.access_token);
    expect(ims.requests).toHaveLength(1);
  });
});

describe('a lasting failure', () => {
  const cases: readonly (readonly [string, ScriptedAnswer, RegExp])[] = [
    ['503', { status: 503 }, /IMS is not available.*HTTP 503/],
    ['silence', { fault: 'silence' }, /did not answer in time/],
    ['HTTP 101', { fault: 'switching-protocols' }, /did not answer in time/],
    ['slow headers', { fault: 'slow-headers' }, /did not answer in time/],
    ['one byte a second', { fault: 'byte-per-second' }, /did not answer in time/],
    ['an answer cut off', { fault: 'cut-off' }, /broke before the whole answer came/],
  ];
  it.each(cases)('by %s ends in time and says so', async (_name, answer, words) => {
    const { ims, job, inputs } = await setUp();
    ims.scriptAlways(answer);
    const step = await job.uses({ ...inputs, timeout: '2' });
    expect(failureOf(step, job)).toMatch(words);
    expect(ims.requests.length).toBeGreaterThan(1);
    // `timeout` and a second, and two more for starting a process on a busy machine.
    expect(step.durationMs).toBeLessThan(5000);
  });

  it('by connections that close is told, and the socket of each attempt is closed', async () => {
    const { ims, job, inputs } = await setUp();
    ims.dropConnections(1000);
    const step = await job.uses({ ...inputs, timeout: '2' });
    expect(failureOf(step, job)).toMatch(/broke before the whole answer came/);
    expect(ims.requests).toEqual([]);
    expect(step.durationMs).toBeLessThan(5000);
  });

  it.each<Case>([
    ['an endless body', { fault: 'endless' }],
    ['64 KiB and a byte', { body: Buffer.alloc(64 * 1024 + 1, ' ') }],
  ])('by %s is refused at once', async (_name, answer) => {
    const { ims, job, inputs } = await setUp();
    ims.scriptAlways(answer);
    const step = await job.uses(inputs);
    expect(failureOf(step, job)).toMatch(/64 KiB/);
    expect(ims.requests).toHaveLength(1);
    expect(step.durationMs).toBeLessThan(10_000);
  });

  it.each(['3600', 'Fri, 01 Jan 2100 00:00:00 GMT'])(
    'by Retry-After %s beyond the deadline is told at once',
    async (value) => {
      const { ims, job, inputs } = await setUp();
      ims.scriptAlways({ status: 429, headers: { 'retry-after': value } });
      const step = await job.uses(inputs);
      expect(failureOf(step, job)).toMatch(/asks to wait \d+ s.*`timeout`/);
      expect(ims.requests).toHaveLength(1);
      expect(step.durationMs).toBeLessThan(10_000);
    },
  );

  it.each([301, 302, 303, 307, 308])(
    'by a redirect with %i is told at once, and not followed',
    async (status) => {
      const { ims, job, inputs } = await setUp();
      const other = await startIms();
      cleanups.push(() => other.close());
      ims.scriptAlways({ status, headers: { location: `${other.url}/ims/token/v3` } });
      const step = await job.uses(inputs);
      expect(failureOf(step, job)).toMatch(/redirect/);
      expect(ims.requests).toHaveLength(1);
      expect(other.connections).toBe(0);
    },
  );

  it.each([400, 401, 403, 404, 413, 422])('by HTTP %i is told at once', async (status) => {
    const { ims, job, inputs } = await setUp();
    ims.scriptAlways({ status, body: '{"error":"p8e_test"}' });
    const step = await job.uses(inputs);
    expect(failureOf(step, job)).toContain(`HTTP ${status}`);
    expect(ims.requests).toHaveLength(1);
  });

  it('by nobody listening is retried, then told', async () => {
    const { ims, job, inputs } = await setUp();
    await ims.close();
    const step = await job.uses({ ...inputs, timeout: '1' });
    expect(failureOf(step, job)).toMatch(/No connection.*ECONNREFUSED/);
  });

  it('by an unusable field is told at once, with its name', async () => {
    const { ims, job, inputs } = await setUp();
    ims.scriptAlways({ body: '{"access_token":"p8e-test","token_type":"bearer"}' });
    expect(failureOf(await job.uses(inputs), job)).toMatch(/`expires_in`/);
    expect(ims.requests).toHaveLength(1);
  });
});

describe('a code', () => {
  it('whose answer is lost is not sent again', async () => {
    const { ims, job, inputs } = await setUp();
    ims.scriptAlways({ fault: 'reset-before-answer' });
    const step = await job.uses({
      ...inputs,
      'grant-type': 'authorization_code',
      code: 'p8e-test-code',
    });
    expect(failureOf(step, job)).toMatch(/lost.*probably used up/);
    expect(ims.requests).toHaveLength(1);
  });
});

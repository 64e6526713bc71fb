/** What a hostile or broken server, network or runner can do to the step: it ends, and says why. */

import { afterEach, describe, expect, it } from 'vitest';

import { type ImsServer, type ScriptedAnswer, startIms, testClient } from './support/ims-server.ts';
import { type Job, startJob, type StepResult } from './support/run-action.ts';

const [SECRET = ''] = testClient.secrets;
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

/** One error annotation, nothing set, nothing on stderr; the message. */
function failure(step: StepResult): string {
  expect(step.exitCode).toBe(1);
  expect(step.files).toMatchObject({ output: '', env: '', state: '', summary: '' });
  expect(step.stderr).toBe('');
  const errors = step.annotations.filter((note) => note.level === 'error');
  expect(errors).toHaveLength(1);
  return errors[0]?.message ?? '';
}

describe('a single transient failure', () => {
  const cases: readonly (readonly [string, ScriptedAnswer])[] = [
    ...[408, 429, 500, 502, 503, 504].map((status) => [`HTTP ${status}`, { status }] as const),
    ['HTML with 503', { status: 503, body: '<html>' }],
    ['a reset', { fault: 'reset-before-answer' }],
    ['an answer cut off', { fault: 'cut-off' }],
    ['an empty answer', { body: '' }],
    ['an answer that is HTML', { body: '<html>maintenance</html>' }],
    ['a wrong Content-Length', { fault: 'wrong-content-length' }],
    ['Retry-After in seconds', { status: 503, headers: { 'retry-after': '1' } }],
    [
      'Retry-After in the past',
      { status: 503, headers: { 'retry-after': 'Mon, 02 Nov 2020 00:00:00 GMT' } },
    ],
    ['Retry-After of garbage', { status: 503, headers: { 'retry-after': 'soon ##[error]x' } }],
  ];
  it.each(cases)('of %s is got over, with one line in the log', async (_name, answer) => {
    const { ims, job, inputs } = await setUp();
    ims.script(answer);
    const step = await job.uses(inputs);
    expect(step.failed).toBe(false);
    expect(ims.requests).toHaveLength(2);
    expect(step.log.match(/^Attempt 1 failed: .*Next attempt in [\d.]+ s\.$/gm)).toHaveLength(1);
    expect(step.annotations).toEqual([]);
    // 1.5 s of jitter or 1 s of Retry-After and jitter; the rest is the machine's.
    expect(step.durationMs).toBeLessThan(6000);
  });
});

describe('a lasting failure', () => {
  const cases: readonly (readonly [string, ScriptedAnswer, RegExp])[] = [
    ['503', { status: 503 }, /IMS is not available.*HTTP 503/],
    ['silence', { fault: 'silence' }, /did not answer in time/],
    ['slow headers', { fault: 'slow-headers' }, /did not answer in time/],
    ['one byte a second', { fault: 'byte-per-second' }, /did not answer in time/],
    ['an answer cut off', { fault: 'cut-off' }, /No connection|cut off/],
  ];
  it.each(cases)('by %s ends in time and says so', async (_name, answer, words) => {
    const { ims, job, inputs } = await setUp();
    ims.scriptAlways(answer);
    const step = await job.uses({ ...inputs, timeout: '2' });
    expect(failure(step)).toMatch(words);
    expect(ims.requests.length).toBeGreaterThan(1);
    // `timeout` and a second, and two more for starting a process on a busy machine.
    expect(step.durationMs).toBeLessThan(5000);
  });

  it.each<readonly [string, ScriptedAnswer]>([
    ['an endless body', { fault: 'endless' }],
    ['64 KiB and a byte', { body: Buffer.alloc(64 * 1024 + 1, ' ') }],
  ])('by %s is refused at once', async (_name, answer) => {
    const { ims, job, inputs } = await setUp();
    ims.scriptAlways(answer);
    const step = await job.uses(inputs);
    expect(failure(step)).toMatch(/64 KiB/);
    expect(ims.requests).toHaveLength(1);
    expect(step.durationMs).toBeLessThan(10_000);
  });

  it.each(['3600', 'Fri, 01 Jan 2100 00:00:00 GMT'])(
    'by Retry-After %s beyond the deadline is told at once',
    async (value) => {
      const { ims, job, inputs } = await setUp();
      ims.scriptAlways({ status: 429, headers: { 'retry-after': value } });
      const step = await job.uses(inputs);
      expect(failure(step)).toMatch(/asks to wait \d+ s.*`timeout`/);
      expect(ims.requests).toHaveLength(1);
      expect(step.durationMs).toBeLessThan(10_000);
    },
  );

  it('by nobody listening is retried, then told', async () => {
    const { ims, job, inputs } = await setUp();
    await ims.close();
    const step = await job.uses({ ...inputs, timeout: '1' });
    expect(failure(step)).toMatch(/No connection.*ECONNREFUSED/);
  });

  it('by an unusable field is told at once, with its name', async () => {
    const { ims, job, inputs } = await setUp();
    ims.scriptAlways({ body: '{"access_token":"p8e-test","token_type":"bearer"}' });
    expect(failure(await job.uses(inputs))).toMatch(/`expires_in`/);
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
    expect(failure(step)).toMatch(/lost.*probably used up/);
    expect(ims.requests).toHaveLength(1);
  });
});

describe('a cancelled step', () => {
  it.each(['SIGINT', 'SIGTERM'] as const)('by %s ends at once with one error', async (signal) => {
    const { ims, job, inputs } = await setUp();
    ims.scriptAlways({ fault: 'silence' });
    const step = await job.uses(inputs, {
      onStart: (child) => {
        const timer = setInterval(() => {
          if (ims.requests.length > 0 && child.kill(signal)) clearInterval(timer);
        }, 10);
      },
    });
    expect(failure(step)).toMatch(new RegExp(`cancelled \\(${signal}\\)`));
    expect(step.durationMs).toBeLessThan(10_000);
  });

  it('while it waits for the next attempt ends at once', async () => {
    const { ims, job, inputs } = await setUp();
    ims.scriptAlways({ status: 503, headers: { 'retry-after': '40' } });
    const step = await job.uses(inputs, {
      onStart: (child) => {
        child.stdout?.on('data', (chunk: Buffer) => {
          if (chunk.toString().includes('Attempt 1')) child.kill('SIGINT');
        });
      },
    });
    expect(failure(step)).toMatch(/cancelled/);
    expect(step.durationMs).toBeLessThan(10_000);
  });
});

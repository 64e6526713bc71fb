/** How a step spends `timeout`: no request that cannot end, and the error that helps. */

import { describe, expect } from 'vitest';

import { SECRET, test } from '../support/fixtures.ts';
import { type ScriptedAnswer, testClient, tokenAnswer } from '../support/ims-server.ts';
import { expectSuccess, messageOf } from '../support/verdicts.ts';

const DEBUG_ID = { 'x-debug-id': 'p8e-test-debug' };
const TIMEOUT_MS = 4000;

describe.concurrent('an answer that comes late until the deadline', () => {
  const cases = [429, 503].flatMap((status) =>
    [0, 300, 700].map((afterMs) => [status, afterMs] as const),
  );
  test.for(cases)(
    'HTTP %i after %i ms is the error that is shown, with its x-debug-id',
    async ([status, afterMs], { ims, job, inputs }) => {
      ims.scriptAlways({ status, afterMs, headers: DEBUG_ID });
      const message = messageOf(await job.uses({ ...inputs, timeout: String(TIMEOUT_MS / 1000) }));
      const code = status === 429 ? 'throttled' : 'ims_unavailable';
      expect(message).toContain(`(${code}, HTTP ${status}, x-debug-id p8e-test-debug)`);
      expect(message).toMatch(/^No token after \d+ attempts? within 4 s/);
    },
  );

  const grants = [
    ['a code', { 'grant-type': 'authorization_code', code: 'p8e-test-code' }],
    ['a refresh token', { 'grant-type': 'refresh_token', 'refresh-token': 'p8e-test-refresh' }],
  ] as const;
  test.for(grants)(
    'with %s: it is not called lost, and the last request had a third of the time',
    async ([, grant], { ims, job, inputs }) => {
      ims.scriptAlways({ status: 503, afterMs: 100, headers: DEBUG_ID });
      const step = await job.uses({ ...inputs, ...grant, timeout: String(TIMEOUT_MS / 1000) });
      expect(messageOf(step)).toMatch(/another attempt needs 1\.4 s.*\(ims_unavailable, HTTP 503/);
      const [first, last] = [ims.requests[0]?.atMs ?? 0, ims.requests.at(-1)?.atMs ?? 0];
      // Two thirds, and what a busy machine adds.
      expect(last - first).toBeLessThan((TIMEOUT_MS * 2) / 3 + 500);
    },
  );

  test.for(grants)(
    'with %s: what IMS serves after an outage arrives',
    async ([, grant], { startIms, job, inputs: usual }) => {
      const slow = { ...tokenAnswer({ refresh_token: 'p8e-test-new' }), afterMs: 1000 };
      let recovers: NodeJS.Timeout | undefined;
      const ims = await startIms({
        onExchange: () => {
          recovers ??= setTimeout(() => {
            ims.scriptAlways(slow);
          }, 2800);
        },
      });
      ims.scriptAlways({ status: 503 });
      const inputs = { ...usual, ...grant, 'ims-url': ims.url, timeout: '4' };
      await job.uses(inputs);
      clearTimeout(recovers);
      await ims.close();
      expect(ims.requests.filter(({ abandoned }) => abandoned)).toEqual([]);
    },
  );
});

describe.concurrent('Retry-After', () => {
  const date = (ms: number): string => new Date(Date.now() + ms).toUTCString();
  const answer = (serverMs: number, waitMs: number): ScriptedAnswer => ({
    status: 503,
    headers: { date: date(serverMs), 'retry-after': date(serverMs + waitMs) },
  });

  test('as a date is measured by the clock of the server, which is ahead', async ({
    ims,
    job,
    inputs,
  }) => {
    ims.script(answer(3_600_000, 2000));
    expectSuccess(await job.uses({ ...inputs, timeout: '30' }));
    expect(ims.requests).toHaveLength(2);
  });

  test('as a date is measured by the clock of the server, which is behind', async ({
    ims,
    job,
    inputs,
  }) => {
    ims.script(answer(-3_600_000, 3000));
    expectSuccess(await job.uses(inputs));
    const [first, second] = ims.requests;
    expect((second?.atMs ?? 0) - (first?.atMs ?? 0)).toBeGreaterThan(2500);
  });

  test('without a readable Date is measured by our clock', async ({ ims, job, inputs }) => {
    ims.script({ status: 503, headers: { date: 'soon', 'retry-after': date(4000) } });
    expectSuccess(await job.uses(inputs));
    const [first, second] = ims.requests;
    expect((second?.atMs ?? 0) - (first?.atMs ?? 0)).toBeGreaterThan(2000);
  });

  test('that leaves no time for another attempt says how much is left', async ({
    ims,
    job,
    inputs,
  }) => {
    ims.scriptAlways({ status: 429, headers: { 'retry-after': '9' } });
    const message = messageOf(await job.uses({ ...inputs, timeout: '10' }));
    expect(message).toMatch(
      /asks to wait 9 s\. Too little of the 10 s of `timeout` is left for another attempt after that: \d\.\d s is left, and another attempt needs 1\.1 s \(1 attempt made\)/,
    );
    expect(ims.requests).toHaveLength(1);
  });
});

describe('a server that answers with much', () => {
  const LETTERS = Array.from('abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789');
  /** As many short names as fit into so many characters, with commas between them. */
  const names = (characters: number, prefix: string): string =>
    LETTERS.flatMap((first) =>
      LETTERS.flatMap((second) => LETTERS.map((third) => `${prefix}${first}${second}${third}`)),
    )
      .join()
      .slice(0, characters)
      .replace(/,[^,]*$/, '');
  const jwt = (claims: object): string =>
    `p8e.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.test`;

  /** Searching for one of these in a text of many letters compares nearly each with each. */
  const tokens = ['access_token', 'refresh_token', 'id_token'].map((name, at) => [
    name,
    `${'b'.repeat(at + 1)}${'a'.repeat(19_000)}`,
  ]);
  const HOSTILE: ScriptedAnswer = {
    status: 400,
    body: JSON.stringify({ error: 'invalid_scope', ...(Object.fromEntries(tokens) as object) }),
  };

  test.for<readonly [string, ScriptedAnswer, string?]>([
    ['refuses 24,000 scopes', { status: 400, body: '{"error":"invalid_scope"}' }],
    ['grants none of 24,000 scopes', tokenAnswer({ access_token: jwt({ scope: 'p8e' }) })],
    ['grants other scopes', tokenAnswer({ access_token: jwt({ scope: names(46_000, 'y') }) })],
    ['refuses one long scope, beside hostile tokens', HOSTILE, 'a'.repeat(120_000)],
  ])('and %s costs no time', async ([, answer, scope], { ims, job, startJob, inputs }) => {
    // The environment of a process holds 128 KiB in one variable.
    const asked = scope ?? names(120_000, 'x');
    const plain = await (await startJob()).uses(inputs);
    ims.scriptAlways(answer);
    const step = await job.uses({ ...inputs, scopes: asked, timeout: '1' });
    expect(step.durationMs).toBeLessThan(plain.durationMs + 1500);
    expect(
      step.annotations
        .map(({ message }) => message)
        .join()
        .slice(0, 2000),
    ).toMatch(/\b\d+ scopes?\b/);
  });
});

describe('tokens in answers that are not used', () => {
  const unused = (letter: string, bytes: number, text: string): ScriptedAnswer => ({
    status: 503,
    headers: { 'x-debug-id': text },
    body: JSON.stringify({ access_token: letter.repeat(bytes), error_description: text }),
  });

  test('are masked up to 64 KiB, and then no text is shown', async ({ ims, job, inputs }) => {
    ims.script(
      unused('a', 40_000, 'p8e-test-first'),
      unused('b', 40_000, 'p8e-test-second'),
      { status: 400, headers: DEBUG_ID, body: '{"error":"invalid_client","message":"p8e-test"}' },
      tokenAnswer({ refresh_token: 'p8e-test-refresh' }),
    );
    const step = await job.uses({ ...inputs, 'client-secret': `p8e-test-other,${SECRET}` });
    // What decides is read all the same: the second secret was tried.
    expectSuccess(step);
    expect(ims.requests.at(-1)?.form['client_secret']).toBe(SECRET);
    expect(step.log).toContain('p8e-test-first');
    expect(step.log).not.toMatch(/p8e-test-second|p8e-test-debug/);
    expect(step.masks.filter((mask) => /^(a+|b+)$/.test(mask))).toEqual(['a'.repeat(40_000)]);
    expect(step.masks).toContain('p8e-test-refresh');
    expect(testClient.secrets).toContain(SECRET);
  });
});

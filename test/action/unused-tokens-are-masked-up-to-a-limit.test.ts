/** Tokens in answers that are not used are masked up to a limit; then no text of an answer is shown. */

import { describe, expect, it } from 'vitest';

import { Secrets } from '../../src/secrets.ts';

import { SECRET, test } from '../support/fixtures.ts';
import { type ScriptedAnswer, tokenAnswer } from '../support/ims-server.ts';
import { masksOf } from '../support/masks.ts';
import { expectSuccess } from '../support/verdicts.ts';

const tokens = (count: number, length = 0): readonly string[] =>
  Array.from({ length: count }, (_, i) => `p8e-test-${i}-`.padEnd(length, 'x'));

describe('a step', () => {
  it('masks 30 tokens of answers that are not used, and none of the answer with the next', () => {
    const secrets = new Secrets();
    const masks = masksOf(() => {
      for (const token of tokens(30)) secrets.addUnused([token]);
      expect(secrets.serverText('a p8e-test-29- b')).toBe('a *** b');
      secrets.addUnused([tokens(30)[0] ?? '', 'p8e-test-one-more', 'p8e-test-two-more']);
    });
    expect(masks).toEqual(tokens(30));
    expect(secrets.serverText('anything')).toBe('');
  });

  it('masks 64 KiB of tokens of answers that are not used, and nothing of the next answer', () => {
    const secrets = new Secrets();
    const masks = masksOf(() => {
      secrets.addUnused(tokens(4, 16 * 1024));
      expect(secrets.serverText('text')).toBe('text');
      secrets.addUnused(['p8e']);
    });
    expect(masks).toEqual(tokens(4, 16 * 1024));
    expect(secrets.serverText('anything')).toBe('');
  });

  it('counts bytes, not characters', () => {
    const secrets = new Secrets();
    masksOf(() => {
      secrets.addUnused(['\u20ac'.repeat(21 * 1024)]);
      expect(secrets.serverText('text')).toBe('text');
      secrets.addUnused(['\u20ac'.repeat(1024)]);
    });
    expect(secrets.serverText('text')).toBe('');
  });

  it('counts a token once, and no blank one', () => {
    const secrets = new Secrets();
    const masks = masksOf(() => {
      for (let time = 0; time < 40; time += 1) secrets.addUnused(['p8e-test-same', '', ' ']);
    });
    expect(masks).toEqual(['p8e-test-same']);
    expect(secrets.serverText('p8e-test-same')).toBe('***');
  });

  it('masks every token of the answer that is used, and still shows its own text', () => {
    const secrets = new Secrets();
    const masks = masksOf(() => {
      secrets.addUnused(tokens(31));
      secrets.add(['p8e-test-used']);
    });
    expect(masks).toEqual(['p8e-test-used']);
    expect(secrets.clean('openid,p8e-test-used')).toBe('openid,***');
    expect(secrets.serverText('openid')).toBe('');
  });

  it('shows no text of a server that is too long to be searched', () => {
    const { serverText } = new Secrets();
    expect(serverText('x'.repeat(4000), 5000)).toHaveLength(4000);
    expect(serverText('x'.repeat(4001), 5000)).toBe('');
  });

  /** Repeats that a search in text compares again and again. */
  it.each([
    ['a', (i: number): string => `${'a'.repeat(1000 + i)}b${'a'.repeat(1000)}`],
    ['ab', (i: number): string => `c${'ab'.repeat(1000)}${i}`],
    ['\u20ac', (i: number): string => `${'\u20ac'.repeat(300 + i)}x${'\u20ac'.repeat(300)}`],
    ['&', (i: number): string => `${'&'.repeat(1000 + i)}<${'&'.repeat(1000)}`],
  ])('searches text of %j for the worst 30 tokens in less than 5 s of CPU time', (unit, token) => {
    const secrets = new Secrets();
    masksOf(() => {
      secrets.addUnused(Array.from({ length: 30 }, (_, i) => token(i)));
    });
    const text = unit.repeat(4000 / unit.length);
    // Of this thread, whatever else the machine does.
    const before = process.threadCpuUsage();
    for (let time = 0; time < 3; time += 1) expect(secrets.serverText(text)).not.toBe('');
    const { user, system } = process.threadCpuUsage(before);
    expect((user + system) / 1e6).toBeLessThan(5);
  });
});

describe('the built action', () => {
  const unused = (letter: string, bytes: number, text: string): ScriptedAnswer => ({
    status: 503,
    headers: { 'x-debug-id': text },
    body: JSON.stringify({ access_token: letter.repeat(bytes), error_description: text }),
  });

  test('masks up to 64 KiB of unused tokens, and then shows no text', async ({
    ims,
    job,
    inputs,
  }) => {
    ims.script(
      unused('a', 40_000, 'p8e-test-first'),
      unused('b', 40_000, 'p8e-test-second'),
      {
        status: 400,
        headers: { 'x-debug-id': 'p8e-test-debug' },
        body: '{"error":"invalid_client","message":"p8e-test"}',
      },
      tokenAnswer({ refresh_token: 'p8e-test-refresh' }),
    );
    const step = await job.uses({ ...inputs, 'client-secret': `p8e-test-other,${SECRET}` });
    // The error itself is still read, so the second secret was tried.
    expectSuccess(step);
    expect(ims.requests.at(-1)?.form['client_secret']).toBe(SECRET);
    expect(step.log).toContain('p8e-test-first');
    expect(step.log).not.toMatch(/p8e-test-second|p8e-test-debug/);
    expect(step.masks.filter((mask) => /^(a+|b+)$/.test(mask))).toEqual(['a'.repeat(40_000)]);
    expect(step.masks).toContain('p8e-test-refresh');
  });
});

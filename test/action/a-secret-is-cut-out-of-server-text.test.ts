/** Masks, and the removal of secrets from text. */

import { describe, expect, it } from 'vitest';

import { INPUT_DEFAULTS, secretsOfInputs } from '../../src/inputs/read.ts';
import { Secrets } from '../../src/secrets.ts';

import { parseCommand } from '../support/commands.ts';
import { catchStdout } from '../support/stdout.ts';

/** The values that `use` has masked. */
function masksOf(use: () => void): readonly string[] {
  const stdout = catchStdout();
  try {
    use();
  } finally {
    stdout.restore();
  }
  return stdout
    .text()
    .split(/\r?\n/)
    .flatMap((line) => parseCommand(line)?.data ?? []);
}

const tokens = (count: number, length = 0): readonly string[] =>
  Array.from({ length: count }, (_, i) => `p8e-test-${i}-`.padEnd(length, 'x'));

/** The secrets of a step, whose masks are not printed among the lines of the tests. */
function secretsWith(...values: readonly string[]): Secrets {
  let secrets = new Secrets();
  masksOf(() => {
    secrets = new Secrets(values);
  });
  return secrets;
}

describe('text from the server', () => {
  const secret = 'p8e-test+/=&%"\' ü';
  const form = new URLSearchParams({ v: secret }).toString().slice(2);
  const small = form.replaceAll(/%../g, (code) => code.toLowerCase());

  it.each([
    ['itself', secret],
    ['a form that shows the body', form],
    ['.NET, which encodes in small letters', small],
    ['percent encoding', form.replaceAll('+', '%20')],
    ['JSON', JSON.stringify(secret).slice(1, -1)],
    ['a web page', 'p8e-test+/=&amp;%&quot;&#39; ü'],
    ['a Basic header', Buffer.from(`p8e-test-client:${secret}`).toString('base64')],
    ['a header in a URL', Buffer.from(`p8e-test-client:${secret}`).toString('base64url')],
  ])('loses a secret as written by %s', (_by, written) => {
    const raw = { ...INPUT_DEFAULTS, 'client-id': 'p8e-test-client', 'client-secret': secret };
    const { clean } = secretsWith(...secretsOfInputs(raw));
    expect(clean(`a ${written} b`)).toBe('a *** b');
  });

  it('loses a secret once, though it is made of what takes its place', () => {
    const { clean } = secretsWith('*', 'p8e-test-*');
    expect(clean('a p8e-test-* b * c')).toBe('a *** b *** c');
  });

  it('is capped, and no pair of surrogates is cut in two', () => {
    const { clean } = secretsWith();
    expect(clean('x'.repeat(100_000))).toHaveLength(301);
    expect(clean('\u{1f511}'.repeat(10), 5).isWellFormed()).toBe(true);
  });
});

describe('tokens of answers', () => {
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

  it('masks the tokens of the answer that is used after any others, and still shows own text', () => {
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
  ])('searches text of %j for the worst 30 tokens within seconds', (unit, token) => {
    const secrets = new Secrets();
    masksOf(() => {
      secrets.addUnused(Array.from({ length: 30 }, (_, i) => token(i)));
    });
    const text = unit.repeat(4000 / unit.length);
    const started = performance.now();
    for (let time = 0; time < 3; time += 1) expect(secrets.serverText(text)).not.toBe('');
    expect(performance.now() - started).toBeLessThan(5000);
  });
});

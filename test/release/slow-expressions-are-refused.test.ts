/** The linter refuses slow expressions in src: servers and users choose the texts that src searches. */

import { describe, expect, it } from 'vitest';

import { lintInSrc } from '../support/linter.ts';

/** What the linter says of the time of an expression that stands in src. */
async function reports(expression: string): Promise<readonly string[]> {
  const all = await lintInSrc(`export const e = ${expression};\n`);
  return all.filter((message) => /quadratic|polynomial|exponential/.test(message));
}

describe('an expression in src', () => {
  it.each([
    // The first three were in src once.
    String.raw`/^["'\u201c\u2018]+|["'\u201d\u2019]+$/g`,
    '/=+$/',
    String.raw`/\bjwt\b|bad_request.*jwt|metascope/i`,
    String.raw`/^\s*(.*)\s*$/`,
    '/^(a+)+$/',
    '/foo[^x]*bar/',
    String.raw`/foo\w{2,}bar/`,
    "new RegExp('=+$')",
  ])('is refused when it is slow: %s', async (expression) => {
    expect(await reports(expression)).not.toEqual([]);
  });

  it.each([
    String.raw`/[\s,]+/`,
    '/ {2,}/g',
    String.raw`/^\d{1,10}$/`,
    String.raw`/^[\w./-]+$/`,
    '/##(?=\\[)/g',
  ])('may be %s', async (expression) => {
    expect(await reports(expression)).toEqual([]);
  });
});

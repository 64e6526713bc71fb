/** What `npm run measure` counts, and that the linter has the same limit. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import ts from 'typescript';
import { describe, expect, it } from 'vitest';

import {
  environmentReads,
  faultOf,
  importFaults,
  longFunctions,
  MOST_LINES,
  percentile,
} from '../../scripts/measure.ts';
import { sentencesOf } from '../../scripts/sentences.ts';
import { lintInSrc } from '../support/linter.ts';

const parse = (text: string, name = 'a.ts'): ts.SourceFile =>
  ts.createSourceFile(name, text, ts.ScriptTarget.Latest, true);

/** Of each sentence the line, the number of words and the text. */
const sentences = (text: string): readonly string[] =>
  sentencesOf(parse(text)).map(({ line, words, text }) => `${line} ${words} ${text}`);

describe('the sentences of comments', () => {
  it.each([
    [
      'end at a full stop',
      '// One two three. Four five six.',
      ['1 3 One two three.', '1 3 Four five six.'],
    ],
    [
      'end at a semicolon',
      '// one two three; four five six',
      ['1 3 one two three;', '1 3 four five six'],
    ],
    [
      'end at a colon before a capital',
      '// One two three: Four five six',
      ['1 3 One two three:', '1 3 Four five six'],
    ],
    ['go on at any other colon', '// One two: three four', ['1 4 One two: three four']],
    [
      'go on in an address or a name',
      '// See https://a.b/c.d. Now a.ts is read.',
      ['1 4 Now a.ts is read.'],
    ],
    ['go on in code', '// Sends `a. B: C` to IMS.', ['1 6 Sends `a. B: C` to IMS.']],
    [
      'end with their brackets',
      '// (One two three.) Four five six.',
      ['1 3 (One two three.)', '1 3 Four five six.'],
    ],
    ['need three words', '// Two words. In bytes.', []],
    [
      'count only words that hold a letter or a digit',
      '// one - two = 3 + four',
      ['1 4 one - two = 3 + four'],
    ],
    [
      'go on in the next line',
      '// One two\n// three four.\n// Five six seven.',
      ['1 4 One two three four.', '3 3 Five six seven.'],
    ],
    [
      'end with their comment',
      '// One two three\n\n// four five six',
      ['1 3 One two three', '3 3 four five six'],
    ],
    [
      'end at an empty line',
      '/**\n * One two three\n *\n * Four five six.\n */',
      ['2 3 One two three', '4 3 Four five six.'],
    ],
    [
      'end at an item of a list',
      '/**\n * - one two three\n * - four five six\n */',
      ['2 3 one two three', '3 3 four five six'],
    ],
    ['stand after code too', 'f(); // One two three.', ['1 3 One two three.']],
    ['stand before a bracket', 'f(() => {\n  // One two three.\n});', ['2 3 One two three.']],
  ])('%s', (_, text, expected) => {
    expect(sentences(text)).toEqual(expected);
  });

  it('have no names of tags and no addresses of `@see`', () => {
    const comment = `/**
 * One two three.
 * @param name - the four words here
 * @throws Error when it fails
 * @returns three more words
 * @see https://example.com/a.b#section-1.2
 */`;
    expect(sentences(comment)).toEqual([
      '2 3 One two three.',
      '3 4 the four words here',
      '4 4 Error when it fails',
      '5 3 three more words',
    ]);
  });

  it('are not in strings, expressions, orders to tools, licence lines and samples', () => {
    const text = `// SPDX-License-Identifier: MIT is a line
// eslint-disable-next-line rule -- three words here
/* @ts-expect-error three words here */
const a = '// One two three.' + \`/* One \${'// two three four'} */\`;
const b = /\\/\\/ one two three/;
/**
 * Usage of this:
 *
 *   npm run one two three
 *
 * \`\`\`
 * one two three
 * \`\`\`
 */`;
    expect(sentences(text)).toEqual(['7 3 Usage of this:']);
  });
});

it('a function is measured from its first line to its last, empty lines and comments included', () => {
  const method = (lines: number): string =>
    `class A {\n  /** Not counted. */\n  m() {\n${'\n'.repeat(lines - 3)}    // Last.\n  }\n}`;
  expect(longFunctions(parse(method(40)))).toEqual([]);
  expect(longFunctions(parse(method(41)))).toEqual(['a.ts:3 41 lines']);
  expect(longFunctions(parse(`const f = () => {${'\n'.repeat(40)}};`))).toEqual([
    'a.ts:1 41 lines',
  ]);
});

it('the page and the linter have the same limit for functions', async () => {
  const root = join(import.meta.dirname, '../..');
  expect(readFileSync(join(root, 'CONTRIBUTING.md'), 'utf8')).toContain(
    `at most ${MOST_LINES} lines`,
  );
  const code = (lines: number): string =>
    `export function f(): void {\n${'//\n'.repeat(lines - 2)}}\n`;
  expect(await lintInSrc(code(MOST_LINES))).toEqual([]);
  expect(await lintInSrc(code(MOST_LINES + 1))).toHaveLength(1);
});

describe('an import between rooms', () => {
  it.each([
    ['main.ts', 'steps.ts', undefined],
    ['acquire.ts', 'runner/', undefined],
    ['ims/', 'ims/', undefined],
    ['ims/', 'inputs/', 'up'],
    ['acquire.ts', 'revoke.ts', 'sideways'],
    ['failure.ts', 'json.ts', 'sideways'],
    ['main.ts', 'stand-ins/', 'up'],
    ['stand-ins/', 'json.ts', 'up'],
    ['attic/', 'json.ts', 'unknown'],
  ])('from %s to %s: %s', (from, to, expected) => {
    expect(faultOf(from, to)).toBe(expected);
  });

  it('is found in each of its forms, and packages are none', () => {
    const text = `import a from '../inputs/a.ts';
import type { B } from '../inputs/b.ts';
export * from '../reuse/c.ts';
void import('../steps.js');
type D = import('../main.ts').D;
import '../http/e.ts';
import './f.ts';
import 'typescript';
import '../../node_modules/typescript/i.js';`;
    expect(importFaults('ims/x.ts', parse(text))).toEqual([
      'up: a.ts:1 inputs/a.ts',
      'up: a.ts:2 inputs/b.ts',
      'up: a.ts:3 reuse/c.ts',
      'up: a.ts:4 steps.js',
      'up: a.ts:5 main.ts',
    ]);
  });
});

it('the reads of the environment are listed, and writes are none', () => {
  const text = `f(process.env['A'], process.env[b], process.env, env['C'], options.env['D']);
process.env['E'] = '';
delete process.env['F'];`;
  expect(environmentReads(parse(text))).toEqual(['A', 'b', '(whole)', 'C (given)']);
});

it.each([
  [[3, 1, 2], 0.5, 2],
  [[10, 1, 2, 3, 4, 5, 6, 7, 8, 9], 0.9, 9],
  [[7], 0.9, 7],
])('of %j the percentile %d is %d', (numbers, share, expected) => {
  expect(percentile(numbers, share)).toBe(expected);
});

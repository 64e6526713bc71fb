/** What the examples of the documentation use: this action under one name, and others by commit. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';
import { parseDocument, visit, isScalar } from 'yaml';

import { allYamlBlocks, pagesWithExamples, type YamlBlock } from '../scripts/yaml-blocks.ts';

const root = join(import.meta.dirname, '..');

/** OWNER/adobe-ims-token, until a release puts the owner in. */
const US = /uses: (\S+\/adobe-ims-token)@/.exec(readFileSync(join(root, 'README.md'), 'utf8'))?.[1];
if (US === undefined) throw new Error('The README does not use this action.');

/** What is wrong with the actions that a block uses, each with its line in the page. */
function problemsIn({ text, line }: YamlBlock): readonly string[] {
  const problems: string[] = [];
  const document = parseDocument(text);
  if (document.errors.length > 0) return document.errors.map(({ message }) => message);
  visit(document, {
    Pair(_key, { key, value }) {
      if (!isScalar(key) || key.value !== 'uses' || !isScalar(value)) return;
      const [name = '', ref = ''] = String(value.value).split('@');
      const before = text.slice(0, value.range?.[0]).split('\n').length - 1;
      const report = (problem: string): void => {
        problems.push(`${line + before}: ${problem}`);
      };
      if (name === US) {
        if (!/^(?:v1|<full commit SHA>)$/.test(ref)) report(`this action is shown as @${ref}`);
      } else if (name.includes('adobe-ims-token')) {
        report(`this action is called ${US}, not ${name}`);
      } else if (!name.startsWith('./')) {
        if (!/^[\da-f]{40}$/.test(ref)) report(`${name} is not pinned by commit`);
        else if (!/^ v\d/.test(value.comment ?? '')) report(`no version behind ${name}`);
      }
    },
  });
  return problems;
}

const blocks = allYamlBlocks(root);

describe('the examples', () => {
  it('are found, all of them, in lists too', () => {
    const fences = pagesWithExamples(root).flatMap(
      (page) => readFileSync(join(root, page), 'utf8').match(/^[ \t>]*(?:```|~~~) *ya?ml/gim) ?? [],
    );
    expect(blocks).toHaveLength(fences.length);
  });

  it.each(blocks.filter(({ unsafe }) => !unsafe))('in $page, line $line, pin actions', (block) => {
    expect(problemsIn(block)).toEqual([]);
  });
});

describe('an example is refused', () => {
  const SHA = '0123456789abcdef0123456789abcdef01234567';

  it.each([
    [`${US}@v2`, '11: this action is shown as @v2'],
    [US, '11: this action is shown as @'],
    ['o/adobe-ims-token@v1', `11: this action is called ${US}, not o/adobe-ims-token`],
    ['actions/checkout@v7 # v7', '11: actions/checkout is not pinned by commit'],
    [`actions/checkout@${SHA}`, '11: no version behind actions/checkout'],
    [`actions/checkout@${SHA} # pinned`, '11: no version behind actions/checkout'],
  ])('that uses %s', (uses, problem) => {
    const text = `- run: echo\n- uses: ${uses}\n`;
    expect(problemsIn({ page: 'page.md', line: 10, text, unsafe: false })).toEqual([problem]);
  });

  it('that does not parse', () => {
    const block = { page: 'page.md', line: 10, text: '- a: 1\n  a: 2\n', unsafe: false };
    expect(problemsIn(block)).toHaveLength(1);
  });

  it.each([
    `${US}@v1`,
    `${US}@<full commit SHA> # v1.0.0`,
    `actions/checkout@${SHA} # v7.0.1`,
    './',
  ])('but not if it uses %s', (uses) => {
    const text = `- uses: ${uses}\n`;
    expect(problemsIn({ page: 'page.md', line: 10, text, unsafe: false })).toEqual([]);
  });
});

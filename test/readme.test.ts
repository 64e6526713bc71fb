/** The documentation agrees with the action: names, defaults, examples, error codes. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

import { allYamlBlocks } from '../scripts/yaml-blocks.ts';
import { CODES } from '../src/failure.ts';
import { INPUT_DEFAULTS } from '../src/inputs/read.ts';

type Fields = Readonly<Record<string, unknown>>;
type Step = { readonly id: string; readonly inputs: readonly string[] };

const root = join(import.meta.dirname, '..');
const read = (path: string): string => readFileSync(join(root, path), 'utf8');

function fields(value: unknown): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new TypeError('not a mapping');
  return value as Fields;
}

const action = fields(parse(read('action.yml')));
const inputs = fields(action['inputs']);
const outputs = fields(action['outputs']);
const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

/** Cells of the table under a heading of the README, without its head. */
function table(heading: string): readonly (readonly string[])[] {
  const section = read('README.md').split(`\n## ${heading}\n`)[1]?.split('\n## ')[0] ?? '';
  const rows = section.split('\n').filter((line) => line.startsWith('|'));
  return rows.slice(2).map((row) =>
    row
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

const bare = (cell: string | undefined): string => (cell ?? '').replace(/^`(.*)`$/, '$1');

describe('inputs and outputs', () => {
  it('have the same names and defaults in action.yml and in the code', () => {
    const declared = Object.entries(inputs).map(([name, input]) => [
      name,
      textOf(fields(input)['default']),
    ]);
    expect(Object.fromEntries(declared)).toEqual(INPUT_DEFAULTS);
  });

  it('have the same names, defaults and order in action.yml and in the README', () => {
    const declared = Object.entries(inputs).map(([name, input]) => {
      const { required, default: fallback } = fields(input);
      return [name, required === true ? 'required' : textOf(fallback)];
    });
    expect(table('Inputs').map(([name, fallback]) => [bare(name), bare(fallback)])).toEqual(
      declared,
    );
    expect(table('Outputs').map(([name]) => bare(name))).toEqual(Object.keys(outputs));
  });

  it.each([...Object.entries(inputs), ...Object.entries(outputs)])(
    '%s is described in whole sentences',
    (_name, value) => {
      expect(textOf(fields(value)['description'])).toMatch(/^[A-Z`].+\.$/s);
    },
  );

  it('have a meaning in every row', () => {
    for (const row of [...table('Inputs'), ...table('Outputs')])
      expect(row.at(-1)).toMatch(/^[A-Z`].+\.$/);
  });
});

const blocks = allYamlBlocks(root);

/** Every step under a value that uses this action. */
function stepsIn(value: unknown): readonly Step[] {
  if (Array.isArray(value)) return value.flatMap(stepsIn);
  if (typeof value !== 'object' || value === null) return [];
  const { uses, id, with: given } = value as Fields;
  const nested = Object.values(value).flatMap(stepsIn);
  if (typeof uses !== 'string' || !/(?:\/adobe-ims-token@.+|^\.\/)$/.test(uses)) return nested;
  const names = given === undefined || given === null ? [] : Object.keys(fields(given));
  return [{ id: textOf(id), inputs: names }, ...nested];
}

describe('examples', () => {
  it('are there', () => {
    expect(blocks.flatMap(({ text }) => stepsIn(parse(text))).length).toBeGreaterThan(3);
  });

  it.each(blocks)('in $page, line $line, use inputs and outputs that exist', ({ text }) => {
    const steps = stepsIn(parse(text));
    for (const step of steps)
      expect(Object.keys(inputs)).toEqual(expect.arrayContaining([...step.inputs]));
    const ids = new Set(steps.map(({ id }) => id));
    for (const [, id = '', output = ''] of text.matchAll(/steps\.([\w-]+)\.outputs\.([\w-]+)/g))
      if (ids.has(id)) expect(Object.keys(outputs)).toContain(output);
  });
});

it('every error code has its heading, and no heading is of a code that is gone', () => {
  const codes = [...read('docs/troubleshooting.md').matchAll(/^## (.+)$/gm)]
    .map(([, text = '']) => text)
    .filter((text) => /^[a-z_]+$/.test(text));
  expect(codes.toSorted()).toEqual([...CODES].toSorted());
});

it('every error code is in the table that troubleshooting begins with', () => {
  const [head = ''] = read('docs/troubleshooting.md').split('\n## ');
  const listed = [...head.matchAll(/\]\(#([a-z_]+)\)/g)].map(([, code = '']) => code);
  expect(listed.toSorted()).toEqual([...CODES].toSorted());
});

it('the README can be read in two minutes', () => {
  const text = read('README.md');
  const prose = text.replaceAll(/^ *```.*?^ *```$/gms, '').replaceAll(/^[|#].*$/gm, '');
  const words = (of: string): number => of.match(/\S+/g)?.length ?? 0;
  expect(words(text)).toBeLessThanOrEqual(1150);
  expect(words(prose)).toBeLessThanOrEqual(550);
});

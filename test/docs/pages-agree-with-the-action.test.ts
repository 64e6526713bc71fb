/** The documentation agrees with the action: names, defaults, error codes. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

import { CODES } from '../../src/failure.ts';
import { INPUT_DEFAULTS } from '../../src/inputs/read.ts';

type Fields = Readonly<Record<string, unknown>>;

const root = join(import.meta.dirname, '..', '..');
const read = (path: string): string => readFileSync(join(root, path), 'utf8');

function fields(value: unknown): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new TypeError('not a mapping');
  return value as Fields;
}

const action = fields(parse(read('action.yml')));
const [inputs, outputs] = [fields(action['inputs']), fields(action['outputs'])];
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

  it('are described in whole sentences', () => {
    const declared = [...Object.values(inputs), ...Object.values(outputs)].map(fields);
    const rows = [...table('Inputs'), ...table('Outputs')];
    const texts = [
      ...declared.map(({ description }) => description),
      ...rows.map((row) => row.at(-1)),
    ];
    for (const text of texts) expect(text).toMatch(/^[A-Z`].+\.$/s);
  });
});

it('every error code, and no other, has its heading and is in the table before it', () => {
  const page = read('docs/troubleshooting.md');
  const codes = [...page.matchAll(/^## ([a-z_]+)$/gm)].map(([, code]) => code);
  expect(codes.toSorted()).toEqual([...CODES].toSorted());
  const [head = ''] = page.split('\n## ');
  const listed = [...head.matchAll(/\]\(#([a-z_]+)\)/g)].map(([, code]) => code);
  expect(listed.toSorted()).toEqual([...CODES].toSorted());
});

it('the README can be read in two minutes', () => {
  const text = read('README.md');
  const prose = text.replaceAll(/^ *```.*?^ *```$/gms, '').replaceAll(/^[|#].*$/gm, '');
  const words = (of: string): number => of.match(/\S+/g)?.length ?? 0;
  expect(words(text)).toBeLessThanOrEqual(1150);
  expect(words(prose)).toBeLessThanOrEqual(550);
});

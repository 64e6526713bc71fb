/** The documentation agrees with the action: names, defaults, error codes. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

import { CONSOLE_SCOPES } from '../../recipes/expected.ts';
import { completeWorkflows } from '../../recipes/pages.ts';
import { INPUT_DEFAULTS } from '../../src/inputs/read.ts';

import { CODES, WARNINGS } from '../support/headings.ts';

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

const sectionOf = (page: string, heading: string): string =>
  read(page).split(`\n## ${heading}\n`)[1]?.split('\n## ')[0] ?? '';

/** Cells of the rows of a section, without the head of the table. */
function rowsOf(page: string, heading: string): readonly (readonly string[])[] {
  const rows = sectionOf(page, heading)
    .split('\n')
    .filter((line) => line.startsWith('|'));
  return rows.slice(2).map((row) =>
    row
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

const bare = (cell: string | undefined): string => (cell ?? '').replace(/^`(.*)`$/, '$1');

/** The inputs as the README lists them: name, default or `required`, meaning. */
const listedInputs = [
  ...sectionOf('README.md', 'Inputs').matchAll(/^- `([a-z-]+)`(?: \(([^)]+)\))?: (.+)$/gm),
].map(([, name = '', fallback, meaning = '']) => ({ name, fallback: bare(fallback), meaning }));

describe('inputs and outputs', () => {
  it('have the same names and defaults in action.yml and in the code', () => {
    const declared = Object.entries(inputs).map(([name, input]) => [
      name,
      textOf(fields(input)['default']),
    ]);
    expect(Object.fromEntries(declared)).toEqual(INPUT_DEFAULTS);
  });

  it('have the same names and defaults in action.yml and in the README', () => {
    const declared = Object.entries(inputs).map(([name, input]) => {
      const { required, default: fallback } = fields(input);
      return [name, required === true ? 'required' : textOf(fallback)];
    });
    expect(listedInputs).toHaveLength(declared.length);
    expect(Object.fromEntries(listedInputs.map(({ name, fallback }) => [name, fallback]))).toEqual(
      Object.fromEntries(declared),
    );
    expect(rowsOf('README.md', 'Outputs').map(([name]) => bare(name))).toEqual(
      Object.keys(outputs),
    );
  });

  it('stand in four groups in the README', () => {
    const groups = [...sectionOf('README.md', 'Inputs').matchAll(/^\*\*(.+)\*\*$/gm)];
    expect(groups.map(([, group]) => group)).toEqual([
      'Needed',
      'Where the token goes',
      'Behaviour',
      'User tokens',
    ]);
  });

  it('are described in whole sentences', () => {
    const declared = [...Object.values(inputs), ...Object.values(outputs)].map(fields);
    const texts = [
      ...declared.map(({ description }) => description),
      ...listedInputs.map(({ meaning }) => meaning),
      ...rowsOf('README.md', 'Outputs').map((row) => row.at(-1)),
    ];
    for (const text of texts) expect(text).toMatch(/^[A-Z`].+\.$/s);
  });
});

describe('docs/troubleshooting.md', () => {
  const page = read('docs/troubleshooting.md');
  const [failures = '', warnings = ''] = page.split('\n## Warnings\n');
  const headings = (text: string, level: string): readonly string[] =>
    [...text.matchAll(RegExp(`^${level} (.+)$`, 'gm'))].map(([, heading = '']) => heading);
  const anchors = (text: string): readonly string[] =>
    [...text.matchAll(/\]\(#([\w-]+)\)/g)].map(([, anchor = '']) => anchor);

  it('has a heading for every error code, and no other, and each in the table before it', () => {
    expect(headings(failures, '##').toSorted()).toEqual([...CODES].toSorted());
    const listed = anchors(failures.split('\n## ')[0] ?? '').filter((code) => !code.includes('-'));
    expect(listed.filter((code) => code !== 'warnings' && code !== 'questions').toSorted()).toEqual(
      [...CODES].toSorted(),
    );
  });

  it('has a heading for every warning, and lists each', () => {
    const own = headings(warnings, '##').filter((heading) => heading.includes('_'));
    expect(own.toSorted()).toEqual([...WARNINGS].toSorted());
    const [list = ''] = warnings.split('\n## ');
    expect(
      anchors(list)
        .filter((anchor) => anchor.includes('_'))
        .toSorted(),
    ).toEqual([...WARNINGS].toSorted());
  });

  it('has a heading for each code of an API that its list names', () => {
    const [, section = ''] = page.split('\n## When the token works and the API says no\n');
    const [list = '', ...rest] = section.split('\n## ')[0]?.split('\n### ') ?? [];
    const codes = [...list.matchAll(/\[`(\d{6})`\]/g)].map(([, code = '']) => code);
    const found = rest.flatMap((one) => /^\d{6}\b/.exec(one)?.[0] ?? []);
    expect(codes.length).toBeGreaterThan(6);
    expect(codes.toSorted()).toEqual(found.toSorted());
  });
});

it('the settings of a product in the README are those of a workflow that is executed', () => {
  const [, table = ''] = read('README.md').split('### Your product');
  const settings = table.split('\n## ')[0]?.match(/(?<=`)(?:scopes|env-var|aio-context): [^`]+/g);
  expect(settings?.length).toBeGreaterThan(4);
  const lines = completeWorkflows(root).flatMap(({ text }) => text.split('\n'));
  const executed = new Set(lines.map((line) => line.trim()));
  expect(settings?.filter((setting) => !executed.has(setting))).toEqual([]);
});

describe('llms.txt', () => {
  const page = read('llms.txt');

  it('has at most 60 lines', () => {
    expect(page.trimEnd().split('\n').length).toBeLessThanOrEqual(60);
  });

  it('has the eight scopes of App Builder, as its recipe has them', () => {
    const scopes = /scopes: >-\n([^:]+?)\n *env-var/.exec(page)?.[1] ?? '';
    const names = scopes.split(/[\s,]+/).filter((name) => name !== '');
    expect(names).toEqual(CONSOLE_SCOPES.split(','));
  });

  it.each(['aio-apps-action', 'curl', 'fromJSON', 'job output'])('warns of %s', (what) => {
    expect(page.split('## Do not write')[1]).toContain(what);
  });
});

it('the README can be read in two minutes', () => {
  const text = read('README.md');
  const lists = /^(?:[|#<]|- `).*$/gm;
  const prose = text.replaceAll(/^ *```.*?^ *```$/gms, '').replaceAll(lists, '');
  const words = (of: string): number => of.match(/\S+/g)?.length ?? 0;
  expect(words(text)).toBeLessThanOrEqual(1250);
  expect(words(prose)).toBeLessThanOrEqual(660);
});

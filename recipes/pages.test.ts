/** Everything that the pages show is executed, or is an exception with its reason. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

import { INPUT_DEFAULTS } from '../src/inputs/read.ts';
import { yamlBlocks } from '../scripts/yaml-blocks.ts';
import { EXCEPTIONS } from './exceptions.ts';
import { gapsIn } from './expectations/index.ts';
import { completeWorkflows, isPartOf, shorterBlocks } from './pages.ts';

const root = join(import.meta.dirname, '..');
const workflows = completeWorkflows(root);
const blocks = shorterBlocks(root);

it('every complete workflow has an expectation, and every expectation a workflow', () => {
  expect(workflows.length).toBeGreaterThan(20);
  expect(gapsIn(workflows)).toEqual([]);
});

it('a workflow without an expectation is found', () => {
  const stray = { line: 7, text: '', event: 'push', secrets: [], vars: [] };
  expect(gapsIn([...workflows, { page: 'docs/a.md', name: 'Stray', ...stray }])).toEqual([
    'docs/a.md:7 Stray has no expectation',
  ]);
  expect(gapsIn(workflows.filter(({ name }) => name !== 'Firefly'))).toEqual([
    'docs/recipes.md has no workflow Firefly',
  ]);
});

it('no more is left out than this', () => {
  expect(EXCEPTIONS.map(({ workflow, from }) => [workflow, from])).toEqual([
    ['API Mesh', 'npx --no-install aio api-mesh:update -c mesh.json'],
    ['Push content', 'npx --no-install aem content clone'],
    ['Token in the background', undefined],
  ]);
});

describe('a shorter block is part of a workflow that is executed', () => {
  it.each(blocks)('$page, line $line', ({ text }) => {
    expect(workflows.filter((workflow) => isPartOf(text, workflow.text))).not.toEqual([]);
  });

  it.each([
    ['whole', '- a: 1\n  b: 2\n', true],
    ['its first line', '- a: 1\n', true],
    ['with another value', '- a: 1\n  b: 3\n', false],
    ['with a line left out', '- a: 1\n- c: 4\n', false],
    ['with another depth', '- a: 1\nb: 2\n', false],
    ['with a line cut off', '- a:\n', false],
  ])('line for line: %s', (_name, block, part) => {
    expect(isPartOf(block, 'steps:\n  - a: 1\n    b: 2\n\n  - c: 4\n')).toBe(part);
  });
});

type Job = {
  readonly steps: readonly {
    readonly uses?: string;
    readonly with?: Readonly<Record<string, string>>;
  }[];
};

describe('the index of the recipes', () => {
  const page = readFileSync(join(root, 'docs/recipes.md'), 'utf8');
  const [head = '', ...sections] = page.split(/^## /m);
  const rows = [...head.matchAll(/^\| \[(.+?)\]\(#.+?\) +\| (.+?) +\| (.+?) +\|$/gm)];

  /** The row that a section should have: its name, its scopes, and where the token is. */
  function rowOf(section: string): readonly string[] {
    const [name = ''] = section.split('\n');
    const text = yamlBlocks('docs/recipes.md', section)[0]?.text ?? '';
    const { jobs } = parse(text) as { readonly jobs: Readonly<Record<string, Job>> };
    const steps = Object.values(jobs).flatMap((job) => job.steps);
    const inputs = steps.find(({ uses }) => uses?.includes('adobe-ims-token@'))?.with ?? {};
    const {
      scopes = '',
      'env-var': variable = INPUT_DEFAULTS['env-var'],
      'aio-context': context,
    } = inputs;
    const place = variable === '' ? 'output `access-token`' : `\`${variable}\``;
    return [name, scopes, context === undefined ? place : `\`aio-context: ${context}\``];
  }

  it('has the scopes of each recipe, and where the token is', () => {
    const eight = rowOf(sections.find((text) => text.startsWith('App Builder\n')) ?? '')[1] ?? '';
    const listed = rows
      .filter(([row]) => !row.includes('no recipe'))
      .map(([, name, scopes = '', place]) => [
        name,
        scopes
          .replace('[the eight of App Builder](#app-builder)', eight)
          .replace(', and ', ', ')
          .replaceAll('`', ''),
        place,
      ]);
    expect(listed).toEqual(sections.slice(0, -1).map(rowOf));
  });
});

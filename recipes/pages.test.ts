/** Everything that the pages show is executed, or is an exception with its reason. */

import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

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
  expect(EXCEPTIONS.map(({ workflow, command }) => [workflow, command])).toEqual([
    ['API Mesh', 'npx --no-install aio api-mesh:update -c mesh.json'],
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

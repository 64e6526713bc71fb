/** test/README.md leads from each promise to its tests, and names every test of the action. */

import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

const tests = join(import.meta.dirname, '..');
const page = readFileSync(join(tests, 'README.md'), 'utf8');
const links = [...page.matchAll(/^- \[(.+)\]\(action\/(.+)\.test\.ts\)$/gm)].map(
  ([, text = '', name = '']) => ({ text, name }),
);
const pathsOf = (pattern: string): readonly string[] => globSync(pattern, { cwd: tests });

describe('the map of the tests', () => {
  it('names each test of the action once', () => {
    const files = pathsOf('action/*.test.ts').map((path) => path.slice(7, -'.test.ts'.length));
    expect(links.map(({ name }) => name).toSorted()).toEqual(files.toSorted());
  });

  it('calls each by the scenario in its name', () => {
    for (const { text, name } of links)
      expect(text.toLowerCase().replaceAll(/[ /_]/g, '-')).toBe(name);
  });

  it('has tests for each of the nine promises', () => {
    const [, ...sections] = page.split(/^### /m);
    const promises = sections.map((section) => /^\d+/.exec(section)?.[0]);
    expect(promises).toEqual(Array.from({ length: 9 }, (_, i) => String(i + 1)));
    for (const section of sections) expect(section).toMatch(/^- \[.+\]\(action\//m);
  });
});

it('the name of a test says one thing', () => {
  expect(pathsOf('**/*.test.ts').filter((path) => path.includes('-and-'))).toEqual([]);
});

it('no test lies beside the folders', () => {
  expect(pathsOf('*.test.ts')).toEqual([]);
});

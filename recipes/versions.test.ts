/** The pages name the versions of the command lines with which their recipes were run. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect, it } from 'vitest';

import { pagesWithExamples } from '../scripts/yaml-blocks.ts';

const root = join(import.meta.dirname, '..');
const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const { dependencies } = JSON.parse(read('recipes/tools/package.json')) as {
  readonly dependencies: Readonly<Record<string, string>>;
};

it('the pages install the versions that the recipes are run with', () => {
  const quoted = pagesWithExamples(root).flatMap((page) =>
    [...read(page).matchAll(/(@adobe\/[\w-]+)@(\d[\w.-]*)/g)].map(([, name = '', version]) => ({
      page,
      name,
      version,
    })),
  );
  expect(quoted.filter(({ name, version }) => dependencies[name] !== version)).toEqual([]);
  const adobe = Object.keys(dependencies).filter((name) => name.startsWith('@adobe/'));
  expect(new Set(quoted.map(({ name }) => name))).toEqual(new Set(adobe));
});

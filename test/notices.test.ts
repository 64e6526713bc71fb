/** `dist/THIRD-PARTY.txt` names the bundled packages, each with its licence. */

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect, it, onTestFinished } from 'vitest';

import { notice, packageFolders } from '../scripts/build.ts';

const root = join(import.meta.dirname, '..');

/** A package with these files beside its package.json. */
function packageWith(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'notices-'));
  onTestFinished(() => {
    rmSync(folder, { recursive: true });
  });
  const manifest = JSON.stringify({ name: 'p', version: '1.2.3', license: 'ISC' });
  for (const [name, text] of Object.entries({ ...files, 'package.json': manifest }))
    writeFileSync(join(folder, name), text);
  return folder;
}

it('gives every licence text of a package, whatever its line ends', () => {
  const text = notice(
    packageWith({ 'LICENSE.md': 'Terms \r\nmore\r\n', NOTICE: 'Names', 'README.md': 'Not this' }),
  );
  expect(text).toMatch(/^-{80}\np 1\.2\.3 \(ISC\)\n-{80}\n\nTerms\nmore\n\nNames\n$/);
});

it.each([{}, { LICENSE: ' \n' }])(
  'refuses to bundle a package with no licence text: %j',
  (files) => {
    const folder = packageWith(files);
    expect(() => notice(folder)).toThrow('p 1.2.3 (ISC) is bundled, but brings no licence text.');
  },
);

it('finds the packages of modules at any depth, on any system', () => {
  const inner = { nameForCondition: '/r/node_modules/a/node_modules/@b/c/lib/x.js' };
  const modules = [
    { nameForCondition: '/r/src/main.ts', modules: [inner, { nameForCondition: null }] },
    { nameForCondition: String.raw`C:\r\node_modules\d\index.js` },
    { nameForCondition: '/r/node_modules/a/index.js' },
  ];
  expect(packageFolders(modules)).toEqual([
    '/r/node_modules/a/node_modules/@b/c',
    String.raw`C:\r\node_modules\d`,
    '/r/node_modules/a',
  ]);
});

// A tool of the tests must not get into the bundle unseen.
it('names production dependencies alone', () => {
  const read = (path: string): string => readFileSync(join(root, path), 'utf8');
  const { packages } = JSON.parse(read('package-lock.json')) as {
    readonly packages: Readonly<Record<string, { readonly version: string; readonly dev?: true }>>;
  };
  const production = Object.entries(packages)
    .filter(([, { dev }]) => dev !== true)
    .map(([path, { version }]) => `${path.replace(/^.*node_modules\//, '')} ${version}`);
  const named = [...read('dist/THIRD-PARTY.txt').matchAll(/^-{80}\n(\S+ \S+) \(.+\)\n-{80}$/gm)];
  expect(named.length).toBeGreaterThan(0);
  expect(production).toEqual(expect.arrayContaining(named.map(([, name]) => name)));
});

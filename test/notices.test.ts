/** The notices in `dist` name every package whose code is there, and give its licence. */

import { globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, describe, expect, it } from 'vitest';

import { notices, packageFolders } from '../scripts/notices.ts';

const root = join(import.meta.dirname, '..');
const read = (path: string): string => readFileSync(join(root, path), 'utf8');

const text = read('dist/THIRD-PARTY.txt');

type Section = { readonly name: string; readonly licence: string };

const sections: readonly Section[] = text
  .split(/^-{80}\n(\S+ \S+) \(.+\)\n-{80}\n/m)
  .slice(1)
  .flatMap((name, at, parts) => (at % 2 === 0 ? [{ name, licence: parts[at + 1] ?? '' }] : []));

/** Folders of the packages that the action may bundle, each with its name and version. */
const installed: ReadonlyMap<string, string> = new Map(
  Object.entries(
    (
      JSON.parse(read('package-lock.json')) as {
        readonly packages: Readonly<
          Record<string, { readonly version: string; readonly dev?: true }>
        >;
      }
    ).packages,
  )
    .filter(([folder, { dev }]) => folder !== '' && dev !== true)
    .map(([folder, { version }]) => [
      folder,
      `${folder.slice(folder.lastIndexOf('node_modules/') + 'node_modules/'.length)} ${version}`,
    ]),
);

/** The lines of code that only one package has, long enough to be no accident; blocks are left alone by the bundler. */
function linesOfPackages(): ReadonlyMap<string, string> {
  const owners = new Map<string, string>();
  for (const [folder, name] of installed)
    for (const file of globSync('**/*.{js,cjs,mjs}', {
      cwd: join(root, folder),
      exclude: (path) => path === 'node_modules' || path.endsWith('.min.js'),
    }))
      for (const line of readFileSync(join(root, folder, file), 'utf8').split('\n')) {
        const code = line.trim();
        if (code.length < 40 || /^(?:\/?\*|\/\/|import |export )/.test(code)) continue;
        const owner = owners.get(code);
        owners.set(code, owner === undefined || owner === name ? name : 'several');
      }
  return owners;
}

/** What seems to be in a program, from its text alone. */
function packagesIn(program: string, owners: ReadonlyMap<string, string>): ReadonlySet<string> {
  const lines = globSync(`dist/${program}/*.js`, { cwd: root }).flatMap((file) =>
    read(file).split('\n'),
  );
  const counts = new Map<string, number>();
  for (const code of new Set(lines.map((line) => line.trim()))) {
    const owner = owners.get(code);
    if (owner !== undefined) counts.set(owner, (counts.get(owner) ?? 0) + 1);
  }
  counts.delete('several');
  return new Set([...counts].filter(([, count]) => count >= 2).map(([name]) => name));
}

describe('the notices', () => {
  it('name every package whose lines are in a program', () => {
    const owners = linesOfPackages();
    for (const program of ['main', 'post', 'cache']) {
      const found = packagesIn(program, owners);
      expect(found.size).toBeGreaterThan(2);
      expect(sections.map(({ name }) => name)).toEqual(expect.arrayContaining([...found]));
    }
  });

  it('name nothing that is not installed, and nothing twice', () => {
    const names = sections.map(({ name }) => name);
    expect([...installed.values()]).toEqual(expect.arrayContaining(names));
    expect(new Set(names).size).toBe(names.length);
  });

  it.each(sections)('give the licence of $name', ({ licence }) => {
    expect(licence).toMatch(/permission|license|permitted/i);
    expect(licence.length).toBeGreaterThan(400);
  });

  it('say nothing of the machine that made them', () => {
    expect(text).not.toContain(root);
  });
});

const cleanups: (() => void)[] = [];

afterEach(() => {
  for (const cleanup of cleanups.splice(0)) cleanup();
});

/** A package with these files beside its package.json. */
function packageWith(manifest: object, files: Readonly<Record<string, string>> = {}): string {
  const folder = mkdtempSync(join(tmpdir(), 'notices-'));
  cleanups.push(() => {
    rmSync(folder, { recursive: true });
  });
  mkdirSync(folder, { recursive: true });
  const all = {
    ...files,
    'package.json': JSON.stringify({ name: 'p', version: '1.2.3', ...manifest }),
  };
  for (const [name, text] of Object.entries(all)) writeFileSync(join(folder, name), text);
  return folder;
}

describe('the notice of a package', () => {
  it('has every text that it brings, with the ends of lines of all systems', () => {
    const folder = packageWith(
      { license: 'ISC' },
      { 'LICENSE.md': '\uFEFFTerms \r\nmore\r\n', NOTICE: 'Names', 'README.md': 'Not this' },
    );
    const notice = notices(new Set([folder]));
    expect(notice).toMatch(/^p 1\.2\.3 \(ISC\)\n-+\n\nTerms\nmore\n\nNames\n/m);
    expect(notice).not.toMatch(/Not this|\r|\uFEFF/);
  });

  it('has the terms where it names the MIT licence and brings no text', () => {
    const folder = packageWith({ license: 'MIT', author: 'Someone' });
    expect(notices(new Set([folder]))).toMatch(/no text.*"Someone".*Permission is hereby/s);
  });

  it.each([{ license: 'ISC' }, { license: 'UNLICENSED' }, {}])('is demanded of %j', (manifest) => {
    const folder = packageWith(manifest);
    expect(() => notices(new Set([folder]))).toThrow('p 1.2.3 is bundled, but has no');
  });

  it('is demanded where the text is empty', () => {
    const folder = packageWith({ license: 'ISC' }, { LICENSE: ' \n' });
    expect(() => notices(new Set([folder]))).toThrow('p 1.2.3 is bundled, but has no');
  });
});

it('the packages of a bundle are found in all depths, with those that packages bring', () => {
  const inner = { nameForCondition: '/r/node_modules/a/node_modules/@b/c/lib/x.js' };
  const modules = [
    { nameForCondition: '/r/src/main.ts', modules: [inner, { nameForCondition: null }] },
    { nameForCondition: String.raw`C:\r\node_modules\d\index.js` },
    { nameForCondition: '/r/node_modules/a/index.js' },
    { nameForCondition: '/r/node_modules/a/other.js' },
  ];
  expect([...packageFolders(modules)]).toEqual([
    '/r/node_modules/a/node_modules/@b/c',
    String.raw`C:\r\node_modules\d`,
    '/r/node_modules/a',
  ]);
});

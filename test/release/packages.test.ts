/** What `npm ci` installs, and what of it is in `dist`: the lock file, the notices and the SBOM agree. */

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { describe, expect, it, onTestFinished } from 'vitest';

import { notice, packageFolders } from '../../scripts/build.ts';
import { sbomOf } from '../../scripts/sbom.ts';

type Entry = {
  readonly version: string;
  readonly integrity?: string;
  readonly resolved?: string;
  readonly hasInstallScript?: true;
  readonly optional?: true;
  readonly dev?: true;
  readonly os?: unknown;
};

const read = (name: string): string =>
  readFileSync(join(import.meta.dirname, '../..', name), 'utf8');
const { packages } = JSON.parse(read('package-lock.json')) as {
  readonly packages: Readonly<Record<string, Entry>>;
};
const entries = Object.entries(packages).filter(([path]) => path !== '');
const pathsWhere = (test: (entry: Entry) => boolean): readonly string[] =>
  entries.filter(([, entry]) => test(entry)).map(([path]) => path);

describe('every package in the lock file', () => {
  it('has a SHA-512 that npm compares with what it downloads', () => {
    expect(entries.length).toBeGreaterThan(100);
    const checksum = /^sha512-[A-Za-z0-9+/]{86}==$/;
    expect(pathsWhere(({ integrity }) => !checksum.test(integrity ?? ''))).toEqual([]);
  });

  it('comes from the registry of whoever installs it', () => {
    expect(pathsWhere(({ resolved }) => resolved !== undefined)).toEqual([]);
  });

  it('has no install script that npm runs', () => {
    expect(read('.npmrc')).toMatch(/^ignore-scripts=true$/m);
    const everywhere = ({ optional, os }: Entry): boolean => optional !== true || os === undefined;
    expect(pathsWhere((entry) => entry.hasInstallScript === true && everywhere(entry))).toEqual([]);
  });
});

it('the Node 24 of every system that a contributor may have is in the lock file', () => {
  const { optionalDependencies: names } = JSON.parse(read('package.json')) as {
    readonly optionalDependencies: Readonly<Record<string, string>>;
  };
  const locked = Object.keys(names).map((name) => packages[`node_modules/${name}`]);
  expect(locked).toMatchObject(
    Object.values(names).map((version) => ({ version, optional: true, bin: {} })),
  );
  const systems = locked.map((entry) => String(entry?.os));
  expect(systems.toSorted()).toEqual(['darwin', 'darwin', 'linux', 'linux', 'win32']);
  expect(Object.values(names).every((version) => version.startsWith('24.'))).toBe(true);
});

describe('the notices', () => {
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

  it('give every licence text of a package, whatever its line ends', () => {
    const files = { 'LICENSE.md': 'Terms \r\nmore\r\n', NOTICE: 'Names', 'README.md': 'Not this' };
    const text = notice(packageWith(files));
    expect(text).toMatch(/^-{80}\np 1\.2\.3 \(ISC\)\n-{80}\n\nTerms\nmore\n\nNames\n$/);
  });

  it.each([{}, { LICENSE: ' \n' }])('do not come without a licence text: %j', (files) => {
    const folder = packageWith(files);
    expect(() => notice(folder)).toThrow('p 1.2.3 (ISC) is bundled, but brings no licence text.');
  });

  it('name the packages of modules at any depth, on any system', () => {
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
  it('name production dependencies alone', () => {
    const production = entries
      .filter(([, { dev }]) => dev !== true)
      .map(([path, { version }]) => `${path.replace(/^.*node_modules\//, '')} ${version}`);
    const named = [...read('dist/THIRD-PARTY.txt').matchAll(/^-{80}\n(\S+ \S+) \(.+\)\n-{80}$/gm)];
    expect(named.length).toBeGreaterThan(0);
    expect(production).toEqual(expect.arrayContaining(named.map(([, name]) => name)));
  });
});

describe('the SBOM', () => {
  const entry = (
    name: string,
    versionInfo: string,
  ): Parameters<typeof sbomOf>[0]['packages'][0] => ({
    SPDXID: `SPDXRef-${name}-${versionInfo}`,
    name,
    versionInfo,
  });

  const locked = {
    documentDescribes: ['SPDXRef-ours-1.0.0'],
    packages: [
      entry('a', '1.0.0'),
      entry('ours', '1.0.0'),
      entry('a', '2.0.0'),
      entry('b', '1.0.0'),
    ],
    relationships: [{ spdxElementId: 'SPDXRef-b-1.0.0' }],
  };

  const noticesOf = (...names: readonly string[]): string => {
    const rule = '-'.repeat(80);
    return names.map((name) => `${rule}\n${name} (MIT)\n${rule}\n\nTerms\n`).join('\n');
  };

  it('contains the packages of the notices, each in its version', () => {
    const relation = (spdxElementId: string, relationshipType: string, to: string): object => ({
      spdxElementId,
      relationshipType,
      relatedSpdxElement: to,
    });
    expect(sbomOf(locked, noticesOf('a 2.0.0'))).toEqual({
      documentDescribes: ['SPDXRef-ours-1.0.0'],
      packages: [entry('ours', '1.0.0'), entry('a', '2.0.0')],
      relationships: [
        relation('SPDXRef-DOCUMENT', 'DESCRIBES', 'SPDXRef-ours-1.0.0'),
        relation('SPDXRef-ours-1.0.0', 'CONTAINS', 'SPDXRef-a-2.0.0'),
      ],
    });
  });

  it('refuses a bundled package that the lock file does not have', () => {
    expect(() => sbomOf(locked, noticesOf('a 2.0.0', 'a 3.0.0'))).toThrow('of npm: a 3.0.0.');
    expect(() => sbomOf(locked, '')).toThrow('anything');
  });
});

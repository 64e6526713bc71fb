/** What `npm ci` installs, and what of it is in `dist`: the lock file, the notices and the SBOM agree. */

import { spawnSync } from 'node:child_process';
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

const root = join(import.meta.dirname, '../..');
const read = (name: string): string => readFileSync(join(root, name), 'utf8');
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
  const source = { repository: 'Acme/ours', commit: 'c0ffee', committedAt: 1_782_000_000 };
  const integrity = `sha512-${Buffer.alloc(64, 1).toString('base64')}`;
  const locked = {
    packages: {
      '': { version: '1.0.0', license: 'MIT' },
      'node_modules/@a/b': { version: '1.0.0', license: 'ISC', integrity },
      'node_modules/c': { version: '1.0.0' },
      'node_modules/c/node_modules/@a/b': { version: '2.0.0', license: 'ISC', integrity },
    },
  };
  const noticesOf = (...names: readonly string[]): string => {
    const rule = '-'.repeat(80);
    return names.map((name) => `${rule}\n${name} (MIT)\n${rule}\n\nTerms\n`).join('\n');
  };

  it('contains the packages of the notices, each in its version', () => {
    expect(sbomOf(locked, noticesOf('@a/b 2.0.0'), source)).toMatchObject({
      packages: [
        { name: 'ours', versionInfo: '1.0.0', licenseDeclared: 'MIT' },
        {
          name: '@a/b',
          versionInfo: '2.0.0',
          licenseDeclared: 'ISC',
          checksums: [{ algorithm: 'SHA512', checksumValue: '01'.repeat(64) }],
          externalRefs: [{ referenceLocator: 'pkg:npm/%40a/b@2.0.0' }],
        },
      ],
      relationships: [
        { relationshipType: 'DESCRIBES', relatedSpdxElement: 'SPDXRef-Package-ours-1.0.0' },
        { relationshipType: 'CONTAINS', relatedSpdxElement: 'SPDXRef-Package-a.b-2.0.0' },
      ],
    });
  });

  it('names this repository, which nobody else can register, and its commit', () => {
    expect(sbomOf(locked, noticesOf('c 1.0.0'), source)).toMatchObject({
      documentNamespace: 'https://github.com/Acme/ours/sbom/c0ffee',
      creationInfo: { created: '2026-06-21T00:00:00Z', creators: ['Tool: scripts/sbom.ts'] },
      packages: [
        {
          downloadLocation: 'git+https://github.com/Acme/ours@c0ffee',
          externalRefs: [{ referenceLocator: 'pkg:github/acme/ours@v1.0.0' }],
        },
        { name: 'c', licenseDeclared: 'NOASSERTION' },
      ],
    });
  });

  it('refuses a bundled package that the lock file does not have', () => {
    const notices = noticesOf('@a/b 2.0.0', '@a/b 3.0.0');
    expect(() => sbomOf(locked, notices, source)).toThrow('lock file: @a/b 3.0.0.');
    expect(() => sbomOf(locked, '', source)).toThrow('names no package');
  });

  it.skipIf(spawnSync('git', ['rev-parse']).status !== 0)('is the same bytes again', () => {
    const [first, second] = [1, 2].map(() => {
      const { status, stdout } = spawnSync(process.execPath, ['scripts/sbom.ts'], { cwd: root });
      expect(status).toBe(0);
      return stdout.toString();
    });
    expect(second).toBe(first);
    expect(first).toContain('"name": "@actions/http-client"');
  });
});

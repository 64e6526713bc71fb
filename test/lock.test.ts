/** What `npm ci` installs is what the lock file holds, and runs no code of a package. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

type Entry = {
  readonly integrity?: string;
  readonly resolved?: string;
  readonly hasInstallScript?: true;
  readonly optional?: true;
  readonly os?: unknown;
};

const read = (name: string): string => readFileSync(join(import.meta.dirname, '..', name), 'utf8');
const lock = JSON.parse(read('package-lock.json')) as {
  readonly packages: Readonly<Record<string, Entry>>;
};
const entries = Object.entries(lock.packages).filter(([path]) => path !== '');
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

  it('has no install script, unless it is optional and for one system alone', () => {
    const everywhere = ({ optional, os }: Entry): boolean => optional !== true || os === undefined;
    expect(pathsWhere((entry) => entry.hasInstallScript === true && everywhere(entry))).toEqual([]);
  });
});

it('the Node 24 of every system that a contributor may have is in the lock file', () => {
  const { optionalDependencies: names } = JSON.parse(read('package.json')) as {
    readonly optionalDependencies: Readonly<Record<string, string>>;
  };
  const locked = Object.keys(names).map((name) => lock.packages[`node_modules/${name}`]);
  expect(locked).toMatchObject(
    Object.values(names).map((version) => ({ version, optional: true, bin: {} })),
  );
  const systems = locked.map((entry) => String(entry?.os));
  expect(systems.toSorted()).toEqual(['darwin', 'darwin', 'linux', 'linux', 'win32']);
  expect(Object.values(names).every((version) => version.startsWith('24.'))).toBe(true);
});

it('npm runs no script of a package when it installs', () => {
  expect(read('.npmrc')).toMatch(/^ignore-scripts=true$/m);
});

/** package.json declares every package that a source imports, and few others come with them. */

import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

type Names = Readonly<Record<string, string>>;
type Manifest = {
  readonly scripts: Names;
  readonly dependencies: Names;
  readonly devDependencies: Names;
};

const root = join(import.meta.dirname, '../..');
const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const manifest = JSON.parse(read('package.json')) as Manifest;

/** Imports, also those of a program in a string. */
const IMPORT =
  /(?:\bfrom\s*|\bimport\s*\(?\s*|\brequire\(|createRequire\(import\.meta\.url\)\()(['"])([^'"\n]+)\1/g;

/** The package of a specifier; undefined for one of Node's modules and for a file of ours. */
function packageOf(specifier: string): string | undefined {
  const [name = '', ...rest] = specifier.split('node_modules/').reverse();
  if ((rest.length === 0 && name.startsWith('.')) || isBuiltin(name)) return undefined;
  return /^(?:@[^/]+\/)?[^/]+/.exec(name)?.[0];
}

type Import = { readonly file: string; readonly name: string };

function importsOf(file: string): readonly Import[] {
  const specifiers = [...read(file).matchAll(IMPORT)].map(([, , specifier = '']) => specifier);
  return specifiers
    .flatMap((specifier) => packageOf(specifier) ?? [])
    .map((name) => ({ file, name }));
}

/** Every source that git knows or would add. */
function sources(): readonly string[] {
  const args = ['ls-files', '--cached', '--others', '--exclude-standard', '*.ts', '*.js', '*.mjs'];
  const { status, stdout } = spawnSync('git', args, { cwd: root, encoding: 'utf8' });
  if (status !== 0) throw new Error('git does not list the sources');
  return stdout
    .split('\n')
    .filter((file) => file !== '' && !file.startsWith('dist/') && existsSync(join(root, file)));
}

const imports = sources().flatMap(importsOf);
const foreignTo = (declared: Names, all: readonly Import[]): readonly Import[] =>
  all.filter(({ name }) => !Object.hasOwn(declared, name));

describe('the packages', () => {
  it('that a source imports are all declared', () => {
    const { dependencies, devDependencies } = manifest;
    expect(imports.length).toBeGreaterThan(50);
    expect(foreignTo({ ...dependencies, ...devDependencies }, imports)).toEqual([]);
  });

  it('that src imports are no tools', () => {
    const ours = imports.filter(({ file }) => file.startsWith('src/'));
    expect(ours.length).toBeGreaterThan(0);
    expect(foreignTo(manifest.dependencies, ours)).toEqual([]);
  });

  it('that are declared are all used', () => {
    const scripts = Object.values(manifest.scripts).join(' ');
    const all = sources().map(read).join('\n');
    const declared = Object.keys({ ...manifest.dependencies, ...manifest.devDependencies });
    const isUsed = (name: string): boolean =>
      [`'${name}'`, `'${name}/`].some((quoted) => all.includes(quoted)) ||
      scripts.includes(`${name} `) ||
      name.startsWith('@types/');
    expect(declared.filter((name) => !isUsed(name))).toEqual([]);
  });

  it('that npm ci installs are at most 310', () => {
    const { packages } = JSON.parse(read('package-lock.json')) as { readonly packages: Names };
    expect(Object.keys(packages).length).toBeLessThanOrEqual(310);
  });
});

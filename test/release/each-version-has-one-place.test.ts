/** Each version of a tool has one place, Dependabot sees the places that it can, and the next Node has a list. */

import { execFileSync } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';

import { expect, it } from 'vitest';
import { parse } from 'yaml';

const root = join(import.meta.dirname, '../..');
const read = (name: string): string => readFileSync(join(root, name), 'utf8');
const { optionalDependencies } = JSON.parse(read('package.json')) as {
  readonly optionalDependencies: Readonly<Record<string, string>>;
};
const list = ['ls-files', '--cached', '--others', '--exclude-standard', '-z'];
const files = execFileSync('git', list, { cwd: root, encoding: 'utf8' })
  .split('\0')
  .filter(Boolean);
const workflows = globSync('.github/workflows/*.yml', { cwd: root }).map((name) => read(name));

it('the files that name the major version of Node are those in docs/releasing.md', () => {
  const major = read('.nvmrc').trim();
  // Hashes and versions of other tools may look the same.
  const others = ['.ci/', 'package-lock.json', 'dist/'];
  const pattern = RegExp(`\\bnode ?${major}\\b|["'^]${major}\\.|^${major}\\n$`, 'i');
  const named = files.filter(
    (name) => !others.some((start) => name.startsWith(start)) && pattern.test(read(name)),
  );
  const section = read('docs/releasing.md').split('\n## The next Node\n')[1]?.split('\n## ')[0];
  const listed = [...(section ?? '').matchAll(/`([^`]+)`/g)].map(([, name]) => name);
  expect(listed.toSorted()).toEqual([...named, 'package-lock.json'].toSorted());
});

it('Dependabot looks at every manifest', () => {
  const { updates } = parse(read('.github/dependabot.yml')) as {
    readonly updates: readonly {
      readonly 'package-ecosystem': string;
      readonly directory?: string;
      readonly directories?: readonly string[];
      readonly ignore?: readonly object[];
    }[];
  };
  const ecosystems = { 'package.json': 'npm', 'go.mod': 'gomod', 'requirements.txt': 'pip' };
  const manifests = Object.entries(ecosystems).flatMap(([name, ecosystem]) =>
    files
      .filter((path) => posix.basename(path) === name)
      .filter((path) => !path.startsWith('dist/'))
      .map((path) => `${ecosystem} ${posix.join('/', posix.dirname(path))}`),
  );
  const seen = updates.flatMap(({ 'package-ecosystem': ecosystem, directory = '', directories }) =>
    (directories ?? [directory]).map((folder) => `${ecosystem} ${folder}`),
  );
  expect(seen.toSorted()).toEqual([...manifests, 'github-actions /'].toSorted());
});

it('what our tools cannot work with yet is not proposed', () => {
  const ignored = read('.github/dependabot.yml');
  for (const name of ['typescript', 'vitest'])
    expect(ignored).toMatch(RegExp(`# .*\\n +- dependency-name: ${name}\\n +versions: `));
});

it('no other file pins a tool of .ci', () => {
  const pins = files.filter((name) =>
    /(?:actionlint|nektos\/act|zizmor|spdx-tools)(?:@v|==)\d/.test(read(name)),
  );
  expect(pins).toEqual(['.ci/requirements.txt']);
  expect(read('.ci/tools/go.mod')).toMatch(/nektos\/act v\d[^]*rhysd\/actionlint v\d/);
});

it('the workflows take the version of Node from .nvmrc', () => {
  for (const text of workflows) {
    const uses = text.match(/uses: actions\/setup-node@/g)?.length ?? 0;
    expect(text.match(/node-version-file: \.nvmrc/g)?.length ?? 0).toBe(uses);
  }
});

it('wherever packages are installed, the Node that npm brought is removed at once', () => {
  const steps = workflows.flatMap((text) =>
    text.split(/^ +- (?=run:|name:|uses:|if:)/m).map((step) => step.trim()),
  );
  const installs = steps.flatMap((step, at) => (step.includes('npm ci') ? [at] : []));
  expect(installs.length).toBeGreaterThan(1);
  for (const at of installs) {
    expect(steps[at + 1]).toMatch(/^name: Remove the Node that npm brought\n/);
    const [, kinds = ''] = /node_modules\/node-\{([^}]+)\}-\*/.exec(steps[at + 1] ?? '') ?? [];
    const removed = kinds.split(',');
    const kept = Object.keys(optionalDependencies).filter(
      (name) => !removed.some((kind) => name.startsWith(`node-${kind}-`)),
    );
    expect(kept).toEqual([]);
  }
});

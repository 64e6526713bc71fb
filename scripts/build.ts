/** Builds `dist`: the programs, and the notices of the packages in them. */

import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';

/** A module as webpack reports it; a concatenated module holds others. */
export type Module = {
  /** Absolute path of the file it was made of. */
  readonly nameForCondition?: string | null;
  readonly modules?: readonly Module[];
};

type Output = {
  readonly code: string;
  readonly assets: Readonly<Record<string, { readonly source: string | Buffer }>>;
  readonly stats: { toJson(options: object): { readonly modules: readonly Module[] } };
};
type Ncc = (entry: string, options: object) => Promise<Output>;

const root = join(import.meta.dirname, '..');
const RULE = '-'.repeat(80);

/** The bundles by their folder in `dist`. ncc reads tsconfig.json, which names the stand-in for `undici`. */
const PROGRAMS = { main: 'src/main.ts', post: 'src/post.ts', steps: 'src/steps.ts' };

/** The program stands in `dist` once. TypeScript has rewritten the extension when webpack resolves this. */
const EXTERNALS = { './steps.js': '../steps/index.js' };

/** Makes webpack list each module on its own. */
const EACH_MODULE = {
  all: false,
  modules: true,
  nestedModules: true,
  modulesSpace: Infinity,
  nestedModulesSpace: Infinity,
  ...Object.fromEntries(
    ['Attributes', 'CacheStatus', 'Extension', 'Layer', 'Path', 'Type'].map((by) => [
      `groupModulesBy${by}`,
      false,
    ]),
  ),
};

/** Folders of the packages that modules come from. */
export function packageFolders(modules: readonly Module[]): readonly string[] {
  return modules.flatMap(({ nameForCondition, modules: inner = [] }) => {
    const inPackage = /^.*[/\\]node_modules[/\\](?:@[^/\\]+[/\\])?[^/\\]+/;
    return [...(inPackage.exec(nameForCondition ?? '') ?? []), ...packageFolders(inner)];
  });
}

/**
 * The notice of one package: name, version, licence, and the text of the licence.
 * @throws Error when the package brings no such text
 */
export function notice(folder: string): string {
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
    readonly [key in 'name' | 'version' | 'license']?: string;
  };
  const title = `${manifest.name ?? ''} ${manifest.version ?? ''} (${manifest.license ?? ''})`;
  const text = readdirSync(folder)
    .filter((name) => /^(?:licen[cs]e|copying|notice)/i.test(name))
    .sort()
    .map((name) =>
      readFileSync(join(folder, name), 'utf8')
        .replaceAll(/[ \t]*\r?\n/g, '\n')
        .trim(),
    )
    .join('\n\n');
  if (text.trim() === '') throw new Error(`${title} is bundled, but brings no licence text.`);
  return `${RULE}\n${title}\n${RULE}\n\n${text}\n`;
}

/** Builds everything into `target`, whose former contents go. */
async function build(target: string): Promise<void> {
  const ncc = createRequire(import.meta.url)('@vercel/ncc') as Ncc;
  const notices = new Set<string>();
  const files = new Map<string, string | Buffer>();
  process.chdir(root);
  for (const [name, entry] of Object.entries(PROGRAMS)) {
    // Node loads CommonJS faster than an ES module.
    const options = { esm: false, cache: false, quiet: true, externals: EXTERNALS };
    const { code, assets, stats } = await ncc(join(root, entry), options);
    files.set(join(name, 'package.json'), '{"type":"commonjs"}\n');
    files.set(join(name, 'index.js'), code);
    for (const [file, { source }] of Object.entries(assets)) files.set(join(name, file), source);
    for (const found of packageFolders(stats.toJson(EACH_MODULE).modules))
      notices.add(notice(found));
  }
  const head = 'Packages of which parts are in this folder, and their licences.\n';
  files.set('THIRD-PARTY.txt', [head, ...[...notices].sort()].join('\n'));
  // Last, so that a build that fails leaves the old one.
  rmSync(target, { recursive: true, force: true });
  for (const name of Object.keys(PROGRAMS)) mkdirSync(join(target, name), { recursive: true });
  for (const [file, content] of files) writeFileSync(join(target, file), content);
}

if (process.argv[1] === import.meta.filename) {
  try {
    await build(resolve(process.argv[2] ?? join(root, 'dist')));
  } catch (error) {
    // Node would print the line of ncc that threw, which is megabytes long.
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}

/** Builds the two programs of `dist`; `node scripts/build.ts FOLDER` builds them elsewhere. */

import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';

import { type Module, notices, packageFolders } from './notices.ts';

type Output = {
  readonly code: string;
  readonly assets: Readonly<Record<string, { readonly source: string | Buffer }>>;
  readonly stats: { toJson(options: object): { readonly modules: readonly Module[] } };
};
type Ncc = (entry: string, options: object) => Promise<Output>;

const ncc = createRequire(import.meta.url)('@vercel/ncc') as Ncc;
const root = join(import.meta.dirname, '..');

/**
 * ncc takes tsconfig.json, and with it the stand-ins of src/stand-ins, from the folder it runs in. Both are
 * CommonJS, which Node loads sooner than an ES module.
 */
const programs = [
  { name: 'main', folder: root, entry: 'src/main.ts' },
  { name: 'post', folder: root, entry: 'src/post.ts' },
] as const;

/** Has webpack list every module by itself, the ones in others too. */
const EVERY_MODULE = {
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

/** Builds one program; the folders of the packages that are in it. */
async function buildProgram(
  program: (typeof programs)[number],
  target: string,
): Promise<ReadonlySet<string>> {
  const { name, folder, entry } = program;
  process.chdir(folder);
  const { code, assets, stats } = await ncc(join(folder, entry), {
    esm: false,
    cache: false,
    quiet: true,
  });
  mkdirSync(join(target, name), { recursive: true });
  const write = (file: string, text: string | Buffer): void => {
    writeFileSync(join(target, name, file), text);
  };
  write('index.js', code);
  write('package.json', `${JSON.stringify({ type: 'commonjs' })}\n`);
  for (const [file, { source }] of Object.entries(assets)) write(file, source);
  return packageFolders(stats.toJson(EVERY_MODULE).modules);
}

/** Builds everything into `target`, whose former contents go. */
export async function build(target: string): Promise<void> {
  rmSync(target, { recursive: true, force: true });
  const folders = new Set<string>();
  for (const program of programs)
    for (const folder of await buildProgram(program, target)) folders.add(folder);
  writeFileSync(join(target, 'THIRD-PARTY.txt'), notices(folders));
}

if (process.argv[1] === import.meta.filename) {
  try {
    await build(resolve(process.argv[2] ?? join(root, 'dist')));
  } catch (error) {
    // Not thrown on: Node would print the line of ncc that threw, which is megabytes long.
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}

/** The notices that the licences of bundled packages ask for. */

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What webpack tells of a module; concatenated ones hold others. */
export type Module = {
  /** Absolute path of the file it was made of. */
  readonly nameForCondition?: string | null;
  readonly modules?: readonly Module[];
};

type Package = { readonly name: string; readonly version: string; readonly license?: string };

const IN_PACKAGE = /^(.*[/\\]node_modules[/\\](?:@[^/\\]+[/\\])?[^/\\]+)[/\\]/;
const NOTICE_FILE = /^(?:licen[cs]e|copying|notice)/i;
const RULE = '-'.repeat(80);

/** Folders of the packages that modules come from. */
export function packageFolders(modules: readonly Module[]): ReadonlySet<string> {
  const folders = modules.flatMap((module) => {
    const own = IN_PACKAGE.exec(module.nameForCondition ?? '')?.[1];
    return [...(own === undefined ? [] : [own]), ...packageFolders(module.modules ?? [])];
  });
  return new Set(folders);
}

function texts(folder: string): readonly string[] {
  return readdirSync(folder)
    .filter((name) => NOTICE_FILE.test(name))
    .sort()
    .map((name) => readFileSync(join(folder, name), 'utf8').replaceAll('\r\n', '\n').trim());
}

function section(folder: string): { readonly title: string; readonly text: string } {
  const { name, version, license } = JSON.parse(
    readFileSync(join(folder, 'package.json'), 'utf8'),
  ) as Package;
  if (license === undefined) throw new Error(`${name} names no licence`);
  const found = texts(folder);
  const text = found.length > 0 ? found.join('\n\n') : '(The package has no licence text.)';
  return { title: `${name} ${version} (${license})`, text };
}

/** The notices of the packages in these folders, by name. */
export function notices(folders: ReadonlySet<string>): string {
  const sections = [...folders].map(section);
  const unique = new Map(sections.map(({ title, text }) => [title, text]));
  const body = [...unique]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([title, text]) => `${RULE}\n${title}\n${RULE}\n\n${text}\n`);
  return ['Packages of which parts are in this folder, and their licences.\n', ...body].join('\n');
}

/** The notices that the licences of bundled packages ask for. */

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What webpack tells of a module; concatenated ones hold others. */
export type Module = {
  /** Absolute path of the file it was made of. */
  readonly nameForCondition?: string | null;
  readonly modules?: readonly Module[];
};

type Package = {
  readonly name: string;
  readonly version: string;
  readonly license?: unknown;
  readonly author?: unknown;
};

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
    .map((name) => readFileSync(join(folder, name), 'utf8').replace(/^\uFEFF/, ''))
    .map((text) => text.replaceAll(/[ \t]*\r?\n/g, '\n').trim())
    .filter(Boolean);
}

/** The terms of the MIT licence, for a package that names it and brings no text; ours has the same. */
function mitTerms(author: unknown): string {
  const licence = readFileSync(join(import.meta.dirname, '..', 'LICENSE'), 'utf8');
  const terms = licence.slice(licence.indexOf('Permission is hereby granted')).trim();
  const by = typeof author === 'string' ? `, and "author": "${author}"` : '';
  return `The package brings no text of its licence. Its package.json has "license": "MIT"${by}.\n\n${terms}`;
}

/** @throws Error when a package says too little of its licence: then it must not be bundled unseen */
function section(folder: string): { readonly title: string; readonly text: string } {
  const { name, version, license, author } = JSON.parse(
    readFileSync(join(folder, 'package.json'), 'utf8'),
  ) as Package;
  const brought = texts(folder);
  const found = brought.length === 0 && license === 'MIT' ? [mitTerms(author)] : brought;
  if (typeof license !== 'string' || found.length === 0)
    throw new Error(`${name} ${version} is bundled, but has no licence with its text`);
  return { title: `${name} ${version} (${license})`, text: found.join('\n\n') };
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

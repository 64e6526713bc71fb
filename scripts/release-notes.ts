/**
 * Prints the notes of a release, its section of CHANGELOG.md: `node scripts/release-notes.ts X.Y.Z`. Fails when there
 * are none, when package.json has another version, or when a page says OWNER where the owner of the repository belongs.
 */

import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The section of a version in a changelog that keeps to keepachangelog.com, without its heading.
 * @param version without a leading `v`
 * @returns an empty text when there is no such section with a date
 */
export function releaseNotes(changelog: string, version: string): string {
  const sections = changelog.split(/^## /m).slice(1);
  const section = sections.find((text) => text.startsWith(`[${version}] - `)) ?? '';
  const [heading = '', ...lines] = section.split('\n');
  if (!/ - \d{4}-\d{2}-\d{2}$/.test(heading)) return '';
  // Link definitions belong to the whole file.
  return lines
    .filter((line) => !/^\[[^\]]+\]: /.test(line))
    .join('\n')
    .trim();
}

/** What keeps a tree with these files from being released as `version`, one sentence each. */
export function obstacles(version: string, files: ReadonlyMap<string, string>): readonly string[] {
  const file = (path: string): string => files.get(path) ?? '';
  const { version: actual } = JSON.parse(file('package.json')) as { readonly version: string };
  const unowned = [...files].filter(([, text]) => /\bOWNER\b/.test(text)).map(([path]) => path);
  return [
    ...(version === actual ? [] : [`package.json has version ${actual}, not "${version}".`]),
    ...(releaseNotes(file('CHANGELOG.md'), version) === ''
      ? [`CHANGELOG.md has no notes under "## [${version}] - YYYY-MM-DD".`]
      : []),
    ...unowned.map((path) => `${path} still says OWNER.`),
  ];
}

if (process.argv[1] === import.meta.filename) {
  const version = process.argv[2] ?? '';
  const cwd = join(import.meta.dirname, '..');
  const patterns = [
    'package.json',
    'CHANGELOG.md',
    'README.md',
    'docs/**/*.md',
    '.github/CODEOWNERS',
  ];
  const files = new Map(
    globSync(patterns, { cwd }).map((name) => [name, readFileSync(join(cwd, name), 'utf8')]),
  );
  const found = obstacles(version, files);
  for (const obstacle of found) console.error(obstacle);
  if (found.length > 0) process.exitCode = 1;
  else console.log(releaseNotes(files.get('CHANGELOG.md') ?? '', version));
}

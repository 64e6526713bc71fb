/**
 * Prints the notes of a release, its section of CHANGELOG.md: `node scripts/release-notes.ts X.Y.Z`. Fails when there
 * are none, when package.json has another version, or when a file says OWNER in place of an account.
 */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { filesWithPlaceholder } from './repository.ts';

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

/**
 * What keeps a tree from being released as `version`, one sentence each.
 * @param unowned paths of the files that say OWNER
 */
export function obstacles(
  version: string,
  files: Readonly<Record<'manifest' | 'changelog', string>>,
  unowned: readonly string[],
): readonly string[] {
  const { version: actual } = JSON.parse(files.manifest) as { readonly version: string };
  return [
    ...(version === actual ? [] : [`package.json has version ${actual}, not "${version}".`]),
    ...(releaseNotes(files.changelog, version) === ''
      ? [`CHANGELOG.md has no notes under "## [${version}] - YYYY-MM-DD".`]
      : []),
    ...unowned.map((path) => `${path} still says OWNER.`),
  ];
}

if (process.argv[1] === import.meta.filename) {
  const version = process.argv[2] ?? '';
  const root = join(import.meta.dirname, '..');
  const read = (name: string): string => readFileSync(join(root, name), 'utf8');
  const changelog = read('CHANGELOG.md');
  const files = { manifest: read('package.json'), changelog };
  const found = obstacles(version, files, [...filesWithPlaceholder(root).keys()]);
  for (const obstacle of found) console.error(obstacle);
  if (found.length > 0) process.exitCode = 1;
  else console.log(releaseNotes(changelog, version));
}

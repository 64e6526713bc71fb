/**
 * Prints the notes of a release, for `node scripts/release-notes.ts vX.Y.Z`: the section of CHANGELOG.md.
 * Fails when there is none, or when package.json has another version.
 */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The section of a version in a changelog that keeps to keepachangelog.com, without its heading.
 * @param version without a leading `v`
 * @throws Error when the version has no section with a date, or an empty one
 */
export function releaseNotes(changelog: string, version: string): string {
  const sections = changelog.split(/^## /m).slice(1);
  const section = sections.find((text) => text.startsWith(`[${version}] - `));
  const [heading = '', ...lines] = section?.split('\n') ?? [];
  if (!/ - \d{4}-\d{2}-\d{2}$/.test(heading))
    throw new Error(`CHANGELOG.md has no section "## [${version}] - YYYY-MM-DD".`);
  // Definitions of links, which belong to the whole file.
  const notes = lines.filter((line) => !/^\[[^\]]+\]: /.test(line)).join('\n');
  if (notes.trim() === '') throw new Error(`The section of ${version} in CHANGELOG.md is empty.`);
  return notes.trim();
}

/**
 * The version that a tag names.
 * @throws Error when it is not the one of package.json
 */
export function versionOf(tag: string, packageJson: string): string {
  const { version } = JSON.parse(packageJson) as { readonly version: string };
  if (tag !== `v${version}`)
    throw new Error(`The tag is ${tag}, and the version in package.json ${version}.`);
  return version;
}

if (process.argv[1] === import.meta.filename) {
  const read = (name: string): string =>
    readFileSync(join(import.meta.dirname, '..', name), 'utf8');
  try {
    const version = versionOf(process.argv[2] ?? '', read('package.json'));
    console.log(releaseNotes(read('CHANGELOG.md'), version));
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}

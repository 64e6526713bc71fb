/** What a release is made of, and what stops it. */

import { describe, expect, it } from 'vitest';

import { obstacles, releaseNotes } from '../../scripts/release-notes.ts';

const CHANGELOG = `# Changelog

## [Unreleased]

## [1.1.0] - 2026-12-01

### Added

- One thing.

## [1.0.0] - 2026-11-24

- The first.

## [0.9.0] - 2026-11-01

[1.1.0]: https://example.com/1.1.0
`;

describe('the notes of a release', () => {
  it('are the section of its version alone', () => {
    expect(releaseNotes(CHANGELOG, '1.1.0')).toBe('### Added\n\n- One thing.');
    expect(releaseNotes(CHANGELOG, '1.0.0')).toBe('- The first.');
  });

  it.each(['2.0.0', '1.1', '0.9.0', 'Unreleased', ''])('are empty for "%s"', (version) => {
    expect(releaseNotes(CHANGELOG, version)).toBe('');
  });
});

describe('a release', () => {
  const tree = (version: string, readme: string): ReadonlyMap<string, string> =>
    new Map([
      ['package.json', JSON.stringify({ version })],
      ['CHANGELOG.md', CHANGELOG],
      ['README.md', readme],
    ]);

  it('is free to go with the version of package.json, with notes, and with an owner in every page', () => {
    expect(obstacles('1.1.0', tree('1.1.0', 'uses: adobe/x@v1'))).toEqual([]);
  });

  it.each(['v1.1.0', '1.0.0', ''])('is stopped when its version is given as "%s"', (version) => {
    const found = obstacles(version, tree('1.1.0', ''));
    expect(found).toContain(`package.json has version 1.1.0, not "${version}".`);
  });

  it('is stopped when it has no notes', () => {
    const found = obstacles('2.0.0', tree('2.0.0', ''));
    expect(found).toEqual(['CHANGELOG.md has no notes under "## [2.0.0] - YYYY-MM-DD".']);
  });

  it.each(['uses: OWNER/x@v1', '/dist/ @OWNER'])('is stopped by a page that says "%s"', (text) => {
    expect(obstacles('1.1.0', tree('1.1.0', text))).toEqual(['README.md still says OWNER.']);
  });
});

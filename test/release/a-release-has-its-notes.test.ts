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
  const files = { manifest: JSON.stringify({ version: '1.1.0' }), changelog: CHANGELOG };

  it('is free to go with the version of package.json, with notes, and with an owner in every file', () => {
    expect(obstacles('1.1.0', files, [])).toEqual([]);
  });

  it.each(['v1.1.0', '1.0.0', ''])('is stopped when its version is given as "%s"', (version) => {
    const found = obstacles(version, files, []);
    expect(found).toContain(`package.json has version 1.1.0, not "${version}".`);
  });

  it('is stopped when it has no notes', () => {
    const manifest = JSON.stringify({ version: '2.0.0' });
    const found = obstacles('2.0.0', { ...files, manifest }, []);
    expect(found).toEqual(['CHANGELOG.md has no notes under "## [2.0.0] - YYYY-MM-DD".']);
  });

  it('is stopped by a file that says OWNER', () => {
    expect(obstacles('1.1.0', files, ['README.md'])).toEqual(['README.md still says OWNER.']);
  });
});

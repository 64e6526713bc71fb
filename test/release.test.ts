/** What a release is made of. */

import { describe, expect, it } from 'vitest';

import { releaseNotes, versionOf } from '../scripts/release-notes.ts';

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

  it.each(['2.0.0', '1.1', '0.9.0', 'Unreleased', ''])('are missed for "%s"', (version) => {
    expect(() => releaseNotes(CHANGELOG, version)).toThrow(/CHANGELOG\.md/);
  });
});

describe('the tag of a release', () => {
  it('names the version of package.json', () => {
    expect(versionOf('v1.2.3', '{"version":"1.2.3"}')).toBe('1.2.3');
  });

  it.each(['1.2.3', 'v1.2.4', ''])('is refused if it is "%s"', (tag) => {
    expect(() => versionOf(tag, '{"version":"1.2.3"}')).toThrow(/package\.json 1\.2\.3/);
  });
});

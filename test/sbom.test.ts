/** The SBOM of a release names what is in `dist`, and nothing else. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { bundled, sbomOf } from '../scripts/sbom.ts';

const root = join(import.meta.dirname, '..');
const notices = readFileSync(join(root, 'dist', 'THIRD-PARTY.txt'), 'utf8');

const entry = (name: string, versionInfo: string): Parameters<typeof sbomOf>[0]['packages'][0] => ({
  SPDXID: `SPDXRef-${name}-${versionInfo}`,
  name,
  versionInfo,
});

const locked = {
  documentDescribes: ['SPDXRef-ours-1.0.0'],
  packages: [
    entry('a', '1.0.0'),
    entry('ours', '1.0.0'),
    entry('a', '2.0.0'),
    entry('tool', '1.0.0'),
  ],
  relationships: [{ spdxElementId: 'SPDXRef-tool-1.0.0' }],
};

describe('the SBOM', () => {
  it('is of the packages that the notices name', () => {
    const names = bundled(notices);
    expect(names).toHaveLength((notices.match(/^-{80}$/gm) ?? []).length / 2);
    expect(names.map((name) => name.split(' ')[0])).toEqual(
      expect.arrayContaining(['@actions/core', '@actions/http-client', 'tunnel', '@actions/cache']),
    );
  });

  it('says that the action contains them, each in its version, and nothing of other packages', () => {
    const { packages, relationships } = sbomOf(locked, ['a 2.0.0']);
    expect(packages.map(({ SPDXID }) => SPDXID)).toEqual(['SPDXRef-ours-1.0.0', 'SPDXRef-a-2.0.0']);
    expect(relationships).toEqual([
      {
        spdxElementId: 'SPDXRef-DOCUMENT',
        relationshipType: 'DESCRIBES',
        relatedSpdxElement: 'SPDXRef-ours-1.0.0',
      },
      {
        spdxElementId: 'SPDXRef-ours-1.0.0',
        relationshipType: 'CONTAINS',
        relatedSpdxElement: 'SPDXRef-a-2.0.0',
      },
    ]);
  });

  it('is refused where a bundled package is missing', () => {
    expect(() => sbomOf(locked, ['a 2.0.0', 'a 3.0.0'])).toThrow('of npm: a 3.0.0.');
    expect(() => sbomOf(locked, [])).toThrow('anything');
  });
});

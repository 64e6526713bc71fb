/** The SBOM of a release names what is in `dist`, and nothing else. */

import { expect, it } from 'vitest';

import { sbomOf } from '../scripts/sbom.ts';

const entry = (name: string, versionInfo: string): Parameters<typeof sbomOf>[0]['packages'][0] => ({
  SPDXID: `SPDXRef-${name}-${versionInfo}`,
  name,
  versionInfo,
});

const locked = {
  documentDescribes: ['SPDXRef-ours-1.0.0'],
  packages: [entry('a', '1.0.0'), entry('ours', '1.0.0'), entry('a', '2.0.0'), entry('b', '1.0.0')],
  relationships: [{ spdxElementId: 'SPDXRef-b-1.0.0' }],
};

const noticesOf = (...names: readonly string[]): string => {
  const rule = '-'.repeat(80);
  return names.map((name) => `${rule}\n${name} (MIT)\n${rule}\n\nTerms\n`).join('\n');
};

it('says that the action contains the packages of the notices, each in its version', () => {
  const relation = (spdxElementId: string, relationshipType: string, to: string): object => ({
    spdxElementId,
    relationshipType,
    relatedSpdxElement: to,
  });
  expect(sbomOf(locked, noticesOf('a 2.0.0'))).toEqual({
    documentDescribes: ['SPDXRef-ours-1.0.0'],
    packages: [entry('ours', '1.0.0'), entry('a', '2.0.0')],
    relationships: [
      relation('SPDXRef-DOCUMENT', 'DESCRIBES', 'SPDXRef-ours-1.0.0'),
      relation('SPDXRef-ours-1.0.0', 'CONTAINS', 'SPDXRef-a-2.0.0'),
    ],
  });
});

it('refuses a bundled package that the lock file does not have', () => {
  expect(() => sbomOf(locked, noticesOf('a 2.0.0', 'a 3.0.0'))).toThrow('of npm: a 3.0.0.');
  expect(() => sbomOf(locked, '')).toThrow('anything');
});

/**
 * Prints the SBOM of `dist`: `npm sbom --sbom-format spdx --package-lock-only | node scripts/sbom.ts`. Keeps what
 * THIRD-PARTY.txt names: npm's own `--omit dev` would also leave out what the tools need too.
 */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';

type Spdx = {
  readonly packages: readonly {
    readonly SPDXID: string;
    readonly name: string;
    readonly versionInfo: string;
  }[];
  readonly documentDescribes: readonly string[];
};

/**
 * An SBOM of the bundled packages alone.
 * @param locked the SBOM of all that the lock file names, in SPDX 2.3
 * @param notices the text of THIRD-PARTY.txt
 * @throws Error when a bundled package is not in there
 */
export function sbomOf(locked: Spdx, notices: string): object {
  const bundled = [...notices.matchAll(/^-{80}\n(\S+ \S+) \(.+\)\n-{80}$/gm)].map(
    ([, name]) => name,
  );
  const nameOf = (entry: Spdx['packages'][0]): string => `${entry.name} ${entry.versionInfo}`;
  const packages = locked.packages.filter((entry) => bundled.includes(nameOf(entry)));
  const missing = bundled.filter((name) => !packages.some((entry) => nameOf(entry) === name));
  const [root] = locked.packages.filter(({ SPDXID }) => SPDXID === locked.documentDescribes[0]);
  if (root === undefined || bundled.length === 0 || missing.length > 0)
    throw new Error(`Bundled, but not in the SBOM of npm: ${missing.join(', ') || 'anything'}.`);
  const relation = (spdxElementId: string, relationshipType: string, to: string): object => ({
    spdxElementId,
    relationshipType,
    relatedSpdxElement: to,
  });
  const relationships = [
    relation('SPDXRef-DOCUMENT', 'DESCRIBES', root.SPDXID),
    ...packages.map(({ SPDXID }) => relation(root.SPDXID, 'CONTAINS', SPDXID)),
  ];
  return { ...locked, packages: [root, ...packages], relationships };
}

if (process.argv[1] === import.meta.filename) {
  const notices = join(import.meta.dirname, '..', 'dist', 'THIRD-PARTY.txt');
  const locked = JSON.parse(readFileSync(0, 'utf8')) as Spdx;
  console.log(JSON.stringify(sbomOf(locked, readFileSync(notices, 'utf8')), undefined, 2));
}

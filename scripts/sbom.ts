/**
 * Prints the SBOM of `dist`: `npm sbom --sbom-format spdx --package-lock-only > FILE`, then
 * `node scripts/sbom.ts FILE`; neither needs anything installed. Of what is locked, it keeps what
 * THIRD-PARTY.txt names, as that is what was bundled. With `--omit dev` npm would leave out packages that
 * the tools here need too.
 */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';

type SpdxPackage = { readonly SPDXID: string; readonly name: string; readonly versionInfo: string };

type Spdx = {
  readonly packages: readonly SpdxPackage[];
  readonly documentDescribes: readonly string[];
  readonly relationships: readonly unknown[];
};

/** The packages that the notices name, as `name version`. */
export function bundled(notices: string): readonly string[] {
  return [...notices.matchAll(/^-{80}\n(\S+ \S+) \(.+\)\n-{80}\n/gm)].map(([, name = '']) => name);
}

/**
 * An SBOM that says: this action contains these packages.
 * @param locked the SBOM of all that the lock file names, in SPDX 2.3
 * @param names as `name version`
 * @throws Error when a package is not in there
 */
export function sbomOf(locked: Spdx, names: readonly string[]): Spdx {
  const root = locked.packages.find(({ SPDXID }) => locked.documentDescribes[0] === SPDXID);
  const found = names.map((name) =>
    locked.packages.find((entry) => `${entry.name} ${entry.versionInfo}` === name),
  );
  const packages = found.filter((entry) => entry !== undefined);
  if (root === undefined || names.length === 0 || packages.length < names.length) {
    const missing = names.filter((_name, at) => found[at] === undefined);
    throw new Error(`Bundled, but not in the SBOM of npm: ${missing.join(', ') || 'anything'}.`);
  }
  const relation = (from: string, relationshipType: string, to: string): object => ({
    spdxElementId: from,
    relatedSpdxElement: to,
    relationshipType,
  });
  return {
    ...locked,
    packages: [root, ...packages],
    relationships: [
      relation('SPDXRef-DOCUMENT', 'DESCRIBES', root.SPDXID),
      ...packages.map(({ SPDXID }) => relation(root.SPDXID, 'CONTAINS', SPDXID)),
    ],
  };
}

if (process.argv[1] === import.meta.filename) {
  try {
    const notices = join(import.meta.dirname, '..', 'dist', 'THIRD-PARTY.txt');
    const locked = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')) as Spdx;
    const sbom = sbomOf(locked, bundled(readFileSync(notices, 'utf8')));
    console.log(JSON.stringify(sbom, undefined, 2));
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}

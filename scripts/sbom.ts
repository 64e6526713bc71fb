/**
 * Prints the SBOM of `dist`, in SPDX 2.3: the packages that THIRD-PARTY.txt names, as the lock file has them.
 * The same commit gives the same bytes.
 */

import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { repositoryOf } from './repository.ts';

type Locked = { readonly version: string; readonly license?: string; readonly integrity?: string };
type Lock = { readonly packages: Readonly<Record<string, Locked>> };
export type Source = {
  /** `owner/name` */
  readonly repository: string;
  readonly commit: string;
  /** When it was committed, in seconds since 1970. */
  readonly committedAt: number;
};

/** SPDX 2.3 allows letters, digits, `.` and `-`. */
const idOf = (name: string, version: string): string =>
  `SPDXRef-Package-${`${name}-${version}`.replaceAll('/', '.').replaceAll(/[^A-Za-z0-9.-]/g, '')}`;

function packageOf(
  name: string,
  { version, license, integrity }: Locked,
  purl: string,
  downloadLocation = 'NOASSERTION',
): object {
  const [, hash] = /^sha512-(.*)/.exec(integrity ?? '') ?? [];
  const checksumValue = Buffer.from(hash ?? '', 'base64').toString('hex');
  return {
    name,
    SPDXID: idOf(name, version),
    versionInfo: version,
    downloadLocation,
    filesAnalyzed: false,
    licenseDeclared: license ?? 'NOASSERTION',
    externalRefs: [
      {
        referenceCategory: 'PACKAGE-MANAGER',
        referenceType: 'purl',
        referenceLocator: purl,
      },
    ],
    ...(hash === undefined ? {} : { checksums: [{ algorithm: 'SHA512', checksumValue }] }),
  };
}

const relation = (spdxElementId: string, relationshipType: string, to: string): object => ({
  spdxElementId,
  relationshipType,
  relatedSpdxElement: to,
});

/**
 * The SBOM of the bundled packages.
 * @param notices the text of THIRD-PARTY.txt
 * @see https://spdx.github.io/spdx-spec/v2.3/
 * @throws Error when a bundled package is not in the lock file, or when there is none
 */
export function sbomOf(
  lock: Lock,
  notices: string,
  { repository, commit, committedAt }: Source,
): object {
  const locked = new Map<string, { readonly name: string; readonly entry: Locked }>(
    Object.entries(lock.packages).map(([path, entry]) => {
      const name = path.replace(/^.*node_modules\//, '');
      return [`${name} ${entry.version}`, { name, entry }];
    }),
  );
  const titles = [...notices.matchAll(/^-{80}\n(\S+ \S+) \(.+\)\n-{80}$/gm)].map(
    ([, title = '']) => title,
  );
  const bundled = titles.flatMap((title) => locked.get(title) ?? []);
  const missing = titles.filter((title) => !locked.has(title));
  const root = lock.packages[''];
  if (root === undefined || titles.length === 0)
    throw new Error('The lock file, or THIRD-PARTY.txt, names no package.');
  if (missing.length > 0)
    throw new Error(`Bundled, but not in the lock file: ${missing.join(', ')}.`);
  const name = repository.replace(/.*\//, '');
  const address = `https://github.com/${repository}`;
  const rootId = idOf(name, root.version);
  return {
    spdxVersion: 'SPDX-2.3',
    dataLicense: 'CC0-1.0',
    SPDXID: 'SPDXRef-DOCUMENT',
    name: `${name}-${root.version}`,
    documentNamespace: `${address}/sbom/${commit}`,
    creationInfo: {
      // SPDX 2.3 allows no fractions of a second.
      created: new Date(committedAt * 1000).toISOString().replace('.000Z', 'Z'),
      creators: ['Tool: scripts/sbom.ts'],
    },
    packages: [
      packageOf(
        name,
        root,
        `pkg:github/${repository.toLowerCase()}@v${root.version}`,
        `git+${address}@${commit}`,
      ),
      ...bundled.map((one) =>
        packageOf(
          one.name,
          one.entry,
          `pkg:npm/${one.name.replace('@', '%40')}@${one.entry.version}`,
        ),
      ),
    ],
    relationships: [
      relation('SPDXRef-DOCUMENT', 'DESCRIBES', rootId),
      ...bundled.map((one) => relation(rootId, 'CONTAINS', idOf(one.name, one.entry.version))),
    ],
  };
}

if (process.argv[1] === import.meta.filename) {
  const root = join(import.meta.dirname, '..');
  const read = (path: string): string => readFileSync(join(root, path), 'utf8');
  const format = ['show', '--no-patch', '--format=%H %ct', 'HEAD'];
  const [commit = '', seconds] = execFileSync('git', format, { cwd: root, encoding: 'utf8' })
    .trim()
    .split(' ');
  const source = { repository: repositoryOf(root), commit, committedAt: Number(seconds) };
  const lock = JSON.parse(read('package-lock.json')) as Lock;
  const sbom = sbomOf(lock, read('dist/THIRD-PARTY.txt'), source);
  console.log(JSON.stringify(sbom, undefined, 2));
}

/** `npm run bench`: whole processes against each other, in pairs. */

import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { startCacheService } from '../test/support/cache-service.ts';
import { issueCertificate, makeAuthority } from '../test/support/certificates.ts';
import { startIms } from '../test/support/ims-server.ts';

import { machine, root, runStep, type Source, type Variables } from './step.ts';

const ROUNDS = 40;

type Program = {
  readonly name: string;
  readonly args: readonly string[];
  readonly source: Source;
  readonly env: () => Variables;
};

/** One program, another, and how many times longer the first may take. */
type Pair = readonly [program: string, against: string, target: number];

function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  const upper = sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
  const lower = sorted[Math.ceil(sorted.length / 2) - 1] ?? Number.NaN;
  return (upper + lower) / 2;
}

/** Milliseconds of each program, round by round; the first round only warms the system. */
async function measure(
  programs: readonly Program[],
  folder: string,
): Promise<Readonly<Record<string, number[]>>> {
  const times = Object.fromEntries(programs.map(({ name }) => [name, [] as number[]]));
  for (let round = 0; round <= ROUNDS; round += 1) {
    const order = programs.map((program) => ({ program, at: Math.random() }));
    for (const { program } of order.sort((a, b) => a.at - b.at)) {
      const { ms, source } = await runStep(folder, program.args, program.env());
      // Whatever did something else is no measurement.
      if (round > 0 && source !== program.source) throw new Error(`${program.name}: ${source}`);
      if (round > 0) times[program.name]?.push(ms);
    }
  }
  return times;
}

/** The programs of one checkout; `tag` distinguishes two checkouts. */
function programsOf(
  checkout: string,
  tag: string,
  { secure, plain, cacheEnv }: Readonly<Record<'secure' | 'plain' | 'cacheEnv', Variables>>,
): readonly Program[] {
  const [main, post] = ['main', 'post'].map((stage) => [join(checkout, `dist/${stage}/index.js`)]);
  // Each organization has an entry of its own.
  const reuse = (organization: string): Variables => ({
    ...{ ...plain, ...cacheEnv, INPUT_REUSE: 'repository' },
    'INPUT_ORG-ID': `${organization}@AdobeOrg`,
  });
  const newOrganization = (): string => randomBytes(12).toString('hex').toUpperCase();
  const warmed = newOrganization();
  const programs: readonly (readonly [string, typeof main, Source, () => Variables])[] = [
    ['main step', main, 'ims', () => secure],
    ['without reuse', main, 'ims', () => ({ ...plain, INPUT_REUSE: 'none' })],
    ['from repository', main, 'repository', () => reuse(warmed)],
    ['miss and save', main, 'ims', () => reuse(newOrganization())],
    ['post, nothing to do', post, 'none', () => ({})],
  ];
  return programs.map(([name, args = [], source, env]) => ({
    name: name + tag,
    args,
    source,
    env,
  }));
}

const pairsOf = (tag: string): readonly Pair[] => [
  [`main step${tag}`, 'hand-written', 1.15],
  [`from repository${tag}`, `without reuse${tag}`, 1.2],
  [`miss and save${tag}`, `without reuse${tag}`, 1.6],
  [`post, nothing to do${tag}`, 'node -e 0', 1.15],
];

/** Measures this checkout and, where one is named, another one in the same rounds. */
export async function pairs(old: string | undefined): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-'));
  const authority = await makeAuthority();
  const tls = await issueCertificate(authority, { names: ['localhost', '127.0.0.1'] });
  const NODE_EXTRA_CA_CERTS = join(folder, 'authority.pem');
  writeFileSync(NODE_EXTRA_CA_CERTS, authority.cert);
  const [secureIms, ims] = [await startIms({ tls }), await startIms()];
  const cache = await startCacheService();
  const secure = { 'INPUT_IMS-URL': secureIms.url, NODE_EXTRA_CA_CERTS };
  const around = { secure, plain: { 'INPUT_IMS-URL': ims.url }, cacheEnv: cache.env };
  const byHand = [join(import.meta.dirname, 'hand-written.mjs')];
  const programs: readonly Program[] = [
    ...programsOf(root, '', around),
    ...(old === undefined ? [] : programsOf(old, ', old', around)),
    { name: 'hand-written', args: byHand, source: 'ims', env: () => secure },
    { name: 'node -e 0', args: ['-e', '0'], source: 'none', env: () => ({}) },
  ];
  const rows: readonly Pair[] =
    old === undefined
      ? pairsOf('')
      : [...pairsOf(''), ...pairsOf(', old'), ['main step', 'main step, old', 1]];
  try {
    const times = await measure(programs, folder);
    console.log(`${machine}; medians of ${ROUNDS} rounds, and of the ratios of each round`);
    for (const [program, against, target] of rows) {
      const [mine = [], others = []] = [times[program], times[against]];
      const ratio = median(mine.map((ms, at) => ms / (others[at] ?? Number.NaN)));
      const both = `${median(mine).toFixed(1)} / ${median(others).toFixed(1)} ms`;
      const verdict = `${ratio.toFixed(3)} (at most ${target}: ${ratio <= target ? 'met' : 'missed'})`;
      console.log(`${`${program} / ${against}`.padEnd(42)} ${both.padStart(18)}  ${verdict}`);
    }
  } finally {
    await Promise.all([secureIms.close(), ims.close(), cache.close()]);
    rmSync(folder, { recursive: true });
  }
}

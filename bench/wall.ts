/** Whole processes against each other: the main step, a hand-written one, bare node, curl and jq. */

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';

import { issueCertificate, makeAuthority } from '../test/support/certificates.ts';

import { startRemoteIms } from './ims.ts';
import {
  freshSurroundings,
  handWritten,
  machineFacts,
  mainStep,
  median,
  table,
} from './surroundings.ts';

const ROUNDS = 40;
const TARGET_RATIO = 1.15;

type Program = {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  /** Where its token goes. */
  readonly gives: 'output' | 'stdout' | 'nothing';
};

type Server = { readonly url: string; readonly extra: Readonly<Record<string, string>> };

const CURL = `curl -sS --cacert "\${NODE_EXTRA_CA_CERTS:-/dev/null}" -X POST "$URL/ims/token/v3" \
-d grant_type=client_credentials -d "client_id=$ID" -d "client_secret=$SECRET" \
-d scope=openid,AdobeID,offline_access,creative_sdk | jq -r .access_token`;

/** Peak memory as Linux tells it for this program alone; elsewhere maxRSS, which may include the parent's. */
const PEAK_MEMORY = `process.on('exit', () => {
  const fs = require('node:fs');
  let kib = process.resourceUsage().maxRSS;
  try { kib = Number(/VmHWM:\\s+(\\d+)/.exec(fs.readFileSync('/proc/self/status', 'utf8'))[1]); } catch {}
  fs.writeFileSync(process.env.PEAK_FILE, String(kib));
});`;

function installed(name: string): boolean {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  return folders.some(
    (folder) => statSync(join(folder, name), { throwIfNoEntry: false }) !== undefined,
  );
}

function programs(): readonly Program[] {
  const node = process.execPath;
  const all: Program[] = [
    { name: 'main step', command: node, args: [mainStep], gives: 'output' },
    { name: 'hand-written', command: node, args: [handWritten], gives: 'output' },
    { name: 'node -e 0', command: node, args: ['-e', '0'], gives: 'nothing' },
  ];
  if (installed('curl') && installed('jq'))
    all.push({ name: 'curl | jq', command: 'sh', args: ['-c', CURL], gives: 'stdout' });
  return all;
}

/** Runs a program to its end; milliseconds. A program that gets no token is no measurement. */
function run(program: Program, folder: string, server: Server): number {
  const around = freshSurroundings(folder, server.url, server.extra);
  const { env } = around;
  const shell = {
    URL: server.url,
    ID: env['INPUT_CLIENT-ID'] ?? '',
    SECRET: env['INPUT_CLIENT-SECRET'] ?? '',
  };
  const started = performance.now();
  const done = spawnSync(program.command, program.args, {
    env: program.gives === 'stdout' ? { ...env, ...shell } : env,
    encoding: 'utf8',
  });
  const took = performance.now() - started;
  const got = {
    output: () => around.hasToken(),
    stdout: () => done.stdout.length > 1000,
    nothing: () => true,
  }[program.gives]();
  if (done.status !== 0 || !got)
    throw new Error(`${program.name} failed:\n${done.stdout}\n${done.stderr}`);
  return took;
}

/** Peak resident memory in KiB of programs run by node, in a run that is not timed. */
function peakMemory(program: Program, folder: string, server: Server): number | undefined {
  if (program.command !== process.execPath) return undefined;
  const hook = join(folder, 'peak-memory.cjs');
  const file = join(folder, 'peak');
  writeFileSync(hook, PEAK_MEMORY);
  const extra = { ...server.extra, PEAK_FILE: file };
  run({ ...program, args: ['--require', hook, ...program.args] }, folder, { ...server, extra });
  return Number(readFileSync(file, 'utf8'));
}

function shuffled<T>(items: readonly T[]): readonly T[] {
  return items
    .map((item) => ({ item, key: Math.random() }))
    .sort((a, b) => a.key - b.key)
    .map(({ item }) => item);
}

/** Times of each program, round by round. */
function measure(
  all: readonly Program[],
  folder: string,
  server: Server,
): ReadonlyMap<string, number[]> {
  for (const program of all) run(program, folder, server);
  const times = new Map(all.map((program) => [program.name, [] as number[]]));
  for (let round = 0; round < ROUNDS; round += 1)
    for (const program of shuffled(all))
      times.get(program.name)?.push(run(program, folder, server));
  return times;
}

/** Median of the ratios of the main step to another program, each of one round. */
function pairedRatio(times: ReadonlyMap<string, number[]>, other: string): number {
  const others = times.get(other) ?? [];
  return median(
    (times.get('main step') ?? []).map((time, at) => time / (others[at] ?? Number.NaN)),
  );
}

/** Measures over one protocol and prints the table; the ratio of the main step to the hand-written one. */
function compare(title: string, folder: string, server: Server): number {
  const all = programs();
  const times = measure(all, folder, server);
  const rows = all.map((program) => {
    const peaks = [1, 2, 3].map(() => peakMemory(program, folder, server));
    const known = peaks.filter((peak) => peak !== undefined);
    return [
      program.name,
      `${median(times.get(program.name) ?? []).toFixed(1)} ms`,
      pairedRatio(times, program.name).toFixed(2),
      known.length === 0 ? '-' : `${(median(known) / 1024).toFixed(1)} MiB`,
    ];
  });
  if (all.length === 3) rows.push(['curl | jq', 'not installed', '', '']);
  console.log(`\n${title}, ${ROUNDS} rounds`);
  console.log(table([['', 'median', 'main step / this', 'peak memory'], ...rows]));
  return pairedRatio(times, 'hand-written');
}

function printBytes(): void {
  const folder = dirname(mainStep);
  const bytes = readdirSync(folder).map((name) => [
    `dist/main/${name}`,
    statSync(join(folder, name)).size.toLocaleString('en'),
  ]);
  const own = ['bench/hand-written.mjs', statSync(handWritten).size.toLocaleString('en')];
  console.log(`\n${table([['', 'bytes'], ...bytes, own])}`);
}

/** `npm run bench`. */
export async function wall(): Promise<void> {
  console.log(machineFacts());
  const folder = mkdtempSync(join(tmpdir(), 'bench-'));
  const authority = await makeAuthority();
  const tls = await issueCertificate(authority, { names: ['localhost', '127.0.0.1'] });
  const bundle = join(folder, 'authority.pem');
  writeFileSync(bundle, authority.cert);
  const plain = await startRemoteIms({});
  const secure = await startRemoteIms({ tls });
  try {
    compare('HTTP', folder, { url: plain.url, extra: {} });
    const extra = { NODE_EXTRA_CA_CERTS: bundle };
    const ratio = compare('HTTPS', folder, { url: secure.url, extra });
    printBytes();
    const verdict = ratio <= TARGET_RATIO ? 'met' : 'missed';
    console.log(
      `\nTarget: over HTTPS at most ${TARGET_RATIO} of hand-written: ${ratio.toFixed(3)}, ${verdict}`,
    );
  } finally {
    plain.stop();
    secure.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

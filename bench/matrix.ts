/** `npm run bench -- matrix`: a matrix of jobs that ask a throttled IMS all at once, real and in virtual time. */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { startRemoteIms } from './ims.ts';
import { freshSurroundings, machineFacts, mainStep } from './surroundings.ts';

const JOBS = 64;
const ADMIT_PER_SECOND = 8;
const TARGET_REQUESTS = 3.2;
const TARGET_TIMES_IDEAL = 2;

/** Runs one real step; whether it got its token. */
async function runStep(folder: string, url: string): Promise<boolean> {
  const around = freshSurroundings(folder, url);
  const child = spawn(process.execPath, [mainStep], { env: around.env, stdio: 'ignore' });
  const [code] = (await once(child, 'exit')) as [number | null];
  return code === 0 && around.hasToken();
}

async function realMatrix(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-'));
  const ims = await startRemoteIms({ admitPerSecond: ADMIT_PER_SECOND });
  try {
    const started = performance.now();
    const results = await Promise.all(Array.from({ length: JOBS }, () => runStep(folder, ims.url)));
    const seconds = (performance.now() - started) / 1000;
    const got = results.filter(Boolean).length;
    const each = (await ims.countRequests()) / got;
    const ideal = JOBS / ADMIT_PER_SECOND;
    const met = got === JOBS && each <= TARGET_REQUESTS && seconds <= TARGET_TIMES_IDEAL * ideal;
    console.log(`\n${JOBS} real steps at once, IMS admits ${ADMIT_PER_SECOND} requests a second`);
    console.log(`  got their token:    ${got} of ${JOBS}`);
    console.log(`  requests per token: ${each.toFixed(2)} (target: ${TARGET_REQUESTS})`);
    console.log(
      `  wall time:          ${seconds.toFixed(1)} s, ${(seconds / ideal).toFixed(2)} of the ideal ${ideal} s (target: ${TARGET_TIMES_IDEAL})`,
    );
    console.log(`  targets ${met ? 'met' : 'missed'}`);
  } finally {
    ims.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

export async function matrix(): Promise<void> {
  console.log(machineFacts());
  await realMatrix();
}

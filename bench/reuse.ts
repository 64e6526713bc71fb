/** What reuse saves: a second step of a job, and a matrix whose first job has filled the repository's cache. */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { Token } from '../src/ims/token.ts';
import { openToken, sealToken } from '../src/reuse/sealed-token.ts';
import { startRemoteIms } from './ims.ts';
import { freshSurroundings, mainStep, median } from './surroundings.ts';

const PAIRS = 25;

/** Wall time of one main step, in milliseconds. */
async function time(env: Readonly<Record<string, string>>): Promise<number> {
  const startedMs = performance.now();
  const child = spawn(process.execPath, [mainStep], { env, stdio: 'ignore' });
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code !== 0) throw new Error('the step failed');
  return performance.now() - startedMs;
}

/** Prints how long the second step of a job takes, against the first, in pairs. */
export async function secondStep(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-'));
  const ims = await startRemoteIms({});
  try {
    const ratios: number[] = [];
    for (let pair = 0; pair < PAIRS; pair += 1) {
      const { env } = freshSurroundings(folder, ims.url);
      const first = await time(env);
      ratios.push((await time(env)) / first);
    }
    const requests = await ims.countRequests();
    console.log(`\nTwo steps of one job, ${PAIRS} pairs, over HTTP on the loopback interface`);
    console.log(`  requests:      ${requests} for ${2 * PAIRS} steps`);
    console.log(`  second/first:  ${median(ratios).toFixed(2)}`);
  } finally {
    ims.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Requests that a matrix makes when its jobs look into one cache, after a job that warmed it. */
export function warmMatrix(jobs: number): number {
  const identity = { origin: 'https://ims', clientId: 'p8e-test', orgId: '', scopes: ['openid'] };
  const secret = 'p8e-test-secret';
  let cached: Buffer | undefined;
  let requests = 0;
  for (let job = 0; job <= jobs; job += 1) {
    if (cached !== undefined && openToken(cached, [secret], identity) !== undefined) continue;
    requests += 1;
    const token: Token = {
      accessToken: 'p8e-test-token',
      tokenType: 'bearer',
      expiresAtMs: 86_399_000,
      grantedScopes: undefined,
      userId: '',
    };
    cached = sealToken(token, secret, identity);
  }
  return requests;
}

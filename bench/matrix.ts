/** `npm run bench -- matrix`: many real steps, each a job of its own. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';

import { startCacheService } from '../test/support/cache-service.ts';
import { type ImsServer, startIms } from '../test/support/ims-server.ts';

import { machine, root, runStep, type Variables } from './step.ts';

const JOBS = 256;
/** So many processes share this machine; each job of a real matrix has one to itself. */
const AT_ONCE = 8;
const THROTTLED_JOBS = 64;
const ADMIT_PER_SECOND = 8;

type RunJobs = (
  ims: ImsServer,
  jobs: number,
  atOnce: number,
  variables: Variables,
) => Promise<{ readonly seconds: number; readonly requests: number }>;

/** Runs steps to their end. A step that fails ends the benchmark. */
const runJobsIn =
  (folder: string): RunJobs =>
  async (ims, jobs, atOnce, variables) => {
    const before = ims.requests.length;
    let started = 0;
    const worker = async (): Promise<void> => {
      for (; started < jobs;) {
        started += 1;
        const env = { 'INPUT_IMS-URL': ims.url, ...variables };
        await runStep(folder, [join(root, 'dist/main/index.js')], env);
      }
    };
    const startedMs = performance.now();
    const workers = [worker()];
    // The servers of this process answer in between.
    for (; workers.length < atOnce; workers.push(worker())) await setImmediate();
    await Promise.all(workers);
    const seconds = (performance.now() - startedMs) / 1000;
    return { seconds, requests: ims.requests.length - before };
  };

async function throttled(runJobs: RunJobs): Promise<void> {
  const ims = await startIms({ admitPerSecond: ADMIT_PER_SECOND });
  const { seconds, requests } = await runJobs(ims, THROTTLED_JOBS, THROTTLED_JOBS, {});
  await ims.close();
  const times = seconds / (THROTTLED_JOBS / ADMIT_PER_SECOND);
  console.log(`${THROTTLED_JOBS} steps at once, IMS admits ${ADMIT_PER_SECOND} requests a second`);
  console.log(`  requests per token: ${(requests / THROTTLED_JOBS).toFixed(2)} (at most 3.2)`);
  console.log(`  time: ${seconds.toFixed(1)} s, ${times.toFixed(2)} of the ideal (at most 2)`);
}

async function reusing(runJobs: RunJobs): Promise<void> {
  const ims = await startIms();
  const cache = await startCacheService();
  const reuse = { ...cache.env, INPUT_REUSE: 'repository' };
  const none = await runJobs(ims, JOBS, AT_ONCE, { INPUT_REUSE: 'none' });
  const first = await runJobs(ims, 1, 1, reuse);
  const warm = await runJobs(ims, JOBS, AT_ONCE, reuse);
  const uploads = cache.requestsTo('upload').length;
  console.log(`${JOBS} steps, ${AT_ONCE} at once: ${none.seconds.toFixed(1)} s without reuse`);
  console.log(`  with one that warmed the cache: ${first.requests + warm.requests} request to IMS`);
  console.log(`  uploads: ${uploads}; time: ${(warm.seconds / none.seconds).toFixed(2)} of that`);
  // All look before the first has saved; an organization of their own makes their keys new.
  cache.faults.lookup = { body: '{"ok":false}' };
  const organization = { 'INPUT_ORG-ID': '0123456789ABCDEF01234567@AdobeOrg' };
  const cold = await runJobs(ims, JOBS, AT_ONCE, { ...reuse, ...organization });
  const saved = cache.requestsTo('upload').length - uploads;
  console.log(
    `  none of which finds an entry: ${cold.requests} requests to IMS, uploads: ${saved}`,
  );
  await Promise.all([ims.close(), cache.close()]);
}

export async function matrix(): Promise<void> {
  console.log(machine);
  const folder = mkdtempSync(join(tmpdir(), 'bench-'));
  await throttled(runJobsIn(folder));
  await reusing(runJobsIn(folder));
  rmSync(folder, { recursive: true });
}

/** The runner cancels: SIGINT, and SIGTERM later. In each phase the step ends by itself, with one error. */

import type { ChildProcess } from 'node:child_process';

import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';

import { type CacheService, startCacheService } from './support/cache-service.ts';
import { type Fault, type ImsServer, startIms, testClient } from './support/ims-server.ts';
import { type Job, startJob } from './support/run-action.ts';
import { failureOf } from './support/verdicts.ts';

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;
const [SECRET = ''] = testClient.secrets;
const cleanups: (() => Promise<void>)[] = [];
let cache: CacheService;

beforeAll(async () => {
  cache = await startCacheService();
});
afterAll(() => cache.close());

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
  cache.behaviour = 'normal';
});

async function setUp(): Promise<{ ims: ImsServer; job: Job; inputs: Record<string, string> }> {
  const ims = await startIms();
  cleanups.push(() => ims.close());
  const job = await startJob({ secrets: [SECRET], env: cache.env });
  cleanups.push(() => job.dispose());
  const inputs = { 'client-id': testClient.id, 'client-secret': SECRET, 'ims-url': ims.url };
  return { ims, job, inputs };
}

/** Sends the signal as soon as the phase has come. */
const when =
  (come: () => boolean, signal: NodeJS.Signals) =>
  (child: ChildProcess): void => {
    const timer = setInterval(() => {
      if (!come()) return;
      clearInterval(timer);
      child.kill(signal);
    }, 5);
    child.once('exit', () => {
      clearInterval(timer);
    });
  };

/** What is far below any limit that the step itself has here, and enough for a busy machine. */
const SOON_MS = 10_000;

// On Windows a signal from outside ends a process before it can say anything.
describe.skipIf(process.platform === 'win32').each(SIGNALS)('%s', (signal) => {
  it.each<Fault>(['silence', 'slow-headers', 'byte-per-second'])(
    'during %s of the server',
    async (fault) => {
      const { ims, job, inputs } = await setUp();
      ims.scriptAlways({ fault });
      const onStart = when(() => ims.requests.length > 0, signal);
      const step = await job.uses(inputs, { onStart });
      expect(failureOf(step, job)).toContain(`cancelled (${signal})`);
      expect(ims.requests).toHaveLength(1);
      expect(step.durationMs).toBeLessThan(SOON_MS);
    },
  );

  it('during the wait for the next attempt', async () => {
    const { ims, job, inputs } = await setUp();
    ims.scriptAlways({ status: 503, headers: { 'retry-after': '40' } });
    let waiting = false;
    const step = await job.uses(inputs, {
      onStart: when(() => waiting, signal),
      onLine: (line) => {
        waiting ||= line.startsWith('Attempt 1');
      },
    });
    expect(failureOf(step, job)).toContain(`cancelled (${signal})`);
    expect(ims.requests).toHaveLength(1);
    expect(step.durationMs).toBeLessThan(SOON_MS);
  });

  it('during the search of a silent cache', async () => {
    const { ims, job, inputs } = await setUp();
    cache.behaviour = 'silent';
    cache.calls.length = 0;
    const onStart = when(() => cache.calls.length > 0, signal);
    const step = await job.uses({ ...inputs, reuse: 'repository' }, { onStart });
    expect(failureOf(step, job)).toContain(`cancelled (${signal})`);
    expect(ims.requests).toEqual([]);
    // Before the cache's own 5 seconds are over.
    expect(step.durationMs).toBeLessThan(4500);
  });

  it('during the saving to a silent cache', async () => {
    const { ims, job, inputs } = await setUp();
    cache.calls.length = 0;
    const onStart = when(() => {
      if (ims.requests.length > 0) cache.behaviour = 'silent';
      return cache.calls.some((call) => call.includes('Create'));
    }, signal);
    ims.script({
      delayMs: 300,
      body: '{"access_token":"p8e-test-token","token_type":"bearer","expires_in":86399}',
    });
    const step = await job.uses({ ...inputs, reuse: 'repository' }, { onStart });
    expect(failureOf(step, job)).toContain(`cancelled (${signal})`);
    expect(step.durationMs).toBeLessThan(SOON_MS);
  });

  it('during the revocation fails no job', async () => {
    const { ims, job, inputs } = await setUp();
    // The post step is started with the same options.
    let onStart: (child: ChildProcess) => void = () => undefined;
    await job.uses(
      { ...inputs, revoke: 'true' },
      {
        onStart: (child) => {
          onStart(child);
        },
      },
    );
    ims.scriptAlways({ fault: 'silence' });
    onStart = when(() => ims.requests.length > 1, signal);
    const [post] = await job.finish();
    expect(post?.exitCode).toBe(0);
    expect(post?.annotations.map(({ level }) => level)).toEqual(['warning']);
    expect(post?.durationMs).toBeLessThan(8000);
  });
});

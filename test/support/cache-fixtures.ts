/** A job with the cache service around it, and what holds for each of its steps. */

import { randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect } from 'vitest';

import { type CacheService, startBlobStore, startCacheService } from './cache-service.ts';
import { SECRET, test as base } from './fixtures.ts';
import { testClient } from './ims-server.ts';
import type { StepOptions, StepResult } from './run-action.ts';

export type Variables = Readonly<Record<string, string>>;
export type Outcome = StepResult & {
  /** One mark for each program that the step started. */
  readonly started: string;
  /** Names in RUNNER_TEMP, and its rights. */
  readonly temp: readonly string[];
};
/** One step in a job of its own on a new machine: the inputs and variables that differ, and how it runs. */
type RunJob = (inputs?: Variables, env?: Variables, options?: StepOptions) => Promise<Outcome>;

export const ROTATED = 'p8e-test-rotated-secret';
/** What the cache may cost, and a step on a busy machine. */
const SOON_MS = 7000;
/** What a line of the log says when the cache is not usable. */
export const EXPLAINED = /Actions cache/i;

/** Marks in a file each program that a process starts. */
const WATCH = `require('node:diagnostics_channel').subscribe('child_process', () =>
  require('node:fs').appendFileSync(process.env.STARTED, '+'));`;

/** Nothing that may not be seen is anywhere in what a step has written. */
function expectDiscreet(step: StepResult, cache: CacheService): void {
  const written = step.stdout + step.stderr;
  expect(step.stderr).toBe('');
  expect(written).not.toContain(cache.env['ACTIONS_RUNTIME_TOKEN']);
  expect(written).not.toMatch(/[?&]sig=|twirp/);
}

export const test = base
  .extend('client', { ...testClient, secrets: [SECRET, ROTATED] })
  .extend('store', { scope: 'file' }, async ({}, { onCleanup }) => {
    const store = await startBlobStore();
    onCleanup(() => store.close());
    return store;
  })
  .extend('cache', async ({ store }, { onCleanup }) => {
    const cache = await startCacheService(store);
    onCleanup(() => cache.close());
    return cache;
  })
  .extend('runJob', ({ cache, startJob, inputs: usual }, { onCleanup }): RunJob => {
    const folder = mkdtempSync(join(tmpdir(), 'repository-'));
    onCleanup(() => {
      rmSync(folder, { recursive: true });
    });
    const watch = join(folder, 'watch.cjs');
    writeFileSync(watch, WATCH);
    return async (inputs = {}, variables = {}, options = {}) => {
      const STARTED = join(folder, randomBytes(8).toString('hex'));
      writeFileSync(STARTED, '');
      const env = { LANG: 'C.UTF-8', NODE_OPTIONS: `--require ${watch}`, STARTED };
      const job = await startJob({ env: { ...env, ...cache.env, ...variables } });
      const step = await job.uses({ ...usual, reuse: 'repository', ...inputs }, options);
      expectDiscreet(step, cache);
      const rights = (statSync(job.temp).mode & 0o777).toString(8);
      const temp = [...readdirSync(job.temp).sort(), rights];
      await job.dispose();
      return { ...step, temp, started: readFileSync(STARTED, 'utf8') };
    };
  });

/** A token from IMS, soon, and nobody was troubled. */
export function expectFromIms(step: StepResult): void {
  expect(step.annotations).toEqual([]);
  expect(step.failed).toBe(false);
  expect(step.outputs['source']).toBe('ims');
  expect(step.durationMs).toBeLessThan(SOON_MS);
}

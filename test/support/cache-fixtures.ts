/** Jobs with a cache service, and what holds for each of their steps. */

import { readdirSync } from 'node:fs';

import { expect } from 'vitest';

import { type CacheService, startCacheService } from './cache-service.ts';
import { SECRET, test as base } from './fixtures.ts';
import { testClient } from './ims-server.ts';
import { expectEndsWithin } from './limits.ts';
import type { StepOptions, StepResult } from './run-action.ts';

export type Variables = Readonly<Record<string, string>>;
/** `temp` has the names in RUNNER_TEMP. */
export type Outcome = StepResult & { readonly temp: readonly string[] };
/** Runs one step in a new job on a new machine, with the inputs and variables that differ. */
type RunJob = (inputs?: Variables, env?: Variables, options?: StepOptions) => Promise<Outcome>;

export const ROTATED = 'p8e-test-rotated-secret';
/** Seconds that the cache may cost. */
const CACHE_SECONDS = 5;
/** What a line of the log says when the cache is not usable. */
export const EXPLAINED = /Actions cache/i;

/** Nothing that may not be seen is anywhere in what a step has written. */
function expectDiscreet(step: StepResult, cache: CacheService): void {
  const written = step.stdout + step.stderr;
  expect(step.stderr).toBe('');
  expect(written).not.toContain(cache.env['ACTIONS_RUNTIME_TOKEN']);
  expect(written).not.toMatch(/[?&]sig=|twirp/);
}

export const test = base
  .extend('client', { ...testClient, secrets: [SECRET, ROTATED] })
  .extend('cache', async ({}, { onCleanup }) => {
    const cache = await startCacheService();
    onCleanup(() => cache.close());
    return cache;
  })
  .extend('runJob', ({ cache, startJob, inputs: usual }): RunJob => {
    return async (inputs = {}, variables = {}, options = {}) => {
      const job = await startJob({ env: { ...cache.env, ...variables } });
      const step = await job.uses({ ...usual, reuse: 'repository', ...inputs }, options);
      expectDiscreet(step, cache);
      const temp = readdirSync(job.temp).sort();
      await job.dispose();
      return { ...step, temp };
    };
  });

/** A token from IMS, soon, and nobody was troubled. */
export function expectFromIms(step: StepResult): void {
  expect(step.annotations).toEqual([]);
  expect(step.failed).toBe(false);
  expect(step.outputs['source']).toBe('ims');
  expectEndsWithin(CACHE_SECONDS, step);
}

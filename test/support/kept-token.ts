/** What the action keeps in RUNNER_TEMP for the later steps of a job. */

import { readdirSync } from 'node:fs';
import { join } from 'node:path';

import { expect } from 'vitest';

import type { Inputs } from './fixtures.ts';
import type { Job } from './run-action.ts';
import { expectSuccess } from './verdicts.ts';

/** The paths of the files that it keeps. */
export const keptFiles = (job: Pick<Job, 'temp'>): readonly string[] =>
  readdirSync(job.temp)
    .filter((name) => name.startsWith('adobe-'))
    .map((name) => join(job.temp, name));

/** Where the token of a step came from, which succeeded and warned of nothing. */
export async function sourceOf(job: Job, inputs: Inputs): Promise<string | undefined> {
  const step = await job.uses(inputs);
  expectSuccess(step);
  expect(step.annotations).toEqual([]);
  return step.outputs['source'];
}

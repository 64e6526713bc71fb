/** What holds for every step, whatever happened to it. */

import { readdirSync } from 'node:fs';

import { expect } from 'vitest';

import { echoedForms } from '../../src/secret-forms.ts';

import { testClient } from './ims-server.ts';
import type { Job, StepResult } from './run-action.ts';

/** What the process wrote, but for what it gave to be masked. */
function written(step: StepResult): string {
  const lines = step.stdout.split(/\r\n|\r|\n/).filter((line) => !line.startsWith('::add-mask::'));
  return [...lines, step.stderr].join('\n');
}

/** No client secret of the test client, in any form, is in what was written or left in a file. */
function expectNoLeak(step: StepResult): void {
  const texts = { ...step.files, written: written(step) };
  for (const form of testClient.secrets.flatMap(echoedForms))
    for (const [where, text] of Object.entries(texts)) expect(text, where).not.toContain(form);
}

const errorsOf = (step: StepResult): readonly string[] =>
  step.annotations.filter(({ level }) => level === 'error').map(({ message }) => message);

/**
 * A step that failed as it should: exit code 1, one error annotation, nothing set, no leak, nothing on
 * stderr. The message of the error.
 */
export function messageOf(step: StepResult): string {
  expect(step.exitCode).toBe(1);
  expect(step.files).toMatchObject({ output: '', env: '', state: '', summary: '' });
  expect(step.stderr).toBe('');
  expectNoLeak(step);
  const errors = errorsOf(step);
  expect(errors).toHaveLength(1);
  expect(written(step)).not.toMatch(/^\s+at /m);
  return errors[0] ?? '';
}

/** The same, of the first step of a job, which leaves nothing in RUNNER_TEMP either. */
export function failureOf(step: StepResult, job: Job): string {
  // Folders of the runner's own begin like this.
  expect(readdirSync(job.temp).filter((name) => !/^_(runner|github)_/.test(name))).toEqual([]);
  return messageOf(step);
}

/** A step that succeeded as it should: a token, no error annotation, no leak, nothing on stderr. */
export function expectSuccess(step: StepResult): void {
  expect(errorsOf(step)).toEqual([]);
  expect(step.exitCode).toBe(0);
  expect(step.stderr).toBe('');
  expectNoLeak(step);
  const token = step.outputs['access-token'] ?? '';
  expect(token).not.toBe('');
  expect(written(step)).not.toContain(token);
}

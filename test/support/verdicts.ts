/** What holds for every step that succeeds, and for every one that fails. */

import { readdirSync } from 'node:fs';

import { expect } from 'vitest';

import { formsOf } from './forms.ts';
import { testClient } from './ims-server.ts';
import { createMasker } from './masker.ts';
import type { Annotation } from './step-console.ts';
import type { Job, StepResult } from './run-action.ts';

/** What the process wrote, but for what it gave to be masked. */
export function written(step: StepResult): string {
  const lines = step.stdout.split(/\r\n|\r|\n/).filter((line) => !line.startsWith('::add-mask::'));
  return [...lines, step.stderr].join('\n');
}

/** The messages of a step's annotations of one level. */
export function annotationsOf(step: StepResult, level: Annotation['level']): readonly string[] {
  return step.annotations.filter((one) => one.level === level).map(({ message }) => message);
}

/** The process wrote each value in a mask alone. */
export function expectHidden(step: StepResult, values: readonly string[]): void {
  for (const value of values) {
    expect(value).not.toBe('');
    expect(step.masks).toContain(value);
    expect(written(step)).not.toContain(value);
  }
}

/** A text as the runner shows it after the masks of a step. */
export function maskedBy({ masks }: StepResult, text: string): string {
  const masker = createMasker();
  masks.forEach(masker.addMask);
  return masker.mask(text);
}

/** No secret of the usual client in any form, nothing on stderr, and no injected command. */
function expectClean(step: StepResult): void {
  const texts = { ...step.files, written: written(step) };
  for (const form of testClient.secrets.flatMap(formsOf))
    for (const [where, text] of Object.entries(texts)) expect(text, where).not.toContain(form);
  expect(step.stderr).toBe('');
  expect(step.unexpectedCommands).toEqual([]);
  expect(written(step)).not.toMatch(/^\s+at /m);
}

/** A step that sets nothing and exits with 1. */
export function expectNothingSet(step: StepResult): void {
  expect(step.exitCode).toBe(1);
  expect(step.files).toEqual({ output: '', env: '', state: '', summary: '' });
  expectClean(step);
}

/** A step that failed as it should, with one error annotation. Returns its message. */
export function messageOf(step: StepResult): string {
  expectNothingSet(step);
  const [message = '', ...others] = annotationsOf(step, 'error');
  expect(others).toEqual([]);
  expect(message).not.toBe('');
  return message;
}

/** The action has left nothing in RUNNER_TEMP. */
export function expectNothingKept(job: Job): void {
  expect(readdirSync(job.temp)).toEqual(['_runner_file_commands']);
}

/** The message of a first step that failed as it should, and left nothing behind. */
export function failureOf(step: StepResult, job: Job): string {
  expectNothingKept(job);
  return messageOf(step);
}

/** A step that succeeded: a masked token, no error annotation, no leak, nothing on stderr. */
export function expectSuccess(step: StepResult): void {
  expect(annotationsOf(step, 'error')).toEqual([]);
  expect(step.exitCode).toBe(0);
  expectClean(step);
  expectHidden(step, [step.outputs['access-token'] ?? '']);
}

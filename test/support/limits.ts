/** Time limits of tests. A machine may be so busy that a process takes seconds to start. */

import { expect } from 'vitest';

import type { StepResult } from './run-action.ts';

/** What a busy machine may add to a step, in milliseconds. */
export const BUSY_MS = 15_000;

/** A step had these seconds to end, one more, and the 15 s that a busy machine may add. */
export function expectEndsWithin(seconds: number, step: StepResult): void {
  expect(step.durationMs).toBeLessThan((seconds + 1) * 1000 + BUSY_MS);
}

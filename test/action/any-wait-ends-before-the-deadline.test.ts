/** A wait is as long as the server asks for, and ends before the deadline. */

import fc from 'fast-check';
import { expect, it } from 'vitest';

import { nextWaitMs } from '../../src/ims/retry.ts';

import { property } from '../support/fuzz.ts';

it('a wait is never shorter than asked for, nor does it pass the deadline', () => {
  property(
    [
      fc.integer({ min: 1, max: 1000 }),
      fc.integer({ min: 0, max: 100_000 }),
      fc.integer({ min: -1000, max: 100_000 }),
      fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
    ],
    (attempt, retryAfterMs, roomMs, random) => {
      const waitMs = nextWaitMs(attempt, retryAfterMs, roomMs, random);
      const isHopeless = retryAfterMs > Math.max(0, roomMs) || roomMs <= 0;
      expect(typeof waitMs === 'string').toBe(isHopeless);
      if (typeof waitMs === 'string') return;
      expect(waitMs).toBeGreaterThanOrEqual(retryAfterMs);
      expect(waitMs).toBeLessThanOrEqual(roomMs);
    },
  );
});

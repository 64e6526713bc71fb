/** How many random cases a property is held to, and what they are made of. */

import fc from 'fast-check';

/** `npm run test:fuzz` runs ten times as many. */
export const RUNS = process.env['npm_lifecycle_event'] === 'test:fuzz' ? 10_000 : 1000;

/** Milliseconds within which a property with `RUNS` cases ends on a slow machine. */
export const TIME_LIMIT_MS = 1_800_000;

/** A secret of any characters, too long to be in a message by chance. */
export const secretText = fc
  .string({ unit: 'grapheme', minLength: 8, maxLength: 60 })
  .map((text) => `p8e-test-${text.replaceAll(/[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029,\s]/gu, 'x')}`);

/** What a server may say to a log that reads commands. */
export const hostileText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 400 }),
  fc.constantFrom('::error::x', '\n::add-mask::', '##[error]x', '\r::set-output name=a::b', ''),
);

/** Holds a property to `RUNS` random cases. */
export function property<T extends [unknown, ...unknown[]]>(
  arbitraries: { [K in keyof T]: fc.Arbitrary<T[K]> },
  check: (...values: T) => void,
): void {
  fc.assert(fc.property(...arbitraries, check), { numRuns: RUNS });
}

import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts', 'recipes/**/*.test.ts'],
    pool: 'threads',
    // A worker mostly waits for the steps that it has started.
    maxWorkers: '100%',
    sequence: { shuffle: true },
    silent: 'passed-only',
    // A hang is a failure; nothing in here waits longer than a step's own timeout.
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});

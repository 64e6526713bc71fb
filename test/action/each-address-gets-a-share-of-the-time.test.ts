/** Each address of a host but the last gets a share of its request's time. */

import { describe, expect } from 'vitest';

import { inputsFor } from '../support/fixtures.ts';
import { noteConnections, test } from '../support/network-fixtures.ts';

describe.concurrent('each address of a host but the last', () => {
  // Node's own setting is 250 ms.
  test.for<readonly [string, number, string?]>([
    ['60', 2000],
    ['10', 1111],
    ['2', 250],
    ['10', 1800, '--network-family-autoselection-attempt-timeout=1800'],
    ['60', 4000, '--network-family-autoselection-attempt-timeout=4000'],
  ])(
    'with `timeout: %s` gets %i ms of its request at most',
    async ([timeout, ms, setting = ''], { startIms, proxyTo, job, trust, inputs }) => {
      const noted = noteConnections(job);
      const proxy = await proxyTo();
      const direct = inputsFor(await startIms());
      const env = { ...trust, https_proxy: proxy.url };
      const NODE_OPTIONS = `${noted.options} ${setting}`;
      for (const usual of [direct, inputs]) {
        // On a busy machine, the shortest time is too short for a token.
        await job.uses({ ...usual, timeout }, { env: { ...env, NODE_OPTIONS } });
      }
      const given = noted.opened().map(({ addressMs = 0 }) => addressMs);
      expect(given.length).toBeGreaterThan(1);
      // A third of the limit of a request, which is a third of `timeout`. On a busy machine less is left.
      for (const addressMs of given) {
        expect(Number.isInteger(addressMs)).toBe(true);
        expect(addressMs).toBeLessThanOrEqual(ms);
        expect(addressMs).toBeGreaterThan(ms * 0.8);
      }
    },
  );
});

/** A defect of the action is called an unexpected error, and is not tried again. */

import { describe, expect } from 'vitest';

import { expectFromIms, test as withCache } from '../support/cache-fixtures.ts';
import { inputsFor } from '../support/fixtures.ts';
import { HOST, test } from '../support/network-fixtures.ts';
import { preload } from '../support/preload.ts';
import { failureOf, written } from '../support/verdicts.ts';

describe.concurrent('a defect of the action', () => {
  test.for([
    ['a TypeError', 'new TypeError(TEXT)', 'TypeError'],
    ['a TypeError with a code', 'Object.assign(new TypeError(TEXT), CODED)', 'TypeError'],
    ['a RangeError with a code', 'Object.assign(new RangeError(TEXT), CODED)', 'RangeError'],
    ['an error without a code', 'new Error(TEXT)', 'Error'],
  ] as const)(
    '(%s) ends the step at once',
    async ([, thrown, kind], { startIms, job, proxyTo }) => {
      const program = `
        const [TEXT, CODED] = ['p8e-test-text', { code: 'ERR_INVALID_CHAR' }];
        require('node:net').Socket.prototype.connect = () => { throw ${thrown}; };`;
      const NODE_OPTIONS = preload(job, 'defect', program);
      const direct = inputsFor(await startIms());
      const { url: https_proxy } = await proxyTo();
      const proxied = inputsFor({ url: `https://${HOST}` });
      for (const inputs of [direct, proxied]) {
        const step = await job.uses(inputs, { env: { NODE_OPTIONS, https_proxy } });
        const message = failureOf(step, job);
        expect(message).toContain(`Unexpected error in the action (${kind}).`);
        expect(message).toMatch(/\(unexpected\)$/);
        expect(step.log).not.toMatch(/^Attempt/m);
        expect(written(step)).not.toContain('p8e-test-text');
      }
    },
  );
});

withCache(
  'a defect of the action in the cache is a miss that says so',
  async ({ cache, job, runJob }) => {
    const { port } = new URL(cache.env['ACTIONS_RESULTS_URL'] ?? '');
    const program = `
      const { Socket } = require('node:net');
      const { connect } = Socket.prototype;
      Socket.prototype.connect = function (...given) {
        if (given.flat()[0].port === ${port}) throw new TypeError('p8e-test-text');
        return connect.apply(this, given);
      };`;
    const step = await runJob({}, { NODE_OPTIONS: preload(job, 'defect', program) });
    expectFromIms(step);
    const line = /Actions cache could not be used.*Unexpected error in the action \(TypeError\)/g;
    expect(step.log.match(line)).toHaveLength(1);
    expect(step.log).not.toContain('p8e-test-text');
  },
);

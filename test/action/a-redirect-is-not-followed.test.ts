/** No redirect is followed, of IMS or of the cache. */

import { expect } from 'vitest';

import { expectFromIms, test } from '../support/cache-fixtures.ts';
import { OPERATIONS } from '../support/cache-service.ts';
import { failureOf } from '../support/verdicts.ts';

test.for([302, 307])(
  'a redirect of IMS with %i fails the step',
  async (status, { ims, startIms, job, inputs }) => {
    const other = await startIms();
    ims.scriptAlways({ status, headers: { location: `${other.url}/ims/token/v3` } });
    expect(failureOf(await job.uses(inputs), job)).toMatch(/redirect/);
    expect(ims.requests).toHaveLength(1);
    expect(other.connections).toBe(0);
  },
);

test.for(OPERATIONS)(
  'a redirect of the cache at %s costs no token',
  async (operation, { startIms, cache, runJob }) => {
    const elsewhere = await startIms();
    await runJob();
    if (operation !== 'lookup' && operation !== 'download') cache.entries.length = 0;
    cache.faults[operation] = { status: 307, headers: { location: elsewhere.url } };
    expectFromIms(await runJob());
    expect(cache.requestsTo(operation).length).toBeGreaterThan(0);
    expect(elsewhere.connections).toBe(0);
  },
);

/** `reuse: repository`: a token serves other jobs through the cache. */

import { describe, expect } from 'vitest';

import {
  expectFromIms,
  EXPLAINED,
  type Outcome,
  ROTATED,
  test,
} from '../support/cache-fixtures.ts';
import { SECRET } from '../support/fixtures.ts';
import { tokenAnswer } from '../support/ims-server.ts';

describe('a token in the repository', () => {
  test('serves twelve jobs, until the secret is rotated', async ({ ims, cache, runJob }) => {
    const steps: Outcome[] = [];
    for (let job = 1; job <= 12; job += 1) steps.push(await runJob());
    expect(ims.requests).toHaveLength(1);
    expect(steps.map((step) => step.outputs['source'])).toEqual([
      'ims',
      ...Array<string>(11).fill('repository'),
    ]);
    const token = steps[0]?.outputs['access-token'] ?? '';
    for (const step of steps) {
      expect(step.outputs['access-token']).toBe(token);
      expect(step.annotations).toEqual([]);
      expect(step.log).not.toMatch(EXPLAINED);
    }
    const [entry] = cache.entries;
    expect(entry && cache.bytesOf(entry).includes(token)).toBe(false);
    const rotated = await runJob({ 'client-secret': ROTATED });
    expect(rotated.outputs['source']).toBe('ims');
    // Which secret opens an entry is not known before; the newest one is of the new secret.
    expect((await runJob({ 'client-secret': ROTATED })).outputs['source']).toBe('repository');
    expect(ims.requests).toHaveLength(2);
  });

  test('serves the next step of its job from the job', async ({ cache, startJob, inputs }) => {
    const job = await startJob({ env: cache.env });
    await job.uses({ ...inputs, reuse: 'repository' });
    const sent = cache.requests.length;
    const step = await job.uses({ ...inputs, reuse: 'repository' });
    expect(step.outputs['source']).toBe('job');
    expect(cache.requests).toHaveLength(sent);
  });

  test('opens with either of two secrets', async ({ runJob }) => {
    await runJob();
    const step = await runJob({ 'client-secret': `${ROTATED}\n${SECRET}` });
    expect(step.outputs['source']).toBe('repository');
  });

  test('for other scopes or another organization, or with too little time left, is not taken', async ({
    runJob,
  }) => {
    await runJob();
    for (const other of [{ scopes: 'openid' }, { 'org-id': 'P8E@AdobeOrg' }]) {
      const step = await runJob(other);
      expectFromIms(step);
      expect(step.log).not.toMatch(EXPLAINED);
    }
    expect((await runJob({ 'min-validity': '999999' })).outputs['source']).toBe('ims');
    expect((await runJob()).outputs['source']).toBe('repository');
  });

  test('is found in an answer of lowerCamel fields', async ({ cache, runJob }) => {
    cache.fields = 'lowerCamel';
    await runJob();
    expect((await runJob()).outputs['source']).toBe('repository');
  });

  test('is not asked for with reuse: job or none', async ({ cache, runJob }) => {
    await runJob({ reuse: 'job' });
    await runJob({ reuse: 'none' });
    expect(cache.requests).toEqual([]);
  });

  test('is uploaded once or twice by a cold matrix', async ({ ims, cache, runJob }) => {
    cache.faults.lookup = { body: '{"ok":false}' };
    // Jobs of a matrix do not start in the same second.
    const lifetimes = [0, 3, 6, 9, 12, 15].map((age) => 86_399 - age);
    ims.script(...lifetimes.map((expires_in) => tokenAnswer({ expires_in })));
    const steps = await Promise.all(lifetimes.map(() => runJob()));
    for (const step of steps) {
      expectFromIms(step);
      expect(step.log).not.toMatch(EXPLAINED);
    }
    expect(cache.requestsTo('create')).toHaveLength(6);
    expect(cache.requestsTo('upload').length).toBeLessThanOrEqual(2);
    delete cache.faults.lookup;
    expect((await runJob()).outputs['source']).toBe('repository');
  });
});

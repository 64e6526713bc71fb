/** The post step revokes a token once, however many steps of the job have it. */

import { writeFileSync } from 'node:fs';

import { describe, expect } from 'vitest';

import { test } from '../support/cache-fixtures.ts';
import { keptFiles } from '../support/kept-token.ts';
import { expectRevoked, revocations, REVOKING } from '../support/post-step.ts';
import { expectSuccess } from '../support/verdicts.ts';

test('revokes the token at the end, and masks what it saves', async ({ ims, job, inputs }) => {
  const step = await job.uses({ ...inputs, ...REVOKING }, { debug: true });
  const token = step.outputs['access-token'] ?? '';
  const [state = 'none'] = Object.values(step.state);
  expect(state).not.toContain(token);
  expect(step.log).toMatch(/^##\[debug\]Save intra-action state \w+ = \*\*\*$/m);
  expect(step.log).not.toContain(state);
  const [post] = await job.finish();
  expectRevoked(post);
  expect([...ims.revoked]).toEqual([token]);
});

describe('one token is revoked once', () => {
  const STEPS = {
    plain: {},
    revoking: REVOKING,
    alone: { ...REVOKING, reuse: 'none' },
    // No token lasts so long: this step takes none that is kept.
    fresh: { ...REVOKING, 'min-validity': '999999' },
  };
  test.for([
    ['revoking, revoking', 1],
    ['revoking, plain', 1],
    ['plain, revoking', 1],
    ['revoking, plain, revoking, plain', 1],
    ['alone, revoking, alone', 3],
    ['plain, alone', 2],
    ['revoking, fresh, revoking', 2],
  ] as const)(
    'by the steps %s, with %i from IMS',
    async ([steps, issued], { ims, job, inputs }) => {
      const owners = new Map<string, number>();
      for (const name of steps.split(', ') as (keyof typeof STEPS)[]) {
        const step = await job.uses({ ...inputs, ...STEPS[name] });
        const token = step.outputs['access-token'] ?? '';
        const states = Object.keys(step.state).length;
        if (name !== 'plain') owners.set(token, (owners.get(token) ?? 0) + states);
        else expect(states).toBe(0);
      }
      expect(ims.requests).toHaveLength(issued);
      for (const post of await job.finish())
        expect(post).toMatchObject({ exitCode: 0, annotations: [] });
      expect(
        revocations(ims)
          .map(({ form }) => form['token'])
          .sort(),
      ).toEqual([...owners.keys()].sort());
      // For each token, the state of one step alone makes its post step act.
      expect(new Set(owners.values())).toEqual(new Set([1]));
    },
  );

  test('whatever a step leaves in RUNNER_TEMP', async ({ ims, job, inputs }) => {
    const first = await job.uses({ ...inputs, ...REVOKING });
    for (const file of keptFiles(job)) writeFileSync(file, 'p8e');
    const second = await job.uses({ ...inputs, ...REVOKING });
    await job.finish();
    const tokens = [first, second].map(({ outputs }) => outputs['access-token'] ?? '');
    expect(revocations(ims)).toHaveLength(2);
    expect([...ims.revoked].sort()).toEqual(tokens.sort());
  });
});

describe('a token that other jobs have is not revoked', () => {
  const SHARED = { reuse: 'repository' };

  test.for([
    ['by a step after it', [SHARED, REVOKING]],
    ['by a step before it', [REVOKING, SHARED]],
    ['by a step between two', [SHARED, REVOKING, SHARED]],
  ] as const)('%s', async ([, steps], { cache, ims, startJob, inputs }) => {
    const job = await startJob({ env: cache.env });
    const revoking: string[] = [];
    for (const change of steps) {
      const step = await job.uses({ ...inputs, ...change });
      expectSuccess(step);
      if ('revoke' in change) revoking.push(step.outputs['access-token'] ?? '');
    }
    const other = await startJob({ env: cache.env });
    const shared = await other.uses({ ...inputs, ...SHARED });
    await job.finish();
    expect([...ims.revoked]).toEqual(revoking);
    expect(shared.outputs['source']).toBe('repository');
    expect(revoking).not.toContain(shared.outputs['access-token']);
    const later = await (await startJob({ env: cache.env })).uses({ ...inputs, ...SHARED });
    expect(later.outputs['source']).toBe('repository');
    expect(ims.revoked).not.toContain(later.outputs['access-token']);
  });
});

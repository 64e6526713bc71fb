/** action.yml declares what the steps set. The runner itself passes any output on. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect } from 'vitest';
import { parse } from 'yaml';

import { test } from '../support/fixtures.ts';
import { testClient } from '../support/ims-server.ts';
import { expectSuccess } from '../support/verdicts.ts';

const file = readFileSync(join(import.meta.dirname, '../..', 'action.yml'), 'utf8');
const { outputs } = parse(file) as { outputs: object };

test('every output that a step sets is declared, and every declared one is set', async ({
  ims,
  job,
  inputs,
}) => {
  const user = {
    'grant-type': 'refresh_token',
    'refresh-token': ims.issueRefreshToken({ clientId: testClient.id }),
  };
  // A token of IMS, one of an earlier step, and one of a user.
  const steps = [
    await job.uses(inputs),
    await job.uses({ ...inputs, summary: 'true', revoke: 'true' }),
    await job.uses({ ...inputs, ...user }),
  ];
  const names = new Set<string>();
  for (const step of steps) {
    expectSuccess(step);
    for (const name of Object.keys(step.outputs)) names.add(name);
    for (const name of Object.keys(step.outputs)) expect(Object.keys(outputs)).toContain(name);
  }
  expect([...names].sort()).toEqual(Object.keys(outputs).sort());
});

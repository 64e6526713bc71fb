/** Client secrets are read: one, two, or a JSON array as Adobe stores them. */

import { expect, it } from 'vitest';

import { SECRET, test } from '../support/fixtures.ts';
import { parseValues } from '../support/inputs.ts';
import { basicOf } from '../support/user-grants.ts';
import { annotationsOf, expectHidden, expectSuccess, maskedBy } from '../support/verdicts.ts';

const OTHER = 'p8e-test-other-secret';
const pretty = (json: unknown): string => JSON.stringify(json, null, 2);

it.each([
  ['one', 'p8e-test-1', ['p8e-test-1']],
  ['two by comma', 'p8e-test-1,p8e-test-2', ['p8e-test-1', 'p8e-test-2']],
  ['two by line break', 'p8e-test-1\r\np8e-test-2\n', ['p8e-test-1', 'p8e-test-2']],
  ['the same twice', 'p8e-test-1\np8e-test-1', ['p8e-test-1']],
  ['special characters', '+ / = & % " \' ü', ['+ / = & % " \' ü']],
])('%s is read', (_name, value, expected) => {
  expect(parseValues({ 'client-secret': value }).client.clientSecrets).toEqual(expected);
});

test.for<readonly [string, string]>([
  ['of one string', JSON.stringify([SECRET])],
  ['over lines', pretty([SECRET])],
  ['with blanks around', ` \n[ "${SECRET}" ]\n`],
  ['of the same string twice', JSON.stringify([SECRET, SECRET])],
  ['of two strings', pretty([OTHER, SECRET])],
])('a JSON array %s gives the bare secret', async ([, value], { ims, job, inputs }) => {
  const step = await job.uses({ ...inputs, 'client-secret': value });
  expectSuccess(step);
  expectHidden(step, [SECRET, basicOf(SECRET)]);
  expect(ims.requests.at(-1)?.form['client_secret']).toBe(SECRET);
  expect(maskedBy(step, '["x", {}]')).toBe('["x", {}]');
});

test('a JSON array seals as the bare secret does, and post revokes', async ({
  ims,
  job,
  inputs,
}) => {
  const array = pretty([OTHER, SECRET]);
  const first = await job.uses({ ...inputs, 'client-secret': array, revoke: 'true' });
  expectSuccess(first);
  const second = await job.uses(inputs);
  expect(second.outputs['source']).toBe('job');
  const posts = await job.finish();
  for (const post of posts) expect(annotationsOf(post, 'warning')).toEqual([]);
  expect(ims.requests.map(({ path }) => path)).toEqual([
    '/ims/token/v3',
    '/ims/token/v3',
    '/ims/invalidate_token/v2',
  ]);
  expect(ims.requests[2]?.form['client_secret']).toBe(SECRET);
});

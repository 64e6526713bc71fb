/** Each secret of a step is masked before anything else shows it. */

import { expect } from 'vitest';

import { inputsFor, SECRET, test } from '../support/fixtures.ts';
import { formsOf } from '../support/forms.ts';
import { testClient, tokenAnswer } from '../support/ims-server.ts';
import { exchanging } from '../support/user-grants.ts';
import { expectHidden, expectSuccess } from '../support/verdicts.ts';

test('a token is masked, and then reaches later steps', async ({ ims, job, inputs }) => {
  const step = await job.uses(inputs);
  expectSuccess(step);
  const token = step.outputs['access-token'] ?? '';
  expect(token.length).toBeGreaterThan(1000);
  expect(step.env).toEqual({ FIREFLY_SERVICES_ACCESS_TOKEN: token });
  expect(step.outputs).toMatchObject({
    'token-type': 'bearer',
    scopes: 'openid,AdobeID,offline_access,creative_sdk',
    source: 'ims',
    'user-id': expect.stringMatching(/@techacct\.adobe\.com$/) as string,
    'expires-at': expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/) as string,
  });
  const secondsLeft = Number(step.outputs['expires-in']);
  expect(secondsLeft).toBeGreaterThan(86_300);
  expect(secondsLeft).toBeLessThanOrEqual(86_399);
  expect(
    Math.abs(Date.parse(step.outputs['expires-at'] ?? '') - Date.now() - 86_399_000),
  ).toBeLessThan(60_000);
  expect(step.stdout.indexOf(token)).toBe(
    step.stdout.indexOf(`::add-mask::${token}`) + '::add-mask::'.length,
  );
  expect(step.annotations).toEqual([]);
  expect(ims.requests).toHaveLength(1);
  const print =
    'const token = process.env.FIREFLY_SERVICES_ACCESS_TOKEN; console.log(token, btoa(token))';
  await job.run(['-e', print]);
  expect(job.log).not.toContain(token);
  expect(job.log).not.toContain(SECRET);
});

test.for(['p8e-test + / = & % " \' x', 'p8e-test-ünïcödé-☃', 'p8e-test?a=b&c#d'])(
  'the secret %j arrives unchanged, and is shown in no form',
  async (secret, { startIms, startJob }) => {
    const client = { ...testClient, secrets: [secret] };
    const ims = await startIms({ clients: [client] });
    const job = await startJob({ secrets: [secret] });
    const step = await job.uses(inputsFor(ims, client), { debug: true });
    expectSuccess(step);
    expect(ims.requests[0]?.form['client_secret']).toBe(secret);
    for (const form of formsOf(secret)) expect(step.log).not.toContain(form);
  },
);

test('a refresh token that nobody asked for is masked, and is in no output', async ({
  ims,
  job,
  inputs,
}) => {
  const refresh_token = 'p8e-test-refresh-token';
  ims.script(tokenAnswer({ refresh_token }));
  const step = await job.uses(inputs);
  expectSuccess(step);
  expectHidden(step, [refresh_token]);
  expect(JSON.stringify(step.files)).not.toContain(refresh_token);
});

test.for([200, 400])(
  'of an answer with HTTP %i three tokens are masked, and no other field',
  async (status, { ims, job, inputs }) => {
    const [access_token, refresh_token, id_token] = ['p8e-test-1', 'p8e-test-2', 'p8e-test-3'];
    const tokens = { access_token, refresh_token, id_token };
    const others = { e_token: 'e', token: 't', tokens: ['o'] };
    ims.scriptAlways({ status, ...tokenAnswer({ ...tokens, ...others }) });
    const { masks } = await job.uses(inputs);
    expect(masks).toEqual(expect.arrayContaining(Object.values(tokens)));
    for (const mask of masks) expect(mask.length).toBeGreaterThan(8);
  },
);

test('every token of a user is masked, and the ID token is in no output', async ({
  ims,
  job,
  inputs,
}) => {
  const [refresh_token, id_token] = ['p8e-test-new-refresh-token', 'p8e-test-id-token'];
  ims.scriptAlways(tokenAnswer({ refresh_token, id_token, sub: 'p8e-test-user' }));
  const step = await job.uses({ ...inputs, ...exchanging('p8e-test-code') }, { debug: true });
  expect(step.outputs['refresh-token']).toBe(refresh_token);
  // The token does not name its scopes, and none were asked for.
  expect(step.outputs['scopes']).toBe('');
  expectHidden(step, ['p8e-test-code', refresh_token, id_token]);
  expect(JSON.stringify(step.files)).not.toContain(id_token);
});

/** GitHub's runner also masks what is inside quotes. Our test runner does not. */
test.for(['"?"', "'?'", '`?`', '\u201c?\u201d', '\u2018?\u2019', '"?', '""?""'])(
  'the inside of a secret that is stored as %s is masked',
  async (form, { job, inputs }) => {
    const secret = 'p8e-test-other-secret';
    const step = await job.uses({ ...inputs, 'client-secret': form.replace('?', secret) });
    expectHidden(step, [secret]);
  },
);

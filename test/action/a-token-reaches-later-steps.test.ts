/** Later steps find the token in the variables and outputs that the inputs name. */

import { expect } from 'vitest';

import { test } from '../support/fixtures.ts';
import { tokenAnswer } from '../support/ims-server.ts';
import { annotationsOf } from '../support/verdicts.ts';

test('the token is in the variables named, and not in the summary', async ({ job, inputs }) => {
  const several = await job.uses({ ...inputs, 'env-var': 'A_TOKEN, B_TOKEN', summary: 'true' });
  const token = several.outputs['access-token'];
  expect(several.env).toEqual({ A_TOKEN: token, B_TOKEN: token });
  expect(several.files.summary).toContain('A_TOKEN');
  expect(several.files.summary).not.toContain(token);
  const none = await job.uses({ ...inputs, 'env-var': '' });
  expect(none.env).toEqual({});
  expect(none.files.summary).toBe('');
});

test('a token that lacks scopes gives a warning with their names', async ({ ims, job, inputs }) => {
  const payload = Buffer.from('{"scope":"openid,AdobeID"}').toString('base64url');
  ims.script(tokenAnswer({ access_token: `p8e-test.${payload}.p8e-test` }));
  const step = await job.uses(inputs);
  expect(step.outputs['scopes']).toBe('openid,AdobeID');
  expect(annotationsOf(step, 'warning')).toEqual([
    expect.stringContaining('offline_access,creative_sdk'),
  ]);
});

test('a token with little life left gives a warning with both numbers', async ({
  ims,
  job,
  inputs,
}) => {
  ims.script(tokenAnswer({ expires_in: 600 }));
  const warnings = annotationsOf(await job.uses(inputs), 'warning');
  expect(warnings).toEqual([expect.stringMatching(/(600|599) s.*1800 s/)]);
});

test('a variable that `env-var` and `aio-context` both name is named once', async ({
  job,
  inputs,
}) => {
  const variable = 'AIO_IMS_CONTEXTS_CLI_ACCESS__TOKEN_TOKEN';
  const step = await job.uses({ ...inputs, 'env-var': variable, 'aio-context': 'cli' });
  expect(step.env[variable]).toBe(step.outputs['access-token']);
  expect(step.log).toMatch(new RegExp(`Z, in ${variable}\\.$`));
});

test.for([
  ['cli', 'CLI'],
  ['my_context', 'MY__CONTEXT'],
] as const)(
  'the `aio` CLI is logged in as the context %s',
  async ([context, name], { job, inputs }) => {
    const step = await job.uses({ ...inputs, 'aio-context': context });
    const variable = `AIO_IMS_CONTEXTS_${name}_ACCESS__TOKEN`;
    expect(step.env[`${variable}_TOKEN`]).toBe(step.outputs['access-token']);
    const expiry = Number(step.env[`${variable}_EXPIRY`]);
    expect(Math.abs(expiry - Date.now() - 86_399_000)).toBeLessThan(60_000);
    expect(step.log).toMatch(
      new RegExp(`, in FIREFLY_SERVICES_ACCESS_TOKEN, ${variable}_TOKEN\\.$`),
    );
  },
);

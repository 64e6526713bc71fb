/** A second client secret is tried when IMS refuses the first, and only then. */

import { describe, expect } from 'vitest';

import { inputsFor, SECRET, test } from '../support/fixtures.ts';
import { testClient } from '../support/ims-server.ts';
import {
  authenticationOf,
  basicOf,
  ofChallengedCode,
  ofCode,
  ofRefreshToken,
  webApp,
} from '../support/user-grants.ts';
import { expectSuccess, messageOf } from '../support/verdicts.ts';

describe('two client secrets', () => {
  const client = { ...testClient, secrets: ['p8e-test-new-secret'] };

  test('let a rotation pass, and a notice says so', async ({ startIms, job }) => {
    const ims = await startIms({ clients: [client] });
    const both = 'p8e-test-old-secret\np8e-test-new-secret';
    const step = await job.uses({ ...inputsFor(ims), 'client-secret': both });
    expectSuccess(step);
    expect(ims.requests.map(({ form }) => form['client_secret'])).toEqual(both.split('\n'));
    expect(step.annotations.map(({ level }) => level)).toEqual(['notice']);
    expect(step.masks).toEqual(expect.arrayContaining(both.split('\n')));
  });

  test.for([',', '\n'])(
    'are both called refused when IMS refuses both (%j)',
    async (separator, { ims, job, inputs }) => {
      const wrong = ['p8e-test-1', 'p8e-test-2'].join(separator);
      const message = messageOf(await job.uses({ ...inputs, 'client-secret': wrong }));
      expect(message).toMatch(
        /refused both client secrets.*if it should be one, store it again on one line.*invalid_client/,
      );
      expect(ims.requests).toHaveLength(2);
    },
  );

  test('do not help against another failure', async ({ ims, job, inputs }) => {
    ims.scriptAlways({ status: 400, body: '{"error":"invalid_scope"}' });
    messageOf(await job.uses({ ...inputs, 'client-secret': `${SECRET},p8e-test-other` }));
    expect(ims.requests).toHaveLength(1);
  });

  const BOTH = { 'client-secret': `p8e-test-old,${SECRET}` };

  test('do not help after `error_code`, which is no `error`', async ({ ims, job, inputs }) => {
    ims.scriptAlways({ status: 400, body: '{"error_code":"invalid_client","message":"jwt"}' });
    expect(messageOf(await job.uses({ ...inputs, ...BOTH }))).toContain(
      '(ims_error, invalid_client',
    );
    expect(ims.requests).toHaveLength(1);
  });

  test('are both tried after a code in capitals, which is shown as sent', async ({
    ims,
    job,
    inputs,
  }) => {
    const refusal = { status: 400, body: '{"error":"INVALID_CLIENT"}' };
    ims.script(refusal);
    expectSuccess(await job.uses({ ...inputs, ...BOTH }));
    expect(ims.requests).toHaveLength(2);
    ims.scriptAlways(refusal);
    const message = messageOf(await job.uses({ ...inputs, reuse: 'none' }));
    expect(message).toContain('(invalid_client, INVALID_CLIENT, HTTP 400');
  });
});

describe('a Web App', () => {
  test.override('client', webApp);

  test('sends a refused secret in both forms before the next one', async ({ ims, job, inputs }) => {
    const secrets = { 'client-secret': `p8e-test-old-secret\n${SECRET}` };
    const step = await job.uses({ ...inputs, ...secrets, ...ofRefreshToken(ims) });
    expectSuccess(step);
    expect(step.annotations.map(({ level }) => level)).toEqual(['notice']);
    expect(ims.requests.map(authenticationOf)).toEqual([
      `Basic ${basicOf('p8e-test-old-secret')}`,
      'p8e-test-old-secret',
      `Basic ${basicOf(SECRET)}`,
    ]);
  });

  test.for([
    ['a code', ofCode],
    ['a code and its verifier', ofChallengedCode],
  ] as const)(
    'sends %s in the body, by Basic header after `invalid_client`, and revokes by header',
    async ([, grantOf], { ims, job, inputs }) => {
      const step = await job.uses({ ...inputs, ...grantOf(ims), revoke: 'true' });
      expectSuccess(step);
      expect(step.annotations).toEqual([]);
      await job.finish();
      expect(ims.requests.map(authenticationOf)).toEqual([
        SECRET,
        `Basic ${basicOf(SECRET)}`,
        `Basic ${basicOf(SECRET)}`,
      ]);
      expect(ims.revoked.has(step.outputs['access-token'] ?? '')).toBe(true);
    },
  );
});

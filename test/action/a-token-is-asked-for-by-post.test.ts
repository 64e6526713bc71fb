/** A token is asked for by POST, with the secret in the body. */

import { expect } from 'vitest';

import { SECRET, test } from '../support/fixtures.ts';
import { testClient } from '../support/ims-server.ts';

test('a token is asked for by POST, and nothing is said of the runner', async ({
  ims,
  job,
  inputs,
}) => {
  const env = { ACTIONS_ORCHESTRATION_ID: 'p8e-test-orchestration' };
  await job.uses({ ...inputs, scopes: '["openid",\n"AdobeID"]' }, { env });
  const [request] = ims.requests;
  expect(request).toMatchObject({
    method: 'POST',
    path: '/ims/token/v3',
    query: '',
    form: {
      grant_type: 'client_credentials',
      client_id: testClient.id,
      client_secret: SECRET,
      scope: 'openid,AdobeID',
    },
  });
  const { host, connection, ...headers } = request?.headers ?? {};
  expect(headers).toEqual({
    accept: 'application/json',
    'accept-encoding': 'identity',
    'content-length': expect.stringMatching(/^\d+$/) as string,
    'content-type': 'application/x-www-form-urlencoded',
    'user-agent': 'adobe-ims-token',
  });
  expect(connection).toMatch(/^(close|keep-alive)$/);
  expect(host).toBe(new URL(ims.url).host);
});

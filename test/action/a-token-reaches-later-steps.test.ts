/** The whole step: the built action as the runner starts it, against the embedded IMS. */

import { existsSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect } from 'vitest';

import { formsOf } from '../support/forms.ts';
import { inputsFor, SECRET, test } from '../support/fixtures.ts';
import { testClient, tokenAnswer } from '../support/ims-server.ts';
import {
  annotationsOf,
  expectHidden,
  expectSuccess,
  failureOf,
  messageOf,
} from '../support/verdicts.ts';

describe('a token', () => {
  test('is masked, and then reaches later steps', async ({ ims, job, inputs }) => {
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

  test('is asked for by POST, without a word of the runner', async ({ ims, job, inputs }) => {
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

  test.for(['p8e-test + / = & % " \' x', 'p8e-test-ünïcödé-☃', 'p8e-test?a=b&c#d'])(
    'is given for the secret %j, which arrives unchanged and is shown in no form',
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

  test('that lacks scopes gives a warning with their names', async ({ ims, job, inputs }) => {
    const payload = Buffer.from('{"scope":"openid,AdobeID"}').toString('base64url');
    ims.script(tokenAnswer({ access_token: `p8e-test.${payload}.p8e-test` }));
    const step = await job.uses(inputs);
    expect(step.outputs['scopes']).toBe('openid,AdobeID');
    expect(annotationsOf(step, 'warning')).toEqual([
      expect.stringContaining('offline_access,creative_sdk'),
    ]);
  });

  test('that is opaque is as good as any', async ({ ims, job, inputs }) => {
    ims.script(tokenAnswer({}));
    const step = await job.uses(inputs);
    expectSuccess(step);
    const scopes = 'openid,AdobeID,offline_access,creative_sdk';
    expect(step.outputs).toMatchObject({ 'user-id': '', scopes });
  });

  test('with little life left gives a warning with both numbers', async ({ ims, job, inputs }) => {
    ims.script(tokenAnswer({ expires_in: 600 }));
    const warnings = annotationsOf(await job.uses(inputs), 'warning');
    expect(warnings).toEqual([expect.stringMatching(/(600|599) s.*1800 s/)]);
  });

  test('goes to the variables named, and not to the summary', async ({ job, inputs }) => {
    const several = await job.uses({ ...inputs, 'env-var': 'A_TOKEN, B_TOKEN', summary: 'true' });
    const token = several.outputs['access-token'];
    expect(several.env).toEqual({ A_TOKEN: token, B_TOKEN: token });
    expect(several.files.summary).toContain('A_TOKEN');
    expect(several.files.summary).not.toContain(token);
    const none = await job.uses({ ...inputs, 'env-var': '' });
    expect(none.env).toEqual({});
    expect(none.files.summary).toBe('');
  });

  test.for([
    ['cli', 'CLI'],
    ['my_context', 'MY__CONTEXT'],
  ] as const)(
    'logs the `aio` CLI in as the context %s',
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

  test('comes without a refresh token, even if IMS sends one', async ({ ims, job, inputs }) => {
    const refresh_token = 'p8e-test-refresh-token';
    ims.script(tokenAnswer({ refresh_token }));
    const step = await job.uses(inputs);
    expectSuccess(step);
    expectHidden(step, [refresh_token]);
    expect(JSON.stringify(step.files)).not.toContain(refresh_token);
  });
});

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

  test('are both named when IMS refuses both', async ({ startIms, job }) => {
    const ims = await startIms({ clients: [client] });
    const step = await job.uses({ ...inputsFor(ims), 'client-secret': 'p8e-test-1,p8e-test-2' });
    expect(messageOf(step)).toMatch(/both client secrets.*invalid_client/);
    expect(ims.requests).toHaveLength(2);
  });

  test('do not help against another failure', async ({ ims, job, inputs }) => {
    ims.scriptAlways({ status: 400, body: '{"error":"invalid_scope"}' });
    messageOf(await job.uses({ ...inputs, 'client-secret': `${SECRET},p8e-test-other` }));
    expect(ims.requests).toHaveLength(1);
  });
});

describe('the token of an earlier step', () => {
  test('is used again without a request, and is kept sealed', async ({ ims, job, inputs }) => {
    const first = await job.uses(inputs);
    const second = await job.uses(inputs);
    expectSuccess(second);
    expect(ims.requests).toHaveLength(1);
    expect(second.outputs).toMatchObject({
      source: 'job',
      'access-token': first.outputs['access-token'],
      scopes: first.outputs['scopes'],
    });
    const [name = '', ...others] = readdirSync(job.temp).filter((file) =>
      file.startsWith('adobe-'),
    );
    expect(others).toEqual([]);
    const file = join(job.temp, name);
    // Windows knows no such modes: there the rights of the folder count.
    if (process.platform !== 'win32') expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readFileSync(file).includes(first.outputs['access-token'] ?? '')).toBe(false);
  });

  test.for([
    ['another secret', { 'client-secret': 'p8e-test-wrong' }],
    ['other scopes', { scopes: 'openid' }],
    ['another organization', { 'org-id': 'P8E@AdobeOrg' }],
    ['reuse: none', { reuse: 'none' }],
    ['less validity than needed', { 'min-validity': '999999' }],
  ] as const)('is not used with %s', async ([, change], { ims, job, inputs }) => {
    await job.uses(inputs);
    const second = await job.uses({ ...inputs, ...change });
    expect(ims.requests).toHaveLength(2);
    expect(second.outputs['source']).not.toBe('job');
  });

  test('is not used for another `ims-url`', async ({ startIms, job }) => {
    const [ims, other] = [await startIms(), await startIms()];
    await job.uses(inputsFor(ims));
    expect((await job.uses(inputsFor(other))).outputs['source']).toBe('ims');
    expect(other.requests).toHaveLength(1);
  });

  test('is not used once it has expired', async ({ ims, job, inputs }) => {
    ims.scriptAlways(tokenAnswer({ expires_in: 0.5 }));
    const given = { ...inputs, 'min-validity': '0' };
    await job.uses(given);
    expect((await job.uses(given)).outputs['source']).toBe('ims');
    expect(ims.requests).toHaveLength(2);
  });

  test('is whole when two steps kept one at once', async ({ ims, job, startJob, inputs }) => {
    const other = await startJob({ env: { RUNNER_TEMP: job.temp } });
    await Promise.all([job.uses(inputs), other.uses(inputs)]);
    expect(readdirSync(job.temp).filter((name) => name.startsWith('adobe-'))).toHaveLength(1);
    const before = ims.requests.length;
    expect((await job.uses(inputs)).outputs['source']).toBe('job');
    expect(ims.requests).toHaveLength(before);
  });

  test.for(['', 'relative', '/p8e/no/such/folder', '/dev/null'])(
    'is not kept where RUNNER_TEMP is %j, and nobody needs to know',
    async (temp, { ims, startJob, inputs }) => {
      const job = await startJob({ env: { RUNNER_TEMP: temp } });
      for (const step of [await job.uses(inputs), await job.uses(inputs)]) {
        expectSuccess(step);
        expect(step.annotations).toEqual([]);
      }
      expect(ims.requests).toHaveLength(2);
    },
  );
});

describe('a file of the runner', () => {
  test.for(['GITHUB_OUTPUT', 'GITHUB_ENV', 'GITHUB_STATE', 'GITHUB_STEP_SUMMARY'])(
    '%s that cannot be written fails the step, and leaves nothing in the others',
    async (name, { job: { workspace }, startJob, inputs }) => {
      const folder = join(workspace, 'folder');
      mkdirSync(folder);
      const job = await startJob({ env: { [name]: folder } });
      const step = await job.uses({ ...inputs, revoke: 'true', summary: 'true' });
      expect(messageOf(step)).toMatch(/runner reads could not be written.*\(runner, EISDIR\)$/);
    },
  );

  test('that is missing fails the step before any request', async ({ ims, startJob, inputs }) => {
    const job = await startJob({ env: { GITHUB_ENV: '/p8e/no/such/file' } });
    expect(failureOf(await job.uses(inputs), job)).toMatch(/\(runner, ENOENT\)$/);
    expect(ims.requests).toEqual([]);
  });

  test.skipIf(!existsSync('/dev/full'))(
    'that is full takes back what is in the others, and nothing is kept',
    async ({ startJob, inputs }) => {
      const job = await startJob({ env: { GITHUB_ENV: '/dev/full' } });
      expect(failureOf(await job.uses(inputs), job)).toMatch(/\(runner, ENOSPC\)$/);
    },
  );
});

test('NODE_DEBUG does not show what is sent', async ({ ims, job, inputs }) => {
  const refreshToken = ims.issueRefreshToken({ clientId: testClient.id });
  const grant = { 'grant-type': 'refresh_token', 'refresh-token': refreshToken, revoke: 'true' };
  const env = { NODE_DEBUG: 'net,http,https,tls' };
  expectSuccess(await job.uses({ ...inputs, ...grant }, { env }));
  const [post] = await job.finish();
  expect(ims.revoked.size).toBe(1);
  expect(post?.stderr).toBe('');
});

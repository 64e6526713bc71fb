/** The whole step: the built action as the runner starts it, against the embedded IMS. */

import { createHash, createHmac } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';

import { afterEach, describe, expect, it } from 'vitest';

import { type ImsServer, startIms, testClient } from './support/ims-server.ts';
import { type Job, startJob, type StepResult } from './support/run-action.ts';
import { messageOf } from './support/verdicts.ts';

const [SECRET = ''] = testClient.secrets;
const cleanups: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function setUp(
  options: Parameters<typeof startIms>[0] = {},
  jobOptions: Parameters<typeof startJob>[0] = { secrets: [SECRET] },
): Promise<{ ims: ImsServer; job: Job; inputs: Record<string, string> }> {
  const ims = await startIms(options);
  cleanups.push(() => ims.close());
  const job = await startJob(jobOptions);
  cleanups.push(() => job.dispose());
  const inputs = { 'client-id': testClient.id, 'client-secret': SECRET, 'ims-url': ims.url };
  return { ims, job, inputs };
}

const levels = (step: StepResult, level: string): readonly string[] =>
  step.annotations.filter((note) => note.level === level).map((note) => note.message);

describe('a token', () => {
  it('reaches later steps as output and variable, and is masked first', async () => {
    const { ims, job, inputs } = await setUp();
    const step = await job.uses(inputs, { id: 'ims' });
    const token = step.outputs['access-token'] ?? '';
    expect(token.length).toBeGreaterThan(1000);
    expect(step.env).toEqual({ FIREFLY_SERVICES_ACCESS_TOKEN: token });
    expect(step.outputs).toMatchObject({
      'token-type': 'bearer',
      scopes: 'openid,AdobeID,offline_access,creative_sdk',
      source: 'ims',
    });
    expect(step.outputs['user-id']).toMatch(/@techacct\.adobe\.com$/);
    expect(Number(step.outputs['expires-in'])).toBeGreaterThan(86_300);
    expect(step.outputs['expires-at']).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    expect(step.stdout.indexOf(token)).toBe(
      step.stdout.indexOf(`::add-mask::${token}`) + '::add-mask::'.length,
    );
    expect(step.stderr).toBe('');
    expect(step.annotations).toEqual([]);
    expect(ims.requests).toHaveLength(1);
    const later = await job.run([
      '-e',
      'console.log(process.env.FIREFLY_SERVICES_ACCESS_TOKEN, Buffer.from(process.env.FIREFLY_SERVICES_ACCESS_TOKEN).toString("base64"))',
    ]);
    expect(later.log).not.toContain(token);
    expect(job.log).not.toContain(token);
    expect(job.log).not.toContain(SECRET);
  });

  it('is asked for with scopes as a,b,c, whatever they were written as', async () => {
    const { ims, job, inputs } = await setUp();
    for (const scopes of [
      'openid,AdobeID',
      'openid, AdobeID',
      'openid AdobeID',
      'openid\nAdobeID',
      '["openid","AdobeID"]',
    ])
      await job.uses({ ...inputs, scopes, reuse: 'none' });
    expect(ims.requests.map((request) => request.form['scope'])).toEqual(
      Array<string>(5).fill('openid,AdobeID'),
    );
  });

  it.each(['p8e-test + / = & % " \' x', 'p8e-test-ünïcödé-☃', 'p8e-test?a=b&c#d'])(
    'is given for the secret %j, which arrives unchanged and appears nowhere',
    async (secret) => {
      const client = { ...testClient, secrets: [secret] };
      const { ims, job, inputs } = await setUp({ clients: [client] }, { secrets: [secret] });
      const step = await job.uses({ ...inputs, 'client-secret': secret }, { debug: true });
      expect(step.failed).toBe(false);
      expect(ims.requests[0]?.form['client_secret']).toBe(secret);
      expect(ims.requests[0]?.query).toBe('');
      const bytes = Buffer.from(secret);
      for (const form of [
        secret,
        encodeURIComponent(secret),
        new URLSearchParams({ s: secret }).toString().slice(2),
        bytes.toString('base64'),
        bytes.toString('base64url'),
        bytes.toString('hex'),
      ])
        expect(step.log).not.toContain(form);
    },
  );

  it('lacking scopes gives a warning that names them', async () => {
    const { job, inputs } = await setUp({ grantOnly: ['openid', 'AdobeID'] });
    const step = await job.uses(inputs);
    expect(step.outputs['scopes']).toBe('openid,AdobeID');
    expect(levels(step, 'warning')).toEqual([
      expect.stringContaining('offline_access,creative_sdk') as string,
    ]);
  });

  it('that is opaque is as good as any', async () => {
    const { job, inputs } = await setUp({ opaqueTokens: true });
    const step = await job.uses(inputs);
    expect(step.failed).toBe(false);
    expect(step.outputs).toMatchObject({
      'user-id': '',
      scopes: 'openid,AdobeID,offline_access,creative_sdk',
    });
  });

  it('with little life left gives one warning with both numbers', async () => {
    const { job, inputs } = await setUp({ expiresInSeconds: 600 });
    const step = await job.uses(inputs);
    expect(levels(step, 'warning')).toEqual([
      expect.stringMatching(/(600|599) s.*1800 s/) as string,
    ]);
  });

  it('goes to several variables, to none, and to the summary without a secret', async () => {
    const { job, inputs } = await setUp();
    const several = await job.uses({ ...inputs, 'env-var': 'A_TOKEN, B_TOKEN', summary: 'true' });
    expect(Object.keys(several.env)).toEqual(['A_TOKEN', 'B_TOKEN']);
    expect(several.summary).toContain('A_TOKEN');
    expect(several.files.summary).not.toContain(several.outputs['access-token']);
    const none = await job.uses({ ...inputs, 'env-var': '' });
    expect(none.env).toEqual({});
  });
});

describe('a failure', () => {
  it.each([
    [
      'a wrong secret',
      { 'client-secret': 'p8e-test-wrong' },
      /client secret.*invalid_client.*x-debug-id/,
    ],
    ['an unknown client', { 'client-id': 'p8e-test-nobody' }, /client ID.*stage.*invalid_client/],
    [
      'an ungranted scope',
      { scopes: 'openid,p8e_no_such_scope' },
      /p8e_no_such_scope.*Developer Console.*invalid_scope/,
    ],
  ])('by %s costs one request and tells what to do', async (_name, change, words) => {
    const { ims, job, inputs } = await setUp();
    const step = await job.uses({ ...inputs, ...change });
    expect(messageOf(step)).toMatch(words);
    expect(ims.requests).toHaveLength(1);
    expect(readdirSync(job.temp).filter((name) => name.startsWith('adobe'))).toEqual([]);
  });

  it.each([
    [401, /gateway/i],
    [403, /gateway/i],
    [404, /gateway/i],
    [418, /418/],
    [302, /redirect/],
  ])('by HTTP %i from a gateway is told as such, after one request', async (status, words) => {
    const { ims, job, inputs } = await setUp();
    ims.scriptAlways({ status, body: '<html>no</html>' });
    expect(messageOf(await job.uses(inputs))).toMatch(words);
    expect(ims.requests).toHaveLength(1);
  });

  it('by a redirect reaches nobody else', async () => {
    const { ims, job, inputs } = await setUp();
    const other = await startIms();
    cleanups.push(() => other.close());
    ims.scriptAlways({ status: 307, headers: { location: `${other.url}/ims/token/v3` } });
    messageOf(await job.uses(inputs));
    expect(other.requests).toHaveLength(0);
  });

  it('of the inputs comes before any connection, all in one message', async () => {
    const { job, inputs } = await setUp();
    let connections = 0;
    const trap = createServer((socket) => {
      connections += 1;
      socket.destroy();
    });
    await new Promise<void>((resolve) => trap.listen(0, '127.0.0.1', resolve));
    cleanups.push(
      () =>
        new Promise((resolve) =>
          trap.close(() => {
            resolve();
          }),
        ),
    );
    const address = trap.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    for (const url of [
      `http://adobelogin.com.evil.example:${port}`,
      `https://x@127.0.0.1:${port}`,
      `http://0.0.0.0:${port}`,
      `http://adobelogin.com:${port}`,
    ]) {
      const message = messageOf(await job.uses({ ...inputs, 'ims-url': url, timeout: 'x' }));
      expect(message).toMatch(/`ims-url`.*`timeout`/);
    }
    expect(connections).toBe(0);
  });

  it('shows nothing of the server raw', async () => {
    const { ims, job, inputs } = await setUp();
    const evil = `\n::error::p8e-evil\r::set-output name=access-token::x ##[add-mask]y\n${SECRET} ${encodeURIComponent(SECRET)} `;
    ims.scriptAlways({
      status: 400,
      headers: { 'x-debug-id': `##[error]${SECRET}` },
      body: JSON.stringify({ error: evil, error_description: evil + 'x'.repeat(50_000) }),
    });
    const step = await job.uses(inputs);
    messageOf(step);
    const lines = step.stdout
      .split(/\r\n|\r|\n/)
      .filter((line) => !line.startsWith('::add-mask::'));
    expect(lines.join('\n').length).toBeLessThan(2500);
    expect(lines.join('\n')).not.toContain(SECRET);
    expect(lines.filter((line) => /^\s*::/.test(line))).toHaveLength(1);
    expect(step.stdout).not.toContain('##[');
  });
});

describe('reuse', () => {
  it('of an earlier step costs no request', async () => {
    const { ims, job, inputs } = await setUp();
    const first = await job.uses(inputs);
    const second = await job.uses(inputs);
    expect(ims.requests).toHaveLength(1);
    expect(second.outputs).toMatchObject({
      source: 'job',
      'access-token': first.outputs['access-token'],
      scopes: first.outputs['scopes'],
    });
    const left = readdirSync(job.temp).filter((name) => name.startsWith('adobe-ims-token-'));
    expect(left).toHaveLength(1);
    const file = join(job.temp, left[0] ?? '');
    // Windows knows no such modes: there the rights of the folder count.
    if (process.platform !== 'win32') expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readFileSync(file).includes(first.outputs['access-token'] ?? '')).toBe(false);
  });

  it.each([
    ['another secret', { 'client-secret': 'p8e-test-wrong' }],
    ['other scopes', { scopes: 'openid' }],
    ['reuse: none', { reuse: 'none' }],
    ['too little validity', { 'min-validity': '999999' }],
  ])('is not made of a token for %s', async (_name, change) => {
    const { ims, job, inputs } = await setUp();
    await job.uses(inputs);
    const second = await job.uses({ ...inputs, ...change });
    expect(ims.requests).toHaveLength(2);
    expect(second.outputs['source']).not.toBe('job');
  });
});

describe('two steps at once', () => {
  it('leave one whole file, which a third step reuses', async () => {
    const { ims, job, inputs } = await setUp();
    const other = await startJob({ secrets: [SECRET], env: { RUNNER_TEMP: job.temp } });
    cleanups.push(() => other.dispose());
    await Promise.all([job.uses(inputs), other.uses(inputs)]);
    expect(readdirSync(job.temp).filter((name) => name.startsWith('adobe-'))).toHaveLength(1);
    const before = ims.requests.length;
    expect((await job.uses(inputs)).outputs['source']).toBe('job');
    expect(ims.requests).toHaveLength(before);
  });
});

describe('a strange RUNNER_TEMP', () => {
  it.each(['', 'relative', '/p8e/no/such/folder', '/dev/null'])(
    '%j is as if there were none',
    async (temp) => {
      const { ims, inputs } = await setUp();
      const job = await startJob({ secrets: [SECRET], env: { RUNNER_TEMP: temp } });
      cleanups.push(() => job.dispose());
      for (const step of [await job.uses(inputs), await job.uses(inputs)]) {
        expect(step.failed).toBe(false);
        expect(step.annotations).toEqual([]);
        expect(step.stderr).toBe('');
      }
      expect(ims.requests).toHaveLength(2);
    },
  );
});

describe('an answer that repeats a secret', () => {
  /** Of every length: wherever the text is cut, nothing that the masker does not know may be left. */
  it.each([8, 20, 40])('cut %i characters into it shows none of them', async (shown) => {
    const { ims, job, inputs } = await setUp();
    const basic = Buffer.from(`${testClient.id}:${SECRET}`).toString('base64');
    const grant = { 'grant-type': 'refresh_token', 'refresh-token': 'p8e-test-refresh' };
    const text = `headers: ${'-'.repeat(300 - 'headers: '.length - shown)}${basic}`;
    ims.scriptAlways({
      status: 400,
      headers: { 'x-debug-id': `${'-'.repeat(100 - shown)}${basic}` },
      body: JSON.stringify({ error: 'invalid_request', error_description: text }),
    });
    const message = messageOf(await job.uses({ ...inputs, ...grant }));
    expect(message).not.toContain(basic.slice(0, 8));
  });

  it.each([
    [400, { error: 'invalid_request' }],
    [200, { token_type: 'mac', expires_in: 60 }],
  ])('of its own (%i) shows none of it', async (status, fields) => {
    const { ims, job, inputs } = await setUp();
    const token = 'p8e-test-token-'.padEnd(600, '0123456789');
    const body = { ...fields, error_description: token, access_token: token };
    ims.scriptAlways({
      status,
      headers: { 'x-debug-id': token },
      body: JSON.stringify(body),
    });
    expect(messageOf(await job.uses(inputs))).not.toContain('p8e-test-token');
  });

  it('in a header, as UTF-8, shows none of it', async () => {
    const secret = 'p8e-test-\u00fc-0123456789';
    const { ims, job, inputs } = await setUp({}, { secrets: [secret] });
    const header = Buffer.from(secret, 'utf8').toString('latin1');
    ims.scriptAlways({ status: 400, headers: { 'x-debug-id': header }, body: '{}' });
    const step = await job.uses({ ...inputs, 'client-secret': secret });
    expect(messageOf(step)).toContain('x-debug-id ***');
  });
});

it('writes nothing to stderr when Node is told to say what it does', async () => {
  const { ims, job, inputs } = await setUp();
  const refreshToken = ims.issueRefreshToken({ clientId: testClient.id });
  const grant = { 'grant-type': 'refresh_token', 'refresh-token': refreshToken, revoke: 'true' };
  const env = { NODE_DEBUG: 'net,http,https,tls' };
  const step = await job.uses({ ...inputs, ...grant }, { env });
  const [post] = await job.finish();
  expect(step.outputs['source']).toBe('ims');
  expect(ims.revoked.size).toBe(1);
  expect(step.stderr + (post?.stderr ?? 'none')).toBe('');
});

describe('a file of the runner', () => {
  it.each(['GITHUB_OUTPUT', 'GITHUB_ENV', 'GITHUB_STATE', 'GITHUB_STEP_SUMMARY'])(
    '%s that cannot be written is named before any request',
    async (name) => {
      const { job: place } = await setUp();
      const folder = join(place.workspace, 'folder');
      mkdirSync(folder);
      const { ims, job, inputs } = await setUp({}, { secrets: [SECRET], env: { [name]: folder } });
      const step = await job.uses({ ...inputs, revoke: 'true', summary: 'true' });
      expect(messageOf(step)).toContain(`${name} names no file that can be written`);
      expect(ims.requests).toEqual([]);
    },
  );

  it.skipIf(!existsSync('/dev/full'))('that is full takes back the others', async () => {
    const env = { GITHUB_ENV: '/dev/full' };
    const { job, inputs } = await setUp({}, { secrets: [SECRET], env });
    const message = messageOf(await job.uses(inputs));
    expect(message).toContain('files that the runner reads could not be written (ENOSPC)');
  });
});

it('tells IMS nothing of the runner', async () => {
  const { ims, job, inputs } = await setUp();
  await job.uses(inputs, { env: { ACTIONS_ORCHESTRATION_ID: 'p8e-test-orchestration' } });
  const { host, connection, ...headers } = ims.requests[0]?.headers ?? {};
  expect(headers).toEqual({
    accept: 'application/json',
    'content-length': expect.stringMatching(/^\d+$/) as string,
    'content-type': 'application/x-www-form-urlencoded',
    'user-agent': 'adobe-ims-token',
  });
  expect(connection).toMatch(/^(close|keep-alive)$/);
  expect(host).toBe(new URL(ims.url).host);
});

describe('revoke', () => {
  it('ends the token when the job ends, and removes what was kept', async () => {
    const { ims, job, inputs } = await setUp();
    const step = await job.uses({ ...inputs, revoke: 'true' });
    const token = step.outputs['access-token'] ?? '';
    expect(JSON.stringify(step.state)).not.toContain(token);
    const [post] = await job.finish();
    expect(post?.exitCode).toBe(0);
    expect(post?.annotations).toEqual([]);
    expect(ims.revoked.has(token)).toBe(true);
    const sealed = readdirSync(job.temp).filter((name) =>
      /^adobe-ims-token-[0-9a-f]{32}$/.test(name),
    );
    expect(sealed).toEqual([]);
  });

  it('asks once for a token that two steps share', async () => {
    const { ims, job, inputs } = await setUp();
    await job.uses({ ...inputs, revoke: 'true' });
    await job.uses({ ...inputs, revoke: 'true' });
    await job.finish();
    expect(ims.requests.filter((request) => request.path.includes('invalidate'))).toHaveLength(1);
  });

  it.each([500, 400, 302])('answered by %i is a warning at most', async (status) => {
    const { ims, job, inputs } = await setUp();
    await job.uses({ ...inputs, revoke: 'true' });
    ims.scriptAlways({ status, body: '' });
    const [post] = await job.finish();
    expect(post?.exitCode).toBe(0);
    expect(post?.annotations.map((note) => note.level)).toEqual(['warning']);
  });

  it.each([
    ['a refusal', { status: 403, body: '{"error":"access_denied"}' }],
    ['a failure that names the token', { status: 500, body: '{"error":"invalid_token"}' }],
    ['the page of a portal', { status: 200, body: '<html>Sign in</html>' }],
    ['an error with 200', { status: 200, body: '{"error":"invalid_client"}' }],
  ])('answered by %s did not happen, and a warning says so', async (_name, answer) => {
    const { ims, job, inputs } = await setUp();
    await job.uses({ ...inputs, revoke: 'true' });
    ims.scriptAlways(answer);
    const [post] = await job.finish();
    expect(post?.exitCode).toBe(0);
    expect(levels(post as StepResult, 'warning').join()).toMatch(
      /^The access token was not revoked/,
    );
    expect(post?.log).not.toContain('Revoked');
  });

  it('of a token that is gone is silent', async () => {
    const { ims, job, inputs } = await setUp();
    await job.uses({ ...inputs, revoke: 'true' });
    ims.scriptAlways({ status: 400, body: '{"error":"invalid_token"}' });
    const [post] = await job.finish();
    expect(post?.annotations).toEqual([]);
    expect(post?.log).not.toContain('Revoked');
  });

  it('is not kept from happening by what a step without the secret can leave', async () => {
    const { ims, job, inputs } = await setUp();
    const token = (await job.uses({ ...inputs, revoke: 'true' })).outputs['access-token'] ?? '';
    const digests = [
      createHash('sha256').update(token).digest('hex'),
      createHmac('sha256', '').update(`revoked ${token}`).digest('hex'),
    ];
    for (const digest of digests)
      writeFileSync(join(job.temp, `adobe-ims-token-revoked-${digest.slice(0, 32)}`), '');
    await job.finish();
    expect(ims.revoked.has(token)).toBe(true);
  });

  it('does not begin because somebody else left a state', async () => {
    const { ims, job, inputs } = await setUp();
    await job.uses(inputs, { env: { STATE_revoke: 'AAAA' } });
    const [post] = await job.finish();
    expect(post?.annotations).toEqual([]);
    expect(ims.requests).toHaveLength(1);
  });

  it('has nothing to do after a failed step', async () => {
    const { ims, job, inputs } = await setUp();
    await job.uses({ ...inputs, 'client-secret': 'p8e-test-wrong', revoke: 'true' });
    const [post] = await job.finish();
    expect(post?.exitCode).toBe(0);
    expect(ims.requests).toHaveLength(1);
  });
});

describe('two client secrets', () => {
  it('let a rotation pass: the second is tried at once, and a notice says so', async () => {
    const client = { ...testClient, secrets: ['p8e-test-new-secret'] };
    const { ims, job, inputs } = await setUp({ clients: [client] });
    const both = 'p8e-test-old-secret\np8e-test-new-secret';
    const step = await job.uses({ ...inputs, 'client-secret': both });
    expect(step.failed).toBe(false);
    expect(ims.requests).toHaveLength(2);
    expect(levels(step, 'notice')).toHaveLength(1);
  });

  it('leave the second alone when the failure is another', async () => {
    const { ims, job, inputs } = await setUp();
    ims.scriptAlways({ status: 400, body: '{"error":"invalid_scope"}' });
    await job.uses({ ...inputs, 'client-secret': `${SECRET},p8e-test-other` });
    expect(ims.requests).toHaveLength(1);
  });
});

describe('user grants', () => {
  it('send a refresh token with the Basic header and give back a new one', async () => {
    const { ims, job, inputs } = await setUp();
    const refreshToken = ims.issueRefreshToken({ clientId: testClient.id });
    const step = await job.uses({
      ...inputs,
      'grant-type': 'refresh_token',
      'refresh-token': refreshToken,
    });
    expect(step.failed).toBe(false);
    expect(ims.requests[0]?.headers.authorization).toMatch(/^Basic /);
    expect(ims.requests[0]?.form).not.toHaveProperty('scope');
    const renewed = step.outputs['refresh-token'] ?? '';
    expect(renewed).not.toBe('');
    expect(step.masks).toContain(renewed);
    const lines = step.stdout.split('\n').filter((line) => !line.startsWith('::add-mask::'));
    expect(lines.join('\n')).not.toContain(refreshToken);
    expect(step.masks).toContain(refreshToken);
  });
});

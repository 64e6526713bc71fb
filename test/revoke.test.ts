/** The post step revokes a token once, where the main step got it, or sends nothing. */

import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { beforeAll, describe, expect } from 'vitest';

import { type Authority, issueCertificate, makeAuthority } from './support/certificates.ts';
import { startProxy } from './support/connect-proxy.ts';
import { inputsFor, SECRET, test } from './support/fixtures.ts';
import { type ImsServer, type RecordedRequest, testClient } from './support/ims-server.ts';
import type { Job, StepResult } from './support/run-action.ts';

const REVOKING = { revoke: 'true' };

const revocations = (ims: ImsServer): readonly RecordedRequest[] =>
  ims.requests.filter(({ path }) => path !== '/ims/token/v3');

function expectRevoked(post: StepResult | undefined): void {
  expect(post).toMatchObject({ exitCode: 0, stderr: '', annotations: [] });
  expect(post?.log).toContain('Revoked the access token.');
}

/** One warning, and no failure. */
function expectNotRevoked(post: StepResult | undefined): void {
  const message = expect.stringMatching(/^The access token was not revoked/) as string;
  const annotations = [{ level: 'warning', message }];
  expect(post).toMatchObject({ exitCode: 0, stderr: '', annotations });
  expect(post?.log).not.toContain('Revoked');
}

/** Does what any step can: exports variables to those after it, post steps included. */
async function exportAll(job: Job, variables: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, value] of Object.entries(variables))
    await job.run(`echo '${name}=${value}' >> "$GITHUB_ENV"`);
}

test('revokes the token when the job ends', async ({ ims, job, inputs }) => {
  const step = await job.uses({ ...inputs, ...REVOKING });
  const token = step.outputs['access-token'] ?? '';
  expect(JSON.stringify(step.state)).not.toContain(token);
  const [post] = await job.finish();
  expectRevoked(post);
  expect([...ims.revoked]).toEqual([token]);
});

test('masks the state before it is saved, as debug logging prints it', async ({ job, inputs }) => {
  const step = await job.uses({ ...inputs, ...REVOKING }, { debug: true });
  const [state = 'none'] = Object.values(step.state);
  expect(step.log).toMatch(/^##\[debug\]Save intra-action state \w+ = \*\*\*$/m);
  expect(step.log).not.toContain(state);
});

describe('an answer that is no revocation gives one warning', () => {
  test.for([
    ['a fault of the server', { status: 500, body: '' }],
    ['a refusal', { status: 403, body: '{"error":"access_denied"}' }],
    ['a redirect', { status: 302, body: '' }],
    ['a fault that names the token', { status: 500, body: '{"error":"invalid_token"}' }],
    ['an error with status 200', { status: 200, body: '{"error":"invalid_client"}' }],
    ['the page of a portal', { status: 200, body: '<html>Sign in</html>' }],
    ['a page above the limit', { status: 200, body: `<html>${'x'.repeat(70_000)}` }],
  ] as const)('%s', async ([, answer], { ims, job, inputs }) => {
    await job.uses({ ...inputs, ...REVOKING });
    ims.scriptAlways(answer);
    const [post] = await job.finish();
    expectNotRevoked(post);
  });
});

test('says nothing of a token that has expired, or that IMS no longer knows', async ({
  ims,
  job,
  inputs,
}) => {
  ims.script({ body: '{"access_token":"p8e-test","token_type":"bearer","expires_in":0.001}' });
  for (const reuse of ['none', 'job']) await job.uses({ ...inputs, ...REVOKING, reuse });
  ims.scriptAlways({ status: 400, body: '{"error":"invalid_token"}' });
  for (const post of await job.finish()) {
    expect(post).toMatchObject({ exitCode: 0, annotations: [] });
    expect(post.log).not.toContain('Revoked');
  }
  expect(revocations(ims)).toHaveLength(1);
});

describe('with nothing to revoke', () => {
  /** Has each process note which modules of Node it loaded. */
  function noteModules(job: Job): { readonly env: Record<string, string>; last: () => string } {
    const [hook, list] = [join(job.workspace, 'hook.cjs'), join(job.workspace, 'modules.txt')];
    const note = `require('fs').writeFileSync(${JSON.stringify(list)}, process.moduleLoadList.join('\\n'))`;
    writeFileSync(hook, `process.on('exit', () => ${note});`);
    const env = { NODE_OPTIONS: `--require=${hook.replaceAll('\\', '/')}` };
    return { env, last: () => readFileSync(list, 'utf8') };
  }

  test.for([
    ['`revoke` is false', {}],
    ['the main step failed', { ...REVOKING, 'client-secret': 'p8e-test-wrong' }],
  ] as const)('since %s, it ends before it loads the rest', async ([, change], { job, inputs }) => {
    const modules = noteModules(job);
    await job.uses({ ...inputs, ...change }, { env: modules.env });
    expect(modules.last()).toMatch(/ https$/m);
    const [post] = await job.finish();
    expect(post).toMatchObject({ exitCode: 0, stdout: '', stderr: '' });
    expect(modules.last()).not.toMatch(/ (https?|tls|net|crypto)$/m);
  });

  test.for([
    [
      'plain JSON',
      (_saved: string, url: string) =>
        JSON.stringify({ accessToken: 'p8e-test', expiresAtMs: 9e12, origin: url }),
    ],
    ['the state of a step of another job', (saved: string) => saved],
  ] as const)(
    'a later step that exports %s as its state has nothing sent',
    async ([, forge], { ims, job, startJob, inputs }) => {
      const other = await startJob({ env: { GITHUB_RUN_ID: '2' } });
      const [[name, saved] = ['', '']] = Object.entries(
        (await other.uses({ ...inputs, ...REVOKING })).state,
      );
      await job.uses(inputs);
      await exportAll(job, { [`STATE_${name}`]: forge(saved, ims.url) });
      const [post] = await job.finish();
      expect(post).toMatchObject({ exitCode: 0, stderr: '' });
      expect(revocations(ims)).toEqual([]);
    },
  );
});

describe('what the inputs evaluate to when the job ends', () => {
  test.for([
    ['another `ims-url`', (other: ImsServer) => ({ 'ims-url': other.url })],
    ['an `ims-url` that is refused', () => ({ 'ims-url': 'https://p8e.example' })],
    ['another `client-id`', () => ({ 'client-id': 'p8e-test-other' })],
    ['another `client-secret`', () => ({ 'client-secret': 'p8e-test-rotated' })],
    ['no `client-secret`', () => ({ 'client-secret': '' })],
    ['another `org-id`', () => ({ 'org-id': 'P8E@AdobeOrg' })],
    [
      'another `grant-type`',
      () => ({ 'grant-type': 'refresh_token', 'refresh-token': 'p8e-test-refresh' }),
    ],
  ] as const)('%s: a warning, and nothing is sent', async ([, change], { startIms, job }) => {
    const clients = [testClient, { ...testClient, id: 'p8e-test-other' }].map((client) => ({
      ...client,
      secrets: [SECRET, 'p8e-test-rotated'],
    }));
    const [ims, other] = [await startIms({ clients }), await startIms({ clients })];
    await job.uses({ ...inputsFor(ims), ...REVOKING });
    const [post] = await job.finish({ inputs: change(other) });
    expectNotRevoked(post);
    expect([ims.connections, other.connections]).toEqual([1, 0]);
  });

  test.for([
    ['revoke', 'false'],
    ['revoke', 'p8e'],
    ['reuse', 'repository'],
    ['scopes', ''],
    ['timeout', '0'],
    ['env-var', 'PATH'],
  ] as const)(
    '`%s: %s` does not switch the revocation off',
    async ([name, value], { ims, job, inputs }) => {
      await job.uses({ ...inputs, ...REVOKING });
      const [post] = await job.finish({ inputs: { [name]: value } });
      expectRevoked(post);
      expect(ims.revoked.size).toBe(1);
    },
  );
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
    'revoking, revoking',
    'revoking, plain',
    'plain, revoking',
    'plain, revoking, revoking',
    'revoking, plain, revoking, plain',
    'alone, revoking, alone',
    'plain, alone',
    'revoking, fresh, revoking',
  ])('by the steps %s', async (steps, { ims, job, inputs }) => {
    const owners = new Map<string, number>();
    for (const name of steps.split(', ') as (keyof typeof STEPS)[]) {
      const step = await job.uses({ ...inputs, ...STEPS[name] });
      const token = step.outputs['access-token'] ?? '';
      const states = Object.keys(step.state).length;
      if (name !== 'plain') owners.set(token, (owners.get(token) ?? 0) + states);
      else expect(states).toBe(0);
    }
    for (const post of await job.finish())
      expect(post).toMatchObject({ exitCode: 0, annotations: [] });
    expect(
      revocations(ims)
        .map(({ form }) => form['token'])
        .sort(),
    ).toEqual([...owners.keys()].sort());
    // Only one step of each token has told the runner to start the rest of its post step.
    expect(new Set(owners.values())).toEqual(new Set([1]));
  });

  test('whatever a step leaves in RUNNER_TEMP', async ({ ims, job, inputs }) => {
    const first = await job.uses({ ...inputs, ...REVOKING });
    for (const name of readdirSync(job.temp).filter((file) => file.startsWith('adobe-')))
      writeFileSync(join(job.temp, name), 'p8e');
    const second = await job.uses({ ...inputs, ...REVOKING });
    await job.finish();
    const tokens = [first, second].map(({ outputs }) => outputs['access-token'] ?? '');
    expect(revocations(ims)).toHaveLength(2);
    expect([...ims.revoked].sort()).toEqual(tokens.sort());
  });
});

describe('the way to IMS', () => {
  const HOST = 'ims-na1.adobelogin.com';
  const BY_SYSTEM = { NODE_USE_SYSTEM_CA: '1' };
  let mine: Authority;
  let foreign: Authority;
  beforeAll(async () => {
    [mine, foreign] = [await makeAuthority(), await makeAuthority()];
  });

  type Place = Readonly<Record<'proxy' | 'copy' | 'both' | 'folder', string>>;
  type Variables = Readonly<Record<string, string>>;
  const CASES: readonly (readonly [string, 'changes' | 'stays', (other: Place) => Variables])[] = [
    ['another proxy', 'changes', ({ proxy }) => ({ https_proxy: proxy })],
    ['one more authority', 'changes', ({ both }) => ({ NODE_EXTRA_CA_CERTS: both })],
    [
      'another proxy and an authority for it',
      'changes',
      ({ proxy, both }) => ({ https_proxy: proxy, NODE_EXTRA_CA_CERTS: both }),
    ],
    ["the system's file", 'changes', ({ both }) => ({ ...BY_SYSTEM, SSL_CERT_FILE: both })],
    ["the system's folder", 'changes', ({ folder }) => ({ ...BY_SYSTEM, SSL_CERT_DIR: folder })],
    ['the same authority elsewhere', 'stays', ({ copy }) => ({ NODE_EXTRA_CA_CERTS: copy })],
    ['a file that Node does not read', 'stays', ({ both }) => ({ SSL_CERT_FILE: both })],
    ['a proxy for http', 'stays', ({ proxy }) => ({ http_proxy: proxy })],
    ['hosts that need no proxy', 'stays', () => ({ no_proxy: 'p8e.example,127.0.0.1' })],
  ];

  test.for(CASES)('%s: it %s', async ([, way, change], { startIms, job, onTestFinished }) => {
    const certified = async (by: Authority): Promise<ImsServer> =>
      startIms({ tls: await issueCertificate(by, { names: [HOST] }) });
    const [ims, other] = [await certified(mine), await certified(foreign)];
    const proxies = await Promise.all([startProxy(ims), startProxy(other)]);
    onTestFinished(async () => {
      await Promise.all(proxies.map((proxy) => proxy.close()));
    });
    const [folder, own, copy, both] = ['folder', 'own', 'copy', 'both'].map((name) =>
      join(job.workspace, name),
    ) as [string, string, string, string];
    mkdirSync(folder);
    for (const file of [own, copy]) writeFileSync(file, mine.cert);
    for (const file of [both, join(folder, 'p8e.pem')])
      writeFileSync(file, `${foreign.cert}\n${mine.cert}\n`);
    await exportAll(job, { https_proxy: proxies[0].url, NODE_EXTRA_CA_CERTS: own });
    const step = await job.uses({ ...inputsFor({ url: `https://${HOST}` }), ...REVOKING });
    expect(step.failed).toBe(false);
    await exportAll(job, change({ proxy: proxies[1].url, copy, both, folder }));
    const [post] = await job.finish();
    if (way === 'stays') expectRevoked(post);
    else expectNotRevoked(post);
    const sent = way === 'stays' ? 2 : 1;
    expect([ims.connections, other.connections]).toEqual([sent, 0]);
    expect(proxies.map(({ tunnels }) => tunnels.length)).toEqual([sent, 0]);
  });

  test('the file of OpenSSL, where Node uses its store: it changes', async ({
    startIms,
    startJob,
  }) => {
    const ims = await startIms({ tls: await issueCertificate(mine, { names: ['127.0.0.1'] }) });
    const job = await startJob({ env: { NODE_OPTIONS: '--use-openssl-ca' } });
    const [own, both] = [join(job.workspace, 'own'), join(job.workspace, 'both')];
    writeFileSync(own, mine.cert);
    writeFileSync(both, `${foreign.cert}\n${mine.cert}\n`);
    await exportAll(job, { SSL_CERT_FILE: own });
    const step = await job.uses({ ...inputsFor(ims), ...REVOKING });
    expect(step.failed).toBe(false);
    await exportAll(job, { SSL_CERT_FILE: both });
    const [post] = await job.finish();
    expectNotRevoked(post);
    expect(ims.connections).toBe(1);
  });

  test('a proxy, but IMS is on the loopback interface: it stays', async ({ ims, job, inputs }) => {
    await job.uses({ ...inputs, ...REVOKING });
    await exportAll(job, { https_proxy: 'http://127.0.0.1:1' });
    const [post] = await job.finish();
    expectRevoked(post);
    expect(ims.revoked.size).toBe(1);
  });
});

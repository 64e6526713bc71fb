/** The post step revokes a token once, where the main step got it, or sends nothing. */

import { spawnSync } from 'node:child_process';
import {
  copyFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { delimiter, join } from 'node:path';
import { gzipSync } from 'node:zlib';

import { beforeAll, describe, expect } from 'vitest';

import { type Authority, issueCertificate, makeAuthority } from '../support/certificates.ts';
import { inputsFor, SECRET, test } from '../support/fixtures.ts';
import {
  type ImsServer,
  type RecordedRequest,
  testClient,
  tokenAnswer,
} from '../support/ims-server.ts';
import type { Job, StepResult } from '../support/run-action.ts';
import { annotationsOf, written } from '../support/verdicts.ts';

const REVOKING = { revoke: 'true' };

const revocations = (ims: ImsServer): readonly RecordedRequest[] =>
  ims.requests.filter(({ path }) => path !== '/ims/token/v3');

function expectRevoked(post: StepResult | undefined): void {
  expect(post).toMatchObject({ exitCode: 0, stderr: '', annotations: [] });
  expect(post?.log).toContain('Revoked the access token.');
}

/** One warning, and no failure. */
function expectNotRevoked(post: StepResult | undefined): void {
  const message = expect.stringMatching(
    /^The access token was not revoked\..* More: docs\/troubleshooting\.md#not_revoked/,
  ) as string;
  const annotations = [{ level: 'warning', message }];
  expect(post).toMatchObject({ exitCode: 0, stderr: '', annotations });
  expect(post?.log).not.toContain('Revoked');
}

/** Does what any step can: exports variables to those after it, post steps included. */
async function exportAll(job: Job, variables: Readonly<Record<string, string>>): Promise<void> {
  const text = Object.entries(variables).map(([name, value]) => `${name}=${value}\n`);
  const script = 'fs.appendFileSync(process.env.GITHUB_ENV, process.argv[1])';
  await job.run(['-e', script, '--', text.join('')]);
}

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

describe('an answer that is a revocation', () => {
  test.for([
    ['an empty body', { body: '' }],
    ['a blank body', { body: ' \r\n' }],
    ['an object', { body: '{"status":"ok"}' }],
    ['201', { status: 201, body: '{"valid":true}' }],
  ] as const)('%s', async ([, answer], { ims, job, inputs }) => {
    await job.uses({ ...inputs, ...REVOKING });
    ims.scriptAlways(answer);
    const [post] = await job.finish();
    expectRevoked(post);
  });
});

describe('an answer that is no revocation gives one warning', () => {
  test.for([
    ['a fault of the server', { status: 500, body: '' }],
    ['a refusal', { status: 403, body: '{"error":"access_denied"}' }],
    ['a redirect', { status: 302, body: '' }],
    ['a fault that names the token', { status: 500, body: '{"error":"invalid_token"}' }],
    ['a fault that calls the token invalid', { status: 500, body: '{"valid":false}' }],
    ['an error with status 200', { status: 200, body: '{"error":"invalid_client"}' }],
    [
      'an error with status 200 that is cut off',
      { status: 200, body: '{"error":"server_error","error_des' },
    ],
    ['a list', { status: 200, body: '[]' }],
    ['the text of a gateway', { status: 200, body: 'OK' }],
    ['the page of a portal', { status: 200, body: '<html>Sign in</html>' }],
    ['a page above the limit', { status: 200, body: `<html>${'x'.repeat(70_000)}` }],
    ['a compressed body', { headers: { 'content-encoding': 'gzip' }, body: gzipSync('{}') }],
  ] as const)('%s', async ([, answer], { ims, job, inputs }) => {
    await job.uses({ ...inputs, ...REVOKING });
    ims.scriptAlways(answer);
    const [post] = await job.finish();
    expectNotRevoked(post);
    const [warning = ''] = post === undefined ? [] : annotationsOf(post, 'warning');
    expect(warning).toMatch(
      /It stays valid until \d{4}-\S+Z, and then expires by itself\. .* Running the job again does not revoke it\. More: docs\/troubleshooting\.md#not_revoked \(/,
    );
    expect(warning).not.toContain('Run the job again');
  });
});

describe('a token that cannot be used any more gives one plain line', () => {
  const spent = tokenAnswer({ expires_in: 0.001 });
  test.for([
    ['that has expired', spent, {}, /has expired already/, 0],
    [
      'that IMS calls invalid',
      {},
      { status: 400, body: '{"error":"invalid_token"}' },
      /IMS calls .* invalid/,
      1,
    ],
    [
      'that IMS calls INVALID',
      {},
      { status: 401, body: '{"error":"INVALID_TOKEN"}' },
      /IMS calls .* invalid/,
      1,
    ],
    ['that is not valid', {}, { status: 200, body: '{"valid":false}' }, /IMS calls .* invalid/, 1],
  ] as const)('%s', async ([, token, answer, words, requests], { ims, job, inputs }) => {
    if ('body' in token) ims.script(token);
    await job.uses({ ...inputs, ...REVOKING });
    ims.scriptAlways(answer);
    const [post] = await job.finish();
    expect(post).toMatchObject({ exitCode: 0, stderr: '', annotations: [] });
    const lines = written(post as StepResult)
      .split('\n')
      .filter((line) => line !== '');
    expect(lines).toEqual([expect.stringMatching(words)]);
    expect(revocations(ims)).toHaveLength(requests);
  });
});

test('a server that is silent holds the post step for 10 s at most', async ({
  ims,
  job,
  inputs,
}) => {
  await job.uses({ ...inputs, ...REVOKING });
  ims.scriptAlways({ fault: 'silence' });
  const [post] = await job.finish();
  expectNotRevoked(post);
  expect(post?.log).toContain('(timeout, no answer within 10.0 s)');
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
    ['reuse', 'repository'],
    ['timeout', '0'],
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
  const BY_OPENSSL = { NODE_OPTIONS: '--use-openssl-ca' };
  const ODDLY_SPELT = { NODE_OPTIONS: '--use_op"enssl"_ca' };
  let mine: Authority;
  let foreign: Authority;
  beforeAll(async () => {
    [mine, foreign] = [await makeAuthority(), await makeAuthority()];
  });

  type Place = Readonly<Record<'proxy' | 'own' | 'copy' | 'both' | 'folder', string>>;
  type Variables = Readonly<Record<string, string>>;
  const replaceOwn = ({ own, both }: Place): Variables => {
    copyFileSync(both, own);
    return {};
  };
  type Case = readonly [string, 'changes' | 'stays', (other: Place) => Variables, Variables?];
  const CASES: readonly Case[] = [
    ['another proxy', 'changes', ({ proxy }) => ({ https_proxy: proxy })],
    ['one more authority', 'changes', ({ both }) => ({ NODE_EXTRA_CA_CERTS: both })],
    ["the system's file", 'changes', ({ both }) => ({ ...BY_SYSTEM, SSL_CERT_FILE: both })],
    ["the system's folder", 'changes', ({ folder }) => ({ ...BY_SYSTEM, SSL_CERT_DIR: folder })],
    [
      'the file of OpenSSL, where Node uses its store',
      'changes',
      ({ both }) => ({ SSL_CERT_FILE: both }),
      BY_OPENSSL,
    ],
    ['other contents of the file of OpenSSL', 'changes', replaceOwn, BY_OPENSSL],
    ['other contents, in another spelling of the option', 'changes', replaceOwn, ODDLY_SPELT],
    [
      'one more file in a folder of OpenSSL',
      'changes',
      ({ both, folder }) => {
        copyFileSync(both, join(folder, 'other.pem'));
        return {};
      },
      BY_OPENSSL,
    ],
    [
      'one more folder of OpenSSL',
      'changes',
      ({ folder }) => ({ SSL_CERT_DIR: [`${folder}-none`, folder].join(delimiter) }),
      BY_OPENSSL,
    ],
    ['a file of OpenSSL that is gone', 'changes', ({ own }) => (rmSync(own), {}), BY_OPENSSL],
    [
      'the same file of OpenSSL elsewhere',
      'stays',
      ({ copy }) => ({ SSL_CERT_FILE: copy }),
      BY_OPENSSL,
    ],
    ['the same files of OpenSSL', 'stays', () => ({}), BY_OPENSSL],
    ['the same authority elsewhere', 'stays', ({ copy }) => ({ NODE_EXTRA_CA_CERTS: copy })],
    ['a file that Node does not read', 'stays', ({ both }) => ({ SSL_CERT_FILE: both })],
    ['a proxy for http', 'stays', ({ proxy }) => ({ http_proxy: proxy })],
    ['hosts that need no proxy', 'stays', () => ({ no_proxy: 'p8e.example,127.0.0.1' })],
  ];

  test.for(CASES)('%s: it %s', async ([, way, change, env = {}], { startIms, startProxy, job }) => {
    const certified = async (by: Authority): Promise<ImsServer> =>
      startIms({ tls: await issueCertificate(by, { names: [HOST] }) });
    const [ims, other] = [await certified(mine), await certified(foreign)];
    const proxies = await Promise.all([
      startProxy({ port: ims.port }),
      startProxy({ port: other.port }),
    ]);
    const [folder, own, copy, both] = ['folder', 'own', 'copy', 'both'].map((name) =>
      join(job.workspace, name),
    ) as [string, string, string, string];
    mkdirSync(folder);
    for (const file of [own, copy]) writeFileSync(file, mine.cert);
    for (const file of [both, join(folder, 'p8e.pem')])
      writeFileSync(file, `${foreign.cert}\n${mine.cert}\n`);
    const authority = 'NODE_OPTIONS' in env ? 'SSL_CERT_FILE' : 'NODE_EXTRA_CA_CERTS';
    const openssl = authority === 'SSL_CERT_FILE' ? { SSL_CERT_DIR: folder } : {};
    await exportAll(job, { https_proxy: proxies[0].url, [authority]: own, ...openssl });
    const inputs = { ...inputsFor({ url: `https://${HOST}` }), ...REVOKING };
    const step = await job.uses(inputs, { env });
    expect(step.failed).toBe(false);
    await exportAll(job, change({ proxy: proxies[1].url, own, copy, both, folder }));
    const [post] = await job.finish();
    if (way === 'stays') expectRevoked(post);
    else expectNotRevoked(post);
    const sent = way === 'stays' ? 2 : 1;
    expect([ims.connections, other.connections]).toEqual([sent, 0]);
    expect(proxies.map(({ tunnels }) => tunnels.length)).toEqual([sent, 0]);
  });

  // The trust of OpenSSL is judged by its files, so what is no file must not hold up the step.
  test.skipIf(process.platform === 'win32').for<readonly [string, (path: string) => void]>([
    ['a pipe', (path) => spawnSync('mkfifo', [path])],
    [
      'a link to a device',
      (path) => {
        symlinkSync('/dev/zero', path);
      },
    ],
    [
      'a link to itself',
      (path) => {
        symlinkSync(path, path);
      },
    ],
    [
      'a folder',
      (path) => {
        mkdirSync(path);
      },
    ],
  ])('%s among the certificates is counted by its name', async ([, make], { ims, job, inputs }) => {
    make(join(job.workspace, 'odd.pem'));
    const env = { ...BY_OPENSSL, SSL_CERT_DIR: job.workspace };
    const step = await job.uses({ ...inputs, ...REVOKING }, { env });
    expect(step.failed).toBe(false);
    expectRevoked((await job.finish())[0]);
    expect(ims.revoked.size).toBe(1);
  });

  test.for([
    ['4 MiB', 4 * 1024 * 1024, 1],
    ['more', 4 * 1024 * 1024 + 1, 0],
  ] as const)('certificates of %s', async ([, bytes, revoked], { ims, job, inputs }) => {
    const half = Math.floor(bytes / 2);
    for (const [name, size] of [
      ['a', half],
      ['b', bytes - half],
    ] as const)
      writeFileSync(join(job.workspace, name), Buffer.alloc(size));
    const env = { ...BY_OPENSSL, SSL_CERT_DIR: job.workspace };
    await job.uses({ ...inputs, ...REVOKING }, { env });
    const [post] = await job.finish();
    if (revoked === 1) expectRevoked(post);
    else expectNotRevoked(post);
    expect(ims.revoked.size).toBe(revoked);
  });

  test('a stranger whom a later step lets through sees nothing', async ({
    startIms,
    startProxy,
    job,
  }) => {
    const certified = async (by: Authority): Promise<ImsServer> =>
      startIms({ tls: await issueCertificate(by, { names: [HOST] }) });
    const [ims, stranger] = [await certified(mine), await certified(foreign)];
    let { port } = ims;
    const proxy = await startProxy({ port: () => port });
    const own = join(job.workspace, 'own');
    writeFileSync(own, mine.cert);
    await exportAll(job, { https_proxy: proxy.url, NODE_EXTRA_CA_CERTS: own });
    const step = await job.uses({ ...inputsFor({ url: `https://${HOST}` }), ...REVOKING });
    expect(step.failed).toBe(false);
    ({ port } = stranger);
    await exportAll(job, { NODE_TLS_REJECT_UNAUTHORIZED: '0' });
    const [post] = await job.finish();
    expectNotRevoked(post);
    expect(stranger.connections).toBe(1);
    expect(stranger.requests).toEqual([]);
  });

  test('a proxy, but IMS is on the loopback interface: it stays', async ({ ims, job, inputs }) => {
    await job.uses({ ...inputs, ...REVOKING });
    await exportAll(job, { https_proxy: 'http://127.0.0.1:1' });
    const [post] = await job.finish();
    expectRevoked(post);
    expect(ims.revoked.size).toBe(1);
  });
});

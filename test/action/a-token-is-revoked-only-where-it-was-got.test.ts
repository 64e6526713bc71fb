/** The token and the secret go only where the main step went. */

import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';

import { beforeAll, describe, expect } from 'vitest';

import { type Authority, issueCertificate, makeAuthority } from '../support/certificates.ts';
import { inputsFor, SECRET, test } from '../support/fixtures.ts';
import { type ImsServer, testClient } from '../support/ims-server.ts';
import { expectNotRevoked, expectRevoked, exportAll, REVOKING } from '../support/post-step.ts';

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

describe('the route to IMS', () => {
  const HOST = 'ims-na1.adobelogin.com';
  const BY_SYSTEM = { NODE_USE_SYSTEM_CA: '1' };
  const BY_OPENSSL = { NODE_OPTIONS: '--use-openssl-ca' };
  const ODDLY_SPELT = { NODE_OPTIONS: '--use_op"enssl"_ca' };
  let ours: Authority;
  let foreign: Authority;
  beforeAll(async () => {
    [ours, foreign] = [await makeAuthority(), await makeAuthority()];
  });

  type Other = Readonly<Record<'proxy' | 'own' | 'copy' | 'both' | 'folder', string>>;
  type Variables = Readonly<Record<string, string>>;
  const replaceOwn = ({ own, both }: Other): Variables => {
    copyFileSync(both, own);
    return {};
  };
  type Case = readonly [string, 'changes' | 'stays', (other: Other) => Variables, Variables?];
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

  test.for(CASES)(
    '%s: it %s',
    async ([, route, change, env = {}], { startIms, startProxy, job }) => {
      const certified = async (by: Authority): Promise<ImsServer> =>
        startIms({ tls: await issueCertificate(by, { names: [HOST] }) });
      const [ims, other] = [await certified(ours), await certified(foreign)];
      const proxies = await Promise.all([
        startProxy({ port: ims.port }),
        startProxy({ port: other.port }),
      ]);
      const [folder, own, copy, both] = ['folder', 'own', 'copy', 'both'].map((name) =>
        join(job.workspace, name),
      ) as [string, string, string, string];
      mkdirSync(folder);
      for (const file of [own, copy]) writeFileSync(file, ours.cert);
      for (const file of [both, join(folder, 'p8e.pem')])
        writeFileSync(file, `${foreign.cert}\n${ours.cert}\n`);
      const authority = 'NODE_OPTIONS' in env ? 'SSL_CERT_FILE' : 'NODE_EXTRA_CA_CERTS';
      const openssl = authority === 'SSL_CERT_FILE' ? { SSL_CERT_DIR: folder } : {};
      await exportAll(job, { https_proxy: proxies[0].url, [authority]: own, ...openssl });
      const inputs = { ...inputsFor({ url: `https://${HOST}` }), ...REVOKING };
      const step = await job.uses(inputs, { env });
      expect(step.failed).toBe(false);
      await exportAll(job, change({ proxy: proxies[1].url, own, copy, both, folder }));
      const [post] = await job.finish();
      if (route === 'stays') expectRevoked(post);
      else expectNotRevoked(post);
      const sent = route === 'stays' ? 2 : 1;
      expect([ims.connections, other.connections]).toEqual([sent, 0]);
      expect(proxies.map(({ tunnels }) => tunnels.length)).toEqual([sent, 0]);
    },
  );

  // The files of OpenSSL are read. What is no file must not hold up the step.
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
  ])(
    '%s among the certificates does not hold up the step',
    async ([, make], { ims, job, inputs }) => {
      make(join(job.workspace, 'odd.pem'));
      const env = { ...BY_OPENSSL, SSL_CERT_DIR: job.workspace };
      const step = await job.uses({ ...inputs, ...REVOKING }, { env });
      expect(step.failed).toBe(false);
      expectRevoked((await job.finish())[0]);
      expect(ims.revoked.size).toBe(1);
    },
  );

  test.for([
    ['4 MiB are compared', 4 * 1024 * 1024, 1],
    ['more than 4 MiB count as changed', 4 * 1024 * 1024 + 1, 0],
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
    const [ims, stranger] = [await certified(ours), await certified(foreign)];
    let { port } = ims;
    const proxy = await startProxy({ port: () => port });
    const own = join(job.workspace, 'own');
    writeFileSync(own, ours.cert);
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

/** Lays the link, starts the servers behind it, and runs the built action. In the namespaces that main.ts gives it. */

import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { testClient } from '../support/ims-server.ts';
import { printed } from '../support/listen.ts';
import { startJob, type StepResult } from '../support/run-action.ts';

const DELAY_MS = 160;
/** Ours begins like both, so that the C library keeps the order of the hosts file. */
const [HERE, DEAD, ALIVE] = ['10.9.0.1', '10.9.0.2', '10.9.0.3'];
const FAR_MAC = '02:00:00:00:00:03';

/** The orders of the two addresses. Node gives each but the last only a part of the time. */
const ORDERS = { 'dead-first': [DEAD, ALIVE], 'dead-second': [ALIVE, DEAD] };
/** IMS with one address, where its own delay would only add to what is looked at. */
const PLAIN_IMS = 'ims-na1.adobelogin.com';
const HOSTS: Readonly<Record<string, readonly string[]>> = {
  [PLAIN_IMS]: [ALIVE],
  ...Object.fromEntries(
    Object.entries(ORDERS).flatMap(([order, addresses]) =>
      ['adobelogin.com', 'proxy.example', 'cache.example'].map((domain) => [
        `${order}.${domain}`,
        addresses,
      ]),
    ),
  ),
};

const scratch = process.argv[2] ?? '';
const authority = join(scratch, 'authority.pem');
type Ports = Readonly<Record<'ims' | 'proxy' | 'cache', number>>;

function sh(line: string): void {
  const [command = '', ...words] = line.split(' ');
  execFileSync(command, words);
}

function resolveHosts(): void {
  const lines = Object.entries(HOSTS).flatMap(([name, addresses]) =>
    addresses.map((address) => `${address} ${name}`),
  );
  const files = { hosts: ['127.0.0.1 localhost', ...lines], 'nsswitch.conf': ['hosts: files'] };
  for (const [name, content] of Object.entries(files)) {
    writeFileSync(join(scratch, name), [...content, ''].join('\n'));
    sh(`mount --bind ${join(scratch, name)} /etc/${name}`);
  }
}

/** What a program prints when it is ready; it runs on. */
async function start(program: readonly string[]): Promise<{ child: ChildProcess; line: string }> {
  const [command = '', ...words] = program;
  const child = spawn(command, words, { stdio: ['ignore', 'pipe', 'inherit'] });
  const line = await printed(child.stdout, /^(ready|\{.*\})$/);
  if (line === undefined) throw new Error(`${program.join(' ')} did not start`);
  return { child, line };
}

/** The servers lie in a network namespace of their own, at the other end of the link. */
async function layLink(): Promise<Ports> {
  sh('ip link set lo up');
  const servers = [process.execPath, join(import.meta.dirname, 'servers.ts')];
  const far = await start(['unshare', '--net', ...servers, authority, ...Object.keys(HOSTS)]);
  await start(['python3', join(import.meta.dirname, 'link.py'), 'near', 'far', String(DELAY_MS)]);
  const pid = String(far.child.pid);
  const there = `nsenter --target ${pid} --net`;
  sh(`ip link set far netns ${pid}`);
  sh(`${there} ip link set lo up`);
  sh(`${there} ip link set far address ${FAR_MAC} up`);
  sh(`${there} ip address add ${ALIVE}/24 dev far`);
  sh(`ip address add ${HERE}/24 dev near`);
  sh('ip link set near up');
  // Frames to the dead address arrive, and nobody answers. Without this, the address would be refused at once.
  sh(`ip neighbour add ${DEAD} lladdr ${FAR_MAC} dev near`);
  return JSON.parse(far.line) as Ports;
}

type Variables = Readonly<Record<string, string>>;

/** One step in a job of its own. */
async function runStep(url: string, inputs: Variables, env: Variables): Promise<StepResult> {
  const job = await startJob({ env: { ...env, NODE_EXTRA_CA_CERTS: authority } });
  const { id, secrets } = testClient;
  const client = { 'client-id': id, 'client-secret': secrets.join() };
  const step = await job.uses({ ...client, 'ims-url': url, timeout: '30', ...inputs });
  await job.dispose();
  return step;
}

let failures = 0;

function report(what: string, { outputs, durationMs, log }: StepResult, isGood: boolean): void {
  const source = outputs['source'] ?? 'no token';
  const seconds = (durationMs / 1000).toFixed(1);
  console.log(`${isGood ? 'ok  ' : 'FAIL'} ${what}: ${source} after ${seconds} s`);
  if (isGood) return;
  failures += 1;
  console.log(log);
}

resolveHosts();
const ports = await layLink();
const imsAt = (host: string): string => `https://${host}:${ports.ims}`;
const cached = (host: string): Promise<StepResult> =>
  runStep(
    imsAt(PLAIN_IMS),
    { reuse: 'repository' },
    {
      ACTIONS_CACHE_SERVICE_V2: 'true',
      ACTIONS_RESULTS_URL: `https://${host}:${ports.cache}/`,
      ACTIONS_RUNTIME_TOKEN: 'p8e-test-runtime-token',
    },
  );

const plain = await runStep(imsAt(PLAIN_IMS), {}, {});
report('IMS with one address', plain, plain.outputs['source'] === 'ims');

for (const order of Object.keys(ORDERS)) {
  const direct = await runStep(imsAt(`${order}.adobelogin.com`), {}, {});
  report(`IMS, ${order}`, direct, direct.outputs['source'] === 'ims');
  const https_proxy = `http://${order}.proxy.example:${ports.proxy}`;
  const proxied = await runStep(imsAt(PLAIN_IMS), {}, { https_proxy });
  report(`a proxy, ${order}`, proxied, proxied.outputs['source'] === 'ims');
}

const slow = await cached('dead-first.cache.example');
const lostMs = slow.durationMs - plain.durationMs;
// A second more than the cache may cost, for a busy machine.
const isCheap = slow.outputs['source'] === 'ims' && lostMs < 6000;
report(`a cache, dead-first (${(lostMs / 1000).toFixed(1)} s lost)`, slow, isCheap);

const empty = await cached('dead-second.cache.example');
report('a cache, dead-second, empty', empty, empty.outputs['source'] === 'ims');

// A hit takes 2.1 of the 2.5 seconds that it may: on a busy machine, not every one comes in time.
let hit = await cached('dead-second.cache.example');
for (let more = 2; more > 0 && hit.outputs['source'] !== 'repository'; more -= 1)
  hit = await cached('dead-second.cache.example');
report('the same, filled', hit, hit.outputs['source'] === 'repository');

// It ends the processes of this namespace.
process.exit(failures === 0 ? 0 : 1);

/**
 * Compares the blob store of the tests with Azurite, Microsoft's emulator. The same requests must get the same answers.
 * Installs Azurite as .ci/azurite pins it. With `--required`, or where CI is `true`, it must be installable.
 */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

import { exchangeAll, EXCHANGES, serverOf } from '../test/support/blob-exchanges.ts';
import {
  ACCOUNT,
  azureTime,
  BlobStore,
  CONTAINER,
  signText,
  VERSION,
} from '../test/support/blob-store.ts';
import { listen, printed } from '../test/support/listen.ts';

import { installPinned } from './pinned-tools.ts';
import { passesWithout } from './required.ts';

/**
 * Makes the container, with a signature of the account.
 * @see https://learn.microsoft.com/rest/api/storageservices/create-account-sas
 */
async function makeContainer(origin: string, key: string): Promise<void> {
  const signed = { sp: 'c', ss: 'b', srt: 'c', st: '', se: azureTime(Date.now() + 60_000) };
  const text = [ACCOUNT, ...Object.values(signed), '', '', VERSION, '', ''].join('\n');
  const query = new URLSearchParams({ restype: 'container', ...signed, sv: VERSION });
  query.delete('st');
  query.set('sig', signText(key, text));
  const url = `${origin}/${ACCOUNT}/${CONTAINER}?${query.toString()}`;
  const { status } = await fetch(url, { method: 'PUT' });
  if (status !== 201) throw new Error(`Azurite did not make the container: ${status}`);
}

/** Runs Azurite on a free port, in memory, for as long as it is used. */
async function withAzurite<T>(
  folder: string,
  key: string,
  use: (origin: string) => Promise<T>,
): Promise<T> {
  const main = join(folder, 'node_modules/azurite/dist/src/blob/main.js');
  const args = ['--blobPort', '0', '--inMemoryPersistence', '--disableTelemetry'];
  const child = spawn(process.execPath, [main, ...args], {
    env: { PATH: process.env['PATH'], AZURITE_ACCOUNTS: `${ACCOUNT}:${key}` },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  try {
    const origin = await printed(child.stdout, /http:\/\/127\.0\.0\.1:\d+/);
    if (origin === undefined) throw new Error('Azurite did not start');
    await makeContainer(origin, key);
    return await use(origin);
  } finally {
    child.kill();
    await ended;
  }
}

/** Where the answers differ; the number of differences. */
async function compare(folder: string): Promise<number> {
  const store = new BlobStore();
  const server = serverOf(store);
  const ours = await exchangeAll(`http://127.0.0.1:${await listen(server)}`, store);
  server.close();
  const theirs = await withAzurite(folder, store.key, (origin) => exchangeAll(origin, store));
  const differing = EXCHANGES.map(({ name, status }) => {
    const seen = [ours.get(name), theirs.get(name)].map((answer) => JSON.stringify(answer));
    const isAlike = seen[0] === seen[1] && theirs.get(name)?.status === status;
    return isAlike ? '' : `${name}: ${status} expected\n  ours:    ${seen.join('\n  Azurite: ')}`;
  }).filter(Boolean);
  for (const difference of differing) console.error(difference);
  console.log(`${EXCHANGES.length} requests, ${differing.length} differing answers.`);
  return differing.length;
}

const folder = installPinned(join(import.meta.dirname, '../.ci/azurite'));
const passed =
  folder === undefined
    ? passesWithout('Azurite could not be installed from npm.')
    : (await compare(folder)) === 0;
process.exitCode = passed ? 0 : 1;

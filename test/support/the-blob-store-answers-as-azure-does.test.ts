/** The blob store of the tests refuses what Azure refuses. `npm run test:azurite` compares it with Azurite. */

import { expect, it, onTestFinished } from 'vitest';

import { exchangeAll, EXCHANGES, serverOf } from './blob-exchanges.ts';
import { BlobStore } from './blob-store.ts';
import { listen } from './listen.ts';

it('the blob store of the tests answers as Azure does', async () => {
  const store = new BlobStore();
  const server = serverOf(store);
  onTestFinished(() => void server.close());
  const seen = await exchangeAll(`http://127.0.0.1:${await listen(server)}`, store);
  const statuses = [...seen].map(([name, { status }]) => [name, status]);
  expect(statuses).toEqual(EXCHANGES.map(({ name, status }) => [name, status]));
  expect(seen.get('a GET after the upload')).toMatchObject({ body: 'p8e-test-bytes' });
});

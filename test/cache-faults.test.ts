/** `reuse: repository` with bad entries, and with a cache service that fails: no step fails, waits long or warns. */

import { randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';

import { describe, expect, vi } from 'vitest';

import { EXPLAINED, expectFromIms, test } from './support/cache-fixtures.ts';
import { type Fault, PLACES } from './support/cache-service.ts';
import { startProxy } from './support/connect-proxy.ts';

type Member = { readonly name: string; readonly mode: number; readonly folder: boolean };

/** A tar archive (POSIX.1-1988, ustar). A name is written in latin1; a file holds four bytes. */
function tarOf(members: readonly Member[]): Buffer {
  const octal = (value: number, width: number): string => value.toString(8).padStart(width, '0');
  const blocks = members.map(({ name, mode, folder }) => {
    const header = Buffer.alloc(512);
    header.write(name, 0, 'latin1');
    header.write(`${octal(mode, 7)}\0${octal(0, 7)}\0${octal(0, 7)}\0`, 100);
    header.write(`${octal(folder ? 0 : 4, 11)}\0${octal(0, 11)}\0        ${folder ? 5 : 0}`, 124);
    header.write('ustar\u000000', 257);
    const sum = header.reduce((total, byte) => total + byte, 0);
    header.write(`${octal(sum, 6)}\0 `, 148);
    return Buffer.concat([header, Buffer.from(folder ? '' : 'p8e-'.padEnd(512, '\0'))]);
  });
  return Buffer.concat([...blocks, Buffer.alloc(1024)]);
}

/** Writes to `target` when it is unpacked in a UTF-8 locale, though the folders are to be cut off its name. */
const climbing = (target: string): Buffer =>
  tarOf([
    { name: 'x', mode: 0o755, folder: true },
    { name: 'x/\u00ff', mode: 0o755, folder: true },
    { name: `x/\u00ff/${'../'.repeat(12)}${target}`, mode: 0o644, folder: false },
  ]);

/** Takes the rights to the folder above away. */
const locking = tarOf([{ name: '..', mode: 0, folder: true }]);

const PACKERS: Readonly<Record<string, (archive: Buffer) => Buffer>> = {
  gzip: gzipSync,
  zstd: zstdCompressSync,
  plain: (archive) => archive,
};

type Spoil = (good: Buffer, target: string) => Buffer;

const flipped = (good: Buffer, at: number): Buffer => {
  const copy = Buffer.from(good);
  copy.writeUInt8(copy.readUInt8(at) ^ 1, at);
  return copy;
};

const BAD_ENTRIES: Readonly<Record<string, Spoil>> = {
  ...Object.fromEntries(
    Object.entries(PACKERS).flatMap(
      ([name, pack]) =>
        [
          [`an archive that climbs, ${name}`, (_, target) => pack(climbing(target))],
          [`an archive that locks, ${name}`, () => pack(locking)],
        ] satisfies (readonly [string, Spoil])[],
    ),
  ),
  nothing: () => Buffer.alloc(0),
  'one byte': (good) => good.subarray(0, 1),
  'another first bit': (good) => flipped(good, 0),
  'another last bit': (good) => flipped(good, good.length - 1),
  'the first half': (good) => good.subarray(0, good.length / 2),
  'something appended': (good) => Buffer.concat([good, Buffer.alloc(1)]),
  '10 MB': (good) => Buffer.concat([good, randomBytes(10_000_000)]),
  'a bomb': () => gzipSync(Buffer.alloc(50_000_000)),
};

const GARBAGE: Fault = { body: '<html>::error::p8e-test-injected\n##[error]p8e-test-injected' };
const statuses = (...list: readonly number[]): Readonly<Record<string, Fault>> =>
  Object.fromEntries(
    list.map((status) => [
      String(status),
      { status, body: '{"code":"x","msg":"::error::p8e-test-injected"}' },
    ]),
  );

const READ_FAULTS: Readonly<Record<string, Fault>> = {
  ...statuses(403, 404, 500),
  garbage: GARBAGE,
  drip: { manner: 'drip' },
  flood: { manner: 'flood' },
  silence: { manner: 'silence' },
};

const WRONG_URLS: Readonly<Record<string, unknown>> = {
  missing: undefined,
  number: 7,
  empty: '',
  'no URL': 'p8e-test',
  file: 'file:///etc/passwd',
  'http elsewhere': 'http://192.0.2.1/',
  'https elsewhere, on a closed port': 'https://127.0.0.1:1/',
  credentials: 'http://p8e:p8e@127.0.0.1:1/',
  'line break': 'http://127.0.0.1:1/\n::error::p8e-test-injected',
  long: `http://127.0.0.1:1/${'x'.repeat(100_000)}`,
};

/** Answers of the service that no service should give. */
const WRONG_ANSWERS: Readonly<Record<string, Fault>> = Object.fromEntries(
  [
    ['empty', ''],
    ['null', 'null'],
    ['array', '[]'],
    ['string', '"ok"'],
    ['deep', '['.repeat(30_000)],
    ['prototype', '{"__proto__":{"ok":true},"constructor":1}'],
    ['ok as text', '{"ok":"true","signed_download_url":"x","signed_upload_url":"x"}'],
    ...Object.entries(WRONG_URLS).map(([name, url]) => [
      `URL: ${name}`,
      JSON.stringify({ ok: true, signed_download_url: url, signed_upload_url: url }),
    ]),
  ].map(([name = '', body = '']) => [name, { body }]),
);

describe.concurrent('an entry that holds', () => {
  test.for(Object.entries(BAD_ENTRIES))(
    '%s costs one request to IMS',
    async ([, bytes], { ims, cache, runJob }) => {
      const folder = mkdtempSync(join(tmpdir(), 'hostile-'));
      try {
        const good = await runJob();
        const [entry] = cache.entries;
        if (entry === undefined) throw new Error('nothing was saved');
        const blob = cache.blobOf(entry);
        await blob.uploadData(bytes(await blob.downloadToBuffer(), join(folder, 'written')));
        const step = await runJob();
        expectFromIms(step);
        expect(step.log).toMatch(EXPLAINED);
        expect(step.started).toBe('');
        expect(step.temp).toEqual(good.temp);
        expect(readdirSync(folder)).toEqual([]);
        expect(cache.entries).toHaveLength(2);
        expect(cache.entries[1]?.key).not.toBe(entry.key);
        expect((await runJob()).outputs['source']).toBe('repository');
        expect(ims.requests).toHaveLength(2);
      } finally {
        rmSync(folder, { recursive: true });
      }
    },
  );
});

describe.concurrent('a fault while reading', () => {
  test.for(Object.entries(READ_FAULTS))(
    '(%s at the download) costs one request to IMS',
    async ([name, fault], { ims, cache, runJob }) => {
      await runJob();
      for (const entry of cache.entries) entry.fault = fault;
      const step = await runJob();
      expectFromIms(step);
      expect(step.log).toMatch(EXPLAINED);
      if (name === 'flood') expect(step.log).toContain('too large');
      expect(step.log).not.toContain('injected');
      // The time of a silent one is lost for saving too, half of it at most.
      if (name !== 'silence') expect(cache.entries).toHaveLength(2);
      expect((await runJob()).outputs['source']).toBe('repository');
      expect(ims.requests).toHaveLength(2);
    },
  );

  test.for([...Object.entries(READ_FAULTS), ...Object.entries(WRONG_ANSWERS)])(
    '(%s at the lookup) costs one request to IMS',
    async ([name, fault], { cache, runJob }) => {
      cache.faults.lookup = fault;
      const step = await runJob();
      expectFromIms(step);
      if (name in READ_FAULTS) expect(step.log).toMatch(EXPLAINED);
      expect(step.log).not.toContain('injected');
      delete cache.faults.lookup;
      expect((await runJob()).outputs['source']).toBe('repository');
    },
  );
});

const SAVING = ['create', 'upload', 'finalize'] as const;
const WRITE_FAULTS = { ...READ_FAULTS, ...statuses(403, 409, 429, 500) };

describe.concurrent('a fault while saving', () => {
  test.for(
    SAVING.flatMap((place) =>
      Object.entries(WRITE_FAULTS).map(([name, fault]) => [name, place, fault] as const),
    ),
  )('(%s at %s) costs no token', async ([, place, fault], { cache, runJob }) => {
    cache.faults[place] = fault;
    const step = await runJob();
    expectFromIms(step);
    expect(step.log).not.toContain('injected');
  });

  test.for(Object.entries(WRONG_ANSWERS))(
    '(%s at create) costs no token',
    async ([, fault], { cache, runJob }) => {
      cache.faults.create = fault;
      expectFromIms(await runJob());
      expect(cache.requestsTo('finalize')).toEqual([]);
    },
  );
});

/** What a connection to the service gives, again and again. */
const WRONG_BYTES: Readonly<Record<string, (socket: Socket) => unknown>> = {
  nothing: () => undefined,
  'a reset': (socket) => socket.resetAndDestroy(),
  'no HTTP': (socket) => socket.write('p8e-test'),
  'headers without end': (socket) =>
    socket.write(socket.bytesWritten === 0 ? 'HTTP/1.1 200 OK\r\n' : 'x: y\r\n'),
  'interim answers without end': (socket) => socket.write('HTTP/1.1 102 Processing\r\n\r\n'),
  'another protocol': (socket) =>
    socket.write('HTTP/1.1 101 x\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n'),
  'half an answer': (socket) => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{"ok"'),
};

describe.concurrent('a cache service', () => {
  test('behind a proxy that is broken in any way costs no token', async ({ runJob }) => {
    const silent = await startProxy({ port: 1, behaviour: 'silent' });
    const refusing = await startProxy({ port: 1, behaviour: { status: 407 } });
    try {
      const ACTIONS_RESULTS_URL = 'https://results.example.com/';
      const broken = ['http://[', '::', 'http://127.0.0.1:1', silent.url, refusing.url];
      for (const https_proxy of broken)
        expectFromIms(await runJob({}, { ACTIONS_RESULTS_URL, https_proxy }));
    } finally {
      await silent.close();
      await refusing.close();
    }
  });

  test.for(Object.entries(WRONG_BYTES))(
    'that answers with %s costs no token',
    async ([, write], { runJob, onTestFinished }) => {
      const sockets: Socket[] = [];
      const server = createServer((socket) => {
        sockets.push(socket);
        socket.on('error', () => undefined);
        const timer = setInterval(() => write(socket), 100);
        socket.once('close', () => {
          clearInterval(timer);
        });
      });
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      onTestFinished(() => {
        for (const socket of sockets) socket.destroy();
        server.close();
      });
      const host = `127.0.0.1:${(server.address() as AddressInfo).port}/`;
      for (const scheme of ['http', 'https'])
        expectFromIms(await runJob({}, { ACTIONS_RESULTS_URL: `${scheme}://${host}` }));
    },
  );

  test.for(['line\nbreak', 'p8e-test-\u{1f511}'])(
    'whose token is %j costs no token',
    async (ACTIONS_RUNTIME_TOKEN, { cache, runJob }) => {
      expectFromIms(await runJob({}, { ACTIONS_RUNTIME_TOKEN }));
      expect(cache.requests).toEqual([]);
    },
  );

  test('that is silent leaves most of a short timeout to IMS', async ({ cache, runJob }) => {
    for (const place of PLACES) cache.faults[place] = { manner: 'silence' };
    const step = await runJob({ timeout: '2' });
    expectFromIms(step);
    expect(step.log).toMatch(EXPLAINED);
    expect(step.durationMs).toBeLessThan(4000);
  });
});

// On Windows a signal from outside ends a process before it can say anything.
describe.skipIf(process.platform === 'win32').concurrent('a cache service', () => {
  test.for(PLACES)(
    'that is silent at %s is left when the step is cancelled',
    async (place, { cache, runJob }) => {
      await runJob();
      if (place !== 'lookup' && place !== 'download') cache.entries.length = 0;
      cache.requests.length = 0;
      cache.faults[place] = { manner: 'silence' };
      let cancelledMs = Number.NaN;
      const step = await runJob(
        {},
        {},
        {
          onStart: (child) => {
            void vi
              .waitUntil(() => cache.requestsTo(place).length > 0, { timeout: 20_000 })
              .then(() => {
                cancelledMs = performance.now();
                child.kill('SIGINT');
              });
          },
        },
      );
      expect(performance.now() - cancelledMs).toBeLessThan(2000);
      expect(step.annotations).toEqual([]);
      // Once the outputs are written, a signal only ends the keeping.
      const found = place === 'lookup' || place === 'download';
      expect(step.exitCode).toBe(found ? 1 : 0);
      expect(step.outputs['access-token'] === undefined).toBe(found);
    },
  );
});

/** What is in `dist`, and which of it a step loads. */

import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';

import { afterEach, describe, expect, it } from 'vitest';

import { startIms, testClient } from './support/ims-server.ts';
import { startJob } from './support/run-action.ts';

const dist = join(import.meta.dirname, '..', 'dist');
const cleanups: (() => Promise<void> | void)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

/** Tells, when a process ends, which files it has loaded. */
const HOOK = `
const { appendFileSync } = require('node:fs');
const { join } = require('node:path');
process.on('exit', () => {
  for (const file of Object.keys(require.cache))
    if (file !== __filename) appendFileSync(join(__dirname, 'loaded'), file + '\\n');
});
`;

/** The files of `dist/main` that a step with these inputs loads. */
async function loaded(inputs: Readonly<Record<string, string>>): Promise<readonly string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'bundle-'));
  cleanups.push(() => {
    rmSync(folder, { recursive: true });
  });
  const hook = join(folder, 'hook.cjs');
  writeFileSync(hook, HOOK);
  const ims = await startIms();
  cleanups.push(() => ims.close());
  const job = await startJob({ env: { NODE_OPTIONS: `--require ${hook}` } });
  cleanups.push(() => job.dispose());
  const step = await job.uses({
    'client-id': testClient.id,
    'client-secret': testClient.secrets[0] ?? '',
    'ims-url': ims.url,
    ...inputs,
  });
  expect(step.failed).toBe(false);
  const lines = readFileSync(join(folder, 'loaded'), 'utf8').trim().split('\n');
  const ofMain = lines.filter((file) => file.startsWith(join(dist, 'main')));
  return [...new Set(ofMain.map((file) => basename(file)))].sort();
}

describe('a step loads', () => {
  it.each([
    ['none', 'false', 0],
    ['job', 'false', 0],
    ['job', 'true', 1],
    ['repository', 'false', 1],
  ])('with reuse: %s and summary: %s, %i chunks', async (reuse, summary, chunks) => {
    const files = await loaded({ reuse, summary });
    expect(files).toContain('index.js');
    expect(files).toHaveLength(1 + chunks);
  });
});

describe('the notices', () => {
  const text = readFileSync(join(dist, 'THIRD-PARTY.txt'), 'utf8');
  const sections = [...text.matchAll(/^-{80}\n(\S+) \S+ \(.+\)\n-{80}\n\n(.+)/gm)];
  const named = new Set(sections.map(([, name]) => name));

  it('name every package that a bundle names', () => {
    const bundles = ['main', 'post', 'cache'].flatMap((program) =>
      readdirSync(join(dist, program)).map((name) =>
        readFileSync(join(dist, program, name), 'utf8'),
      ),
    );
    const found = bundles.flatMap((bundle) =>
      [...bundle.matchAll(/node_modules\/((?:@[\w.-]+\/)?[\w.-]+)\/\S+\.js/g)].map(
        ([, name]) => name,
      ),
    );
    expect(found).toContain('@actions/http-client');
    expect([...named]).toEqual(expect.arrayContaining([...new Set(found)]));
    // Bundled, although no comment of a bundle says so.
    expect([...named]).toEqual(expect.arrayContaining(['tunnel', 'ms']));
  });

  it('give each its licence', () => {
    expect(sections).toHaveLength((text.match(/^-{80}$/gm)?.length ?? 0) / 2);
    for (const [, name, first] of sections) expect(first, name).toMatch(/\S/);
  });
});

describe('the bundle of the main step', () => {
  it('stays within 170,000 bytes, and is not minified', () => {
    const file = join(dist, 'main', 'index.js');
    expect(statSync(file).size).toBeLessThan(170_000);
    const lines = readFileSync(file, 'utf8').split('\n');
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThan(1000);
  });

  it('is plain ASCII: nothing in it looks like something else', () => {
    for (const program of ['main', 'post'])
      for (const name of readdirSync(join(dist, program)))
        expect(readFileSync(join(dist, program, name), 'utf8')).toMatch(/^[\t\r\n\x20-\x7e]*$/);
  });
});

/** What is in `dist`, and which of it a step loads. */

import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';

import { describe, expect } from 'vitest';

import { test } from './support/fixtures.ts';
import { expectSuccess } from './support/verdicts.ts';

const dist = join(import.meta.dirname, '..', 'dist');
const programs = ['main', 'post'].map((name) => join(dist, name));
const filesOf = (program: string): readonly string[] =>
  readdirSync(program).map((name) => join(program, name));

/** Has a process note, when it ends, which files it has loaded. */
const HOOK = `
const { writeFileSync } = require('node:fs');
process.on('exit', () => {
  const files = Object.keys(require.cache).filter((file) => file !== __filename);
  writeFileSync(__filename + '.loaded', files.join('\\n'));
});
`;

test('an ordinary step loads nothing beyond the entry', async ({ job, inputs }) => {
  const hook = join(job.workspace, 'hook.cjs');
  writeFileSync(hook, HOOK);
  const env = { NODE_OPTIONS: `--require=${hook.replaceAll('\\', '/')}` };
  expectSuccess(await job.uses(inputs, { env }));
  const loaded = readFileSync(`${hook}.loaded`, 'utf8').split('\n');
  expect(loaded.map((file) => basename(file))).toEqual(['index.js']);
});

describe('the bundle', () => {
  test('of the main step stays within 140,000 bytes', () => {
    expect(statSync(join(dist, 'main', 'index.js')).size).toBeLessThan(140_000);
  });

  test('is not minified, and plain ASCII: nothing in it looks like something else', () => {
    for (const file of programs.flatMap(filesOf)) {
      const text = readFileSync(file, 'utf8');
      expect(text).toMatch(/^[\t\r\n\x20-\x7e]*$/);
      expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThan(1000);
    }
  });
});

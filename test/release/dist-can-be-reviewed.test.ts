/** What is in `dist`: what every job downloads, and a reviewer reads. */

import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

const dist = join(import.meta.dirname, '../..', 'dist');

const files = readdirSync(dist, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => join(entry.parentPath, entry.name));
const programs = files.filter((file) => file.endsWith('index.js'));
const bytes = (file: string): number => statSync(file).size;

describe('what is published', () => {
  it('is small: 154 kB in all', () => {
    expect(files.reduce((sum, file) => sum + bytes(file), 0)).toBeLessThan(154_000);
  });

  it('is not minified, and plain ASCII: nothing in it looks like something else', () => {
    expect(programs.length).toBeGreaterThan(1);
    for (const file of programs) {
      const text = readFileSync(file, 'utf8');
      expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThan(1000);
      expect(text).toMatch(/^[\t\r\n\x20-\x7e]*$/);
    }
  });

  it('starts no program and unpacks nothing', () => {
    for (const file of programs)
      expect(readFileSync(file, 'utf8')).not.toMatch(/child_process|worker_threads|node:zlib/);
  });
});

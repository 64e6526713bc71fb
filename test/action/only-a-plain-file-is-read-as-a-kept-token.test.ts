/** A kept token is read only from a plain file of the right size. */

import { spawnSync } from 'node:child_process';
import { readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';

import { describe, expect } from 'vitest';

import { test } from '../support/fixtures.ts';
import { keptFiles, sourceOf } from '../support/kept-token.ts';

describe.skipIf(process.platform === 'win32')('in place of what a job keeps', () => {
  test.for<readonly [string, (file: string) => void]>([
    [
      'a link to what it kept',
      (file) => {
        renameSync(file, `${file}-moved`);
        symlinkSync(`${file}-moved`, file);
      },
    ],
    [
      'a link to a file without end',
      (file) => {
        rmSync(file);
        symlinkSync('/proc/self/pagemap', file);
      },
    ],
    [
      'a link to a device',
      (file) => {
        rmSync(file);
        symlinkSync('/dev/zero', file);
      },
    ],
    [
      'a pipe',
      (file) => {
        rmSync(file);
        spawnSync('mkfifo', [file]);
      },
    ],
    [
      'more than a sealed token',
      (file) => {
        writeFileSync(file, Buffer.alloc(64 * 1024 + 129, readFileSync(file)));
      },
    ],
  ])('%s is not read, and the step goes on', async ([, put], { ims, job, inputs }) => {
    expect(await sourceOf(job, inputs)).toBe('ims');
    const [file = ''] = keptFiles(job);
    put(file);
    expect(await sourceOf(job, { ...inputs, timeout: '30' })).toBe('ims');
    expect(ims.requests).toHaveLength(2);
    if (keptFiles(job).length === 1) expect(await sourceOf(job, inputs)).toBe('job');
  });
});

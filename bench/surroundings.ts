/** What a step finds around it, and facts and numbers for the reader. */

import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';

import { testClient } from '../test/support/ims-server.ts';

export const mainStep = join(import.meta.dirname, '..', 'dist', 'main', 'index.js');
export const handWritten = join(import.meta.dirname, 'hand-written.mjs');

export type Surroundings = {
  readonly env: Readonly<Record<string, string>>;
  /** Whether a step that ran here published a token. */
  readonly hasToken: () => boolean;
};

const FILES = ['GITHUB_OUTPUT', 'GITHUB_ENV', 'GITHUB_STATE', 'GITHUB_STEP_SUMMARY'] as const;

/** A job that has run nothing yet: its own files, its own temporary folder, no variable but those named. */
export function freshSurroundings(
  folder: string,
  imsUrl: string,
  extra: Readonly<Record<string, string>> = {},
): Surroundings {
  const home = mkdtempSync(join(folder, 'job-'));
  const files = FILES.map((name) => [name, join(home, name)] as const);
  for (const [, file] of files) writeFileSync(file, '');
  const env = {
    PATH: process.env['PATH'] ?? '',
    HOME: home,
    RUNNER_TEMP: home,
    'INPUT_CLIENT-ID': testClient.id,
    'INPUT_CLIENT-SECRET': testClient.secrets[0] ?? '',
    'INPUT_IMS-URL': imsUrl,
    ...Object.fromEntries(files),
    ...extra,
  };
  return {
    env,
    hasToken: () => readFileSync(join(home, 'GITHUB_OUTPUT'), 'utf8').includes('access-token'),
  };
}

export function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  const upper = sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
  const lower = sorted[Math.ceil(sorted.length / 2) - 1] ?? Number.NaN;
  return (upper + lower) / 2;
}

/** Lines of a table, first column to the left, numbers to the right. */
export function table(rows: readonly (readonly string[])[]): string {
  const width = (column: number): number =>
    Math.max(...rows.map((row) => (row[column] ?? '').length));
  return rows
    .map((row) =>
      row
        .map((cell, at) => (at === 0 ? cell.padEnd(width(at)) : cell.padStart(width(at))))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

export function machineFacts(): string {
  const [first] = cpus();
  const memory = (totalmem() / 2 ** 30).toFixed(0);
  return `${first?.model.trim() ?? 'unknown CPU'}, ${cpus().length} cores, ${memory} GiB, ${process.platform}, Node ${process.version}`;
}

/** Whoever verifies a release gets the commit to pin, or an exit code of 1. */

import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';

import { describe, expect, it, onTestFinished } from 'vitest';

const root = join(import.meta.dirname, '../..');

/** Notes how it is called, and fails where the pattern is among its arguments. */
const GH = `#!/bin/sh
echo "$*" >> "$LOG"
case "$*" in
  *$FAILS*) exit 1 ;;
  api*) echo "$COMMIT" ;;
esac
`;

type Result = {
  readonly status: number | null;
  readonly stdout: string;
  readonly calls: readonly string[];
  readonly commit: string;
};

/** Runs the script in a small repository; `fails` is a part of the call of `gh` that fails. */
function verify(fails: string, ...args: readonly string[]): Result {
  const folder = mkdtempSync(join(tmpdir(), 'verify-'));
  onTestFinished(() => {
    rmSync(folder, { recursive: true });
  });
  mkdirSync(join(folder, 'dist/main'), { recursive: true });
  mkdirSync(join(folder, 'bin'));
  cpSync(join(root, 'scripts/verify.sh'), join(folder, 'scripts/verify.sh'));
  for (const name of ['action.yml', 'LICENSE', 'dist/main/index.js', 'dist/x.txt', 'README.md'])
    writeFileSync(join(folder, name), `${name}\r\n`);
  writeFileSync(
    join(folder, 'package.json'),
    '{\n  "repository": "github:acme/x",\n  "type": "module"\n}\n',
  );
  writeFileSync(join(folder, 'bin/gh'), GH);
  chmodSync(join(folder, 'bin/gh'), 0o755);
  const git = (...args: readonly string[]): string =>
    execFileSync(
      'git',
      ['-c', 'user.name=t', '-c', 'user.email=t@t', '-c', 'commit.gpgsign=false', ...args],
      { cwd: folder, encoding: 'utf8' },
    );
  git('init', '-q');
  git('add', 'action.yml', 'LICENSE', 'dist', 'package.json', 'scripts', 'README.md');
  git('commit', '-q', '-m', 'x');
  const commit = git('rev-parse', 'HEAD').trim();
  const log = join(folder, 'log');
  writeFileSync(log, '');
  const PATH = `${join(folder, 'bin')}${delimiter}${process.env['PATH'] ?? ''}`;
  const env = { ...process.env, PATH, LOG: log, COMMIT: commit, FAILS: fails };
  const { status, stdout } = spawnSync(join(folder, 'scripts/verify.sh'), args, {
    env,
    encoding: 'utf8',
  });
  const calls = readFileSync(log, 'utf8').split('\n').filter(Boolean);
  return { status, stdout, calls, commit };
}

describe.skipIf(process.platform === 'win32')('scripts/verify.sh', () => {
  it('verifies the release, and each file that the runner uses', () => {
    const { status, stdout, calls, commit } = verify('none', 'v1.0.0');
    expect({ status, stdout }).toEqual({ status: 0, stdout: `Verified: v1.0.0 is ${commit}\n` });
    expect(calls[0]).toBe('release verify v1.0.0 --repo acme/x');
    const files = calls.flatMap(
      (call) => /^attestation verify \S+?\/tmp\.\w+\/(\S+)/.exec(call)?.[1] ?? [],
    );
    expect(files).toEqual(['LICENSE', 'action.yml', 'dist/main/index.js', 'dist/x.txt']);
    for (const call of calls.slice(2)) {
      expect(call).toContain('--repo acme/x --deny-self-hosted-runners');
      expect(call).toContain('--signer-workflow acme/x/.github/workflows/release.yml');
      expect(call).toContain(`--source-ref refs/heads/main --source-digest ${commit}`);
    }
  });

  it('goes on after a file that is not verified, names it, and ends with 1', () => {
    const { status, stdout, calls } = verify('dist/main/index.js', 'v1.0.0');
    expect({ status, stdout }).toEqual({ status: 1, stdout: 'NOT VERIFIED: dist/main/index.js\n' });
    expect(calls.at(-1)).toContain('dist/x.txt');
  });

  it.each([
    ['the release is not verified', 'release verify', ['v1.0.0']],
    ['the tag has no commit', 'api', ['v1.0.0']],
    ['no release is named', 'none', []],
  ])('ends with an error, and verifies no file, when %s', (_name, fails, args) => {
    const { status, stdout, calls } = verify(fails, ...args);
    expect({ passed: status === 0, stdout }).toEqual({ passed: false, stdout: '' });
    expect(calls.filter((call) => call.startsWith('attestation'))).toEqual([]);
  });
});

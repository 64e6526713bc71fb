/** The shell scripts of the pages, run against the embedded IMS. */

import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { text } from 'node:stream/consumers';

import { describe, expect } from 'vitest';

import { SECRET, test as base } from '../support/fixtures.ts';
import { testClient } from '../support/ims-server.ts';

type Result = { readonly code: unknown; readonly output: string };

/** The block of a page that contains this. */
function scriptWith(page: string, part: string): string {
  const markdown = readFileSync(join(import.meta.dirname, '..', '..', page), 'utf8');
  const blocks = [...markdown.matchAll(/^( *)```bash\n(.*?)^\1```$/gms)];
  const found = blocks.find(([block]) => block.includes(part));
  if (found === undefined) throw new Error(`${page} has no script with ${part}`);
  const [, indent = '', script = ''] = found;
  return script.replaceAll(RegExp(`^${indent}`, 'gm'), '');
}

const test = base.extend('runScript', ({ ims, job }) =>
  /** Runs a script in the workspace, against the embedded IMS and with another `gh`. */
  async (script: string, input: string): Promise<Result> => {
    const gh = '#!/bin/sh\ncat > stored\necho "$@" > asked\n';
    writeFileSync(join(job.workspace, 'gh'), gh, { mode: 0o755 });
    const ours = script
      .replaceAll('https://ims-na1.adobelogin.com', ims.url)
      .replaceAll('CLIENT_ID', testClient.id);
    const PATH = [job.workspace, process.env['PATH'] ?? ''].join(delimiter);
    const child = spawn('bash', ['--norc', '-c', ours], { cwd: job.workspace, env: { PATH } });
    child.stdin.end(input);
    const closed = once(child, 'close');
    const [out, error] = await Promise.all([text(child.stdout), text(child.stderr)]);
    return { code: (await closed)[0], output: out + error };
  },
);

const lacking = ['bash', 'curl', 'jq'].filter(
  (name) => spawnSync(name, ['--version'], { stdio: 'ignore' }).status !== 0,
);

describe.skipIf(lacking.length > 0 || process.platform === 'win32')('the script', () => {
  test('of `not_revoked` revokes a token', async ({ ims, job, inputs, runScript }) => {
    const step = await job.uses(inputs);
    const token = step.outputs['access-token'] ?? '';
    const script = scriptWith('docs/troubleshooting.md', 'invalidate_token');
    const { code, output } = await runScript(script, `${token}\n${SECRET}\n`);
    expect(code, output).toBe(0);
    expect([...ims.revoked]).toEqual([token]);
    expect(output).not.toContain(SECRET);
  });

  test('of the first refresh token stores it, and shows nothing', async ({
    ims,
    job,
    runScript,
  }) => {
    writeFileSync(join(job.workspace, 'code'), ims.issueCode({ clientId: testClient.id }));
    writeFileSync(join(job.workspace, 'secret'), SECRET);
    const script = scriptWith('docs/user-tokens.md', 'refresh_token //');
    const { code, output } = await runScript(script, '');
    expect(code, output).toBe(0);
    expect(output).toBe('');
    const stored = readFileSync(join(job.workspace, 'stored'), 'utf8');
    expect(stored.split('.')).toHaveLength(3);
    expect(readFileSync(join(job.workspace, 'asked'), 'utf8')).toMatch(
      /^secret set ADOBE_REFRESH_TOKEN .*--env adobe-user/,
    );
    for (const name of ['code', 'secret'])
      expect(existsSync(join(job.workspace, name))).toBe(false);
  });

  test('says what is wrong with a code that was used', async ({ job, runScript }) => {
    writeFileSync(join(job.workspace, 'code'), 'p8e-test-no-code');
    writeFileSync(join(job.workspace, 'secret'), SECRET);
    const { code, output } = await runScript(
      scriptWith('docs/user-tokens.md', 'refresh_token //'),
      '',
    );
    expect(code).not.toBe(0);
    expect(output).toContain('access_denied');
    expect(existsSync(join(job.workspace, 'stored'))).toBe(false);
  });
});

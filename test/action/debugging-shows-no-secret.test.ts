/** What a job sets to debug Node shows no secret of the step. */

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect } from 'vitest';

import { SECRET, test } from '../support/fixtures.ts';
import { testClient } from '../support/ims-server.ts';
import { preload } from '../support/preload.ts';
import { expectSuccess } from '../support/verdicts.ts';

test('NODE_DEBUG does not show what is sent', async ({ ims, job, inputs }) => {
  const refreshToken = ims.issueRefreshToken({ clientId: testClient.id });
  const grant = { 'grant-type': 'refresh_token', 'refresh-token': refreshToken, revoke: 'true' };
  const env = { NODE_DEBUG: 'net,http,https,tls' };
  expectSuccess(await job.uses({ ...inputs, ...grant }, { env }));
  const [post] = await job.finish();
  expect(ims.revoked.size).toBe(1);
  expect(post?.stderr).toBe('');
});

// As with `--report-on-fatalerror`, but on every system.
test.for(['true', 'false'])(
  'a report of Node holds no client secret (revoke: %s)',
  async (revoke, { startIms, client, job }) => {
    const ims = await startIms();
    const file = join(job.workspace, 'report.json');
    const program = `process.on('exit', () => process.report.writeReport(${JSON.stringify(file)}));`;
    const env = { NODE_OPTIONS: preload(job, 'report', program) };
    const given = { 'client-id': client.id, 'client-secret': SECRET, 'ims-url': ims.url, revoke };
    const step = await job.uses(given, { env });
    expect(step.exitCode).toBe(0);
    expect(readFileSync(file, 'utf8')).toContain('javascriptStack');
    expect(readFileSync(file, 'utf8')).not.toContain(SECRET);
    await job.finish();
    expect(existsSync(file)).toBe(true);
    expect(readFileSync(file, 'utf8')).toContain('post');
    expect(readFileSync(file, 'utf8')).not.toContain(SECRET);
  },
);

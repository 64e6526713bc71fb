/** What the `NODE_OPTIONS` of a job do to Node must neither weaken the step nor break it. */

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect } from 'vitest';

import { SECRET } from '../support/fixtures.ts';
import { CREDENTIALS, preload, test } from '../support/network-fixtures.ts';
import { expectSuccess } from '../support/verdicts.ts';

describe.concurrent('--no-deprecation', () => {
  test('costs no token behind a proxy, and no revocation', async ({
    ims,
    proxyTo,
    job,
    trust,
    inputs,
  }) => {
    const proxy = await proxyTo({ credentials: CREDENTIALS });
    const https_proxy = `http://${CREDENTIALS}@127.0.0.1:${proxy.port}`;
    const env = { ...trust, https_proxy, NODE_OPTIONS: '--no-deprecation' };
    expectSuccess(await job.uses({ ...inputs, revoke: 'true', timeout: '5' }, { env }));
    const [post] = await job.finish();
    expect(post).toMatchObject({ exitCode: 0, stderr: '', annotations: [] });
    expect(ims.revoked.size).toBe(1);
  });
});

describe.concurrent('a report of Node', () => {
  // As with `--report-on-fatalerror`, but on every system.
  test.for(['true', 'false'])(
    'holds no client secret (revoke: %s)',
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
});

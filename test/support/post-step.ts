/** A revoking step, and what its post step may do. */

import { expect } from 'vitest';

import type { ImsServer, RecordedRequest } from './ims-server.ts';
import type { Job, StepResult } from './run-action.ts';

export const REVOKING = { revoke: 'true' };

/** The requests to revoke a token. */
export const revocations = (ims: ImsServer): readonly RecordedRequest[] =>
  ims.requests.filter(({ path }) => path !== '/ims/token/v3');

/** A post step that revoked the token. */
export function expectRevoked(post: StepResult | undefined): void {
  expect(post).toMatchObject({ exitCode: 0, stderr: '', annotations: [] });
  expect(post?.log).toContain('Revoked the access token.');
}

/** A post step that did not: one warning, and no failure. */
export function expectNotRevoked(post: StepResult | undefined): void {
  const message = expect.stringMatching(
    /^The access token was not revoked\..* More: docs\/troubleshooting\.md#not_revoked/,
  ) as string;
  const annotations = [{ level: 'warning', message }];
  expect(post).toMatchObject({ exitCode: 0, stderr: '', annotations });
  expect(post?.log).not.toContain('Revoked');
}

/** Does what any step can: exports variables to those after it, post steps included. */
export async function exportAll(
  job: Job,
  variables: Readonly<Record<string, string>>,
): Promise<void> {
  const text = Object.entries(variables).map(([name, value]) => `${name}=${value}\n`);
  const script = 'fs.appendFileSync(process.env.GITHUB_ENV, process.argv[1])';
  await job.run(['-e', script, '--', text.join('')]);
}

/** Errors, warnings and notices. Each links to its heading in docs/troubleshooting.md. */

import { error, notice, warning } from './commands.ts';
import { serverUrl } from './job.ts';

import { type Failure, sentence } from '../failure.ts';

/** The headings of warnings and notices. A failure has its code as heading. */
export type Warning =
  | 'scopes_not_granted'
  | 'short_validity'
  | 'tls_verification_off'
  | 'first_secret_refused'
  | 'not_revoked';

/** The URL of a heading in this version of the documentation; only a path if the action is used as `./`. */
export function troubleshootingUrl(heading: string): string {
  const path = `docs/troubleshooting.md#${heading}`;
  const server = serverUrl();
  const repository = process.env['GITHUB_ACTION_REPOSITORY'] ?? '';
  const ref = process.env['GITHUB_ACTION_REF'] ?? '';
  const plain = /^[\w./-]+$/;
  const known = plain.test(repository) && plain.test(ref) && /^https:\/\/[\w.:-]+$/.test(server);
  return known ? `${server}/${repository}/blob/${ref}/${path}` : path;
}

/** Writes the one error annotation of a failed step, and fails the step. */
export function reportFailure(failure: Failure): void {
  process.exitCode = 1;
  error(sentence(failure, troubleshootingUrl(failure.code)));
}

/** @param facts for support, shown last */
export function reportWarning(
  heading: Warning,
  message: string,
  facts: readonly string[] = [],
): void {
  const end = facts.length === 0 ? '' : ` (${facts.join(', ')})`;
  warning(`${message} More: ${troubleshootingUrl(heading)}${end}`);
}

export function reportNotice(heading: Warning, message: string): void {
  notice(`${message} More: ${troubleshootingUrl(heading)}`);
}

/** Errors, warnings and notices. Each links to its heading in docs/troubleshooting.md. */

import * as core from '@actions/core';

import { type Failure, sentence } from '../failure.ts';

/** The headings of warnings and notices. A failure has its code as heading. */
export const WARNINGS = [
  'scopes_not_granted',
  'short_validity',
  'tls_verification_off',
  'first_secret_refused',
  'not_revoked',
] as const;

type Warning = (typeof WARNINGS)[number];

/** Where the heading is in this very version of the documentation; a path when used as `./`. */
export function troubleshootingUrl(heading: string): string {
  const path = `docs/troubleshooting.md#${heading}`;
  const variable = (name: string): string => process.env[name] ?? '';
  const server = variable('GITHUB_SERVER_URL');
  const repository = variable('GITHUB_ACTION_REPOSITORY');
  const ref = variable('GITHUB_ACTION_REF');
  const plain = /^[\w./-]+$/;
  const known = plain.test(repository) && plain.test(ref) && /^https:\/\/[\w.:-]+$/.test(server);
  return known ? `${server}/${repository}/blob/${ref}/${path}` : path;
}

/** A failure as one line. */
export function describe(failure: Failure): string {
  return sentence(failure, troubleshootingUrl(failure.code));
}

/** @param facts for support, shown last */
export function warn(heading: Warning, message: string, facts: readonly string[] = []): void {
  const end = facts.length === 0 ? '' : ` (${facts.join(', ')})`;
  core.warning(`${message} More: ${troubleshootingUrl(heading)}${end}`);
}

export function notice(heading: Warning, message: string): void {
  core.notice(`${message} More: ${troubleshootingUrl(heading)}`);
}

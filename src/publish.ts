/** The only file that writes outputs, variables, state and the summary. Masks come first. */

import { accessSync, constants, statSync, truncateSync } from 'node:fs';

import * as core from '@actions/core';

import { RunnerError } from './errors.ts';
import { isoSeconds, secondsLeft, type Token } from './ims/token.ts';
import type { Inputs } from './inputs.ts';
import { maskSecrets } from './masks.ts';
import { STATE_NAME } from './revocation-state.ts';
import { aioVariables } from './variables.ts';

export type Source = 'ims' | 'job' | 'repository';

export type Publication = {
  readonly token: Token;
  readonly source: Source;
  /** Empty for none. */
  readonly refreshToken: string;
  readonly scopes: readonly string[];
  /** What the post step needs; empty for none. */
  readonly state: string;
};

function neededFiles(inputs: Inputs): readonly string[] {
  const exportsAny = inputs.envVars.length > 0 || inputs.aioContext !== '';
  return [
    'GITHUB_OUTPUT',
    ...(exportsAny ? ['GITHUB_ENV'] : []),
    ...(inputs.revoke ? ['GITHUB_STATE'] : []),
    ...(inputs.summary ? ['GITHUB_STEP_SUMMARY'] : []),
  ];
}

function isWritable(path: string): boolean {
  try {
    accessSync(path, constants.W_OK);
    return !statSync(path).isDirectory();
  } catch {
    return false;
  }
}

/** Takes back what was written; what cannot be cut to a size, such as a device, held nothing. */
function cutBack(sizes: readonly { readonly path: string; readonly size: number }[]): void {
  for (const { path, size } of sizes)
    try {
      truncateSync(path, size);
    } catch {
      // The others must be cut back all the same.
    }
}

/**
 * The runner's files that this step will write. Without them `@actions/core` would fall back to commands
 * on stdout, with the token in the clear.
 * @throws RunnerError when one is missing or cannot be written
 */
export function runnerFiles(inputs: Inputs, env: NodeJS.ProcessEnv): readonly string[] {
  return neededFiles(inputs).map((name) => {
    const path = env[name] ?? '';
    if (!isWritable(path))
      throw new RunnerError(
        `${name} names no file that can be written.`,
        'Use the action through `uses:` in a workflow, on a current runner.',
      );
    return path;
  });
}

function setOutputs(publication: Publication, nowMs: number): void {
  const { token } = publication;
  core.setOutput('access-token', token.accessToken);
  core.setOutput('token-type', token.tokenType);
  core.setOutput('expires-in', String(Math.max(0, secondsLeft(token, nowMs))));
  core.setOutput('expires-at', isoSeconds(token.expiresAtMs));
  core.setOutput('scopes', publication.scopes.join(','));
  core.setOutput('user-id', token.userId);
  core.setOutput('source', publication.source);
  if (publication.refreshToken !== '') core.setOutput('refresh-token', publication.refreshToken);
}

function exportVariables(inputs: Inputs, token: Token): readonly string[] {
  for (const name of inputs.envVars) core.exportVariable(name, token.accessToken);
  const aio = aioVariables(inputs.aioContext);
  if (aio === undefined) return inputs.envVars;
  core.exportVariable(aio.token, token.accessToken);
  core.exportVariable(aio.expiry, String(Math.floor(token.expiresAtMs)));
  return [...inputs.envVars, aio.token, aio.expiry];
}

const code = (text: string): string =>
  `<code>${text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')}</code>`;

async function writeSummary(
  publication: Publication,
  inputs: Inputs,
  variables: readonly string[],
): Promise<void> {
  const list = (items: readonly string[]): string =>
    items.length === 0 ? 'none' : items.map(code).join(', ');
  // Loaded only when asked for.
  const { summary } = await import('../node_modules/@actions/core/lib/summary.js');
  await summary
    .addHeading('Adobe IMS access token', 3)
    .addTable([
      ['Client ID', code(inputs.clientId)],
      ['From', publication.source === 'ims' ? code(inputs.endpoint.origin) : publication.source],
      ['Scopes', list(publication.scopes)],
      ['Expires', isoSeconds(publication.token.expiresAtMs)],
      ['Variables', list(variables)],
    ])
    .write();
}

/**
 * Hands the token to later steps: masks, then outputs, variables, state and summary; everything or nothing,
 * so that what was already written is taken back when a write fails.
 * @returns the names of the variables
 * @throws RunnerError when a write fails
 */
export async function publish(
  publication: Publication,
  inputs: Inputs,
  files: readonly string[],
): Promise<readonly string[]> {
  const secrets = [publication.token.accessToken, publication.refreshToken];
  maskSecrets(secrets);
  const sizes = files.map((path) => ({ path, size: statSync(path).size }));
  try {
    setOutputs(publication, Date.now());
    const variables = exportVariables(inputs, publication.token);
    if (publication.state !== '') core.saveState(STATE_NAME, publication.state);
    if (inputs.summary) await writeSummary(publication, inputs, variables);
    return variables;
  } catch (error) {
    cutBack(sizes);
    const code = (error as NodeJS.ErrnoException | undefined)?.code ?? '';
    const known = /^E[A-Z]{2,20}$/.test(code) ? ` (${code})` : '';
    throw new RunnerError(
      `The files that the runner reads could not be written${known}.`,
      'Check that the disk of the runner has space.',
    );
  }
}

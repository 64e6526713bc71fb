/** The post step: early returns, each with its reason. It never fails a job. */

import { createHmac } from 'node:crypto';

import * as core from '@actions/core';

import { contextOf, explain, sentence } from './explain.ts';
import { ImsError } from './errors.ts';
import { post } from './ims/client.ts';
import { isoSeconds, secondsLeft } from './ims/token.ts';
import {
  authentications,
  type ClientAuthentication,
  type FormRequest,
  formRequest,
  tryEach,
} from './ims/token-request.ts';
import { judgeRevocation } from './ims/token-response.ts';
import { type Inputs, parseInputs } from './inputs.ts';
import { maskSecrets } from './masks.ts';
import { readRawInputs, secretsOfInputs } from './raw-inputs.ts';
import { noteRevoked, removeFromJob, wasRevoked } from './reuse/job.ts';
import { identityOf } from './reuse/identity.ts';
import { openState, STATE_NAME } from './revocation-state.ts';
import { withBasicCredentials } from './secret-forms.ts';
import { systemClock, troubleshootingUrl } from './surroundings.ts';

const LIMIT_MS = 10_000;

/**
 * Server-to-Server tokens are invalidated as adobe/aio-lib-ims and adobe/ims-go do it; user tokens are
 * revoked as UserAuthentication/ims.md says.
 */
function revocationRequest(token: string, inputs: Inputs, way: ClientAuthentication): FormRequest {
  const client = { clientId: inputs.clientId, orgId: inputs.orgId };
  if (inputs.grant.type !== 'client_credentials')
    return formRequest('/ims/revoke', client, way, { token });
  const fields = { token_type: 'access_token', token };
  const request = formRequest('/ims/invalidate_token/v2', client, way, fields);
  return { ...request, headers: { ...request.headers, 'x-ims-clientid': inputs.clientId } };
}

async function send(
  token: string,
  inputs: Inputs,
  secrets: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  const deadlineMs = systemClock.now() + LIMIT_MS;
  await tryEach(authentications(inputs.grant, inputs.clientSecrets), async (way) => {
    const limitMs = Math.max(1, deadlineMs - systemClock.now());
    const request = revocationRequest(token, inputs, way);
    const answer = await post(inputs.endpoint, request, { limitMs, signal });
    judgeRevocation(answer, secrets, Date.now());
  });
}

/** Whether IMS says that there is nothing left to revoke. */
function isGone(error: unknown): boolean {
  return error instanceof ImsError && error.status < 500 && error.error === 'invalid_token';
}

/**
 * What tells the later post steps of this job that a token is revoked. Made with the client secret, so that
 * no step between could make it and so keep a token alive.
 */
function revocationMark(token: string, inputs: Inputs): string {
  return createHmac('sha256', inputs.clientSecrets[0] ?? '')
    .update(`revoked ${token}`)
    .digest('hex');
}

async function revokeToken(
  env: NodeJS.ProcessEnv,
  state: string,
  signal: AbortSignal,
): Promise<void> {
  const raw = readRawInputs(env);
  const secrets = secretsOfInputs(raw);
  maskSecrets(secrets, raw['client-id']);
  const inputs = parseInputs(raw);
  if (!inputs.revoke) return;
  const token = openState(state, inputs);
  // The secret was exchanged between the two stages; nothing tells which token it was.
  if (token === undefined) {
    core.warning(
      'The access token was not revoked: the client secret is not the one it was got with.',
    );
    return;
  }
  maskSecrets([token.accessToken]);
  const runnerTemp = env['RUNNER_TEMP'] ?? '';
  const identity = identityOf(inputs);
  if (identity !== undefined) removeFromJob(runnerTemp, identity);
  const mark = revocationMark(token.accessToken, inputs);
  // Another step of this job had the same token and has revoked it.
  if (wasRevoked(runnerTemp, mark)) return;
  if (secondsLeft(token, Date.now()) <= 0) return;
  const known = withBasicCredentials([...secrets, token.accessToken], inputs.clientId);
  try {
    await send(token.accessToken, inputs, known, signal);
  } catch (error) {
    if (isGone(error)) return;
    // A revocation asks for no scopes.
    const context = { ...contextOf(inputs, known), scopes: [] };
    // What to do about a request for a token would not help here.
    const advice = { ...explain(error, context), remedy: '' };
    core.warning(
      `The access token was not revoked and stays valid until ${isoSeconds(token.expiresAtMs)}. ${sentence(advice, troubleshootingUrl(env))}`,
    );
    return;
  }
  noteRevoked(runnerTemp, mark);
  core.info('Revoked the access token.');
}

/** Runs the post step. Throws nothing; what goes wrong is a warning at most. */
export async function revoke(env: NodeJS.ProcessEnv, signal: AbortSignal): Promise<void> {
  const state = env[`STATE_${STATE_NAME}`] ?? '';
  // `revoke` is false, or the step failed before it had a token.
  if (state === '') return;
  try {
    await revokeToken(env, state, signal);
  } catch {
    core.warning('The access token was not revoked and stays valid until it expires.');
  }
}

/** The main step, in reading order: inputs, reuse or request, publication, keeping. */

import * as core from '@actions/core';

import { failureOf, sentence } from './failure.ts';
import { Ims } from './ims/client.ts';
import { listed } from './ims/refusals.ts';
import { askedScopes, type Authentication, type Grant } from './ims/requests.ts';
import { routeTo } from './ims/route.ts';
import { claimsOf, isoSeconds, secondsLeft, type Token } from './ims/token.ts';
import { type Inputs, parseInputs } from './inputs/parse.ts';
import { readRawInputs, secretsOfInputs } from './inputs/read.ts';
import { reuseOf } from './reuse/reuse.ts';
import { sealRevocation } from './revocation.ts';
import type { Step, Surroundings } from './runner/process.ts';
import { publisher } from './runner/publish.ts';
import { summaryTable } from './runner/summary.ts';
import { Secrets } from './secrets.ts';

type Obtained = {
  readonly token: Token;
  /** Absent, or empty, for none. */
  readonly refreshToken?: string;
  readonly source: 'ims' | 'job' | 'repository';
  /** How IMS accepted the client. */
  readonly authentication: Authentication;
  /** Whether another step of this job will revoke the token. */
  readonly willBeRevoked?: boolean;
};

/** Granted scopes if the token contains them, otherwise those asked for; warns of those that were not granted. */
function settleScopes(
  { token, source }: Obtained,
  grant: Grant,
  secrets: Secrets,
): readonly string[] {
  const asked = askedScopes(grant);
  const granted = claimsOf(token.accessToken).grantedScopes;
  if (granted === undefined) return asked;
  const missing = asked.filter((scope) => !granted.includes(scope));
  // The step that left the token for the others of its job has said so.
  if (missing.length > 0 && source !== 'job')
    core.warning(
      `The token lacks scopes that were asked for: ${listed(missing, secrets.clean)}. Calls that need them may be refused; the page of the credential in the Adobe Developer Console shows what it is granted.`,
    );
  return granted;
}

function warnIfShort(token: Token, minValiditySeconds: number, nowMs: number): void {
  const left = secondsLeft(token.expiresAtMs, nowMs);
  if (left < minValiditySeconds)
    core.warning(
      `The token is valid for ${left} s, less than the ${minValiditySeconds} s of \`min-validity\`. Steps that run later may find it expired.`,
    );
}

function outputsOf(
  { token, source, refreshToken = '' }: Obtained,
  scopes: readonly string[],
  nowMs: number,
): Readonly<Record<string, string>> {
  return {
    'access-token': token.accessToken,
    'token-type': token.tokenType,
    'expires-in': String(secondsLeft(token.expiresAtMs, nowMs)),
    'expires-at': isoSeconds(token.expiresAtMs),
    scopes: scopes.join(','),
    'user-id': claimsOf(token.accessToken).userId,
    source,
    ...(refreshToken === '' ? {} : { 'refresh-token': refreshToken }),
  };
}

/** What both stages of the step know and no later step does. */
function sealingSecret({ secret }: Authentication, grant: Grant): string {
  if (secret !== '') return secret;
  if (grant.type === 'refresh_token') return grant.refreshToken;
  return grant.type === 'authorization_code' ? grant.code : '';
}

/** The state for the post step; empty when it has nothing to do. */
function stateOf(
  { token, authentication, willBeRevoked }: Obtained,
  { origin, client, grant, revoke }: Inputs,
  env: NodeJS.ProcessEnv,
): string {
  if (!revoke || willBeRevoked) return '';
  const revocation = {
    accessToken: token.accessToken,
    expiresAtMs: token.expiresAtMs,
    origin,
    clientId: client.clientId,
    orgId: client.orgId,
    grantType: grant.type,
    method: authentication.method,
    route: routeTo(origin),
  };
  return sealRevocation(revocation, sealingSecret(authentication, grant), env);
}

function variablesOf(
  { accessToken, expiresAtMs }: Token,
  { tokenVariables, expiryVariables }: Inputs,
): Readonly<Record<string, string>> {
  const expiry = String(Math.floor(expiresAtMs));
  return {
    ...Object.fromEntries(tokenVariables.map((name) => [name, accessToken])),
    ...Object.fromEntries(expiryVariables.map((name) => [name, expiry])),
  };
}

function summaryOf({ token, source }: Obtained, inputs: Inputs, scopes: readonly string[]): string {
  if (!inputs.summary) return '';
  return summaryTable('Adobe IMS access token', {
    'Client ID': [inputs.client.clientId],
    From: source === 'ims' ? [inputs.origin] : source,
    Scopes: scopes,
    Expires: isoSeconds(token.expiresAtMs),
    Variables: [...inputs.tokenVariables, ...inputs.expiryVariables],
  });
}

function logSuccess({ token, source }: Obtained, { tokenVariables }: Inputs): void {
  const origin = {
    ims: 'Got an access token from IMS',
    job: 'Reused the access token of an earlier step',
    repository: 'Reused the access token of an earlier job',
  }[source];
  const names = tokenVariables.length === 0 ? '' : `, in ${tokenVariables.join(', ')}`;
  core.info(`${origin}, valid until ${isoSeconds(token.expiresAtMs)}${names}.`);
}

async function acquireWith(inputs: Inputs, step: Step): Promise<void> {
  const { env, clock, signal, secrets } = step;
  const publish = publisher(env);
  const reuse = reuseOf(inputs, step);
  const ims = new Ims({ ...inputs, ...step });
  const obtained: Obtained = (await reuse?.find()) ?? (await ims.token(inputs.grant));
  signal.throwIfAborted();
  const scopes = settleScopes(obtained, inputs.grant, secrets);
  warnIfShort(obtained.token, inputs.minValiditySeconds, clock.date());
  const state = stateOf(obtained, inputs, env);
  // Under step debug the runner prints it.
  secrets.add([state]);
  publish({
    outputs: outputsOf(obtained, scopes, clock.date()),
    variables: variablesOf(obtained.token, inputs),
    state,
    summary: summaryOf(obtained, inputs, scopes),
  });
  process.exitCode = 0;
  logSuccess(obtained, inputs);
  // Last, as nobody revokes what a failed step keeps.
  await reuse?.keep(obtained);
}

/** Runs the main step. Throws nothing: a failure becomes one error annotation and exit code 1. */
export async function acquire(surroundings: Surroundings): Promise<void> {
  const { env } = surroundings;
  // Until there is a token: a process that ends before, for whatever reason, has failed.
  process.exitCode = 1;
  try {
    const raw = readRawInputs(env);
    const secrets = new Secrets(secretsOfInputs(raw));
    await acquireWith(parseInputs(raw), { ...surroundings, secrets });
  } catch (error) {
    const failure = failureOf(error);
    // The runner annotates a cancelled step itself.
    if (failure.code === 'cancelled')
      core.info(`${failure.happened} It set nothing. ${failure.remedy}`);
    else core.setFailed(sentence(failure, env));
  }
}

/** The main step, in reading order: inputs, reuse or request, publication. */

import * as core from '@actions/core';

import { explain, sentence, type Context } from './advice.ts';
import { secondsLeft, type Token } from './ims/token.ts';
import {
  type Inputs,
  parseInputs,
  type RawInputs,
  readRawInputs,
  secretsOfInputs,
} from './inputs.ts';
import { isoSeconds, maskSecrets, publish, runnerFiles, type Source } from './publish.ts';
import { requestToken } from './request.ts';
import { findToken, keepToken, type Keep } from './reuse/places.ts';
import { revocationState } from './revocation-state.ts';
import { type Surroundings, troubleshootingUrl } from './surroundings.ts';

/** Granted scopes where the token tells, otherwise those asked for; warns of those that were not granted. */
function settleScopes(token: Token, inputs: Inputs): readonly string[] {
  const asked = inputs.grant.type === 'client_credentials' ? inputs.grant.scopes : [];
  const granted = token.grantedScopes;
  if (granted === undefined) return asked;
  const missing = asked.filter((scope) => !granted.includes(scope));
  if (missing.length > 0)
    core.warning(
      `The token lacks scopes that were asked for: ${missing.join(',')}. Calls that need them will be refused; the page of the credential in the Adobe Developer Console shows what it is granted.`,
    );
  return granted;
}

function warnIfShort(token: Token, inputs: Inputs): void {
  const left = secondsLeft(token, Date.now());
  if (left < inputs.minValiditySeconds)
    core.warning(
      `The token is valid for ${left} s, less than the ${inputs.minValiditySeconds} s of \`min-validity\`. Steps that run later may find it expired.`,
    );
}

function contextOf(inputs: Inputs): Context {
  return {
    imsOrigin: inputs.endpoint.origin,
    grantType: inputs.grant.type,
    scopes: inputs.grant.type === 'client_credentials' ? inputs.grant.scopes : [],
  };
}

const NO_CONTEXT: Context = { imsOrigin: 'IMS', grantType: '', scopes: [] };

type Obtained = {
  readonly token: Token;
  readonly source: Source;
  /** Empty for none. */
  readonly refreshToken: string;
};

/** A token that is still valid, from the nearest place that has one, otherwise a new one from IMS. */
async function obtain(
  inputs: Inputs,
  secrets: readonly string[],
  surroundings: Surroundings,
  keep: Keep,
): Promise<Obtained> {
  const found = await findToken(inputs, keep);
  if (found !== undefined) return { ...found, refreshToken: '' };
  const context = contextOf(inputs);
  const answer = await requestToken(inputs, secrets, context, surroundings);
  const userGrant = inputs.grant.type !== 'client_credentials';
  return {
    token: answer.token,
    source: 'ims',
    refreshToken: userGrant ? answer.refreshToken : '',
  };
}

function tell(obtained: Obtained, inputs: Inputs): void {
  const origin = {
    ims: 'Got an access token from IMS',
    job: 'Reused the access token of an earlier step',
    repository: 'Reused the access token of an earlier job',
  }[obtained.source];
  const names = inputs.envVars.length === 0 ? '' : `, in ${inputs.envVars.join(', ')}`;
  core.info(`${origin}, valid until ${isoSeconds(obtained.token.expiresAtMs)}${names}.`);
}

async function acquireWith(
  inputs: Inputs,
  secrets: readonly string[],
  surroundings: Surroundings,
): Promise<void> {
  const { env, signal } = surroundings;
  const files = runnerFiles(inputs, env);
  const keep: Keep = { env, signal, program: surroundings.cacheProgram, budgetMs: { left: 5000 } };
  const obtained = await obtain(inputs, secrets, surroundings, keep);
  const { token, source } = obtained;
  maskSecrets([token.accessToken]);
  const scopes = settleScopes(token, inputs);
  warnIfShort(token, inputs);
  await keepToken(token, source, inputs, keep);
  signal.throwIfAborted();
  const state = inputs.revoke ? revocationState(token, inputs) : '';
  const { refreshToken } = obtained;
  await publish({ token, source, refreshToken, scopes, state }, inputs, files);
  tell(obtained, inputs);
}

/**
 * Runs the main step. Throws nothing: a failure becomes one error annotation and exit code 1.
 */
export async function acquire(surroundings: Surroundings): Promise<void> {
  const { env } = surroundings;
  // Until there is a token: a process that ends before, for whatever reason, has failed.
  process.exitCode = 1;
  let context = NO_CONTEXT;
  try {
    const raw: RawInputs = readRawInputs(env);
    const secrets = secretsOfInputs(raw);
    maskSecrets(secrets, raw['client-id']);
    const inputs = parseInputs(raw);
    context = contextOf(inputs);
    await acquireWith(inputs, secrets, surroundings);
    process.exitCode = 0;
  } catch (error) {
    core.setFailed(sentence(explain(error, context), troubleshootingUrl(env)));
  }
}

/** The main step, in reading order: inputs, reuse or request, publication. */

import * as core from '@actions/core';

import type { Context } from './advice.ts';
import { contextOf, explain, sentence } from './explain.ts';
import { cleanForeignText } from './foreign-text.ts';
import { secretFinder, withBasicCredentials } from './secret-forms.ts';
import { isoSeconds, secondsLeft, type Token } from './ims/token.ts';
import { askedScopes, type Inputs, parseInputs } from './inputs.ts';
import { maskSecrets } from './masks.ts';
import { publish, runnerFiles, type Source } from './publish.ts';
import { readRawInputs, secretsOfInputs } from './raw-inputs.ts';
import { requestToken } from './request.ts';
import { findToken, keepToken, type Keep } from './reuse/places.ts';
import { revocationState } from './revocation-state.ts';
import { type Surroundings, troubleshootingUrl } from './surroundings.ts';

/** Granted scopes where the token tells, otherwise those asked for; warns of those that were not granted. */
function settleScopes(
  { token, source }: Pick<Obtained, 'token' | 'source'>,
  inputs: Inputs,
  secrets: readonly string[],
): readonly string[] {
  const asked = askedScopes(inputs);
  const granted = token.grantedScopes;
  if (granted === undefined) return asked;
  const missing = asked.filter((scope) => !granted.includes(scope));
  // The step that left the token for the others of its job has said so.
  if (missing.length > 0 && source !== 'job')
    core.warning(
      `The token lacks scopes that were asked for: ${cleanForeignText(missing.join(','), secrets)}. Calls that need them may be refused; the page of the credential in the Adobe Developer Console shows what it is granted.`,
    );
  return granted;
}

function warnIfShort(token: Token, inputs: Inputs): void {
  const left = Math.max(0, secondsLeft(token, Date.now()));
  if (left < inputs.minValiditySeconds)
    core.warning(
      `The token is valid for ${left} s, less than the ${inputs.minValiditySeconds} s of \`min-validity\`. Steps that run later may find it expired.`,
    );
}

/** What the Actions cache may cost, there and back. */
const LONGEST_CACHE_MS = 5000;

const NO_CONTEXT: Context = { imsOrigin: 'IMS', grantType: '', secretCount: 0, scopes: [] };

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
  const answer = await requestToken(inputs, secrets, surroundings);
  const userGrant = inputs.grant.type !== 'client_credentials';
  return {
    token: answer.token,
    source: 'ims',
    refreshToken: userGrant ? answer.refreshToken : '',
  };
}

/** What a token says of itself goes to outputs and the summary: not if it holds a secret. */
function withoutSecrets(token: Token, secrets: readonly string[]): Token {
  const holdsSecret = secretFinder(secrets);
  return {
    ...token,
    grantedScopes: token.grantedScopes?.filter((scope) => !holdsSecret(scope)),
    userId: holdsSecret(token.userId) ? '' : token.userId,
  };
}

function tell(obtained: Obtained, variables: readonly string[]): void {
  const origin = {
    ims: 'Got an access token from IMS',
    job: 'Reused the access token of an earlier step',
    repository: 'Reused the access token of an earlier job',
  }[obtained.source];
  const names = variables.length === 0 ? '' : `, in ${variables.join(', ')}`;
  core.info(`${origin}, valid until ${isoSeconds(obtained.token.expiresAtMs)}${names}.`);
}

async function acquireWith(
  inputs: Inputs,
  secrets: readonly string[],
  surroundings: Surroundings,
): Promise<void> {
  const { env, signal, clock, startedMs } = surroundings;
  const files = runnerFiles(inputs, env);
  const timeoutMs = inputs.timeoutSeconds * 1000;
  // A silent cache leaves most of `timeout` to IMS.
  const budgetMs = { left: Math.min(LONGEST_CACHE_MS, timeoutMs / 3) };
  const keep: Keep = { env, signal, program: surroundings.cacheProgram, budgetMs };
  const obtained = await obtain(inputs, secrets, surroundings, keep);
  const { source, refreshToken } = obtained;
  const token = withoutSecrets(obtained.token, [...secrets, refreshToken]);
  maskSecrets([token.accessToken]);
  const scopes = settleScopes({ ...obtained, token }, inputs, secrets);
  warnIfShort(token, inputs);
  budgetMs.left = Math.max(0, Math.min(budgetMs.left, startedMs + timeoutMs - clock.now()));
  await keepToken(token, source, inputs, keep);
  signal.throwIfAborted();
  const state = inputs.revoke ? revocationState(token, inputs) : '';
  const publication = { token, source, refreshToken, scopes, state };
  const variables = await publish(publication, inputs, files);
  tell(obtained, variables);
}

/**
 * Runs the main step. Throws nothing: a failure becomes one error annotation and exit code 1.
 */
export async function acquire(surroundings: Surroundings): Promise<void> {
  const { env } = surroundings;
  // Until there is a token: a process that ends before, for whatever reason, has failed.
  process.exitCode = 1;
  let context = (): Context => NO_CONTEXT;
  try {
    const raw = readRawInputs(env);
    const secrets = secretsOfInputs(raw);
    maskSecrets(secrets, raw['client-id']);
    const inputs = parseInputs(raw);
    const known = withBasicCredentials(secrets, inputs.clientId);
    context = () => contextOf(inputs, known);
    await acquireWith(inputs, known, surroundings);
    process.exitCode = 0;
  } catch (error) {
    core.setFailed(sentence(explain(error, context()), troubleshootingUrl(env)));
  }
}

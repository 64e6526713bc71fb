/** The main step, in reading order: inputs, request, publication. */

import * as core from '@actions/core';

import { explain, sentence, type Context } from './advice.ts';
import { type AttemptError, ImsError, InputError } from './errors.ts';
import { post } from './ims/client.ts';
import { secondsLeft, type Token } from './ims/token.ts';
import { authentications, tokenRequest } from './ims/token-request.ts';
import { judgeTokenAnswer, secretsOfAnswer, type TokenAnswer } from './ims/token-response.ts';
import {
  type Inputs,
  parseInputs,
  type RawInputs,
  readRawInputs,
  secretsOfInputs,
} from './inputs.ts';
import { isoSeconds, maskSecrets, publish, runnerFiles } from './publish.ts';
import { type Clock, retrying } from './retry.ts';

export type Surroundings = {
  readonly env: NodeJS.ProcessEnv;
  readonly clock: Clock;
  /** Aborted with a CancelledError when the runner wants the step to stop. */
  readonly signal: AbortSignal;
};

/** Where docs/troubleshooting.md of this very version is; a path in the repository when used as `./`. */
export function troubleshootingUrl(env: NodeJS.ProcessEnv): string {
  const path = 'docs/troubleshooting.md';
  const { GITHUB_SERVER_URL: server, GITHUB_ACTION_REPOSITORY: repository } = env;
  const ref = env['GITHUB_ACTION_REF'] ?? '';
  const plain = /^[\w./-]+$/;
  if (
    !plain.test(repository ?? '') ||
    !plain.test(ref) ||
    !/^https:\/\/[\w.:-]+$/.test(server ?? '')
  )
    return path;
  return `${server ?? ''}/${repository ?? ''}/blob/${ref}/${path}`;
}

/** Asks once, and with the second secret when the first is refused. */
async function ask(
  inputs: Inputs,
  secrets: readonly string[],
  limitMs: number,
  signal: AbortSignal,
): Promise<TokenAnswer> {
  const ways = authentications(inputs.grant, inputs.clientSecrets);
  const deadlineMs = performance.now() + limitMs;
  for (const [index, way] of ways.entries()) {
    const request = tokenRequest(inputs, inputs.grant, way);
    const left = Math.max(1, deadlineMs - performance.now());
    const answer = await post(inputs.endpoint, request, { limitMs: left, signal });
    maskSecrets(secretsOfAnswer(answer), inputs.clientId);
    try {
      const judged = judgeTokenAnswer(answer, secrets, Date.now());
      if (way.method !== 'none' && way.secret !== inputs.clientSecrets[0])
        core.notice(
          'The first client secret no longer works; IMS accepted the second. Remove the first from the secret that this step reads.',
        );
      return judged;
    } catch (error) {
      const refused = error instanceof ImsError && error.error === 'invalid_client';
      if (!refused || index === ways.length - 1) throw error;
    }
  }
  throw new Error('there is always one way to authenticate');
}

function describe(error: AttemptError, context: Context): string {
  const advice = explain(error, context);
  return `${advice.happened} (${advice.facts.join(', ')})`;
}

async function request(
  inputs: Inputs,
  secrets: readonly string[],
  context: Context,
  surroundings: Surroundings,
  startedMs: number,
): Promise<TokenAnswer> {
  return retrying((limitMs) => ask(inputs, secrets, limitMs, surroundings.signal), {
    timeoutSeconds: inputs.timeoutSeconds,
    startedMs,
    clock: surroundings.clock,
    signal: surroundings.signal,
    usedUpByAttempt: inputs.grant.type === 'authorization_code',
    onRetry: ({ attempt, error, waitMs }) => {
      core.info(
        `Attempt ${attempt} failed: ${describe(error, context)} Next attempt in ${(waitMs / 1000).toFixed(1)} s.`,
      );
    },
  });
}

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

function notYetAvailable(inputs: Inputs): void {
  const missing = [
    ...(inputs.grant.type === 'client_credentials' ? [] : ['`grant-type`']),
    ...(inputs.reuse === 'none' ? [] : ['`reuse`']),
    ...(inputs.revoke ? ['`revoke`'] : []),
  ];
  if (missing.length > 0)
    throw new InputError([`${missing.join(', ')}: this value is not available yet.`]);
}

async function acquireWith(
  inputs: Inputs,
  secrets: readonly string[],
  surroundings: Surroundings,
  startedMs: number,
): Promise<void> {
  const files = runnerFiles(inputs, surroundings.env);
  const context = contextOf(inputs);
  const answer = await request(inputs, secrets, context, surroundings, startedMs);
  const scopes = settleScopes(answer.token, inputs);
  warnIfShort(answer.token, inputs);
  const userGrant = inputs.grant.type !== 'client_credentials';
  surroundings.signal.throwIfAborted();
  await publish(
    {
      token: answer.token,
      source: 'ims',
      refreshToken: userGrant ? answer.refreshToken : '',
      scopes,
      state: '',
    },
    inputs,
    files,
  );
  const until = isoSeconds(answer.token.expiresAtMs);
  const names = inputs.envVars.length === 0 ? '' : `, in ${inputs.envVars.join(', ')}`;
  core.info(`Got an access token from IMS, valid until ${until}${names}.`);
}

/**
 * Runs the main step. Throws nothing: a failure becomes one error annotation and exit code 1.
 */
export async function acquire(surroundings: Surroundings): Promise<void> {
  const startedMs = surroundings.clock.now();
  const { env } = surroundings;
  let context = NO_CONTEXT;
  try {
    const raw: RawInputs = readRawInputs(env);
    const secrets = secretsOfInputs(raw);
    maskSecrets(secrets, raw['client-id']);
    const inputs = parseInputs(raw);
    context = contextOf(inputs);
    notYetAvailable(inputs);
    await acquireWith(inputs, secrets, surroundings, startedMs);
  } catch (error) {
    core.setFailed(sentence(explain(error, context), troubleshootingUrl(env)));
  }
}

/** The main step, in reading order: inputs, reuse or request, publication, keeping. */

import { failureOf } from './failure.ts';
import { proxyFor } from './http/proxy.ts';
import { routeTo } from './http/route.ts';
import { Ims } from './ims/client.ts';
import { scopeList } from './ims/refusals.ts';
import { type Grant, requestedScopes, secretsOfGrant } from './ims/requests.ts';
import { claimsOf, isoSeconds, secondsLeft, type Token } from './ims/token.ts';
import { readClientSecret } from './inputs/client-secret.ts';
import { type Inputs, parseInputs } from './inputs/parse.ts';
import { readRawInputs, secretsOfInputs } from './inputs/read.ts';
import { type ObtainedToken, reuseFor } from './reuse/reuse.ts';
import { sealingKeys, sealRevocation } from './revocation.ts';
import { info } from './runner/commands.ts';
import type { Runtime } from './runner/process.ts';
import { publisher } from './runner/publish.ts';
import { reportFailure, reportWarning } from './runner/report.ts';
import { summaryTable } from './runner/summary.ts';
import { Secrets } from './secrets.ts';
import type { StepContext } from './step-context.ts';

/** The scopes that the token names, otherwise the requested ones. Warns if a requested one is missing. */
function settleScopes(
  { token, source }: ObtainedToken,
  grant: Grant,
  secrets: Secrets,
): readonly string[] {
  const requested = requestedScopes(grant);
  const granted = claimsOf(token.accessToken).grantedScopes;
  if (granted === undefined) return requested;
  // A set keeps this fast: a token of 64 KiB can name tens of thousands of scopes.
  const names = new Set(granted);
  const missing = requested.filter((scope) => !names.has(scope));
  // For a token of this job, the step that got it has warned already.
  if (missing.length > 0 && source !== 'job')
    reportWarning(
      'scopes_not_granted',
      `The token lacks scopes that were asked for: ${scopeList(missing, secrets.clean)}. Calls that need them may be refused. The page of the credential in the Adobe Developer Console lists the granted ones.`,
    );
  return granted;
}

function warnIfShort(token: Token, minValiditySeconds: number, nowMs: number): void {
  const left = secondsLeft(token.expiresAtMs, nowMs);
  if (left < minValiditySeconds)
    reportWarning(
      'short_validity',
      `The token is valid for ${left} s, less than the ${minValiditySeconds} s of \`min-validity\`. Steps that run later may find it expired.`,
    );
}

function outputsOf(
  obtained: ObtainedToken,
  scopes: readonly string[],
  nowMs: number,
): Readonly<Record<string, string>> {
  const { token, source } = obtained;
  const refreshToken = obtained.source === 'ims' ? obtained.refreshToken : '';
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

/** The state for the post step; empty without `revoke`, or if an earlier step's post step revokes the token. */
function stateOf(obtained: ObtainedToken, { origin, client, grant, revoke }: Inputs): string {
  const hasRevoker = obtained.source !== 'ims' && obtained.hasRevoker;
  if (!revoke || hasRevoker) return '';
  const { token, authentication } = obtained;
  const revocation = {
    ...token,
    origin,
    clientId: client.clientId,
    orgId: client.orgId,
    grantType: grant.type,
    method: authentication.method,
    route: routeTo(origin),
  };
  return sealRevocation(revocation, sealingKeys(authentication.secret, ...secretsOfGrant(grant)));
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

function summaryOf(
  { token, source }: ObtainedToken,
  inputs: Inputs,
  scopes: readonly string[],
): string {
  if (!inputs.summary) return '';
  return summaryTable({
    'Client ID': [inputs.client.clientId],
    // A list is shown as code.
    From: source === 'ims' ? [inputs.origin] : source,
    Scopes: scopes,
    Expires: isoSeconds(token.expiresAtMs),
    Variables: [...inputs.tokenVariables, ...inputs.expiryVariables],
  });
}

function logSuccess({ token, source }: ObtainedToken, { tokenVariables }: Inputs): void {
  const origin = {
    ims: 'Got an access token from IMS',
    job: 'Reused the access token of an earlier step',
    repository: 'Reused the access token of an earlier job',
  }[source];
  const names = tokenVariables.length === 0 ? '' : `, in ${tokenVariables.join(', ')}`;
  info(`${origin}, valid until ${isoSeconds(token.expiresAtMs)}${names}.`);
}

async function acquireWith(inputs: Inputs, context: StepContext): Promise<void> {
  const { clock, signal, secrets } = context;
  // Throws if the proxy variable is wrong, even if a kept token makes a request needless.
  proxyFor(new URL(inputs.origin));
  const publish = publisher();
  const reuse = reuseFor(inputs, context);
  const ims = new Ims({ ...inputs, ...context });
  const obtained: ObtainedToken = (await reuse?.find()) ?? (await ims.token(inputs.grant));
  signal.throwIfAborted();
  const scopes = settleScopes(obtained, inputs.grant, secrets);
  warnIfShort(obtained.token, inputs.minValiditySeconds, clock.date());
  const state = stateOf(obtained, inputs);
  // Mask the state: the runner prints it with debug logging.
  secrets.add([state]);
  publish({
    outputs: outputsOf(obtained, scopes, clock.date()),
    variables: variablesOf(obtained.token, inputs),
    state,
    summary: summaryOf(obtained, inputs, scopes),
  });
  process.exitCode = 0;
  logSuccess(obtained, inputs);
  // Keep the token last. Later steps believe the record that a post step will revoke it.
  await reuse?.keep(obtained);
}

/** Runs the main step. Throws nothing: a failure becomes one error annotation and exit code 1. */
export async function acquire(runtime: Runtime): Promise<void> {
  // Fail by default. If Node ends early, the step must not pass.
  process.exitCode = 1;
  try {
    const raw = readRawInputs();
    const clientSecret = readClientSecret(raw['client-secret']);
    const secrets = new Secrets(secretsOfInputs(raw, clientSecret));
    await acquireWith(parseInputs(raw, clientSecret), { ...runtime, secrets });
  } catch (error) {
    const failure = failureOf(error);
    // The runner annotates a cancelled step itself.
    if (failure.code === 'cancelled') info(`${failure.happened} It set nothing. ${failure.remedy}`);
    else reportFailure(failure);
  }
}

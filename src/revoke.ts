/** The post step: early returns, each with its reason. It never fails a job. */

import * as core from '@actions/core';

import { failureOf, sentence } from './failure.ts';
import { Ims } from './ims/client.ts';
import { judgeEndpoint } from './ims/endpoint.ts';
import { routeTo } from './ims/route.ts';
import { isoSeconds, secondsLeft } from './ims/token.ts';
import { readClientSecret } from './inputs/client-secret.ts';
import { type RawInputs, readRawInputs, secretsOfInputs } from './inputs/read.ts';
import { openRevocation, type Revocation } from './revocation.ts';
import type { Surroundings } from './runner/process.ts';
import { STATE_NAME } from './runner/publish.ts';
import { Secrets } from './secrets.ts';

const TIMEOUT_SECONDS = 10;

/**
 * What is not as it was in the main step. The runner evaluates the inputs again for this step, and a later
 * step can change what they evaluate to.
 */
function changesSince(revocation: Revocation, raw: RawInputs): readonly string[] {
  const endpoint = judgeEndpoint(raw['ims-url']);
  const route = routeTo(revocation.origin);
  const same = {
    '`ims-url`': endpoint.ok && endpoint.origin === revocation.origin,
    '`client-id`': raw['client-id'] === revocation.clientId,
    '`org-id`': raw['org-id'] === revocation.orgId,
    '`grant-type`': raw['grant-type'] === revocation.grantType,
    'the proxy': route.proxy === revocation.route.proxy,
    'the trusted certificates': route.certificates === revocation.route.certificates,
  };
  return Object.entries(same).flatMap(([name, isSame]) => (isSame ? [] : [name]));
}

async function revokeSealed({ env, clock, signal }: Surroundings): Promise<void> {
  const raw = readRawInputs(env);
  const secrets = new Secrets(secretsOfInputs(raw));
  const { secrets: clientSecrets } = readClientSecret(raw['client-secret']);
  const keys = [...clientSecrets, raw['refresh-token'], raw.code].filter((key) => key !== '');
  const revocation = openRevocation(env[`STATE_${STATE_NAME}`] ?? '', keys, env);
  if (revocation === undefined) {
    core.warning(
      'The access token was not revoked: what this step saved does not open with the secret that it has now.',
    );
    return;
  }
  const { accessToken, expiresAtMs, grantType, method, origin, orgId, clientId } = revocation;
  secrets.add([accessToken]);
  if (secondsLeft(expiresAtMs, clock.date()) === 0) return;
  const stillValid = `The access token was not revoked and stays valid until ${isoSeconds(expiresAtMs)}.`;
  const changes = changesSince(revocation, raw);
  if (changes.length > 0) {
    core.warning(
      `${stillValid} Since the step that got it, another step has changed ${changes.join(', ')}, so nothing was sent.`,
    );
    return;
  }
  try {
    const ims = new Ims({
      ...{ origin, secrets, clock, signal },
      client: { clientId, orgId, clientSecrets },
      timeoutSeconds: TIMEOUT_SECONDS,
    });
    const secret = method === 'none' ? '' : revocation.secret;
    const revoked = await ims.revoke(accessToken, grantType, { method, secret });
    if (revoked) core.info('Revoked the access token.');
  } catch (error) {
    // What to do about a request for a token would not help here.
    core.warning(`${stillValid} ${sentence({ ...failureOf(error), remedy: '' }, env)}`);
  }
}

/** Runs the post step. Throws nothing; what goes wrong is a warning at most. */
export async function revoke(surroundings: Surroundings): Promise<void> {
  try {
    await revokeSealed(surroundings);
  } catch {
    core.warning('The access token was not revoked and stays valid until it expires.');
  }
}

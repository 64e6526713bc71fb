/** The post step: early returns, each with its reason. It never fails a job. */

import { failureOf } from './failure.ts';
import { routeTo } from './http/route.ts';
import { Ims } from './ims/client.ts';
import { judgeEndpoint } from './ims/endpoint.ts';
import { isoSeconds, secondsLeft } from './ims/token.ts';
import { readClientSecret } from './inputs/client-secret.ts';
import { type RawInputs, readRawInputs, secretsOfInputs } from './inputs/read.ts';
import { openRevocation, type Revocation, sealingKeys } from './revocation.ts';
import { info } from './runner/commands.ts';
import type { Runtime } from './runner/process.ts';
import { savedState } from './runner/publish.ts';
import { reportWarning } from './runner/report.ts';
import { Secrets } from './secrets.ts';
import type { StepContext } from './step-context.ts';

const TIMEOUT_SECONDS = 10;

/**
 * Names what has changed since the main step. The runner evaluates the inputs again for the post step, so a
 * step in between can change their values.
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

function warnNotRevoked(why: string, facts: readonly string[] = []): void {
  reportWarning('not_revoked', `The access token was not revoked. ${why}`, facts);
}

async function revokeAtIms(
  { accessToken, grantType, method, key, origin, clientId, orgId }: Revocation & { key: string },
  context: StepContext,
): Promise<void> {
  // A public client has no secret. Its key is the refresh token or the code.
  const secret = method === 'none' ? '' : key;
  const client = { clientId, orgId, clientSecrets: secret === '' ? [] : [secret] };
  const ims = new Ims({ origin, client, timeoutSeconds: TIMEOUT_SECONDS, ...context });
  const revoked = await ims.revoke(accessToken, grantType, { method, secret });
  info(
    revoked
      ? 'Revoked the access token.'
      : 'IMS calls the access token invalid, so there is nothing to revoke.',
  );
}

async function revokeSealed(runtime: Runtime): Promise<void> {
  const raw = readRawInputs();
  const clientSecret = readClientSecret(raw['client-secret']);
  const secrets = new Secrets(secretsOfInputs(raw, clientSecret));
  const keys = sealingKeys(...clientSecret.secrets, raw['refresh-token'], raw.code);
  const revocation = openRevocation(savedState(), keys);
  if (revocation === undefined) {
    warnNotRevoked(
      'It stays valid until it expires. The saved state cannot be decrypted with the client secret, refresh token or code that the inputs have now.',
    );
    return;
  }
  secrets.add([revocation.accessToken]);
  if (secondsLeft(revocation.expiresAtMs, runtime.clock.date()) === 0) {
    info('The access token has expired already, so there is nothing to revoke.');
    return;
  }
  const stillValid = `It stays valid until ${isoSeconds(revocation.expiresAtMs)}, and then expires by itself.`;
  const changes = changesSince(revocation, raw);
  if (changes.length > 0) {
    warnNotRevoked(
      `${stillValid} This has changed since the main step: ${changes.join(', ')}. So nothing was sent.`,
    );
    return;
  }
  try {
    await revokeAtIms(revocation, { ...runtime, secrets });
  } catch (error) {
    // The remedies are about token requests and would mislead here.
    const { happened, code, facts = [] } = failureOf(error);
    const why = `${stillValid} ${happened} Running the job again does not revoke it.`;
    warnNotRevoked(why, [code, ...facts]);
  }
}

/** Runs the post step. Throws nothing; what goes wrong is a warning at most. */
export async function revoke(runtime: Runtime): Promise<void> {
  try {
    await revokeSealed(runtime);
  } catch (error) {
    warnNotRevoked(`It stays valid until it expires. ${failureOf(error).happened}`);
  }
}

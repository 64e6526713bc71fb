/** What the main step leaves for its post step: which token to revoke, and the way that the main step went. */

import { parseObject } from './ims/json.ts';
import type { Authentication, Grant } from './ims/requests.ts';
import type { Route } from './ims/route.ts';
import { placeOfJob } from './reuse/reuse.ts';
import { open, seal } from './reuse/seal.ts';

export type Revocation = {
  readonly accessToken: string;
  /** Milliseconds since 1970. */
  readonly expiresAtMs: number;
  readonly origin: string;
  readonly clientId: string;
  readonly orgId: string;
  readonly grantType: Grant['type'];
  /** How IMS accepted the client; the secret is not kept. */
  readonly method: Authentication['method'];
  readonly route: Route;
};

const placeOf = (env: NodeJS.ProcessEnv): readonly string[] => ['revocation', ...placeOfJob(env)];

/**
 * Seals a revocation: the runner keeps state in the clear, and where the main step saved none, a later step
 * can set one.
 * @param secret what both stages of the step know and no later step does
 */
export function sealRevocation(
  revocation: Revocation,
  secret: string,
  env: NodeJS.ProcessEnv,
): string {
  return seal(JSON.stringify(revocation), secret, placeOf(env)).toString('base64');
}

/** Opens what `sealRevocation` made, with any of the secrets; undefined when none does. */
export function openRevocation(
  state: string,
  secrets: readonly string[],
  env: NodeJS.ProcessEnv,
): (Revocation & { readonly secret: string }) | undefined {
  const opened = open(Buffer.from(state, 'base64'), secrets, placeOf(env));
  if (opened === undefined) return undefined;
  // Only a main step that knew the secret can have sealed it, so its form is known.
  return { ...(parseObject(opened.text) as Revocation), secret: opened.secret };
}

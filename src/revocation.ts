/** What the main step leaves for its post step: the token to revoke, its client, and the way to IMS. */

import type { Route } from './http/route.ts';
import type { Client, ClientAuthentication, Grant } from './ims/requests.ts';
import type { Token } from './ims/token.ts';
import { jobBinding } from './runner/job.ts';
import { open, seal } from './seal.ts';

/** The token, the way to IMS, and the client with the method by which IMS accepted it. Its secret is not kept. */
export type Revocation = Token &
  Omit<Client, 'clientSecrets'> &
  Omit<ClientAuthentication, 'secret'> & {
    readonly origin: string;
    readonly grantType: Grant['type'];
    readonly route: Route;
  };

const binding = (): readonly string[] => ['revocation', ...jobBinding()];

/**
 * The keys for the state: secrets that the main step and its post step both read from their inputs. The main
 * step seals with the first key. The post step tries each of its own.
 * @param secrets client secrets, then the refresh token and the code of a user grant; empty texts count as none
 */
export function sealingKeys(...secrets: readonly string[]): readonly string[] {
  return secrets.filter((key) => key !== '');
}

/**
 * Seals a revocation with the first key. The runner keeps the state as plain text, so the seal hides the token.
 * A later step can forge the variable with the state, but cannot seal a state without the key.
 */
export function sealRevocation(revocation: Revocation, [key = '']: readonly string[]): string {
  return seal(JSON.stringify(revocation), key, binding()).toString('base64');
}

/** Opens a sealed revocation. Returns it with the key that fits; undefined if no key does. */
export function openRevocation(
  state: string,
  keys: readonly string[],
): (Revocation & { readonly key: string }) | undefined {
  const opened = open(Buffer.from(state, 'base64'), keys, binding());
  if (opened === undefined) return undefined;
  // Only a main step that knew the key can have sealed it, so its fields need no check.
  return { ...(JSON.parse(opened.text) as Revocation), key: opened.secret };
}

/** What the main step leaves for the post step that revokes its token. */

import type { Token } from './ims/token.ts';
import type { Inputs } from './inputs.ts';
import { open, seal } from './reuse/sealed-token.ts';

/** The name under which the runner keeps it, and gives it to the post step alone. */
export const STATE_NAME = 'revoke';

const CONTEXT = 'revocation';

/** What both stages of the step know and no later step does. */
function stateSecrets(inputs: Inputs): readonly string[] {
  const { grant, clientSecrets } = inputs;
  switch (grant.type) {
    case 'client_credentials':
      return clientSecrets;
    case 'refresh_token':
      return [...clientSecrets, grant.refreshToken];
    case 'authorization_code':
      return [...clientSecrets, grant.code];
  }
}

/**
 * What the post step needs, and nothing more: the token and its expiry, sealed, because the runner keeps
 * state in the clear. The credential is not in it: the runner evaluates the inputs again.
 */
export function revocationState(token: Token, inputs: Inputs): string {
  const [secret = ''] = stateSecrets(inputs);
  const { accessToken, expiresAtMs } = token;
  return seal(JSON.stringify({ accessToken, expiresAtMs }), secret, CONTEXT).toString('base64');
}

export type Revocable = Pick<Token, 'accessToken' | 'expiresAtMs'>;

/** Opens what `revocationState` made; undefined when the credential has changed since. */
export function openState(state: string, inputs: Inputs): Revocable | undefined {
  for (const secret of stateSecrets(inputs)) {
    const text = open(Buffer.from(state, 'base64'), secret, CONTEXT);
    if (text !== undefined) return JSON.parse(text) as Revocable;
  }
  return undefined;
}

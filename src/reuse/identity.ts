/** Which token a step wants, so that another step that wants the same can have it. */

import type { Inputs } from '../inputs.ts';

import type { TokenIdentity } from './sealed-token.ts';

/** What a token is kept under; undefined where none is kept, as with every user grant. */
export function identityOf(inputs: Inputs): TokenIdentity | undefined {
  if (inputs.grant.type !== 'client_credentials' || inputs.reuse === 'none') return undefined;
  const { clientId, orgId, endpoint, grant } = inputs;
  return { origin: endpoint.origin, clientId, orgId, scopes: grant.scopes };
}

/**
 * A client and a grant become a form and headers.
 * @see https://www.rfc-editor.org/rfc/rfc6749#section-2.3 for the client
 * @see https://www.rfc-editor.org/rfc/rfc6749#section-4.4.2 for `client_credentials`
 */

import { basicCredentials } from '../secrets.ts';

export const GRANT_TYPES = ['client_credentials', 'refresh_token', 'authorization_code'] as const;

export type Grant =
  | { readonly type: 'client_credentials'; readonly scopes: readonly string[] }
  | { readonly type: 'refresh_token'; readonly refreshToken: string }
  | { readonly type: 'authorization_code'; readonly code: string; readonly codeVerifier: string };

/** The default of `scopes`: those of the first version of Adobe's Cloud Storage guide. */
export const DEFAULT_SCOPES = ['openid', 'AdobeID', 'offline_access', 'creative_sdk'] as const;

export type Client = {
  readonly clientId: string;
  /** None for a public client, two while one is being rotated. */
  readonly clientSecrets: readonly string[];
  /** IMS organization; empty for none. */
  readonly orgId: string;
};

/** How a client proves who it is, by the names of OpenID Connect's discovery; `none` for a public client. */
export type ClientAuthentication = {
  readonly method: 'client_secret_post' | 'client_secret_basic' | 'none';
  /** Empty with `none`. */
  readonly secret: string;
};

export type FormRequest = {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
};

type Fields = Readonly<Record<string, string>>;

/** The secret of a user grant: its refresh token or its code. None for `client_credentials`. */
export function secretsOfGrant(grant: Grant): readonly string[] {
  if (grant.type === 'refresh_token') return [grant.refreshToken];
  return grant.type === 'authorization_code' ? [grant.code] : [];
}

/** The scopes that a request asks for; none with the user grants. */
export function requestedScopes(grant: Grant): readonly string[] {
  return grant.type === 'client_credentials' ? grant.scopes : [];
}

/** Builds a request. All its fields go into the body or headers, as servers log URLs. Empty ones are left out. */
function formRequest(
  path: string,
  { clientId }: Client,
  { method, secret }: ClientAuthentication,
  fields: Fields,
): FormRequest {
  const form = new URLSearchParams(Object.entries(fields).filter(([, value]) => value !== ''));
  const headers: Record<string, string> = {
    accept: 'application/json',
    // This action does not decompress. Without this header, a server may choose any encoding.
    'accept-encoding': 'identity',
    'content-type': 'application/x-www-form-urlencoded',
  };
  if (method === 'client_secret_basic')
    headers['authorization'] = `Basic ${basicCredentials(clientId, secret)}`;
  else form.set('client_id', clientId);
  if (method === 'client_secret_post') form.set('client_secret', secret);
  return { path, headers, body: form.toString() };
}

function grantFields(grant: Grant): Fields {
  switch (grant.type) {
    case 'client_credentials':
      return { scope: grant.scopes.join(',') };
    case 'refresh_token':
      return { refresh_token: grant.refreshToken };
    case 'authorization_code':
      return { code: grant.code, code_verifier: grant.codeVerifier };
  }
}

/**
 * The request for a token. `scope` is sent for `client_credentials` only, as `a,b,c`. Only v3 gives
 * `expires_in` in seconds (ServerToServerAuthentication/ims.md).
 */
export function tokenRequest(
  client: Client,
  grant: Grant,
  authentication: ClientAuthentication,
): FormRequest {
  const fields = { grant_type: grant.type, ...grantFields(grant), org_id: client.orgId };
  return formRequest('/ims/token/v3', client, authentication, fields);
}

/**
 * The request to revoke an access token. Server-to-Server tokens are invalidated as adobe/aio-lib-ims and
 * adobe/ims-go do it; user tokens are revoked as UserAuthentication/ims.md says.
 */
export function revocationRequest(
  client: Client,
  grantType: Grant['type'],
  authentication: ClientAuthentication,
  token: string,
): FormRequest {
  if (grantType !== 'client_credentials')
    return formRequest('/ims/revoke', client, authentication, { token });
  const fields = { token_type: 'access_token', token };
  const request = formRequest('/ims/invalidate_token/v2', client, authentication, fields);
  return { ...request, headers: { ...request.headers, 'x-ims-clientid': client.clientId } };
}

/**
 * The ways to authenticate, in the order to try them; the next only after `invalid_client`.
 * Server-to-Server sends ID and secret in the body, as Adobe documents it. For user grants Adobe documents
 * the Basic header. But every published workflow sends a permanent code with ID and secret in the body.
 */
export function authentications(
  grantType: Grant['type'],
  clientSecrets: readonly string[],
): readonly [ClientAuthentication, ...ClientAuthentication[]] {
  const methods = {
    client_credentials: ['client_secret_post'],
    refresh_token: ['client_secret_basic', 'client_secret_post'],
    authorization_code: ['client_secret_post', 'client_secret_basic'],
  } as const;
  const [first, ...others] = clientSecrets.flatMap((secret) =>
    methods[grantType].map((method) => ({ method, secret })),
  );
  return first === undefined ? [{ method: 'none', secret: '' }] : [first, ...others];
}

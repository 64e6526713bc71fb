/** A credential and a grant become a form and headers (RFC 6749, sections 2.3, 4.1.3, 4.4.2 and 6). */

import { refusesClient } from '../errors.ts';
import { basicCredentials } from '../secret-forms.ts';

export type Grant =
  | { readonly type: 'client_credentials'; readonly scopes: readonly string[] }
  | { readonly type: 'refresh_token'; readonly refreshToken: string }
  | { readonly type: 'authorization_code'; readonly code: string; readonly codeVerifier: string };

export type ClientIdentity = {
  readonly clientId: string;
  /** IMS organization; empty for none. */
  readonly orgId: string;
};

/**
 * How the client proves who it is: `post` sends id and secret in the body (`client_secret_post`),
 * `basic` in the Authorization header (`client_secret_basic`), `none` is a public client.
 */
export type ClientAuthentication =
  | { readonly method: 'post'; readonly secret: string }
  | { readonly method: 'basic'; readonly secret: string }
  | { readonly method: 'none' };

export type FormRequest = {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
};

/** v3 alone answers `expires_in` in seconds (ServerToServerAuthentication/ims.md). */
const TOKEN_PATH = '/ims/token/v3';

const FORM_HEADERS = {
  accept: 'application/json',
  'content-type': 'application/x-www-form-urlencoded',
} as const;

/** Builds a form request with the client's authentication in it. Nothing goes into the URL. */
export function formRequest(
  path: string,
  client: ClientIdentity,
  authentication: ClientAuthentication,
  fields: Readonly<Record<string, string>>,
): FormRequest {
  const form = new URLSearchParams(fields);
  const headers: Record<string, string> = { ...FORM_HEADERS };
  switch (authentication.method) {
    case 'post':
      form.set('client_id', client.clientId);
      form.set('client_secret', authentication.secret);
      break;
    case 'basic':
      headers['authorization'] =
        `Basic ${basicCredentials(client.clientId, authentication.secret)}`;
      break;
    case 'none':
      form.set('client_id', client.clientId);
      break;
  }
  return { path, headers, body: form.toString() };
}

/** The request for a token. `scope` is sent for `client_credentials` only, as `a,b,c`. */
export function tokenRequest(
  client: ClientIdentity,
  grant: Grant,
  authentication: ClientAuthentication,
): FormRequest {
  const fields: Record<string, string> = { grant_type: grant.type };
  switch (grant.type) {
    case 'client_credentials':
      fields['scope'] = grant.scopes.join(',');
      break;
    case 'refresh_token':
      fields['refresh_token'] = grant.refreshToken;
      break;
    case 'authorization_code':
      fields['code'] = grant.code;
      if (grant.codeVerifier !== '') fields['code_verifier'] = grant.codeVerifier;
      break;
  }
  if (client.orgId !== '') fields['org_id'] = client.orgId;
  return formRequest(TOKEN_PATH, client, authentication, fields);
}

/**
 * Tries one way to authenticate after the other, the next only when IMS refuses the client.
 * @throws what the last attempt threw
 */
export async function tryEach<T>(
  ways: readonly ClientAuthentication[],
  attempt: (way: ClientAuthentication) => Promise<T>,
): Promise<T> {
  for (const way of ways.slice(0, -1))
    try {
      return await attempt(way);
    } catch (error) {
      if (!refusesClient(error)) throw error;
    }
  return attempt(ways.at(-1) ?? { method: 'none' });
}

/**
 * The ways to authenticate, in the order to try them; the next only after `invalid_client`.
 * Server-to-Server sends id and secret in the body, as Adobe documents it. User grants send the Basic
 * header, as documented for Web App credentials; for a code the body form comes after it, because
 * the permanent service tokens of Edge Delivery are exchanged that way in practice.
 */
export function authentications(
  grant: Grant,
  clientSecrets: readonly string[],
): readonly ClientAuthentication[] {
  if (clientSecrets.length === 0) return [{ method: 'none' }];
  return clientSecrets.flatMap((secret): readonly ClientAuthentication[] => {
    switch (grant.type) {
      case 'client_credentials':
        return [{ method: 'post', secret }];
      case 'refresh_token':
        return [{ method: 'basic', secret }];
      case 'authorization_code':
        return [
          { method: 'basic', secret },
          { method: 'post', secret },
        ];
    }
  });
}

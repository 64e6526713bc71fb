/**
 * What one run of a workflow must send, and what the stand-ins answer. README.md says how to add one.
 *
 * In every text, `$NAME` is the value of that variable or secret. `$TOKEN` is the newest access token of IMS,
 * `$TOKEN1` and `$TOKEN2` are the first and the second, and `$ANY_TOKEN` is any of them.
 */

import type { Settings } from './act.ts';
import type { Answer } from './server.ts';

/** What IMS must know to answer a request for a token. */
export type ExpectedClient = {
  /** Name of the variable with the client ID. */
  readonly id: string;
  /** Name of the secret with the client secret; none for a public client. */
  readonly secret?: string;
  /** The scopes that IMS grants, separated by commas. */
  readonly scopes: string;
  /** Name of the secret that holds a refresh token. */
  readonly refreshToken?: string;
  /** Name of the secret that holds a code, and of the one that holds its verifier. */
  readonly code?: string;
  readonly codeVerifier?: string;
};

export type ExpectedRequest = {
  /** Method, host, path and query. */
  readonly request: string;
  /** Of the headers that server.ts watches, exactly these. */
  readonly headers?: Readonly<Record<string, string>>;
  /** The value of JSON, the fields of a form, or text. A pattern if it varies. Empty by default. */
  readonly body?: unknown;
  /** Status 200 and no body by default. */
  readonly answer?: Answer | undefined;
  /** The request may come at any time. */
  readonly anyOrder?: boolean;
  readonly client?: ExpectedClient;
};

export type More = Pick<Settings, 'inputs' | 'event' | 'files' | 'packages' | 'emptyPackage'> & {
  /** Tells the runs of one workflow apart. */
  readonly when?: string;
  /** Values of variables and secrets that need a certain form. The others are made up. */
  readonly values?: Readonly<Record<string, string>>;
  /** The workflow must fail, with this in its log. */
  readonly fails?: RegExp;
  /** The client ID is a secret, or a part of one, as those who migrate have it. Otherwise it must be a variable. */
  readonly clientIdAsSecret?: boolean;
  /** The log must have this. */
  readonly logs?: RegExp;
};

export type Expectation = More & {
  readonly page: string;
  /** The `name:` of the workflow. */
  readonly workflow: string;
  readonly requests: readonly ExpectedRequest[];
};

export const JSON_TYPE = { 'content-type': 'application/json' };
export const FORM_TYPE = { 'content-type': 'application/x-www-form-urlencoded' };
export const IMS = 'POST ims-na1.adobelogin.com/ims/token/v3';

/** What App Builder's console and its API for client secrets need. */
export const CONSOLE_SCOPES =
  'AdobeID,openid,read_organizations,additional_info.projectedProductContext,additional_info.roles,adobeio_api,read_client_secret,manage_client_secrets';

/**
 * The request for a token by `client_credentials`.
 * @param id name of the variable with the client ID
 * @param scope the scopes, separated by commas
 * @param secret name of the secret with the client secret; by default that of the variable, with SECRET for ID
 */
export function token(
  id: string,
  scope: string,
  secret = id.replace('ID', 'SECRET'),
): ExpectedRequest {
  const fields = { grant_type: 'client_credentials', client_id: `$${id}`, scope };
  return {
    request: IMS,
    headers: FORM_TYPE,
    body: { ...fields, client_secret: `$${secret}` },
    client: { id, secret, scopes: scope },
  };
}

/** A call with the newest token, unless `headers` say otherwise. */
export function call(
  request: string,
  headers: Readonly<Record<string, string>> = {},
  answer?: Answer,
  body: unknown = '',
): ExpectedRequest {
  return { request, headers: { authorization: 'Bearer $TOKEN', ...headers }, answer, body };
}

/** Functions that make the expectations of one page. */
export function expectationsOf(
  page: string,
): (workflow: string, requests: readonly ExpectedRequest[], more?: More) => Expectation {
  return (workflow, requests, more = {}) => ({ page, workflow, requests, ...more });
}

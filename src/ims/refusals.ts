/** IMS error -> what happened, what to do about it. */

import type { Code, Failure } from '../failure.ts';
import type { Secrets } from '../secrets.ts';

import { DEFAULT_SCOPES, type Grant } from './requests.ts';

/** What a request was about, so that a failure can name it. Nothing secret. */
export type RequestContext = Pick<Secrets, 'clean' | 'serverText'> & {
  readonly origin: string;
  /** Undefined for a revocation. */
  readonly grantType: Grant['type'] | undefined;
  readonly scopes: readonly string[];
  /** How many client secrets there are. */
  readonly secretCount: number;
  /** How many of them were sent to IMS. */
  readonly secretsSent: number;
};

/**
 * What IMS, or a gateway in front of it, answered. Each text is empty if the answer has none.
 * @see https://www.rfc-editor.org/rfc/rfc6749#section-5.2
 */
export type ErrorResponse = {
  readonly status: number;
  /** As received. It decides the failure and is never shown. */
  readonly error: string;
  /** As received. It decides the failure and is never shown. */
  readonly description: string;
  /** Cleaned, like the texts below. It is shown and decides nothing. */
  readonly shownError: string;
  readonly shownDescription: string;
  readonly debugId: string;
  /** `Content-Encoding` of a body that we cannot read. */
  readonly encoding: string;
};

type Explanation = Pick<Failure, 'happened' | 'remedy'>;
type Refusal = Explanation & Pick<Failure, 'code'>;

const CONSOLE = 'the Adobe Developer Console (developer.adobe.com/console)';

/** When GitHub passes an empty secret, to follow "GitHub passes an empty secret". */
export const WHY_A_SECRET_IS_EMPTY =
  'to a pull request from a fork and to Dependabot, to a job that does not name the environment that holds the secret, and for a misspelt name';

const NEW_USER_TOKEN =
  'Let the user sign in again, and store the new refresh token or code; each code works once, and a refresh token lasts 14 days by default.';

export const CHECK_WHO_ANSWERS =
  'Check `ims-url`, and whether a proxy answers in place of IMS; otherwise run the job again later.';

const NEW_PERMANENT_CODE =
  'If the code is a permanent one (a service token), ask whoever issued it for a new one, and check that it belongs to this `client-id`.';

function refusedSecrets({ secretCount, secretsSent }: RequestContext): Explanation {
  const compare = `Compare \`client-secret\` with the credential in ${CONSOLE}: it may have been deleted there, cut off when copied, or belong to another credential.`;
  if (secretCount < 2) return { happened: 'IMS refused the client secret.', remedy: compare };
  const oneLine =
    '`client-secret` holds two, separated by a line break or comma; if it should be one, store it again on one line.';
  if (secretsSent === 2)
    return { happened: 'IMS refused both client secrets.', remedy: `${compare} ${oneLine}` };
  return {
    happened:
      'IMS refused the first client secret. In the time of `timeout`, the second was not sent or not answered.',
    remedy: `Raise \`timeout\`, or store the second secret alone. ${oneLine}`,
  };
}

function wrongClient(context: RequestContext, { description }: ErrorResponse): Explanation {
  const { secretCount, origin } = context;
  if (secretCount === 0)
    return {
      happened: 'IMS refused the client. No client secret was sent, as `client-secret` is empty.',
      remedy: `A public client has none: compare \`client-id\` with the credential in ${CONSOLE}. Every other client needs its secret. GitHub passes an empty secret ${WHY_A_SECRET_IS_EMPTY}.`,
    };
  const text = description.toLowerCase();
  if (text.includes('client_secret')) return refusedSecrets(context);
  const environment = origin.includes('-stg1')
    ? 'the stage environment that `ims-url` points to; a production credential needs the default `ims-url`'
    : 'production; a stage credential needs `ims-url: https://ims-na1-stg1.adobelogin.com`';
  return {
    happened: text.includes('client_id')
      ? 'IMS does not know the client ID.'
      : 'IMS refused the client ID or the client secret.',
    remedy: `Compare \`client-id\` and \`client-secret\` with the credential in ${CONSOLE}. The credential must also belong to ${environment}.`,
  };
}

/** Characters. The runner cuts a message after 4,096, and the code at its end must remain. */
const LONGEST_LIST = 2000;

/** The scopes as text; only their number if the list would make the message too long. */
export function scopeList(scopes: readonly string[], clean: Secrets['clean']): string {
  const list = scopes.join(',');
  // Measured before cleaning: to clean a very long list takes seconds.
  if (list.length <= LONGEST_LIST) return clean(list, Infinity);
  return scopes.length === 1 ? '1 scope' : `${scopes.length} scopes`;
}

const isDefault = (scopes: readonly string[]): boolean => scopes.join() === DEFAULT_SCOPES.join();

function wrongScope({ scopes, clean }: RequestContext): Explanation {
  if (scopes.length === 0)
    return {
      happened: 'IMS refused the scopes of this token.',
      remedy: `They come from the user's consent: let the user sign in again, and compare with the scopes on the page of the credential in ${CONSOLE}.`,
    };
  const compare = `the scopes on the page of the credential in ${CONSOLE}; to be granted more, add the API to the project.`;
  if (isDefault(scopes))
    return {
      happened:
        'A scope is not granted to this credential. `scopes` has its default, which is for Cloud Storage.',
      remedy: `Set \`scopes\` to ${compare} If your workflow sets it, check the spelling of its name: GitHub only warns of an unknown input, such as \`scope\`. The default: ${scopeList(scopes, clean)}.`,
    };
  return {
    happened: 'A scope is not granted to this credential.',
    remedy: `Asked for: ${scopeList(scopes, clean)}. Compare with ${compare}`,
  };
}

function refusedGrant({ grantType }: RequestContext): Explanation {
  if (grantType !== 'refresh_token' && grantType !== 'authorization_code')
    return {
      happened: 'IMS denied access.',
      remedy: `Check in ${CONSOLE} that the credential is active and that its product profiles are assigned.`,
    };
  return {
    happened:
      'IMS refused the code or refresh token: it has expired, was used, or was revoked, or it belongs to another `client-id` or `code-verifier`.',
    remedy:
      grantType === 'refresh_token' ? NEW_USER_TOKEN : `${NEW_USER_TOKEN} ${NEW_PERMANENT_CODE}`,
  };
}

const grantName = (grantType: RequestContext['grantType']): string =>
  grantType === undefined ? 'this request' : `\`grant-type: ${grantType}\``;

const wrongParameter = (): Explanation => ({
  happened: 'IMS found a parameter missing or malformed.',
  remedy: 'Compare each input with the credential; `org-id` looks like `ABC123@AdobeOrg`.',
});

const unauthorizedClient = ({ grantType }: RequestContext): Explanation => ({
  happened: `This credential may not use ${grantName(grantType)}.`,
  remedy: `Check its type in ${CONSOLE}: \`client_credentials\` needs an OAuth Server-to-Server credential; \`refresh_token\` and \`authorization_code\` need a Web App, Single Page App or Native App one. A Service Account (JWT) credential of the Adobe Developer Console no longer works: migrate it to OAuth Server-to-Server.`,
});

const unsupportedGrantType = ({ grantType }: RequestContext): Explanation => ({
  happened: `The server does not support ${grantName(grantType)}.`,
  remedy: 'Check that `ims-url` is IMS, and that the credential is of the type for this grant.',
});

type Explain = (context: RequestContext, response: ErrorResponse) => Explanation;

/** Error codes of RFC 6749, 5.2, and those seen at IMS: our code for each, and what to do about it. */
const BY_ERROR = new Map<string, readonly [Code, Explain]>([
  ['invalid_client', ['invalid_client', wrongClient]],
  ['invalid_scope', ['invalid_scope', wrongScope]],
  ['unauthorized_client', ['unauthorized_client', unauthorizedClient]],
  ['unsupported_grant_type', ['unsupported_grant_type', unsupportedGrantType]],
  ['access_denied', ['access_denied', refusedGrant]],
  ['invalid_grant', ['access_denied', refusedGrant]],
  ['invalid_token', ['access_denied', refusedGrant]],
  ['invalid_parameter_value', ['invalid_request', wrongParameter]],
  ['invalid_request', ['invalid_request', wrongParameter]],
]);

/** Words of the Service Account (JWT) credentials, which ended on 2026-03-01 (ServerToServerAuthentication/migration.md). */
const JWT_ERA = /\bjwt\b|service account|invalid_jwt|exchange_jwt|metascope/i;

/** Whether the same request may succeed a moment later. */
export function isTransient(status: number): boolean {
  return status === 408 || status === 429 || status >= 500;
}

function byStatus({ status, error, description, debugId }: ErrorResponse): Refusal {
  if (status >= 300 && status < 400)
    return {
      code: 'redirect_refused',
      happened: `The server answered with a redirect (HTTP ${status}), which is never followed: it would carry the secret elsewhere.`,
      remedy: 'Check `ims-url`, and whether a proxy or portal intercepts the connection.',
    };
  if (status === 429)
    return {
      code: 'throttled',
      happened: 'IMS throttles this client: too many token requests.',
      remedy: 'Run fewer jobs at once, reuse tokens (`reuse`), or raise `timeout`.',
    };
  if (isTransient(status))
    return {
      code: 'ims_unavailable',
      happened: `IMS is not available (HTTP ${status}).`,
      remedy: 'Run the job again later.',
    };
  const bare = error === '' && description === '';
  if (bare && (status === 401 || status === 403 || status === 404))
    return {
      code: 'gateway',
      happened: `HTTP ${status} without an IMS error: a gateway answered.`,
      remedy: 'Check `ims-url`, and whether a proxy or firewall of the runner is in between.',
    };
  return {
    code: 'ims_error',
    happened: `IMS refused the request (HTTP ${status}).`,
    remedy: `Compare the inputs with the credential in ${CONSOLE}.${debugId === '' ? '' : " With the x-debug-id at the end, Adobe's support can find the request."}`,
  };
}

/** The server's own words. */
export function quoted(description: string): string {
  return description === '' ? '' : ` The server says "${description}".`;
}

function refusalOf(response: ErrorResponse, context: RequestContext): Refusal {
  const { status, error, description } = response;
  if (status < 400 || isTransient(status)) return byStatus(response);
  const isServerToServer = context.grantType === 'client_credentials';
  if (isServerToServer && JWT_ERA.test(`${error} ${description}`))
    return {
      code: 'jwt_credential',
      happened:
        'This looks like a Service Account (JWT) credential of the Adobe Developer Console, and those no longer work.',
      remedy: `Migrate it in ${CONSOLE} to OAuth Server-to-Server, as Adobe's migration guide describes, and use the client ID and secret of the new credential. Service credentials of the AEM Developer Console are another kind, which this action cannot use.`,
    };
  const known = BY_ERROR.get(error.toLowerCase());
  if (known === undefined) return byStatus(response);
  const [code, explain] = known;
  return { code, ...explain(context, response) };
}

/** The facts of a response, for the end of a message. */
export function factsOf({ status, shownError, debugId, encoding }: ErrorResponse): string[] {
  return [
    shownError,
    `HTTP ${status}`,
    encoding && `content-encoding ${encoding}`,
    debugId && `x-debug-id ${debugId}`,
  ].filter((fact) => fact !== '');
}

/** What an error response means, and what to do about it. */
export function failureOfResponse(response: ErrorResponse, context: RequestContext): Failure {
  const { status, error, shownDescription } = response;
  const refusal = refusalOf(response, context);
  return {
    ...refusal,
    happened: refusal.happened + quoted(shownDescription),
    facts: factsOf(response),
    refusesClient:
      error.toLowerCase() === 'invalid_client' && status >= 400 && !isTransient(status),
  };
}

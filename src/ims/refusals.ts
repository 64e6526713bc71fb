/** IMS error -> what happened, what to do about it. */

import type { Failure } from '../failure.ts';

import type { Grant } from './requests.ts';

/** What a request was about, so that a failure can name it. Nothing secret. */
export type Asked = {
  readonly origin: string;
  readonly grantType: Grant['type'];
  /** How many client secrets there were to send. */
  readonly secretCount: number;
  readonly scopes: readonly string[];
  /** Makes text of the server's fit for the log. */
  readonly clean: (text: string, limit?: number) => string;
};

/** What IMS answered, cleaned; each text is empty when the answer had none. */
export type Said = {
  readonly status: number;
  /** `error` of the body (RFC 6749, section 5.2). */
  readonly error: string;
  readonly description: string;
  readonly debugId: string;
};

type Words = Pick<Failure, 'code' | 'happened' | 'remedy'>;

const CONSOLE = 'the Adobe Developer Console (developer.adobe.com/console)';

/** Why GitHub passes an empty secret, to follow "GitHub passes an empty secret". */
export const WHY_A_SECRET_IS_EMPTY =
  'to a pull request from a fork and to Dependabot, when the job does not name the environment that holds the secret, and when its name is misspelt';

export const NEW_USER_TOKEN =
  'Let the user sign in again, and store the new refresh token or code; each code works once, and a refresh token lasts 14 days by default.';

function wrongClient({ secretCount, origin }: Asked, { description }: Said): Words {
  const code = 'invalid_client';
  if (secretCount === 0)
    return {
      code,
      happened: 'IMS refused the client. No client secret was sent, as `client-secret` is empty.',
      remedy: `A public client has none: compare \`client-id\` with the credential in ${CONSOLE}. Any other needs its secret. GitHub passes an empty secret ${WHY_A_SECRET_IS_EMPTY}.`,
    };
  const text = description.toLowerCase();
  if (text.includes('client_secret'))
    return {
      code,
      happened: `IMS refused ${secretCount === 2 ? 'both client secrets' : 'the client secret'}.`,
      remedy: `Compare \`client-secret\` with the credential in ${CONSOLE}: it may have been deleted there, cut off when copied, or belong to another credential.`,
    };
  const environment = origin.includes('-stg1')
    ? 'the stage environment that `ims-url` points to; a production credential needs the default `ims-url`'
    : 'production; a stage credential needs `ims-url: https://ims-na1-stg1.adobelogin.com`';
  return {
    code,
    happened: text.includes('client_id')
      ? 'IMS does not know the client ID.'
      : 'IMS refused the client ID or the client secret.',
    remedy: `Compare \`client-id\` and \`client-secret\` with the credential in ${CONSOLE}. The credential must also belong to ${environment}.`,
  };
}

/** Scopes, each whole; how many, where the runner would cut the message and with it the code at its end. */
export function listed(scopes: readonly string[], clean: Asked['clean']): string {
  const list = clean(scopes.join(','), Infinity);
  return list.length > 2000 ? `${scopes.length} scopes` : list;
}

function wrongScope({ scopes, clean }: Asked): Words {
  const code = 'invalid_scope';
  if (scopes.length === 0)
    return {
      code,
      happened: 'IMS refused the scopes of this token.',
      remedy: `They come from the user's consent: let the user sign in again, and compare with the scopes on the page of the credential in ${CONSOLE}.`,
    };
  return {
    code,
    happened: 'A scope is not granted to this credential.',
    remedy: `Asked for: ${listed(scopes, clean)}. Compare with the scopes on the page of the credential in ${CONSOLE}; to be granted more, add the API to the project.`,
  };
}

function refusedGrant({ grantType }: Asked): Words {
  const code = 'access_denied';
  if (grantType === 'client_credentials')
    return {
      code,
      happened: 'IMS denied access.',
      remedy: `Check in ${CONSOLE} that the credential is active and that its product profiles are assigned.`,
    };
  return {
    code,
    happened:
      'IMS refused the code or refresh token: it has expired, was used, or was revoked, or it belongs to another `client-id` or `code-verifier`.',
    remedy: NEW_USER_TOKEN,
  };
}

const wrongParameter = (): Words => ({
  code: 'invalid_request',
  happened: 'IMS found a parameter missing or malformed.',
  remedy: 'Compare each input with the credential; `org-id` looks like `ABC123@AdobeOrg`.',
});

/** IMS error codes (RFC 6749, section 5.2, and those seen at IMS) and what to do about each. */
const BY_ERROR: ReadonlyMap<string, (asked: Asked, said: Said) => Words> = new Map(
  Object.entries({
    invalid_client: wrongClient,
    invalid_scope: wrongScope,
    unauthorized_client: ({ grantType }) => ({
      code: 'unauthorized_client',
      happened: `This credential may not use \`grant-type: ${grantType}\`.`,
      remedy: `Check its type in ${CONSOLE}: \`client_credentials\` needs an OAuth Server-to-Server credential, the user grants a Web App, Single Page App or Native App one. A Service Account (JWT) credential no longer works: migrate it to OAuth Server-to-Server.`,
    }),
    unsupported_grant_type: ({ grantType }) => ({
      code: 'unsupported_grant_type',
      happened: `The server does not support \`grant-type: ${grantType}\`.`,
      remedy: 'Check that `ims-url` is IMS, and that the credential is of the type for this grant.',
    }),
    access_denied: refusedGrant,
    invalid_grant: refusedGrant,
    invalid_token: refusedGrant,
    invalid_parameter_value: wrongParameter,
    invalid_request: wrongParameter,
  }),
);

/** Words of the Service Account (JWT) era, which ended on 2026-03-01 (ServerToServerAuthentication/migration.md). */
const JWT_ERA = /\bjwt\b|service account|invalid_jwt|exchange_jwt|metascope/i;

/** Whether the same request may succeed a moment later. */
export function isTransient(status: number): boolean {
  return status === 408 || status === 429 || status >= 500;
}

function byStatus({ status, error, description, debugId }: Said): Words {
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
  if (status >= 500 || status === 408)
    return {
      code: 'ims_unavailable',
      happened: `IMS is not available (HTTP ${status}).`,
      remedy: 'Run the job again later.',
    };
  const bare = error === '' && description === '';
  if (bare && (status === 401 || status === 403 || status === 404))
    return {
      code: 'gateway',
      happened: `A gateway answered HTTP ${status}, and not with an IMS error.`,
      remedy: 'Check `ims-url`, and whether a proxy or firewall of the runner is in between.',
    };
  return {
    code: 'ims_error',
    happened: `IMS refused the request (HTTP ${status}).`,
    remedy: `Compare the inputs with the credential in ${CONSOLE}.${debugId === '' ? '' : " With the x-debug-id at the end, Adobe's support can find the request."}`,
  };
}

/** What the server says of it, to follow what happened. */
export function quoted(description: string): string {
  return description === '' ? '' : ` IMS says "${description}".`;
}

function words(said: Said, asked: Asked): Words {
  const { status, error, description } = said;
  if (status < 400 || isTransient(status)) return byStatus(said);
  if (JWT_ERA.test(`${error} ${description}`))
    return {
      code: 'jwt_credential',
      happened: 'This looks like a Service Account (JWT) credential, and those ended.',
      remedy: `Migrate it in ${CONSOLE} to OAuth Server-to-Server, as Adobe's migration guide describes, and use the client ID and secret of the new credential.`,
    };
  return BY_ERROR.get(error)?.(asked, said) ?? byStatus(said);
}

/** What an error of IMS means, and what to do about it. */
export function refusal(said: Said, asked: Asked): Failure {
  const { status, error, description, debugId } = said;
  const { code, happened, remedy } = words(said, asked);
  return {
    code,
    happened: happened + quoted(description),
    remedy,
    facts: [error, `HTTP ${status}`, debugId && `x-debug-id ${debugId}`].filter(Boolean),
    refusesClient: error === 'invalid_client' && status >= 400 && status < 500,
  };
}

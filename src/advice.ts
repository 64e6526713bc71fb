/** IMS error -> what to do about it. */

import type { ImsError } from './errors.ts';

/** Every code that an error can have: each has its heading in docs/troubleshooting.md. */
export const ADVICE_CODES = [
  'invalid_input',
  'invalid_client',
  'invalid_scope',
  'unauthorized_client',
  'unsupported_grant_type',
  'access_denied',
  'invalid_request',
  'jwt_credential',
  'redirect_refused',
  'throttled',
  'ims_unavailable',
  'gateway',
  'ims_error',
  'malformed_answer',
  'network',
  'tls',
  'proxy',
  'timeout',
  'retry_after',
  'answer_lost',
  'cancelled',
  'runner',
  'unexpected',
] as const;

export type AdviceCode = (typeof ADVICE_CODES)[number];

/** What the request was about, so that advice can name it. Nothing secret. */
export type Context = {
  /** Empty until the inputs are known. */
  readonly imsOrigin: string;
  readonly grantType: string;
  readonly scopes: readonly string[];
};

export type Advice = {
  /** Heading in docs/troubleshooting.md. */
  readonly code: AdviceCode;
  readonly happened: string;
  readonly remedy: string;
  /** Facts for support, shown last: the IMS error code, the status, `x-debug-id`. */
  readonly facts: readonly string[];
};

export type Words = Pick<Advice, 'code' | 'happened' | 'remedy'>;

const CONSOLE = 'the Adobe Developer Console (developer.adobe.com/console)';
export const NEW_USER_TOKEN =
  'Let the user sign in again, and store the new refresh token or code; each code works once, and a refresh token lasts 14 days by default.';

function wrongClient(error: ImsError, context: Context): Words {
  const text = error.description.toLowerCase();
  if (text.includes('client_secret'))
    return {
      code: 'invalid_client',
      happened: 'IMS refused the client secret.',
      remedy: `Compare \`client-secret\` with the credential in ${CONSOLE}: it may have been deleted there, cut off when copied, or belong to another credential.`,
    };
  const stage = context.imsOrigin.includes('-stg1');
  return {
    code: 'invalid_client',
    happened: text.includes('client_id')
      ? 'IMS does not know the client ID.'
      : 'IMS refused the client ID or the client secret.',
    remedy: `Compare \`client-id\` and \`client-secret\` with the credential in ${CONSOLE}. The credential must also belong to ${stage ? 'the stage environment that `ims-url` points to; a production credential needs the default `ims-url`' : 'production; a stage credential needs `ims-url: https://ims-na1-stg1.adobelogin.com`'}.`,
  };
}

const USER_GRANT_REFUSED: Words = {
  code: 'access_denied',
  happened: 'IMS refused the code or refresh token: it has expired, was used, or was revoked.',
  remedy: NEW_USER_TOKEN,
};

const S2S_REFUSED: Words = {
  code: 'access_denied',
  happened: 'IMS denied access.',
  remedy: `Check in ${CONSOLE} that the credential is active and that its product profiles are assigned.`,
};

/** IMS error codes (RFC 6749, section 5.2, and those seen at IMS) and what to do about each. */
const BY_ERROR: Readonly<Record<string, (error: ImsError, context: Context) => Words>> = {
  invalid_client: wrongClient,
  invalid_scope: (_error, context) => ({
    code: 'invalid_scope',
    happened: 'A scope is not granted to this credential.',
    remedy: `Asked for: ${context.scopes.join(',')}. Compare with the scopes on the page of the credential in ${CONSOLE}; to be granted more, add the API to the project.`,
  }),
  unauthorized_client: (_error, context) => ({
    code: 'unauthorized_client',
    happened: `This credential may not use \`grant-type: ${context.grantType}\`.`,
    remedy: `Check its type in ${CONSOLE}: \`client_credentials\` needs an OAuth Server-to-Server credential, the user grants a Web App, Single Page App or Native App one. A Service Account (JWT) credential no longer works: migrate it to OAuth Server-to-Server.`,
  }),
  unsupported_grant_type: (_error, context) => ({
    code: 'unsupported_grant_type',
    happened: `The server does not support \`grant-type: ${context.grantType}\`.`,
    remedy: 'Check that `ims-url` is IMS, and that the credential is of the type for this grant.',
  }),
  access_denied: (_error, context) =>
    context.grantType === 'client_credentials' ? S2S_REFUSED : USER_GRANT_REFUSED,
  invalid_grant: (_error, context) =>
    context.grantType === 'client_credentials' ? S2S_REFUSED : USER_GRANT_REFUSED,
  invalid_token: (_error, context) =>
    context.grantType === 'client_credentials' ? S2S_REFUSED : USER_GRANT_REFUSED,
  invalid_parameter_value: () => ({
    code: 'invalid_request',
    happened: 'IMS found a parameter missing or malformed.',
    remedy: 'Compare each input with the credential; `org-id` looks like `ABC123@AdobeOrg`.',
  }),
  invalid_request: () => ({
    code: 'invalid_request',
    happened: 'IMS found a parameter missing or malformed.',
    remedy: 'Compare each input with the credential; `org-id` looks like `ABC123@AdobeOrg`.',
  }),
};

const JWT_ERA = /\bjwt\b|service account|invalid_jwt|bad_request.*jwt|metascope|exchange_jwt/i;

function byStatus(error: ImsError): Words {
  const { status } = error;
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
      remedy: 'Run the job again later; status.adobe.com tells of incidents.',
    };
  if (status === 401 || status === 403 || status === 404)
    return {
      code: 'gateway',
      happened: `A gateway answered HTTP ${status}, and not with an IMS error.`,
      remedy: 'Check `ims-url`, and whether a proxy or firewall of the runner is in between.',
    };
  return {
    code: 'ims_error',
    happened: `IMS refused the request (HTTP ${status}).`,
    remedy: `Compare the inputs with the credential in ${CONSOLE}; with the code below, Adobe's support can tell more.`,
  };
}

function imsWords(error: ImsError, context: Context): Words {
  if (error.status >= 400 && error.status < 500 && error.status !== 429 && error.status !== 408) {
    if (JWT_ERA.test(`${error.error} ${error.description}`))
      return {
        code: 'jwt_credential',
        happened: 'This looks like a Service Account (JWT) credential, and those ended.',
        remedy: `Migrate it in ${CONSOLE} to OAuth Server-to-Server, as Adobe's migration guide describes, and use the client ID and secret of the new credential.`,
      };
    const words = Object.hasOwn(BY_ERROR, error.error) ? BY_ERROR[error.error] : undefined;
    if (words !== undefined) return words(error, context);
  }
  return byStatus(error);
}

function imsFacts(error: ImsError): readonly string[] {
  const facts = [error.error, `HTTP ${error.status}`].filter((fact) => fact !== '');
  if (error.debugId !== '') facts.push(`x-debug-id ${error.debugId}`);
  return facts;
}

/** What an error of IMS means, and what to do about it. */
export function imsAdvice(error: ImsError, context: Context): Advice {
  const words = imsWords(error, context);
  const said = error.description === '' ? '' : ` IMS says "${error.description}".`;
  return { ...words, happened: words.happened + said, facts: imsFacts(error) };
}

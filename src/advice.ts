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
  /** How many client secrets there are to send. */
  readonly secretCount: number;
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
  if (context.secretCount === 0)
    return {
      code: 'invalid_client',
      happened: 'IMS refused the client. No client secret was sent, as `client-secret` is empty.',
      remedy: `A public client has none: compare \`client-id\` with the credential in ${CONSOLE}. Any other needs its secret, which GitHub passes empty to a pull request from a fork and to Dependabot, when the job does not name the environment that holds it, and when its name is misspelt.`,
    };
  const text = error.description.toLowerCase();
  if (text.includes('client_secret'))
    return {
      code: 'invalid_client',
      happened: `IMS refused ${context.secretCount === 2 ? 'both client secrets' : 'the client secret'}.`,
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

/** The runner cuts a long message, and with it what stands at its end; characters. */
const LONGEST_LIST = 1000;

function listed(scopes: readonly string[]): string {
  const text = scopes.join(',');
  if (text.length <= LONGEST_LIST) return text;
  const shown = text.slice(0, text.lastIndexOf(',', LONGEST_LIST));
  return `${shown} and ${scopes.length - shown.split(',').length} more`;
}

function wrongScope(_error: ImsError, context: Context): Words {
  if (context.scopes.length === 0)
    return {
      code: 'invalid_scope',
      happened: 'IMS refused the scopes of this token.',
      remedy: `They come from the user's consent: let the user sign in again, and compare with the scopes on the page of the credential in ${CONSOLE}.`,
    };
  return {
    code: 'invalid_scope',
    happened: 'A scope is not granted to this credential.',
    remedy: `Asked for: ${listed(context.scopes)}. Compare with the scopes on the page of the credential in ${CONSOLE}; to be granted more, add the API to the project.`,
  };
}

function refusedGrant(_error: ImsError, context: Context): Words {
  if (context.grantType === 'client_credentials')
    return {
      code: 'access_denied',
      happened: 'IMS denied access.',
      remedy: `Check in ${CONSOLE} that the credential is active and that its product profiles are assigned.`,
    };
  return {
    code: 'access_denied',
    happened:
      'IMS refused the code or refresh token: it has expired, was used, or was revoked, or it belongs to another `client-id` or `code-verifier`.',
    remedy: NEW_USER_TOKEN,
  };
}

function wrongParameter(): Words {
  return {
    code: 'invalid_request',
    happened: 'IMS found a parameter missing or malformed.',
    remedy: 'Compare each input with the credential; `org-id` looks like `ABC123@AdobeOrg`.',
  };
}

/** IMS error codes (RFC 6749, section 5.2, and those seen at IMS) and what to do about each. */
const BY_ERROR: Readonly<Record<string, (error: ImsError, context: Context) => Words>> = {
  invalid_client: wrongClient,
  invalid_scope: wrongScope,
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
  access_denied: refusedGrant,
  invalid_grant: refusedGrant,
  invalid_token: refusedGrant,
  invalid_parameter_value: wrongParameter,
  invalid_request: wrongParameter,
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
      remedy: 'Run the job again later.',
    };
  const bare = error.error === '' && error.description === '';
  if (bare && (status === 401 || status === 403 || status === 404))
    return {
      code: 'gateway',
      happened: `A gateway answered HTTP ${status}, and not with an IMS error.`,
      remedy: 'Check `ims-url`, and whether a proxy or firewall of the runner is in between.',
    };
  return {
    code: 'ims_error',
    happened: `IMS refused the request (HTTP ${status}).`,
    remedy: `Compare the inputs with the credential in ${CONSOLE}.${error.debugId === '' ? '' : " With the x-debug-id at the end, Adobe's support can tell more."}`,
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

/** What the server says of it, to follow what happened. */
export function said(description: string): string {
  return description === '' ? '' : ` IMS says "${description}".`;
}

/** What an error of IMS means, and what to do about it. */
export function imsAdvice(error: ImsError, context: Context): Advice {
  const words = imsWords(error, context);
  return { ...words, happened: words.happened + said(error.description), facts: imsFacts(error) };
}

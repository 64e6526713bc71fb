/**
 * What each recipe must send, and what the stand-ins answer.
 *
 * In every text, `$NAME` is the value of that variable or secret, `$TOKEN` the newest access token of IMS,
 * and `$TOKEN1`, `$TOKEN2` the first, the second.
 */

import type { Settings } from './act.ts';
import type { Answer } from './server.ts';

export type Expected = {
  readonly request: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** A pattern for what cannot be known whole. */
  readonly body?: unknown;
  readonly answer?: Answer;
  /** The tool sends this one when it likes. */
  readonly anyOrder?: boolean;
  /** For a request to IMS: the credential that it is made with. */
  readonly credential?: { readonly name: string; readonly scopes: readonly string[] };
};

export type Expectation = Pick<Settings, 'inputs' | 'event' | 'files'> & {
  readonly page: string;
  /** The `name:` of the workflow. */
  readonly workflow: string;
  /** Told apart by this where one workflow runs more than once. */
  readonly when?: string;
  /** Values of variables and secrets that must have a form of their own; the others are made up. */
  readonly values?: Readonly<Record<string, string>>;
  readonly requests: readonly Expected[];
};

const JSON_TYPE = 'application/json';

/** The request for a token; variable and secret are named as in the recipes. */
function token(credential: string, scope: string): Expected {
  return {
    request: 'POST ims-na1.adobelogin.com/ims/token/v3',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: {
      grant_type: 'client_credentials',
      client_id: `$${credential}_CLIENT_ID`,
      client_secret: `$${credential}_CLIENT_SECRET`,
      scope,
    },
    credential: { name: credential, scopes: scope.split(',') },
  };
}

const RECIPES = 'docs/recipes.md';

export const EXPECTATIONS: readonly Expectation[] = [
  {
    page: RECIPES,
    workflow: 'Firefly',
    inputs: { prompt: 'a "cat" & $HOME' },
    requests: [
      token(
        'FIREFLY',
        'openid,AdobeID,session,additional_info,read_organizations,firefly_api,ff_apis',
      ),
      {
        request: 'POST firefly-api.adobe.io/v3/images/generate-async',
        headers: {
          authorization: 'Bearer $TOKEN',
          'content-type': JSON_TYPE,
          'x-api-key': '$FIREFLY_CLIENT_ID',
        },
        body: { prompt: 'a "cat" & $HOME' },
        answer: { status: 202, body: { jobId: '1' } },
      },
    ],
  },
];

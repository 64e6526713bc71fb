/** Raw inputs become one readonly, validated object, or every problem at once. */

import { StepError } from '../failure.ts';
import { judgeEndpoint } from '../ims/endpoint.ts';
import { WHY_A_SECRET_IS_EMPTY } from '../ims/refusals.ts';
import { type Client, type Grant, GRANT_TYPES } from '../ims/requests.ts';
import { REUSE_KINDS, type ReuseRequest } from '../reuse/reuse.ts';

import { type Check, choice, flag, required, seconds } from './check.ts';
import type { ClientSecrets } from './client-secret.ts';
import type { InputName, RawInputs } from './read.ts';
import { parseScopes } from './scopes.ts';
import { isOpaque, opaqueProblems, quoteProblems, shapeProblems } from './secret-text.ts';
import { parseVariables, type Variables } from './variables.ts';

export type Inputs = Variables & ReuseRequest & { readonly summary: boolean };

/** What is wrong with the text of an input, before its meaning is judged. */
function textProblems({ raw, clientSecret }: Check, name: InputName): readonly string[] {
  const text = raw[name];
  if (name === 'client-secret') return clientSecret.problems;
  // A list may have line breaks, and its items are judged one by one.
  if (name === 'scopes' || name === 'env-var') return quoteProblems(text);
  return isOpaque(name) ? opaqueProblems(text, name) : shapeProblems(text);
}

function checkTexts(check: Check): void {
  for (const name of Object.keys(check.raw) as InputName[])
    for (const problem of textProblems(check, name)) check.report(name, problem);
}

/** Inputs that belong to one grant only, and whether that grant needs them. */
const USER_INPUTS = [
  { name: 'refresh-token', grant: 'refresh_token', isNeeded: true },
  { name: 'code', grant: 'authorization_code', isNeeded: true },
  { name: 'code-verifier', grant: 'authorization_code', isNeeded: false },
] as const;

function parseGrant(check: Check): Grant {
  const { raw, report } = check;
  const type = choice(check, 'grant-type', GRANT_TYPES);
  for (const { name, grant, isNeeded } of USER_INPUTS) {
    if (raw[name] !== '' && type !== undefined && type !== grant)
      report(name, `goes with \`grant-type: ${grant}\` only, and \`grant-type\` is "${type}".`);
    if (raw[name] === '' && grant === type && isNeeded)
      report(name, `is empty; \`grant-type: ${grant}\` needs one.`);
  }
  const { 'refresh-token': refreshToken, code, 'code-verifier': codeVerifier } = raw;
  if (type === 'refresh_token') return { type, refreshToken };
  // With a wrong `grant-type`, the scopes are still checked.
  if (type !== 'authorization_code')
    return { type: 'client_credentials', scopes: parseScopes(check) };
  if (raw['client-secret'] === '' && codeVerifier === '')
    report(
      'client-secret',
      'and `code-verifier` are both empty; a code needs the secret of a confidential client or the verifier of a public one.',
    );
  return { type, code, codeVerifier };
}

function parseClient({ raw, clientSecret, report }: Check): Client {
  const clientId = raw['client-id'];
  if (clientId === '')
    report(
      'client-id',
      'is empty. It is on the page of the credential in the Adobe Developer Console; if the workflow reads `vars.NAME`, store it as a variable, not as a secret.',
    );
  // RFC 6749, appendix A.1, allows ASCII only. The client ID is also sent in a header.
  if (/[^\x00-\x7f]/.test(clientId))
    report('client-id', 'may hold ASCII characters only; copy it again from the credential.');
  const { secrets, problems } = clientSecret;
  // Only user grants allow a client without a secret. An input of separators alone is a mistake.
  const isPublic =
    raw['client-secret'] === '' && USER_INPUTS.some(({ grant }) => grant === raw['grant-type']);
  if (secrets.length === 0 && problems.length === 0 && !isPublic)
    report(
      'client-secret',
      `is empty. GitHub passes an empty secret ${WHY_A_SECRET_IS_EMPTY}. Set \`environment\` in the job, compare the name of the secret, or skip this step for forks and Dependabot.`,
    );
  return { clientId, clientSecrets: secrets, orgId: raw['org-id'] };
}

function parseOrigin(check: Check): string {
  const url = required(check, 'ims-url');
  if (url === undefined) return '';
  const endpoint = judgeEndpoint(url);
  if (endpoint.ok) return endpoint.origin;
  check.report('ims-url', `${endpoint.reason}.`);
  return '';
}

/**
 * Validates the inputs.
 * @throws StepError with every problem found
 */
export function parseInputs(raw: RawInputs, clientSecret: ClientSecrets): Inputs {
  const problems: string[] = [];
  const check: Check = {
    raw,
    clientSecret,
    report: (subject, problem) => problems.push(`\`${subject}\` ${problem}`),
  };
  checkTexts(check);
  const inputs: Inputs = {
    client: parseClient(check),
    grant: parseGrant(check),
    origin: parseOrigin(check),
    ...parseVariables(check),
    reuse: choice(check, 'reuse', REUSE_KINDS) ?? 'none',
    minValiditySeconds: seconds(check, 'min-validity', 0, 999_999_999),
    revoke: flag(check, 'revoke'),
    timeoutSeconds: seconds(check, 'timeout', 1, 3600),
    summary: flag(check, 'summary'),
  };
  if (inputs.reuse === 'repository' && inputs.revoke)
    check.report(
      'revoke: true',
      'contradicts `reuse: repository`: other jobs still use the token that would be revoked.',
    );
  if (inputs.reuse === 'repository' && inputs.grant.type !== 'client_credentials')
    check.report('reuse: repository', 'goes with `grant-type: client_credentials` only.');
  if (problems.length > 0)
    throw new StepError({
      code: 'invalid_input',
      happened: problems.join(' '),
      remedy: 'Correct the inputs. No request was made.',
    });
  return inputs;
}

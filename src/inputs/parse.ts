/** Raw inputs become one readonly, validated object, or every problem at once. */

import { StepError } from '../failure.ts';
import { judgeEndpoint } from '../ims/endpoint.ts';
import { WHY_A_SECRET_IS_EMPTY } from '../ims/refusals.ts';
import type { Client, Grant } from '../ims/requests.ts';

import { type InputName, isQuoted, type RawInputs, splitSecrets } from './read.ts';
import { aioVariables, isLegalName, isOwnedName } from './variable-names.ts';

export type Inputs = {
  readonly client: Client;
  readonly grant: Grant;
  /** Scheme, host and port of IMS. */
  readonly origin: string;
  /** Environment variables for the token. */
  readonly tokenVariables: readonly string[];
  /** Those for its expiry in milliseconds since 1970, which the `aio` CLI reads. */
  readonly expiryVariables: readonly string[];
  readonly reuse: 'none' | 'job' | 'repository';
  readonly minValiditySeconds: number;
  readonly revoke: boolean;
  readonly timeoutSeconds: number;
  readonly summary: boolean;
};

type Form = {
  readonly raw: RawInputs;
  /** Adds a problem to the one message. */
  readonly report: (problem: string) => void;
};

const LINE_BREAK = /[\r\n]/;
// Tabs, and what comes along unseen when a value is copied from a chat or a page.
const INVISIBLE = /[\u0000-\u001f\u007f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2064\ufeff]/;

function splitList(value: string): readonly string[] {
  return value.split(/[\s,]+/).filter((item) => item !== '');
}

/** Scopes as people keep them: commas, spaces, lines, or a JSON array. Undefined for broken JSON. */
function splitScopes(value: string): readonly string[] | undefined {
  if (!value.startsWith('[')) return splitList(value);
  try {
    const list: unknown = JSON.parse(value);
    if (!Array.isArray(list) || !list.every((item) => typeof item === 'string')) return undefined;
    return splitList(list.join(','));
  } catch {
    return undefined;
  }
}

/** A refused value may be a secret in the wrong place, so its place in the list stands for it. */
function placeOf(list: readonly string[], isWrong: (item: string) => boolean): string | undefined {
  const at = list.findIndex(isWrong);
  return at === -1 ? undefined : `number ${at + 1} of ${list.length}`;
}

/** Rules that hold for any value: no quotes around it, no line break or control character in it. */
function checkShape({ raw, report }: Form): void {
  const lists: readonly InputName[] = ['scopes', 'env-var', 'client-secret'];
  const invisible =
    'has a control character or an invisible one inside; copy it again as plain text.';
  const secrets = splitSecrets(raw['client-secret']);
  for (const name of Object.keys(raw) as InputName[]) {
    const value = raw[name];
    if (isQuoted(value) || (name === 'client-secret' && secrets.some(isQuoted)))
      report(`\`${name}\` is wrapped in quotes; store the value without them.`);
    if (lists.includes(name)) continue;
    if (LINE_BREAK.test(value))
      report(`\`${name}\` has a line break inside; store it as a single line.`);
    else if (INVISIBLE.test(value)) report(`\`${name}\` ${invisible}`);
  }
  if (secrets.some((secret) => INVISIBLE.test(secret))) report(`\`client-secret\` ${invisible}`);
}

function choice<T extends string>(
  { raw, report }: Form,
  name: InputName,
  allowed: readonly T[],
): T | undefined {
  const found = allowed.find((value) => value === raw[name]);
  if (found === undefined)
    report(`\`${name}\` must be one of ${allowed.map((value) => `"${value}"`).join(', ')}.`);
  return found;
}

/** true or false as YAML 1.2's core schema writes them, which is what GitHub's own inputs take. */
function flag({ raw, report }: Form, name: InputName): boolean {
  if (/^(true|True|TRUE)$/.test(raw[name])) return true;
  if (!/^(false|False|FALSE)$/.test(raw[name])) report(`\`${name}\` must be "true" or "false".`);
  return false;
}

function seconds({ raw, report }: Form, name: InputName, least: number, most: number): number {
  const value = /^\d{1,9}$/.test(raw[name]) ? Number(raw[name]) : NaN;
  if (value >= least && value <= most) return value;
  report(`\`${name}\` must be whole seconds from ${least} to ${most}.`);
  return least;
}

function parseScopes({ raw, report }: Form): readonly string[] {
  const scopes = splitScopes(raw.scopes);
  if (scopes === undefined) report('`scopes` starts with [ but is not a JSON array of strings.');
  else if (scopes.length === 0)
    report('`scopes` is empty; copy them from the credential in the Adobe Developer Console.');
  // RFC 6749, section 3.3.
  const wrong = placeOf(scopes ?? [], (scope) => !/^[\x21\x23-\x5b\x5d-\x7e]+$/.test(scope));
  if (wrong !== undefined)
    report(
      `\`scopes\` has a value that is no scope (${wrong}); write the names alone, such as openid, AdobeID.`,
    );
  return [...new Set(scopes)];
}

function parseGrant(form: Form, secretCount: number): Grant {
  const { raw, report } = form;
  const grants = ['client_credentials', 'refresh_token', 'authorization_code'] as const;
  const type = choice(form, 'grant-type', grants);
  const owners = {
    'refresh-token': 'refresh_token',
    code: 'authorization_code',
    'code-verifier': 'authorization_code',
  } as const;
  const given = (Object.keys(owners) as (keyof typeof owners)[]).filter((name) => raw[name] !== '');
  for (const name of given)
    if (type !== undefined && type !== owners[name])
      report(
        `\`${name}\` goes with \`grant-type: ${owners[name]}\` only, and \`grant-type\` is "${type}".`,
      );
  if (type === 'refresh_token') {
    if (raw['refresh-token'] === '')
      report('`refresh-token` is empty; `grant-type: refresh_token` needs one.');
    return { type, refreshToken: raw['refresh-token'] };
  }
  if (type === 'authorization_code') {
    if (raw.code === '') report('`code` is empty; `grant-type: authorization_code` needs one.');
    if (secretCount === 0 && raw['code-verifier'] === '')
      report(
        '`client-secret` and `code-verifier` are both empty; a code needs the secret of a confidential client or the verifier of a public one.',
      );
    return { type, code: raw.code, codeVerifier: raw['code-verifier'] };
  }
  // With a misspelt grant, the inputs of a user grant tell that scopes are not what is missing.
  const scopes = type === undefined && given.length > 0 ? [] : parseScopes(form);
  return { type: 'client_credentials', scopes };
}

function parseClient({ raw, report }: Form): Client {
  const clientSecrets = [...new Set(splitSecrets(raw['client-secret']))];
  if (raw['client-id'] === '')
    report(
      '`client-id` is empty. It is on the page of the credential in the Adobe Developer Console; what a workflow reads from `vars` must be a variable, not a secret.',
    );
  // RFC 6749, appendix A.1. A header can hold nothing else.
  else if (/[^\x00-\x7f]/.test(raw['client-id']) && !INVISIBLE.test(raw['client-id']))
    report('`client-id` may hold ASCII characters only; copy it again from the credential.');
  if (clientSecrets.length > 2)
    report(
      `\`client-secret\` holds ${clientSecrets.length} secrets; a credential has at most two, and a comma or line break separates them.`,
    );
  // A user grant may be of a public client, unless separators were left of two secrets that are empty.
  const userGrant =
    raw['grant-type'] === 'refresh_token' || raw['grant-type'] === 'authorization_code';
  const ofPublicClient = userGrant && raw['client-secret'] === '';
  if (clientSecrets.length === 0 && !ofPublicClient)
    report(
      `\`client-secret\` is empty. GitHub passes an empty secret ${WHY_A_SECRET_IS_EMPTY}. Name the environment in the job, compare the name of the secret, or skip this step for forks and Dependabot.`,
    );
  return { clientId: raw['client-id'], clientSecrets, orgId: raw['org-id'] };
}

function parseVariables({ raw, report }: Form): Pick<Inputs, 'tokenVariables' | 'expiryVariables'> {
  const names = [...new Set(splitList(raw['env-var']))];
  const illegal = placeOf(names, (name) => !isLegalName(name));
  if (illegal !== undefined)
    report(
      `\`env-var\` has a name (${illegal}) that is not made of letters, digits and underscores, or begins with a digit.`,
    );
  const owned = placeOf(names, isOwnedName);
  if (owned !== undefined)
    report(`\`env-var\` has a name (${owned}) that belongs to the runner or the system.`);
  const aio = aioVariables(raw['aio-context']);
  if (aio === undefined) {
    if (raw['aio-context'] !== '')
      report(
        '`aio-context` must be a context name of letters, digits and single underscores, usually "cli".',
      );
    return { tokenVariables: names, expiryVariables: [] };
  }
  // On Windows, names that differ in case alone are one variable.
  if (names.some((name) => name.toUpperCase() === aio.expiry))
    report('`env-var` names the variable in which `aio-context` exports the expiry.');
  return { tokenVariables: [...names, aio.token], expiryVariables: [aio.expiry] };
}

/**
 * Validates the inputs.
 * @throws StepError with every problem found
 */
export function parseInputs(raw: RawInputs): Inputs {
  const problems: string[] = [];
  const form: Form = { raw, report: (problem) => problems.push(problem) };
  const { report } = form;
  checkShape(form);
  const client = parseClient(form);
  const grant = parseGrant(form, client.clientSecrets.length);
  const endpoint = judgeEndpoint(raw['ims-url']);
  if (!endpoint.ok) report(`\`ims-url\` ${endpoint.reason}.`);
  const inputs: Inputs = {
    client,
    grant,
    origin: endpoint.ok ? endpoint.origin : '',
    ...parseVariables(form),
    reuse: choice(form, 'reuse', ['none', 'job', 'repository']) ?? 'none',
    minValiditySeconds: seconds(form, 'min-validity', 0, 999_999_999),
    revoke: flag(form, 'revoke'),
    timeoutSeconds: seconds(form, 'timeout', 1, 3600),
    summary: flag(form, 'summary'),
  };
  if (inputs.reuse === 'repository' && inputs.revoke)
    report(
      '`revoke: true` contradicts `reuse: repository`: other jobs still use the token that would be revoked.',
    );
  if (inputs.reuse === 'repository' && grant.type !== 'client_credentials')
    report('`reuse: repository` goes with `grant-type: client_credentials` only.');
  if (problems.length > 0)
    throw new StepError({
      code: 'invalid_input',
      happened: problems.join(' '),
      remedy: 'No request was made.',
    });
  return inputs;
}

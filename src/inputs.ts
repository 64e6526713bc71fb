/** Raw inputs become one readonly, validated object. */

import { InputError } from './errors.ts';
import { cleanForeignText } from './foreign-text.ts';
import { type Endpoint, judgeEndpoint } from './ims/endpoint.ts';
import type { Grant } from './ims/token-request.ts';
import { type InputName, type RawInputs, secretsOfInputs, splitSecrets } from './raw-inputs.ts';
import { aioVariables, judgeVariableName } from './variables.ts';

export type Reuse = 'none' | 'job' | 'repository';

export type Inputs = {
  readonly clientId: string;
  /** None for a public client, two while one is being rotated. */
  readonly clientSecrets: readonly string[];
  readonly grant: Grant;
  readonly orgId: string;
  readonly endpoint: Endpoint;
  readonly envVars: readonly string[];
  /** IMS context of the `aio` CLI; empty for none. */
  readonly aioContext: string;
  readonly reuse: Reuse;
  readonly minValiditySeconds: number;
  readonly revoke: boolean;
  readonly timeoutSeconds: number;
  readonly summary: boolean;
};

/** The scopes that a request asks for; none with the user grants. */
export function askedScopes({ grant }: Inputs): readonly string[] {
  return grant.type === 'client_credentials' ? grant.scopes : [];
}

const LINE_BREAK = /[\r\n]/;
// Tabs, and what comes along unseen when a value is copied from a chat or a page.
const INVISIBLE = /[\u0000-\u001f\u007f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2064\ufeff]/;
const QUOTED = /^(?:".*"|'.*'|`.*`|\u201c.*\u201d|\u2018.*\u2019)$/s;
const LONGEST_TIMEOUT_SECONDS = 3600;

function splitList(value: string): readonly string[] {
  return [...new Set(value.split(/[\s,]+/).filter((item) => item !== ''))];
}

/** Scopes as people keep them: commas, spaces, lines, or a JSON array. Undefined for broken JSON. */
function parseScopes(value: string): readonly string[] | undefined {
  if (!value.startsWith('[')) return splitList(value);
  try {
    const list: unknown = JSON.parse(value);
    if (!Array.isArray(list) || !list.every((item) => typeof item === 'string')) return undefined;
    return splitList(list.join(','));
  } catch {
    return undefined;
  }
}

const EMPTY_SECRET =
  '`client-secret` is empty. GitHub passes an empty secret to a pull request from a fork and to Dependabot, ' +
  'when the job does not name the environment that holds the secret, and when its name is misspelt. ' +
  'Name the environment in the job, compare the name of the secret, or skip this step for forks and Dependabot.';

const HAS_INVISIBLE =
  'has a control character or an invisible one inside; copy it again as plain text.';

type Say = (problem: string) => void;

/** Rules that hold for any value: no quotes around it, no line break or control character in it. */
function checkShape(raw: RawInputs, say: Say): void {
  const lists: readonly InputName[] = ['scopes', 'env-var', 'client-secret'];
  for (const name of Object.keys(raw) as InputName[]) {
    const parts = name === 'client-secret' ? [raw[name], ...splitSecrets(raw[name])] : [raw[name]];
    if (parts.some((part) => part.length > 1 && QUOTED.test(part)))
      say(`\`${name}\` is wrapped in quotes; store the value without them.`);
    if (lists.includes(name)) continue;
    if (LINE_BREAK.test(raw[name]))
      say(`\`${name}\` has a line break inside; store it as a single line.`);
    else if (INVISIBLE.test(raw[name])) say(`\`${name}\` ${HAS_INVISIBLE}`);
  }
  if (splitSecrets(raw['client-secret']).some((secret) => INVISIBLE.test(secret)))
    say(`\`client-secret\` ${HAS_INVISIBLE}`);
}

/** Longer than any value that an input can have, but for secrets. */
const LONGEST_SHOWN = 40;

/**
 * Shows a value in a message: on one line, unable to start a command, without the secrets. A long one may
 * be another secret, given here by mistake; cut short, the runner's masker would not know it.
 */
function show(value: string, raw: RawInputs): string {
  if (value.length > LONGEST_SHOWN) return `a value of ${value.length} characters`;
  return `"${cleanForeignText(value, secretsOfInputs(raw))}"`;
}

function choice<T extends string>(
  name: InputName,
  raw: RawInputs,
  allowed: readonly T[],
  say: Say,
): T | undefined {
  const found = allowed.find((value) => value === raw[name]);
  if (found === undefined)
    say(
      `\`${name}\` is ${show(raw[name], raw)}; it can be ${allowed.map((v) => `"${v}"`).join(', ')}.`,
    );
  return found;
}

/** true or false as YAML 1.2's core schema writes them, which is what GitHub's own inputs take. */
function flag(name: InputName, raw: RawInputs, say: Say): boolean {
  const value = raw[name];
  if (/^(true|True|TRUE)$/.test(value)) return true;
  if (!/^(false|False|FALSE)$/.test(value))
    say(`\`${name}\` is ${show(value, raw)}; it can be "true", "false".`);
  return false;
}

function seconds(
  name: InputName,
  raw: RawInputs,
  range: { readonly least: number; readonly most: number },
  say: Say,
): number {
  const value = /^\d{1,9}$/.test(raw[name]) ? Number(raw[name]) : NaN;
  if (value >= range.least && value <= range.most) return value;
  say(
    `\`${name}\` is ${show(raw[name], raw)}; it must be whole seconds from ${range.least} to ${range.most}.`,
  );
  return range.least;
}

function parseGrant(raw: RawInputs, secrets: readonly string[], say: Say): Grant {
  const grants = ['client_credentials', 'refresh_token', 'authorization_code'] as const;
  const type = choice('grant-type', raw, grants, say);
  const belongs = (name: InputName, owner: string): void => {
    if (raw[name] !== '' && type !== undefined && type !== owner)
      say(`\`${name}\` goes with \`grant-type: ${owner}\` only, and \`grant-type\` is "${type}".`);
  };
  belongs('refresh-token', 'refresh_token');
  belongs('code', 'authorization_code');
  belongs('code-verifier', 'authorization_code');
  switch (type) {
    case 'refresh_token':
      if (raw['refresh-token'] === '')
        say('`refresh-token` is empty; `grant-type: refresh_token` needs one.');
      return { type, refreshToken: raw['refresh-token'] };
    case 'authorization_code':
      if (raw.code === '') say('`code` is empty; `grant-type: authorization_code` needs one.');
      if (secrets.length === 0 && raw['code-verifier'] === '')
        say(
          '`client-secret` and `code-verifier` are both empty; a code needs the secret of a confidential client or the verifier of a public one.',
        );
      return { type, code: raw.code, codeVerifier: raw['code-verifier'] };
    case 'client_credentials':
      return { type, scopes: requestedScopes(raw, secrets, say) };
    case undefined: {
      const ofUser = [raw['refresh-token'], raw.code, raw['code-verifier']].some(Boolean);
      const scopes = ofUser ? [] : requestedScopes(raw, secrets, say);
      return { type: 'client_credentials', scopes };
    }
  }
}

function requestedScopes(raw: RawInputs, secrets: readonly string[], say: Say): readonly string[] {
  if (secrets.length === 0) say(EMPTY_SECRET);
  const scopes = parseScopes(raw.scopes);
  if (scopes === undefined) say('`scopes` starts with [ but is not a JSON array of strings.');
  else if (scopes.length === 0)
    say('`scopes` is empty; copy them from the credential in the Adobe Developer Console.');
  // RFC 6749, section 3.3.
  const wrong = scopes?.find((scope) => !/^[\x21\x23-\x5b\x5d-\x7e]+$/.test(scope));
  if (wrong !== undefined)
    say(
      `\`scopes\` has ${show(wrong, raw)}, which is no scope; write the names alone, such as openid, AdobeID.`,
    );
  return scopes ?? [];
}

/** The runner cuts a long message, and with it what stands at its end. */
const MOST_NAMES_SHOWN = 5;

function checkNames(
  inputs: Pick<Inputs, 'envVars' | 'aioContext'>,
  raw: RawInputs,
  say: Say,
): void {
  const bad = inputs.envVars.filter((name) => judgeVariableName(name) !== undefined);
  for (const name of bad.slice(0, MOST_NAMES_SHOWN))
    say(`\`env-var\` names ${show(name, raw)}, which ${judgeVariableName(name) ?? ''}.`);
  if (bad.length > MOST_NAMES_SHOWN)
    say(`\`env-var\` has ${bad.length - MOST_NAMES_SHOWN} more such names.`);
  if (inputs.aioContext === '') return;
  const variables = aioVariables(inputs.aioContext);
  if (variables === undefined)
    say(
      `\`aio-context\` is ${show(inputs.aioContext, raw)}; it must be a context name of letters, digits and single underscores, usually "cli".`,
    );
  // On Windows, names that differ in case alone are one variable.
  else if (inputs.envVars.some((name) => name.toUpperCase() === variables.expiry))
    say('`env-var` names the variable in which `aio-context` exports the expiry.');
}

/**
 * Validates the inputs.
 * @throws InputError with every problem found
 */
export function parseInputs(raw: RawInputs): Inputs {
  const problems: string[] = [];
  const say: Say = (problem) => problems.push(problem);
  checkShape(raw, say);
  const clientSecrets = [...new Set(splitSecrets(raw['client-secret']))];
  if (raw['client-id'] === '')
    say(
      '`client-id` is empty; it is in the Adobe Developer Console, on the page of the credential.',
    );
  if (clientSecrets.length > 2)
    say(
      `\`client-secret\` holds ${clientSecrets.length} secrets; a credential has at most two, and a comma or line break separates them.`,
    );
  const grant = parseGrant(raw, clientSecrets, say);
  const separatorsOnly = raw['client-secret'] !== '' && clientSecrets.length === 0;
  if (separatorsOnly && grant.type !== 'client_credentials') say(EMPTY_SECRET);
  const judgement = judgeEndpoint(raw['ims-url']);
  if (!judgement.ok) say(`\`ims-url\` ${judgement.reason}.`);
  const inputs = {
    clientId: raw['client-id'],
    clientSecrets,
    grant,
    orgId: raw['org-id'],
    endpoint: judgement.ok ? judgement.endpoint : { origin: '' },
    envVars: splitList(raw['env-var']),
    aioContext: raw['aio-context'],
    reuse: choice('reuse', raw, ['none', 'job', 'repository'] as const, say) ?? 'none',
    minValiditySeconds: seconds('min-validity', raw, { least: 0, most: 999_999_999 }, say),
    revoke: flag('revoke', raw, say),
    timeoutSeconds: seconds('timeout', raw, { least: 1, most: LONGEST_TIMEOUT_SECONDS }, say),
    summary: flag('summary', raw, say),
  };
  checkNames(inputs, raw, say);
  if (inputs.reuse === 'repository' && inputs.revoke)
    say(
      '`revoke: true` contradicts `reuse: repository`: other jobs still use the token that would be revoked.',
    );
  if (inputs.reuse === 'repository' && grant.type !== 'client_credentials')
    say('`reuse: repository` goes with `grant-type: client_credentials` only.');
  if (problems.length > 0) throw new InputError(problems);
  return inputs;
}

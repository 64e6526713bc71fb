/** Reads inputs as the runner passes them, and knows which of their values are secret. */

import { DEFAULT_SCOPES } from '../ims/requests.ts';
import { basicForms } from '../secrets.ts';

/** Every input with the default that action.yml declares; a test holds the two together. */
export const INPUT_DEFAULTS = {
  'client-id': '',
  'client-secret': '',
  scopes: DEFAULT_SCOPES.join(', '),
  'env-var': 'FIREFLY_SERVICES_ACCESS_TOKEN',
  'aio-context': '',
  'grant-type': 'client_credentials',
  'refresh-token': '',
  code: '',
  'code-verifier': '',
  'org-id': '',
  'ims-url': 'https://ims-na1.adobelogin.com',
  reuse: 'job',
  'min-validity': '1800',
  revoke: 'false',
  timeout: '60',
  summary: 'false',
} as const;

export type InputName = keyof typeof INPUT_DEFAULTS;
export type RawInputs = Readonly<Record<InputName, string>>;

/**
 * Reads the inputs as the runner passes them: `INPUT_` and the name in capitals, hyphens kept
 * (actions/runner, Handlers/Handler.cs). Surrounding white space is trimmed. A variable that is not set
 * at all gets the default; one that is set but empty stays empty.
 */
export function readRawInputs(): RawInputs {
  const raw = Object.entries(INPUT_DEFAULTS).map(([name, fallback]) => [
    name,
    (process.env[`INPUT_${name.toUpperCase()}`] ?? fallback).trim(),
  ]);
  return Object.fromEntries(raw) as RawInputs;
}

/** Client secrets as people keep two of them: by line or by comma. */
export function splitSecrets(value: string): readonly string[] {
  return value
    .split(/[\r\n,]+/)
    .map((secret) => secret.trim())
    .filter((secret) => secret !== '');
}

const QUOTES = ['""', "''", '``', '\u201c\u201d', '\u2018\u2019'];

/** Whether somebody stored a value with quotes around it. */
export function isQuoted(value: string): boolean {
  return value.length > 1 && QUOTES.includes(value.charAt(0) + value.charAt(value.length - 1));
}

/** By hand, as an expression for it takes a time that grows with the square of the length. */
function unquoted(value: string): string {
  const quotes = QUOTES.join('');
  let [start, end] = [0, value.length];
  while (start < end && quotes.includes(value.charAt(start))) start += 1;
  while (start < end && quotes.includes(value.charAt(end - 1))) end -= 1;
  return value.slice(start, end);
}

/** Every secret value among the inputs, also without the quotes around it, and as Basic credentials. */
export function secretsOfInputs(raw: RawInputs): readonly string[] {
  const user = [raw['refresh-token'], raw.code, raw['code-verifier']];
  const parts = splitSecrets(raw['client-secret']);
  // Two empty secrets leave a comma; as a mask it would hide every comma of the log.
  const values = parts.length === 0 ? user : [...parts, raw['client-secret'], ...user];
  const basic = parts.flatMap((secret) => basicForms(raw['client-id'], secret));
  const all = new Set([...values.flatMap((value) => [value, unquoted(value)]), ...basic]);
  return [...all].filter((value) => value !== '');
}

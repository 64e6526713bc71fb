/** Reads inputs as the runner passes them, and knows which of their values are secret. */

import { DEFAULT_SCOPES } from '../ims/requests.ts';
import { basicForms } from '../secrets.ts';

import type { ClientSecrets } from './client-secret.ts';
import { secretsInOpaque } from './secret-text.ts';

/** Every input with the default that action.yml declares. A test checks that both agree. */
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

/**
 * Every secret value among the inputs, and the Basic credentials made of it: what must be masked before
 * anything else is written.
 */
export function secretsOfInputs(
  raw: RawInputs,
  { secrets, masks }: ClientSecrets,
): readonly string[] {
  const basic = secrets.flatMap((secret) => basicForms(raw['client-id'], secret));
  const user = (['refresh-token', 'code', 'code-verifier'] as const)
    .filter((name) => raw[name] !== '')
    .flatMap((name) => secretsInOpaque(raw[name], name));
  return [...masks, ...basic, ...user];
}

/**
 * Behaves as the source of hashicorp/vault-action 3.4.0 says, as far as docs/situations.md needs it: the same requests
 * in the same order, and the same masks before the same outputs.
 * @see https://github.com/hashicorp/vault-action/blob/v3.4.0/src/action.js
 * @see https://github.com/hashicorp/vault-action/blob/v3.4.0/src/auth.js
 */

import { appendFileSync } from 'node:fs';

type Login = { readonly auth: { readonly client_token: string } };
/** A secret of the KV engine, version 2. */
type Secret = { readonly data: { readonly data: Readonly<Record<string, string>> } };

const input = (name: string): string => process.env[`INPUT_${name.toUpperCase()}`] ?? '';

function mask(value: string): void {
  console.log(`::add-mask::${value}`);
}

function append(file: 'GITHUB_ENV' | 'GITHUB_OUTPUT', name: string, value: string): void {
  appendFileSync(process.env[file] ?? '', `${name}<<END\n${value}\nEND\n`);
}

async function ask(url: string, options: RequestInit): Promise<unknown> {
  const answer = await fetch(url, options);
  if (!answer.ok) throw new Error(`${url}: ${answer.status}`);
  return answer.json();
}

/** GitHub's OIDC token. The real action gets and masks it with `getIDToken` of @actions/core. */
async function idToken(): Promise<string> {
  const url = process.env['ACTIONS_ID_TOKEN_REQUEST_URL'];
  if (url === undefined) throw new Error('The job lacks the permission `id-token: write`');
  const authorization = `Bearer ${process.env['ACTIONS_ID_TOKEN_REQUEST_TOKEN'] ?? ''}`;
  const { value } = (await ask(url, { headers: { authorization } })) as { readonly value: string };
  mask(value);
  return value;
}

async function vaultToken(): Promise<string> {
  const { auth } = (await ask(`${input('url')}/v1/auth/jwt/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ jwt: await idToken(), role: input('role') }),
  })) as Login;
  mask(auth.client_token);
  return auth.client_token;
}

if (input('method') !== 'jwt') throw new Error('The stand-in knows no method but jwt');
const [secret = '', output = ''] = input('secrets')
  .split('|')
  .map((part) => part.trim());
const [path = '', key = ''] = secret.split(/\s+/);
const headers = { 'x-vault-token': await vaultToken() };
const { data } = (await ask(`${input('url')}/v1/${path}`, { headers })) as Secret;
const value = data.data[key] ?? '';
for (const line of value.split(/\r?\n/)) if (line !== '') mask(line);
if (input('exportEnv') !== 'false') append('GITHUB_ENV', output, value);
append('GITHUB_OUTPUT', output, value);

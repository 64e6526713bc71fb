/** What the embedded IMS was asked and what it answered, kept in a file for when it is gone. */

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

type Fields = Readonly<Record<string, unknown>>;

/** One request and its answer; a line of the record. */
export type Exchange = {
  readonly path: string;
  readonly form: Fields;
  readonly status: number;
  readonly answer: Fields;
};

const SECRET_FIELDS = [
  'client_secret',
  'token',
  'refresh_token',
  'code',
  'code_verifier',
  'access_token',
  'id_token',
] as const;

/** Reads one record, one exchange a line. */
export function readRecord(path: string): readonly Exchange[] {
  const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as Exchange);
}

/** Reads all records of a folder. */
export function readRecords(folder: string): readonly Exchange[] {
  const names = readdirSync(folder).filter((name) => name.endsWith('.jsonl'));
  return names.flatMap((name) => readRecord(join(folder, name)));
}

/** Every access token that was issued, in order. */
export function issuedTokens(exchanges: readonly Exchange[]): readonly string[] {
  return exchanges
    .map(({ answer }) => answer['access_token'])
    .filter((token) => typeof token === 'string');
}

/** Every secret that went over the wire in either direction, each once. */
export function secretsIn(exchanges: readonly Exchange[]): readonly string[] {
  const values = exchanges.flatMap(({ form, answer }) =>
    SECRET_FIELDS.flatMap((name) => [form[name], answer[name]]),
  );
  return [...new Set(values.filter((value) => typeof value === 'string'))];
}

/** The revocations that IMS accepted, each as its path and the token. */
export function revocations(exchanges: readonly Exchange[]): readonly string[] {
  return exchanges
    .filter(({ path }) => path === '/ims/invalidate_token/v2' || path === '/ims/revoke')
    .filter(({ status }) => status === 200)
    .map(({ path, form }) => `${path} ${String(form['token'])}`);
}

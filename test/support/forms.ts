/** What a secret may look like in text. */

import { encodings } from './masker.ts';

/** The forms in which a server may repeat a secret. */
export function echoesOf(secret: string): readonly string[] {
  const bytes = Buffer.from(secret, 'utf8');
  const percent = [
    new URLSearchParams({ secret }).toString().slice('secret='.length),
    encodeURIComponent(secret),
  ];
  const lower = percent.map((form) => form.replaceAll(/%../g, (code) => code.toLowerCase()));
  const json = JSON.stringify(secret).slice(1, -1);
  const bytewise = (['base64', 'base64url', 'hex'] as const).map((name) => bytes.toString(name));
  return [...new Set([secret, ...percent, ...lower, json, ...bytewise])];
}

/** Those, and the forms that the runner masks. None of an empty secret. */
export function formsOf(secret: string): readonly string[] {
  return secret === '' ? [] : [...new Set([...echoesOf(secret), ...encodings(secret)])];
}

/** What a secret may look like in text. */

import { encodings } from './masker.ts';

/** The forms that the runner masks, and those that it does not know. None of an empty secret. */
export function formsOf(secret: string): readonly string[] {
  if (secret === '') return [];
  const bytes = Buffer.from(secret, 'utf8');
  const percent = [
    new URLSearchParams({ secret }).toString().slice('secret='.length),
    encodeURIComponent(secret),
  ];
  const lower = percent.map((form) => form.replaceAll(/%../g, (code) => code.toLowerCase()));
  const others = [bytes.toString('base64url'), bytes.toString('hex')];
  return [...new Set([...encodings(secret), ...percent, ...lower, ...others])];
}

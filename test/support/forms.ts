/** What a secret may look like in text. */

import { encodings } from './masker.ts';

const HTML: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** The forms in which a server may repeat a value of the request: as sent, in JSON, or in a web page. */
export function echoesOf(secret: string): readonly string[] {
  const form = new URLSearchParams({ secret }).toString().slice('secret='.length);
  const percent = [form, form.replaceAll('+', '%20')];
  const lower = percent.map((text) => text.replaceAll(/%../g, (code) => code.toLowerCase()));
  const json = JSON.stringify(secret).slice(1, -1);
  const html = secret.replaceAll(/[&<>"']/g, (character) => HTML[character] ?? '');
  return [...new Set([secret, ...percent, ...lower, json, html])];
}

/** Those, the forms that the runner masks, and others. None of an empty secret. */
export function formsOf(secret: string): readonly string[] {
  if (secret === '') return [];
  const bytes = Buffer.from(secret, 'utf8');
  const others = [bytes.toString('base64url'), bytes.toString('hex')];
  return [...new Set([...echoesOf(secret), ...encodings(secret), ...others])];
}

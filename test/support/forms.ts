/** The forms in which a secret may stand in a text. */

import { encodings } from './masker.ts';

const HTML: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** How a server may repeat a value of the request: as sent, in JSON, or in HTML. */
export function echoesOf(secret: string): readonly string[] {
  const form = new URLSearchParams({ secret }).toString().slice('secret='.length);
  const percent = [form, form.replaceAll('+', '%20')];
  const lower = percent.map((text) => text.replaceAll(/%../g, (code) => code.toLowerCase()));
  const json = JSON.stringify(secret).slice(1, -1);
  const html = secret.replaceAll(/[&<>"']/g, (character) => HTML[character] ?? '');
  return [...new Set([secret, ...percent, ...lower, json, html])];
}

/** What is always the same in the base64 of a longer text, for each place in a group of three bytes. */
function base64Cores(bytes: Buffer): readonly string[] {
  return [0, 1, 2].map((shift) => {
    const whole = Buffer.concat([Buffer.alloc(shift), bytes]);
    const end = Math.floor((whole.length * 8) / 6);
    return whole.toString('base64').slice(Math.ceil((shift * 8) / 6), end);
  });
}

/**
 * Every form in which a secret may stand in a text: those of `echoesOf`, those that the runner masks, base64 that
 * is safe for a URL, and hex. None of an empty secret.
 */
export function formsOf(secret: string): readonly string[] {
  if (secret === '') return [];
  const bytes = Buffer.from(secret, 'utf8');
  const hex = bytes.toString('hex');
  const encoded = [...encodings(secret), ...base64Cores(bytes)];
  const urlSafe = encoded.map((text) => text.replaceAll('+', '-').replaceAll('/', '_'));
  const percent = encodeURIComponent(secret.toWellFormed());
  return [
    ...new Set([...echoesOf(secret), ...encoded, ...urlSafe, percent, hex, hex.toUpperCase()]),
  ];
}

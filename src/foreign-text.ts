/** Makes text that somebody else chose, a server or an input, fit for a log that reads commands. */

import { echoedForms } from './secret-forms.ts';

/** Characters, not bytes: enough for a sentence, too few to flood a log. */
export const FOREIGN_TEXT_LIMIT = 300;

// Controls, format characters (direction overrides among them), lone surrogates, line separators.
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]+/gu;

/**
 * Cleans text: control characters become a space, known secrets (in any form that
 * `echoedForms` lists) are cut out, `::` and `##[` are broken up so that the runner reads no command,
 * and what is longer than `limit` characters is cut off.
 */
export function cleanForeignText(
  text: string,
  secrets: readonly string[],
  limit: number = FOREIGN_TEXT_LIMIT,
): string {
  // Bounds the work; a secret cut in two here is cut off with the rest below.
  let clean = text.slice(0, 64 * 1024).replace(INVISIBLE, ' ');
  for (const secret of secrets) {
    for (const form of echoedForms(secret)) clean = clean.replaceAll(form, '***');
    // A server could break a secret up with characters that were made spaces above.
    const visible = secret.replace(INVISIBLE, ' ');
    if (visible.trim() !== '') clean = clean.replaceAll(visible, '***');
  }
  clean = clean.replaceAll(/:(?=:)/g, ': ').replaceAll(/##(?=\[)/g, '## ');
  clean = clean.replaceAll(/ {2,}/g, ' ').trim();
  // Lone surrogates are gone, so a pair can only be cut in two here, and then half of it is left.
  return clean.length > limit ? `${clean.slice(0, limit).replace(/\p{Cs}$/u, '')}\u2026` : clean;
}

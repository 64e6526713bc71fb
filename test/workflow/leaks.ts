/** Searches a finished log for secrets, in the forms in which one could have got there. */

import { formsOf } from '../support/forms.ts';

/** Where a secret is in a log. `line` is the text before it; that is printed, so the secret is left out. */
export type Leak = { readonly secret: number; readonly form: string; readonly line: string };

/** Shorter ones could be in a log by chance. */
const SHORTEST = 16;

/** A token's payload and signature betray it as much as the whole does; its header says nothing. */
function partsOf(secret: string): readonly string[] {
  return [secret, ...secret.split('.').slice(1)].filter((part) => part.length >= SHORTEST);
}

/** The text of a log that act wrote, without what begins each line, so that a folded value is whole again. */
function unfolded(log: string): string {
  return log.replace(/\r?\n(?:\[[^\]\n]*\] +\| ?)?/g, '');
}

/**
 * All places in a log where one of the secrets, or the payload or signature of one, can be read.
 * @throws Error for a secret too short to be searched for
 */
export function findLeaks(log: string, secrets: readonly string[]): readonly Leak[] {
  const joined = unfolded(log);
  return secrets.flatMap((secret, index) => {
    if (secret.length < SHORTEST) throw new Error(`Secret ${index} is too short to search for.`);
    const forms = partsOf(secret).flatMap(formsOf);
    return forms.flatMap((text, number) => {
      const at = log.indexOf(text);
      if (at < 0 && !joined.includes(text)) return [];
      // The text just before tells the place; the line itself holds the secret.
      const before = at < 0 ? '(folded over lines)' : log.slice(log.lastIndexOf('\n', at) + 1, at);
      const form = number === 0 ? 'in the clear' : 'in another form';
      return [{ secret: index, form, line: before.slice(0, 100) }];
    });
  });
}

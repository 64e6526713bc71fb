/** Searches a finished log for secrets, in the forms in which one could have got there. */

/** Where a secret is in a log; `line` is how the line begins, without the secret, as it is printed itself. */
export type Leak = { readonly secret: number; readonly form: string; readonly line: string };

type Form = { readonly name: string; readonly text: string };

/** Shorter ones could be in a log by chance. */
const SHORTEST = 16;

/**
 * The part of the base64 of a longer text that this value alone decides, for each of its three positions in
 * the groups of three bytes.
 */
function base64Cores(bytes: Buffer): readonly string[] {
  return [0, 1, 2].map((shift) => {
    const whole = Buffer.concat([Buffer.alloc(shift), bytes])
      .toString('base64')
      .replace(/=+$/, '');
    const end = (shift + bytes.length) % 3 === 0 ? whole.length : whole.length - 1;
    return whole.slice(Math.ceil((shift * 8) / 6), end);
  });
}

function lowerEscapes(text: string): string {
  return text.replace(/%[0-9A-F]{2}/g, (escape) => escape.toLowerCase());
}

/** The forms that one value is searched in, each text once. */
export function formsOf(value: string): readonly Form[] {
  const bytes = Buffer.from(value, 'utf8');
  const hex = bytes.toString('hex');
  const percent = encodeURIComponent(value);
  const form = new URLSearchParams({ v: value }).toString().slice(2);
  const everyByte = hex.toUpperCase().replace(/../g, '%$&');
  const forms: readonly Form[] = [
    { name: 'in the clear', text: value },
    ...base64Cores(bytes).flatMap((text, shift) => [
      { name: `as base64, offset ${shift}`, text },
      {
        name: `as base64url, offset ${shift}`,
        text: text.replaceAll('+', '-').replaceAll('/', '_'),
      },
    ]),
    { name: 'as hex', text: hex },
    { name: 'as upper-case hex', text: hex.toUpperCase() },
    ...[percent, form, everyByte].flatMap((text) => [
      { name: 'percent-encoded', text },
      { name: 'percent-encoded in lower case', text: lowerEscapes(text) },
    ]),
    { name: 'as JSON', text: JSON.stringify(value).slice(1, -1) },
    { name: 'backwards', text: Array.from(value).reverse().join('') },
  ];
  return forms.filter(({ text }, at) => forms.findIndex((other) => other.text === text) === at);
}

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
  const folded = unfolded(log);
  return secrets.flatMap((secret, index) => {
    if (secret.length < SHORTEST) throw new Error(`Secret ${index} is too short to search for.`);
    return partsOf(secret)
      .flatMap(formsOf)
      .flatMap(({ name, text }) => {
        const at = log.indexOf(text);
        if (at < 0 && !folded.includes(text)) return [];
        // The text just before tells the place; the line itself holds the secret.
        const before =
          at < 0 ? '(folded over lines)' : log.slice(log.lastIndexOf('\n', at) + 1, at);
        return [{ secret: index, form: name, line: before.slice(0, 100) }];
      });
  });
}

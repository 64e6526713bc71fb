/** What people store in place of one opaque value, and which pieces of it are secret. Pure. */

import { parseJson } from '../json.ts';

/** Characters. Shorter pieces of a refused value are not masked: `}` or `-----` would vanish from the whole log. */
const SHORTEST_PIECE = 8;

const QUOTES = ['""', "''", '``', '\u201c\u201d', '\u2018\u2019'];
const ANY_QUOTE = QUOTES.join('');

const LINE_BREAK = /[\r\n]/;

/** Control characters, and invisible ones that come with copy and paste. */
const INVISIBLE = /[\u0000-\u001f\u007f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2064\ufeff]/;

/** The name of a variable, an expression of GitHub or a shell, or a placeholder of a manual. */
const REFERENCE =
  /^\$[{(]|^\$(?:env:)?[a-z_]\w*$|\$\{\{|^\{\{|^%\w+%$|^<[^<>]*>$|^(?:secrets|vars|env|inputs|steps|needs)\.[\w.-]+$/i;

/** A name in front of its value, as in a file of variables, YAML, JSON or a form. */
const NAMED = {
  'client-id': /client[-_. ]?id["'`]?\s{0,3}[=:]/gi,
  'client-secret': /(?:client[-_. ]?secret\w{0,20}|^["'`]?secret)["'`]?\s{0,3}[=:]/gi,
  'org-id': /\borg[-_. ]?id["'`]?\s{0,3}[=:]/gi,
  'refresh-token': /refresh[-_. ]?token["'`]?\s{0,3}[=:]/gi,
  code: /^["'`]?code["'`]?\s{0,3}[=:]/gi,
  'code-verifier': /code[-_. ]?verifier["'`]?\s{0,3}[=:]/gi,
} as const;

/** Inputs that hold one text from a credential or a user, whose value is opaque to us. */
export type OpaqueInput = keyof typeof NAMED;

export function isOpaque(input: string): input is OpaqueInput {
  return Object.hasOwn(NAMED, input);
}

/** Whether somebody stored a value with quotes around it. */
export function isQuoted(value: string): boolean {
  return value.length > 1 && QUOTES.includes(value.charAt(0) + value.charAt(value.length - 1));
}

/** The text without quotes and white space around it. A loop: a regular expression would be quadratic. */
export function unquoted(value: string): string {
  const text = value.trim();
  let [start, end] = [0, text.length];
  while (start < end && ANY_QUOTE.includes(text.charAt(start))) start += 1;
  while (start < end && ANY_QUOTE.includes(text.charAt(end - 1))) end -= 1;
  return text.slice(start, end);
}

/** Whether a text can only be meant as JSON. */
export function looksLikeJson(text: string): boolean {
  return text.startsWith('{') || text.startsWith('[');
}

/** The pieces of a refused text to mask. The runner masks each line of a mask, so each is one line. */
export function longLines(text: string): readonly string[] {
  return text
    .split(/[\r\n]+/)
    .map((line) => line.trim())
    .filter((line) => line.length >= SHORTEST_PIECE);
}

/** Every string value, at any depth, and no name. A stack of its own: JSON nests deeper than calls can. */
function stringsOf(json: unknown): readonly string[] {
  const strings: string[] = [];
  const left = [json];
  while (left.length > 0) {
    const value = left.pop();
    if (typeof value === 'string') strings.push(value);
    else if (typeof value === 'object' && value !== null)
      for (const inner of Object.values(value) as unknown[]) left.push(inner);
  }
  return strings;
}

/** Long enough, and without what separates values. */
function longRuns(text: string): readonly string[] {
  return text.split(/[\s"'`,:[\]{}]/).filter((run) => run.length >= SHORTEST_PIECE);
}

/** What to mask of refused text that looks like JSON. Never the whole text: `{` would be a mask of its own. */
export function secretsInJson(text: string): readonly string[] {
  const json = parseJson(text);
  return json === undefined ? longRuns(text) : stringsOf(json).flatMap(longLines);
}

/** The values behind the names in a text. A value ends with its line, or with its field in a form. */
function namedValues(text: string, input: OpaqueInput): readonly string[] {
  const values: string[] = [];
  let end = 0;
  for (const { 0: name, index } of text.matchAll(NAMED[input])) {
    // A name inside a value is part of it.
    if (index < end) continue;
    const [value = ''] = text.slice(index + name.length).split(/[&\r\n]/, 1);
    values.push(value);
    end = index + name.length + value.length;
  }
  return values;
}

/** What to mask of text that has names in front of its values; undefined for text without. */
function secretsInNamed(text: string, input: OpaqueInput): readonly string[] | undefined {
  const values = namedValues(text, input);
  if (values.length === 0) return undefined;
  const rest = text
    .slice(text.search(NAMED[input]))
    .replace(/^[^=:]*[=:]/, '')
    .trim();
  if (looksLikeJson(rest)) return secretsInJson(rest);
  const pieces = values.flatMap((value) => [value, unquoted(value), ...longRuns(value)]);
  return [text, ...pieces].flatMap(longLines);
}

/** What to mask of a text that is refused as a secret. */
export function secretsInRefused(text: string, input: OpaqueInput): readonly string[] {
  const bare = unquoted(text);
  if (looksLikeJson(bare)) return secretsInJson(bare);
  const items = text.replaceAll(/^[ \t]*-[ \t]+/gm, '');
  return secretsInNamed(text, input) ?? [text, bare, items].flatMap(longLines);
}

/** The problem of quotes, which the parts of a list can have too. */
export const QUOTED = 'is wrapped in quotes; store the value without them.';

/** What is wrong with the text of any input, as sentences that follow its name. */
export function shapeProblems(text: string): readonly string[] {
  const problems: string[] = isQuoted(text) ? [QUOTED] : [];
  if (LINE_BREAK.test(text)) problems.push('has a line break inside; store it as a single line.');
  else if (INVISIBLE.test(text))
    problems.push(
      'has a control character or an invisible one inside; copy it again as plain text.',
    );
  return problems;
}

/** What stands in place of the value, as a sentence that follows the name of the input; undefined for none. */
export function mistakenFor(text: string, input: OpaqueInput): string | undefined {
  const alone = `store the ${input.replace('-', ' ').replace(/\bid$/, 'ID')} alone.`;
  const bare = unquoted(text);
  if (REFERENCE.test(bare))
    return `is the name of a variable or an expression, not a value; write \`\${{ secrets.NAME }}\` in \`with:\`, and ${alone}`;
  if (looksLikeJson(bare))
    return parseJson(bare) === undefined
      ? `looks like JSON that was cut off or changed; ${alone}`
      : `is JSON; ${alone}`;
  if (text.search(NAMED[input]) !== -1)
    return `has a name in front, as in \`${input.replace('-', '_')}=...\`; ${alone}`;
  if (/^-\s/.test(bare)) return `is an item of a YAML list, with a hyphen in front; ${alone}`;
  if (/^\*+$/.test(bare)) return `is a masked value that was copied from a log; ${alone}`;
  return undefined;
}

/** What is wrong with a text that must be one opaque value, as sentences that follow the name of the input. */
export function opaqueProblems(text: string, input: OpaqueInput): readonly string[] {
  const shape = shapeProblems(text);
  const mistake = mistakenFor(text, input);
  if (mistake === undefined) return shape;
  // That a file has lines is no fault of its own.
  return [mistake, ...shape.filter((problem) => problem === QUOTED)];
}

/** What to mask of a text that must be one secret: all of it if it is accepted, else the pieces that are secret. */
export function secretsInOpaque(text: string, input: OpaqueInput): readonly string[] {
  const pieces = secretsInRefused(text, input);
  return text === '' || opaqueProblems(text, input).length > 0 ? pieces : [text, ...pieces];
}

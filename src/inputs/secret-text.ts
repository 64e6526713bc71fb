/** Mistakes in an input that should hold one opaque value, and what to mask of that input. Pure. */

import { parseJson } from '../json.ts';

/** Characters. Shorter pieces of a refused value are not masked: `}` or `-----` would vanish from the whole log. */
const SHORTEST_PIECE = 8;

const QUOTES = ['""', "''", '``', '\u201c\u201d', '\u2018\u2019'];
const QUOTE_OR_BLANK = `${QUOTES.join('')} \t\r\n`;

/** Characters, not a pattern: what can stand around a value in a list or in JSON. */
const FRAME = `${QUOTE_OR_BLANK}-[]{},`;

const LINE_BREAK = /[\r\n]/;

/** Control characters, and invisible ones that come with copy and paste. */
const INVISIBLE = /[\u0000-\u001f\u007f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2064\ufeff]/;

/** The name of a variable, an expression, or a placeholder of a manual. */
const REFERENCE =
  /^\$[{(]|^\$(?:env:)?[a-z_]\w*$|\$\{\{|^\{\{|^%\w+%$|^<[^<>]*>$|^(?:secrets|vars|env|inputs|steps|needs)\.[\w.-]+$/i;

/** A name in front of its value, as in an .env file, YAML, JSON or a form. */
const NAME =
  /(?:client[-_. ]?(?:id|secret)|org[-_. ]?id|refresh[-_. ]?token|code[-_. ]?verifier|^["'`]?(?:secret|code))\w{0,20}["'`]?\s{0,3}[=:]/i;

/** Inputs that hold one opaque value, with the usual name of that value. */
const OPAQUE = {
  'client-id': 'client ID',
  'client-secret': 'client secret',
  'org-id': 'org ID',
  'refresh-token': 'refresh token',
  code: 'code',
  'code-verifier': 'code verifier',
} as const;

export type OpaqueInput = keyof typeof OPAQUE;

export function isOpaque(input: string): input is OpaqueInput {
  return Object.hasOwn(OPAQUE, input);
}

/** Removes these characters from both ends. A loop, as a regular expression would take quadratic time. */
function trimmed(characters: string, text: string): string {
  let [start, end] = [0, text.length];
  while (start < end && characters.includes(text.charAt(start))) start += 1;
  while (start < end && characters.includes(text.charAt(end - 1))) end -= 1;
  return text.slice(start, end);
}

const isLong = (piece: string): boolean => piece.length >= SHORTEST_PIECE;

/** The lines that are long enough to mask. The runner masks each line of a mask on its own. */
function longLines(text: string): readonly string[] {
  return text
    .split(/[\r\n]+/)
    .map((line) => line.trim())
    .filter(isLong);
}

function looksLikeJson(text: string): boolean {
  return text.startsWith('{') || text.startsWith('[');
}

/**
 * The string values of a JSON text at any depth, but no names. Of broken JSON, all long words. Never the whole
 * text: the runner would mask its line `{`.
 */
function secretsInJson(text: string): readonly string[] {
  const json = parseJson(text);
  if (json === undefined) return text.split(/[\s"'`,:[\]{}]/).filter(isLong);
  const values: unknown[] = [json];
  // The list grows during the loop. Recursion would overflow the stack, as JSON can nest very deep.
  for (const value of values)
    if (typeof value === 'object' && value !== null)
      for (const inner of Object.values(value) as unknown[]) values.push(inner);
  return values.filter((value) => typeof value === 'string').flatMap(longLines);
}

/** The pieces of a text that may be secrets. */
export function secretPieces(text: string): readonly string[] {
  const bare = trimmed(QUOTE_OR_BLANK, text);
  if (looksLikeJson(bare)) return secretsInJson(bare);
  const values = text.split(NAME);
  const fields = values.flatMap((value) => value.split(/[&,]/));
  const lines = [text, ...values, ...fields].flatMap(longLines);
  return [...lines, ...lines.map((line) => trimmed(FRAME, line)).filter(isLong)];
}

/** Quotes around the text of any input, as a sentence that follows its name. */
export function quoteProblems(text: string): readonly string[] {
  const isQuoted =
    text.length > 1 && QUOTES.includes(text.charAt(0) + text.charAt(text.length - 1));
  return isQuoted ? ['is wrapped in quotes; store the value without them.'] : [];
}

/** What is wrong with the text of any input, as sentences that follow its name. */
export function shapeProblems(text: string): readonly string[] {
  const problems = [...quoteProblems(text)];
  if (LINE_BREAK.test(text)) problems.push('has a line break inside; store it as a single line.');
  else if (INVISIBLE.test(text))
    problems.push(
      'has a control character or an invisible one inside; copy it again as plain text.',
    );
  return problems;
}

/** What the text holds instead of the value, as a sentence that follows the input's name; or undefined. */
export function mistakeIn(text: string, input: OpaqueInput): string | undefined {
  const alone = `store the ${OPAQUE[input]} alone.`;
  const kept = input === 'client-id' || input === 'org-id' ? 'vars' : 'secrets';
  const bare = trimmed(QUOTE_OR_BLANK, text);
  if (REFERENCE.test(bare))
    return `is the name of a variable or an expression, not a value; write \`\${{ ${kept}.NAME }}\` in \`with:\`, and ${alone}`;
  if (looksLikeJson(bare) && bare.includes('"technicalAccount"'))
    return `is JSON, the file of the AEM Developer Console, which holds another kind of credential. Create an OAuth Server-to-Server credential in the Adobe Developer Console, and ${alone}`;
  if (looksLikeJson(bare))
    return parseJson(bare) === undefined
      ? `looks like JSON that was cut off or changed; ${alone}`
      : `is JSON; ${alone}`;
  if (NAME.test(text))
    return `has a name in front, as in \`${input.replace('-', '_')}=...\`; ${alone}`;
  if (/^-\s/.test(bare)) return `is an item of a YAML list, with a hyphen in front; ${alone}`;
  if (/^\*+$/.test(bare)) return `is a masked value that was copied from a log; ${alone}`;
  return undefined;
}

/** What is wrong with one opaque value, as sentences that follow the input's name. */
export function opaqueProblems(text: string, input: OpaqueInput): readonly string[] {
  const mistake = mistakeIn(text, input);
  // A pasted file has line breaks too, but they need no message of their own.
  return mistake === undefined ? shapeProblems(text) : [mistake, ...quoteProblems(text)];
}

/** What to mask of one value: its pieces, and the whole text too if it is accepted. */
export function secretsInOpaque(text: string, input: OpaqueInput): readonly string[] {
  const pieces = secretPieces(text);
  return opaqueProblems(text, input).length > 0 ? pieces : [text, ...pieces];
}

/**
 * The runner's secret masker: which texts a secret is recognised in, and how they are replaced.
 *
 * Source: actions/runner, `SecretMasker.cs`, `ValueEncoders.cs` and `HostContext.cs`.
 */

/** Knows a job's secrets; kept for the whole job, as on the runner. */
export type Masker = {
  /** Registers what `::add-mask::` does: the value untrimmed, and each of its lines, trimmed. */
  readonly addMask: (value: string) => void;
  /** Registers a workflow secret, as at job start: the value trimmed, and each of its lines. */
  readonly addSecret: (value: string) => void;
  /** Returns the text with every run of secrets replaced by three asterisks. */
  readonly mask: (text: string) => string;
};

type Encoder = (value: string) => string;
type Range = { readonly start: number; readonly end: number };

/** The runner ignores PowerShell pieces shorter than this, and quoted secrets up to `QUOTED`. */
const POWERSHELL_PIECE = 6;
const QUOTED = 8;

const JSON_SHORT: Readonly<Record<string, string>> = {
  '"': '\\"',
  '\\': '\\\\',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
};

const XML_ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};

/** Base64 without the first bytes, for `user:secret` pairs; a value too short is encoded whole. */
function base64From(shift: number): Encoder {
  return (value) => {
    const bytes = Buffer.from(value, 'utf8');
    return bytes.subarray(bytes.length > shift ? shift : 0).toString('base64');
  };
}

function jsonEscape(value: string): string {
  return value.replace(/["\\\u0000-\u001f\u0085\u2028\u2029]/g, (character) => {
    const code = character.charCodeAt(0).toString(16).padStart(4, '0');
    return JSON_SHORT[character] ?? `\\u${code}`;
  });
}

/** RFC 3986; `encodeURIComponent` alone leaves `! ' ( ) *` as they are. */
function percentEncode(value: string): string {
  return encodeURIComponent(value.toWellFormed()).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function xmlEscape(value: string): string {
  return value.replace(/[&<>"']/g, (character) => XML_ENTITIES[character] ?? character);
}

function withoutQuotes(value: string): string {
  const wrapped = value.length > QUOTED && value.startsWith('"') && value.endsWith('"');
  return wrapped ? value.slice(1, -1) : '';
}

/** Where PowerShell breaks a secret in two: the end of its first part and the start of the second. */
function powerShellBreak(value: string): Range | undefined {
  const coloured = value.indexOf('&+');
  // PowerShell colours the letter after `&+`, so that it belongs to neither part.
  if (coloured >= 0) return { start: coloured + 2, end: coloured + 3 };
  const last = value.lastIndexOf('&');
  return last < 0 ? undefined : { start: last + 1, end: last + 1 };
}

function powerShellFirst(value: string): string {
  const found = powerShellBreak(value);
  const piece = found === undefined ? '' : value.slice(0, found.start);
  return piece.length >= POWERSHELL_PIECE ? piece : '';
}

function powerShellSecond(value: string): string {
  const found = powerShellBreak(value);
  const piece = found === undefined ? '' : value.slice(found.end);
  return piece.length >= POWERSHELL_PIECE ? piece : '';
}

const ENCODERS: readonly Encoder[] = [
  (value) => value,
  base64From(0),
  base64From(1),
  base64From(2),
  (value) => value.replaceAll('"', '\\"'),
  (value) => value.replaceAll("'", "''"),
  jsonEscape,
  percentEncode,
  xmlEscape,
  withoutQuotes,
  powerShellFirst,
  powerShellSecond,
];

/** Returns the texts that one registered value is recognised in; an empty value has none. */
export function encodings(value: string): readonly string[] {
  if (value === '') return [];
  return [...new Set(ENCODERS.map((encode) => encode(value)))].filter((text) => text !== '');
}

/** Finds all places, those that overlap each other too. */
function rangesOf(text: string, secret: string): readonly Range[] {
  const ranges: Range[] = [];
  for (let at = text.indexOf(secret); at >= 0; at = text.indexOf(secret, at + 1)) {
    ranges.push({ start: at, end: at + secret.length });
  }
  return ranges;
}

/** Merges ranges that overlap or touch, so that two neighbours show as one `***`. */
function merge(ranges: readonly Range[]): readonly Range[] {
  const merged: Range[] = [];
  for (const range of [...ranges].sort((a, b) => a.start - b.start)) {
    const last = merged.at(-1);
    if (last !== undefined && range.start <= last.end) {
      merged[merged.length - 1] = { start: last.start, end: Math.max(last.end, range.end) };
    } else {
      merged.push(range);
    }
  }
  return merged;
}

function replaceRanges(text: string, ranges: readonly Range[]): string {
  let result = '';
  let from = 0;
  for (const { start, end } of ranges) {
    result += `${text.slice(from, start)}***`;
    from = end;
  }
  return result + text.slice(from);
}

function trimmedLines(value: string): readonly string[] {
  return value
    .split(/[\r\n]/)
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

/** Makes a masker that knows no secret yet. */
export function createMasker(): Masker {
  const known = new Set<string>();
  const add = (values: readonly string[]): void => {
    for (const text of values.flatMap(encodings)) known.add(text);
  };
  return {
    addMask: (value) => {
      // The runner refuses such a mask: it would hide every blank.
      if (value.trim() !== '') add([value, ...trimmedLines(value)]);
    },
    addSecret: (value) => {
      add([value.trim(), ...trimmedLines(value)]);
    },
    mask: (text) =>
      replaceRanges(text, merge([...known].flatMap((secret) => rangesOf(text, secret)))),
  };
}

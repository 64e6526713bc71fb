/**
 * The runner's secret masker: the forms of a secret that it knows, and how it replaces them.
 * Left out: the pieces that PowerShell makes of a secret, and the inside of quotes.
 *
 * Source: actions/runner, `SecretMasker.cs`, `ValueEncoders.cs` and `HostContext.cs`.
 */

/** Knows a job's secrets; kept for the whole job, as on the runner. */
export type Masker = {
  /** Registers what `::add-mask::` does: the value untrimmed, and each of its lines, trimmed. */
  readonly addMask: (value: string) => void;
  /** Registers a workflow secret, as at job start: trimmed, and each of its lines. */
  readonly addSecret: (value: string) => void;
  /** Returns the text with every run of secrets replaced by three asterisks. */
  readonly mask: (text: string) => string;
};

type Encoder = (value: string) => string;
type Range = { readonly start: number; readonly end: number };

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

/** As Newtonsoft writes it, which also escapes three line separators. */
function jsonEscape(value: string): string {
  return JSON.stringify(value)
    .slice(1, -1)
    .replace(/[\u0085\u2028\u2029]/g, (separator) => {
      return `\\u${separator.charCodeAt(0).toString(16).padStart(4, '0')}`;
    });
}

/** RFC 3986; `encodeURIComponent` alone leaves `! ' ( ) *` as they are. */
function percentEncode(value: string): string {
  return encodeURIComponent(value.toWellFormed()).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
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
  (value) => value.replace(/[&<>"']/g, (character) => XML_ENTITIES[character] ?? character),
];

/** Returns the texts that one registered value is recognised in; an empty value has none. */
export function encodings(value: string): readonly string[] {
  return value === '' ? [] : [...new Set(ENCODERS.map((encode) => encode(value)))];
}

/** Finds all places, those that overlap each other too. */
function rangesOf(text: string, secret: string): readonly Range[] {
  const ranges: Range[] = [];
  for (let at = text.indexOf(secret); at >= 0; at = text.indexOf(secret, at + 1)) {
    ranges.push({ start: at, end: at + secret.length });
  }
  return ranges;
}

/** Ranges that overlap or touch become one `***`. */
function replaceRanges(text: string, ranges: readonly Range[]): string {
  let result = '';
  let end = -1;
  for (const range of ranges.toSorted((a, b) => a.start - b.start)) {
    if (range.start > end) result += `${text.slice(Math.max(end, 0), range.start)}***`;
    end = Math.max(end, range.end);
  }
  return result + text.slice(Math.max(end, 0));
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
      replaceRanges(
        text,
        [...known].flatMap((secret) => rangesOf(text, secret)),
      ),
  };
}

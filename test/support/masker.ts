/** The runner's masker (actions/runner, SecretMasker.cs, ValueEncoders.cs): pure, with every encoding. */

const jsonEscapes: Readonly<Record<string, string>> = {
  '"': '\\"',
  '\\': '\\\\',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
};

function jsonEscape(value: string): string {
  return value.replaceAll(
    /["\\\u0000-\u001f\u0085\u2028\u2029]/g,
    (character) =>
      jsonEscapes[character] ?? `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

function percentEncode(value: string): string {
  return encodeURIComponent(value).replaceAll(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function xmlEscape(value: string): string {
  const entities: Readonly<Record<string, string>> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
    "'": '&apos;',
  };
  return value.replaceAll(/[&<>"']/g, (character) => entities[character] ?? character);
}

function powerShellPieces(value: string): readonly string[] {
  if (!value.includes('&')) return [];
  return [...value.split('&+'), ...value.split('&')].filter((piece) => piece.length >= 6);
}

/** What the runner hides for one value: itself and its encodings. */
function encodings(value: string): readonly string[] {
  const bytes = Buffer.from(value.toWellFormed(), 'utf8');
  return [
    value,
    bytes.toString('base64'),
    bytes.subarray(1).toString('base64'),
    bytes.subarray(2).toString('base64'),
    value.replaceAll('"', '\\"'),
    value.replaceAll("'", "''"),
    jsonEscape(value),
    percentEncode(value.toWellFormed()),
    xmlEscape(value),
    ...(value.length > 8 && /^".*"$/s.test(value) ? [value.slice(1, -1)] : []),
    ...powerShellPieces(value),
  ].filter((form) => form !== '');
}

function rangesOf(text: string, form: string): [number, number][] {
  const ranges: [number, number][] = [];
  for (let at = text.indexOf(form); at !== -1; at = text.indexOf(form, at + 1))
    ranges.push([at, at + form.length]);
  return ranges;
}

/** Hides registered values; keeps them for the whole job. */
export class Masker {
  readonly #forms = new Set<string>();

  /** Registers a value and each of its lines, as `::add-mask::` does. */
  add(value: string): void {
    const lines = value.split(/[\r\n]+/).map((line) => line.trim());
    for (const part of [value, ...lines])
      if (part.trim() !== '') for (const form of encodings(part)) this.#forms.add(form);
  }

  /** Replaces every match by three asterisks; matches that overlap or touch become one. */
  mask(text: string): string {
    const ranges = [...this.#forms]
      .flatMap((form) => rangesOf(text, form))
      .sort((a, b) => a[0] - b[0]);
    let out = '';
    let done = 0;
    let open: [number, number] | undefined;
    const flush = (): void => {
      if (open === undefined) return;
      out += `${text.slice(done, open[0])}***`;
      done = open[1];
    };
    for (const [start, end] of ranges) {
      if (open !== undefined && start <= open[1]) {
        open[1] = Math.max(open[1], end);
        continue;
      }
      flush();
      open = [start, end];
    }
    flush();
    return out + text.slice(done);
  }
}

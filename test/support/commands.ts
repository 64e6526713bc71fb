/**
 * What a step tells the runner: file commands and workflow commands, parsed as the runner does.
 *
 * Source: actions/runner, `FileCommandManager.cs`, `ActionCommand.cs` and `ActionCommandManager.cs`.
 */

/** One entry of GITHUB_OUTPUT, GITHUB_ENV or GITHUB_STATE. */
export type Entry = { readonly name: string; readonly value: string };

/** The entries up to the first bad one, which stay applied, and what is wrong with that one. */
export type Entries = { readonly entries: readonly Entry[]; readonly error?: string };

/** A line that the runner obeys. Its name and the names of its properties are in lower case. */
export type WorkflowCommand = {
  readonly name: string;
  readonly properties: Readonly<Record<string, string>>;
  readonly data: string;
};

type Line = { readonly text: string; readonly ended: boolean; readonly next: number };
type Parsed = { readonly entry: Entry; readonly next: number } | { readonly error: string };

/** The commands that the runner knows; any other name is plain output. */
export const COMMAND_NAMES: ReadonlySet<string> = new Set([
  'add-mask',
  'add-matcher',
  'add-path',
  'debug',
  'echo',
  'endgroup',
  'error',
  'group',
  'notice',
  'remove-matcher',
  'save-state',
  'set-env',
  'set-output',
  'stop-commands',
  'warning',
]);

/** Only a line feed ends a line here, so a carriage return stays in values and delimiters. */
function lineAt(text: string, index: number): Line | undefined {
  if (index >= text.length) return undefined;
  const end = text.indexOf('\n', index);
  return end < 0
    ? { text: text.slice(index), ended: false, next: text.length }
    : { text: text.slice(index, end), ended: true, next: end + 1 };
}

function heredoc(text: string, head: Line, at: number): Parsed {
  const name = head.text.slice(0, at);
  const delimiter = head.text.slice(at + 2);
  if (name === '' || delimiter === '') {
    return {
      error: `Invalid format '${head.text}'. Name must not be empty and delimiter must not be empty`,
    };
  }
  let end = head.next;
  for (let line = lineAt(text, head.next); line !== undefined; line = lineAt(text, line.next)) {
    if (line.text === delimiter) {
      return { entry: { name, value: text.slice(head.next, end) }, next: line.next };
    }
    if (!line.ended) return { error: 'Invalid value. EOF marker missing new line.' };
    end = line.next - 1;
  }
  return { error: `Invalid value. Matching delimiter not found '${delimiter}'` };
}

function entryAt(text: string, line: Line): Parsed {
  const equals = line.text.indexOf('=');
  const arrows = line.text.indexOf('<<');
  if (equals >= 0 && (arrows < 0 || equals < arrows)) {
    const entry = { name: line.text.slice(0, equals), value: line.text.slice(equals + 1) };
    return { entry, next: line.next };
  }
  return arrows < 0 ? { error: `Invalid format '${line.text}'` } : heredoc(text, line, arrows);
}

/** Parses the content of GITHUB_OUTPUT, GITHUB_ENV or GITHUB_STATE. Never throws. */
export function parseEntries(content: string): Entries {
  const text = content.replace(/^\uFEFF/, '');
  const entries: Entry[] = [];
  let line = lineAt(text, 0);
  while (line !== undefined) {
    let next = line.next;
    if (line.text !== '') {
      const parsed = entryAt(text, line);
      if ('error' in parsed) return { entries, error: parsed.error };
      entries.push(parsed.entry);
      next = parsed.next;
    }
    line = lineAt(text, next);
  }
  return { entries };
}

/** Parses the content of GITHUB_PATH: one folder a line, in the order in which they are added. */
export function parsePaths(content: string): readonly string[] {
  return content
    .replace(/^\uFEFF/, '')
    .split(/\r\n|\r|\n/)
    .filter((line) => line !== '');
}

type Syntax = {
  readonly separator: string;
  readonly data: (text: string) => string;
  readonly property: (text: string) => string;
};

/** Unescapes in the order given: `%25` comes last, or `%250A` would become a line feed. */
function unescaper(pairs: readonly (readonly [string, string])[]): (text: string) => string {
  return (text) =>
    pairs.reduce((result, [escaped, plain]) => result.replaceAll(escaped, plain), text);
}

const bracketText = unescaper([
  ['%3B', ';'],
  ['%0D', '\r'],
  ['%0A', '\n'],
  ['%5D', ']'],
  ['%25', '%'],
]);

const COLONS: Syntax = {
  separator: ',',
  data: unescaper([
    ['%0D', '\r'],
    ['%0A', '\n'],
    ['%25', '%'],
  ]),
  property: unescaper([
    ['%0D', '\r'],
    ['%0A', '\n'],
    ['%3A', ':'],
    ['%2C', ','],
    ['%25', '%'],
  ]),
};

const BRACKETS: Syntax = { separator: ';', data: bracketText, property: bracketText };

function command(
  head: string,
  data: string,
  syntax: Syntax,
  names: ReadonlySet<string>,
): WorkflowCommand | undefined {
  const space = head.indexOf(' ');
  const name = (space < 0 ? head : head.slice(0, space)).toLowerCase();
  if (!names.has(name)) return undefined;
  const properties = new Map<string, string>();
  for (const pair of space < 0
    ? []
    : head
        .slice(space + 1)
        .trim()
        .split(syntax.separator)) {
    const equals = pair.indexOf('=');
    if (equals < 0) continue;
    properties.set(pair.slice(0, equals).toLowerCase(), syntax.property(pair.slice(equals + 1)));
  }
  return { name, properties: Object.fromEntries(properties), data: syntax.data(data) };
}

function colonCommand(line: string, names: ReadonlySet<string>): WorkflowCommand | undefined {
  const text = line.trimStart();
  const end = text.startsWith('::') ? text.indexOf('::', 2) : -1;
  return end < 0 ? undefined : command(text.slice(2, end), text.slice(end + 2), COLONS, names);
}

function bracketCommand(line: string, names: ReadonlySet<string>): WorkflowCommand | undefined {
  const start = line.indexOf('##[');
  const end = start < 0 ? -1 : line.indexOf(']', start);
  if (end < 0) return undefined;
  return command(line.slice(start + 3, end), line.slice(end + 1), BRACKETS, names);
}

/**
 * Parses one line of stdout or stderr; returns undefined for plain output.
 * `names`, in lower case, are the commands known at the moment.
 */
export function parseCommand(
  line: string,
  names: ReadonlySet<string> = COMMAND_NAMES,
): WorkflowCommand | undefined {
  return colonCommand(line, names) ?? bracketCommand(line, names);
}

/** Cuts a stream into lines, which end at a line feed, a carriage return or both. */
export type LineReader = {
  /** Takes the next piece and returns the lines that it completes. */
  readonly push: (piece: string) => readonly string[];
  /** Returns the unterminated last line, if there is one. */
  readonly end: () => readonly string[];
};

/** Makes a reader for one stream. */
export function createLineReader(): LineReader {
  let rest = '';
  return {
    push: (piece) => {
      rest += piece;
      // A carriage return at the very end may be the first half of a CRLF.
      const lines = rest.split(/\r\n|\r(?!$)|\n/);
      rest = lines.pop() ?? '';
      return lines;
    },
    end: () => {
      const last = rest.replace(/\r$/, '');
      const lines = rest === '' ? [] : [last];
      rest = '';
      return lines;
    },
  };
}

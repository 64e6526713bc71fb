/**
 * File commands and workflow commands of a step, parsed as the runner does.
 *
 * Source: actions/runner, `FileCommandManager.cs`, `ActionCommand.cs` and `ActionCommandManager.cs`.
 */

/** One entry of GITHUB_OUTPUT, GITHUB_ENV or GITHUB_STATE. */
export type Entry = { readonly name: string; readonly value: string };

/** The entries before the first bad one, and what is wrong with that one. */
export type Entries = { readonly entries: readonly Entry[]; readonly error?: string };

/** A line that the runner obeys. Its name is in lower case. */
export type WorkflowCommand = { readonly name: string; readonly data: string };

/** The commands that the runner knows; any other name is plain output. */
const COMMAND_NAMES: ReadonlySet<string> = new Set(
  (
    'add-mask add-matcher add-path debug echo endgroup error group notice remove-matcher ' +
    'save-state set-env set-output stop-commands warning'
  ).split(' '),
);

/** Parses the content of GITHUB_OUTPUT, GITHUB_ENV or GITHUB_STATE. Never throws. */
export function parseEntries(content: string): Entries {
  const entries: Entry[] = [];
  // A carriage return ends no line here. It stays in values and delimiters.
  const lines = content.split('\n');
  for (let at = 0; at < lines.length; at += 1) {
    const line = lines[at] ?? '';
    if (line === '') continue;
    const [, name = '', sign, rest = ''] = /^(.*?)(=|<<)(.*)$/s.exec(line) ?? [];
    if (sign === '=') {
      entries.push({ name, value: rest });
      continue;
    }
    if (name === '' || rest === '') return { entries, error: `Invalid format '${line}'` };
    const end = lines.indexOf(rest, at + 1);
    if (end < 0) {
      return { entries, error: `Invalid value. Matching delimiter not found '${rest}'` };
    }
    entries.push({ name, value: lines.slice(at + 1, end).join('\n') });
    at = end;
  }
  return { entries };
}

/** `%25` comes last, or `%250A` would become a line feed. */
function unescape(text: string, pairs: readonly (readonly [string, string])[]): string {
  return [...pairs, ['%25', '%'] as const].reduce(
    (result, [escaped, plain]) => result.replaceAll(escaped, plain),
    text,
  );
}

const LINE_ENDS = [
  ['%0D', '\r'],
  ['%0A', '\n'],
] as const;
const BRACKETS = [['%3B', ';'], ...LINE_ENDS, ['%5D', ']']] as const;

function known(head: string): string | undefined {
  const name = (head.split(' ', 1)[0] ?? '').toLowerCase();
  return COMMAND_NAMES.has(name) ? name : undefined;
}

/** Parses one line of stdout or stderr; returns undefined for plain output. */
export function parseCommand(line: string): WorkflowCommand | undefined {
  const [, colons = '', data = ''] = /^::(.*?)::(.*)$/s.exec(line.trimStart()) ?? [];
  const name = known(colons);
  if (name !== undefined) return { name, data: unescape(data, LINE_ENDS) };
  // This form is obeyed anywhere in a line.
  const [, brackets = '', rest = ''] = /##\[(.*?)\](.*)$/s.exec(line) ?? [];
  const other = known(brackets);
  return other === undefined ? undefined : { name: other, data: unescape(rest, BRACKETS) };
}

/** Cuts a stream into lines. A line ends at LF, CR or both. */
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
      const lines = rest === '' ? [] : [rest.replace(/\r$/, '')];
      rest = '';
      return lines;
    },
  };
}

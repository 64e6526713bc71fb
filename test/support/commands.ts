/** Parsers of what an action tells the runner: workflow commands and file commands. */

export type Command = {
  readonly name: string;
  readonly properties: Readonly<Record<string, string>>;
  readonly data: string;
};

const decode = (text: string): string =>
  text.replaceAll('%0D', '\r').replaceAll('%0A', '\n').replaceAll('%25', '%');

function parseProperties(text: string, separator: string): Readonly<Record<string, string>> {
  const pairs = text
    .split(separator)
    .map((pair) => pair.trim())
    .filter((pair) => pair.includes('='));
  return Object.fromEntries(
    pairs.map((pair) => {
      const at = pair.indexOf('=');
      const value = pair
        .slice(at + 1)
        .replaceAll('%3A', ':')
        .replaceAll('%2C', ',');
      return [pair.slice(0, at), decode(value)];
    }),
  );
}

const COMMAND = /^([^\s:[\]]+)(?: +(.*))?$/s;

/** Reads a line as the runner does: `::name …::data` at its start, `##[name …]data` anywhere in it. */
export function parseCommand(line: string): Command | undefined {
  const start = line.trimStart();
  if (start.startsWith('::')) {
    const end = start.indexOf('::', 2);
    const head = end === -1 ? null : COMMAND.exec(start.slice(2, end));
    if (head?.[1] !== undefined)
      return {
        name: head[1].toLowerCase(),
        properties: parseProperties(head[2] ?? '', ','),
        data: decode(start.slice(end + 2)),
      };
  }
  const at = line.indexOf('##[');
  const end = at === -1 ? -1 : line.indexOf(']', at);
  const head = end === -1 ? null : COMMAND.exec(line.slice(at + 3, end));
  if (head?.[1] === undefined) return undefined;
  const data = line
    .slice(end + 1)
    .replaceAll('%3B', ';')
    .replaceAll('%5D', ']');
  return {
    name: head[1].toLowerCase(),
    properties: parseProperties(head[2] ?? '', ';'),
    data: decode(data),
  };
}

export type Entry = { readonly name: string; readonly value: string };

export class FileCommandError extends Error {}

/**
 * Reads a file of names and values (FileCommandManager.cs). Entries before a bad one stay: they are
 * passed to `apply` as they are read.
 * @throws FileCommandError in the runner's words
 */
export function parseFileCommand(text: string, apply: (entry: Entry) => void): void {
  let rest = text;
  const line = (): { text: string; ended: boolean } => {
    const at = rest.indexOf('\n');
    const taken = at === -1 ? rest : rest.slice(0, at);
    rest = at === -1 ? '' : rest.slice(at + 1);
    return { text: taken, ended: at !== -1 };
  };
  while (rest !== '') {
    const { text: head } = line();
    if (head === '') continue;
    const equals = head.indexOf('=');
    const heredoc = head.indexOf('<<');
    if (equals >= 0 && (heredoc < 0 || equals < heredoc)) {
      apply({ name: head.slice(0, equals), value: head.slice(equals + 1) });
      continue;
    }
    if (heredoc < 0) throw new FileCommandError(`Invalid format '${head}'`);
    const name = head.slice(0, heredoc);
    const delimiter = head.slice(heredoc + 2);
    if (name === '' || delimiter === '')
      throw new FileCommandError(
        `Invalid format '${head}'. Name must not be empty and delimiter must not be empty`,
      );
    const lines: string[] = [];
    for (;;) {
      if (rest === '')
        throw new FileCommandError(`Invalid value. Matching delimiter not found '${delimiter}'`);
      const next = line();
      if (next.text === delimiter) break;
      if (!next.ended) throw new FileCommandError('Invalid value. EOF marker missing new line.');
      lines.push(next.text);
    }
    apply({ name, value: lines.join('\n') });
  }
}

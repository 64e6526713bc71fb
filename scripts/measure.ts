/**
 * Counts what CONTRIBUTING promises: words a sentence, lines a function, imports between rooms.
 *
 *   npm run measure                      the figures for src
 *   npm run measure -- --list            also every sentence that is too long
 *   npm run measure -- src test scripts  for several folders
 */

import { readdirSync, readFileSync } from 'node:fs';
import { basename, join, posix, resolve } from 'node:path';
import { parseArgs } from 'node:util';

import ts from 'typescript';

import { type Sentence, sentencesOf } from './sentences.ts';

const MOST_WORDS = 15;
/** Of a function, as the linter counts them too. */
export const MOST_LINES = 40;

/** The house, from the top down. Rooms in one row stand side by side. */
const ROOMS: readonly (readonly string[])[] = [
  ['main.ts', 'post.ts'],
  ['steps.ts'],
  ['acquire.ts', 'revoke.ts'],
  ['revocation.ts'],
  ['inputs/'],
  ['reuse/'],
  ['ims/'],
  ['http/'],
  ['step-context.ts'],
  ['secrets.ts'],
  ['runner/'],
  ['failure.ts', 'seal.ts', 'json.ts', 'bounded-file.ts'],
];
/** Takes the place of packages; nobody imports it. */
const STAND_INS = 'stand-ins/';

/** A finding, as `file:line` and words. */
export type Finding = string;

const positionOf = (file: ts.SourceFile, node: ts.Node): string =>
  `${file.fileName}:${file.getLineAndCharacterOfPosition(node.getStart(file)).line + 1}`;

/** Every node of a file. */
function* nodesOf(node: ts.Node): Generator<ts.Node> {
  yield node;
  for (const child of node.getChildren()) yield* nodesOf(child);
}

/** Functions longer than the limit, from the first line to the last. */
export function longFunctions(file: ts.SourceFile): readonly Finding[] {
  const lineOf = (position: number): number => file.getLineAndCharacterOfPosition(position).line;
  return [...nodesOf(file)].flatMap((node) => {
    const isFunction = ts.isFunctionLike(node) && 'body' in node && node.body !== undefined;
    const lines = lineOf(node.end) - lineOf(node.getStart(file)) + 1;
    return isFunction && lines > MOST_LINES ? [`${positionOf(file, node)} ${lines} lines`] : [];
  });
}

/** The room of a file of the house: its folder, or itself at the top. */
export function roomOf(path: string): string {
  const [first = '', ...rest] = path.split('/');
  return rest.length === 0 ? first : `${first}/`;
}

const floorOf = (room: string): number => ROOMS.findIndex((rooms) => rooms.includes(room));
const isKnown = (room: string): boolean => room === STAND_INS || floorOf(room) !== -1;

/** Which way an import goes; undefined for down, which is right. */
export function faultOf(from: string, to: string): 'up' | 'sideways' | 'unknown' | undefined {
  if (from === to) return undefined;
  if (!isKnown(from) || !isKnown(to)) return 'unknown';
  if (to === STAND_INS) return 'up';
  if (from === STAND_INS || floorOf(from) > floorOf(to)) return 'up';
  return floorOf(from) === floorOf(to) ? 'sideways' : undefined;
}

/** The specifiers of all imports, also of types, of `export from` and of `import()`. */
function importsOf(file: ts.SourceFile): readonly ts.StringLiteralLike[] {
  return [...nodesOf(file)].flatMap((node) => {
    const [specifier] = ts.isCallExpression(node)
      ? node.expression.kind === ts.SyntaxKind.ImportKeyword
        ? node.arguments
        : []
      : ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)
        ? [node.argument.literal]
        : ts.isImportDeclaration(node) || ts.isExportDeclaration(node)
          ? [node.moduleSpecifier]
          : [];
    return specifier !== undefined && ts.isStringLiteralLike(specifier) ? [specifier] : [];
  });
}

/** The imports of a file that go up, sideways, or to or from an unknown room. */
export function importFaults(path: string, file: ts.SourceFile): readonly Finding[] {
  return importsOf(file).flatMap((specifier) => {
    const target = posix.join(posix.dirname(path), specifier.text);
    if (!specifier.text.startsWith('.') || target.startsWith('..')) return [];
    const kind = faultOf(roomOf(path), roomOf(target.replace(/\.js$/, '.ts')));
    return kind === undefined ? [] : [`${kind}: ${positionOf(file, specifier)} ${target}`];
  });
}

/** Whether the environment, or one of its variables, is written or deleted here. */
function isWritten(node: ts.Node): boolean {
  const { parent } = node;
  if (ts.isDeleteExpression(parent)) return true;
  return (
    ts.isBinaryExpression(parent) &&
    parent.left === node &&
    parent.operatorToken.kind === ts.SyntaxKind.EqualsToken
  );
}

/** The variables that a file reads. `(whole)` hands `process.env` on, and `(given)` reads an `env` handed on. */
export function environmentReads(file: ts.SourceFile): readonly string[] {
  return [...nodesOf(file)].flatMap((node) => {
    const isOwn = ts.isPropertyAccessExpression(node) && node.getText(file) === 'process.env';
    if (!isOwn && !(ts.isIdentifier(node) && node.text === 'env')) return [];
    const { parent } = node;
    if (!ts.isElementAccessExpression(parent) || parent.expression !== node)
      return isOwn && !isWritten(node) ? ['(whole)'] : [];
    const name = parent.argumentExpression.getText(file).replaceAll("'", '');
    return isWritten(parent) ? [] : [isOwn ? name : `${name} (given)`];
  });
}

/** The value below which a share of the numbers lies; the nearest of them. */
export function percentile(numbers: readonly number[], share: number): number {
  const sorted = numbers.toSorted((one, other) => one - other);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
}

type Source = { readonly path: string; readonly file: ts.SourceFile };

function sourcesIn(folder: string): readonly Source[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => name.replaceAll('\\', '/'))
    .filter((name) => /\.m?[jt]s$/.test(name) && !name.includes('node_modules/'))
    .sort()
    .map((path) => {
      const name = posix.join(folder.replaceAll('\\', '/'), path);
      const text = readFileSync(join(folder, path), 'utf8');
      return { path, file: ts.createSourceFile(name, text, ts.ScriptTarget.Latest, true) };
    });
}

function print(title: string, findings: readonly Finding[]): void {
  console.log(`${title}: ${findings.length}`);
  for (const finding of findings) console.log(`  ${finding}`);
}

function printSentences(sources: readonly Source[], list: boolean): void {
  const all = sources.flatMap(({ file }) =>
    sentencesOf(file).map((sentence): Sentence & { readonly where: string } => ({
      ...sentence,
      where: `${file.fileName}:${sentence.line}`,
    })),
  );
  const words = all.map((sentence) => sentence.words);
  const long = all.filter((sentence) => sentence.words > MOST_WORDS);
  const share = (100 * (1 - long.length / all.length)).toFixed(1);
  console.log(
    `words a sentence of the comments: median ${percentile(words, 0.5)}, nine in ten at most ` +
      `${percentile(words, 0.9)}; ${share} % of ${all.length} sentences have at most ${MOST_WORDS}`,
  );
  if (list)
    for (const { where, words: count, text } of long)
      console.log(`  ${where} ${count} words: ${text}`);
}

function printHouse(sources: readonly Source[]): void {
  const strangers = new Set(
    sources.map(({ path }) => roomOf(path)).filter((room) => !isKnown(room)),
  );
  print('rooms that are not in the plan', [...strangers]);
  const faults = sources.flatMap(({ path, file }) => importFaults(path, file)).sort();
  const isJudged = (finding: Finding): boolean => !finding.startsWith('unknown');
  print('imports up or sideways', faults.filter(isJudged));
  print(
    'imports of or by rooms that are not in the plan',
    faults.filter((one) => !isJudged(one)),
  );
}

function printEnvironment(sources: readonly Source[]): void {
  const rooms = new Map<string, string[]>();
  for (const { path, file } of sources) {
    const reads = environmentReads(file);
    if (reads.length > 0) rooms.set(roomOf(path), [...(rooms.get(roomOf(path)) ?? []), ...reads]);
  }
  print(
    'rooms that read the environment',
    [...rooms].map(([room, reads]) => `${room} ${reads.length}: ${reads.join(', ')}`),
  );
}

function measure(folder: string, list: boolean): void {
  const sources = sourcesIn(folder);
  const lines = sources.map(({ file }) => file.text.split('\n').length - 1);
  console.log(
    `${folder}: ${sources.length} files, ${lines.reduce((sum, one) => sum + one, 0)} lines`,
  );
  printSentences(sources, list);
  print(
    `functions over ${MOST_LINES} lines`,
    sources.flatMap(({ file }) => longFunctions(file)),
  );
  if (basename(resolve(folder)) === 'src') printHouse(sources);
  printEnvironment(sources);
}

if (process.argv[1] === import.meta.filename) {
  const options = { list: { type: 'boolean', default: false } } as const;
  const { values, positionals } = parseArgs({ options, allowPositionals: true });
  for (const folder of positionals.length > 0 ? positionals : ['src']) measure(folder, values.list);
}

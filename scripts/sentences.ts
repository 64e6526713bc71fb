/**
 * The sentences of the comments in a TypeScript source, and their words.
 *
 * - A sentence ends at `.` or `;` before a space, and at `:` before a capital.
 * - The end of a paragraph, a list item or a tag ends it too.
 * - A word has a letter or a digit. `code with spaces` has three, and what is inside ends no sentence.
 * - The name of a tag (`@throws`) and the parameter after `@param` are no words. Neither is a bare address.
 * - Orders to tools (`eslint-disable`, `@ts-expect-error`), licence lines and code samples are left out.
 */

import ts from 'typescript';

export type Sentence = {
  /** Line of its first word, from 1. */
  readonly line: number;
  readonly text: string;
  readonly words: number;
};

type Line = { readonly line: number; readonly text: string };

/** What no reader reads as a sentence. */
const NO_PROSE =
  /^(?:eslint|@ts-|prettier-|[cv]8 |istanbul |@vitest|#!|SPDX-|Copyright\b|<reference\b)/;
/** Two words or fewer are a label. */
const FEWEST_WORDS = 3;

/** Every comment of a file, once, in order. */
function commentRanges(file: ts.SourceFile): readonly ts.CommentRange[] {
  const found = new Map<number, ts.CommentRange>();
  const visit = (node: ts.Node): void => {
    const children = node.getChildren(file).filter((child) => !ts.isJSDoc(child));
    if (children.length > 0) {
      children.forEach(visit);
      return;
    }
    const leading = ts.getLeadingCommentRanges(file.text, node.pos) ?? [];
    const trailing = ts.getTrailingCommentRanges(file.text, node.end) ?? [];
    for (const range of [...leading, ...trailing]) found.set(range.pos, range);
  };
  visit(file);
  return [...found.values()].sort((one, other) => one.pos - other.pos);
}

/** The lines of a comment without its marks. */
function linesOf(file: ts.SourceFile, { pos, end, kind }: ts.CommentRange): readonly Line[] {
  const first = file.getLineAndCharacterOfPosition(pos).line + 1;
  const text = file.text.slice(pos, end);
  if (kind === ts.SyntaxKind.SingleLineCommentTrivia)
    return [{ line: first, text: text.replace(/^\/\/+ ?/, '') }];
  return text
    .replace(/\*+\/$/, '')
    .split('\n')
    .map((raw, index) => ({
      line: first + index,
      text: raw.replace(/^\s*\/?\*+ ?/, '').trimEnd(),
    }));
}

/** Comments line by line; an empty line between two that do not continue each other. */
function commentLines(file: ts.SourceFile): readonly Line[] {
  const lines: Line[] = [];
  let last = { line: -1, column: -1 };
  for (const range of commentRanges(file)) {
    const { line, character: column } = file.getLineAndCharacterOfPosition(range.pos);
    const isSingle = range.kind === ts.SyntaxKind.SingleLineCommentTrivia;
    const continues = isSingle && last.line === line - 1 && last.column === column;
    if (!continues) lines.push({ line: line + 1, text: '' });
    lines.push(...linesOf(file, range));
    last = isSingle ? { line, column } : { line: -1, column: -1 };
  }
  return lines;
}

/** The paragraphs of the comments: tags, list items and empty lines begin a new one. */
function paragraphs(lines: readonly Line[]): readonly (readonly Line[])[] {
  const all: Line[][] = [[]];
  let isFenced = false;
  let isSample = false;
  for (const { line, text } of lines) {
    const isFence = text.trimStart().startsWith('```');
    if (isFence) isFenced = !isFenced;
    const current = all.at(-1) ?? [];
    const isEmpty = text.trim() === '';
    // As in Markdown, indented lines after an empty one are code.
    isSample = /^\s{2,}/.test(text) && (isSample || current.length === 0);
    if (isEmpty || isFence || isFenced || isSample || NO_PROSE.test(text)) {
      if (current.length > 0) all.push([]);
      continue;
    }
    const bare = text.trim().replace(/^(?:[-*]|\d+\.) /, '');
    const prose = bare.replace(/^@(?:param|template) \S+(?: -)?|^@\w+(?: \{[^}]*\})?/, '');
    const paragraph = { line, text: prose.trim() };
    if (bare !== text.trim() || prose !== bare) all.push([paragraph]);
    else current.push(paragraph);
  }
  return all;
}

/** Cuts a paragraph where a sentence ends. Code and addresses end none. */
function sentencesOfParagraph(lines: readonly Line[]): readonly Sentence[] {
  const text = lines.map((line) => line.text).join('\n');
  const lineAt = (offset: number): number =>
    lines[text.slice(0, offset).split('\n').length - 1]?.line ?? 0;
  const opaque = text.replaceAll(/`[^`]*`|https?:\/\/\S+/g, (code) =>
    code.replaceAll(/[.;:](?=.)/gs, '_'),
  );
  const ends = [...opaque.matchAll(/[.;]["'”)\]]*(?=\s|$)|:(?=\s+[A-Z])/g)];
  const cuts = [0, ...ends.map(({ 0: end, index }) => index + end.length), text.length];
  return cuts.slice(1).flatMap((end, index) => {
    const raw = text.slice(cuts[index], end);
    const words = raw.replaceAll(/https?:\/\/\S+/g, '').match(/\S*[\p{L}\p{N}]\S*/gu) ?? [];
    const start = (cuts[index] ?? 0) + raw.search(/\S|$/);
    if (words.length < FEWEST_WORDS) return [];
    const flat = raw.trim().replaceAll(/\s+/g, ' ');
    return [{ line: lineAt(start), text: flat, words: words.length }];
  });
}

/** The sentences of all comments of a source, in order. */
export function sentencesOf(file: ts.SourceFile): readonly Sentence[] {
  return paragraphs(commentLines(file)).flatMap(sentencesOfParagraph);
}

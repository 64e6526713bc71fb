/** The input `client-secret`: one or two secrets, or a JSON array of them. Pure. */

import { parseJson } from '../json.ts';

import { mistakeIn, opaqueProblems, quoteProblems, secretPieces } from './secret-text.ts';

export type ClientSecrets = {
  /** The bare secrets, each once; none if the input is empty or refused. */
  readonly secrets: readonly string[];
  /** What must be masked. A refused input can hold secrets too. */
  readonly masks: readonly string[];
  /** Sentences that follow the name of the input; none if it is accepted or empty. */
  readonly problems: readonly string[];
};

const INPUT = 'client-secret';

function refused(problems: readonly string[], text: string): ClientSecrets {
  return { secrets: [], masks: secretPieces(text), problems };
}

/** Checks each text as one secret. `problems` are those already found in the whole input. */
function judgeEach(texts: readonly string[], problems: readonly string[]): ClientSecrets {
  const secrets = [...new Set(texts)];
  const all = new Set([...problems, ...secrets.flatMap((text) => opaqueProblems(text, INPUT))]);
  const pieces = secrets.flatMap(secretPieces);
  if (all.size > 0) return { secrets: [], masks: pieces, problems: [...all] };
  return { secrets, masks: [...secrets, ...pieces], problems: [] };
}

/** Reads one client secret, or two that a line break or a comma separates. */
function judgeList(text: string): ClientSecrets {
  const mistake = mistakeIn(text, INPUT);
  const problems = quoteProblems(text);
  if (mistake !== undefined) return refused([mistake, ...problems], text);
  const parts = text.split(/[\r\n,]+/).map((part) => part.trim());
  const secrets = new Set(parts.filter((part) => part !== ''));
  if (secrets.size <= 2) return judgeEach([...secrets], problems);
  const problem = `holds ${secrets.size} secrets; a credential has at most two, and a comma or line break separates them.`;
  return refused([...problems, problem], text);
}

/** Reads a JSON array. Of empty strings alone it holds no secret: its `${{ }}` expressions gave nothing. */
function judgeArray(array: readonly unknown[], text: string): ClientSecrets {
  const strings = array.filter((item) => typeof item === 'string').map((secret) => secret.trim());
  if (strings.length !== array.length || strings.length === 0 || strings.length > 2)
    return refused(
      ['is a JSON array, but not of one or two strings; store the client secret alone.'],
      text,
    );
  if (strings.every((secret) => secret === '')) return judgeEach([], []);
  const problems: string[] = [];
  if (strings.includes(''))
    problems.push('has an empty string in its JSON array; remove it, or store the second secret.');
  if (strings.some((secret) => secret.includes(',')))
    problems.push('has a comma inside a string of its JSON array; write one secret in each.');
  return judgeEach(strings, problems);
}

/**
 * Reads the input `client-secret`. A comma or line break separates two secrets. Adobe's files hold secrets as a
 * JSON array of strings.
 * @see https://github.com/adobe/aio-cli/issues/534
 */
export function readClientSecret(text: string): ClientSecrets {
  const json = text.startsWith('[') ? parseJson(text) : undefined;
  return Array.isArray(json) ? judgeArray(json, text) : judgeList(text);
}

/** What the input `client-secret` can look like: one or two secrets, or a JSON array of them. Pure. */

import { parseJson } from '../json.ts';

import {
  isQuoted,
  longLines,
  looksLikeJson,
  mistakenFor,
  opaqueProblems,
  QUOTED,
  secretsInRefused,
  unquoted,
} from './secret-text.ts';

export type ClientSecrets = {
  /** The bare secrets, each once; none if the input is empty or refused. */
  readonly secrets: readonly string[];
  /** What must be masked, also of an input that is refused. */
  readonly masks: readonly string[];
  /** Sentences that follow the name of the input; none if it is accepted or empty. */
  readonly problems: readonly string[];
};

const INPUT = 'client-secret';
const ALONE = 'store the client secret alone.';

/** A key that only the file of the AEM Developer Console has. */
const AEM_KEY = '"technicalAccount"';

function refused(problems: readonly string[], masks: readonly string[]): ClientSecrets {
  return { secrets: [], masks, problems: [...new Set(problems)] };
}

/** Judges each text as a secret that stands alone. `problems` are those that they have together. */
function judgeEach(texts: readonly string[], problems: readonly string[]): ClientSecrets {
  const secrets = [...new Set(texts)];
  const all = [...problems, ...secrets.flatMap((text) => opaqueProblems(text, INPUT))];
  const pieces = secrets.flatMap((text) => secretsInRefused(text, INPUT));
  if (all.length > 0) return refused(all, pieces);
  return { secrets, masks: [...secrets, ...pieces], problems: [] };
}

/** Client secrets as people keep two of them: by line or by comma. */
function splitSecrets(text: string): readonly string[] {
  return text
    .split(/[\r\n,]+/)
    .map((secret) => secret.trim())
    .filter((secret) => secret !== '');
}

function judgeList(text: string): ClientSecrets {
  const mistake = mistakenFor(text, INPUT);
  if (mistake !== undefined) return refused([mistake], secretsInRefused(text, INPUT));
  const secrets = splitSecrets(text);
  const quoted = isQuoted(text) ? [QUOTED] : [];
  const count = new Set(secrets).size;
  if (count <= 2) return judgeEach(secrets, quoted);
  const problem = `holds ${count} secrets; a credential has at most two, and a comma or line break separates them.`;
  return refused([...quoted, problem], [...secrets, ...secrets.map(unquoted)].flatMap(longLines));
}

/** Judges the strings of a JSON array. All empty are as one that is empty: expressions that gave nothing. */
function judgeArray(strings: readonly string[]): ClientSecrets {
  const secrets = strings.map((secret) => secret.trim());
  const parts = secrets.flatMap(splitSecrets);
  if (parts.length === 0) return refused([], []);
  const problems: string[] = [];
  if (secrets.includes(''))
    problems.push('has an empty string in its JSON array; remove it, or store the second secret.');
  if (secrets.some((secret) => secret.includes(',')))
    problems.push('has a comma inside a string of its JSON array; write one secret in each.');
  const texts = secrets.filter((secret) => secret !== '');
  return judgeEach(problems.length === 0 ? texts : [...texts, ...parts], problems);
}

function judgeJson(text: string): ClientSecrets {
  const json = parseJson(text);
  const list: readonly unknown[] = Array.isArray(json) ? json : [];
  const strings = list.filter((item) => typeof item === 'string');
  if (strings.length === list.length && [1, 2].includes(list.length)) return judgeArray(strings);
  let problem = mistakenFor(text, INPUT) ?? '';
  if (Array.isArray(json)) problem = `is a JSON array, but not of one or two strings; ${ALONE}`;
  if (text.includes(AEM_KEY))
    problem = `is JSON, the file of the AEM Developer Console, which holds another kind of credential. Create an OAuth Server-to-Server credential in the Adobe Developer Console, and ${ALONE}`;
  return refused([problem], secretsInRefused(text, INPUT));
}

/** JSON in quotes, also as a JSON string. Undefined for other text. */
function quotedJson(text: string): string | undefined {
  const string = text.startsWith('"') ? parseJson(text) : undefined;
  const inside = typeof string === 'string' ? string.trim() : unquoted(text);
  return inside !== text && looksLikeJson(inside) ? inside : undefined;
}

/** A JSON object in base64, as many keep the file of the AEM Developer Console. Undefined for other text. */
function base64Json(text: string): string | undefined {
  if (!/^e[yw][\w+/=\s-]+$/.test(text)) return undefined;
  const decoded = Buffer.from(text, 'base64').toString('utf8').trim();
  return looksLikeJson(decoded) && parseJson(decoded) !== undefined ? decoded : undefined;
}

/**
 * Reads the input `client-secret`. Two secrets are separated by a comma or line break, or are the strings of
 * a JSON array, as Adobe's files hold them.
 * @see https://github.com/adobe/aio-cli/issues/534
 */
export function readClientSecret(text: string): ClientSecrets {
  if (looksLikeJson(text)) return judgeJson(text);
  const quoted = quotedJson(text);
  if (quoted !== undefined) {
    const { problems, masks } = judgeJson(quoted);
    return refused([QUOTED, ...problems], masks);
  }
  const encoded = base64Json(text);
  if (encoded !== undefined) {
    const { problems, masks } = judgeJson(encoded);
    return refused(problems, [...longLines(text), ...masks]);
  }
  return judgeList(text);
}

/**
 * Compares the repository's settings on GitHub with .github/settings.json, or makes them the same:
 *
 *   node scripts/settings.ts check
 *   node scripts/settings.ts apply NAME=NUMBER...   the number of the app, and of each reviewer
 *
 * Needs Node 24 and nothing else: a release runs it, with a token, before npm installs anything.
 */

import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { repositoryOf } from './repository.ts';

type Fields = Readonly<Record<string, unknown>>;
type Rule = { readonly type: string; readonly parameters?: Fields };
/** @see https://docs.github.com/en/rest/repos/rules#get-a-repository-ruleset */
export type Ruleset = {
  readonly name: string;
  readonly target: string;
  readonly enforcement: string;
  readonly conditions: {
    readonly ref_name: { readonly include: readonly string[]; readonly exclude: readonly string[] };
  };
  readonly rules: readonly Rule[];
  /** GitHub shows it only to those who may change the ruleset. */
  readonly bypass_actors?: readonly Fields[];
};
type Method = 'get' | 'patch' | 'post' | 'put';
export type Settings = {
  readonly rulesets: readonly Ruleset[];
  /**
   * By address, relative to that of the repository: what GitHub must answer (`get`), and the request that makes it so.
   * Without `get`, the answer is what was sent.
   */
  readonly addresses: Readonly<Record<string, { readonly [method in Method]?: unknown }>>;
};
export type GitHub = {
  /** Address of the API, without a slash at its end. */
  readonly api: string;
  readonly token: string;
  /** `owner/name` */
  readonly repository: string;
  /** The checkout: `.github` is there. */
  readonly root: string;
};
/** What is not as it must be, and what this token cannot see. */
export type Report = { readonly off: readonly string[]; readonly unseen: readonly string[] };

/** Only an administrator reads these. At any other address, 403 and 404 count as a missing setting. */
const ADMIN_ONLY: readonly string[] = [
  'immutable-releases',
  'vulnerability-alerts',
  'actions/permissions',
  'actions/permissions/workflow',
  'actions/permissions/fork-pr-contributor-approval',
  'code-scanning/default-setup',
];
/** A field of the repository, absent for everybody else. */
const ADMIN_FIELD = 'security_and_analysis';
/** Lists in which one more entry weakens the setting. */
const NOTHING_ELSE: readonly string[] = ['errors', 'reviewers', 'branch_policies'];
/** From lax to strict. */
const DEGREES: Readonly<Record<string, readonly unknown[]>> = {
  required_approving_review_count: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10],
  alerts_threshold: ['none', 'errors', 'errors_and_warnings', 'all'],
  security_alerts_threshold: ['none', 'critical', 'high_or_higher', 'medium_or_higher', 'all'],
};

const isList = (value: unknown): value is readonly unknown[] => Array.isArray(value);
const fieldsOf = (value: unknown): Fields =>
  typeof value === 'object' && value !== null ? (value as Fields) : {};

/** Whether `actual` is as strict as `wanted`, or stricter. */
function satisfies(actual: unknown, wanted: unknown, name = ''): boolean {
  if (isList(wanted)) {
    if (!isList(actual)) return false;
    if (!NOTHING_ELSE.includes(name))
      return wanted.every((one) => actual.some((other) => satisfies(other, one)));
    const known = actual.every((one) => wanted.some((other) => satisfies(one, other)));
    return known && (actual.length > 0 || wanted.length === 0);
  }
  if (typeof wanted === 'object')
    return Object.entries(fieldsOf(wanted)).every(([key, value]) =>
      satisfies(fieldsOf(actual)[key], value, key),
    );
  const degrees = DEGREES[name];
  if (degrees === undefined) return actual === wanted;
  return degrees.indexOf(actual) >= degrees.indexOf(wanted);
}

/** One request. An address that begins with a slash is not one of the repository. */
async function ask(
  { api, token, repository }: GitHub,
  address: string,
  method = 'get',
  body?: unknown,
): Promise<{ readonly status: number; readonly answer: unknown }> {
  const path = address.startsWith('/') ? address : `/repos/${repository}/${address}`;
  const response = await fetch(api + path.replace(/\/$/, ''), {
    method: method.toUpperCase(),
    headers: {
      accept: 'application/vnd.github+json',
      authorization: `Bearer ${token}`,
      'user-agent': repository,
    },
    // A switch takes no body.
    body: body === undefined || body === null ? null : JSON.stringify(body),
    signal: AbortSignal.timeout(60_000),
  });
  const text = await response.text();
  const hasAnswer = response.ok && text !== '';
  return { status: response.status, answer: hasAnswer ? (JSON.parse(text) as unknown) : null };
}

const readFile = ({ root }: GitHub, name: string): string => readFileSync(join(root, name), 'utf8');

/** The parts of a rule. GitHub adds up the rules of all rulesets, and the strictest counts. */
function partsOf({ type, parameters = {} }: Rule): readonly Rule[] {
  // In a ruleset, `false` asks for nothing.
  const asked = Object.entries(parameters).filter(([, value]) => value !== false);
  const parts = asked.flatMap(([name, value]) =>
    (isList(value) ? value.map((one) => [one]) : [value]).map((part) => ({ [name]: part })),
  );
  return parts.length === 0 ? [{ type }] : parts.map((part) => ({ type, parameters: part }));
}

function enforces(ruleset: Ruleset, target: string, ref: string, part: Rule): boolean {
  const { include, exclude } = ruleset.conditions.ref_name;
  const names = ['~ALL', ref, ...(ref === 'refs/heads/main' ? ['~DEFAULT_BRANCH'] : [])];
  return (
    ruleset.target === target &&
    ruleset.enforcement === 'active' &&
    exclude.length === 0 &&
    names.some((name) => include.includes(name)) &&
    ruleset.rules.some((rule) => satisfies(rule, part))
  );
}

const mayBypass = ({ bypass_actors: actors = [] }: Ruleset): boolean => actors.length > 0;
const enforcesAll = (actual: Ruleset, { target, conditions, rules }: Ruleset): boolean =>
  conditions.ref_name.include.every((ref) =>
    rules.flatMap(partsOf).every((part) => enforces(actual, target, ref, part)),
  );

/** Compares the rulesets that apply to the repository, its organization's too. */
async function checkRulesets(github: GitHub, wanted: readonly Ruleset[]): Promise<Report> {
  const list = await ask(github, 'rulesets?includes_parents=true&per_page=100');
  const ids = isList(list.answer) ? list.answer.map((entry) => fieldsOf(entry)['id']) : [];
  const answers = await Promise.all(ids.map((id) => ask(github, `rulesets/${String(id)}`)));
  const failed = [list, ...answers].find(({ status }) => status !== 200);
  if (failed !== undefined) return { off: [`rulesets: HTTP ${failed.status}`], unseen: [] };
  const actual = answers.map(({ answer }) => answer as Ruleset);
  const reports = wanted.map(async (ruleset): Promise<Report> => {
    const allowed = await actorsOf(github, ruleset);
    const isAllowed = (actor: Fields): boolean => allowed.some((one) => satisfies(actor, one));
    // Where a bypass is needed but cannot be seen, assume that it is there.
    const isOther = (one: Ruleset): boolean =>
      wanted.some((other) => other !== ruleset && mayBypass(other) && enforcesAll(one, other));
    const lines = ruleset.conditions.ref_name.include.flatMap((ref) =>
      ruleset.rules.flatMap(partsOf).map((part) => {
        const found = actual.filter((one) => enforces(one, ruleset.target, ref, part));
        if (found.some(({ bypass_actors: actors }) => actors?.every(isAllowed))) return [];
        const name = `ruleset "${ruleset.name}" for ${ref}: `;
        const hidden = found.some((one) => one.bypass_actors === undefined && !isOther(one));
        if (hidden) return ['unseen', `${name}who may bypass it`];
        return ['off', name + (found.length > 0 ? 'others may bypass it' : JSON.stringify(part))];
      }),
    );
    const of = (kind: string): readonly string[] =>
      lines.flatMap(([which, line = '']) => (which === kind ? [line] : []));
    return { off: of('off'), unseen: of('unseen') };
  });
  return joined(await Promise.all(reports));
}

/** Who may bypass a ruleset; GitHub names an app by its number. */
async function actorsOf(github: GitHub, ruleset: Ruleset): Promise<readonly Fields[]> {
  const actors = (ruleset.bypass_actors ?? []).map(async (actor) => {
    const { answer } = await ask(github, `/apps/${String(actor['actor_id'])}`);
    return { actor_type: actor['actor_type'], actor_id: fieldsOf(answer)['id'] ?? 'none' };
  });
  return Promise.all(actors);
}

const joined = (reports: readonly Report[]): Report => ({
  off: [...new Set(reports.flatMap(({ off }) => off))],
  unseen: [...new Set(reports.flatMap(({ unseen }) => unseen))],
});

type Request = readonly [method: string, address: string, body: unknown];
type Address = readonly [address: string, requests: Settings['addresses'][string]];

async function checkAddress(
  github: GitHub,
  [address, { put = null, patch = put, get = patch }]: Address,
  isAdmin: boolean,
): Promise<Report> {
  const { status, answer } = await ask(github, address);
  const hidden = !isAdmin && [403, 404].includes(status) && ADMIN_ONLY.includes(address);
  if (hidden) return { off: [], unseen: [address] };
  if (status !== 200 && status !== 204) return { off: [`${address}: HTTP ${status}`], unseen: [] };
  const lacking = Object.entries(fieldsOf(get)).filter(
    ([key, value]) => !satisfies(fieldsOf(answer)[key], value, key),
  );
  const isUnseen = (key: string): boolean =>
    key === ADMIN_FIELD && !isAdmin && !(key in fieldsOf(answer));
  const lines = (unseen: boolean): readonly string[] =>
    lacking
      .filter(([key]) => isUnseen(key) === unseen)
      .map(([key, value]) => `${address}: ${key} must be ${JSON.stringify(value)}`);
  return { off: lines(false), unseen: lines(true) };
}

/** What is wrong with CODEOWNERS: nobody can approve his own pull request. */
function checkOwners(text: string): Report {
  const lines = text.split('\n').filter((line) => /^[^#\s]/.test(line));
  const [pattern, ...owners] = (lines[0] ?? '').split(/\s+/).filter(Boolean);
  const enough = new Set(owners).size > 1 || owners.some((owner) => owner.includes('/'));
  const right = lines.length === 1 && pattern === '*' && enough;
  return {
    off: right ? [] : ['CODEOWNERS must be one line: `*` and two people, or a team'],
    unseen: [],
  };
}

/** Compares the settings on GitHub with those of the file. */
export async function check(github: GitHub): Promise<Report> {
  const { rulesets, addresses } = readSettings(github);
  const { answer } = await ask(github, '');
  const isAdmin = fieldsOf(fieldsOf(answer)['permissions'])['admin'] === true;
  return joined([
    checkOwners(readFile(github, '.github/CODEOWNERS')),
    await checkRulesets(github, rulesets),
    ...(await Promise.all(
      Object.entries(addresses).map((address) => checkAddress(github, address, isAdmin)),
    )),
  ]);
}

/**
 * The settings of the file.
 * @param numberOf gives the number that GitHub wants in place of a name
 */
function readSettings(
  github: GitHub,
  numberOf: (key: string, name: string) => unknown = (_key, name) => name,
): Settings {
  const reviver = (key: string, value: unknown): unknown =>
    typeof value === 'string' && /^(?:actor_)?id$/.test(key) ? numberOf(key, value) : value;
  return JSON.parse(readFile(github, '.github/settings.json'), reviver) as Settings;
}

/**
 * Makes the settings those of the file. Needs the token of an administrator.
 * @param numbers of the app and the reviewers, by their names in the file
 * @returns the requests that failed
 * @throws Error when a number is missing
 */
export async function apply(
  github: GitHub,
  numbers: ReadonlyMap<string, number>,
): Promise<readonly string[]> {
  const missing = new Set<string>();
  const { rulesets, addresses } = readSettings(github, (key, name) => {
    if (!Number.isSafeInteger(numbers.get(name)))
      missing.add(`${name}=$(gh api ${key === 'id' ? 'users' : 'apps'}/${name} --jq .id)`);
    return numbers.get(name);
  });
  if (missing.size > 0) throw new Error(`These are missing: ${[...missing].join(' ')}`);
  const { answer } = await ask(github, 'rulesets?includes_parents=false&per_page=100');
  const existing = isList(answer) ? answer.map(fieldsOf) : [];
  const requests = rulesets.map((ruleset): Request => {
    const id = existing.find(({ name }) => name === ruleset.name)?.['id'];
    return typeof id === 'number'
      ? ['put', `rulesets/${id}`, ruleset]
      : ['post', 'rulesets', ruleset];
  });
  for (const [address, methods] of Object.entries(addresses)) {
    // GitHub refuses a branch that the environment has already.
    if ((await checkAddress(github, [address, methods], true)).off.length === 0) continue;
    const writes = Object.entries(methods).filter(([method]) => method !== 'get');
    requests.push(...writes.map(([method, body]): Request => [method, address, body]));
  }
  const failed: string[] = [];
  for (const [method, address, body] of requests) {
    const { status } = await ask(github, address, method, body);
    if (status >= 300) failed.push(`${method.toUpperCase()} ${address}: HTTP ${status}`);
  }
  return failed;
}

async function main([command, ...args]: readonly string[]): Promise<boolean> {
  const { env } = process;
  const root = join(import.meta.dirname, '..');
  const github = {
    api: env['GITHUB_API_URL'] ?? 'https://api.github.com',
    token: env['GH_TOKEN'] ?? execFileSync('gh', ['auth', 'token'], { encoding: 'utf8' }).trim(),
    repository: env['GITHUB_REPOSITORY'] ?? repositoryOf(root),
    root,
  };
  if (command !== 'check' && command !== 'apply') throw new Error('Say `check` or `apply`.');
  const numbers = args.map((arg): [string, number] => {
    const [name = '', number] = arg.split('=');
    return [name, Number(number)];
  });
  const failed = command === 'apply' ? await apply(github, new Map(numbers)) : [];
  const { off, unseen } = await check(github);
  const mark = env['GITHUB_ACTIONS'] === 'true' ? '::error::' : '';
  for (const line of failed) console.log(`${mark}Refused: ${line}`);
  for (const line of off) console.log(`${mark}Not as in .github/settings.json: ${line}`);
  for (const line of unseen) console.log(`Not seen: ${line}`);
  if (unseen.length > 0) console.log('An administrator sees that: npm run settings:check');
  return failed.length + off.length === 0;
}

if (process.argv[1] === import.meta.filename) {
  try {
    if (!(await main(process.argv.slice(2)))) process.exitCode = 1;
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}

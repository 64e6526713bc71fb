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
type Ruleset = {
  readonly name: string;
  readonly target: string;
  readonly enforcement: string;
  readonly conditions: {
    readonly ref_name: Readonly<Record<'include' | 'exclude', readonly string[]>>;
  };
  readonly rules: readonly Rule[];
  /** GitHub shows it only to those who may change the ruleset. */
  readonly bypass_actors?: readonly Fields[];
};
export type Settings = {
  readonly rulesets: readonly Ruleset[];
  /**
   * By address, relative to that of the repository: what GitHub must answer (`get`), and the request that makes it so.
   * Without `get`, the answer is what was sent.
   */
  readonly addresses: Readonly<
    Record<string, { readonly [method in 'get' | 'patch' | 'post' | 'put']?: unknown }>
  >;
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

/** Only an administrator reads these. At any other address, 403 and 404 count as a missing setting. */
const ADMIN_ONLY =
  /^(?:immutable-releases|vulnerability-alerts|actions\/permissions.*|code-scanning\/default-setup)$/;
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

const listOf = (value: unknown): readonly unknown[] | undefined =>
  Array.isArray(value) ? value : undefined;
const fieldsOf = (value: unknown): Fields =>
  typeof value === 'object' && value !== null ? (value as Fields) : {};

/** Whether `actual` is as strict as `wanted`, or stricter. */
function satisfies(actual: unknown, wanted: unknown, name = ''): boolean {
  const [all, wantedAll] = [listOf(actual) ?? [], listOf(wanted)];
  if (wantedAll !== undefined && !NOTHING_ELSE.includes(name))
    return wantedAll.every((one) => all.some((other) => satisfies(other, one)));
  if (wantedAll !== undefined) {
    const known = all.every((one) => wantedAll.some((other) => satisfies(one, other)));
    return known && Array.isArray(actual) && all.length > 0 === wantedAll.length > 0;
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
  body: unknown = null,
): Promise<{ readonly status: number; readonly answer: unknown }> {
  const path = address.startsWith('/') ? address : `/repos/${repository}/${address}`;
  const response = await fetch(api + path.replace(/\/$/, ''), {
    method: method.toUpperCase(),
    headers: { accept: 'application/vnd.github+json', authorization: `Bearer ${token}` },
    body: body === null ? null : JSON.stringify(body),
    signal: AbortSignal.timeout(60_000),
  });
  const text = await response.text();
  const answer: unknown = response.ok && text !== '' ? JSON.parse(text) : null;
  return { status: response.status, answer };
}

/**
 * The settings of the file.
 * @param numberOf gives the number that GitHub wants in place of a name
 */
function read(root: string, numberOf: (name: string, key: string) => unknown): Settings {
  const text = readFileSync(join(root, '.github/settings.json'), 'utf8');
  return JSON.parse(text, (key, value: unknown) =>
    typeof value === 'string' && /^(?:actor_)?id$/.test(key) ? numberOf(value, key) : value,
  ) as Settings;
}

/** The parts of a rule. GitHub adds up the rules of all rulesets, and the strictest counts. */
function partsOf({ type, parameters = {} }: Rule): readonly Rule[] {
  // In a ruleset, `false` asks for nothing.
  const asked = Object.entries(parameters).filter(([, value]) => value !== false);
  const parts = asked.flatMap(([name, value]) =>
    (listOf(value)?.map((one) => [one]) ?? [value]).map((part) => ({ [name]: part })),
  );
  return parts.length === 0 ? [{ type }] : parts.map((part) => ({ type, parameters: part }));
}

function enforces(ruleset: Ruleset, target: string, ref: string, part: Rule): boolean {
  const { include, exclude } = ruleset.conditions.ref_name;
  const names = ['~ALL', ref, ...(ref === 'refs/heads/main' ? ['~DEFAULT_BRANCH'] : [])];
  const applies = exclude.length === 0 && names.some((name) => include.includes(name));
  const active = ruleset.enforcement === 'active' && ruleset.target === target;
  return applies && active && ruleset.rules.some((rule) => satisfies(rule, part));
}

function enforcesAll(actual: Ruleset, { target, conditions, rules }: Ruleset): boolean {
  const parts = rules.flatMap(partsOf);
  const refs = conditions.ref_name.include;
  return refs.every((ref) => parts.every((part) => enforces(actual, target, ref, part)));
}

/** What is not as it must be, and what this token cannot see. */
export class Report {
  readonly off = new Set<string>();
  readonly unseen = new Set<string>();

  /** Nobody can approve his own pull request. */
  addOwners(codeOwners: string): void {
    const lines = codeOwners.split('\n').filter((line) => /^[^#\s]/.test(line));
    const [pattern, ...owners] = (lines[0] ?? '').split(/\s+/).filter(Boolean);
    const enough = new Set(owners).size > 1 || owners.some((owner) => owner.includes('/'));
    if (lines.length !== 1 || pattern !== '*' || !enough)
      this.off.add('CODEOWNERS must be one line: `*` and two people, or a team');
  }

  /** Compares the rulesets that apply to the repository, its organization's too. */
  async addRulesets(github: GitHub, wanted: readonly Ruleset[]): Promise<void> {
    const list = await ask(github, 'rulesets?includes_parents=true&per_page=100');
    const ids = listOf(list.answer)?.map((entry) => String(fieldsOf(entry)['id'])) ?? [];
    const answers = await Promise.all(ids.map((id) => ask(github, `rulesets/${id}`)));
    const failed = [list, ...answers].find(({ status }) => status !== 200);
    if (failed !== undefined) this.off.add(`rulesets: HTTP ${failed.status}`);
    const actual = answers.flatMap(({ answer }) => (answer === null ? [] : [answer as Ruleset]));
    // Where a bypass is needed but cannot be seen, assume that it is there.
    const needing = wanted.filter(({ bypass_actors: actors = [] }) => actors.length > 0);
    for (const ruleset of wanted) {
      const others = needing.filter((one) => one !== ruleset);
      const candidates = actual.filter(
        (one) =>
          one.bypass_actors !== undefined || !others.some((other) => enforcesAll(one, other)),
      );
      this.#addRuleset(ruleset, candidates, await actorsOf(github, ruleset));
    }
  }

  #addRuleset(ruleset: Ruleset, actual: readonly Ruleset[], allowed: readonly Fields[]): void {
    const { name, target, conditions, rules } = ruleset;
    const isAllowed = (actor: Fields): boolean => allowed.some((one) => satisfies(actor, one));
    for (const ref of conditions.ref_name.include)
      for (const part of rules.flatMap(partsOf)) {
        const found = actual.filter((one) => enforces(one, target, ref, part));
        const lists = found.map(({ bypass_actors: actors }) => actors);
        const prefix = `ruleset "${name}" for ${ref}: `;
        if (found.length === 0) this.off.add(prefix + JSON.stringify(part));
        else if (lists.some((actors) => actors?.every(isAllowed))) continue;
        else if (lists.includes(undefined)) this.unseen.add(`${prefix}who may bypass it`);
        else this.off.add(`${prefix}others may bypass it`);
      }
  }

  async addAddress(
    github: GitHub,
    address: string,
    wanted: unknown,
    admin: boolean,
  ): Promise<void> {
    const { status, answer } = await ask(github, address);
    if (!admin && (status === 403 || status === 404) && ADMIN_ONLY.test(address))
      this.unseen.add(address);
    else if (status !== 200 && status !== 204) this.off.add(`${address}: HTTP ${status}`);
    else
      for (const [key, value] of Object.entries(fieldsOf(wanted))) {
        const found = fieldsOf(answer)[key];
        if (satisfies(found, value, key)) continue;
        const unseen = key === ADMIN_FIELD && found === undefined && !admin;
        const line = `${address}: ${key} must be ${JSON.stringify(value)}`;
        (unseen ? this.unseen : this.off).add(line);
      }
  }
}

/** Who may bypass a ruleset. GitHub names an app by its number, the file by its name. */
async function actorsOf(
  github: GitHub,
  { bypass_actors: actors = [] }: Ruleset,
): Promise<Fields[]> {
  const numbered = actors.map(async ({ actor_id: id, actor_type: type }) => {
    const app = typeof id === 'string' ? await ask(github, `/apps/${id}`) : undefined;
    return { actor_type: type, actor_id: app ? fieldsOf(app.answer)['id'] : id };
  });
  // Without a number, an app is nobody.
  return (await Promise.all(numbered)).filter(({ actor_id: id }) => id !== undefined);
}

/** Compares the settings on GitHub with those of the file. */
export async function check(github: GitHub): Promise<Report> {
  const report = new Report();
  const { rulesets, addresses } = read(github.root, (name) => name);
  const { permissions } = fieldsOf((await ask(github, '')).answer);
  const admin = fieldsOf(permissions)['admin'] === true;
  report.addOwners(readFileSync(join(github.root, '.github/CODEOWNERS'), 'utf8'));
  await report.addRulesets(github, rulesets);
  for (const [address, { put = null, patch = put, get = patch }] of Object.entries(addresses))
    await report.addAddress(github, address, get, admin);
  return report;
}

/**
 * Makes the settings those of the file, with the token of an administrator. What GitHub refuses, `check` shows.
 * @param numbers of the app and the reviewers, by their names in the file
 * @returns each request with its status
 * @throws Error when a number is missing
 */
export async function apply(
  github: GitHub,
  numbers: ReadonlyMap<string, number>,
): Promise<readonly string[]> {
  const missing = new Set<string>();
  const { rulesets, addresses } = read(github.root, (name, key) => {
    if (!Number.isSafeInteger(numbers.get(name)))
      missing.add(`${name}=$(gh api ${key === 'id' ? 'users' : 'apps'}/${name} --jq .id)`);
    return numbers.get(name);
  });
  if (missing.size > 0) throw new Error(`These are missing: ${[...missing].join(' ')}`);
  const { answer } = await ask(github, 'rulesets?includes_parents=false&per_page=100');
  const existing = listOf(answer)?.map(fieldsOf) ?? [];
  const requests = [
    ...rulesets.map((ruleset): readonly [string, string, unknown] => {
      const id = existing.find(({ name }) => name === ruleset.name)?.['id'];
      return typeof id === 'number'
        ? ['put', `rulesets/${id}`, ruleset]
        : ['post', 'rulesets', ruleset];
    }),
    ...Object.entries(addresses).flatMap(([address, methods]) =>
      Object.entries(methods).map(([method, body]) => [method, address, body] as const),
    ),
  ];
  const lines: string[] = [];
  for (const [method, address, body] of requests.filter(([one]) => one !== 'get')) {
    const { status } = await ask(github, address, method, body);
    lines.push(`${method.toUpperCase()} ${address}: HTTP ${status}`);
  }
  return lines;
}

async function main(command: string, args: readonly string[]): Promise<boolean> {
  const { env } = process;
  const root = join(import.meta.dirname, '..');
  const github = {
    api: env['GITHUB_API_URL'] ?? 'https://api.github.com',
    token: env['GH_TOKEN'] ?? execFileSync('gh', ['auth', 'token'], { encoding: 'utf8' }).trim(),
    repository: env['GITHUB_REPOSITORY'] ?? repositoryOf(root),
    root,
  };
  if (command !== 'check' && command !== 'apply') throw new Error('Say `check` or `apply`.');
  const numbers = args
    .map((arg) => arg.split('='))
    .map(([name = '', n]) => [name, Number(n)] as const);
  if (command === 'apply')
    for (const line of await apply(github, new Map(numbers))) console.log(line);
  const { off, unseen } = await check(github);
  const mark = env['GITHUB_ACTIONS'] === 'true' ? '::error::' : '';
  for (const line of off) console.log(`${mark}Not as in .github/settings.json: ${line}`);
  for (const line of unseen) console.log(`Not seen: ${line}`);
  if (unseen.size > 0) console.log('An administrator sees that: npm run settings:check');
  return off.size === 0;
}

if (process.argv[1] === import.meta.filename) {
  try {
    const [command = '', ...args] = process.argv.slice(2);
    if (!(await main(command, args))) process.exitCode = 1;
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}

/** A stand-in for GitHub's API, as far as the settings of one repository go. It keeps what is written to it. */

import { createServer, type IncomingMessage, type Server } from 'node:http';
import { text } from 'node:stream/consumers';

import type { Settings } from '../../scripts/settings.ts';

type Answer = { readonly status: number; readonly answer: unknown };
type Fields = Readonly<Record<string, unknown>>;

export const APP = { slug: 'OWNER-token-release', id: 4711 };
export const REVIEWERS: Readonly<Record<string, number>> = { OWNER: 11, 'SECOND-OWNER': 22 };
const ENVIRONMENT = 'environments/release';
const BRANCHES = `${ENVIRONMENT}/deployment-branch-policies`;
/** What GitHub refuses to a token that is no administrator's. */
const ADMIN_ONLY =
  /^(?:immutable-releases|vulnerability-alerts|actions\/permissions|code-scanning)/;

const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null;

/** A copy of `value` with `to` at this path; if `to` is undefined, what is there is removed. */
export function edited(value: unknown, path: readonly (string | number)[], to: unknown): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return to;
  if (Array.isArray(value)) {
    const list = value as readonly unknown[];
    const at = Number(key);
    const replaced = edited(list[at], rest, to);
    return [
      ...list.slice(0, at),
      ...(replaced === undefined ? [] : [replaced]),
      ...list.slice(at + 1),
    ];
  }
  const fields = isFields(value) ? value : {};
  const entries = Object.entries({ ...fields, [key]: edited(fields[key], rest, to) });
  return Object.fromEntries(entries.filter(([, field]) => field !== undefined));
}

export class GitHubApi {
  readonly answers = new Map<string, Answer>();
  /** Whether the token is an administrator's. */
  admin = true;
  readonly writes: string[] = [];

  /** A new repository: every setting is off. */
  constructor() {
    this.set('', { default_branch: 'main' });
    this.set('rulesets', []);
    this.set('codeowners/errors', { errors: [] });
    this.set('private-vulnerability-reporting', { enabled: false });
    this.set('actions/permissions', { enabled: true, sha_pinning_required: false });
    this.set('actions/permissions/workflow', { default_workflow_permissions: 'write' });
    this.set('actions/permissions/fork-pr-contributor-approval', { approval_policy: 'none' });
    this.set('code-scanning/default-setup', { state: 'configured' });
    this.set(`/apps/${APP.slug}`, APP);
  }

  set(address: string, answer: unknown, status = 200): void {
    this.answers.set(address, { status, answer });
  }

  edit(address: string, path: readonly (string | number)[], to: unknown): void {
    this.set(address, edited(this.answers.get(address)?.answer, path, to));
  }

  /** Sets everything as .github/settings.json wants it. */
  setAll({ rulesets, addresses }: Settings): void {
    for (const ruleset of rulesets) this.#addRuleset(ruleset);
    for (const [address, { put, patch = put, get = patch }] of Object.entries(addresses))
      this.set(address, get ?? null, get === null ? 204 : 200);
  }

  #addRuleset(ruleset: object): void {
    const list = this.answers.get('rulesets')?.answer as readonly object[];
    const id = list.length + 1;
    this.set('rulesets', [...list, { ...ruleset, id }]);
    this.#setRuleset(id, ruleset);
  }

  #setRuleset(id: number, ruleset: object): void {
    const numbered: unknown = JSON.parse(JSON.stringify(ruleset).replace(`"${APP.slug}"`, '4711'));
    this.set(`rulesets/${id}`, { source_type: 'Repository', ...(numbered as object), id });
  }

  server(): Server {
    return createServer((request, response) => {
      void this.#serve(request).then(({ status, answer }) => {
        response.writeHead(status, { 'content-type': 'application/json' });
        response.end(answer === null ? '' : JSON.stringify(answer));
      });
    });
  }

  async #serve(request: IncomingMessage): Promise<Answer> {
    const body = await text(request);
    const { pathname } = new URL(request.url ?? '', 'http://localhost');
    const address = pathname.replace(/^\/repos\/o\/r\/?/, '');
    if (request.headers.authorization !== 'Bearer test-token') return { status: 401, answer: null };
    if (request.method === 'GET') return this.#read(address);
    this.writes.push(`${request.method ?? ''} ${address}`);
    this.#write(address, body === '' ? null : (JSON.parse(body) as unknown));
    return { status: 200, answer: null };
  }

  #read(address: string): Answer {
    const found = this.answers.get(address) ?? { status: 404, answer: null };
    const permissions = { admin: this.admin };
    if (address === '') return { ...found, answer: { ...(found.answer as object), permissions } };
    return found;
  }

  /** Hides what GitHub hides from everybody but administrators. */
  hideFromOthers(): void {
    this.admin = false;
    for (const [address, { status, answer }] of this.answers) {
      if (status >= 400) continue;
      if (ADMIN_ONLY.test(address)) this.set(address, null, 403);
      if (address.startsWith('rulesets/'))
        this.set(address, edited(answer, ['bypass_actors'], undefined));
    }
    this.edit('', ['security_and_analysis'], undefined);
  }

  #write(address: string, body: unknown): void {
    const fields = isFields(body) ? body : {};
    const [, id] = /^rulesets\/(\d+)$/.exec(address) ?? [];
    if (address === 'rulesets') this.#addRuleset(fields);
    else if (id !== undefined) this.#setRuleset(Number(id), fields);
    else if (address === ENVIRONMENT) this.#writeEnvironment(fields);
    else if (address === BRANCHES) this.#addBranch(fields);
    else if (body === null) this.set(address, { enabled: true });
    else this.set(address, { ...(this.answers.get(address)?.answer as object), ...fields });
  }

  /** Takes numbers, and answers with names. */
  #writeEnvironment({ reviewers, prevent_self_review, ...others }: Fields): void {
    const people = (reviewers as readonly { id: unknown; type: unknown }[]).map(({ id, type }) => ({
      type,
      reviewer: { login: Object.keys(REVIEWERS).find((name) => REVIEWERS[name] === id) ?? 'x', id },
    }));
    const rule = { type: 'required_reviewers', prevent_self_review, reviewers: people };
    this.set(ENVIRONMENT, { ...others, protection_rules: [{ type: 'branch_policy' }, rule] });
    if (!this.answers.has(BRANCHES)) this.set(BRANCHES, { branch_policies: [] });
  }

  #addBranch(policy: Fields): void {
    const { branch_policies: old } = this.answers.get(BRANCHES)?.answer as {
      readonly branch_policies: readonly unknown[];
    };
    // GitHub refuses a name that is there.
    if (old.length === 0) this.set(BRANCHES, { branch_policies: [{ id: 1, ...policy }] });
  }
}

/** Runs one recipe and compares what it sent with what it is expected to send. */

import { AssertionError, deepStrictEqual, match } from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { inspect, isDeepStrictEqual } from 'node:util';

import { type Client, type ImsServer, startIms } from '../test/support/ims-server.ts';
import { findLeaks } from '../test/workflow/leaks.ts';
import { type Run, runInAct, type Settings, type Surroundings } from './act.ts';
import type { Expectation, Expected } from './expectations.ts';
import type { Box } from './sealed.ts';
import type { Answer, Players, Received } from './server.ts';
import type { Workflow } from './workflows.ts';

export type Values = Readonly<Record<string, string>>;
type Pair = { readonly received: Received; readonly expected?: Expected; readonly at: number };

export type Stage = {
  readonly surroundings: Surroundings;
  /** Sets who answers on the server. */
  readonly use: (players: Players) => void;
  readonly box: Box;
  /** A new folder, removed by the caller. */
  readonly scratch: () => string;
};

export const FAILED = 'The workflow failed';

export type Result = {
  readonly problems: readonly string[];
  readonly log: string;
  /** How often act ran. */
  readonly runs: number;
  /** How many requests were compared with what was expected. */
  readonly requests: number;
  /** The command that could not be run. */
  readonly notRun?: string;
};

/** Puts values in the place of `$NAME`, at any depth. */
function filled<T>(value: T, values: Values): T {
  const fill = (item: unknown): unknown => {
    if (typeof item === 'string')
      return item.replaceAll(
        /\$([A-Z][A-Z0-9_]*)/g,
        (whole, name: string) => values[name] ?? whole,
      );
    if (Array.isArray(item)) return item.map(fill);
    if (typeof item !== 'object' || item === null || item instanceof RegExp) return item;
    return Object.fromEntries(Object.entries(item).map(([key, inner]) => [key, fill(inner)]));
  };
  return fill(value) as T;
}

/** A value for each variable and secret that the workflow reads. */
export function settingsOf(workflow: Workflow, given: Values): Pick<Settings, 'secrets' | 'vars'> {
  const made = (names: readonly string[], end: string): Values =>
    Object.fromEntries(
      names.map((name) => [
        name,
        given[name] ?? `p8e-test-${name.toLowerCase().replaceAll('_', '-')}${end}`,
      ]),
    );
  const random = randomBytes(12).toString('hex');
  return { vars: made(workflow.vars, ''), secrets: made(workflow.secrets, `-${random}`) };
}

/** The clients that IMS must know, each once. */
function clientsOf(requests: readonly Expected[], values: Values): readonly Client[] {
  const clients = new Map<string, Client>();
  for (const { client } of requests) {
    if (client === undefined) continue;
    const id = values[client.id] ?? '';
    const known = clients.get(id);
    clients.set(id, {
      id,
      secrets: [...(known?.secrets ?? []), ...(values[client.secret] ?? '').split('\n')],
      scopes: [...(known?.scopes ?? []), ...client.scopes.split(',')],
      grants: ['client_credentials', 'refresh_token'],
    });
  }
  return [...clients.values()];
}

/** Text fields of an answer, such as `access_token`. */
function fieldOf({ body }: Answer, name: string): string | undefined {
  if (typeof body !== 'object' || body === null) return undefined;
  const value = (body as Readonly<Record<string, unknown>>)[name];
  return typeof value === 'string' ? value : undefined;
}

/** Opens a sealed secret, so that its value can be asserted. */
export function opened(received: Received, box: Box): Received {
  const sealed = fieldOf(received, 'encrypted_value');
  return sealed === undefined ? received : { ...received, body: { opened: box.open(sealed) } };
}

/** How one request differs from what it should be; empty for not at all. */
function difference({ received, expected }: Pair): readonly string[] {
  if (expected === undefined) return [`${received.request} was not expected`];
  const { headers = {}, body = '' } = expected;
  try {
    deepStrictEqual(received.headers, headers);
    if (body instanceof RegExp) match(inspect(received.body), body);
    else deepStrictEqual(received.body, body);
    return [];
  } catch (error) {
    if (!(error instanceof AssertionError)) throw error;
    return [`${received.request} differs:\n${error.message}`];
  }
}

/** What a recipe must send, in its order, and what it has sent. */
class Script {
  readonly #expected: readonly Expected[];
  readonly #box: Box;
  readonly #pairs: Pair[] = [];
  readonly #tokens: string[] = [];
  #values: Values;

  constructor(expected: readonly Expected[], values: Values, box: Box) {
    this.#expected = expected;
    this.#values = { ...values, PUBLIC_KEY: box.publicKey };
    this.#box = box;
  }

  /** The first expected request that this one can be, and that was not sent yet; -1 for none. */
  #find({ request }: Received): number {
    const sent = new Set(this.#pairs.map(({ at }) => at));
    return this.#expected.findIndex(
      (one, at) => !sent.has(at) && filled(one.request, this.#values) === request,
    );
  }

  readonly answer = (received: Received): Answer => {
    const expected = this.#expected[this.#find(received)];
    return filled(expected?.answer ?? { status: expected ? 200 : 501 }, this.#values);
  };

  readonly record = (received: Received, answer: Answer): void => {
    const at = this.#find(received);
    const { authorization } = received.headers;
    const any = this.#tokens.find((token) => authorization === `Bearer ${token}`);
    const values = any === undefined ? this.#values : { ...this.#values, ANY_TOKEN: any };
    const expected = filled(this.#expected[at], values);
    this.#pairs.push({ received: opened(received, this.#box), at, ...(expected && { expected }) });
    const token = fieldOf(answer, 'access_token');
    const refresh = fieldOf(answer, 'refresh_token');
    if (token !== undefined) {
      const number = this.#tokens.push(token);
      this.#values = { ...this.#values, TOKEN: token, [`TOKEN${number}`]: token };
    }
    if (refresh !== undefined) this.#values = { ...this.#values, NEW_REFRESH_TOKEN: refresh };
  };

  get sent(): number {
    return this.#pairs.length;
  }

  get secrets(): readonly string[] {
    const secret = Object.entries(this.#values).filter(([name]) => /TOKEN|SECRET/.test(name));
    return secret.map(([, value]) => value);
  }

  problems(): readonly string[] {
    const seen = new Set(this.#pairs.map(({ at }) => at));
    const missing = this.#expected.filter((_, at) => !seen.has(at));
    const order = this.#pairs.filter(({ expected, at }) => at >= 0 && expected?.anyOrder !== true);
    const sorted = order.toSorted((one, other) => one.at - other.at);
    return [
      ...this.#pairs.flatMap(difference),
      ...missing.map(({ request }) => `${request} was not sent`),
      ...(isDeepStrictEqual(order, sorted) ? [] : ['The requests came in another order']),
    ];
  }
}

/** Whether the workflow passed, or failed as it must. */
function outcome({ text }: Workflow, { fails, notRun }: Expectation, run: Run): readonly string[] {
  const after = notRun === undefined ? '' : text.split(`${notRun}\n`)[1];
  if (after === undefined || /^ *- /m.test(after)) return [`No last step ends in ${notRun ?? ''}`];
  if (fails === undefined) return run.passed ? [] : [FAILED];
  return !run.passed && fails.test(run.log)
    ? []
    : [`The workflow did not fail with ${fails.source}`];
}

/** Gives the recipe the refresh tokens that IMS knows. */
function withRefreshTokens(
  requests: readonly Expected[],
  { vars, secrets }: Pick<Settings, 'secrets' | 'vars'>,
  ims: ImsServer,
): { readonly secrets: Values; readonly values: Values } {
  const issued = requests.flatMap(({ client }) => {
    if (client?.refreshToken === undefined) return [];
    const clientId = vars[client.id] ?? '';
    const basic = Buffer.from(`${clientId}:${secrets[client.secret] ?? ''}`).toString('base64');
    return [{ [client.refreshToken]: ims.issueRefreshToken({ clientId }), BASIC: basic }];
  });
  const { BASIC, ...tokens } = Object.assign({}, ...issued) as Values;
  return { secrets: { ...secrets, ...tokens }, values: BASIC === undefined ? {} : { BASIC } };
}

/** Runs the recipe once. */
export async function play(
  { surroundings, use, box, scratch }: Stage,
  workflow: Workflow,
  expectation: Expectation,
): Promise<Result> {
  const { requests, notRun, values: given = {} } = expectation;
  const settings = settingsOf(workflow, given);
  const known = { ...given, ...settings.vars, ...settings.secrets };
  const ims = await startIms({ clients: clientsOf(requests, known) });
  const { secrets, values } = withRefreshTokens(requests, settings, ims);
  const script = new Script(requests, { ...known, ...secrets, ...values }, box);
  use({ ims, answer: script.answer, record: script.record });
  const all = { ...settings, secrets, ...expectation };
  const run = await runInAct(surroundings, workflow, all, scratch());
  await ims.close();
  const ids = new Set(requests.flatMap(({ client }) => client?.id ?? []));
  const problems = [
    ...[...ids].filter((id) => !(id in settings.vars)).map((id) => `${id} is no variable`),
    ...script.problems(),
    ...outcome(workflow, expectation, run),
    ...leaksIn(run.log, [...Object.values(secrets), ...script.secrets]),
  ];
  const counts = { runs: 1, requests: script.sent };
  return { problems, log: run.log, ...counts, ...(notRun !== undefined && { notRun }) };
}

/** What of the secrets can be read in a log. */
export function leaksIn(log: string, secrets: readonly string[]): readonly string[] {
  const single = secrets.flatMap((secret) => secret.split('\n'));
  return findLeaks(log, [...new Set(single)]).map(
    ({ form, line }) => `A secret is in the log ${form}, after: ${line}`,
  );
}

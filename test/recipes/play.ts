/** Runs one recipe and compares what it sent with what it is expected to send. */

import { AssertionError, deepStrictEqual, match } from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { inspect, isDeepStrictEqual } from 'node:util';

import { type Client, startIms } from '../support/ims-server.ts';
import { findLeaks } from '../workflow/leaks.ts';
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

function compare(pairs: readonly Pair[], expected: readonly Expected[]): readonly string[] {
  const seen = new Set(pairs.map(({ at }) => at));
  const missing = expected.filter((_, at) => !seen.has(at));
  const order = pairs.filter((pair) => pair.expected?.anyOrder !== true && pair.at >= 0);
  const sorted = order.toSorted((a, b) => a.at - b.at);
  return [
    ...pairs.flatMap(difference),
    ...missing.map(({ request }) => `${request} was not sent`),
    ...(isDeepStrictEqual(order, sorted) ? [] : ['The requests came in another order']),
  ];
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

/** Runs the recipe once. */
export async function play(
  { surroundings, use, box, scratch }: Stage,
  workflow: Workflow,
  expectation: Expectation,
): Promise<Result> {
  const { requests } = expectation;
  let settings = settingsOf(workflow, expectation.values ?? {});
  let values: Values = { ...expectation.values, ...settings.vars, ...settings.secrets };
  const ims = await startIms({ clients: clientsOf(requests, values) });
  for (const { client } of requests) {
    if (client?.refreshToken === undefined) continue;
    const [id = '', secret = ''] = [values[client.id], values[client.secret]];
    const token = ims.issueRefreshToken({ clientId: id });
    settings = { ...settings, secrets: { ...settings.secrets, [client.refreshToken]: token } };
    const basic = Buffer.from(`${id}:${secret}`).toString('base64');
    values = { ...values, ...settings.secrets, BASIC: basic };
  }
  values = { ...values, PUBLIC_KEY: box.publicKey };
  const pairs: Pair[] = [];
  const tokens: string[] = [];
  const find = (received: Received): number =>
    requests.findIndex(
      ({ request }, at) =>
        filled(request, values) === received.request && !pairs.some((pair) => pair.at === at),
    );
  use({
    ims,
    answer: (received) => {
      const expected = requests[find(received)];
      return filled(expected?.answer ?? { status: expected ? 200 : 501 }, values);
    },
    record: (received, answer) => {
      const at = find(received);
      const any = tokens.find((token) => received.headers['authorization'] === `Bearer ${token}`);
      const expected = filled(requests[at], { ...values, ...(any && { ANY_TOKEN: any }) });
      pairs.push({ received: opened(received, box), at, ...(expected && { expected }) });
      const token = fieldOf(answer, 'access_token');
      if (token !== undefined) {
        tokens.push(token);
        values = { ...values, TOKEN: token, [`TOKEN${tokens.length}`]: token };
      }
      const refresh = fieldOf(answer, 'refresh_token');
      if (refresh !== undefined) values = { ...values, NEW_REFRESH_TOKEN: refresh };
    },
  });
  const run = await runInAct(surroundings, workflow, { ...settings, ...expectation }, scratch());
  await ims.close();
  const secrets = Object.entries(values).filter(([name]) => /TOKEN|SECRET/.test(name));
  const lines = secrets.flatMap(([, value]) => value.split('\n'));
  const problems = [
    ...requests.flatMap(({ client }) =>
      client === undefined || client.id in settings.vars ? [] : [`${client.id} is no variable`],
    ),
    ...compare(pairs, requests),
    ...outcome(workflow, expectation, run),
    ...leaksIn(run.log, [...Object.values(settings.secrets), ...lines]),
  ];
  const { notRun } = expectation;
  return {
    problems,
    log: run.log,
    runs: 1,
    requests: pairs.length,
    ...(notRun !== undefined && { notRun }),
  };
}

/** What of the secrets can be read in a log. */
export function leaksIn(log: string, secrets: readonly string[]): readonly string[] {
  const single = secrets.flatMap((secret) => secret.split('\n'));
  return findLeaks(log, [...new Set(single)]).map(
    ({ form, line }) => `A secret is in the log ${form}, after: ${line}`,
  );
}

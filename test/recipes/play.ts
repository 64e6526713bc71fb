/** Runs one recipe and compares what it sent with what it is expected to send. */

import { AssertionError, deepStrictEqual, match } from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { inspect, isDeepStrictEqual } from 'node:util';

import { type Client, startIms } from '../support/ims-server.ts';
import { findLeaks } from '../workflow/leaks.ts';
import { type Run, runInAct, type Surroundings } from './act.ts';
import type { Expectation, Expected } from './expectations.ts';
import type { Answer, Players, Received } from './server.ts';
import type { Workflow } from './workflows.ts';

type Values = Readonly<Record<string, string>>;
type Pair = { readonly received: Received; readonly expected?: Expected; readonly at: number };

export type Result = { readonly problems: readonly string[]; readonly log: string };

/** Puts values in the place of `$NAME`, at any depth. */
export function filled<T>(value: T, values: Values): T {
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
export function settingsOf(
  workflow: Workflow,
  given: Values = {},
): {
  readonly secrets: Values;
  readonly vars: Values;
} {
  const made = (names: readonly string[], text: (name: string) => string): Values =>
    Object.fromEntries(names.map((name) => [name, given[name] ?? text(name)]));
  const plain = (name: string): string => `p8e-test-${name.toLowerCase().replaceAll('_', '-')}`;
  return {
    vars: made(workflow.vars, plain),
    secrets: made(workflow.secrets, (name) => `${plain(name)}-${randomBytes(12).toString('hex')}`),
  };
}

function clientsOf(requests: readonly Expected[], values: Values): readonly Client[] {
  return requests.flatMap(({ credential }) => {
    if (credential === undefined) return [];
    const { name, scopes } = credential;
    const secret = values[`${name}SECRET`];
    return {
      id: values[`${name}ID`] ?? '',
      secrets: secret === undefined ? [] : [secret],
      scopes,
      grants: ['client_credentials', 'refresh_token'],
    };
  });
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

/** Runs the recipe. `use` sets who answers on the server. */
export async function play(
  surroundings: Surroundings,
  use: (players: Players) => void,
  workflow: Workflow,
  expectation: Expectation,
  scratch: string,
): Promise<Result> {
  const settings = settingsOf(workflow, expectation.values);
  const tokens: string[] = [];
  let values: Values = { ...settings.vars, ...settings.secrets };
  const ims = await startIms({ clients: clientsOf(expectation.requests, values) });
  const pairs: Pair[] = [];
  const find = (received: Received): number =>
    expectation.requests.findIndex(
      ({ request }, at) =>
        filled(request, values) === received.request && !pairs.some((pair) => pair.at === at),
    );
  use({
    ims,
    answer: (received) => {
      const expected = expectation.requests[find(received)];
      return filled(expected?.answer ?? { status: expected ? 200 : 501 }, values);
    },
    record: (received, answer) => {
      const at = find(received);
      const expected = expectation.requests[at];
      pairs.push({ received, at, ...(expected && { expected: filled(expected, values) }) });
      const token = issued(answer);
      if (token === undefined) return;
      tokens.push(token);
      values = { ...values, TOKEN: token, [`TOKEN${tokens.length}`]: token };
    },
  });
  const { passed, log } = await runInAct(
    surroundings,
    workflow,
    { ...settings, ...expectation },
    scratch,
  );
  await ims.close();
  const leaks = findLeaks(log, [...Object.values(settings.secrets), ...tokens]);
  const problems = [
    ...compare(pairs, expectation.requests),
    ...outcome(workflow, expectation, { passed, log }),
    ...leaks.map(({ form, line }) => `A secret is in the log ${form}, after: ${line}`),
  ];
  return { problems, log };
}

/** Whether the workflow passed, or failed at the one command that cannot run here. */
function outcome(
  { text }: Workflow,
  { stopsAt }: Expectation,
  { passed, log }: Run,
): readonly string[] {
  if (stopsAt === undefined) return passed ? [] : ['The workflow failed'];
  const { line, log: message } = stopsAt;
  const after = text.split(`${line}\n`)[1];
  if (after === undefined || /^ *- /m.test(after)) return [`No step ends in ${line}`];
  return !passed && message.test(log) ? [] : [`The workflow did not fail at ${line}`];
}

/** The access token in an answer of IMS. */
function issued({ body }: Answer): string | undefined {
  if (typeof body !== 'object' || body === null || !('access_token' in body)) return undefined;
  return typeof body.access_token === 'string' ? body.access_token : undefined;
}

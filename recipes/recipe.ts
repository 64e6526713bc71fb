/** Runs one workflow and compares what it sent with what it is expected to send. */

import { AssertionError, deepStrictEqual, match } from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';

import { type Client, type ImsServer, startIms } from '../test/support/ims-server.ts';
import { findLeaks } from '../test/workflow/leaks.ts';
import { type Installation, OIDC_REQUEST, type Run, runInAct, type Settings } from './act.ts';
import { exceptionFor } from './exceptions.ts';
import type { Expectation, ExpectedRequest } from './expected.ts';
import type { Workflow } from './pages.ts';
import type { Box } from './sealed.ts';
import type { Answer, Received, Responder } from './server.ts';

export type Values = Readonly<Record<string, string>>;

/** Everything that a run needs, made once for all. */
export type Harness = {
  readonly installation: Installation;
  /** Sets who answers requests from now on. */
  readonly respondWith: (responder: Responder) => void;
  readonly box: Box;
  /** Makes an empty folder, and removes the one before. */
  readonly scratch: () => string;
};

export const FAILED = 'The workflow failed';

export type Result = {
  /** Empty if all is as expected. */
  readonly problems: readonly string[];
  readonly log: string;
  /** How often act ran. */
  readonly runs: number;
  /** How many requests were compared with what was expected. */
  readonly requests: number;
};

/** Replaces `$NAME` with its value, at any depth. */
function filled<T>(value: T, values: Values): T {
  const fill = (item: unknown): unknown => {
    if (typeof item === 'string')
      return item.replaceAll(
        /\$([A-Z][A-Z0-9_]*)/g,
        (whole, name: string) => values[name] ?? whole,
      );
    if (Array.isArray(item)) return item.map(fill);
    if (item instanceof RegExp) return new RegExp(fill(item.source) as string);
    if (typeof item !== 'object' || item === null) return item;
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
function clientsOf(requests: readonly ExpectedRequest[], values: Values): readonly Client[] {
  const clients = new Map<string, Client>();
  for (const { client } of requests) {
    if (client === undefined) continue;
    const id = values[client.id] ?? '';
    const known = clients.get(id);
    const secrets = client.secret === undefined ? [] : (values[client.secret] ?? '').split('\n');
    clients.set(id, {
      id,
      secrets: [...(known?.secrets ?? []), ...secrets],
      scopes: [...(known?.scopes ?? []), ...client.scopes.split(',')],
      grants: ['client_credentials', 'refresh_token', 'authorization_code'],
    });
  }
  return [...clients.values()];
}

/** The text field `name` of an answer or a request, such as `access_token`. */
function fieldOf({ body }: { readonly body?: unknown }, name: string): string | undefined {
  if (typeof body !== 'object' || body === null) return undefined;
  const value = (body as Readonly<Record<string, unknown>>)[name];
  return typeof value === 'string' ? value : undefined;
}

/** Opens a sealed secret, so that its value can be compared. */
export function opened(received: Received, box: Box): Received {
  const sealed = fieldOf(received, 'encrypted_value');
  return sealed === undefined ? received : { ...received, body: { opened: box.open(sealed) } };
}

const textOf = (body: unknown): string => (typeof body === 'string' ? body : JSON.stringify(body));

type Comparison = {
  readonly received: Received;
  readonly expected?: ExpectedRequest;
  /** Position of the expected request; -1 for none. */
  readonly position: number;
};

/** How one request differs from what it should be; empty if it does not. */
function differences({ received, expected }: Comparison): readonly string[] {
  if (expected === undefined) return [`${received.request} was not expected`];
  const { headers = {}, body = '' } = expected;
  try {
    deepStrictEqual(received.headers, headers);
    if (body instanceof RegExp) match(textOf(received.body), body);
    else deepStrictEqual(received.body, body);
    return [];
  } catch (error) {
    if (!(error instanceof AssertionError)) throw error;
    return [`${received.request} differs:\n${error.message}`];
  }
}

/** Answers requests as expected, and compares them. */
class RequestCheck {
  readonly #expected: readonly ExpectedRequest[];
  readonly #box: Box;
  readonly #comparisons: Comparison[] = [];
  readonly #tokens: string[] = [];
  #values: Values;

  constructor(expected: readonly ExpectedRequest[], values: Values, box: Box) {
    this.#expected = expected;
    this.#values = { ...values, PUBLIC_KEY: box.publicKey, OIDC_REQUEST };
    this.#box = box;
  }

  /** Position of the first expected request that this one can be and that was not sent yet; -1 for none. */
  #find({ request }: Received): number {
    const sent = new Set(this.#comparisons.map(({ position }) => position));
    return this.#expected.findIndex(
      (one, position) => !sent.has(position) && filled(one.request, this.#values) === request,
    );
  }

  readonly answer = (received: Received): Answer => {
    const expected = this.#expected[this.#find(received)];
    return filled(expected?.answer ?? { status: expected ? 200 : 501 }, this.#values);
  };

  readonly record = (received: Received, answer: Answer): void => {
    const position = this.#find(received);
    const { authorization } = received.headers;
    const any = this.#tokens.find((token) => authorization === `Bearer ${token}`);
    const values = any === undefined ? this.#values : { ...this.#values, ANY_TOKEN: any };
    const expected = filled(this.#expected[position], values);
    const compared = { received: opened(received, this.#box), position };
    this.#comparisons.push({ ...compared, ...(expected && { expected }) });
    const token = fieldOf(answer, 'access_token');
    const refresh = fieldOf(answer, 'refresh_token');
    if (token !== undefined) {
      const number = this.#tokens.push(token);
      this.#values = { ...this.#values, TOKEN: token, [`TOKEN${number}`]: token };
    }
    if (refresh !== undefined) this.#values = { ...this.#values, NEW_REFRESH_TOKEN: refresh };
  };

  get sent(): number {
    return this.#comparisons.length;
  }

  get secrets(): readonly string[] {
    const secret = Object.entries(this.#values).filter(([name]) => /TOKEN|SECRET/.test(name));
    return secret.map(([, value]) => value);
  }

  problems(): readonly string[] {
    const seen = new Set(this.#comparisons.map(({ position }) => position));
    const missing = this.#expected.filter((_, position) => !seen.has(position));
    const ordered = this.#comparisons.filter(
      ({ expected, position }) => position >= 0 && expected?.anyOrder !== true,
    );
    const sorted = ordered.toSorted((one, other) => one.position - other.position);
    return [
      ...this.#comparisons.flatMap(differences),
      ...missing.map(({ request }) => `${request} was not sent`),
      ...(isDeepStrictEqual(ordered, sorted) ? [] : ['The requests came in another order']),
    ];
  }
}

/** Whether the workflow passed, or failed as it must. */
function outcome({ text }: Workflow, expectation: Expectation, run: Run): readonly string[] {
  const { fails, logs } = expectation;
  if (logs?.test(run.log) === false) return [`The log lacks ${logs.source}`];
  const command = exceptionFor(expectation)?.from;
  const after = command === undefined ? '' : text.split(command)[1];
  if (after === undefined || /^ *- /m.test(after)) return [`No last step ends in ${command ?? ''}`];
  if (fails === undefined) return run.passed ? [] : [FAILED];
  return !run.passed && fails.test(run.log)
    ? []
    : [`The workflow did not fail with ${fails.source}`];
}

/** The secrets that only IMS can make: refresh tokens and codes, by name; `BASIC` is what a Basic header holds. */
function issuedBy(
  ims: ImsServer,
  requests: readonly ExpectedRequest[],
  { vars, secrets }: Pick<Settings, 'secrets' | 'vars'>,
): Values {
  const issued = requests.flatMap(({ client }): readonly Values[] => {
    if (client === undefined) return [];
    const { id, secret, scopes, refreshToken, code, codeVerifier } = client;
    const clientId = vars[id] ?? secrets[id] ?? '';
    const basic = `${clientId}:${secrets[secret ?? ''] ?? ''}`;
    const challenge = challengeOf(secrets[codeVerifier ?? '']);
    return [
      { BASIC: Buffer.from(basic).toString('base64') },
      ...(refreshToken === undefined
        ? []
        : [{ [refreshToken]: ims.issueRefreshToken({ clientId }) }]),
      ...(code === undefined
        ? []
        : [{ [code]: ims.issueCode({ clientId, scopes: scopes.split(','), ...challenge }) }]),
    ];
  });
  return Object.assign({}, ...issued) as Values;
}

/**
 * The challenge with which IMS issues a code to a public client.
 * @see https://www.rfc-editor.org/rfc/rfc7636#section-4.2
 */
function challengeOf(verifier: string | undefined): { readonly challenge?: string } {
  if (verifier === undefined) return {};
  return { challenge: createHash('sha256').update(verifier).digest('base64url') };
}

/** Runs the workflow once. */
export async function runRecipe(
  { installation, respondWith, box, scratch }: Harness,
  workflow: Workflow,
  expectation: Expectation,
): Promise<Result> {
  const { requests, values: given = {} } = expectation;
  const settings = settingsOf(workflow, given);
  const known = { ...given, ...settings.vars, ...settings.secrets };
  const ims = await startIms({ clients: clientsOf(requests, known) });
  const { BASIC = '', ...issued } = issuedBy(ims, requests, settings);
  const secrets = { ...settings.secrets, ...issued };
  const check = new RequestCheck(requests, { ...known, ...secrets, BASIC }, box);
  respondWith({ ims, answer: check.answer, record: check.record });
  const all = { ...settings, ...expectation, secrets };
  const run = await runInAct(installation, workflow, all, scratch());
  await ims.close();
  const ids = new Set(requests.flatMap(({ client }) => client?.id ?? []));
  const problems = [
    ...(expectation.clientIdAsSecret === true
      ? []
      : [...ids].filter((id) => !(id in settings.vars)).map((id) => `${id} is no variable`)),
    ...check.problems(),
    ...outcome(workflow, expectation, run),
    ...leaksIn(run.log, [...Object.values(secrets), ...check.secrets]),
  ];
  return { problems, log: run.log, runs: 1, requests: check.sent };
}

/** Where the log shows one of the secrets. */
export function leaksIn(log: string, secrets: readonly string[]): readonly string[] {
  const single = secrets.flatMap((secret) => secret.split('\n')).filter((line) => line !== '');
  return findLeaks(log, [...new Set(single)]).map(
    ({ form, line }) => `A secret is in the log ${form}, after: ${line}`,
  );
}

/**
 * Main and post step against a server that says anything. People see no secret, and none stays on disk. Each failure gives one clear error.
 */

import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';

import { parseEntries } from '../support/commands.ts';
import { echoesOf, formsOf } from '../support/forms.ts';
import { hostileText, RUNS, secretText, TIME_LIMIT_MS } from '../support/fuzz.ts';
import { type ImsServer, type ScriptedAnswer, startIms } from '../support/ims-server.ts';
import { type InProcessJob, type Run, startInProcessJob } from '../support/in-process.ts';

let ims: ImsServer;
let job: InProcessJob;

beforeAll(async () => {
  ims = await startIms();
  job = startInProcessJob();
});

afterAll(async () => {
  job.dispose();
  await ims.close();
});

type Of<T> = T extends fc.Arbitrary<infer V> ? V : never;

/** Every secret of one run. The parts are random; what is not there is empty. */
const secrets = fc.record({
  first: secretText,
  second: fc.option(secretText, { nil: '' }),
  refreshToken: secretText,
  code: secretText,
  verifier: secretText,
  access: secretText,
  renewed: secretText,
  id: secretText,
});
type Secrets = { readonly [Name in keyof Of<typeof secrets>]: string };

/** One of the credentials, in one of its forms, between hostile pieces. */
const echo = fc.record({
  before: hostileText,
  which: fc.nat(2),
  form: fc.nat(20),
  after: hostileText,
});
type Echo = Of<typeof echo>;

function spoken({ before, which, form, after }: Echo, credentials: readonly string[]): string {
  const forms = echoesOf(credentials[which % credentials.length] ?? '');
  return `${before}${forms[form % forms.length] ?? ''}${after}`;
}

/** What a header may hold. */
const headerText = (text: string): string => text.replaceAll(/[^\x20-\x7e]/g, '');

const visible = (text: string): string => Buffer.from(text).toString('base64url');

/** A token that says of itself what a hostile server would have it say. */
function tokenOf(of: Secrets, kind: 'opaque' | 'jwt', claim: string): string {
  if (kind === 'opaque') return `p8e-test-${visible(of.access)}`;
  const payload = JSON.stringify({ scope: `openid,${claim}`, user_id: claim });
  return ['p8e-test', visible(payload), visible(of.access)].join('.');
}

/** One value four times in five, so that steps succeed often enough. */
const mostly = <T>(value: T, other: fc.Arbitrary<T>): fc.Arbitrary<T> =>
  fc.oneof({ weight: 4, arbitrary: fc.constant(value) }, { weight: 1, arbitrary: other });

const answer = fc.record({
  kind: fc.constantFrom('token', 'token', 'token', 'error', 'bytes', 'reset', 'cut-off'),
  status: fc.constantFrom(400, 401, 403, 404, 408, 429, 500, 503, 302),
  token: fc.constantFrom<'opaque' | 'jwt'>('opaque', 'jwt'),
  expiresIn: mostly<unknown>(86_399, fc.constantFrom(1, 0.5, '86399', -1, null, 1e12)),
  error: fc.oneof(fc.constantFrom('invalid_client', 'invalid_scope', 'access_denied'), echo),
  description: echo,
  bytes: hostileText,
  header: echo,
});
type Answer = Of<typeof answer>;

function scripted(given: Answer, of: Secrets, credentials: readonly string[]): ScriptedAnswer {
  const header = headerText(spoken(given.header, credentials));
  const headers = { 'x-debug-id': header, 'retry-after': header, location: `/${header}` };
  const error = typeof given.error === 'string' ? given.error : spoken(given.error, credentials);
  const description = spoken(given.description, credentials);
  switch (given.kind) {
    case 'token': {
      const body = {
        access_token: tokenOf(of, given.token, given.bytes),
        token_type: 'bearer',
        expires_in: given.expiresIn,
        refresh_token: visible(of.renewed),
        id_token: of.id,
      };
      return { headers, body: JSON.stringify(body) };
    }
    case 'error':
      return {
        status: given.status,
        headers,
        body: JSON.stringify({ error, error_description: description }),
      };
    case 'reset':
      return { fault: 'reset-before-answer' };
    case 'cut-off':
      return { fault: 'cut-off', body: given.bytes };
    case 'bytes':
      return { status: given.status === 302 ? 200 : given.status, headers, body: given.bytes };
  }
}

const GRANTS = ['client_credentials', 'refresh_token', 'authorization_code'] as const;

const settings = fc.record({
  grant: fc.constantFrom(...GRANTS),
  debug: fc.boolean(),
  summary: fc.boolean(),
  revoke: fc.boolean(),
  reuse: fc.constantFrom('none', 'job'),
  aio: fc.constantFrom('', 'cli'),
  scopes: mostly('openid, AdobeID', hostileText),
  clientId: mostly('p8e-test-id', hostileText),
  wrong: mostly('', fc.constantFrom('timeout', 'env-var', 'aio-context', 'org-id', 'revoke')),
  wrongValue: echo,
});
type Settings = Of<typeof settings>;

/** What the step is given to keep secret. */
function credentialsOf(given: Settings, of: Secrets): readonly string[] {
  const users = {
    client_credentials: [],
    refresh_token: [of.refreshToken],
    authorization_code: [of.code, of.verifier],
  }[given.grant];
  return [of.first, of.second, ...users].filter((value) => value !== '');
}

function inputsOf(given: Settings, of: Secrets): Record<string, string> {
  const grant = {
    client_credentials: { reuse: given.reuse, scopes: given.scopes },
    refresh_token: { 'refresh-token': of.refreshToken },
    authorization_code: { code: of.code, 'code-verifier': of.verifier },
  }[given.grant];
  const wrong =
    given.wrong === '' ? {} : { [given.wrong]: spoken(given.wrongValue, credentialsOf(given, of)) };
  return {
    'client-id': given.clientId,
    'client-secret': [of.first, of.second].filter((value) => value !== '').join(','),
    'grant-type': given.grant,
    'ims-url': ims.url,
    'aio-context': given.aio,
    revoke: String(given.revoke),
    summary: String(given.summary),
    timeout: '5',
    ...grant,
    ...wrong,
  };
}

function expectNone(where: string, text: string, values: readonly string[]): void {
  for (const value of values)
    for (const form of formsOf(value))
      if (text.includes(form)) throw new Error(`${where} holds ${form}: ${text}`);
}

function expectOneClearError(run: Run): void {
  expect(run.log.join('\n')).not.toMatch(/^\s+at /m);
  expect(run.errors).toHaveLength(run.exitCode === 0 ? 0 : 1);
  for (const line of run.log) expect(line).not.toMatch(/^\s*::|##\[/);
  if (run.exitCode === 0) return;
  expect(run.errors[0]).toMatch(/\S/);
  expect(Object.values(run.files).join('')).toBe('');
  expect(run.temp).toBe('');
}

function valueOf(content: string, name: string): string {
  return parseEntries(content).entries.find((entry) => entry.name === name)?.value ?? '';
}

/** What a file holds beside the token that it hands over. */
function withoutValue(content: string, value: string): string {
  const others = parseEntries(content).entries.filter((entry) => entry.value !== value);
  return others.map((entry) => `${entry.name}=${entry.value}`).join('\n');
}

let runs = 0;
const verdicts = { 0: 0, 1: 0 };

async function check(of: Secrets, given: Settings, answers: readonly Answer[]): Promise<void> {
  // No two runs share a secret, or the masks of one would hide it in the next.
  runs += 1;
  const unique = Object.fromEntries(
    Object.entries(of).map(([name, value]) => [name, value && `${value}-${name}-${runs}`]),
  ) as Secrets;
  const known = credentialsOf(given, unique);
  const scripts = answers.map((one) => scripted(one, unique, known));
  ims.script(...scripts);
  ims.scriptAlways(scripts.at(-1));
  const debug = given.debug ? { RUNNER_DEBUG: '1', ACTIONS_STEP_DEBUG: 'true' } : undefined;
  const run = await job.run(inputsOf(given, unique), debug);
  // What was not asked for is not for the next run.
  ims.clearScript();
  const { access, renewed, id } = unique;
  const tokens = [tokenOf(unique, 'opaque', ''), visible(access), visible(renewed), id];
  expectNone('the log', run.log.join('\n'), [...known, ...tokens]);
  expectNone('the summary', run.files.GITHUB_STEP_SUMMARY, [...known, ...tokens]);
  expectNone('RUNNER_TEMP', run.temp, [...known, ...tokens]);
  expectNone('the state', run.files.GITHUB_STATE, [...known, ...tokens]);
  const handedOver = valueOf(run.files.GITHUB_OUTPUT, 'access-token');
  expect(run.masks).toEqual(expect.arrayContaining([...known]));
  if (run.exitCode === 0) expect(run.masks).toContain(handedOver);
  const outputs = withoutValue(run.files.GITHUB_OUTPUT, handedOver);
  expectNone('the outputs', outputs, [...known, id]);
  const variables = withoutValue(run.files.GITHUB_ENV, handedOver);
  expectNone('the variables', variables, [...known, ...tokens]);
  expectOneClearError(run);
  verdicts[run.exitCode === 0 ? 0 : 1] += 1;
}

it(
  'a whole step shows no secret, leaves none behind, and gives one clear error if it fails',
  async () => {
    const answers = fc.array(answer, { minLength: 1, maxLength: 3 });
    await fc.assert(fc.asyncProperty(secrets, settings, answers, check), { numRuns: RUNS });
    // Neither side may be left out.
    expect(verdicts[0]).toBeGreaterThan(RUNS / 20);
    expect(verdicts[1]).toBeGreaterThan(RUNS / 5);
  },
  TIME_LIMIT_MS,
);

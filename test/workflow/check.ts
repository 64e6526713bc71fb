/**
 * The assertions of .github/workflows/e2e.yml: `node test/workflow/check.ts NAME`. Each reads what it compares
 * from the environment, the outputs of a step as JSON. Never prints such a value, which may be a token.
 */

import assert from 'node:assert/strict';
import { appendFileSync } from 'node:fs';

type Outputs = Readonly<Record<string, string>>;

const NAMES = 'access-token expires-at expires-in scopes source token-type user-id'.split(' ');
const USER_NAMES = [...NAMES, 'refresh-token'];

function given(name: string): string {
  const value = process.env[name];
  assert.ok(value !== undefined && value !== '', `${name} is not set`);
  return value;
}

const outputs = (name: string): Outputs => JSON.parse(given(name)) as Outputs;

function value(from: Outputs, name: string): string {
  const text = from[name] ?? '';
  assert.notEqual(text, '', `output ${name} is empty`);
  return text;
}

/** Like assert.equal, without the values, as one of them may be a token that is not masked. */
function same(actual: string | undefined, expected: string, what: string): void {
  assert.ok(actual === expected, what);
}

function claims(token: string): Readonly<Record<string, unknown>> {
  const payload = Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8');
  return JSON.parse(payload) as Readonly<Record<string, unknown>>;
}

/** Every output that a step must set, and no other. */
function checkOutputs(from: Outputs, names: readonly string[], source: string): void {
  assert.deepEqual(Object.keys(from).toSorted(), names.toSorted(), 'names of the outputs');
  const token = claims(value(from, 'access-token'));
  const { 'user-id': user, 'expires-at': expiresAt = '', scopes } = from;
  assert.deepEqual([user, scopes, from['source']], [token['user_id'], token['scope'], source]);
  assert.equal(value(from, 'token-type'), 'bearer', 'output token-type');
  const trueExpiryMs = Number(token['created_at']) + Number(token['expires_in']);
  const offMs = Math.abs(Date.parse(expiresAt) - trueExpiryMs);
  assert.ok(offMs < 60_000, 'expires-at is the expiry of the token');
  const offLeftMs = Math.abs(Number(from['expires-in']) * 1000 + Date.now() - trueExpiryMs);
  assert.ok(offLeftMs < 300_000, 'expires-in is what is left');
}

/** The names of the variables that hold a text, other than those this step was given. */
function holders(text: string): readonly string[] {
  return Object.keys(process.env)
    .filter((name) => process.env[name]?.includes(text) === true)
    .filter((name) => !name.startsWith('OUTPUTS'))
    .toSorted();
}

const checks: Readonly<Record<string, () => void>> = {
  /** Outputs and variables of a step that got a new token. */
  'new-token': () => {
    const from = outputs('OUTPUTS');
    checkOutputs(from, NAMES, 'ims');
    assert.deepEqual(
      holders(value(from, 'access-token')),
      ['AIO_IMS_CONTEXTS_CLI_ACCESS__TOKEN_TOKEN', 'FIREFLY_SERVICES_ACCESS_TOKEN'],
      'variables with the token',
    );
    const token = value(from, 'access-token');
    same(process.env['FIREFLY_SERVICES_ACCESS_TOKEN'], token, 'the variable is the token');
    same(process.env['AIO_IMS_CONTEXTS_CLI_ACCESS__TOKEN_TOKEN'], token, 'aio has the token');
    const expiryMs = Number(process.env['AIO_IMS_CONTEXTS_CLI_ACCESS__TOKEN_EXPIRY']);
    const seconds = new Date(expiryMs).toISOString().replace(/\.\d{3}Z$/, 'Z');
    assert.equal(seconds, value(from, 'expires-at'), 'aio has the expiry');
  },
  /** What a careless later step does; the mask must hide it. */
  print: () => {
    console.log(`Authorization: Bearer ${given('FIREFLY_SERVICES_ACCESS_TOKEN')}`);
  },
  /** A second step of the job gets the token of the first. */
  reused: () => {
    const from = outputs('OUTPUTS');
    checkOutputs(from, NAMES, 'job');
    const first = value(outputs('OUTPUTS_FIRST'), 'access-token');
    same(from['access-token'], first, 'the second step has the token of the first');
    same(process.env['SECOND_TOKEN'], first, 'the variable is the token');
  },
  /** With `env-var` empty the token is in the output alone. */
  'no-variable': () => {
    const from = outputs('OUTPUTS');
    checkOutputs(from, NAMES, 'ims');
    const first = value(outputs('OUTPUTS_FIRST'), 'access-token');
    assert.ok(from['access-token'] !== first, 'reuse: none got a new token');
    assert.deepEqual(holders(value(from, 'access-token')), [], 'variables with the token');
  },
  /** A user token: the one case with the output `refresh-token`. */
  'user-token': () => {
    const from = outputs('OUTPUTS');
    checkOutputs(from, USER_NAMES, 'ims');
    const fresh = value(from, 'refresh-token');
    assert.ok(fresh !== given('OLD_REFRESH_TOKEN'), 'the refresh token is a new one');
    assert.deepEqual(holders(value(from, 'access-token')), ['USER_TOKEN'], 'its variables');
    assert.deepEqual(holders(fresh), [], 'variables with the refresh token');
  },
  /** A failed step leaves nothing behind. */
  failed: () => {
    assert.equal(given('OUTCOME'), 'failure', 'outcome of the step');
    assert.deepEqual(Object.keys(outputs('OUTPUTS')), [], 'its outputs');
    assert.ok(process.env['WRONG_TOKEN'] === undefined, 'its variable');
    const left = Object.keys(process.env).filter((name) => name.includes('CONTEXTS_WRONG'));
    assert.deepEqual(left, [], 'its aio context');
  },
  /** Tells post.ts what the post steps must have done by the time it runs. */
  'expect-revocations': () => {
    const tokens = [
      `/ims/invalidate_token/v2 ${value(outputs('OUTPUTS_FIRST'), 'access-token')}`,
      `/ims/revoke ${value(outputs('OUTPUTS_USER'), 'access-token')}`,
    ];
    appendFileSync(given('EXPECTED_REVOCATIONS'), `${tokens.join('\n')}\n`);
  },
};

const [, , name = ''] = process.argv;
const check = checks[name];
assert.ok(check, `no check ${name}; there are ${Object.keys(checks).join(', ')}`);
check();

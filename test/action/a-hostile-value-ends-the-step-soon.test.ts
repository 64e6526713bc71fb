/** Answers and inputs that nobody expects: the step ends soon, in words, and shows no secret. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect } from 'vitest';
import { parse } from 'yaml';

import { type Inputs, test } from '../support/fixtures.ts';
import { type ScriptedAnswer, tokenAnswer } from '../support/ims-server.ts';
import type { Job, StepOptions, StepResult } from '../support/run-action.ts';
import { expectSuccess, messageOf, written } from '../support/verdicts.ts';

/** Far below `timeout`, and enough for a busy machine. */
const SOON_MS = 10_000;
const ROOT = join(import.meta.dirname, '../..');
const action = parse(readFileSync(join(ROOT, 'action.yml'), 'utf8')) as { inputs: Inputs };
const NAMES = Object.keys(action.inputs);

/** A step that does not end fails the test by its time, and is ended with its job. */
async function usesSoon(job: Job, inputs: Inputs, options: StepOptions = {}): Promise<StepResult> {
  const step = await job.uses(inputs, options);
  expect(step.durationMs).toBeLessThan(SOON_MS);
  return step;
}

describe('an answer', () => {
  const NINE = Object.fromEntries(Array.from({ length: 9 }, (_, i) => [`a${i}_token`, '*']));
  /** Half a character, as it is in a string and as a server may write it in a header. */
  const [HALF, HALF_IN_HEADER] = ['p8e\ud800', Buffer.of(0xed, 0xa0, 0x80, 65).toString('latin1')];

  const answer = (status: number, fields: object, debugId = 'p8e'): ScriptedAnswer => ({
    ...tokenAnswer(
      status === 200 ? fields : { access_token: undefined, error: 'invalid_request', ...fields },
    ),
    status,
    headers: { 'x-debug-id': debugId },
  });

  test.for([
    ['nine tokens that are in each mask', 400, { error_description: '*', ...NINE }, 'invalid'],
    ['a token that is in its mask', 400, { error_description: '*', id_token: '*' }, 'invalid'],
    ['half a character in the token', 200, { access_token: HALF }, '`access_token`'],
    ['half a character in the refresh token', 200, { refresh_token: HALF }, '`refresh_token`'],
    ['half a character in the token type', 200, { token_type: HALF }, '`token_type`'],
    ['half a character in the error', 400, { error: HALF }, 'HTTP 400'],
    ['half a character in the description', 400, { error_description: HALF }, 'invalid_request'],
    ['half a character in a token that it refuses', 400, { id_token: HALF }, 'invalid_request'],
  ] as const)('with %s fails once, and as what it is', async (row, { ims, job, inputs }) => {
    const [, status, fields, words] = row;
    ims.scriptAlways(answer(status, fields, HALF_IN_HEADER));
    const message = messageOf(await usesSoon(job, inputs));
    expect(message).toContain(words);
    expect(message).not.toContain('defect');
    expect(ims.requests).toHaveLength(1);
  });

  test('with half a character in the ID token is as good as any', async ({ ims, job, inputs }) => {
    ims.scriptAlways(answer(200, { id_token: HALF }));
    expectSuccess(await usesSoon(job, inputs));
  });

  test.for([200, 400])(
    '(%i) masks three tokens and no other field',
    async (status, { ims, job, inputs }) => {
      const [access_token, refresh_token, id_token] = ['p8e-test-1', 'p8e-test-2', 'p8e-test-3'];
      const tokens = { access_token, refresh_token, id_token };
      ims.scriptAlways(answer(status, { ...tokens, e_token: 'e', token: 't', tokens: ['o'] }));
      const { masks } = await usesSoon(job, inputs);
      expect(masks).toEqual(expect.arrayContaining(Object.values(tokens)));
      for (const mask of masks) expect(mask.length).toBeGreaterThan(8);
    },
  );

  const UNITS = [...Array.from('"\'`\u201c=-, \n\\[*\u0000'), '::', 'bad_request'];
  test.for(UNITS)(
    'of %j over and over is soon read, and inputs of it soon refused',
    async (unit, { ims, job, inputs }) => {
      const fill = (bytes: number): string => {
        const times = Math.floor((60_000 - 2) / bytes);
        return `x${unit.repeat(times)}x`;
      };
      const text = fill(JSON.stringify(unit).length - 2);
      ims.scriptAlways(
        answer(400, { error_description: text }, text.slice(0, 8000).replace(/[^ -~]/g, '-')),
      );
      const value = fill(Buffer.byteLength(unit)).replaceAll('\u0000', '+');
      messageOf(await usesSoon(job, Object.fromEntries(NAMES.map((name) => [name, value]))));
      messageOf(await usesSoon(job, inputs));
      messageOf(await usesSoon(job, { ...inputs, 'client-secret': value }));
    },
  );
});

describe('an input', () => {
  const OTHER = 'p8e-test-"Zx9Kq7\\Wv3+Jt5/Bn1=Lm8';

  test.for([
    ...NAMES.filter((name) => !/^(client-|code|refresh|org)/.test(name)).map((name) => [name, '?']),
    ['client-id', '"?"'],
    ['org-id', '"?"'],
    ['client-secret', '"?"'],
    ['client-secret', '?,p8e-test-b,p8e-test-c'],
    ['code', '?'],
    ['refresh-token', '?'],
    ['ims-url', 'https://?'],
    ['scopes', '[?'],
    ['scopes', 'openid, ?', '2'],
    ['scopes', JSON.stringify(['openid', '?']), '2'],
    ['env-var', 'A_TOKEN, B_TOKEN ?', '3'],
  ])(
    '`%s` with another secret (%s) is refused, and not quoted',
    async (row, { ims, job, inputs }) => {
      const [name = '', form = '?', place = ''] = row;
      const secret = form.startsWith('["') ? JSON.stringify(OTHER).slice(1, -1) : OTHER;
      const value = form.replace('?', secret);
      const step = await usesSoon(job, { ...inputs, [name]: value }, { debug: true });
      expect(messageOf(step)).toMatch(new RegExp(`\`${name}\`.*\\b${place}\\b`));
      const text = written(step).toLowerCase();
      const hidden = OTHER.slice('p8e-test-'.length).toLowerCase();
      for (let at = 0; at + 5 <= hidden.length; at += 1)
        expect(text).not.toContain(hidden.slice(at, at + 5));
      expect(ims.connections).toBe(0);
    },
  );

  /** As many bytes as a variable of the environment may have, about. */
  const FULL = 120_000;
  const filled = (unit: string): string => unit.repeat(FULL / unit.length);
  const distinct = (length: number, separator: string): string =>
    Array.from({ length: FULL / (length + separator.length) }, (_, i) =>
      i.toString(36).padEnd(length, '%'),
    ).join(separator);

  test.for<readonly [string, string, string]>([
    ['client-secret', 'secrets of three characters', distinct(3, ',')],
    ['client-secret', 'secrets of eight characters', distinct(8, '\n')],
    ['client-secret', 'names in front', distinct(20, '\nclient_secret=')],
    ['client-secret', 'names without values', filled('client_secret=')],
    ['client-secret', 'a list of YAML', filled('- \n')],
    ['client-secret', 'an array of many strings', `["${distinct(8, '","')}"]`],
    ['client-secret', 'nested arrays', '['.repeat(FULL / 2) + ']'.repeat(FULL / 2)],
    ['client-secret', 'nested arrays that are cut off', filled('[')],
    ['client-secret', 'nested objects that are cut off', filled('{"a":')],
    ['client-secret', 'JSON that cannot be parsed', `{${distinct(8, ' ')}`],
    ['client-secret', 'quotes', filled('"')],
    ['client-secret', 'encoded quotes', JSON.stringify(filled('"').slice(FULL / 2))],
    ['refresh-token', 'lines', distinct(8, '\n')],
    ['code', 'nested arrays', '['.repeat(FULL / 2) + ']'.repeat(FULL / 2)],
    ['code-verifier', 'blanks inside', `x${filled(' ').slice(2)}x`],
    ['scopes', 'distinct names', `${distinct(5, ',')},?`],
    ['scopes', 'separators', `?${filled(',').slice(2)}?`],
    ['scopes', 'nested arrays', '['.repeat(FULL / 2) + ']'.repeat(FULL / 2)],
    ['env-var', 'distinct names', distinct(5, ' ').replaceAll('%', '_')],
    ['aio-context', 'underscores', filled('a_')],
    ['ims-url', 'labels', `https://${filled('a.')}`],
    ['org-id', 'control characters', `x${filled('\t').slice(2)}x`],
  ])('`%s` of %s is soon refused', async ([name, , value], { ims, job, inputs }) => {
    const step = await usesSoon(job, { ...inputs, timeout: '1', [name]: value });
    const message = messageOf(step);
    expect(message).toContain(`\`${name}\``);
    expect(message).not.toContain('defect');
    expect(ims.connections).toBe(0);
  });

  test('`client-id` with a letter beyond ASCII is refused', async ({ ims, job, inputs }) => {
    const step = await usesSoon(job, { ...inputs, 'client-id': 'p8e-test-\u00fc', revoke: 'true' });
    expect(messageOf(step)).toContain('`client-id`');
    expect(ims.connections).toBe(0);
  });
});

test.for<readonly [string, Readonly<Record<string, string>>]>([
  ['no output file', { GITHUB_OUTPUT: '' }],
  ['no file at all', { GITHUB_OUTPUT: '', GITHUB_ENV: '', GITHUB_STATE: '', RUNNER_TEMP: '' }],
  ['no run', { GITHUB_RUN_ID: '', GITHUB_RUN_ATTEMPT: '', GITHUB_JOB: '' }],
  ['no repository', { GITHUB_REPOSITORY: '', GITHUB_SERVER_URL: '' }],
  ['authorities that are none', { NODE_USE_SYSTEM_CA: '1', SSL_CERT_FILE: '/dev/null' }],
])('a step with %s never ends in a stack trace', async ([, strange], { startJob, inputs }) => {
  const job = await startJob({ env: strange });
  const step = await usesSoon(job, { ...inputs, revoke: 'true', summary: 'true' }, { debug: true });
  if (step.failed) messageOf(step);
  else expectSuccess(step);
  const [post] = await job.finish();
  expect(post).toMatchObject({ exitCode: 0, stderr: '' });
  expect(written(step)).not.toMatch(/^\s+at |defect/m);
});

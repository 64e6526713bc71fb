/** Client secrets as people hold them: a JSON array of Adobe's, a whole file, a name in place of the value. */

import { describe, expect } from 'vitest';

import { type Inputs, SECRET, test } from '../support/fixtures.ts';
import { testClient } from '../support/ims-server.ts';
import { createMasker } from '../support/masker.ts';
import type { StepResult } from '../support/run-action.ts';
import { annotationsOf, expectHidden, expectSuccess, failureOf } from '../support/verdicts.ts';

const OTHER = 'p8e-test-other-secret';
const PEM =
  '-----BEGIN RSA PRIVATE KEY-----\r\nMIIp8etest0123456789\r\nab==\r\n-----END RSA PRIVATE KEY-----\r\n';

/** Of a PEM, what may be masked. */
const PEM_LINES = PEM.split('\r\n').filter((line) => line.length > 7);

const AEM_FILE = {
  ok: true,
  integration: {
    imsEndpoint: 'ims-na1.adobelogin.com',
    metascopes: 'ent_aem_cloud_api',
    technicalAccount: { clientId: 'cm-p1-e2-integration', clientSecret: OTHER },
    id: 'A1@techacct.adobe.com',
    privateKey: PEM,
  },
  statusCode: 200,
};

/** What the runner hides of a text once it has read the masks of a step. */
function hiddenBy({ masks }: StepResult, text: string): string {
  const masker = createMasker();
  masks.forEach(masker.addMask);
  return masker.mask(text);
}

const pretty = (json: unknown): string => JSON.stringify(json, null, 2);

describe('a JSON array as `client-secret`', () => {
  test.for<readonly [string, string]>([
    ['of one string', JSON.stringify([SECRET])],
    ['over lines', pretty([SECRET])],
    ['with blanks around', ` \n[ "${SECRET}" ]\n`],
    ['of the same string twice', JSON.stringify([SECRET, SECRET])],
    ['of two strings', pretty([OTHER, SECRET])],
  ])('%s gives the bare secret', async ([, value], { ims, job, inputs }) => {
    const step = await job.uses({ ...inputs, 'client-secret': value });
    expectSuccess(step);
    expectHidden(step, [SECRET]);
    const basic = Buffer.from(`${testClient.id}:${SECRET}`).toString('base64');
    expectHidden(step, [basic]);
    expect(ims.requests.at(-1)?.form['client_secret']).toBe(SECRET);
    expect(hiddenBy(step, '["x", {}]')).toBe('["x", {}]');
  });

  test('seals as the bare secret does, and post revokes', async ({ ims, job, inputs }) => {
    const array = pretty([OTHER, SECRET]);
    const first = await job.uses({ ...inputs, 'client-secret': array, revoke: 'true' });
    expectSuccess(first);
    const second = await job.uses(inputs);
    expect(second.outputs['source']).toBe('job');
    const posts = await job.finish();
    for (const post of posts) expect(annotationsOf(post, 'warning')).toEqual([]);
    expect(ims.requests.map(({ path }) => path)).toEqual([
      '/ims/token/v3',
      '/ims/token/v3',
      '/ims/invalidate_token/v2',
    ]);
    expect(ims.requests[2]?.form['client_secret']).toBe(SECRET);
  });

  test.for([
    ['a string in quotes', [`"${OTHER}"`], 'quotes'],
    ['a line break inside', ['p8e-test-\nother'], 'line break'],
    ['a comma inside', [`${OTHER},p8e-test-b`], 'comma'],
    ['an empty string', [''], 'fork'],
    ['an empty second string', [OTHER, ''], 'empty'],
    ['a name', ['$CLIENT_SECRET'], 'name of a variable'],
    ['an assignment', [`client_secret=${OTHER}`], 'name in front'],
    ['no string', [], 'JSON array'],
    ['three strings', [OTHER, 'p8e-test-b', 'p8e-test-c'], 'JSON array'],
    ['a number', [OTHER, 1], 'JSON array'],
    ['an array inside', [[OTHER]], 'JSON array'],
    ['an object inside', [{ client_secret: OTHER }], 'JSON array'],
  ] as const)('with %s is refused', async ([, json, reason], { ims, job, inputs }) => {
    const step = await job.uses({ ...inputs, 'client-secret': pretty(json) });
    const message = failureOf(step, job);
    expect(message).toContain('`client-secret`');
    expect(message).toContain(reason);
    expect(ims.connections).toBe(0);
    if (JSON.stringify(json).includes(OTHER)) expectHidden(step, [OTHER]);
    expect(hiddenBy(step, '["x", {}]')).toBe('["x", {}]');
  });
});

describe('what is no client secret', () => {
  const FILE = { client_id: 'p8e-test-id', client_secret: OTHER, scopes: ['openid'] };

  test.for<readonly [string, string, string, readonly string[]]>([
    ['a credentials file', pretty(FILE), 'store the client secret alone', [OTHER]],
    ['one on one line', JSON.stringify(FILE), 'store the client secret alone', [OTHER]],
    ['one in quotes', `'${pretty(FILE)}'`, 'wrapped in quotes', [OTHER]],
    ['an AEM file', pretty(AEM_FILE), 'another kind of credential', [OTHER, ...PEM_LINES]],
    ['one without frame', pretty(AEM_FILE.integration), 'another kind', [OTHER, ...PEM_LINES]],
    ['an array in an object', '{"a": [["' + OTHER + '"]]}', 'JSON', [OTHER]],
    ['a file that is cut off', `{\n  "client_secret": "${OTHER}",\n  "x`, 'cut off', [OTHER]],
    ['an array that is cut off', `["${OTHER}", 'p8e-test-b'`, 'cut off', [OTHER, 'p8e-test-b']],
    ['an array without quotes', `[${OTHER}]`, 'cut off', [OTHER]],
    ['a brace', '{', 'cut off', []],
    ['`$NAME`', '$CLIENT_SECRET', 'name of a variable', []],
    ['`${NAME}`', '${CLIENT_SECRET}', 'name of a variable', []],
    ['`%NAME%`', '%CLIENT_SECRET%', 'name of a variable', []],
    ['an expression', '${{ secrets.CLIENT_SECRET }}', 'name of a variable', []],
    ['an expression cut off', '${{ secrets.CLIENT_SECRET }', 'name of a variable', []],
    ['one without its dollar', '{{ secrets.CLIENT_SECRET }}', 'name of a variable', []],
    ['the inside of one', 'secrets.CLIENT_SECRET', 'name of a variable', []],
    ['`$(...)`', '$(cat secret)', 'name of a variable', []],
    ['a mask', '***', 'masked', []],
    ['an assignment', `client_secret=${OTHER}`, 'name in front', [OTHER]],
    ['one by colon', `client-secret: ${OTHER}`, 'name in front', [OTHER]],
    ['one in quotes', `CLIENT_SECRET = "${OTHER}"`, 'name in front', [OTHER]],
    ['one for a shell', `export IMS_CLIENT_SECRET='${OTHER}'`, 'name in front', [OTHER]],
    ['one in camel case', `imsClientSecret=${OTHER}`, 'name in front', [OTHER]],
    ['`secret=`', `secret=${OTHER}`, 'name in front', [OTHER]],
    ['a form', `a=b&client_secret=${OTHER}&c=d`, 'name in front', [OTHER]],
    ['a part of JSON', `"client_secret": "${OTHER}",`, 'name in front', [OTHER]],
    ['an array with its name', `CLIENT_SECRETS=["${OTHER}"]`, 'name in front', [OTHER]],
    ['an .env file', `CLIENT_ID=p8e\nCLIENT_SECRET=${OTHER}\n-\n`, 'name in front', [OTHER]],
    ['an item of YAML', `- ${OTHER}`, 'list', [OTHER]],
    ['a private key', PEM, 'at most two', PEM_LINES],
    ['many parts', `-,},${OTHER},",'`, 'at most two', [OTHER]],
  ])('%s is refused', async ([, value, reason, hidden], { ims, job, inputs }) => {
    const step = await job.uses({ ...inputs, 'client-secret': value }, { debug: true });
    const message = failureOf(step, job);
    expect(message).toContain('`client-secret`');
    expect(message).toContain(reason);
    expect(ims.connections).toBe(0);
    expectHidden(step, hidden);
    // Short pieces stay legible, and so do the names in a file that can be parsed.
    const text = `{ "x": [], ab== --- ${reason === 'cut off' ? '' : 'client_secret privateKey'} }`;
    expect(hiddenBy(step, text)).toBe(text);
    if (!value.includes('\n') || !value.startsWith('{')) return;
    for (const mask of step.masks) expect(mask).not.toMatch(/[{}\r\n]/);
  });

  test('nobody is told that the credential of an AEM file has ended', async ({ job, inputs }) => {
    const step = await job.uses({ ...inputs, 'client-secret': pretty(AEM_FILE) });
    expect(failureOf(step, job)).not.toMatch(/ended|no longer|dead|deprecated/);
  });
});

describe('what is no refresh token and no code', () => {
  const inputsOf = (name: string, value: string): Inputs =>
    name === 'refresh-token'
      ? { 'grant-type': 'refresh_token', [name]: value }
      : { 'grant-type': 'authorization_code', code: 'p8e-test-code', [name]: value };

  test.for<readonly [string, string, string]>([
    ['refresh-token', pretty({ refresh_token: OTHER }), 'JSON'],
    ['refresh-token', `refresh_token=${OTHER}`, 'name in front'],
    ['refresh-token', `"${OTHER}"`, 'quotes'],
    ['refresh-token', `{\n${OTHER}\n}`, 'cut off'],
    ['refresh-token', `}\n${OTHER}\n-`, 'line break'],
    ['code', JSON.stringify({ code: OTHER }), 'JSON'],
    ['code', `code: ${OTHER}`, 'name in front'],
    ['code', '${{ secrets.CODE }}', 'name of a variable'],
    ['code-verifier', `CODE_VERIFIER=${OTHER}`, 'name in front'],
    ['code-verifier', `\u201c${OTHER}\u201d`, 'quotes'],
  ])('`%s` as %j is refused', async ([name, value, reason], { ims, job, inputs }) => {
    const step = await job.uses({ ...inputs, ...inputsOf(name, value) });
    const message = failureOf(step, job);
    expect(message).toContain(`\`${name}\``);
    expect(message).toContain(reason);
    expect(ims.connections).toBe(0);
    if (value.includes(OTHER)) expectHidden(step, [OTHER]);
    expect(hiddenBy(step, '{ "x": [] }')).toBe('{ "x": [] }');
  });
});

/** The runner looks for the inside of a quoted mask too, but our test runner does not. */
test.for(['"?"', "'?'", '`?`', '\u201c?\u201d', '\u2018?\u2019', '"?', '""?""'])(
  'the inside of a secret that is stored as %s is masked',
  async (form, { job, inputs }) => {
    const step = await job.uses({ ...inputs, 'client-secret': form.replace('?', OTHER) });
    expectHidden(step, [OTHER]);
  },
);

/** A wrong value in place of a client secret, refresh token or code is refused with the reason. */

import { describe, expect, it } from 'vitest';

import { type Inputs, test } from '../support/fixtures.ts';
import { problemsOf, secretsOfValues } from '../support/inputs.ts';
import { expectHidden, failureOf, maskedBy } from '../support/verdicts.ts';

const OTHER = 'p8e-test-other-secret';

const PEM =
  '-----BEGIN RSA PRIVATE KEY-----\r\nMIIp8etest0123456789\r\nab==\r\n-----END RSA PRIVATE KEY-----\r\n';

/** The lines of the PEM that must be masked. */
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

const pretty = (json: unknown): string => JSON.stringify(json, null, 2);

describe('an empty client secret', () => {
  it('may be made of separators', () => {
    expect(secretsOfValues({ 'client-secret': ',' })).toEqual([]);
    for (const grant of ['client_credentials', 'refresh_token'])
      expect(
        problemsOf({ 'client-secret': ',', 'grant-type': grant, 'refresh-token': '' }).join(),
      ).toMatch(/`client-secret` is empty/);
  });

  it('is explained', () => {
    expect(problemsOf({ 'client-secret': '  ' }).join()).toMatch(
      /fork.*Dependabot.*environment.*misspelt/,
    );
  });
});

it.each([
  ['three secrets', 'p8e-test-a,p8e-test-b,p8e-test-c', /at most two/],
  ['double quotes', '"p8e-test-a"', /wrapped in quotes/],
  ['single quotes', "'p8e-test-a'", /wrapped in quotes/],
  ['quotes around both', '"p8e-test-a,p8e-test-b"', /wrapped in quotes/],
  ['quotes around the second', 'p8e-test-a\n"p8e-test-b"', /wrapped in quotes/],
  ['a tab', 'p8e-test\ta', /control character/],
  ['a zero-width space', 'p8e-test\u200ba', /an invisible one/],
])('%s is refused and not quoted', (_name, value, reason) => {
  const text = problemsOf({ 'client-secret': value }).join(' ');
  expect(text).toMatch(reason);
  expect(text).not.toContain('p8e-test');
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
] as const)('a JSON array with %s is refused', async ([, json, reason], { ims, job, inputs }) => {
  const step = await job.uses({ ...inputs, 'client-secret': pretty(json) });
  const message = failureOf(step, job);
  expect(message).toContain('`client-secret`');
  expect(message).toContain(reason);
  expect(ims.connections).toBe(0);
  if (JSON.stringify(json).includes(OTHER)) expectHidden(step, [OTHER]);
  expect(maskedBy(step, '["x", {}]')).toBe('["x", {}]');
});

describe('what is no client secret', () => {
  const FILE = { client_id: 'p8e-test-id', client_secret: OTHER, scopes: ['openid'] };

  test.for<readonly [string, string, string, readonly string[]]>([
    ['a credentials file', pretty(FILE), 'store the client secret alone', [OTHER]],
    [
      'a credentials file on one line',
      JSON.stringify(FILE),
      'store the client secret alone',
      [OTHER],
    ],
    ['a credentials file in quotes', `'${pretty(FILE)}'`, 'wrapped in quotes', [OTHER]],
    ['an AEM file', pretty(AEM_FILE), 'another kind of credential', [OTHER, ...PEM_LINES]],
    [
      'an AEM file without its frame',
      pretty(AEM_FILE.integration),
      'another kind',
      [OTHER, ...PEM_LINES],
    ],
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
    ['an expression without its dollar', '{{ secrets.CLIENT_SECRET }}', 'name of a variable', []],
    ['the inside of an expression', 'secrets.CLIENT_SECRET', 'name of a variable', []],
    ['`$(...)`', '$(cat secret)', 'name of a variable', []],
    ['a mask', '***', 'masked', []],
    ['an assignment', `client_secret=${OTHER}`, 'name in front', [OTHER]],
    ['an assignment by colon', `client-secret: ${OTHER}`, 'name in front', [OTHER]],
    ['an assignment of a quoted value', `CLIENT_SECRET = "${OTHER}"`, 'name in front', [OTHER]],
    ['an assignment for a shell', `export IMS_CLIENT_SECRET='${OTHER}'`, 'name in front', [OTHER]],
    ['an assignment in camel case', `imsClientSecret=${OTHER}`, 'name in front', [OTHER]],
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
    // Short pieces are not masked. Neither are the names in a file that can be parsed.
    const text = `{ "x": [], ab== --- ${reason === 'cut off' ? '' : 'client_secret privateKey'} }`;
    expect(maskedBy(step, text)).toBe(text);
    if (!value.includes('\n') || !value.startsWith('{')) return;
    for (const mask of step.masks) expect(mask).not.toMatch(/[{}\r\n]/);
  });

  test('nobody is told that the credential of an AEM file has ended', async ({ job, inputs }) => {
    const step = await job.uses({ ...inputs, 'client-secret': pretty(AEM_FILE) });
    expect(failureOf(step, job)).not.toMatch(/ended|no longer|dead|deprecated/);
  });
});

it.each([
  ['client-id', 'vars'],
  ['org-id', 'vars'],
  ['client-secret', 'secrets'],
] as const)('a name of a variable in `%s` is answered with `%s.NAME`', (name, context) => {
  expect(problemsOf({ [name]: '$NAME' }).join()).toContain(`\`\${{ ${context}.NAME }}\``);
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
    expect(maskedBy(step, '{ "x": [] }')).toBe('{ "x": [] }');
  });
});

/** Inputs as people write them, and get them wrong. */

import { describe, expect, it } from 'vitest';

import { failureOf } from '../../src/failure.ts';
import { type Inputs, parseInputs } from '../../src/inputs/parse.ts';
import {
  INPUT_DEFAULTS,
  type InputName,
  type RawInputs,
  readRawInputs,
  secretsOfInputs,
} from '../../src/inputs/read.ts';

const SECRET = 'p8e-test-secret';

/** Reads the inputs as the runner passes them. */
function rawOf(values: Partial<Record<InputName, string>>): RawInputs {
  const given = {
    ...INPUT_DEFAULTS,
    'client-id': 'p8e-test-client',
    'client-secret': SECRET,
    ...values,
  };
  for (const [name, value] of Object.entries(given))
    process.env[`INPUT_${name.toUpperCase()}`] = value;
  return readRawInputs();
}

const parse = (values: Partial<Record<InputName, string>>): Inputs => parseInputs(rawOf(values));

/** The problems in the one message: each names its input first. */
function problems(values: Partial<Record<InputName, string>>): readonly string[] {
  try {
    parse(values);
  } catch (error) {
    const { code, happened } = failureOf(error);
    expect(code).toBe('invalid_input');
    return happened.split(/(?<=\.) (?=`[a-z-]+`)/);
  }
  return [];
}

describe('scopes', () => {
  it.each([
    ['comma', 'a,b,c'],
    ['comma and space', 'a, b, c'],
    ['space', 'a b c'],
    ['line', 'a\nb\r\nc\n'],
    ['JSON', '["a", "b", "c"]'],
    ['JSON over lines', '[\n"a",\n"b",\n"c"\n]'],
    ['duplicates', 'a,b,a,c,b'],
    ['stray commas', ',a,,b, ,c,'],
  ])('reads a list by %s', (_name, scopes) => {
    expect(parse({ scopes }).grant).toEqual({
      type: 'client_credentials',
      scopes: ['a', 'b', 'c'],
    });
  });

  it.each(['[a,b]', '["a"', '[1]', '{"a":1', '"', '[]', ''])('refuses %j', (scopes) => {
    expect(problems({ scopes })).not.toEqual([]);
  });

  it.each([
    'additional_info.projectedProductContext',
    'adobeio.abdata.read',
    'substance3d_api.spaces.create',
    'read_pc.dma_aem_ams',
    'p8e:test/scope-1',
  ])('takes %s', (scopes) => {
    expect(parse({ scopes }).grant).toMatchObject({ scopes: [scopes] });
  });

  it.each([
    ['a YAML list', '- openid\n- AdobeID', 'number 1 of 4'],
    ['a YAML list without blanks', '-openid\n-AdobeID', 'number 1 of 2'],
    ['semicolons', 'openid;AdobeID', 'number 1 of 1'],
    ['semicolons and blanks', 'session, openid; AdobeID', 'number 2 of 3'],
    ['encoded commas', 'openid%2CAdobeID', 'number 1 of 1'],
    ['encoded blanks', 'openid+AdobeID', 'number 1 of 1'],
    ['a pipe', 'openid|AdobeID', 'number 1 of 1'],
    ['an ampersand', 'openid&AdobeID', 'number 1 of 1'],
    ['a line break as it is escaped', 'openid\\nAdobeID', 'number 1 of 1'],
    ['a name in front', 'scope=openid,AdobeID', 'number 1 of 2'],
    ['a name in front, by colon', 'scope: openid, AdobeID', 'number 1 of 3'],
    ['a name in front, without a blank', 'Scopes:openid', 'number 1 of 1'],
    ['an expression', '${{ vars.SCOPES }}', 'number 1 of 3'],
    ['a variable', '$SCOPES', 'number 1 of 1'],
    ['semicolons in JSON', '["openid;AdobeID"]', 'number 1 of 1'],
    ['quotes around each', "'openid','AdobeID'", 'number 1 of 2'],
  ])('refuses %s, and says what is understood', (_name, scopes, position) => {
    const found = problems({ scopes }).join(' ');
    expect(found).toContain(`\`scopes\` has an invalid value (${position})`);
    expect(found).toContain('separated by commas, spaces or lines, or as a JSON array');
    expect(found).not.toMatch(/openid(?!, AdobeID, sep)/);
  });

  it.each([
    ['openid, "AdobeID"', 'number 2 of 2'],
    ['a, b, Ad\u00f6be, c, "d"', 'number 3 of 5'],
    ['["a b", "\\ud800"]', 'number 3 of 3'],
  ])('names the position of an invalid value in %j, and does not quote it', (scopes, position) => {
    const [problem, ...others] = problems({ scopes });
    expect(others).toEqual([]);
    expect(problem).toBe(
      `\`scopes\` has an invalid value (${position}); write the names alone, such as openid, AdobeID, separated by commas, spaces or lines, or as a JSON array of strings.`,
    );
  });
});

describe('client-secret', () => {
  it.each([
    ['one', 'p8e-test-1', ['p8e-test-1']],
    ['two by comma', 'p8e-test-1,p8e-test-2', ['p8e-test-1', 'p8e-test-2']],
    ['two by line break', 'p8e-test-1\r\np8e-test-2\n', ['p8e-test-1', 'p8e-test-2']],
    ['the same twice', 'p8e-test-1\np8e-test-1', ['p8e-test-1']],
    ['special characters', '+ / = & % " \' ü', ['+ / = & % " \' ü']],
  ])('reads %s', (_name, value, expected) => {
    expect(parse({ 'client-secret': value }).client.clientSecrets).toEqual(expected);
  });

  it('is empty when all that it is made of is', () => {
    const raw = { ...INPUT_DEFAULTS, 'client-secret': ',' };
    expect(secretsOfInputs(raw)).toEqual([]);
    for (const grant of ['client_credentials', 'refresh_token'])
      expect(
        problems({ 'client-secret': ',', 'grant-type': grant, 'refresh-token': '' }).join(),
      ).toMatch(/`client-secret` is empty/);
  });

  it('explains an empty secret', () => {
    expect(problems({ 'client-secret': '  ' }).join()).toMatch(
      /fork.*Dependabot.*environment.*misspelt/,
    );
  });

  it.each([
    ['three secrets', 'p8e-test-a,p8e-test-b,p8e-test-c', /at most two/],
    ['double quotes', '"p8e-test-a"', /wrapped in quotes/],
    ['single quotes', "'p8e-test-a'", /wrapped in quotes/],
    ['quotes around both', '"p8e-test-a,p8e-test-b"', /wrapped in quotes/],
    ['quotes around the second', 'p8e-test-a\n"p8e-test-b"', /wrapped in quotes/],
    ['a tab', 'p8e-test\ta', /control character/],
    ['a zero-width space', 'p8e-test\u200ba', /an invisible one/],
  ])('refuses %s, without showing it', (_name, value, reason) => {
    const text = problems({ 'client-secret': value }).join(' ');
    expect(text).toMatch(reason);
    expect(text).not.toContain('p8e-test');
  });
});

describe('values', () => {
  it('are trimmed', () => {
    const inputs = parse({ 'client-id': '  p8e-test-client\n', timeout: ' 5 ' });
    expect(inputs.client.clientId).toBe('p8e-test-client');
    expect(inputs.timeoutSeconds).toBe(5);
  });

  it.each<[InputName, string]>([
    ['client-id', ''],
    ['client-id', '"p8e-test-client"'],
    ['client-id', 'p8e-test\nclient'],
    ['client-id', 'p8e-test-ü'],
    ['client-id', 'p8e-test-☃'],
    ['grant-type', 'password'],
    ['grant-type', ''],
    ['reuse', 'yes'],
    ['revoke', 'ja'],
    ['revoke', ''],
    ['summary', '1'],
    ['timeout', '0'],
    ['timeout', '-1'],
    ['timeout', '1.5'],
    ['timeout', '60s'],
    ['timeout', '3601'],
    ['timeout', ''],
    ['min-validity', '1e3'],
    ['min-validity', ' '],
    ['aio-context', 'my-context'],
    ['aio-context', '_cli'],
    ['aio-context', 'a__b'],
    ['org-id', "'ABC@AdobeOrg'"],
    ['refresh-token', 'p8e-test-refresh'],
    ['code', 'p8e-test-code'],
    ['code-verifier', 'p8e-test-verifier'],
  ])('%s: %j is refused by name', (name, value) => {
    const found = problems({ [name]: value });
    expect(found).toHaveLength(1);
    expect(found[0]).toContain(`\`${name}\``);
  });

  it.each(
    Object.entries(INPUT_DEFAULTS).filter(([name, value]) => value !== '' && name !== 'env-var'),
  )('an empty `%s` is said to be empty, and its default is named', (name, value) => {
    const found = problems({ [name]: ' ' });
    expect(found).toEqual([`\`${name}\` is empty: remove the line to get the default ${value}.`]);
  });

  it.each([',', '[]', '[""]', '[" ", ","]'])('scopes as %j are empty too', (scopes) => {
    expect(problems({ scopes }).join()).toMatch(/^`scopes` is empty: remove the line/);
  });

  it.each<[InputName, string, RegExp]>([
    ['client-id', '$CLIENT_ID', /name of a variable/],
    ['client-id', '${{ vars.CLIENT_ID }}', /name of a variable/],
    ['client-id', 'client_id=p8e-test', /name in front.*store the client ID alone/],
    ['client-id', '["p8e-test"]', /is JSON; store the client ID alone/],
    ['org-id', 'org_id: ABC@AdobeOrg', /name in front.*store the org ID alone/],
    ['org-id', '***', /copied from a log/],
    ['aio-context', 'true', /not true or false/],
    ['aio-context', 'False', /not true or false/],
    ['aio-context', 'TRUE', /not true or false/],
    ['aio-context', 'a'.repeat(33), /at most 32 characters/],
    ['env-var', 'A '.repeat(51), /has 51 names; at most 50/],
  ])('%s: %j is refused, with the reason', (name, value, reason) => {
    const found = problems({ [name]: value });
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(reason);
  });

  it('at their limits are accepted', () => {
    const names = Array.from({ length: 50 }, (_, i) => `TOKEN_${i}`);
    const inputs = parse({ 'aio-context': 'a'.repeat(32), 'env-var': names.join(' ') });
    expect(inputs.expiryVariables).toEqual([
      `AIO_IMS_CONTEXTS_${'A'.repeat(32)}_ACCESS__TOKEN_EXPIRY`,
    ]);
    expect(inputs.tokenVariables).toHaveLength(51);
  });

  it('are refused all at once', () => {
    const found = problems({ 'client-id': '', 'client-secret': '', timeout: 'x', reuse: 'x' });
    expect(found).toHaveLength(4);
  });

  it('without their rules known are judged all the same', () => {
    const found = problems({ 'grant-type': 'client-credentials', 'client-secret': '', scopes: '' });
    expect(found).toHaveLength(3);
  });
});

describe('env-var', () => {
  it.each([
    ['A,B', ['A', 'B']],
    ['A B\nC', ['A', 'B', 'C']],
    ['', []],
    ['_token1', ['_token1']],
  ])('%j names %j', (value, expected) => {
    expect(parse({ 'env-var': value }).tokenVariables).toEqual(expected);
  });

  it.each(
    (
      'GITHUB_TOKEN RUNNER_TEMP ACTIONS_X INPUT_X NODE_OPTIONS PATH Path HOME LD_PRELOAD CI ' +
      'BASH_ENV github_env node_options DYLD_INSERT_LIBRARIES https_proxy 1A A-B A=B A.B É'
    ).split(' '),
  )('%s is refused', (value) => {
    expect(problems({ 'env-var': value })).toHaveLength(1);
  });

  it('that names the variable of aio-context in other letters is refused', () => {
    const name = 'aio_ims_contexts_cli_access__token_expiry';
    expect(problems({ 'env-var': name, 'aio-context': 'cli' })).toHaveLength(1);
  });

  it('that is refused is named by its position as given, and the reason', () => {
    expect(problems({ 'env-var': 'A, A, PATH, B-C, CI' })).toEqual([
      '`env-var` has a name (number 4 of 5) that is not made of letters, digits and underscores, or begins with a digit.',
      '`env-var` has a name (number 3 of 5) that belongs to the runner or the system.',
    ]);
  });
});

describe('ims-url', () => {
  it.each([
    ['https://ims-na1.adobelogin.com', 'https://ims-na1.adobelogin.com'],
    ['https://ims-na1-stg1.adobelogin.com/', 'https://ims-na1-stg1.adobelogin.com'],
    ['https://adobelogin.com', 'https://adobelogin.com'],
    ['https://IMS-NA1.ADOBELOGIN.COM', 'https://ims-na1.adobelogin.com'],
    ['http://127.0.0.1:8080', 'http://127.0.0.1:8080'],
    ['http://localhost:1', 'http://localhost:1'],
    ['https://[::1]:1', 'https://[::1]:1'],
  ])('%s is allowed', (value, origin) => {
    expect(parse({ 'ims-url': value }).origin).toBe(origin);
  });

  it.each([
    '',
    'ims-na1.adobelogin.com',
    'ims-na1.adobelogin.com:443',
    'https://adobelogin.com.evil.example',
    'https://evil-adobelogin.com',
    'https://adobelogin.com@evil.example',
    'https://x@evil.example',
    'https://user:p8e-test-pw@ims-na1.adobelogin.com',
    'https://evil.example/adobelogin.com',
    'https://evil.example#adobelogin.com',
    'https://evil.example\\.adobelogin.com',
    'http://ims-na1.adobelogin.com',
    'http://evil.example',
    'http://10.0.0.1',
    'http://0.0.0.0',
    'http://169.254.169.254',
    'http://127.0.0.1.evil.example',
    'http://localhost.evil.example',
    'https://adobelogin.com./',
    'https://аdobelogin.com',
    'ftp://adobelogin.com',
    'file:///etc/passwd',
    'javascript:alert(1)',
    'https://ims-na1.adobelogin.com/ims/token/v3',
    'https://ims-na1.adobelogin.com?x=1',
    'https://[::ffff:127.0.0.1]',
  ])('%s is refused', (value) => {
    expect(problems({ 'ims-url': value })).toHaveLength(1);
  });

  it.each(['ims-na1.adobelogin.com', 'ims-na1.adobelogin.com:443'])(
    '%s is said to have no scheme, not to be another host',
    (value) => {
      expect(problems({ 'ims-url': value }).join()).toMatch(/is not a URL; write https:/);
    },
  );
});

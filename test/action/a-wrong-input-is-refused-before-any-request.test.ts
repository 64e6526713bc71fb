/** Inputs as people write them. All problems are in one message, before any request. */

import { describe, expect, it } from 'vitest';

import { INPUT_DEFAULTS, type InputName } from '../../src/inputs/read.ts';

import { SECRET, test } from '../support/fixtures.ts';
import { parseValues, problemsOf } from '../support/inputs.ts';
import { VERIFIER } from '../support/user-grants.ts';
import { expectHidden, messageOf } from '../support/verdicts.ts';

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
    expect(parseValues({ scopes }).grant).toEqual({
      type: 'client_credentials',
      scopes: ['a', 'b', 'c'],
    });
  });

  it.each(['[a,b]', '["a"', '[1]', '{"a":1', '"', '[]', ''])('refuses %j', (scopes) => {
    expect(problemsOf({ scopes })).not.toEqual([]);
  });

  it.each([
    'additional_info.projectedProductContext',
    'adobeio.abdata.read',
    'substance3d_api.spaces.create',
    'read_pc.dma_aem_ams',
    'p8e:test/scope-1',
  ])('takes %s', (scopes) => {
    expect(parseValues({ scopes }).grant).toMatchObject({ scopes: [scopes] });
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
    const found = problemsOf({ scopes }).join(' ');
    expect(found).toContain(`\`scopes\` has an invalid value (${position})`);
    expect(found).toContain('separated by commas, spaces or lines, or as a JSON array');
    expect(found).not.toMatch(/openid(?!, AdobeID, sep)/);
  });

  it.each([
    ['openid, "AdobeID"', 'number 2 of 2'],
    ['a, b, Ad\u00f6be, c, "d"', 'number 3 of 5'],
    ['["a b", "\\ud800"]', 'number 3 of 3'],
  ])('names the position of an invalid value in %j, and does not quote it', (scopes, position) => {
    const [problem, ...others] = problemsOf({ scopes });
    expect(others).toEqual([]);
    expect(problem).toBe(
      `\`scopes\` has an invalid value (${position}); write the names alone, such as openid, AdobeID, separated by commas, spaces or lines, or as a JSON array of strings.`,
    );
  });
});

describe('values', () => {
  it('are trimmed', () => {
    const inputs = parseValues({ 'client-id': '  p8e-test-client\n', timeout: ' 5 ' });
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
    const found = problemsOf({ [name]: value });
    expect(found).toHaveLength(1);
    expect(found[0]).toContain(`\`${name}\``);
  });

  it.each(
    Object.entries(INPUT_DEFAULTS).filter(([name, value]) => value !== '' && name !== 'env-var'),
  )('an empty `%s` is said to be empty, and its default is named', (name, value) => {
    const found = problemsOf({ [name]: ' ' });
    expect(found).toEqual([`\`${name}\` is empty: remove the line to get the default ${value}.`]);
  });

  it.each([',', '[]', '[""]', '[" ", ","]'])('scopes as %j are empty too', (scopes) => {
    expect(problemsOf({ scopes }).join()).toMatch(/^`scopes` is empty: remove the line/);
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
    const found = problemsOf({ [name]: value });
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(reason);
  });

  it('at their limits are accepted', () => {
    const names = Array.from({ length: 50 }, (_, i) => `TOKEN_${i}`);
    const inputs = parseValues({ 'aio-context': 'a'.repeat(32), 'env-var': names.join(' ') });
    expect(inputs.expiryVariables).toEqual([
      `AIO_IMS_CONTEXTS_${'A'.repeat(32)}_ACCESS__TOKEN_EXPIRY`,
    ]);
    expect(inputs.tokenVariables).toHaveLength(51);
  });

  it('are refused all at once', () => {
    const found = problemsOf({ 'client-id': '', 'client-secret': '', timeout: 'x', reuse: 'x' });
    expect(found).toHaveLength(4);
  });

  it('are checked even if `grant-type` is misspelt', () => {
    const found = problemsOf({
      'grant-type': 'client-credentials',
      'client-secret': '',
      scopes: '',
    });
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
    expect(parseValues({ 'env-var': value }).tokenVariables).toEqual(expected);
  });

  it.each(
    (
      'GITHUB_TOKEN RUNNER_TEMP ACTIONS_X INPUT_X NODE_OPTIONS PATH Path HOME LD_PRELOAD CI ' +
      'BASH_ENV github_env node_options DYLD_INSERT_LIBRARIES https_proxy 1A A-B A=B A.B É'
    ).split(' '),
  )('%s is refused', (value) => {
    expect(problemsOf({ 'env-var': value })).toHaveLength(1);
  });

  it('that names the variable of aio-context in other letters is refused', () => {
    const name = 'aio_ims_contexts_cli_access__token_expiry';
    expect(problemsOf({ 'env-var': name, 'aio-context': 'cli' })).toHaveLength(1);
  });

  it('that is refused is named by its position as given, and the reason', () => {
    expect(problemsOf({ 'env-var': 'A, A, PATH, B-C, CI' })).toEqual([
      '`env-var` has a name (number 4 of 5) that is not made of letters, digits and underscores, or begins with a digit.',
      '`env-var` has a name (number 3 of 5) that belongs to the runner or the system.',
    ]);
  });
});

describe('a user grant', () => {
  it.each([
    ['refresh_token', {}, '`refresh-token` is empty; `grant-type: refresh_token` needs one.'],
    ['authorization_code', {}, '`code` is empty; `grant-type: authorization_code` needs one.'],
    [
      'authorization_code',
      { 'code-verifier': VERIFIER, 'client-secret': '' },
      '`code` is empty; `grant-type: authorization_code` needs one.',
    ],
  ])('of the type %s is refused without its secret', (type, given, problem) => {
    expect(problemsOf({ 'grant-type': type, ...given })).toEqual([problem]);
  });

  it('needs no verifier beside a client secret', () => {
    expect(problemsOf({ 'grant-type': 'authorization_code', code: 'p8e-test-code' })).toEqual([]);
  });
});

test('contradictions are reported before any request', async ({ ims, job, inputs }) => {
  const secrets = {
    'refresh-token': 'p8e-test-refresh',
    code: 'p8e-test-code',
    'code-verifier': VERIFIER,
  };
  const code = '`code` goes with `grant-type: authorization_code` only';
  const verifier = '`code-verifier` goes with `grant-type: authorization_code` only';
  const token = '`refresh-token` goes with `grant-type: refresh_token` only';
  const shared = { 'grant-type': 'authorization_code', reuse: 'repository', revoke: 'true' };
  for (const [given, problems] of [
    [{}, [token, code, verifier]],
    [{ 'grant-type': 'refresh_token' }, [code, verifier]],
    [shared, [token, '`reuse: repository` goes with', '`revoke: true` contradicts']],
  ] as const) {
    const step = await job.uses({ ...inputs, ...secrets, ...given });
    const message = messageOf(step);
    for (const problem of problems) expect(message).toContain(problem);
    expectHidden(step, [SECRET, ...Object.values(secrets)]);
  }
  expect(ims.requests).toEqual([]);
});

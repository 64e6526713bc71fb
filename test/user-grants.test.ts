/** User tokens with the whole step: what is sent for each kind of client, what is hidden, what is refused. */

import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';

import { afterEach, describe, expect, it } from 'vitest';

import {
  type Client,
  type ImsServer,
  type RecordedRequest,
  startIms,
  testClient,
} from './support/ims-server.ts';
import { type Job, startJob, type StepResult } from './support/run-action.ts';
import { messageOf } from './support/verdicts.ts';

type Inputs = Readonly<Record<string, string>>;

const [SECRET = ''] = testClient.secrets;
const VERIFIER = 'p8e-test-verifier-0123456789-0123456789-0123456789';
const CHALLENGE = createHash('sha256').update(VERIFIER).digest('base64url');
const BASIC = `Basic ${Buffer.from(`${testClient.id}:${SECRET}`).toString('base64')}`;

const webApp: Client = { ...testClient, authentication: 'basic' };
const publicApp: Client = { ...testClient, secrets: [], publicClient: true };
const serviceClient: Client = { ...testClient, authentication: 'post' };

const cleanups: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

type SetUp = {
  readonly ims: ImsServer;
  readonly job: Job;
  /** The client, with its secret unless it is public. */
  readonly inputs: Inputs;
};

async function setUp(client: Client): Promise<SetUp> {
  const ims = await startIms({ clients: [client] });
  cleanups.push(() => ims.close());
  const job = await startJob();
  cleanups.push(() => job.dispose());
  const secret: Inputs = client.publicClient === true ? {} : { 'client-secret': SECRET };
  return { ims, job, inputs: { 'client-id': client.id, 'ims-url': ims.url, ...secret } };
}

const refreshing = (token: string): Inputs => ({
  'grant-type': 'refresh_token',
  'refresh-token': token,
});

const exchanging = (code: string): Inputs => ({ 'grant-type': 'authorization_code', code });

const newRefreshToken = (ims: ImsServer): string =>
  ims.issueRefreshToken({ clientId: testClient.id });

const newCode = (ims: ImsServer): string => ims.issueCode({ clientId: testClient.id });

const newChallengedCode = (ims: ImsServer): string =>
  ims.issueCode({ clientId: testClient.id, challenge: CHALLENGE });

/** What a request says of the client and of the grant, the path included. */
function sent(request: RecordedRequest | undefined): object {
  return {
    path: request?.path,
    query: request?.query,
    authorization: request?.headers.authorization,
    form: request?.form,
  };
}

/** Each value is masked, and is nowhere in what the process wrote but in its masks. */
function expectHidden(step: StepResult, values: readonly string[]): void {
  const shown = step.stdout
    .split('\n')
    .filter((line) => !line.startsWith('::add-mask::'))
    .join('\n');
  for (const value of values) {
    expect(value).not.toBe('');
    expect(step.masks).toContain(value);
    expect(shown).not.toContain(value);
    expect(step.stderr).not.toContain(value);
  }
}

describe('a refresh token', () => {
  it('of a Web App is sent with the Basic header, and no client fields in the body', async () => {
    const { ims, job, inputs } = await setUp(webApp);
    const token = newRefreshToken(ims);
    const step = await job.uses({ ...inputs, ...refreshing(token) });
    expect(step.annotations).toEqual([]);
    expect(ims.requests.map(sent)).toEqual([
      {
        path: '/ims/token/v3',
        query: '',
        authorization: BASIC,
        form: { grant_type: 'refresh_token', refresh_token: token },
      },
    ]);
    const { 'access-token': accessToken = '', 'refresh-token': renewed = '' } = step.outputs;
    expect(renewed).not.toBe(token);
    expectHidden(step, [SECRET, BASIC.slice('Basic '.length), token, renewed, accessToken]);
  });

  it('of a public client is sent with the client ID in the body, and no header', async () => {
    const { ims, job, inputs } = await setUp(publicApp);
    const token = newRefreshToken(ims);
    const step = await job.uses({ ...inputs, ...refreshing(token) });
    expect(step.annotations).toEqual([]);
    expect(ims.requests.map(sent)).toEqual([
      {
        path: '/ims/token/v3',
        query: '',
        authorization: undefined,
        form: { grant_type: 'refresh_token', refresh_token: token, client_id: testClient.id },
      },
    ]);
    expectHidden(step, [token, step.outputs['refresh-token'] ?? '']);
  });

  it('is followed by the one that the step put out', async () => {
    const { ims, job, inputs } = await setUp(webApp);
    const first = await job.uses({ ...inputs, ...refreshing(newRefreshToken(ims)) });
    const second = await job.uses({
      ...inputs,
      ...refreshing(first.outputs['refresh-token'] ?? ''),
    });
    expect(second.failed).toBe(false);
    expect(second.outputs['access-token']).not.toBe(first.outputs['access-token']);
  });

  it('is sent again after a transient failure', async () => {
    const { ims, job, inputs } = await setUp(webApp);
    ims.script({ fault: 'reset-before-answer' });
    const step = await job.uses({ ...inputs, ...refreshing(newRefreshToken(ims)) });
    expect(step.failed).toBe(false);
    expect(ims.requests).toHaveLength(2);
  });

  it('is tried with the second secret when the first is refused', async () => {
    const { ims, job, inputs } = await setUp(webApp);
    const step = await job.uses({
      ...inputs,
      'client-secret': `p8e-test-old-secret\n${SECRET}`,
      ...refreshing(newRefreshToken(ims)),
    });
    expect(step.annotations.map(({ level }) => level)).toEqual(['notice']);
    expect(ims.requests.map(({ headers }) => headers.authorization)).toEqual([
      `Basic ${Buffer.from(`${testClient.id}:p8e-test-old-secret`).toString('base64')}`,
      BASIC,
    ]);
  });
});

describe('a code', () => {
  it('of a Web App is sent with the Basic header, and no client fields in the body', async () => {
    const { ims, job, inputs } = await setUp(webApp);
    const code = newCode(ims);
    const step = await job.uses({ ...inputs, ...exchanging(code) });
    expect(step.annotations).toEqual([]);
    expect(ims.requests.map(sent)).toEqual([
      {
        path: '/ims/token/v3',
        query: '',
        authorization: BASIC,
        form: { grant_type: 'authorization_code', code },
      },
    ]);
    expect(step.outputs['user-id']).toMatch(/@AdobeID$/);
    expect(step.outputs['source']).toBe('ims');
    const { 'access-token': accessToken = '', 'refresh-token': refreshToken = '' } = step.outputs;
    expectHidden(step, [SECRET, BASIC.slice('Basic '.length), code, accessToken, refreshToken]);
  });

  it('of a public client is sent with the verifier and the client ID', async () => {
    const { ims, job, inputs } = await setUp(publicApp);
    const code = newChallengedCode(ims);
    const step = await job.uses({ ...inputs, ...exchanging(code), 'code-verifier': VERIFIER });
    expect(step.annotations).toEqual([]);
    expect(ims.requests.map(sent)).toEqual([
      {
        path: '/ims/token/v3',
        query: '',
        authorization: undefined,
        form: {
          grant_type: 'authorization_code',
          code,
          code_verifier: VERIFIER,
          client_id: testClient.id,
        },
      },
    ]);
    expectHidden(step, [code, VERIFIER, step.outputs['refresh-token'] ?? '']);
  });

  it('of a Web App may come with a verifier too', async () => {
    const { ims, job, inputs } = await setUp(webApp);
    const code = newChallengedCode(ims);
    const step = await job.uses({ ...inputs, ...exchanging(code), 'code-verifier': VERIFIER });
    expect(step.failed).toBe(false);
    expect(ims.requests.map(({ form }) => form['code_verifier'])).toEqual([VERIFIER]);
    expectHidden(step, [SECRET, code, VERIFIER]);
  });

  it('without consent to offline_access gives no refresh token', async () => {
    const { ims, job, inputs } = await setUp(webApp);
    const code = ims.issueCode({ clientId: testClient.id, scopes: ['openid', 'AdobeID'] });
    const step = await job.uses({ ...inputs, ...exchanging(code) });
    expect(step.failed).toBe(false);
    expect(step.outputs).not.toHaveProperty('refresh-token');
    expect(step.outputs['scopes']).toBe('openid,AdobeID');
  });

  it('that is a permanent service token is exchanged again and again, in the body form', async () => {
    const { ims, job, inputs } = await setUp(serviceClient);
    const code = ims.issueCode({ clientId: testClient.id, permanent: true });
    const first = await job.uses({ ...inputs, ...exchanging(code) });
    const second = await job.uses({ ...inputs, ...exchanging(code) });
    expect([...first.annotations, ...second.annotations]).toEqual([]);
    const form = { grant_type: 'authorization_code', code };
    const client = { client_id: testClient.id, client_secret: SECRET };
    const shared = { path: '/ims/token/v3', query: '' };
    const refused = { ...shared, authorization: BASIC, form };
    const accepted = { ...shared, authorization: undefined, form: { ...form, ...client } };
    expect(ims.requests.map(sent)).toEqual([refused, accepted, refused, accepted]);
    expect(second.outputs['access-token']).not.toBe(first.outputs['access-token']);
    expectHidden(second, [SECRET, code]);
  });

  it('whose answer is lost is not sent again, and the message says so', async () => {
    const { ims, job, inputs } = await setUp(webApp);
    ims.script({ fault: 'reset-before-answer' });
    const step = await job.uses({ ...inputs, ...exchanging(newCode(ims)) });
    expect(messageOf(step)).toMatch(/probably used up.*not sent again.*sign in again/);
    expect(ims.requests).toHaveLength(1);
  });

  it('that was not served is sent again', async () => {
    const { ims, job, inputs } = await setUp(webApp);
    ims.script({ status: 503 });
    const step = await job.uses({ ...inputs, ...exchanging(newCode(ims)) });
    expect(step.failed).toBe(false);
    expect(ims.requests).toHaveLength(2);
  });
});

it.each([
  ['a refresh token', refreshing],
  ['a code', exchanging],
])('%s: whatever else the answer holds is masked', async (_name, grant) => {
  const { ims, job, inputs } = await setUp(webApp);
  const answer = {
    access_token: 'p8e-test-access-token',
    token_type: 'bearer',
    expires_in: 86_399,
    refresh_token: 'p8e-test-new-refresh-token',
    id_token: 'p8e-test-id-token',
    sub: 'p8e-test-user',
  };
  ims.scriptAlways({ body: JSON.stringify(answer) });
  const step = await job.uses({ ...inputs, ...grant('p8e-test-grant') }, { debug: true });
  expect(step.outputs['refresh-token']).toBe(answer.refresh_token);
  // The token does not tell its scopes, and none were asked for.
  expect(step.outputs['scopes']).toBe('');
  const { access_token, refresh_token, id_token } = answer;
  expectHidden(step, ['p8e-test-grant', access_token, refresh_token, id_token]);
  expect(JSON.stringify(step.files)).not.toContain(id_token);
});

describe('org-id', () => {
  it.each([
    ['a refresh token', (ims: ImsServer) => refreshing(newRefreshToken(ims))],
    ['a code', (ims: ImsServer) => exchanging(newCode(ims))],
  ])('goes along with %s; scopes do not', async (_name, grant) => {
    const { ims, job, inputs } = await setUp(webApp);
    const step = await job.uses({
      ...inputs,
      ...grant(ims),
      'org-id': 'ABC123@AdobeOrg',
      scopes: 'openid, firefly_api',
    });
    expect(step.annotations).toEqual([]);
    expect(ims.requests.map(({ form }) => form['org_id'])).toEqual(['ABC123@AdobeOrg']);
    expect(ims.requests[0]?.form).not.toHaveProperty('scope');
  });
});

describe('what IMS refuses', () => {
  const words = /expired, was used, or was revoked.*sign in again.*store the new refresh token/;

  it.each(['access_denied', 'invalid_grant', 'invalid_token'])(
    'with %s says what to do, after one request',
    async (error) => {
      for (const grant of [refreshing, exchanging]) {
        const { ims, job, inputs } = await setUp(webApp);
        ims.scriptAlways({ status: 400, body: JSON.stringify({ error }) });
        const step = await job.uses({ ...inputs, ...grant('p8e-test-expired') });
        expect(messageOf(step)).toMatch(words);
        expectHidden(step, ['p8e-test-expired']);
        expect(ims.requests).toHaveLength(1);
      }
    },
  );

  it('because the code was used says so, after one request', async () => {
    const { ims, job, inputs } = await setUp(webApp);
    const code = newCode(ims);
    await job.uses({ ...inputs, ...exchanging(code) });
    const step = await job.uses({ ...inputs, ...exchanging(code) });
    expect(messageOf(step)).toMatch(words);
    expect(ims.requests).toHaveLength(2);
  });

  it('because the refresh token was used says so, after one request', async () => {
    const { ims, job, inputs } = await setUp(publicApp);
    const token = newRefreshToken(ims);
    await job.uses({ ...inputs, ...refreshing(token) });
    const step = await job.uses({ ...inputs, ...refreshing(token) });
    expect(messageOf(step)).toMatch(words);
    expect(ims.requests).toHaveLength(2);
  });

  it('because the verifier is another says what IMS says', async () => {
    const { ims, job, inputs } = await setUp(publicApp);
    const verifier = `${VERIFIER}-other`;
    const code = newChallengedCode(ims);
    const step = await job.uses({ ...inputs, ...exchanging(code), 'code-verifier': verifier });
    expect(messageOf(step)).toMatch(/code_verifier does not match/);
    expectHidden(step, [code, verifier]);
    expect(ims.requests).toHaveLength(1);
  });

  it('because the secret is wrong says so, after both forms for a code and one otherwise', async () => {
    const { ims, job, inputs } = await setUp(testClient);
    const wrong = { ...inputs, 'client-secret': 'p8e-test-wrong' };
    const refreshed = await job.uses({ ...wrong, ...refreshing(newRefreshToken(ims)) });
    expect(messageOf(refreshed)).toMatch(/refused the client secret/);
    expect(ims.requests).toHaveLength(1);
    const exchanged = await job.uses({ ...wrong, ...exchanging(newCode(ims)) });
    expect(messageOf(exchanged)).toMatch(/refused the client secret/);
    expect(ims.requests).toHaveLength(3);
  });
});

describe('contradictions are told in one message, before any request:', () => {
  const secret = { 'client-secret': SECRET };
  const cases: readonly (readonly [string, Inputs, readonly string[]])[] = [
    [
      'a code and a verifier with a refresh token',
      {
        ...secret,
        ...refreshing('p8e-test-rt'),
        code: 'p8e-test-code',
        'code-verifier': VERIFIER,
      },
      [
        '`code` goes with `grant-type: authorization_code` only',
        '`code-verifier` goes with `grant-type: authorization_code` only',
      ],
    ],
    [
      'user fields with client_credentials',
      { ...secret, 'refresh-token': 'p8e-test-rt', code: 'p8e-test-code' },
      [
        '`refresh-token` goes with `grant-type: refresh_token` only',
        '`code` goes with `grant-type: authorization_code` only',
      ],
    ],
    [
      'a verifier without a code',
      { 'grant-type': 'authorization_code', 'code-verifier': VERIFIER },
      ['`code` is empty'],
    ],
    [
      'a code with neither secret nor verifier',
      exchanging('p8e-test-code'),
      ['`client-secret` and `code-verifier` are both empty'],
    ],
    [
      'no refresh token, and reuse',
      { ...secret, 'grant-type': 'refresh_token', reuse: 'repository' },
      ['`refresh-token` is empty', '`reuse: repository` goes with'],
    ],
    [
      'reuse of a code, and revocation',
      { ...exchanging('p8e-test-code'), reuse: 'repository', revoke: 'true' },
      [
        '`client-secret` and `code-verifier` are both empty',
        '`reuse: repository` goes with',
        '`revoke: true` contradicts `reuse: repository`',
      ],
    ],
  ];
  it.each(cases)('%s', async (_name, given, problems) => {
    const { ims, job, inputs } = await setUp(publicApp);
    const step = await job.uses({ ...inputs, ...given });
    const message = messageOf(step);
    for (const problem of problems) expect(message).toContain(problem);
    expect(ims.requests).toEqual([]);
    const hidden = ['client-secret', 'refresh-token', 'code', 'code-verifier'];
    expectHidden(
      step,
      hidden.flatMap((name) => given[name] ?? []),
    );
  });
});

it.each(['job', 'none'])('a user token is never reused (reuse: %s)', async (reuse) => {
  const { ims, job, inputs } = await setUp(serviceClient);
  const code = ims.issueCode({ clientId: testClient.id, permanent: true });
  const first = await job.uses({ ...inputs, ...exchanging(code), reuse });
  const second = await job.uses({ ...inputs, ...exchanging(code), reuse });
  expect([first.outputs['source'], second.outputs['source']]).toEqual(['ims', 'ims']);
  expect(second.outputs['access-token']).not.toBe(first.outputs['access-token']);
  expect(ims.requests.filter(({ form }) => form['client_secret'] === SECRET)).toHaveLength(2);
  const kept = readdirSync(job.temp, { recursive: true, encoding: 'utf8' });
  expect(kept.filter((name) => name.includes('adobe-ims-token-'))).toEqual([]);
});

describe('revoke: true', () => {
  /** Ends the job and gives what it asked of IMS to revoke. */
  async function revocations(
    setup: SetUp,
    step: StepResult,
    secrets: readonly string[],
  ): Promise<readonly object[]> {
    const { ims, job } = setup;
    const token = step.outputs['access-token'] ?? '';
    expect(step.failed).toBe(false);
    expect(JSON.stringify(step.state)).not.toContain(token);
    const [post] = await job.finish();
    expect(post?.exitCode).toBe(0);
    expect(post?.annotations).toEqual([]);
    expect(ims.revoked.has(token)).toBe(true);
    if (post !== undefined) expectHidden(post, [token, ...secrets]);
    return ims.requests.filter(({ path }) => path !== '/ims/token/v3').map(sent);
  }

  it('revokes the token of a Web App with the Basic header', async () => {
    const setup = await setUp(webApp);
    const token = newRefreshToken(setup.ims);
    const inputs = { ...setup.inputs, ...refreshing(token), revoke: 'true' };
    const step = await setup.job.uses(inputs);
    expect(await revocations(setup, step, [SECRET, token])).toEqual([
      {
        path: '/ims/revoke',
        query: '',
        authorization: BASIC,
        form: { token: step.outputs['access-token'] },
      },
    ]);
  });

  it.each([
    ['a refresh token', (ims: ImsServer) => refreshing(newRefreshToken(ims))],
    [
      'a code',
      (ims: ImsServer) => ({ ...exchanging(newChallengedCode(ims)), 'code-verifier': VERIFIER }),
    ],
  ])('revokes the token that a public client got for %s with its ID', async (_name, grant) => {
    const setup = await setUp(publicApp);
    const step = await setup.job.uses({ ...setup.inputs, ...grant(setup.ims), revoke: 'true' });
    expect(await revocations(setup, step, [])).toEqual([
      {
        path: '/ims/revoke',
        query: '',
        authorization: undefined,
        form: { token: step.outputs['access-token'], client_id: testClient.id },
      },
    ]);
  });

  it('takes the body form for a service token whose client refuses the header', async () => {
    const setup = await setUp(serviceClient);
    const code = setup.ims.issueCode({ clientId: testClient.id, permanent: true });
    const step = await setup.job.uses({ ...setup.inputs, ...exchanging(code), revoke: 'true' });
    const token = step.outputs['access-token'];
    const shared = { path: '/ims/revoke', query: '' };
    expect(await revocations(setup, step, [SECRET, code])).toEqual([
      { ...shared, authorization: BASIC, form: { token } },
      {
        ...shared,
        authorization: undefined,
        form: { token, client_id: testClient.id, client_secret: SECRET },
      },
    ]);
  });
});

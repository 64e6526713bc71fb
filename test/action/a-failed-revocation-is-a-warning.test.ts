/** A revocation that fails is one warning, and never fails a job. */

import { gzipSync } from 'node:zlib';

import { describe, expect } from 'vitest';

import { SECRET, test } from '../support/fixtures.ts';
import { tokenAnswer } from '../support/ims-server.ts';
import { expectEndsWithin } from '../support/limits.ts';
import { expectNotRevoked, expectRevoked, revocations, REVOKING } from '../support/post-step.ts';
import { type StepResult, when } from '../support/run-action.ts';
import { annotationsOf, written } from '../support/verdicts.ts';

describe('an answer that is a revocation', () => {
  test.for([
    ['an empty body', { body: '' }],
    ['a blank body', { body: ' \r\n' }],
    ['an object', { body: '{"status":"ok"}' }],
    ['201', { status: 201, body: '{"valid":true}' }],
  ] as const)('%s', async ([, answer], { ims, job, inputs }) => {
    await job.uses({ ...inputs, ...REVOKING });
    ims.scriptAlways(answer);
    const [post] = await job.finish();
    expectRevoked(post);
  });
});

describe('an answer that is no revocation gives one warning', () => {
  test.for([
    ['a fault of the server', { status: 500, body: '' }],
    ['a refusal', { status: 403, body: '{"error":"access_denied"}' }],
    ['a redirect', { status: 302, body: '' }],
    ['a fault that names the token', { status: 500, body: '{"error":"invalid_token"}' }],
    ['a fault that calls the token invalid', { status: 500, body: '{"valid":false}' }],
    ['an error with status 200', { status: 200, body: '{"error":"invalid_client"}' }],
    ['an error with status 200 that is no text', { status: 200, body: '{"error":{"code":7}}' }],
    [
      'an error with status 200 that is cut off',
      { status: 200, body: '{"error":"server_error","error_des' },
    ],
    ['a list', { status: 200, body: '[]' }],
    ['the text of a gateway', { status: 200, body: 'OK' }],
    ['the page of a portal', { status: 200, body: '<html>Sign in</html>' }],
    ['a page above the limit', { status: 200, body: `<html>${'x'.repeat(70_000)}` }],
    ['a compressed body', { headers: { 'content-encoding': 'gzip' }, body: gzipSync('{}') }],
  ] as const)('%s', async ([, answer], { ims, job, inputs }) => {
    await job.uses({ ...inputs, ...REVOKING });
    ims.scriptAlways(answer);
    const [post] = await job.finish();
    expectNotRevoked(post);
    const [warning = ''] = post === undefined ? [] : annotationsOf(post, 'warning');
    expect(warning).toMatch(
      /It stays valid until \d{4}-\S+Z, and then expires by itself\. .* Running the job again does not revoke it\. More: docs\/troubleshooting\.md#not_revoked \(/,
    );
    expect(warning).not.toContain('Run the job again');
  });
});

test('the warning speaks of one refused secret, even if two were given', async ({
  ims,
  job,
  inputs,
}) => {
  const secrets = `${SECRET},p8e-test-second-secret`;
  await job.uses({ ...inputs, 'client-secret': secrets, ...REVOKING });
  const answer = { error: 'invalid_client', error_description: 'invalid client_secret parameter' };
  ims.scriptAlways({ status: 400, body: JSON.stringify(answer) });
  const [post] = await job.finish();
  expectNotRevoked(post);
  expect(post?.log).toContain(' IMS refused the client secret. ');
  expect(revocations(ims)).toHaveLength(1);
});

test('tokens in the answer are masked before its words are shown', async ({ ims, job, inputs }) => {
  await job.uses({ ...inputs, ...REVOKING });
  const token = 'p8e-test-token-of-the-answer';
  const answer = { error: 'access_denied', error_description: `no ${token}`, access_token: token };
  ims.scriptAlways({ status: 403, body: JSON.stringify(answer) });
  const [post] = await job.finish();
  expectNotRevoked(post);
  expect(post?.masks).toContain(token);
  expect(post?.log).toContain('The server says "no ***".');
});

describe('a token that cannot be used any more gives one plain line', () => {
  const spent = tokenAnswer({ expires_in: 0.001 });
  test.for([
    ['that has expired', spent, {}, /has expired already/, 0],
    [
      'that IMS calls invalid',
      {},
      { status: 400, body: '{"error":"invalid_token"}' },
      /IMS calls .* invalid/,
      1,
    ],
    [
      'that IMS calls INVALID',
      {},
      { status: 401, body: '{"error":"INVALID_TOKEN"}' },
      /IMS calls .* invalid/,
      1,
    ],
    ['that is not valid', {}, { status: 200, body: '{"valid":false}' }, /IMS calls .* invalid/, 1],
  ] as const)('%s', async ([, token, answer, pattern, requests], { ims, job, inputs }) => {
    if ('body' in token) ims.script(token);
    await job.uses({ ...inputs, ...REVOKING });
    ims.scriptAlways(answer);
    const [post] = await job.finish();
    expect(post).toMatchObject({ exitCode: 0, stderr: '', annotations: [] });
    const lines = written(post as StepResult)
      .split('\n')
      .filter((line) => line !== '');
    expect(lines).toEqual([expect.stringMatching(pattern)]);
    expect(revocations(ims)).toHaveLength(requests);
  });
});

test('a server that is silent holds the post step for 10 s at most', async ({
  ims,
  job,
  inputs,
}) => {
  await job.uses({ ...inputs, ...REVOKING });
  ims.scriptAlways({ fault: 'silence' });
  const [post] = await job.finish();
  expectNotRevoked(post);
  expect(post?.log).toContain('(timeout, no answer within 10.0 s)');
  expectEndsWithin(10, post as StepResult);
});

// On Windows a signal from outside ends a process before it can say anything.
test.skipIf(process.platform === 'win32')(
  'a cancelled revocation fails no job',
  async ({ ims, job, inputs }) => {
    await job.uses({ ...inputs, ...REVOKING });
    ims.scriptAlways({ fault: 'silence' });
    const [post] = await job.finish({ onStart: when(() => ims.requests.length > 1, 'SIGINT') });
    expectNotRevoked(post);
    // Its own time limit would give another reason.
    expect(post?.log).toContain('The step was cancelled.');
  },
);

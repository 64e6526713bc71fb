/** Server text is cleaned before it is shown: no secret, no command, and not much of it. */

import { describe, expect, it } from 'vitest';

import { SECRET, test } from '../support/fixtures.ts';
import { testClient } from '../support/ims-server.ts';
import { secretsOfValues } from '../support/inputs.ts';
import { secretsWith } from '../support/masks.ts';
import { messageOf, written } from '../support/verdicts.ts';

describe('text of a server', () => {
  const secret = 'p8e-test+/=&%"\' ü';
  const form = new URLSearchParams({ v: secret }).toString().slice(2);
  const small = form.replaceAll(/%../g, (code) => code.toLowerCase());

  it.each([
    ['as it is', secret],
    ['form-encoded', form],
    ['form-encoded in small letters, as by .NET', small],
    ['percent-encoded', form.replaceAll('+', '%20')],
    ['in JSON', JSON.stringify(secret).slice(1, -1)],
    ['in a web page', 'p8e-test+/=&amp;%&quot;&#39; ü'],
    ['in a Basic header', Buffer.from(`p8e-test-client:${secret}`).toString('base64')],
    [
      'in a Basic header, safe for a URL',
      Buffer.from(`p8e-test-client:${secret}`).toString('base64url'),
    ],
  ])('loses a secret %s', (_how, written) => {
    const { clean } = secretsWith(...secretsOfValues({ 'client-secret': secret }));
    expect(clean(`a ${written} b`)).toBe('a *** b');
  });

  it('loses a secret that is an asterisk without harm to the *** of another', () => {
    const { clean } = secretsWith('*', 'p8e-test-*');
    expect(clean('a p8e-test-* b * c')).toBe('a *** b *** c');
  });

  it('is capped, and no pair of surrogates is cut in two', () => {
    const { clean } = secretsWith();
    expect(clean('x'.repeat(100_000))).toHaveLength(301);
    expect(clean('\u{1f511}'.repeat(10), 5).isWellFormed()).toBe(true);
  });
});

describe.concurrent('of what a server says, the log shows', () => {
  test('nothing raw, and not much', async ({ ims, job, inputs }) => {
    const evil = `\n::error::p8e-evil\r::set-output name=access-token::x ##[add-mask]y\n${SECRET} ${encodeURIComponent(SECRET)} `;
    ims.scriptAlways({
      status: 400,
      headers: { 'x-debug-id': `##[error]${SECRET}` },
      body: JSON.stringify({ error: evil, error_description: evil + 'x'.repeat(50_000) }),
    });
    const step = await job.uses(inputs);
    messageOf(step);
    expect(written(step).length).toBeLessThan(2500);
    // The one is the error of the step itself.
    expect(written(step).match(/^\s*::/gm)).toHaveLength(1);
    expect(step.stdout).not.toContain('##[');
  });

  // Wherever the text is cut, nothing that the masker does not know may be left.
  test.for([8, 20, 40])(
    'no part of a secret that is cut after %i characters',
    async (shown, { ims, job, inputs }) => {
      const basic = Buffer.from(`${testClient.id}:${SECRET}`).toString('base64');
      const grant = { 'grant-type': 'refresh_token', 'refresh-token': 'p8e-test-refresh' };
      const text = `headers: ${'-'.repeat(300 - 'headers: '.length - shown)}${basic}`;
      ims.scriptAlways({
        status: 400,
        headers: { 'x-debug-id': `${'-'.repeat(100 - shown)}${basic}` },
        body: JSON.stringify({ error: 'invalid_request', error_description: text }),
      });
      const message = messageOf(await job.uses({ ...inputs, ...grant }));
      expect(message).not.toContain(basic.slice(0, 8));
    },
  );

  test.for([
    [400, { error: 'invalid_request' }],
    [200, { token_type: 'mac', expires_in: 60 }],
  ] as const)(
    'no part of a token that comes with HTTP %i and is not taken',
    async ([status, fields], { ims, job, inputs }) => {
      const token = 'p8e-test-token-'.padEnd(600, '0123456789');
      const body = JSON.stringify({ ...fields, error_description: token, access_token: token });
      ims.scriptAlways({ status, headers: { 'x-debug-id': token }, body });
      expect(messageOf(await job.uses(inputs))).not.toContain('p8e-test-token');
    },
  );

  test('no secret that a header repeats as UTF-8', async ({ ims, startJob, inputs }) => {
    const secret = 'p8e-test-\u00fc-0123456789';
    const job = await startJob({ secrets: [secret] });
    const header = Buffer.from(secret, 'utf8').toString('latin1');
    ims.scriptAlways({ status: 400, headers: { 'x-debug-id': header }, body: '{}' });
    const step = await job.uses({ ...inputs, 'client-secret': secret });
    expect(messageOf(step)).toContain('x-debug-id ***');
  });
});

test('the words of a gateway are cleaned', async ({ ims, job, inputs }) => {
  const text = `a::error::${SECRET}##[error]b`;
  ims.scriptAlways({ status: 400, body: JSON.stringify({ error_code: text, detail: text }) });
  const message = messageOf(await job.uses(inputs));
  expect(message).toContain('The server says "a: :error: :***## [error]b".');
  expect(message).toContain('(ims_error, a: :error: :***## [error]b, HTTP 400');
});

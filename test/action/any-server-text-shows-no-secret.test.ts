/** Whatever a server says, the log shows no secret and starts no command. */

import fc from 'fast-check';
import { expect, it } from 'vitest';

import { sentence } from '../../src/failure.ts';
import { failureOfAnswer, judgeToken, readAnswer, secretsOf } from '../../src/ims/answers.ts';
import type { RequestContext } from '../../src/ims/refusals.ts';
import { Secrets } from '../../src/secrets.ts';

import { echoesOf } from '../support/forms.ts';
import { hostileText, property, secretText, TIME_LIMIT_MS } from '../support/fuzz.ts';
import { CODES } from '../support/headings.ts';
import { createMasker } from '../support/masker.ts';
import { catchStdout } from '../support/stdout.ts';

/** Server text with the secret in it, in some form, between hostile pieces. */
const echo = (value: string): fc.Arbitrary<string> =>
  fc
    .tuple(hostileText, fc.constantFrom(...echoesOf(value)), hostileText)
    .map((pieces) => pieces.join(' '));

type Received = {
  readonly status: number;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
};

/** The one line about an answer that gives no token; empty for one that does. Masked as the runner does. */
function lineOf({ status, body, headers = {} }: Received, values: readonly string[]): string {
  const stdout = catchStdout();
  const secrets = new Secrets(values);
  const context: RequestContext = {
    secretCount: 1,
    secretsSent: 1,
    origin: 'https://ims-na1.adobelogin.com',
    grantType: 'client_credentials',
    scopes: ['openid'],
    clean: secrets.clean,
    serverText: secrets.serverText,
  };
  const answer = readAnswer({ status, headers, body: Buffer.from(body) }, Date.now());
  const masker = createMasker();
  try {
    const judged = judgeToken(answer);
    secrets.addUnused(secretsOf(answer));
    if (!('defect' in judged)) return '';
    const { failure } = failureOfAnswer(answer, context, judged.defect);
    expect(CODES.filter((code) => code !== 'unexpected')).toContain(failure.code);
    for (const value of values) masker.addMask(value);
    return masker.mask(sentence(failure, 'docs'));
  } finally {
    stdout.restore();
  }
}

function expectFitForTheLog(text: string): void {
  expect(text).not.toMatch(/[\r\n]|^\s*::|##\[/);
  expect(text.length).toBeLessThan(3000);
}

it(
  'the text of a server shows no secret in any form, and starts no command',
  () => {
    const scene = secretText.chain((value) =>
      fc.tuple(fc.constant(value), echo(value), echo(value), echo(value)),
    );
    property([scene, fc.integer({ min: 300, max: 599 })], ([value, error, text, id], status) => {
      const body = JSON.stringify({ error, error_description: text });
      const headers = { 'x-debug-id': id, 'retry-after': id };
      const line = lineOf({ status, headers, body }, [value]);
      expectFitForTheLog(line);
      for (const form of echoesOf(value)) expect(line).not.toContain(form);
    });
  },
  TIME_LIMIT_MS,
);

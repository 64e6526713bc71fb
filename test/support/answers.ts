/** Judges an answer of IMS as the step does, in this process. */

import { type Failure, failureOf } from '../../src/failure.ts';
import { type Answer, failureOfAnswer, judgeToken, readAnswer } from '../../src/ims/answers.ts';
import type { RequestContext } from '../../src/ims/refusals.ts';

import { secretsWith } from './masks.ts';

/** When the request of every answer was sent, milliseconds since 1970. */
export const NOW = Date.UTC(2026, 10, 23, 12);
/** The fields of a right answer. */
export const GOOD = { access_token: 'p8e-test-token', token_type: 'bearer', expires_in: 86399 };

const { clean, serverText } = secretsWith('p8e-test-secret');
const CONTEXT: RequestContext = {
  origin: 'https://ims-na1.adobelogin.com',
  grantType: 'client_credentials',
  secretCount: 1,
  secretsSent: 1,
  scopes: ['openid'],
  clean,
  serverText,
};

/** An answer with this body: text as it is, anything else as JSON. */
export function answerOf(
  body: unknown,
  status = 200,
  headers: Record<string, string> = {},
): Answer {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return readAnswer({ status, headers, body: Buffer.from(text) }, NOW);
}

type Tokens = Extract<ReturnType<typeof judgeToken>, { readonly token: unknown }>;

/**
 * What a step takes from an answer.
 * @throws StepError if it takes nothing
 */
export function tokensOf(answer: Answer): Tokens {
  const judged = judgeToken(answer);
  if ('defect' in judged) throw failureOfAnswer(answer, CONTEXT, judged.defect);
  return judged;
}

/** Why a step takes nothing from an answer; undefined if it takes a token. */
export function failureOfToken(answer: Answer): Failure | undefined {
  try {
    tokensOf(answer);
  } catch (error) {
    return failureOf(error);
  }
  return undefined;
}

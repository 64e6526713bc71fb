/** The request for a token, from the grant to the answer: client authentication, attempts, log lines. */

import * as core from '@actions/core';

import { contextOf, explain } from './explain.ts';
import type { AttemptError } from './errors.ts';
import { post } from './ims/client.ts';
import { authentications, tokenRequest, tryEach } from './ims/token-request.ts';
import { judgeTokenAnswer, secretsOfAnswer, type TokenAnswer } from './ims/token-response.ts';
import type { Inputs } from './inputs.ts';
import { maskSecrets } from './masks.ts';
import { retrying } from './retry.ts';
import type { Surroundings } from './surroundings.ts';

/** Asks once, and with the second secret when the first is refused. */
async function ask(
  inputs: Inputs,
  secrets: readonly string[],
  limitMs: number,
  { clock, signal }: Surroundings,
): Promise<TokenAnswer> {
  const deadlineMs = clock.now() + limitMs;
  return tryEach(authentications(inputs.grant, inputs.clientSecrets), async (way) => {
    const request = tokenRequest(inputs, inputs.grant, way);
    const left = Math.max(1, deadlineMs - clock.now());
    const answer = await post(inputs.endpoint, request, { limitMs: left, signal });
    const answered = secretsOfAnswer(answer);
    maskSecrets(answered);
    const judged = judgeTokenAnswer(answer, [...secrets, ...answered], Date.now());
    if (way.method !== 'none' && way.secret !== inputs.clientSecrets[0])
      core.notice(
        'The first client secret no longer works; IMS accepted the second. Remove the first from the secret that this step reads.',
      );
    return judged;
  });
}

function describe(error: AttemptError, inputs: Inputs, secrets: readonly string[]): string {
  const { happened, facts } = explain(error, contextOf(inputs, secrets));
  const others = facts.filter((fact) => !happened.includes(fact));
  return others.length === 0 ? happened : `${happened} (${others.join(', ')})`;
}

/**
 * Gets a token from IMS, over as many attempts as `timeout` allows; each retry is one line in the log.
 * @throws what `retrying` throws
 */
export async function requestToken(
  inputs: Inputs,
  secrets: readonly string[],
  surroundings: Surroundings,
): Promise<TokenAnswer> {
  return retrying((limitMs) => ask(inputs, secrets, limitMs, surroundings), {
    timeoutSeconds: inputs.timeoutSeconds,
    startedMs: surroundings.startedMs,
    clock: surroundings.clock,
    signal: surroundings.signal,
    usedUpByAttempt: inputs.grant.type === 'authorization_code',
    onRetry: ({ attempt, error, waitMs }) => {
      core.info(
        `Attempt ${attempt} failed: ${describe(error, inputs, secrets)} Next attempt in ${(waitMs / 1000).toFixed(1)} s.`,
      );
    },
  });
}

/** IMS as one object per step: secrets in turn, attempts, one deadline. */

import * as core from '@actions/core';

import { type Failure, StepError } from '../failure.ts';
import type { Step } from '../runner/process.ts';

import {
  type Answer,
  ANSWER_LIMIT_BYTES,
  judgeRevocation,
  judgeToken,
  readAnswer,
  secretsOf,
} from './answers.ts';
import { exchange } from './http.ts';
import { networkFailure } from './network.ts';
import { type Asked, NEW_USER_TOKEN } from './refusals.ts';
import {
  askedScopes,
  type Authentication,
  authentications,
  type Client,
  type FormRequest,
  type Grant,
  revocationRequest,
  tokenRequest,
} from './requests.ts';
import { retrying } from './retry.ts';
import type { Token } from './token.ts';

type ImsOptions = Pick<Step, 'clock' | 'signal' | 'secrets'> & {
  readonly origin: string;
  readonly client: Client;
  /** From the start of the step, over all attempts. */
  readonly timeoutSeconds: number;
};

type Granted = {
  readonly token: Token;
  /** Empty for none. */
  readonly refreshToken: string;
  /** How IMS accepted the client. */
  readonly authentication: Authentication;
  readonly source: 'ims';
};

function answerLost({ happened, facts = [] }: Failure): Failure {
  return {
    code: 'answer_lost',
    happened: `The answer to the code was lost, and the code is probably used up. ${happened}`,
    remedy: `It was not sent again. ${NEW_USER_TOKEN} A permanent service token still works: run the job again.`,
    facts,
  };
}

/** IMS, for one client and one step. */
export class Ims {
  readonly #options: ImsOptions;

  constructor(options: ImsOptions) {
    this.#options = options;
  }

  /**
   * Gets a token, over as many attempts as the time allows. The tokens of every answer are masked.
   * @throws StepError
   */
  token(grant: Grant): Promise<Granted> {
    const attempt = async (limitMs: number): Promise<Granted> => {
      try {
        return await this.#inTurn(grant, limitMs);
      } catch (error) {
        const lost = error instanceof StepError && error.failure.retry?.mayBeServed === true;
        if (!lost || grant.type !== 'authorization_code') throw error;
        throw new StepError(answerLost(error.failure), { cause: error });
      }
    };
    return retrying(attempt, this.#options);
  }

  /**
   * Revokes an access token, in one attempt; false where IMS calls it invalid.
   * @throws StepError
   */
  async revoke(
    accessToken: string,
    grantType: Grant['type'],
    authentication: Authentication,
  ): Promise<boolean> {
    const { client, timeoutSeconds } = this.#options;
    const request = revocationRequest(client, grantType, authentication, accessToken);
    const answer = await this.#post(request, timeoutSeconds * 1000);
    // What IMS refuses here is no code and no refresh token.
    return judgeRevocation(answer, this.#asked('client_credentials', []));
  }

  /** Tries one way to authenticate after the other, the next only when IMS refuses the client. */
  async #inTurn(grant: Grant, limitMs: number): Promise<Granted> {
    const { client, clock } = this.#options;
    const endMs = clock.now() + limitMs;
    const ways = authentications(grant.type, client.clientSecrets);
    for (const [at, authentication] of ways.entries())
      try {
        return await this.#ask(grant, authentication, endMs - clock.now());
      } catch (error) {
        const refused = error instanceof StepError && error.failure.refusesClient === true;
        if (!refused || at === ways.length - 1) throw error;
      }
    throw new Error('a client has at least one way to authenticate');
  }

  async #ask(grant: Grant, authentication: Authentication, limitMs: number): Promise<Granted> {
    const { client, secrets } = this.#options;
    const answer = await this.#post(tokenRequest(client, grant, authentication), limitMs);
    secrets.add(secretsOf(answer));
    const { token, refreshToken } = judgeToken(answer, this.#asked(grant.type, askedScopes(grant)));
    if (authentication.secret !== (client.clientSecrets[0] ?? ''))
      core.notice(
        'The first client secret no longer works; IMS accepted the second. Remove the first from the secret that this step reads.',
      );
    // RFC 6749, section 4.4.3: a client that authenticates as itself needs none.
    const kept = grant.type === 'client_credentials' ? '' : refreshToken;
    return { token, refreshToken: kept, authentication, source: 'ims' };
  }

  async #post({ path, headers, body }: FormRequest, limitMs: number): Promise<Answer> {
    const { origin, clock, signal } = this.#options;
    let connected = false;
    const onConnect = (): void => {
      connected = true;
    };
    const sentAtMs = clock.date();
    try {
      const response = await exchange(
        { method: 'POST', url: new URL(path, origin), headers, body },
        { signal, limitMs, limitBytes: ANSWER_LIMIT_BYTES, onConnect },
      );
      return readAnswer(response, sentAtMs);
    } catch (error) {
      signal.throwIfAborted();
      throw new StepError(networkFailure(error, { origin, limitMs, connected }), { cause: error });
    }
  }

  #asked(grantType: Grant['type'], scopes: readonly string[]): Asked {
    const { origin, client, secrets } = this.#options;
    const secretCount = client.clientSecrets.length;
    return { origin, grantType, scopes, secretCount, clean: secrets.clean };
  }
}

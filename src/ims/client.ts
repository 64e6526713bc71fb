/** IMS as one object per step: authentication, the time limit and the retry are inside. */

import { type Failure, StepError } from '../failure.ts';
import { reportNotice } from '../runner/report.ts';
import type { StepContext } from '../step-context.ts';

import {
  type Answer,
  ANSWER_LIMIT_BYTES,
  failureOfAnswer,
  judgeRevocation,
  judgeToken,
  readAnswer,
  secretsOf,
  type Tokens,
} from './answers.ts';
import { exchange } from '../http/exchange.ts';
import { networkFailure } from './connection-failures.ts';
import type { RequestContext } from './refusals.ts';
import {
  requestedScopes,
  authentications,
  type Client,
  type ClientAuthentication,
  type FormRequest,
  type Grant,
  revocationRequest,
  tokenRequest,
} from './requests.ts';
import { retrying, TimeBudget } from './retry.ts';

type ImsOptions = StepContext & {
  readonly origin: string;
  readonly client: Client;
  /** For a token: from the start of the step, over all requests. For a revocation: of its one request. */
  readonly timeoutSeconds: number;
};

export type IssuedToken = Tokens & {
  /** How IMS accepted the client. */
  readonly authentication: ClientAuthentication;
  readonly source: 'ims';
};

function answerLost({ happened, facts = [] }: Failure): Failure {
  return {
    code: 'answer_lost',
    happened: `The answer to the code was lost, and the code is probably used up. It was not sent again. ${happened}`,
    remedy:
      'With a permanent code (a service token), run the job again. Otherwise let the user sign in again, and store the new code.',
    facts,
  };
}

export class Ims {
  readonly #options: ImsOptions;
  readonly #secretsSent = new Set<string>();

  constructor(options: ImsOptions) {
    this.#options = options;
  }

  /**
   * Gets a token, over as many requests as the time allows. Masks the tokens of the answer that is used, and those
   * of other answers up to a limit.
   * @throws StepError
   */
  token(grant: Grant): Promise<IssuedToken> {
    const { client, clock, signal, timeoutSeconds } = this.#options;
    const budget = new TimeBudget(timeoutSeconds, clock, grant.type !== 'client_credentials');
    const send = async (authentication: ClientAuthentication): Promise<IssuedToken> => {
      try {
        return await this.#request(grant, authentication, budget);
      } catch (error) {
        const lost = error instanceof StepError && error.failure.retry?.mayBeServed === true;
        if (!lost || grant.type !== 'authorization_code') throw error;
        throw new StepError(answerLost(error.failure), { cause: error });
      }
    };
    const ways = authentications(grant.type, client.clientSecrets);
    return retrying({ ways, send, budget, clock, signal });
  }

  /**
   * Revokes an access token, in one request; false if IMS calls it invalid.
   * @throws StepError
   */
  async revoke(
    accessToken: string,
    grantType: Grant['type'],
    authentication: ClientAuthentication,
  ): Promise<boolean> {
    const { client, secrets, timeoutSeconds } = this.#options;
    const request = revocationRequest(client, grantType, authentication, accessToken);
    const answer = await this.#post(request, timeoutSeconds * 1000);
    secrets.addUnused(secretsOf(answer));
    return judgeRevocation(answer, this.#context());
  }

  async #request(
    grant: Grant,
    authentication: ClientAuthentication,
    budget: TimeBudget,
  ): Promise<IssuedToken> {
    const { client, clock, secrets } = this.#options;
    const startedMs = clock.now();
    const request = tokenRequest(client, grant, authentication);
    this.#secretsSent.add(authentication.secret);
    const answer = await this.#post(request, budget.limitMs);
    budget.noteAnswer(clock.now() - startedMs);
    const judged = judgeToken(answer);
    if ('defect' in judged) {
      secrets.addUnused(secretsOf(answer));
      throw failureOfAnswer(answer, this.#context(grant), judged.defect);
    }
    secrets.add(secretsOf(answer));
    this.#noticeSecondSecret(authentication);
    // A client that authenticates as itself needs no refresh token (RFC 6749, 4.4.3).
    const refreshToken = grant.type === 'client_credentials' ? '' : judged.refreshToken;
    return { ...judged, refreshToken, authentication, source: 'ims' };
  }

  #noticeSecondSecret({ secret }: ClientAuthentication): void {
    if (secret === (this.#options.client.clientSecrets[0] ?? '')) return;
    reportNotice(
      'first_secret_refused',
      'The first client secret no longer works; IMS accepted the second. Remove the first from the GitHub secret that `client-secret` reads.',
    );
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
      throw new StepError(networkFailure(error, { origin, limitMs, connected }), { cause: error });
    }
  }

  #context(grant?: Grant): RequestContext {
    const { origin, client, secrets } = this.#options;
    return {
      origin,
      grantType: grant?.type,
      scopes: grant === undefined ? [] : requestedScopes(grant),
      secretCount: client.clientSecrets.length,
      secretsSent: this.#secretsSent.size,
      clean: secrets.clean,
      serverText: secrets.serverText,
    };
  }
}

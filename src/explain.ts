/** Every error in the words that people read: what happened, what to do about it, then the code. */

import {
  type Advice,
  type Context,
  imsAdvice,
  NEW_USER_TOKEN,
  said,
  type Words,
} from './advice.ts';
import {
  AnswerError,
  CancelledError,
  GaveUpError,
  ImsError,
  InputError,
  NetworkError,
  RunnerError,
} from './errors.ts';
import { cleanForeignText } from './foreign-text.ts';
import { askedScopes, type Inputs } from './inputs.ts';

/** What a request was about, fit for a message. */
export function contextOf(inputs: Inputs, secrets: readonly string[]): Context {
  return {
    imsOrigin: inputs.endpoint.origin,
    grantType: inputs.grant.type,
    secretCount: inputs.clientSecrets.length,
    scopes: askedScopes(inputs).map((scope) => cleanForeignText(scope, secrets)),
  };
}

function answerAdvice(error: AnswerError): Advice {
  const debug = error.debugId === '' ? [] : [`x-debug-id ${error.debugId}`];
  const happened = {
    not_json: 'The answer was cut off or is not JSON.',
    too_large: 'The answer is larger than 64 KiB and was refused.',
    field: `The answer has no usable \`${error.field}\`.`,
  }[error.fault];
  return {
    code: 'malformed_answer',
    happened: happened + said(error.description),
    remedy:
      'Check `ims-url`, and whether a proxy answers in place of IMS; otherwise run the job again later.',
    facts: [...(error.error === '' ? [] : [error.error]), ...debug],
  };
}

function certificateRemedy(reason: string): string {
  if (/EXPIRED|NOT_YET_VALID/.test(reason))
    return 'Check the clock of the runner. If a proxy of your company inspects TLS, its certificate may be the one at fault.';
  if (/ALTNAME|HOSTNAME/.test(reason))
    return 'Another server answers for this name: check `ims-url`, DNS, and whether a proxy is in between.';
  return 'If a proxy of your company inspects TLS, set `NODE_EXTRA_CA_CERTS` to the file with its CA certificate.';
}

function connectionWords(host: string, mayHaveArrived: boolean): Words {
  if (mayHaveArrived)
    return {
      code: 'network',
      happened: `The connection to ${host} broke before the whole answer came.`,
      remedy:
        'Run the job again; if it happens again, look for a proxy or firewall that cuts connections.',
    };
  return {
    code: 'network',
    happened: `No connection to ${host}.`,
    remedy:
      'Check that the runner may reach it: DNS, firewall, and the proxy variables `https_proxy` and `no_proxy`.',
  };
}

function networkAdvice(error: NetworkError, context: Context): Advice {
  const host = context.imsOrigin;
  const words: Readonly<Record<NetworkError['fault'], Words>> = {
    connection: connectionWords(host, error.mayHaveArrived),
    tls: {
      code: 'tls',
      happened: `The certificate of ${host} could not be verified, so nothing was sent.`,
      remedy: certificateRemedy(error.reason),
    },
    handshake: {
      code: 'tls',
      happened: `No TLS connection to ${host} could be made, so nothing was sent.`,
      remedy:
        'Check the port in `ims-url`, and whether a proxy or firewall answers in place of IMS.',
    },
    proxy_unreached: {
      code: 'proxy',
      happened: `The proxy in \`https_proxy\` gave no connection to ${host}, so nothing was sent.`,
      remedy: 'Check that the runner reaches the proxy, and the proxy IMS.',
    },
    proxy_refused: {
      code: 'proxy',
      happened: `The proxy refused a connection to ${host}, so nothing was sent.`,
      remedy: 'Check `https_proxy`, its user name and password, and what the proxy allows.',
    },
    proxy_unreadable: {
      code: 'proxy',
      happened: '`https_proxy` is not the URL of a proxy, so nothing was sent.',
      remedy:
        'Write it as http://host:port. In its user name and password, % is written %25, @ is written %40 and : is written %3A.',
    },
    attempt_timeout: {
      code: 'timeout',
      happened: `${host} did not answer in time.`,
      remedy: 'Run the job again, or raise `timeout`.',
    },
  };
  return { ...words[error.fault], facts: [error.reason] };
}

function gaveUpAdvice(error: GaveUpError, context: Context): Advice {
  const last = explain(error.last, context);
  const tries = error.attempts === 1 ? '1 attempt' : `${error.attempts} attempts`;
  switch (error.reason) {
    case 'deadline':
      return {
        ...last,
        happened: `No token after ${tries} within ${error.timeoutSeconds} s. ${last.happened}`,
      };
    case 'retry_after': {
      const wait = error.last instanceof ImsError ? (error.last.retryAfterMs ?? 0) : 0;
      return {
        code: 'retry_after',
        happened: `${last.happened} It asks to wait ${Math.ceil(wait / 1000)} s, and less is left of the ${error.timeoutSeconds} s of \`timeout\` (${tries} made).`,
        remedy: 'Raise `timeout`, or run the job again after that time.',
        facts: last.facts,
      };
    }
    case 'answer_lost':
      return {
        code: 'answer_lost',
        happened: `The answer to the code was lost, and the code is probably used up. ${last.happened}`,
        remedy: `It was not sent again. ${NEW_USER_TOKEN} A permanent service token still works: run the job again.`,
        facts: last.facts,
      };
  }
}

/** Turns anything thrown into advice. */
export function explain(error: unknown, context: Context): Advice {
  if (error instanceof InputError)
    return {
      code: 'invalid_input',
      happened: error.problems.join(' '),
      remedy: 'No request was made.',
      facts: [],
    };
  if (error instanceof GaveUpError) return gaveUpAdvice(error, context);
  if (error instanceof ImsError) return imsAdvice(error, context);
  if (error instanceof AnswerError) return answerAdvice(error);
  if (error instanceof NetworkError) return networkAdvice(error, context);
  if (error instanceof CancelledError)
    return {
      code: 'cancelled',
      happened: `The step was cancelled (${error.signal}) and set nothing.`,
      remedy: 'Run the job again if that was not intended.',
      facts: [],
    };
  if (error instanceof RunnerError)
    return {
      code: 'runner',
      happened: error.message,
      remedy: error.remedy,
      facts: [],
    };
  // The message of an unknown error may hold anything, so only its kind is told.
  return {
    code: 'unexpected',
    happened: `The action has a defect (${error instanceof Error ? error.name : typeof error}).`,
    remedy: 'Please report it in the repository of the action.',
    facts: [],
  };
}

/**
 * One line: what happened, what to do, where to read more, then the code and the facts.
 * @param docsUrl where docs/troubleshooting.md of this version is
 */
export function sentence(advice: Advice, docsUrl: string): string {
  const facts = [...new Set([advice.code, ...advice.facts])].join(', ');
  const more = `More: ${docsUrl}#${advice.code} (${facts})`;
  return [advice.happened, advice.remedy, more].filter((part) => part !== '').join(' ');
}

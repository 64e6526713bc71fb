/** What the process offers: a clock that runs, and signals that cancel. */

import { setTimeout as delay } from 'node:timers/promises';

import * as core from '@actions/core';

import { CancelledError } from './errors.ts';
import type { Clock } from './retry.ts';

export type Surroundings = {
  readonly env: NodeJS.ProcessEnv;
  readonly clock: Clock;
  /** What `clock.now()` said when the step began. */
  readonly startedMs: number;
  /** Aborted with a CancelledError when the runner wants the step to stop. */
  readonly signal: AbortSignal;
  /** Path of the built program that talks to the Actions cache. */
  readonly cacheProgram: string;
};

/** The real clock. A wait that is cancelled rejects with what its signal was aborted with. */
export const systemClock: Clock = {
  // Not `performance`, which takes Node some milliseconds to load.
  now: () => Number(process.hrtime.bigint()) / 1e6,
  sleep: async (ms, signal) => {
    try {
      await delay(ms, undefined, { signal });
    } catch (error) {
      signal.throwIfAborted();
      throw error;
    }
  },
  random: () => Math.random(),
};

/**
 * Aborted when the runner cancels the step: it sends SIGINT, and SIGTERM 7.5 seconds later
 * (actions/runner, ProcessInvoker.cs).
 */
export function cancellation(): AbortSignal {
  const controller = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const)
    process.once(name, () => {
      controller.abort(new CancelledError(name));
    });
  return controller.signal;
}

/**
 * Certificates are verified whatever the environment says: the secret goes over verified TLS alone. Node
 * reads the variable at each connection, so taking it out of this process is enough.
 * @param warn for the main step; the post step has nothing new to say
 */
export function insistOnTls({ warn }: { readonly warn: boolean }): void {
  if (process.env['NODE_TLS_REJECT_UNAUTHORIZED'] !== '0') return;
  delete process.env['NODE_TLS_REJECT_UNAUTHORIZED'];
  if (!warn) return;
  core.warning(
    'NODE_TLS_REJECT_UNAUTHORIZED=0 is set: other steps of this job do not verify certificates, and anyone in between can read their tokens. This step verifies all the same. Remove the variable; for a private CA use NODE_EXTRA_CA_CERTS.',
  );
}

/**
 * With NODE_DEBUG, Node itself writes what it sends to stderr, the Basic header among it, where no mask is
 * sure to come before it. Nothing else is ever written there.
 */
export function silenceNodeDebug(): void {
  if ((process.env['NODE_DEBUG'] ?? '') !== '') process.stderr.write = () => true;
}

/** Where docs/troubleshooting.md of this very version is; a path in the repository when used as `./`. */
export function troubleshootingUrl(env: NodeJS.ProcessEnv): string {
  const path = 'docs/troubleshooting.md';
  const { GITHUB_SERVER_URL: server, GITHUB_ACTION_REPOSITORY: repository } = env;
  const ref = env['GITHUB_ACTION_REF'] ?? '';
  const plain = /^[\w./-]+$/;
  if (
    !plain.test(repository ?? '') ||
    !plain.test(ref) ||
    !/^https:\/\/[\w.:-]+$/.test(server ?? '')
  )
    return path;
  return `${server ?? ''}/${repository ?? ''}/blob/${ref}/${path}`;
}

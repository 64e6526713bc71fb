/** Starts either step with its clock and its cancel signal. `main.ts` and `post.ts` each call one function. */

import { acquire } from './acquire.ts';
import { revoke } from './revoke.ts';
import { insistOnTls, silenceNodeDebug } from './runner/environment.ts';
import { cancellation, startClock } from './runner/process.ts';

/** Starts the main step, which gets the token. */
export function startMain(): void {
  const runtime = { clock: startClock(), signal: cancellation() };
  insistOnTls({ warn: true });
  silenceNodeDebug();
  void acquire(runtime);
}

/** Starts the post step, which revokes the token. */
export function startPost(): void {
  const runtime = { clock: startClock(), signal: cancellation() };
  insistOnTls({ warn: false });
  silenceNodeDebug();
  void revoke(runtime);
}

/** Starts either step with its clock and its cancel signal. `main.ts` and `post.ts` each call one function. */

import { acquire } from './acquire.ts';
import { revoke } from './revoke.ts';
import { insistOnTls, silenceNodeDebug } from './runner/environment.ts';
import { cancellation, type Runtime, startClock } from './runner/process.ts';

function start(step: (runtime: Runtime) => Promise<void>, warnIfTlsOff: boolean): void {
  const runtime = { clock: startClock(), signal: cancellation() };
  insistOnTls({ warn: warnIfTlsOff });
  silenceNodeDebug();
  void step(runtime);
}

/** Starts the main step, which gets the token. */
export function startMain(): void {
  start(acquire, true);
}

/** Starts the post step, which revokes the token. The main step has warned of TLS already. */
export function startPost(): void {
  start(revoke, false);
}

/** The main step. */

import { acquire } from './acquire.ts';
import { insistOnTls, silenceNodeDebug } from './runner/environment.ts';
import { cancellation, systemClock } from './runner/process.ts';

const startedMs = systemClock.now();
const signal = cancellation();
insistOnTls({ warn: true });
silenceNodeDebug();
void acquire({ env: process.env, clock: systemClock, startedMs, signal });

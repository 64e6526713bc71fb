/** The main step. */

import { acquire } from './acquire.ts';
import { insistOnTls, silenceNodeDebug } from './runner/environment.ts';
import { cancellation, startClock } from './runner/process.ts';

const clock = startClock();
const signal = cancellation();
insistOnTls({ warn: true });
silenceNodeDebug();
void acquire({ env: process.env, clock, signal });

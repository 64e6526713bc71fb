/** The post step when there is a token to revoke. */

import { revoke } from './revoke.ts';
import { insistOnTls, silenceNodeDebug } from './runner/environment.ts';
import { cancellation, startClock } from './runner/process.ts';

const clock = startClock();
const signal = cancellation();
insistOnTls({ warn: false });
silenceNodeDebug();
void revoke({ env: process.env, clock, signal });

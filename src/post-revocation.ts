/** The post step when there is a token to revoke. */

import { revoke } from './revoke.ts';
import { insistOnTls, silenceNodeDebug } from './runner/environment.ts';
import { cancellation, systemClock } from './runner/process.ts';

const signal = cancellation();
insistOnTls({ warn: false });
silenceNodeDebug();
void revoke({ env: process.env, clock: systemClock, signal });

/** The post step. */

import { revoke } from './revoke.ts';
import { cancellation, insistOnTls, silenceNodeDebug } from './surroundings.ts';

const signal = cancellation();
insistOnTls();
silenceNodeDebug();
void revoke(process.env, signal);

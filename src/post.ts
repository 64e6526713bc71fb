/** The post step. */

import { revoke } from './revoke.ts';
import { cancellation, insistOnTls, silenceNodeDebug } from './surroundings.ts';

const signal = cancellation();
insistOnTls({ warn: false });
silenceNodeDebug();
void revoke(process.env, signal);

/** The post step. */

import { revoke } from './revoke.ts';
import { cancellation, insistOnTls } from './surroundings.ts';

const signal = cancellation();
insistOnTls();
void revoke(process.env, signal);

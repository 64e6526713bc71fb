/** The main step. */

import { acquire } from './acquire.ts';
import { cancellation, insistOnTls, systemClock } from './surroundings.ts';

const signal = cancellation();
insistOnTls();
await acquire({ env: process.env, clock: systemClock, signal });

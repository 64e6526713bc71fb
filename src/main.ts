/** The main step. */

import { dirname, join } from 'node:path';

import { acquire } from './acquire.ts';
import { cancellation, insistOnTls, silenceNodeDebug, systemClock } from './surroundings.ts';

const startedMs = systemClock.now();
const signal = cancellation();
insistOnTls({ warn: true });
silenceNodeDebug();
const cacheProgram = join(dirname(process.argv[1] ?? ''), '..', 'cache', 'index.js');
void acquire({ env: process.env, clock: systemClock, startedMs, signal, cacheProgram });

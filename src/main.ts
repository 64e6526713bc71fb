/** The main step. It never looks at `STATE_revoke`, which an earlier step can set. */

import { startMain } from './steps.ts';

startMain();

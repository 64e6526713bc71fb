/** The main step. It never reads `STATE_revoke`, because an earlier step can forge that variable. */

import { startMain } from './steps.ts';

// Node's reports hold the environment, and with it the client secret.
process.report.excludeEnv = true;
startMain();

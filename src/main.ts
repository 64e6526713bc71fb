/** The main step. It never looks at `STATE_revoke`, which an earlier step can set. */

import { startMain } from './steps.ts';

// Node's reports hold the environment, and with it the client secret.
process.report.excludeEnv = true;
startMain();

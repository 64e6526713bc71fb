/** The post step. It runs in every job that uses the action, so it loads nothing if it has nothing to do. */

import { createRequire } from 'node:module';

import type * as Steps from './steps.ts';

// Node's reports hold the environment, and with it the client secret.
process.report.excludeEnv = true;
// Empty if the main step failed, or if this step has nothing to revoke.
if ((process.env['STATE_revoke'] ?? '') !== '') {
  // The path is that in `dist`. For `import()`, the bundler would add some hundred lines of its own.
  const { startPost } = createRequire(import.meta.url)('../steps/index.js') as typeof Steps;
  startPost();
}

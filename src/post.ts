/** The post step. It runs in every job that uses the action, so it loads nothing if it has nothing to do. */

// Node's reports hold the environment, and with it the client secret.
process.report.excludeEnv = true;
// Empty if the main step failed, or if this step has nothing to revoke.
if ((process.env['STATE_revoke'] ?? '') !== '')
  void import('./steps.ts').then(({ startPost }) => {
    startPost();
  });

export {};

/** The post step. Every job of every user runs it, so with nothing to do it loads nothing. */

// Node's reports hold the environment, and with it the client secret.
process.report.excludeEnv = true;
// Empty if the main step failed, or if this step has nothing to revoke.
if ((process.env['STATE_revoke'] ?? '') !== '')
  void import('./steps.ts').then(({ startPost }) => {
    startPost();
  });

export {};

/** The post step. Every job of every user runs it, so with nothing to do it loads nothing. */

// Node's reports hold the environment, and with it the client secret.
process.report.excludeEnv = true;
// Empty when `revoke` is false, when another step will revoke the token, and when the main step failed.
if ((process.env['STATE_revoke'] ?? '') !== '')
  void import('./steps.ts').then(({ startPost }) => {
    startPost();
  });

export {};

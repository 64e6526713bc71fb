/** Node's variables that must not weaken this step. */

import { reportWarning } from './report.ts';

/**
 * Verifies certificates whatever the environment says. Node reads the variable at each connection: deleting
 * it in this process is enough.
 * @param warn for the main step; the post step does not repeat it
 */
export function insistOnTls({ warn }: { readonly warn: boolean }): void {
  if (process.env['NODE_TLS_REJECT_UNAUTHORIZED'] !== '0') return;
  delete process.env['NODE_TLS_REJECT_UNAUTHORIZED'];
  if (warn)
    reportWarning(
      'tls_verification_off',
      'NODE_TLS_REJECT_UNAUTHORIZED=0 is set: other steps of this job do not verify certificates, and anyone in between can read their tokens. This step ignores it. Remove the variable; for a private CA use NODE_EXTRA_CA_CERTS.',
    );
}

/**
 * With NODE_DEBUG, Node writes its requests to stderr. The runner may show them before it knows the masks, so
 * nothing more is written to stderr.
 */
export function silenceNodeDebug(): void {
  if ((process.env['NODE_DEBUG'] ?? '') !== '') process.stderr.write = () => true;
}

/** Every heading that a message can link to. The types hold these lists whole: one more or less does not compile. */

import type { Code } from '../../src/failure.ts';
import type { Warning } from '../../src/runner/report.ts';

const codes: Readonly<Record<Code, true>> = {
  invalid_input: true,
  invalid_client: true,
  invalid_scope: true,
  unauthorized_client: true,
  unsupported_grant_type: true,
  access_denied: true,
  invalid_request: true,
  jwt_credential: true,
  redirect_refused: true,
  throttled: true,
  ims_unavailable: true,
  gateway: true,
  ims_error: true,
  malformed_answer: true,
  network: true,
  tls: true,
  proxy: true,
  timeout: true,
  retry_after: true,
  answer_lost: true,
  cancelled: true,
  runner: true,
  unexpected: true,
};

const warnings: Readonly<Record<Warning, true>> = {
  scopes_not_granted: true,
  short_validity: true,
  tls_verification_off: true,
  first_secret_refused: true,
  not_revoked: true,
};

export const CODES: readonly string[] = Object.keys(codes);
export const WARNINGS: readonly string[] = Object.keys(warnings);

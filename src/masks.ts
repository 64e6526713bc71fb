/** The only file that masks. */

import * as core from '@actions/core';

import { producedForms } from './secret-forms.ts';

const masked = new Set<string>();

function maskOnce(value: string): void {
  if (masked.has(value)) return;
  masked.add(value);
  core.setSecret(value);
}

/**
 * Masks secrets, and the forms of each that the runner's masker does not derive. Nothing that could hold
 * one of them may be written before this.
 * @param clientId given for client secrets, which become part of Basic credentials
 */
export function maskSecrets(secrets: readonly string[], clientId?: string): void {
  // The runner warns about a mask of white space alone.
  for (const secret of secrets.filter((value) => value.trim() !== '')) {
    if (masked.has(secret)) continue;
    maskOnce(secret);
    for (const form of producedForms(secret, clientId)) maskOnce(form);
  }
}

/** Ends the embedded IMS, and fails the job unless exactly the expected tokens were revoked. */

import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';

import { readRecord, revocations } from './record.ts';

const state = (name: string): string => process.env[`STATE_${name}`] ?? '';

/** A revocation without the token itself, which has no business in a log. */
function describe(revocation: string): string {
  const [path = '', token = ''] = revocation.split(' ');
  return `${path} of token ${createHash('sha256').update(token).digest('hex').slice(0, 12)}`;
}

function failure(): string | undefined {
  try {
    process.kill(Number(state('pid')));
  } catch {
    return 'The embedded IMS was gone before the job ended.';
  }
  if (!existsSync(state('expected')))
    return 'No step said which tokens were to be revoked; see the first step that failed.';
  const expected = readFileSync(state('expected'), 'utf8').trimEnd().split('\n').map(describe);
  const seen = revocations(readRecord(state('record'))).map(describe);
  if (JSON.stringify(expected.toSorted()) === JSON.stringify(seen.toSorted())) {
    console.log(`The embedded IMS saw exactly the revocations expected: ${seen.join(', ')}.`);
    return undefined;
  }
  return `The embedded IMS saw other revocations than expected. Expected: ${expected.join(', ')}. Seen: ${seen.join(', ') || 'none'}.`;
}

// Without a pid, main failed and said why.
const problem = state('pid') === '' ? undefined : failure();
if (problem !== undefined) {
  console.log(`::error::${problem}`);
  process.exitCode = 1;
}

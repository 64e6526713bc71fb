/** A refused value may be a secret in the wrong input, so no message quotes it. */

import { expect } from 'vitest';

import { INPUT_DEFAULTS } from '../../src/inputs/read.ts';

import { test } from '../support/fixtures.ts';
import { messageOf, written } from '../support/verdicts.ts';

const OTHER = 'p8e-test-"Zx9Kq7\\Wv3+Jt5/Bn1=Lm8';

test.for([
  ...Object.keys(INPUT_DEFAULTS)
    .filter((name) => !/^(client-|code|refresh|org)/.test(name))
    .map((name) => [name, '?']),
  ['client-id', '"?"'],
  ['org-id', '"?"'],
  ['client-secret', '"?"'],
  ['client-secret', '?,p8e-test-b,p8e-test-c'],
  ['code', '?'],
  ['refresh-token', '?'],
  ['ims-url', 'https://?'],
  ['scopes', '[?'],
  ['scopes', 'openid, ?', '2'],
  ['scopes', JSON.stringify(['openid', '?']), '2'],
  ['env-var', 'A_TOKEN, B_TOKEN ?', '3'],
])(
  '`%s` with another secret (%s) is refused, and not quoted',
  async (row, { ims, job, inputs }) => {
    const [name = '', form = '?', position = ''] = row;
    const secret = form.startsWith('["') ? JSON.stringify(OTHER).slice(1, -1) : OTHER;
    const value = form.replace('?', secret);
    const step = await job.uses({ ...inputs, [name]: value }, { debug: true });
    expect(messageOf(step)).toMatch(new RegExp(`\`${name}\`.*\\b${position}\\b`));
    const text = written(step).toLowerCase();
    const hidden = OTHER.slice('p8e-test-'.length).toLowerCase();
    for (let at = 0; at + 5 <= hidden.length; at += 1)
      expect(text).not.toContain(hidden.slice(at, at + 5));
    expect(ims.connections).toBe(0);
  },
);

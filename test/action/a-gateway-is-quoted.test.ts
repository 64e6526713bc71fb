/** What a gateway says in place of IMS is shown, and decides nothing. */

import { expect } from 'vitest';

import { test } from '../support/fixtures.ts';
import { messageOf } from '../support/verdicts.ts';

const says = (text: string): RegExp => new RegExp(`The server says "${text}"`);

test.for<readonly [string, number, object, readonly RegExp[]]>([
  [
    'error_code and message',
    403,
    { error_code: '403000', message: 'Api Key is required' },
    [says('Api Key is required'), /\(gateway, 403000, HTTP 403/],
  ],
  ['a number as error_code', 403, { error_code: 403010 }, [/\(gateway, 403010, HTTP 403/]],
  [
    'title and detail (RFC 9457)',
    400,
    { title: 'Bad Request', detail: 'p8e is not allowed' },
    [says('p8e is not allowed'), /\(ims_error, HTTP 400/],
  ],
  ['a title alone', 404, { detail: ' ', message: 7, title: 'None' }, [says('None'), /\(gateway/]],
  [
    'not beside a description',
    401,
    { error_description: 'theirs', message: 'p8e-other' },
    [says('theirs'), /\(ims_error/],
  ],
])('%s', async ([, status, body, patterns], { ims, job, inputs }) => {
  ims.scriptAlways({ status, body: JSON.stringify(body) });
  const message = messageOf(await job.uses(inputs));
  for (const pattern of patterns) expect(message).toMatch(pattern);
  expect(message).not.toContain('p8e-other');
});

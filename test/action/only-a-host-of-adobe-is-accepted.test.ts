/** `ims-url` is a host of Adobe, or the loopback interface. */

import { describe, expect, it } from 'vitest';

import { test } from '../support/fixtures.ts';
import { parseValues, problemsOf } from '../support/inputs.ts';
import { failureOf } from '../support/verdicts.ts';

describe('ims-url', () => {
  it.each([
    ['https://ims-na1.adobelogin.com', 'https://ims-na1.adobelogin.com'],
    ['https://ims-na1-stg1.adobelogin.com/', 'https://ims-na1-stg1.adobelogin.com'],
    ['https://adobelogin.com', 'https://adobelogin.com'],
    ['https://IMS-NA1.ADOBELOGIN.COM', 'https://ims-na1.adobelogin.com'],
    ['http://127.0.0.1:8080', 'http://127.0.0.1:8080'],
    ['http://localhost:1', 'http://localhost:1'],
    ['https://[::1]:1', 'https://[::1]:1'],
  ])('%s is allowed', (value, origin) => {
    expect(parseValues({ 'ims-url': value }).origin).toBe(origin);
  });

  it.each([
    '',
    'ims-na1.adobelogin.com',
    'ims-na1.adobelogin.com:443',
    'https://adobelogin.com.evil.example',
    'https://evil-adobelogin.com',
    'https://adobelogin.com@evil.example',
    'https://x@evil.example',
    'https://user:p8e-test-pw@ims-na1.adobelogin.com',
    'https://evil.example/adobelogin.com',
    'https://evil.example#adobelogin.com',
    'https://evil.example\\.adobelogin.com',
    'http://ims-na1.adobelogin.com',
    'http://evil.example',
    'http://10.0.0.1',
    'http://0.0.0.0',
    'http://169.254.169.254',
    'http://127.0.0.1.evil.example',
    'http://localhost.evil.example',
    'https://adobelogin.com./',
    // A Cyrillic letter in place of the first.
    'https://\u0430dobelogin.com',
    'ftp://adobelogin.com',
    'file:///etc/passwd',
    'javascript:alert(1)',
    'https://ims-na1.adobelogin.com/ims/token/v3',
    'https://ims-na1.adobelogin.com?x=1',
    'https://[::ffff:127.0.0.1]',
  ])('%s is refused', (value) => {
    expect(problemsOf({ 'ims-url': value })).toHaveLength(1);
  });

  it.each(['ims-na1.adobelogin.com', 'ims-na1.adobelogin.com:443'])(
    '%s is called no URL, and not another host',
    (value) => {
      expect(problemsOf({ 'ims-url': value }).join()).toMatch(/is not a URL; write https:/);
    },
  );
});

test('another host is refused before any connection, with all other problems', async ({
  ims,
  job,
  inputs,
}) => {
  const { port } = ims;
  for (const url of [
    `https://adobelogin.com.evil.example:${port}`,
    `https://evil-adobelogin.com:${port}`,
    `https://x@127.0.0.1:${port}`,
    `http://0.0.0.0:${port}`,
    `http://adobelogin.com:${port}`,
  ]) {
    const step = await job.uses({ ...inputs, 'ims-url': url, timeout: 'x' });
    expect(failureOf(step, job)).toMatch(/`ims-url`.*`timeout`/);
  }
  expect(ims.connections).toBe(0);
});

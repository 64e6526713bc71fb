/** The end-to-end job searches its log for secrets, and reads the record of the IMS. */

import { randomBytes } from 'node:crypto';

import { describe, expect, it } from 'vitest';

import { findLeaks } from './leaks.ts';
import { issuedTokens, revocations, secretsIn, type Exchange } from './record.ts';

const SECRET = 'p8e-test-secret with "quotes", +/&=~ and \u00e4\u00f6';
const part = (bytes: number): string => randomBytes(bytes).toString('base64url');
const TOKEN = `${part(20)}.${part(300)}.${part(256)}`;
const PREFIX = '[End to end/Use the action on ubuntu-latest]   | ';

const base64 = (text: string): string => Buffer.from(text).toString('base64');
const hex = (text: string): string => Buffer.from(text).toString('hex');
const lines = (text: string): string => `${PREFIX}before\n${PREFIX}x: ${text} y\n${PREFIX}after\n`;

describe.each([
  ['a client secret', SECRET],
  ['a token', TOKEN],
])('the search of a log for %s', (_, secret) => {
  it.each<[string, string]>([
    ['in the clear', secret],
    ['in base64', base64(secret)],
    ['in base64 after one byte', base64(`:${secret}\n`)],
    ['in base64 after two bytes, with more after', base64(`a:${secret}\n\n`)],
    ['in base64url', Buffer.from(`ab:${secret}`).toString('base64url')],
    ['in hex', hex(secret)],
    ['in upper-case hex', hex(secret).toUpperCase()],
    ['percent-encoded', encodeURIComponent(secret)],
    ['form-encoded', new URLSearchParams({ secret }).toString()],
    ['in JSON', JSON.stringify({ secret })],
    ['folded over lines', base64(secret).replace(/.{30}/g, `$&\n${PREFIX}`)],
  ])('finds it %s', (_name, text) => {
    expect(findLeaks(lines(text), [secret])).not.toEqual([]);
  });

  it('finds nothing where it is masked, and does not repeat it', () => {
    expect(findLeaks(lines('***'), [secret])).toEqual([]);
    const leaks = findLeaks(lines(secret), [secret]);
    expect(findLeaks(JSON.stringify(leaks), [secret])).toEqual([]);
  });
});

describe('the search of a log', () => {
  it.each([1, 2])('finds part %i of a token', (index) => {
    expect(findLeaks(lines(TOKEN.split('.')[index] ?? ''), [TOKEN])).not.toEqual([]);
  });

  it('refuses a secret that could be there by chance', () => {
    expect(() => findLeaks('', ['short'])).toThrow('too short');
  });
});

it('the record names every secret once, the tokens issued, and the revocations accepted', () => {
  const [token, revoke] = ['/ims/token/v3', '/ims/revoke'];
  const refused = { status: 400, answer: { error: 'invalid_client' } };
  const exchanges: readonly Exchange[] = [
    {
      path: token,
      form: { client_secret: 's' },
      status: 200,
      answer: { access_token: 't', refresh_token: 'r' },
    },
    { path: token, form: { client_secret: 'wrong' }, ...refused },
    { path: revoke, form: { token: 't', client_secret: 's' }, status: 200, answer: {} },
    { path: revoke, form: { token: 'u' }, ...refused },
  ];
  expect(secretsIn(exchanges)).toEqual(['s', 'r', 't', 'wrong', 'u']);
  expect(issuedTokens(exchanges)).toEqual(['t']);
  expect(revocations(exchanges)).toEqual(['/ims/revoke t']);
});

import { randomBytes } from 'node:crypto';

import { describe, expect, it } from 'vitest';

import { findLeaks } from './workflow/leaks.ts';
import { issuedTokens, revocations, secretsIn, type Exchange } from './workflow/record.ts';

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
    ['in base64 after one byte', base64(`:${secret}`)],
    ['in base64 after two bytes', base64(`a:${secret}`)],
    ['in base64 with something before and after', base64(`id:${secret}\n`)],
    ['in base64 with more after', base64(`id:${secret}\n\n`)],
    ['in base64url', Buffer.from(`ab:${secret}`).toString('base64url')],
    ['in hex', hex(secret)],
    ['in upper-case hex', hex(secret).toUpperCase()],
    ['percent-encoded', encodeURIComponent(secret)],
    ['percent-encoded, each byte', hex(secret).replace(/../g, '%$&')],
    ['form-encoded', new URLSearchParams({ secret }).toString()],
    ['in JSON', JSON.stringify({ secret })],
    ['backwards', Array.from(secret).reverse().join('')],
    ['folded over lines', base64(secret).replace(/.{30}/g, `$&\n${PREFIX}`)],
  ])('finds it %s', (_name, text) => {
    expect(findLeaks(lines(text), [secret])).not.toEqual([]);
  });

  it('finds nothing where it is masked', () => {
    expect(findLeaks(lines('***'), [secret])).toEqual([]);
  });

  it('does not repeat it', () => {
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

describe('the record of the embedded IMS', () => {
  const exchange = (path: string, form: object, answer: object, status = 200): Exchange => ({
    path,
    form: { ...form },
    status,
    answer: { ...answer },
  });
  const exchanges = [
    exchange('/ims/token/v3', { client_secret: 's' }, { access_token: 't', refresh_token: 'r' }),
    exchange('/ims/token/v3', { client_secret: 'wrong' }, { error: 'invalid_client' }, 400),
    exchange('/ims/revoke', { token: 't', client_secret: 's' }, {}),
    exchange('/ims/invalidate_token/v2', { token: 'u' }, { error: 'invalid_client' }, 400),
  ];

  it('tells every secret, each once', () => {
    expect(secretsIn(exchanges)).toEqual(['s', 'r', 't', 'wrong', 'u']);
  });

  it('tells the tokens that were issued', () => {
    expect(issuedTokens(exchanges)).toEqual(['t']);
  });

  it('tells the revocations that were accepted', () => {
    expect(revocations(exchanges)).toEqual(['/ims/revoke t']);
  });
});

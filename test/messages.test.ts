/** What an engineer reads of a failure: that it names the cause, and what to do. */

import { describe, expect, it } from 'vitest';

import type { Context } from '../src/advice.ts';
import {
  AnswerError,
  GaveUpError,
  ImsError,
  NetworkError,
  type NetworkFault,
} from '../src/errors.ts';
import { explain, sentence } from '../src/explain.ts';

const CONTEXT: Context = {
  imsOrigin: 'https://ims-na1.adobelogin.com',
  grantType: 'client_credentials',
  secretCount: 1,
  scopes: ['openid', 'AdobeID'],
};

function ims(status: number, error = '', description = '', debugId = ''): ImsError {
  return new ImsError({ status, error, description, debugId, retryAfterMs: undefined });
}

function network(fault: NetworkFault, reason: string, mayHaveArrived = false): NetworkError {
  return new NetworkError(fault, { reason, mayHaveArrived, message: reason });
}

const told = (error: unknown, change: Partial<Context> = {}): string =>
  sentence(explain(error, { ...CONTEXT, ...change }), 'docs/troubleshooting.md');

describe('a message', () => {
  it.each<readonly [string, unknown, Partial<Context>, RegExp]>([
    [
      'one secret',
      ims(400, 'invalid_client', 'invalid client_secret parameter'),
      {},
      /^IMS refused the client secret\. IMS says/,
    ],
    [
      'both secrets',
      ims(400, 'invalid_client', 'invalid client_secret parameter'),
      { secretCount: 2 },
      /^IMS refused both client secrets\./,
    ],
    [
      'a secret that was not sent',
      ims(400, 'invalid_client'),
      { secretCount: 0, grantType: 'refresh_token' },
      /No client secret was sent, as `client-secret` is empty\..*fork.*environment.*misspelt/,
    ],
    [
      'scopes that were asked for',
      ims(400, 'invalid_scope'),
      {},
      /^A scope is not granted.*Asked for: openid,AdobeID\./,
    ],
    [
      'scopes that nobody asked for',
      ims(400, 'invalid_scope'),
      { grantType: 'refresh_token', scopes: [] },
      /^IMS refused the scopes of this token\..*consent/,
    ],
    [
      'a verifier of another code',
      ims(400, 'invalid_grant', 'code_verifier does not match'),
      { grantType: 'authorization_code', scopes: [] },
      /belongs to another `client-id` or `code-verifier`/,
    ],
    ['a gateway', ims(403), {}, /^A gateway answered HTTP 403.*\(gateway, HTTP 403\)$/],
    [
      'a refusal that is not in the table',
      ims(403, 'forbidden_client', 'Client is blocked'),
      {},
      /^IMS refused the request \(HTTP 403\)\. IMS says "Client is blocked"\..*\(ims_error, forbidden_client, HTTP 403\)$/,
    ],
    [
      'a refusal without facts',
      ims(400),
      {},
      /Developer Console \(developer\.adobe\.com\/console\)\. More:/,
    ],
    [
      'a refusal with the ID for support',
      ims(400, '', '', 'p8e-test-id'),
      {},
      /With the x-debug-id at the end, Adobe's support.*x-debug-id p8e-test-id\)$/,
    ],
    [
      'no connection',
      network('connection', 'ECONNREFUSED'),
      {},
      /^No connection to https.*DNS, firewall/,
    ],
    [
      'a broken connection',
      network('connection', 'ECONNRESET', true),
      {},
      /^The connection to https.* broke before the whole answer came\./,
    ],
    ['no TLS', network('handshake', 'EPROTO'), {}, /^No TLS connection.*Check the port/],
    [
      'an unknown authority',
      network('tls', 'SELF_SIGNED_CERT_IN_CHAIN'),
      {},
      /NODE_EXTRA_CA_CERTS/,
    ],
    ['an expired certificate', network('tls', 'CERT_HAS_EXPIRED'), {}, /clock of the runner/],
    [
      'another certificate',
      network('tls', 'ERR_TLS_CERT_ALTNAME_INVALID'),
      {},
      /Another server answers for this name/,
    ],
    [
      'a proxy that is away',
      network('proxy_unreached', 'ECONNREFUSED'),
      {},
      /^The proxy in `https_proxy` gave no connection.*nothing was sent/,
    ],
  ])('about %s', (_about, error, change, words) => {
    expect(told(error, change)).toMatch(words);
  });

  it('about a wait that is too long says who asks for it, and how much is left', () => {
    const facts = { error: '', description: '', debugId: '' };
    const last = new ImsError({ ...facts, status: 429, retryAfterMs: 2000 });
    const error = new GaveUpError('retry_after', { attempts: 2, timeoutSeconds: 3, last });
    expect(told(error)).toMatch(
      /^IMS throttles.*It asks to wait 2 s, and less is left of the 3 s of `timeout` \(2 attempts made\)\./,
    );
  });

  it('about a field that is missing tells what IMS said instead', () => {
    const facts = { error: 'invalid_client', description: 'unknown', debugId: '', message: '' };
    expect(told(new AnswerError('field', { ...facts, field: 'access_token' }))).toMatch(
      /^The answer has no usable `access_token`\. IMS says "unknown"\..*\(malformed_answer, invalid_client\)$/,
    );
  });

  it('about many scopes keeps its end', () => {
    const scopes = Array.from({ length: 120 }, (_value, at) => `scope.of.some.length.${at}`);
    const message = told(ims(400, 'invalid_scope', '', 'p8e-test-id'), { scopes });
    expect(message).toMatch(/scope\.of\.some\.length\.0,.* and \d+ more\. Compare.*p8e-test-id\)$/);
    expect(message.length).toBeLessThan(2000);
  });
});

/**
 * What a careful person writes instead of using the action, with nothing but Node's own modules:
 * no retries, no reuse, no limits. The yardstick of `npm run bench`.
 */

import { appendFileSync } from 'node:fs';

const clientId = process.env['INPUT_CLIENT-ID'] ?? '';
const clientSecret = process.env['INPUT_CLIENT-SECRET'] ?? '';
const url = new URL('/ims/token/v3', process.env['INPUT_IMS-URL']);
// Not `import`: naming every export of node:http makes Node load its built-in undici, some 40 ms.
const { request } = process.getBuiltinModule(
  url.protocol === 'https:' ? 'node:https' : 'node:http',
);

const body = new URLSearchParams({
  grant_type: 'client_credentials',
  client_id: clientId,
  client_secret: clientSecret,
  scope: 'openid,AdobeID,offline_access,creative_sdk',
}).toString();

function fail(message) {
  process.stdout.write(`::error::${message}\n`);
  process.exitCode = 1;
}

function publish(token, expiresIn) {
  process.stdout.write(`::add-mask::${token}\n`);
  appendFileSync(process.env.GITHUB_OUTPUT, `access-token=${token}\nexpires-in=${expiresIn}\n`);
  appendFileSync(process.env.GITHUB_ENV, `FIREFLY_SERVICES_ACCESS_TOKEN=${token}\n`);
}

function judge(status, text) {
  if (status !== 200) return fail(`IMS answered ${status}`);
  const answer = JSON.parse(text);
  if (typeof answer.access_token !== 'string' || !/^[!-~]+$/.test(answer.access_token))
    return fail('IMS answered without a usable access_token');
  if (!(answer.expires_in > 0)) return fail('IMS answered without a usable expires_in');
  publish(answer.access_token, answer.expires_in);
}

const post = request(
  url,
  {
    method: 'POST',
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      'content-length': Buffer.byteLength(body),
    },
  },
  (response) => {
    let text = '';
    response.setEncoding('utf8');
    response.on('data', (chunk) => (text += chunk));
    response.on('end', () => judge(response.statusCode, text));
  },
);
post.on('error', (error) => fail(error.code ?? 'no answer'));
post.end(body);

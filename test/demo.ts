/**
 * `npm run demo`: the built action in a small job against the embedded IMS. Shows the log as GitHub does. No credentials, no network beyond loopback.
 */

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { startIms, testClient } from './support/ims-server.ts';
import { startJob } from './support/run-action.ts';

function show(title: string, log: string): void {
  console.log(`\n${title}\n${log.trimEnd()}`);
}

/** The later step: shows that it has the token, as variable and as output. */
const PUBLISH = `const { CLOUD_STORAGE_ACCESS_TOKEN: variable, TOKEN: output } = process.env;
console.log('Authorization: Bearer ' + variable);
console.log('variable and output agree:', variable === output, '- length', variable.length);
`;

const WRONG = 'p8e-test-a-wrong-secret';
const [secret = ''] = testClient.secrets;
/** As in the first example of the README. */
const SCOPES = ['openid', 'AdobeID', 'creative_sdk', 'cloud_storage_collab_api'];
const ims = await startIms({ clients: [{ ...testClient, scopes: SCOPES }] });
const job = await startJob({ secrets: [secret, WRONG] });

try {
  const inputs = {
    'client-id': testClient.id,
    'client-secret': secret,
    scopes: SCOPES.join(', '),
    'env-var': 'CLOUD_STORAGE_ACCESS_TOKEN',
    'ims-url': ims.url,
  };
  const token = await job.uses(inputs);
  show('Step 1: get a token', token.log);

  writeFileSync(join(job.workspace, 'publish.cjs'), PUBLISH);
  const later = await job.run(['publish.cjs'], {
    env: { TOKEN: token.outputs['access-token'] ?? '' },
  });
  show('Step 2: a later step uses the token', later.log);

  const again = await job.uses(inputs);
  show('Step 3: the same again costs no request', again.log);

  const wrong = await job.uses({ ...inputs, 'client-secret': WRONG, reuse: 'none' });
  show('Step 4: what a wrong secret looks like', wrong.log);
  await job.finish();

  console.log('\nOutputs of step 1');
  for (const [name, value] of Object.entries(token.outputs))
    console.log(`  ${name.padEnd(14)} ${name === 'access-token' ? '***' : value}`);
  console.log('Variables for later steps');
  for (const name of Object.keys(token.env)) console.log(`  ${name} = ***`);
  console.log(`Requests to IMS: ${ims.requests.length}`);
  const leaked = job.log.includes(token.outputs['access-token'] ?? secret);
  if (leaked || token.failed || !wrong.failed || later.failed) {
    console.error('The demo did not go as it should.');
    process.exitCode = 1;
  }
} finally {
  await job.dispose();
  await ims.close();
}

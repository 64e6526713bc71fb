/**
 * `npm run demo`: the built action in a small job against the embedded IMS, with the log as GitHub would
 * show it. No credentials, no network beyond loopback.
 */

import { startIms, testClient } from './support/ims-server.ts';
import { startJob } from './support/run-action.ts';

const color = process.stdout.isTTY && process.env['NO_COLOR'] === undefined;

function paint(line: string): string {
  if (!color) return line;
  const tones: readonly (readonly [RegExp, number])[] = [
    [/^##\[error\]/, 31],
    [/^##\[warning\]/, 33],
    [/^##\[notice\]/, 36],
    [/^##\[group\]/, 1],
    [/^ {2}|^##\[endgroup\]/, 2],
  ];
  const tone = tones.find(([pattern]) => pattern.test(line));
  return tone === undefined ? line : `\u001b[${tone[1]}m${line}\u001b[0m`;
}

function show(title: string, log: string): void {
  console.log(`\n${color ? `\u001b[1;34m${title}\u001b[0m` : title}`);
  for (const line of log.trimEnd().split('\n')) console.log(paint(line));
}

const WRONG = 'p8e-test-a-wrong-secret';
const [secret = ''] = testClient.secrets;
const ims = await startIms();
const job = await startJob({ secrets: [secret, WRONG] });

try {
  const inputs = { 'client-id': testClient.id, 'client-secret': secret, 'ims-url': ims.url };
  const token = await job.uses(inputs, { id: 'ims' });
  show('Step 1: get a token', token.log);

  const later = await job.run(
    [
      '-e',
      `const { FIREFLY_SERVICES_ACCESS_TOKEN: variable, TOKEN: output } = process.env;
     console.log('Authorization: Bearer ' + variable);
     console.log('variable and output agree:', variable === output, '- length', variable.length);`,
    ],
    { env: { TOKEN: token.outputs['access-token'] ?? '' } },
  );
  show('Step 2: a later step uses the variable and the output', later.log);

  const again = await job.uses(inputs, { id: 'again' });
  show('Step 3: the same again costs no request', again.log);

  const wrong = await job.uses(
    { ...inputs, 'client-secret': WRONG, reuse: 'none' },
    { id: 'wrong' },
  );
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

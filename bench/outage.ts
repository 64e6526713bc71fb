/** `npm run bench -- outage`: what a step says of an outage that lasts until its deadline. */

import { type ImsServer, startIms, testClient, tokenAnswer } from '../test/support/ims-server.ts';
import { startJob } from '../test/support/run-action.ts';

const RUNS = 16;
/** Seconds. */
const TIMEOUT = 7;
const CODE = { 'grant-type': 'authorization_code', code: 'p8e-test-code' };
const REFRESH = { 'grant-type': 'refresh_token', 'refresh-token': 'p8e-test-refresh' };

/** The code of the error, or `token`. */
async function run(ims: ImsServer, change: Readonly<Record<string, string>>): Promise<string> {
  const job = await startJob();
  const client = { 'client-id': testClient.id, 'client-secret': testClient.secrets.join() };
  const inputs = { ...client, 'ims-url': ims.url, timeout: String(TIMEOUT), ...change };
  const step = await job.uses(inputs);
  await job.dispose();
  const [error] = step.annotations.filter(({ level }) => level === 'error');
  return error === undefined ? 'token' : (/ \((\w+)[^(]*\)$/.exec(error.message)?.[1] ?? 'none');
}

function counted(codes: readonly string[]): string {
  const names = [...new Set(codes)].sort();
  return names.map((name) => `${codes.filter((code) => code === name).length} ${name}`).join(', ');
}

/** All runs at once, as they mostly wait; each has an IMS of its own. */
async function many(
  change: Readonly<Record<string, string>>,
  prepare: (ims: ImsServer) => void,
): Promise<{ readonly codes: string; readonly servers: readonly ImsServer[] }> {
  const servers = await Promise.all(Array.from({ length: RUNS }, () => startIms()));
  const codes = await Promise.all(
    servers.map((ims) => {
      prepare(ims);
      return run(ims, change);
    }),
  );
  // A request that was left shows when its connection closes.
  await Promise.all(servers.map((ims) => ims.close()));
  return { codes: counted(codes), servers };
}

/** Prints the codes of the errors, the codes called lost, and the grants served to nobody. */
export async function outage(): Promise<void> {
  for (const status of [429, 503])
    for (const afterMs of [0, 300, 700]) {
      const headers = { 'x-debug-id': 'p8e-test-debug' };
      const { codes } = await many({}, (ims) => {
        ims.scriptAlways({ status, afterMs, headers });
      });
      console.log(`HTTP ${status} after ${afterMs} ms, until the deadline: ${codes}`);
    }
  const { codes } = await many(CODE, (ims) => {
    ims.scriptAlways({ status: 503, afterMs: 300 });
  });
  console.log(`A code, and 503 until the deadline: ${codes}`);
  // IMS recovers while the last request could still be under way, and takes a second.
  const timers: NodeJS.Timeout[] = [];
  const recovering = await many(REFRESH, (ims) => {
    ims.scriptAlways({ status: 503 });
    const recover = (): void => {
      ims.scriptAlways({ ...tokenAnswer({ refresh_token: 'p8e-test-new' }), afterMs: 1000 });
    };
    timers.push(setTimeout(recover, (TIMEOUT - 1) * 1000 * (0.6 + 0.4 * Math.random())));
  });
  timers.forEach(clearTimeout);
  const left = recovering.servers
    .flatMap(({ requests }) => requests)
    .filter(({ abandoned }) => abandoned);
  console.log(`A refresh token, and IMS recovers near the deadline: ${recovering.codes}`);
  console.log(`Grants served to a step that had hung up: ${left.length}`);
}

/** The built action does what the tables of proxy variables in docs/troubleshooting.md say. */

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { inputsFor, test as base } from '../support/fixtures.ts';
import type { Job } from '../support/run-action.ts';
import { messageOf } from '../support/verdicts.ts';

const HOST = 'ims-na1.adobelogin.com';
const [PROXIED, DIRECT, REFUSED] = ['used', 'left out', 'refused'];

type Variables = Readonly<Record<string, string>>;

/** Value and verdict of each row of the table that begins with this variable. */
function rows(variable: string): readonly (readonly [string, string])[] {
  const path = join(import.meta.dirname, '..', '..', 'docs', 'troubleshooting.md');
  const [, table = ''] =
    RegExp(`^\\| \`${variable}\` .*\n\\|[ -|]*\n((?:\\|.*\n)+)`, 'm').exec(
      readFileSync(path, 'utf8'),
    ) ?? [];
  const found = [...table.matchAll(/^\| `([^`]+)` +\| (.+?) +\|$/gm)];
  return found.map(([, value = '', verdict = '']) => [value, verdict]);
}

/**
 * Runs before the action, and notes where each connection goes. What would go to the proxy of the page, or directly to IMS, goes to the proxy of the test. That one refuses tunnels and speaks no TLS, so the step ends at once.
 */
function detour(job: Job, port: number): { readonly options: string; readonly list: string } {
  const [file, list] = ['detour.cjs', 'connections.txt'].map((name) =>
    join(job.workspace, name),
  ) as [string, string];
  writeFileSync(
    file,
    `const { Socket } = require('node:net');
    const { connect } = Socket.prototype;
    Socket.prototype.connect = function (...given) {
      const [options] = given.flat();
      const { host, port } = options;
      require('node:fs').appendFileSync(${JSON.stringify(list)}, host + ':' + port + '\\n');
      const toIms = host === ${JSON.stringify(HOST)} && +port === 443;
      const toProxy = ['proxy', '127.0.0.1', '::1'].includes(host) && [80, 3128].includes(+port);
      Object.assign(options, { host: '127.0.0.1', port: toIms || toProxy ? ${port} : 1 });
      return connect.apply(this, given);
    };`,
  );
  return { options: `--require=${file.replaceAll('\\', '/')}`, list };
}

/** What the step does with these variables, as the tables call it. */
const test = base.extend(
  'verdictOf',
  ({ job, startProxy }) =>
    async (variables: Variables): Promise<string> => {
      const proxy = await startProxy({ behaviour: { status: 403 } });
      const { options, list } = detour(job, proxy.port);
      const inputs = { ...inputsFor({ url: `https://${HOST}` }), timeout: '30' };
      const step = await job.uses(inputs, { env: { ...variables, NODE_OPTIONS: options } });
      const message = messageOf(step);
      const opened = existsSync(list) ? readFileSync(list, 'utf8').trim().split('\n') : [];
      if (proxy.tunnels.includes(`${HOST}:443`)) return PROXIED;
      if (opened.length === 0) return /\(proxy[,)]/.test(message) ? REFUSED : message;
      return opened.every((to) => to === `${HOST}:443`) ? DIRECT : `went to ${opened.join()}`;
    },
);

describe.concurrent('https_proxy', () => {
  test.for(rows('https_proxy'))('%s', async ([https_proxy, verdict], { verdictOf }) => {
    expect(await verdictOf({ https_proxy })).toBe(verdict);
  });
});

describe.concurrent('no_proxy', () => {
  test.for(rows('no_proxy'))('%s', async ([no_proxy, verdict], { verdictOf }) => {
    const variables = { https_proxy: 'http://proxy:3128', no_proxy };
    expect(await verdictOf(variables)).toBe(verdict);
  });
});

// On Windows, the names in small letters and in capitals are the same variable.
describe.skipIf(process.platform === 'win32').concurrent('the name of the variable', () => {
  const proxy = 'http://proxy:3128';
  test.for<readonly [Variables, string]>([
    [{ HTTPS_PROXY: proxy }, PROXIED],
    [{ https_proxy: '', HTTPS_PROXY: proxy }, PROXIED],
    [{ https_proxy: proxy, HTTPS_PROXY: 'DIRECT' }, PROXIED],
    [{ http_proxy: proxy, HTTP_PROXY: proxy, all_proxy: proxy, ALL_PROXY: proxy }, DIRECT],
    [{ https_proxy: proxy, NO_PROXY: '*' }, DIRECT],
    [{ https_proxy: proxy, no_proxy: '', NO_PROXY: '*' }, DIRECT],
    [{ https_proxy: proxy, no_proxy: 'localhost', NO_PROXY: '*' }, PROXIED],
  ])('%j', async ([variables, verdict], { verdictOf }) => {
    expect(await verdictOf(variables)).toBe(verdict);
  });
});

it('both tables have rows of each kind', () => {
  const verdicts = (variable: string): object =>
    new Set(rows(variable).map(([, verdict]) => verdict));
  expect(verdicts('https_proxy')).toEqual(new Set([PROXIED, REFUSED]));
  expect(verdicts('no_proxy')).toEqual(new Set([PROXIED, DIRECT]));
});

/** Some answers and inputs could take long to read. The step ends soon, with a message. */

import { describe, expect } from 'vitest';

import { INPUT_DEFAULTS } from '../../src/inputs/read.ts';

import { type Inputs, test } from '../support/fixtures.ts';
import { type ScriptedAnswer, tokenAnswer } from '../support/ims-server.ts';
import { noteCpuTime } from '../support/preload.ts';
import type { Job, StepResult } from '../support/run-action.ts';
import { messageOf } from '../support/verdicts.ts';

/** Of CPU time: several times what a step takes here, on a slow machine too. */
const SOON_MS = 5000;

/** A step that waits forever fails the test by the time limit of tests. */
async function usesSoon(job: Job, inputs: Inputs): Promise<StepResult> {
  const noted = noteCpuTime(job);
  const step = await job.uses(inputs, { env: { NODE_OPTIONS: noted.options } });
  expect(noted.last()).toBeLessThan(SOON_MS);
  return step;
}

describe('an answer', () => {
  const UNITS = [...Array.from('"\'`\u201c=-, \n\\[*\u0000'), '::', 'bad_request'];

  test.for(UNITS)(
    'of %j over and over is soon read, and inputs of it soon refused',
    async (unit, { ims, job, inputs }) => {
      const fill = (bytes: number): string => {
        const times = Math.floor((60_000 - 2) / bytes);
        return `x${unit.repeat(times)}x`;
      };
      const text = fill(JSON.stringify(unit).length - 2);
      ims.scriptAlways({
        status: 400,
        headers: { 'x-debug-id': text.slice(0, 8000).replace(/[^ -~]/g, '-') },
        body: JSON.stringify({ error: 'invalid_request', error_description: text }),
      });
      const value = fill(Buffer.byteLength(unit)).replaceAll('\u0000', '+');
      messageOf(
        await usesSoon(
          job,
          Object.fromEntries(Object.keys(INPUT_DEFAULTS).map((name) => [name, value])),
        ),
      );
      messageOf(await usesSoon(job, inputs));
      messageOf(await usesSoon(job, { ...inputs, 'client-secret': value }));
    },
  );
});

describe('a server that answers with much', () => {
  const LETTERS = Array.from('abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789');
  /** As many short names as fit into so many characters, with commas between them. */
  const names = (characters: number, prefix: string): string =>
    LETTERS.flatMap((first) =>
      LETTERS.flatMap((second) => LETTERS.map((third) => `${prefix}${first}${second}${third}`)),
    )
      .join()
      .slice(0, characters)
      .replace(/,[^,]*$/, '');
  const jwt = (claims: object): string =>
    `p8e.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.test`;

  /** A naive search for one of these in a long text takes quadratic time. */
  const tokens = ['access_token', 'refresh_token', 'id_token'].map((name, at) => [
    name,
    `${'b'.repeat(at + 1)}${'a'.repeat(19_000)}`,
  ]);
  const HOSTILE: ScriptedAnswer = {
    status: 400,
    body: JSON.stringify({ error: 'invalid_scope', ...(Object.fromEntries(tokens) as object) }),
  };

  test.for<readonly [string, ScriptedAnswer, string?]>([
    ['refuses 24,000 scopes', { status: 400, body: '{"error":"invalid_scope"}' }],
    ['grants none of 24,000 scopes', tokenAnswer({ access_token: jwt({ scope: 'p8e' }) })],
    ['grants other scopes', tokenAnswer({ access_token: jwt({ scope: names(46_000, 'y') }) })],
    ['refuses one long scope, beside hostile tokens', HOSTILE, 'a'.repeat(120_000)],
  ])('and %s costs little time', async ([, answer, scope], { ims, job, inputs }) => {
    // The environment of a process holds 128 KiB in one variable.
    const scopes = scope ?? names(120_000, 'x');
    ims.scriptAlways(answer);
    const step = await usesSoon(job, { ...inputs, scopes });
    expect(
      step.annotations
        .map(({ message }) => message)
        .join()
        .slice(0, 2000),
    ).toMatch(/\b\d+ scopes?\b/);
  });
});

describe('an input', () => {
  /** As many bytes as a variable of the environment may have, about. */
  const FULL = 120_000;

  const filled = (unit: string): string => unit.repeat(FULL / unit.length);

  const distinct = (length: number, separator: string): string =>
    Array.from({ length: FULL / (length + separator.length) }, (_, i) =>
      i.toString(36).padEnd(length, '%'),
    ).join(separator);

  test.for<readonly [string, string, string]>([
    ['client-secret', 'secrets of three characters', distinct(3, ',')],
    ['client-secret', 'secrets of eight characters', distinct(8, '\n')],
    ['client-secret', 'names in front', distinct(20, '\nclient_secret=')],
    ['client-secret', 'names without values', filled('client_secret=')],
    ['client-secret', 'a list of YAML', filled('- \n')],
    ['client-secret', 'an array of many strings', `["${distinct(8, '","')}"]`],
    ['client-secret', 'nested arrays', '['.repeat(FULL / 2) + ']'.repeat(FULL / 2)],
    ['client-secret', 'nested arrays that are cut off', filled('[')],
    ['client-secret', 'nested objects that are cut off', filled('{"a":')],
    ['client-secret', 'JSON that cannot be parsed', `{${distinct(8, ' ')}`],
    ['client-secret', 'quotes', filled('"')],
    ['client-secret', 'encoded quotes', JSON.stringify(filled('"').slice(FULL / 2))],
    ['refresh-token', 'lines', distinct(8, '\n')],
    ['code', 'nested arrays', '['.repeat(FULL / 2) + ']'.repeat(FULL / 2)],
    ['code-verifier', 'blanks inside', `x${filled(' ').slice(2)}x`],
    ['scopes', 'distinct names', `${distinct(5, ',')},?`],
    ['scopes', 'separators', `?${filled(',').slice(2)}?`],
    ['scopes', 'nested arrays', '['.repeat(FULL / 2) + ']'.repeat(FULL / 2)],
    ['env-var', 'distinct names', distinct(5, ' ').replaceAll('%', '_')],
    ['aio-context', 'underscores', filled('a_')],
    ['ims-url', 'labels', `https://${filled('a.')}`],
    ['org-id', 'control characters', `x${filled('\t').slice(2)}x`],
  ])('`%s` of %s is soon refused', async ([name, , value], { ims, job, inputs }) => {
    const step = await usesSoon(job, { ...inputs, [name]: value });
    const message = messageOf(step);
    expect(message).toContain(`\`${name}\``);
    expect(message).not.toContain('Unexpected error');
    expect(ims.connections).toBe(0);
  });
});

/**
 * Properties, over random cases: nothing secret in what people see, one clear error for whatever a server
 * says, and a sealed token that opens for nobody else. `npm run test:fuzz` runs ten times as many.
 */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { CODES, sentence } from '../../src/failure.ts';
import { judgeToken, readAnswer, secretsOf } from '../../src/ims/answers.ts';
import type { RequestContext } from '../../src/ims/refusals.ts';
import { nextWaitMs } from '../../src/ims/retry.ts';
import { open, seal } from '../../src/seal.ts';
import { Secrets } from '../../src/secrets.ts';

import { echoesOf } from '../support/forms.ts';
import {
  hostileText as hostile,
  RUNS,
  secretText as secret,
  TIME_LIMIT_MS,
} from '../support/fuzz.ts';
import { createMasker } from '../support/masker.ts';
import { catchStdout } from '../support/stdout.ts';

const NOW = Date.UTC(2026, 10, 23, 12);

function property<T extends [unknown, ...unknown[]]>(
  arbitraries: { [K in keyof T]: fc.Arbitrary<T[K]> },
  check: (...values: T) => void,
): void {
  fc.assert(fc.property(...arbitraries, check), { numRuns: RUNS });
}

/** Server text with the secret in it, in some form, between hostile pieces. */
const echo = (value: string): fc.Arbitrary<string> =>
  fc.tuple(hostile, fc.constantFrom(...echoesOf(value)), hostile).map((pieces) => pieces.join(' '));

type Received = {
  readonly status: number;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
};

/** The one line about an answer that gives no token; empty for one that does. Masked as the runner does. */
function lineOf({ status, body, headers = {} }: Received, values: readonly string[]): string {
  const stdout = catchStdout();
  const secrets = new Secrets(values);
  const context: RequestContext = {
    secretCount: 1,
    secretsSent: 1,
    origin: 'https://ims-na1.adobelogin.com',
    grantType: 'client_credentials',
    scopes: ['openid'],
    clean: secrets.clean,
    serverText: secrets.serverText,
  };
  const answer = readAnswer({ status, headers, body: Buffer.from(body) }, NOW);
  const masker = createMasker();
  try {
    const judged = judgeToken(answer);
    secrets.addUnused(secretsOf(answer));
    if (typeof judged !== 'function') return '';
    const { failure } = judged(context);
    expect(CODES.filter((code) => code !== 'unexpected')).toContain(failure.code);
    for (const value of values) masker.addMask(value);
    return masker.mask(sentence(failure, 'docs'));
  } finally {
    stdout.restore();
  }
}

function expectFitForTheLog(text: string): void {
  expect(text).not.toMatch(/[\r\n]|^\s*::|##\[/);
  expect(text.length).toBeLessThan(3000);
}

describe('what the server says', () => {
  it(
    'shows no secret in any form, and starts no command',
    () => {
      const scene = secret.chain((value) =>
        fc.tuple(fc.constant(value), echo(value), echo(value), echo(value)),
      );
      property([scene, fc.integer({ min: 300, max: 599 })], ([value, error, text, id], status) => {
        const body = JSON.stringify({ error, error_description: text });
        const headers = { 'x-debug-id': id, 'retry-after': id };
        const line = lineOf({ status, headers, body }, [value]);
        expectFitForTheLog(line);
        for (const form of echoesOf(value)) expect(line).not.toContain(form);
      });
    },
    TIME_LIMIT_MS,
  );
});

describe('waiting', () => {
  it('is never less than asked for, nor beyond the deadline', () => {
    property(
      [
        fc.integer({ min: 1, max: 1000 }),
        fc.integer({ min: 0, max: 100_000 }),
        fc.integer({ min: -1000, max: 100_000 }),
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
      ],
      (attempt, retryAfterMs, roomMs, random) => {
        const waitMs = nextWaitMs(attempt, retryAfterMs, roomMs, random);
        if (typeof waitMs === 'string') return;
        expect(waitMs).toBeGreaterThanOrEqual(retryAfterMs);
        expect(waitMs).toBeLessThanOrEqual(roomMs);
      },
    );
  });
});

describe('what is sealed', () => {
  const places = fc.array(fc.string(), { maxLength: 5 });

  it('opens with the secret that sealed it, and holds nothing in the clear', () => {
    property([secret, places], (value, place) => {
      const sealed = seal('p8e-test-token', value, place);
      expect(open(sealed, ['p8e-test-other', value], place)).toEqual({
        text: 'p8e-test-token',
        secret: value,
      });
      expect(sealed.includes('p8e-test')).toBe(false);
    });
  });

  it('opens neither with another secret, nor in another place', () => {
    property([secret, secret, places, places], (value, other, place, elsewhere) => {
      const sealed = seal('p8e-test-token', value, place);
      if (other !== value) expect(open(sealed, [other], place)).toBeUndefined();
      if (JSON.stringify(place) !== JSON.stringify(elsewhere))
        expect(open(sealed, [value], elsewhere)).toBeUndefined();
    });
  });

  it('does not open after any changed byte, or cut anywhere', () => {
    const sealed = seal('p8e-test-token', 'p8e-test-secret', ['place']);
    for (let at = 0; at < sealed.length; at += 1) {
      for (const bit of [1, 128]) {
        const changed = Buffer.from(sealed);
        changed[at] = (changed[at] ?? 0) ^ bit;
        expect(open(changed, ['p8e-test-secret'], ['place'])).toBeUndefined();
      }
      expect(open(sealed.subarray(0, at), ['p8e-test-secret'], ['place'])).toBeUndefined();
    }
    expect(open(sealed, ['p8e-test-secret'], ['place'])?.text).toBe('p8e-test-token');
  });
});

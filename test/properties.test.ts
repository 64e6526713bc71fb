/**
 * Properties, over random cases: nothing secret in what people see, one clear error for whatever a server
 * says, and a sealed token that opens for nobody else. `npm run test:fuzz` runs ten times as many.
 */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { Context } from '../src/advice.ts';
import { explain, sentence } from '../src/explain.ts';
import { GaveUpError, InputError, isAttemptError } from '../src/errors.ts';
import { echoedForms, producedForms } from '../src/secret-forms.ts';
import { type Answer, judgeTokenAnswer, secretsOfAnswer } from '../src/ims/token-response.ts';
import { parseInputs } from '../src/inputs.ts';
import {
  INPUT_DEFAULTS,
  type InputName,
  readRawInputs,
  secretsOfInputs,
} from '../src/raw-inputs.ts';
import { nextWait } from '../src/retry.ts';
import { fingerprint, open, openToken, seal, sealToken } from '../src/reuse/sealed-token.ts';
import {
  hostileText as hostile,
  RUNS,
  secretText as secret,
  TIME_LIMIT_MS,
} from './support/fuzz.ts';
import { createMasker } from './support/masker.ts';

const NOW = Date.UTC(2026, 10, 23, 12);
const CONTEXT: Context = {
  secretCount: 1,
  imsOrigin: 'https://ims-na1.adobelogin.com',
  grantType: 'client_credentials',
  scopes: ['openid'],
};

function property<T extends [unknown, ...unknown[]]>(
  arbitraries: { [K in keyof T]: fc.Arbitrary<T[K]> },
  check: (...values: T) => void,
): void {
  fc.assert(fc.property(...arbitraries, check), { numRuns: RUNS });
}

/** Server text with the secret in it, in some form, between hostile pieces. */
const echo = (value: string): fc.Arbitrary<string> =>
  fc
    .tuple(hostile, fc.constantFrom(...echoedForms(value)), hostile)
    .map((pieces) => pieces.join(' '));

function judge(answer: Answer, secrets: readonly string[]): unknown {
  try {
    return judgeTokenAnswer(answer, secrets, NOW);
  } catch (error) {
    return error;
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
        const answer = { status, debugId: id, retryAfter: id, body, sentAtMs: NOW };
        const judged = judge(answer, [value]);
        expect(isAttemptError(judged)).toBe(true);
        const masker = createMasker();
        for (const form of [value, ...producedForms(value, 'p8e-test-id')]) masker.addMask(form);
        const line = sentence(explain(judged, CONTEXT), 'docs/troubleshooting.md');
        expectFitForTheLog(line);
        for (const form of echoedForms(value)) expect(masker.mask(line)).not.toContain(form);
      });
    },
    TIME_LIMIT_MS,
  );

  it(
    'is a token or one clear error, whatever its bytes',
    () => {
      const body = fc.oneof(
        fc.string({ unit: 'binary' }),
        fc.json(),
        fc
          .record({
            access_token: fc.anything(),
            token_type: fc.anything(),
            expires_in: fc.anything(),
          })
          .map((value) => {
            try {
              return JSON.stringify(value);
            } catch {
              return '{';
            }
          }),
        fc
          .record({
            access_token: fc.string(),
            token_type: fc.constant('bearer'),
            expires_in: fc.double(),
          })
          .map((value) => JSON.stringify(value)),
      );
      property([body, fc.integer({ min: 100, max: 599 })], (text, status) => {
        const answer = { status, debugId: '', retryAfter: '', body: text, sentAtMs: NOW };
        expect(Array.isArray(secretsOfAnswer(answer))).toBe(true);
        const judged = judge(answer, []);
        if (judged instanceof Error) {
          expect(isAttemptError(judged)).toBe(true);
          expectFitForTheLog(sentence(explain(judged, CONTEXT), 'docs/troubleshooting.md'));
        }
      });
    },
    TIME_LIMIT_MS,
  );
});

describe('inputs', () => {
  const names = Object.keys(INPUT_DEFAULTS) as InputName[];

  it(
    'work or give one clear error that shows no secret, whatever they are',
    () => {
      const values = fc.record(
        Object.fromEntries(
          names.map((name) => [
            name,
            fc.oneof(fc.constant(INPUT_DEFAULTS[name]), fc.string({ unit: 'binary' }), hostile),
          ]),
        ),
      );
      property([values, secret], (given, value) => {
        const all = { ...given, 'client-secret': value };
        const env = Object.fromEntries(
          Object.entries(all).map(([name, text]) => [`INPUT_${name.toUpperCase()}`, text]),
        );
        const raw = readRawInputs(env);
        expect(secretsOfInputs(raw)).toContain(value);
        try {
          parseInputs(raw);
        } catch (error) {
          expect(error).toBeInstanceOf(InputError);
          const line = sentence(explain(error, CONTEXT), 'docs/troubleshooting.md');
          expect(line).not.toMatch(/[\r\n]|^\s*::|##\[/);
          expect(line).not.toContain(value);
        }
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
        fc.option(fc.integer({ min: 0, max: 100_000 }), { nil: undefined }),
        fc.integer({ min: -1000, max: 100_000 }),
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
      ],
      (attempt, retryAfterMs, remainingMs, random) => {
        const wait = nextWait(attempt, retryAfterMs, remainingMs, random);
        if (wait.kind === 'give_up') return;
        expect(wait.ms).toBeGreaterThanOrEqual(retryAfterMs ?? 0);
        expect(wait.ms).toBeLessThan(remainingMs);
      },
    );
  });

  it('ends with a message that holds the last failure', () => {
    const answer = { status: 503, debugId: 'd', retryAfter: '', body: '', sentAtMs: NOW };
    const last = judge(answer, []);
    if (!isAttemptError(last)) throw new Error('503 is a failure');
    const error = new GaveUpError('deadline', { attempts: 3, timeoutSeconds: 60, last });
    expect(explain(error, CONTEXT).happened).toMatch(/3 attempts within 60 s.*503/);
  });
});

describe('a sealed token', () => {
  const identity = fc.record({
    origin: fc.webUrl(),
    clientId: fc.string(),
    orgId: fc.string(),
    scopes: fc.array(fc.string()),
  });
  const token = {
    accessToken: 'p8e-test-token',
    tokenType: 'bearer',
    expiresAtMs: NOW,
    grantedScopes: undefined,
    userId: '',
  };

  it('opens with the secret that sealed it, and holds nothing in the clear', () => {
    property([secret, identity], (value, owner) => {
      const sealed = sealToken(token, value, owner);
      expect(openToken(sealed, ['p8e-test-other', value], owner)).toEqual(token);
      expect(sealed.includes('p8e-test')).toBe(false);
    });
  });

  it('opens neither with another secret, nor for another identity', () => {
    property([secret, secret, identity, identity], (value, other, owner, stranger) => {
      const sealed = sealToken(token, value, owner);
      if (other !== value) expect(openToken(sealed, [other], owner)).toBeUndefined();
      if (fingerprint(owner) !== fingerprint(stranger))
        expect(openToken(sealed, [value], stranger)).toBeUndefined();
    });
  });

  it('does not open after any changed byte, or cut anywhere', () => {
    const sealed = seal('p8e-test-token', 'p8e-test-secret', 'context');
    for (let at = 0; at < sealed.length; at += 1) {
      for (const bit of [1, 128]) {
        const changed = Buffer.from(sealed);
        changed[at] = (changed[at] ?? 0) ^ bit;
        expect(open(changed, 'p8e-test-secret', 'context')).toBeUndefined();
      }
      expect(open(sealed.subarray(0, at), 'p8e-test-secret', 'context')).toBeUndefined();
    }
    expect(open(sealed, 'p8e-test-secret', 'context')).toBe('p8e-test-token');
  });

  it('is told apart by scopes as a set', () => {
    const one = { origin: 'https://a', clientId: 'b', orgId: '', scopes: ['x', 'y'] };
    expect(fingerprint(one)).toBe(fingerprint({ ...one, scopes: ['y', 'x', 'y'] }));
    expect(fingerprint(one)).not.toBe(fingerprint({ ...one, scopes: ['x'] }));
  });
});

/** A sealed token opens with its own secret, for its own binding, and not otherwise. */

import fc from 'fast-check';
import { expect, it } from 'vitest';

import { open, seal } from '../../src/seal.ts';

import { property, secretText as secret } from '../support/fuzz.ts';

const bindings = fc.array(fc.string(), { maxLength: 5 });

it('a sealed token opens with its secret, and holds nothing in the clear', () => {
  property([secret, bindings], (value, binding) => {
    const sealed = seal('p8e-test-token', value, binding);
    expect(open(sealed, ['p8e-test-other', value], binding)).toEqual({
      text: 'p8e-test-token',
      secret: value,
    });
    expect(sealed.includes('p8e-test')).toBe(false);
  });
});

it('a sealed token opens neither with another secret, nor for another binding', () => {
  property([secret, secret, bindings, bindings], (value, other, binding, otherBinding) => {
    const sealed = seal('p8e-test-token', value, binding);
    if (other !== value) expect(open(sealed, [other], binding)).toBeUndefined();
    if (JSON.stringify(binding) !== JSON.stringify(otherBinding))
      expect(open(sealed, [value], otherBinding)).toBeUndefined();
  });
});

it('a sealed token that is changed or cut anywhere does not open', () => {
  const sealed = seal('p8e-test-token', 'p8e-test-secret', ['binding']);
  for (let at = 0; at < sealed.length; at += 1) {
    for (const bit of [1, 128]) {
      const changed = Buffer.from(sealed);
      changed[at] = (changed[at] ?? 0) ^ bit;
      expect(open(changed, ['p8e-test-secret'], ['binding'])).toBeUndefined();
    }
    expect(open(sealed.subarray(0, at), ['p8e-test-secret'], ['binding'])).toBeUndefined();
  }
  expect(open(sealed, ['p8e-test-secret'], ['binding'])?.text).toBe('p8e-test-token');
});

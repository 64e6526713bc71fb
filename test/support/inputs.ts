/** Reads inputs as the step does, in this process. */

import { expect } from 'vitest';

import { failureOf } from '../../src/failure.ts';
import { readClientSecret } from '../../src/inputs/client-secret.ts';
import { type Inputs, parseInputs } from '../../src/inputs/parse.ts';
import {
  INPUT_DEFAULTS,
  type InputName,
  type RawInputs,
  readRawInputs,
  secretsOfInputs,
} from '../../src/inputs/read.ts';

type Values = Partial<Record<InputName, string>>;

/** Reads the inputs as the runner passes them. */
function rawOf(values: Values): RawInputs {
  const given = {
    ...INPUT_DEFAULTS,
    'client-id': 'p8e-test-client',
    'client-secret': 'p8e-test-secret',
    ...values,
  };
  for (const [name, value] of Object.entries(given))
    process.env[`INPUT_${name.toUpperCase()}`] = value;
  return readRawInputs();
}

/**
 * The inputs of a step; those that are not given have their defaults.
 * @throws StepError that names every problem
 */
export function parseValues(values: Values): Inputs {
  const raw = rawOf(values);
  return parseInputs(raw, readClientSecret(raw['client-secret']));
}

/** What must be masked of the inputs. */
export function secretsOfValues(values: Values): readonly string[] {
  const raw = rawOf(values);
  return secretsOfInputs(raw, readClientSecret(raw['client-secret']));
}

/** The problems in the one message; each names its input first. None if the inputs are right. */
export function problemsOf(values: Values): readonly string[] {
  try {
    parseValues(values);
  } catch (error) {
    const { code, happened } = failureOf(error);
    expect(code).toBe('invalid_input');
    return happened.split(/(?<=\.) (?=`[a-z-]+`)/);
  }
  return [];
}

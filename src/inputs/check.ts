/** Rules for one input value. Each reports a wrong value and parses a right one. */

import type { ClientSecrets } from './client-secret.ts';
import { INPUT_DEFAULTS, type InputName, type RawInputs } from './read.ts';

/** The inputs, and how to report a problem. */
export type Check = {
  readonly raw: RawInputs;
  readonly clientSecret: ClientSecrets;
  /** Adds a problem to the error message. The subject is an input, or an input with one of its values. */
  readonly report: (subject: InputName | `${InputName}: ${string}`, problem: string) => void;
};

/** Names of the inputs whose default is not empty. */
type DefaultedInput = {
  [Name in InputName]: (typeof INPUT_DEFAULTS)[Name] extends '' ? never : Name;
}[InputName];

/** Splits at white space and commas. */
export function splitList(value: string): readonly string[] {
  return value.split(/[\s,]+/).filter((item) => item !== '');
}

/** Names a bad item by its position. It may be a secret in the wrong input, so it is never quoted. */
export function positionOf(
  list: readonly string[],
  isWrong: (item: string) => boolean,
): string | undefined {
  const at = list.findIndex(isWrong);
  return at === -1 ? undefined : `number ${at + 1} of ${list.length}`;
}

/** Says that an input with a default has no value. GitHub applies a default only to an input that is absent. */
export function reportEmpty({ report }: Check, name: DefaultedInput): void {
  report(name, `is empty: remove the line to get the default ${INPUT_DEFAULTS[name]}.`);
}

/** The value of an input that must have one. An empty value is reported and gives undefined. */
export function required(check: Check, name: DefaultedInput): string | undefined {
  const value = check.raw[name];
  if (value !== '') return value;
  reportEmpty(check, name);
  return undefined;
}

/** One of the allowed words. Any other is reported and gives undefined. */
export function choice<T extends string>(
  check: Check,
  name: DefaultedInput,
  allowed: readonly T[],
): T | undefined {
  const value = required(check, name);
  const found = allowed.find((word) => word === value);
  if (value !== undefined && found === undefined)
    check.report(name, `must be one of ${allowed.map((word) => `"${word}"`).join(', ')}.`);
  return found;
}

/** `true` or `false`, as in YAML 1.2's core schema. GitHub's own inputs take the same spellings. */
export function flag(check: Check, name: DefaultedInput): boolean {
  const value = required(check, name) ?? 'false';
  if (/^(true|True|TRUE)$/.test(value)) return true;
  if (!/^(false|False|FALSE)$/.test(value)) check.report(name, 'must be "true" or "false".');
  return false;
}

/** Whole seconds within the bounds. Anything else is reported and counts as the lower bound. */
export function seconds(check: Check, name: DefaultedInput, least: number, most: number): number {
  const text = required(check, name);
  if (text === undefined) return least;
  const value = /^\d{1,9}$/.test(text) ? Number(text) : NaN;
  if (value >= least && value <= most) return value;
  check.report(name, `must be whole seconds from ${least} to ${most}.`);
  return least;
}

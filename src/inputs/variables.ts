/** Which environment variables the token and its expiry are exported in. */

import { type Check, positionOf, splitList } from './check.ts';
import { aioVariables, isLegalName, isOwnedName } from './variable-names.ts';

/** More would be a mistake, and each holds a copy of the token. */
const MOST_NAMES = 50;

/** Characters. A client secret is longer. */
const LONGEST_CONTEXT = 32;

export type Variables = {
  /** Environment variables for the token. */
  readonly tokenVariables: readonly string[];
  /** Those for its expiry in milliseconds since 1970, which the `aio` CLI reads. */
  readonly expiryVariables: readonly string[];
};

function parseNames({ raw, report }: Check): readonly string[] {
  const names = splitList(raw['env-var']);
  if (names.length > MOST_NAMES) {
    report('env-var', `has ${names.length} names; at most ${MOST_NAMES} are allowed.`);
    return [];
  }
  const illegal = positionOf(names, (name) => !isLegalName(name));
  if (illegal !== undefined)
    report(
      'env-var',
      `has a name (${illegal}) that is not made of letters, digits and underscores, or begins with a digit.`,
    );
  const owned = positionOf(names, isOwnedName);
  if (owned !== undefined)
    report('env-var', `has a name (${owned}) that belongs to the runner or the system.`);
  return [...new Set(names)];
}

/**
 * The variables of `aio-context`. The name is printed in capitals, where no mask finds a secret: so it is
 * short, and no flag that somebody took the input for.
 */
function parseContext({ raw, report }: Check): ReturnType<typeof aioVariables> {
  const context = raw['aio-context'];
  if (context === '') return undefined;
  if (/^(?:true|false)$/i.test(context)) {
    report('aio-context', 'is the name of a context, not true or false; it is usually "cli".');
    return undefined;
  }
  const variables = context.length > LONGEST_CONTEXT ? undefined : aioVariables(context);
  if (variables === undefined)
    report(
      'aio-context',
      `must be a context name of letters, digits and single underscores, at most ${LONGEST_CONTEXT} characters long, usually "cli".`,
    );
  return variables;
}

/** Reads `env-var` and `aio-context`. */
export function parseVariables(check: Check): Variables {
  const names = parseNames(check);
  const aio = parseContext(check);
  if (aio === undefined) return { tokenVariables: names, expiryVariables: [] };
  // On Windows, names that differ in case alone are one variable.
  if (names.some((name) => name.toUpperCase() === aio.expiry))
    check.report('env-var', 'names the variable in which `aio-context` exports the expiry.');
  return { tokenVariables: [...names, aio.token], expiryVariables: [aio.expiry] };
}

/** Scopes as people keep them: separated by commas, spaces or lines, or as a JSON array. */

import { parseJson } from '../json.ts';

import { type Check, positionOf, reportEmpty, splitList } from './check.ts';

const SEPARATORS = 'separated by commas, spaces or lines, or as a JSON array of strings';

/**
 * The characters of Adobe's scopes. RFC 6749, section 3.3, allows more. But whoever writes `;`, `%`, `=`, `|`
 * or `+` means a separator or an encoding, so they are refused. `scope:` in front is a name that was copied too.
 */
const SCOPE = /^(?!scopes?:)[a-z0-9][\w.:/-]*$/i;

/** Each scope once, in the order given. */
export function parseScopes(check: Check): readonly string[] {
  const { raw, report } = check;
  const list = raw.scopes.startsWith('[') ? parseJson(raw.scopes) : [raw.scopes];
  if (!Array.isArray(list) || !list.every((item) => typeof item === 'string')) {
    report(
      'scopes',
      `starts with [ but is not a JSON array of strings; write names ${SEPARATORS}.`,
    );
    return [];
  }
  const scopes = splitList(list.join(','));
  if (scopes.length === 0) reportEmpty(check, 'scopes');
  const position = positionOf(scopes, (scope) => !SCOPE.test(scope));
  if (position !== undefined)
    report(
      'scopes',
      `has an invalid value (${position}); write the names alone, such as openid, AdobeID, ${SEPARATORS}.`,
    );
  return [...new Set(scopes)];
}

/** Which environment variables the token and its expiry are exported in. */

import { type Check, positionOf, splitList } from './check.ts';

/** More names are surely a mistake, and each variable holds a copy of the token. */
const MOST_NAMES = 50;

const LEGAL_NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** Prefixes that belong to the runner, the system or its tools. A token there changes what later steps run. */
const OWNED_PREFIXES =
  'GITHUB_ RUNNER_ ACTIONS_ INPUT_ STATE_ LD_ DYLD_ NODE_ NPM_CONFIG_ GIT_ LC_ SSL_CERT_ XDG_'.split(
    ' ',
  );

const OWNED = new Set(
  (
    'PATH HOME CI SHELL USER LOGNAME PWD OLDPWD SHLVL IFS ENV BASH_ENV PS4 PROMPT_COMMAND CDPATH TERM LANG TZ ' +
    'TMP TEMP TMPDIR HOSTNAME UID EUID PPID SHELLOPTS BASHOPTS _ ' +
    'HTTP_PROXY HTTPS_PROXY NO_PROXY ALL_PROXY FTP_PROXY ' +
    'PYTHONPATH PYTHONHOME PYTHONSTARTUP RUBYOPT RUBYLIB PERL5LIB PERL5OPT JAVA_TOOL_OPTIONS _JAVA_OPTIONS ' +
    'JDK_JAVA_OPTIONS CLASSPATH ' +
    'COMSPEC PATHEXT SYSTEMROOT SYSTEMDRIVE WINDIR APPDATA LOCALAPPDATA PROGRAMDATA PROGRAMFILES USERPROFILE ' +
    'USERNAME USERDOMAIN COMPUTERNAME HOMEDRIVE HOMEPATH PSMODULEPATH OS AGENT_TOOLSDIRECTORY'
  ).split(' '),
);

/**
 * A name that `@adobe/aio-lib-ims` can read, so no underscore beside another or at an end. At most 32
 * characters, which is too short for most secrets: the log shows the name in capitals, where no mask finds a
 * secret. Not `true` or `false`: some people take the input for a switch.
 */
const CONTEXT = /^(?!(?:true|false)$)(?=.{1,32}$)[a-z0-9]+(?:_[a-z0-9]+)*$/i;

export type Variables = {
  /** Environment variables for the token. */
  readonly tokenVariables: readonly string[];
  /** Those for its expiry in milliseconds since 1970, which the `aio` CLI reads. */
  readonly expiryVariables: readonly string[];
};

/** Whether the runner or the system owns a variable; compared in capitals, as Windows does. */
function isOwned(name: string): boolean {
  const upper = name.toUpperCase();
  return OWNED.has(upper) || OWNED_PREFIXES.some((prefix) => upper.startsWith(prefix));
}

function parseNames({ raw, report }: Check): readonly string[] {
  const names = splitList(raw['env-var']);
  if (names.length > MOST_NAMES) {
    report('env-var', `has ${names.length} names; at most ${MOST_NAMES} are allowed.`);
    return [];
  }
  const illegal = positionOf(names, (name) => !LEGAL_NAME.test(name));
  if (illegal !== undefined)
    report(
      'env-var',
      `has a name (${illegal}) that is not made of letters, digits and underscores, or begins with a digit.`,
    );
  const owned = positionOf(names, isOwned);
  if (owned !== undefined)
    report('env-var', `has a name (${owned}) that belongs to the runner or the system.`);
  return [...new Set(names)];
}

/** Reads `env-var` and `aio-context`. */
export function parseVariables(check: Check): Variables {
  const { raw, report } = check;
  const names = parseNames(check);
  const context = raw['aio-context'];
  if (context === '') return { tokenVariables: names, expiryVariables: [] };
  if (!CONTEXT.test(context))
    report(
      'aio-context',
      'must be the name of a context, usually "cli", and not true or false: letters, digits and single underscores, at most 32 characters.',
    );
  // In a variable's name, `aio` reads `_` as a separator and `__` as an underscore, and ignores case.
  const prefix = `AIO_IMS_CONTEXTS_${context.replaceAll('_', '__').toUpperCase()}_ACCESS__TOKEN`;
  const expiry = `${prefix}_EXPIRY`;
  // On Windows, names that differ in case alone are one variable.
  if (names.some((name) => name.toUpperCase() === expiry))
    report('env-var', 'names the variable in which `aio-context` exports the expiry.');
  const tokenVariables = [...new Set([...names, `${prefix}_TOKEN`])];
  return { tokenVariables, expiryVariables: [expiry] };
}

/** Names of environment variables: which may be set, and which the `aio` CLI reads. */

const LEGAL = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** Prefixes that the runner, the loader, Node, npm or git own; a token there changes what later steps run. */
const OWNED_PREFIXES = [
  'GITHUB_',
  'RUNNER_',
  'ACTIONS_',
  'INPUT_',
  'STATE_',
  'LD_',
  'DYLD_',
  'NODE_',
  'NPM_CONFIG_',
  'GIT_',
  'LC_',
  'SSL_CERT_',
  'XDG_',
];

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
 * Judges the name of a variable to export; names are compared in capitals, as Windows does. Undefined
 * when it may be set, otherwise the reason, to follow the name.
 */
export function judgeVariableName(name: string): string | undefined {
  if (!LEGAL.test(name))
    return 'is not made of letters, digits and underscores alone, or begins with a digit';
  const upper = name.toUpperCase();
  if (OWNED.has(upper) || OWNED_PREFIXES.some((prefix) => upper.startsWith(prefix)))
    return 'belongs to the runner or the system';
  return undefined;
}

export type AioVariables = { readonly token: string; readonly expiry: string };

/**
 * The variables that `@adobe/aio-lib-ims` reads a token from. In their names `_` separates, `__` is an
 * underscore and case is folded, so a context with an underscore beside another or at an end cannot be
 * written: undefined.
 */
export function aioVariables(context: string): AioVariables | undefined {
  if (!/^[A-Za-z0-9]+(?:_[A-Za-z0-9]+)*$/.test(context)) return undefined;
  const name = context.replaceAll('_', '__').toUpperCase();
  const prefix = `AIO_IMS_CONTEXTS_${name}_ACCESS__TOKEN`;
  return { token: `${prefix}_TOKEN`, expiry: `${prefix}_EXPIRY` };
}

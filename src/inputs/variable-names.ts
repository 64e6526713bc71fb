/** Names of environment variables: which may be set, and which the `aio` CLI reads. */

/** Prefixes that the runner, the loader, Node, npm or git own; a token there changes what later steps run. */
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

/** A legal name of an environment variable. */
export function isLegalName(name: string): boolean {
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(name);
}

/** Whether the runner or the system owns a variable; compared in capitals, as Windows does. */
export function isOwnedName(name: string): boolean {
  const upper = name.toUpperCase();
  return OWNED.has(upper) || OWNED_PREFIXES.some((prefix) => upper.startsWith(prefix));
}

/**
 * The variables that `@adobe/aio-lib-ims` reads a token from. In their names `_` separates, `__` is an
 * underscore and case is folded. Undefined for a context that cannot be written so: one with an underscore
 * beside another or at an end.
 */
export function aioVariables(
  context: string,
): { readonly token: string; readonly expiry: string } | undefined {
  if (!/^[A-Za-z0-9]+(?:_[A-Za-z0-9]+)*$/.test(context)) return undefined;
  const name = context.replaceAll('_', '__').toUpperCase();
  const prefix = `AIO_IMS_CONTEXTS_${name}_ACCESS__TOKEN`;
  return { token: `${prefix}_TOKEN`, expiry: `${prefix}_EXPIRY` };
}

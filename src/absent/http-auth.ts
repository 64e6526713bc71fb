/**
 * Stands in for a part of `@actions/http-client` in the bundle (see `paths` in tsconfig.json).
 * `@actions/core` imports it to ask for OIDC tokens, which nothing here does.
 */
export function BearerCredentialHandler(): never {
  throw new Error('this package is not part of the bundle');
}

/**
 * Stands in for the package `@actions/exec` in the bundle (see `paths` in tsconfig.json). `@actions/core`
 * imports it to describe the platform, which nothing here asks for.
 */
export function getExecOutput(): never {
  throw new Error('this package is not part of the bundle');
}

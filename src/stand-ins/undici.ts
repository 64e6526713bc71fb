/**
 * Stands in for the package `undici` in the bundle (see `paths` in tsconfig.json). `@actions/http-client`
 * imports it for `getAgentDispatcher`, which nothing here calls; the real one would be nine tenths of
 * what a reviewer has to read.
 */
export function ProxyAgent(): never {
  throw new Error('this package is not part of the bundle');
}

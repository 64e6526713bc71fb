/**
 * Stands in for the package `supports-color` in `dist/cache` (see `paths` in its tsconfig.json). `debug` takes
 * it where it is installed, which here only tools do: what they bring must not get into what is published.
 */
export const level = 0;

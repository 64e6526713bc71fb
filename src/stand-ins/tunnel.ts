/**
 * Stands in for the package `tunnel` in the bundle (see `paths` in tsconfig.json) until a proxy is used.
 * `@actions/http-client` imports it always, and with it Node's `assert`, which takes long to load.
 */

type Make = (options: object) => object;
type Name = 'httpOverHttp' | 'httpsOverHttp' | 'httpOverHttps' | 'httpsOverHttps';

const lazily =
  (name: Name): Make =>
  (options) => {
    // With credentials it calls a function of which Node warns on stderr; whoever runs the step cannot mend that.
    process.noDeprecation = true;
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- the caller cannot wait for a promise
    const tunnel = require('tunnel/index.js') as Readonly<Record<Name, Make>>;
    return tunnel[name](options);
  };

export const httpOverHttp = lazily('httpOverHttp');
export const httpsOverHttp = lazily('httpsOverHttp');
export const httpOverHttps = lazily('httpOverHttps');
export const httpsOverHttps = lazily('httpsOverHttps');

"use strict";
exports.id = 411;
exports.ids = [411];
exports.modules = {

/***/ 395:
/***/ ((__unused_webpack_module, __unused_webpack___webpack_exports__, __webpack_require__) => {


// EXTERNAL MODULE: external "node:os"
var external_node_os_ = __webpack_require__(161);
// EXTERNAL MODULE: ./node_modules/@actions/core/lib/command.js
var lib_command = __webpack_require__(635);
// EXTERNAL MODULE: ./node_modules/@actions/core/lib/file-command.js
var file_command = __webpack_require__(902);
;// CONCATENATED MODULE: ./src/stand-ins/core.ts



const logs = (command) => (message) => {
    (0,lib_command/* issueCommand */.L)(command, {}, message);
};
const writes = (command) => (name, value) => {
    (0,file_command/* issueFileCommand */.n)(command, (0,file_command/* prepareKeyValueMessage */.v)(name, value));
};
const notice = logs('notice');
const warning = logs('warning');
const error = logs('error');
const setSecret = logs('add-mask');
const setOutput = writes('OUTPUT');
const saveState = writes('STATE');
const exportToLaterSteps = writes('ENV');
function exportVariable(name, value) {
    process.env[name] = value;
    exportToLaterSteps(name, value);
}
function info(message) {
    process.stdout.write(message + external_node_os_.EOL);
}
function setFailed(message) {
    process.exitCode = 1;
    error(message);
}

;// CONCATENATED MODULE: ./src/failure.ts
const CODES = (/* unused pure expression or super */ null && ([
    'invalid_input',
    'invalid_client',
    'invalid_scope',
    'unauthorized_client',
    'unsupported_grant_type',
    'access_denied',
    'invalid_request',
    'jwt_credential',
    'redirect_refused',
    'throttled',
    'ims_unavailable',
    'gateway',
    'ims_error',
    'malformed_answer',
    'network',
    'tls',
    'proxy',
    'timeout',
    'retry_after',
    'answer_lost',
    'cancelled',
    'runner',
    'unexpected',
]));
class failure_StepError extends Error {
    name = 'StepError';
    failure;
    constructor(failure, options) {
        super(failure.happened, options);
        this.failure = failure;
    }
}
function failureOf(error) {
    if (error instanceof failure_StepError)
        return error.failure;
    return {
        code: 'unexpected',
        happened: `The action has a defect (${error instanceof Error ? error.name : typeof error}).`,
        remedy: 'Please report it in the repository of the action.',
    };
}
function troubleshootingUrl(env) {
    const path = 'docs/troubleshooting.md';
    const server = env['GITHUB_SERVER_URL'] ?? '';
    const repository = env['GITHUB_ACTION_REPOSITORY'] ?? '';
    const ref = env['GITHUB_ACTION_REF'] ?? '';
    const plain = /^[\w./-]+$/;
    const known = plain.test(repository) && plain.test(ref) && /^https:\/\/[\w.:-]+$/.test(server);
    return known ? `${server}/${repository}/blob/${ref}/${path}` : path;
}
function sentence(failure, env) {
    const { code, happened, remedy, facts = [] } = failure;
    const more = `More: ${troubleshootingUrl(env)}#${code} (${[...new Set([code, ...facts])].join(', ')})`;
    return [happened, remedy, more].filter((part) => part !== '').join(' ');
}

// EXTERNAL MODULE: external "node:https"
var external_node_https_ = __webpack_require__(708);
// EXTERNAL MODULE: external "node:stream"
var external_node_stream_ = __webpack_require__(75);
// EXTERNAL MODULE: ./node_modules/@actions/http-client/lib/index.js
var lib = __webpack_require__(779);
// EXTERNAL MODULE: external "node:crypto"
var external_node_crypto_ = __webpack_require__(598);
// EXTERNAL MODULE: external "node:tls"
var external_node_tls_ = __webpack_require__(311);
// EXTERNAL MODULE: ./node_modules/@actions/http-client/lib/proxy.js
var lib_proxy = __webpack_require__(783);
;// CONCATENATED MODULE: ./src/ims/route.ts



class UnreadableProxyError extends Error {
    name = 'UnreadableProxyError';
}
function proxyFor(url) {
    const [lower, upper] = url.protocol === 'https:' ? ['https_proxy', 'HTTPS_PROXY'] : ['http_proxy', 'HTTP_PROXY'];
    const given = [process.env[lower], process.env[upper]].find(Boolean);
    if (given === undefined || (0,lib_proxy/* checkBypass */.H)(url))
        return undefined;
    try {
        const proxy = (0,lib_proxy/* getProxyUrl */.s)(url);
        if (proxy !== undefined && proxy.hostname !== '')
            return proxy;
    }
    catch {
    }
    throw new UnreadableProxyError('a proxy variable is not a URL');
}
const hash = (text) => (0,external_node_crypto_.createHash)('sha256').update(text).digest('hex');
function trustedCertificates() {
    const listed = typeof external_node_tls_.getCACertificates === 'function';
    if (listed && !/use.openssl.ca/.test(process.env['NODE_OPTIONS'] ?? ''))
        return external_node_tls_.getCACertificates('default').join('\n');
    const names = ['NODE_EXTRA_CA_CERTS', 'SSL_CERT_FILE', 'SSL_CERT_DIR'];
    return JSON.stringify(names.map((name) => process.env[name] ?? ''));
}
function routeTo(origin) {
    let proxy = 'unreadable';
    try {
        const found = proxyFor(new URL(origin));
        proxy = found === undefined ? 'none' : `${found.href} ${found.username} ${found.password}`;
    }
    catch {
    }
    return { proxy: hash(proxy), certificates: hash(trustedCertificates()) };
}

;// CONCATENATED MODULE: ./src/ims/http.ts




const http_isSuccess = ({ status }) => status >= 200 && status <= 299;
class http_TimedOutError extends Error {
    name = 'TimedOutError';
}
async function readBounded(message, limitBytes) {
    const chunks = [];
    let size = 0;
    for await (const chunk of message) {
        size += chunk.length;
        if (size > limitBytes)
            return undefined;
        chunks.push(chunk);
    }
    return Buffer.concat(chunks);
}
function ended(signal) {
    return new Promise((_resolve, reject) => {
        const stop = () => {
            reject(new Error('ended'));
        };
        signal.addEventListener('abort', stop, { once: true });
    });
}
const lookupLoopback = (_hostname, options, callback) => {
    const addresses = [
        { address: '127.0.0.1', family: 4 },
        { address: '::1', family: 6 },
    ];
    if (options.all === true)
        callback(null, addresses);
    else
        callback(null, '127.0.0.1', 4);
};
function watch(agent, event, onConnect) {
    const connect = agent.createConnection.bind(agent);
    agent.createConnection = (...words) => {
        const socket = connect(...words);
        socket?.once(event, onConnect);
        return socket;
    };
}
function handler(signal, onConnect) {
    return {
        prepareRequest(options) {
            options.signal = signal;
            if (options.host === 'localhost')
                options.lookup = lookupLoopback;
            if (options.host === '[::1]')
                options.host = '::1';
            const agent = options.agent;
            if (agent.proxyOptions === undefined)
                watch(agent, agent instanceof external_node_https_.Agent ? 'secureConnect' : 'connect', onConnect);
            else {
                agent.proxyOptions.signal = signal;
                process.noDeprecation = true;
                onConnect();
            }
        },
        canHandleAuthentication: () => false,
        handleAuthentication: () => Promise.reject(new Error('not supported')),
    };
}
async function send({ method, url, headers, body }, signal, { limitBytes, onConnect = () => undefined }) {
    const policy = { allowRedirects: false, allowRetries: false };
    const client = new lib/* HttpClient */.Qq('', [handler(signal, onConnect)], policy);
    client.userAgent = 'adobe-ims-token';
    const bytes = Buffer.isBuffer(body);
    const length = bytes ? { 'content-length': String(body.length) } : {};
    const content = bytes ? external_node_stream_.Readable.from([body]) : (body ?? null);
    try {
        const response = await Promise.race([
            client.request(method, url.href, content, { ...headers, ...length }),
            ended(signal),
        ]);
        const { message } = response;
        const read = await readBounded(message, limitBytes);
        return { status: message.statusCode ?? 0, headers: message.headers, body: read };
    }
    finally {
        client.dispose();
    }
}
async function http_exchange(request, options) {
    proxyFor(request.url);
    options.signal.throwIfAborted();
    const limit = new AbortController();
    const timer = setTimeout(() => {
        limit.abort();
    }, options.limitMs);
    try {
        return await send(request, AbortSignal.any([limit.signal, options.signal]), options);
    }
    catch (error) {
        throw limit.signal.aborted ? new http_TimedOutError('timed out') : error;
    }
    finally {
        clearTimeout(timer);
    }
}

;// CONCATENATED MODULE: ./src/ims/json.ts
function json_parseObject(text) {
    try {
        const value = JSON.parse(text);
        const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
        return isObject ? value : undefined;
    }
    catch {
        return undefined;
    }
}

;// CONCATENATED MODULE: ./src/ims/refusals.ts
const CONSOLE = 'the Adobe Developer Console (developer.adobe.com/console)';
const WHY_A_SECRET_IS_EMPTY = 'to a pull request from a fork and to Dependabot, when the job does not name the environment that holds the secret, and when its name is misspelt';
const NEW_USER_TOKEN = 'Let the user sign in again, and store the new refresh token or code; each code works once, and a refresh token lasts 14 days by default.';
function wrongClient({ secretCount, origin }, { description }) {
    const code = 'invalid_client';
    if (secretCount === 0)
        return {
            code,
            happened: 'IMS refused the client. No client secret was sent, as `client-secret` is empty.',
            remedy: `A public client has none: compare \`client-id\` with the credential in ${CONSOLE}. Any other needs its secret. GitHub passes an empty secret ${WHY_A_SECRET_IS_EMPTY}.`,
        };
    const text = description.toLowerCase();
    if (text.includes('client_secret'))
        return {
            code,
            happened: `IMS refused ${secretCount === 2 ? 'both client secrets' : 'the client secret'}.`,
            remedy: `Compare \`client-secret\` with the credential in ${CONSOLE}: it may have been deleted there, cut off when copied, or belong to another credential.`,
        };
    const environment = origin.includes('-stg1')
        ? 'the stage environment that `ims-url` points to; a production credential needs the default `ims-url`'
        : 'production; a stage credential needs `ims-url: https://ims-na1-stg1.adobelogin.com`';
    return {
        code,
        happened: text.includes('client_id')
            ? 'IMS does not know the client ID.'
            : 'IMS refused the client ID or the client secret.',
        remedy: `Compare \`client-id\` and \`client-secret\` with the credential in ${CONSOLE}. The credential must also belong to ${environment}.`,
    };
}
function listed(scopes, clean) {
    const list = clean(scopes.join(','), Infinity);
    return list.length > 2000 ? `${scopes.length} scopes` : list;
}
function wrongScope({ scopes, clean }) {
    const code = 'invalid_scope';
    if (scopes.length === 0)
        return {
            code,
            happened: 'IMS refused the scopes of this token.',
            remedy: `They come from the user's consent: let the user sign in again, and compare with the scopes on the page of the credential in ${CONSOLE}.`,
        };
    return {
        code,
        happened: 'A scope is not granted to this credential.',
        remedy: `Asked for: ${listed(scopes, clean)}. Compare with the scopes on the page of the credential in ${CONSOLE}; to be granted more, add the API to the project.`,
    };
}
function refusedGrant({ grantType }) {
    const code = 'access_denied';
    if (grantType === 'client_credentials')
        return {
            code,
            happened: 'IMS denied access.',
            remedy: `Check in ${CONSOLE} that the credential is active and that its product profiles are assigned.`,
        };
    return {
        code,
        happened: 'IMS refused the code or refresh token: it has expired, was used, or was revoked, or it belongs to another `client-id` or `code-verifier`.',
        remedy: NEW_USER_TOKEN,
    };
}
const wrongParameter = () => ({
    code: 'invalid_request',
    happened: 'IMS found a parameter missing or malformed.',
    remedy: 'Compare each input with the credential; `org-id` looks like `ABC123@AdobeOrg`.',
});
const BY_ERROR = new Map(Object.entries({
    invalid_client: wrongClient,
    invalid_scope: wrongScope,
    unauthorized_client: ({ grantType }) => ({
        code: 'unauthorized_client',
        happened: `This credential may not use \`grant-type: ${grantType}\`.`,
        remedy: `Check its type in ${CONSOLE}: \`client_credentials\` needs an OAuth Server-to-Server credential, the user grants a Web App, Single Page App or Native App one. A Service Account (JWT) credential no longer works: migrate it to OAuth Server-to-Server.`,
    }),
    unsupported_grant_type: ({ grantType }) => ({
        code: 'unsupported_grant_type',
        happened: `The server does not support \`grant-type: ${grantType}\`.`,
        remedy: 'Check that `ims-url` is IMS, and that the credential is of the type for this grant.',
    }),
    access_denied: refusedGrant,
    invalid_grant: refusedGrant,
    invalid_token: refusedGrant,
    invalid_parameter_value: wrongParameter,
    invalid_request: wrongParameter,
}));
const JWT_ERA = /\bjwt\b|service account|invalid_jwt|exchange_jwt|metascope/i;
function isTransient(status) {
    return status === 408 || status === 429 || status >= 500;
}
function byStatus({ status, error, description, debugId }) {
    if (status >= 300 && status < 400)
        return {
            code: 'redirect_refused',
            happened: `The server answered with a redirect (HTTP ${status}), which is never followed: it would carry the secret elsewhere.`,
            remedy: 'Check `ims-url`, and whether a proxy or portal intercepts the connection.',
        };
    if (status === 429)
        return {
            code: 'throttled',
            happened: 'IMS throttles this client: too many token requests.',
            remedy: 'Run fewer jobs at once, reuse tokens (`reuse`), or raise `timeout`.',
        };
    if (status >= 500 || status === 408)
        return {
            code: 'ims_unavailable',
            happened: `IMS is not available (HTTP ${status}).`,
            remedy: 'Run the job again later.',
        };
    const bare = error === '' && description === '';
    if (bare && (status === 401 || status === 403 || status === 404))
        return {
            code: 'gateway',
            happened: `A gateway answered HTTP ${status}, and not with an IMS error.`,
            remedy: 'Check `ims-url`, and whether a proxy or firewall of the runner is in between.',
        };
    return {
        code: 'ims_error',
        happened: `IMS refused the request (HTTP ${status}).`,
        remedy: `Compare the inputs with the credential in ${CONSOLE}.${debugId === '' ? '' : " With the x-debug-id at the end, Adobe's support can find the request."}`,
    };
}
function quoted(description) {
    return description === '' ? '' : ` IMS says "${description}".`;
}
function words(said, asked) {
    const { status, error, description } = said;
    if (status < 400 || isTransient(status))
        return byStatus(said);
    if (JWT_ERA.test(`${error} ${description}`))
        return {
            code: 'jwt_credential',
            happened: 'This looks like a Service Account (JWT) credential, and those ended.',
            remedy: `Migrate it in ${CONSOLE} to OAuth Server-to-Server, as Adobe's migration guide describes, and use the client ID and secret of the new credential.`,
        };
    return BY_ERROR.get(error)?.(asked, said) ?? byStatus(said);
}
function refusal(said, asked) {
    const { status, error, description, debugId } = said;
    const { code, happened, remedy } = words(said, asked);
    return {
        code,
        happened: happened + quoted(description),
        remedy,
        facts: [error, `HTTP ${status}`, debugId && `x-debug-id ${debugId}`].filter(Boolean),
        refusesClient: error === 'invalid_client' && status >= 400 && status < 500,
    };
}

;// CONCATENATED MODULE: ./src/ims/token.ts

const SCOPE = /^[\x21\x23-\x2b\x2d-\x5b\x5d-\x7e]+$/;
const USER_ID = /^[\x21-\x7e]{1,256}$/;
function token_isTokenText(value) {
    return typeof value === 'string' && /^[\x21-\x7e]+$/.test(value);
}
function claimsOf(accessToken) {
    const payload = Buffer.from(accessToken.split('.')[1] ?? '', 'base64url').toString('utf8');
    const { scope, user_id: userId } = parseObject(payload) ?? {};
    const scopes = typeof scope === 'string' ? scope.split(/[\s,]+/) : undefined;
    return {
        grantedScopes: scopes?.filter((name) => SCOPE.test(name)),
        userId: typeof userId === 'string' && USER_ID.test(userId) ? userId : '',
    };
}
function token_secondsLeft(expiresAtMs, nowMs) {
    return Math.max(0, Math.floor((expiresAtMs - nowMs) / 1000));
}
function isoSeconds(ms) {
    return new Date(ms).toISOString().replace(/\.\d{3}Z$/, 'Z');
}

;// CONCATENATED MODULE: ./src/ims/answers.ts





const ANSWER_LIMIT_BYTES = 64 * 1024;
const MILLISECONDS_ABOVE = 10_000_000;
const TEN_YEARS_SECONDS = 10 * 366 * 86_400;
function header({ headers }, name) {
    const value = headers[name];
    return typeof value === 'string' ? Buffer.from(value, 'latin1').toString('utf8') : '';
}
function readAnswer(response, sentAtMs) {
    const text = response.body?.toString('utf8') ?? '';
    const fields = json_parseObject(text);
    const kind = text.trimStart().startsWith('<') ? 'web page' : 'other';
    return {
        status: response.status,
        debugId: header(response, 'x-debug-id'),
        retryAfter: header(response, 'retry-after'),
        body: response.body === undefined ? 'too long' : fields === undefined ? kind : 'json',
        fields: fields ?? {},
        sentAtMs,
    };
}
function parseRetryAfter(value, sentAtMs) {
    const text = value.trim();
    if (/^\d{1,10}$/.test(text))
        return Number(text) * 1000;
    if (!/^[A-Z][a-z]{2,8},? .*(GMT|\d{4})$/.test(text))
        return undefined;
    const dateMs = Date.parse(text.endsWith('GMT') ? text : `${text} GMT`);
    return Number.isNaN(dateMs) ? undefined : Math.max(0, dateMs - sentAtMs);
}
function secretsOf({ fields }) {
    const values = [fields['access_token'], fields['refresh_token'], fields['id_token']];
    return values.filter((value) => typeof value === 'string');
}
function textOf({ fields }, name) {
    const value = fields[name];
    return typeof value === 'string' ? value : '';
}
const LONGEST_TEXT = 4000;
function saidBy(answer, asked) {
    const clean = (text, limit) => text.length > LONGEST_TEXT ? '' : asked.clean(text, limit);
    return {
        status: answer.status,
        error: clean(textOf(answer, 'error'), 64),
        description: clean(textOf(answer, 'error_description')),
        debugId: clean(answer.debugId, 100),
    };
}
function refused(answer, asked) {
    const { status, retryAfter, sentAtMs } = answer;
    const failure = refusal(saidBy(answer, asked), asked);
    if (!isTransient(status))
        return new failure_StepError(failure);
    const mayBeServed = status >= 500 && status !== 503;
    const afterMs = parseRetryAfter(retryAfter, sentAtMs);
    return new failure_StepError({ ...failure, retry: { afterMs, mayBeServed } });
}
function unusable(answer, asked, happened, more = {}) {
    const { error, description, debugId } = saidBy(answer, asked);
    return new failure_StepError({
        code: 'malformed_answer',
        happened: happened + quoted(description),
        remedy: 'Check `ims-url`, and whether a proxy answers in place of IMS; otherwise run the job again later.',
        facts: [error, debugId && `x-debug-id ${debugId}`].filter(Boolean),
        ...more,
    });
}
const TOO_LONG = 'The answer is larger than 64 KiB and was refused.';
function judgeRevocation(answer, asked) {
    const { error } = answer.fields;
    if (error === 'invalid_token' && answer.status < 500)
        return false;
    if (!http_isSuccess(answer) || error !== undefined)
        throw refused(answer, asked);
    if (answer.body === 'too long')
        throw unusable(answer, asked, TOO_LONG);
    if (answer.body === 'web page')
        throw unusable(answer, asked, 'The answer is a web page.');
    return true;
}
function lifetimeMs(expiresIn) {
    if (typeof expiresIn !== 'number' || !(expiresIn > 0))
        return undefined;
    const seconds = expiresIn > MILLISECONDS_ABOVE ? expiresIn / 1000 : expiresIn;
    return seconds > TEN_YEARS_SECONDS ? undefined : seconds * 1000;
}
function judgeToken(answer, asked) {
    if (!http_isSuccess(answer))
        throw refused(answer, asked);
    if (answer.body === 'too long')
        throw unusable(answer, asked, TOO_LONG);
    if (answer.body !== 'json')
        throw unusable(answer, asked, 'The answer was cut off or is not JSON.', {
            retry: { mayBeServed: true },
        });
    const unusableField = (name) => unusable(answer, asked, `The answer has no usable \`${name}\`.`);
    const { access_token: accessToken, token_type: tokenType, expires_in: expiresIn } = answer.fields;
    const refreshToken = answer.fields['refresh_token'] ?? '';
    if (!token_isTokenText(accessToken))
        throw unusableField('access_token');
    if (typeof tokenType !== 'string' || tokenType.toLowerCase() !== 'bearer')
        throw unusableField('token_type');
    const lifetime = lifetimeMs(expiresIn);
    if (lifetime === undefined)
        throw unusableField('expires_in');
    if (refreshToken !== '' && !token_isTokenText(refreshToken))
        throw unusableField('refresh_token');
    return {
        token: { accessToken, tokenType, expiresAtMs: answer.sentAtMs + lifetime },
        refreshToken,
    };
}

;// CONCATENATED MODULE: ./src/ims/network.ts


const CERTIFICATE_CODE = /^(ERR_TLS_CERT_|CERT_|CRL_|UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|INVALID_CA|HOSTNAME_MISMATCH|PATH_LENGTH|INVALID_PURPOSE)/;
const HANDSHAKE_CODE = /^(EPROTO|ERR_SSL_|ERR_TLS_)/;
const TUNNEL = /^tunneling socket could not be established(?:, statusCode=(\d{3})$|, cause=.*?\b(E[A-Z_]{4,}))?/;
function certificateRemedy(reason) {
    if (/EXPIRED|NOT_YET_VALID/.test(reason))
        return 'Check the clock of the runner. If a proxy of your company inspects TLS, its certificate may be the one at fault.';
    if (/ALTNAME|HOSTNAME/.test(reason))
        return 'Another server answers for this name: check `ims-url`, DNS, and whether a proxy is in between.';
    return 'If a proxy of your company inspects TLS, set `NODE_EXTRA_CA_CERTS` to the file with its CA certificate.';
}
function proxyFailure(status, origin, reason) {
    const facts = [status === undefined ? reason : `proxy answered ${status}`];
    if (status !== undefined && Number(status) < 500)
        return {
            code: 'proxy',
            happened: `The proxy refused a connection to ${origin}, so nothing was sent.`,
            remedy: 'Check `https_proxy`, its user name and password, and what the proxy allows.',
            facts,
        };
    return {
        code: 'proxy',
        happened: `The proxy in \`https_proxy\` gave no connection to ${origin}, so nothing was sent.`,
        remedy: 'Check that the runner reaches the proxy, and the proxy IMS. If the proxy itself speaks https, `NODE_EXTRA_CA_CERTS` must name its CA.',
        facts,
        retry: {},
    };
}
function tlsFailure(reason, origin) {
    if (CERTIFICATE_CODE.test(reason))
        return {
            code: 'tls',
            happened: `The certificate of ${origin} could not be verified, so nothing was sent.`,
            remedy: certificateRemedy(reason),
            facts: [reason],
        };
    return {
        code: 'tls',
        happened: `No TLS connection to ${origin} could be made, so nothing was sent.`,
        remedy: 'Check the port in `ims-url`, and whether a proxy or firewall answers in place of IMS.',
        facts: [reason],
    };
}
function connectionFailure(reason, origin, connected) {
    const common = { code: 'network', facts: [reason], retry: { mayBeServed: connected } };
    if (connected)
        return {
            ...common,
            happened: `The connection to ${origin} broke before the whole answer came.`,
            remedy: 'Run the job again; if it happens again, look for a proxy or firewall that cuts connections.',
        };
    return {
        ...common,
        happened: `No connection to ${origin}.`,
        remedy: 'Check that the runner may reach it: DNS, firewall, and the proxy variables `https_proxy` and `no_proxy`.',
    };
}
function networkFailure(error, attempt) {
    const { origin, limitMs, connected } = attempt;
    if (error instanceof http_TimedOutError)
        return {
            code: 'timeout',
            happened: `${origin} did not answer in time.`,
            remedy: 'Run the job again, or raise `timeout`.',
            facts: [`no answer within ${(limitMs / 1000).toFixed(1)} s`],
            retry: { mayBeServed: connected },
        };
    if (error instanceof UnreadableProxyError)
        return {
            code: 'proxy',
            happened: '`https_proxy` is not the URL of a proxy, so nothing was sent.',
            remedy: 'Write it as http://host:port. In its user name and password, % is written %25, @ is written %40 and : is written %3A.',
            facts: ['ERR_INVALID_URL'],
        };
    const { code = '', message } = error;
    const reason = /^[A-Z0-9_]{2,60}$/.test(code) ? code : 'UNKNOWN';
    const tunnel = TUNNEL.exec(message);
    if (CERTIFICATE_CODE.test(reason) || HANDSHAKE_CODE.test(reason))
        return tlsFailure(reason, origin);
    if (tunnel !== null)
        return proxyFailure(tunnel[1], origin, tunnel[2] ?? reason);
    return connectionFailure(reason, origin, connected);
}

;// CONCATENATED MODULE: ./src/secrets.ts

const TEXT_LIMIT = 300;
const LONGEST_SERVER_TEXT = 4000;
const CUT = '\uffff';
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]+/gu;
const formEncoded = (value) => new URLSearchParams({ v: value }).toString().slice(2);
function basicCredentials(clientId, clientSecret) {
    return Buffer.from(`${clientId}:${clientSecret}`, 'utf8').toString('base64');
}
function basicForms(clientId, secret) {
    const basic = basicCredentials(clientId, secret);
    const urlSafe = Buffer.from(basic, 'base64').toString('base64url');
    return [basic, basic.slice(0, urlSafe.length), urlSafe];
}
const HTML = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
    "'": '&#39;',
};
function echoedForms(secret) {
    const form = formEncoded(secret);
    const percent = form.replaceAll('+', '%20');
    return [
        secret,
        ...[form, percent].flatMap((text) => [
            text,
            text.replaceAll(/%../g, (code) => code.toLowerCase()),
        ]),
        JSON.stringify(secret).slice(1, -1),
        secret.replaceAll(/[&<>"']/g, (character) => HTML[character] ?? ''),
    ];
}
const UNUSED_LIMIT = { values: 30, bytes: 64 * 1024 };
class Secrets {
    #values = new Set();
    #forms = [];
    #unused = { values: 0, bytes: 0 };
    #hidesServerText = false;
    constructor(values = []) {
        this.add(values);
    }
    add(values) {
        const secrets = this.#unknown(values);
        for (const secret of secrets)
            this.#values.add(secret);
        const masks = new Set(secrets.flatMap((secret) => [secret, formEncoded(secret)]));
        for (const mask of masks)
            setSecret(mask);
        const forms = new Set([...this.#forms, ...masks, ...secrets.flatMap(echoedForms)]);
        this.#forms = [...forms].sort((a, b) => b.length - a.length);
    }
    addUnused(values) {
        const tokens = this.#unknown(values);
        this.#unused.values += tokens.length;
        for (const token of tokens)
            this.#unused.bytes += Buffer.byteLength(token, 'utf8');
        const { values: count, bytes } = this.#unused;
        this.#hidesServerText ||= count > UNUSED_LIMIT.values || bytes > UNUSED_LIMIT.bytes;
        if (!this.#hidesServerText)
            this.add(tokens);
    }
    serverText = (text, limit = TEXT_LIMIT) => this.#hidesServerText || text.length > LONGEST_SERVER_TEXT ? '' : this.clean(text, limit);
    clean = (text, limit = TEXT_LIMIT) => {
        let cut = text.toWellFormed();
        for (const form of this.#forms)
            cut = cut.replaceAll(form, CUT);
        const harmless = cut
            .replaceAll(CUT, '***')
            .replace(INVISIBLE, ' ')
            .replaceAll(/:(?=:)/g, ': ')
            .replaceAll(/##(?=\[)/g, '## ')
            .replaceAll(/ {2,}/g, ' ')
            .trim();
        if (harmless.length <= limit)
            return harmless;
        const start = harmless.slice(0, limit).toWellFormed();
        return `${start.replace(/\ufffd$/, '')}\u2026`;
    };
    #unknown(values) {
        const wellFormed = new Set(values.map((value) => value.toWellFormed()));
        return [...wellFormed].filter((value) => value.trim() !== '' && !this.#values.has(value));
    }
}

;// CONCATENATED MODULE: ./src/ims/requests.ts

function requests_askedScopes(grant) {
    return grant.type === 'client_credentials' ? grant.scopes : [];
}
function formRequest(path, { clientId }, { method, secret }, fields) {
    const form = new URLSearchParams(fields);
    const headers = {
        accept: 'application/json',
        'content-type': 'application/x-www-form-urlencoded',
    };
    if (method === 'client_secret_basic')
        headers['authorization'] = `Basic ${basicCredentials(clientId, secret)}`;
    else
        form.set('client_id', clientId);
    if (method === 'client_secret_post')
        form.set('client_secret', secret);
    return { path, headers, body: form.toString() };
}
function grantFields(grant) {
    switch (grant.type) {
        case 'client_credentials':
            return { scope: grant.scopes.join(',') };
        case 'refresh_token':
            return { refresh_token: grant.refreshToken };
        case 'authorization_code':
            return grant.codeVerifier === ''
                ? { code: grant.code }
                : { code: grant.code, code_verifier: grant.codeVerifier };
    }
}
function tokenRequest(client, grant, authentication) {
    const organization = client.orgId === '' ? {} : { org_id: client.orgId };
    const fields = { grant_type: grant.type, ...grantFields(grant), ...organization };
    return formRequest('/ims/token/v3', client, authentication, fields);
}
function revocationRequest(client, grantType, authentication, token) {
    if (grantType !== 'client_credentials')
        return formRequest('/ims/revoke', client, authentication, { token });
    const fields = { token_type: 'access_token', token };
    const request = formRequest('/ims/invalidate_token/v2', client, authentication, fields);
    return { ...request, headers: { ...request.headers, 'x-ims-clientid': client.clientId } };
}
function authentications(grantType, clientSecrets) {
    if (clientSecrets.length === 0)
        return [{ method: 'none', secret: '' }];
    const methods = {
        client_credentials: ['client_secret_post'],
        refresh_token: ['client_secret_basic'],
        authorization_code: ['client_secret_basic', 'client_secret_post'],
    };
    return clientSecrets.flatMap((secret) => methods[grantType].map((method) => ({ method, secret })));
}

;// CONCATENATED MODULE: ./src/ims/retry.ts


const FIRST_WINDOW_MS = 1500;
const LAST_WINDOW_MS = 8000;
const LEAST_ATTEMPT_MS = 250;
const LONGEST_ATTEMPT_MS = 30_000;
function attemptLimitMs(timeoutMs, remainingMs) {
    return Math.min(timeoutMs / 3, LONGEST_ATTEMPT_MS, Math.max(1, remainingMs));
}
function nextWaitMs(attempt, retryAfterMs, remainingMs, random) {
    const room = remainingMs - LEAST_ATTEMPT_MS;
    if (retryAfterMs > 0 && retryAfterMs >= room)
        return 'retry_after';
    if (room <= 0)
        return 'deadline';
    const window = Math.min(FIRST_WINDOW_MS * 2 ** (attempt - 1), LAST_WINDOW_MS);
    return Math.min(retryAfterMs + random * window, room);
}
function gaveUp(reason, { retry, ...last }, attempts, timeoutSeconds) {
    const tries = attempts === 1 ? '1 attempt' : `${attempts} attempts`;
    if (reason === 'deadline')
        return {
            ...last,
            happened: `No token after ${tries} within ${timeoutSeconds} s. ${last.happened}`,
        };
    const seconds = Math.ceil((retry?.afterMs ?? 0) / 1000);
    return {
        ...last,
        code: 'retry_after',
        happened: `${last.happened} It asks to wait ${seconds} s, and less is left of the ${timeoutSeconds} s of \`timeout\` (${tries} made).`,
        remedy: 'Raise `timeout`, or run the job again after that time.',
    };
}
function logRetry(attempt, { happened, facts = [] }, waitMs) {
    const others = facts.filter((fact) => !happened.includes(fact));
    const more = others.length === 0 ? '' : ` (${others.join(', ')})`;
    const next = `Next attempt in ${(waitMs / 1000).toFixed(1)} s.`;
    info(`Attempt ${attempt} failed: ${happened}${more} ${next}`);
}
async function retrying(attempt, options) {
    const { timeoutSeconds, clock, signal } = options;
    const timeoutMs = timeoutSeconds * 1000;
    for (let attempts = 1;; attempts += 1) {
        try {
            return await attempt(attemptLimitMs(timeoutMs, timeoutMs - clock.now()));
        }
        catch (error) {
            if (!(error instanceof failure_StepError) || error.failure.retry === undefined)
                throw error;
            const { failure } = error;
            const afterMs = error.failure.retry.afterMs ?? 0;
            const wait = nextWaitMs(attempts, afterMs, timeoutMs - clock.now(), clock.random());
            if (typeof wait === 'string')
                throw new failure_StepError(gaveUp(wait, failure, attempts, timeoutSeconds), { cause: error });
            logRetry(attempts, failure, wait);
            await clock.sleep(wait, signal);
        }
    }
}

;// CONCATENATED MODULE: ./src/ims/client.ts








function answerLost({ happened, facts = [] }) {
    return {
        code: 'answer_lost',
        happened: `The answer to the code was lost, and the code is probably used up. ${happened}`,
        remedy: `It was not sent again. ${NEW_USER_TOKEN} A permanent service token still works: run the job again.`,
        facts,
    };
}
class Ims {
    #options;
    constructor(options) {
        this.#options = options;
    }
    token(grant) {
        const attempt = async (limitMs) => {
            try {
                return await this.#inTurn(grant, limitMs);
            }
            catch (error) {
                const lost = error instanceof failure_StepError && error.failure.retry?.mayBeServed === true;
                if (!lost || grant.type !== 'authorization_code')
                    throw error;
                throw new failure_StepError(answerLost(error.failure), { cause: error });
            }
        };
        return retrying(attempt, this.#options);
    }
    async revoke(accessToken, grantType, authentication) {
        const { client, timeoutSeconds } = this.#options;
        const request = revocationRequest(client, grantType, authentication, accessToken);
        const answer = await this.#post(request, timeoutSeconds * 1000);
        return judgeRevocation(answer, this.#asked('client_credentials', []));
    }
    async #inTurn(grant, limitMs) {
        const { client, clock } = this.#options;
        const endMs = clock.now() + limitMs;
        const ways = authentications(grant.type, client.clientSecrets);
        for (const [at, authentication] of ways.entries())
            try {
                return await this.#ask(grant, authentication, endMs - clock.now());
            }
            catch (error) {
                const refused = error instanceof failure_StepError && error.failure.refusesClient === true;
                if (!refused || at === ways.length - 1)
                    throw error;
            }
        throw new Error('a client has at least one way to authenticate');
    }
    async #ask(grant, authentication, limitMs) {
        const { client, secrets } = this.#options;
        const answer = await this.#post(tokenRequest(client, grant, authentication), limitMs);
        secrets.add(secretsOf(answer));
        const { token, refreshToken } = judgeToken(answer, this.#asked(grant.type, requests_askedScopes(grant)));
        if (authentication.secret !== (client.clientSecrets[0] ?? ''))
            notice('The first client secret no longer works; IMS accepted the second. Remove the first from the secret that this step reads.');
        const kept = grant.type === 'client_credentials' ? '' : refreshToken;
        return { token, refreshToken: kept, authentication, source: 'ims' };
    }
    async #post({ path, headers, body }, limitMs) {
        const { origin, clock, signal } = this.#options;
        let connected = false;
        const onConnect = () => {
            connected = true;
        };
        const sentAtMs = clock.date();
        try {
            const response = await http_exchange({ method: 'POST', url: new URL(path, origin), headers, body }, { signal, limitMs, limitBytes: ANSWER_LIMIT_BYTES, onConnect });
            return readAnswer(response, sentAtMs);
        }
        catch (error) {
            signal.throwIfAborted();
            throw new failure_StepError(networkFailure(error, { origin, limitMs, connected }), { cause: error });
        }
    }
    #asked(grantType, scopes) {
        const { origin, client, secrets } = this.#options;
        const secretCount = client.clientSecrets.length;
        return { origin, grantType, scopes, secretCount, clean: secrets.clean };
    }
}

;// CONCATENATED MODULE: ./src/ims/endpoint.ts
const IPV4_LOOPBACK = /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/;
function endpoint_isLoopback(hostname) {
    return hostname === 'localhost' || hostname === '[::1]' || IPV4_LOOPBACK.test(hostname);
}
function isAdobe(hostname) {
    return hostname === 'adobelogin.com' || hostname.endsWith('.adobelogin.com');
}
function judgeEndpoint(text) {
    const refuse = (reason) => ({ ok: false, reason });
    if (!URL.canParse(text))
        return refuse('is not a URL; write https:// and a host');
    const url = new URL(text);
    if (url.hostname === '')
        return refuse('is not a URL; write https:// and a host');
    if (url.username !== '' || url.password !== '')
        return refuse('carries a user name or password; leave them out');
    const loopback = endpoint_isLoopback(url.hostname);
    if (!loopback && !isAdobe(url.hostname))
        return refuse('does not point to adobelogin.com or a host below it; the secret is sent nowhere else');
    if (url.protocol !== 'https:' && !(url.protocol === 'http:' && loopback))
        return refuse('must start with https://');
    if (url.pathname !== '/' || url.search !== '' || url.hash !== '')
        return refuse('must be a scheme and host alone, without a path; the action adds the path');
    return { ok: true, origin: url.origin };
}

;// CONCATENATED MODULE: ./src/inputs/secret-text.ts
const SHORTEST_PIECE = 8;
const QUOTES = ['""', "''", '``', '\u201c\u201d', '\u2018\u2019'];
const ANY_QUOTE = QUOTES.join('');
const LINE_BREAK = /[\r\n]/;
const secret_text_INVISIBLE = /[\u0000-\u001f\u007f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2064\ufeff]/;
const REFERENCE = /^\$[{(]|^\$(?:env:)?[a-z_]\w*$|\$\{\{|^\{\{|^%\w+%$|^<[^<>]*>$|^(?:secrets|vars|env|inputs|steps|needs)\.[\w.-]+$/i;
const NAMED = {
    'client-id': /client[-_. ]?id["'`]?\s{0,3}[=:]([^&\r\n]*)/gi,
    'client-secret': /(?:client[-_. ]?secret\w{0,20}|^["'`]?secret)["'`]?\s{0,3}[=:]([^&\r\n]*)/gi,
    'org-id': /\borg[-_. ]?id["'`]?\s{0,3}[=:]([^&\r\n]*)/gi,
    'refresh-token': /refresh[-_. ]?token["'`]?\s{0,3}[=:]([^&\r\n]*)/gi,
    code: /^["'`]?code["'`]?\s{0,3}[=:]([^&\r\n]*)/gi,
    'code-verifier': /code[-_. ]?verifier["'`]?\s{0,3}[=:]([^&\r\n]*)/gi,
};
function isOpaque(input) {
    return Object.hasOwn(NAMED, input);
}
function isQuoted(value) {
    return value.length > 1 && QUOTES.includes(value.charAt(0) + value.charAt(value.length - 1));
}
function unquoted(value) {
    const text = value.trim();
    let [start, end] = [0, text.length];
    while (start < end && ANY_QUOTE.includes(text.charAt(start)))
        start += 1;
    while (start < end && ANY_QUOTE.includes(text.charAt(end - 1)))
        end -= 1;
    return text.slice(start, end);
}
function looksLikeJson(text) {
    return text.startsWith('{') || text.startsWith('[');
}
function parseJson(text) {
    try {
        return JSON.parse(text);
    }
    catch {
        return undefined;
    }
}
function longLines(text) {
    return text
        .split(/[\r\n]+/)
        .map((line) => line.trim())
        .filter((line) => line.length >= SHORTEST_PIECE);
}
function stringsOf(json) {
    const strings = [];
    const left = [json];
    while (left.length > 0) {
        const value = left.pop();
        if (typeof value === 'string')
            strings.push(value);
        else if (typeof value === 'object' && value !== null)
            for (const inner of Object.values(value))
                left.push(inner);
    }
    return strings;
}
const RUN = /[^\s"'`,:[\]{}]{8,}/g;
function secretsInJson(text) {
    const json = parseJson(text);
    return json === undefined ? (text.match(RUN) ?? []) : stringsOf(json).flatMap(longLines);
}
function secretsInNamed(text, input) {
    const matches = [...text.matchAll(NAMED[input])];
    const [first] = matches;
    if (first === undefined)
        return undefined;
    const [whole, value = ''] = first;
    const rest = text.slice(first.index + whole.length - value.length).trim();
    if (looksLikeJson(rest))
        return secretsInJson(rest);
    const values = matches.flatMap(([, one = '']) => [one, unquoted(one), ...(one.match(RUN) ?? [])]);
    return [text, ...values].flatMap(longLines);
}
function secretsInRefused(text, input) {
    const bare = unquoted(text);
    if (looksLikeJson(bare))
        return secretsInJson(bare);
    const items = text.replaceAll(/^[ \t]*-[ \t]+/gm, '');
    return secretsInNamed(text, input) ?? [text, bare, items].flatMap(longLines);
}
const QUOTED = 'is wrapped in quotes; store the value without them.';
function shapeProblems(text) {
    const problems = isQuoted(text) ? [QUOTED] : [];
    if (LINE_BREAK.test(text))
        problems.push('has a line break inside; store it as a single line.');
    else if (secret_text_INVISIBLE.test(text))
        problems.push('has a control character or an invisible one inside; copy it again as plain text.');
    return problems;
}
function mistakenFor(text, input) {
    const alone = `store the ${input.replace('-', ' ').replace(/\bid$/, 'ID')} alone.`;
    const bare = unquoted(text);
    if (REFERENCE.test(bare))
        return `is the name of a variable or an expression, not a value; write \`\${{ secrets.NAME }}\` in \`with:\`, and ${alone}`;
    if (looksLikeJson(bare))
        return parseJson(bare) === undefined
            ? `looks like JSON that was cut off or changed; ${alone}`
            : `is JSON; ${alone}`;
    if (text.search(NAMED[input]) !== -1)
        return `has a name in front, as in \`${input.replace('-', '_')}=...\`; ${alone}`;
    if (/^-\s/.test(bare))
        return `is an item of a YAML list, with a hyphen in front; ${alone}`;
    if (/^\*+$/.test(bare))
        return `is a masked value that was copied from a log; ${alone}`;
    return undefined;
}
function opaqueProblems(text, input) {
    const shape = shapeProblems(text);
    const mistake = mistakenFor(text, input);
    if (mistake === undefined)
        return shape;
    return [mistake, ...shape.filter((problem) => problem === QUOTED)];
}
function secretsInOpaque(text, input) {
    const pieces = secretsInRefused(text, input);
    return text === '' || opaqueProblems(text, input).length > 0 ? pieces : [text, ...pieces];
}

;// CONCATENATED MODULE: ./src/inputs/client-secret.ts

const INPUT = 'client-secret';
const ALONE = 'store the client secret alone.';
const AEM_KEY = '"technicalAccount"';
function client_secret_refused(problems, masks) {
    return { secrets: [], masks, problems: [...new Set(problems)] };
}
function judgeEach(texts, problems) {
    const secrets = [...new Set(texts)];
    const all = [...problems, ...secrets.flatMap((text) => opaqueProblems(text, INPUT))];
    const pieces = secrets.flatMap((text) => secretsInRefused(text, INPUT));
    if (all.length > 0)
        return client_secret_refused(all, pieces);
    return { secrets, masks: [...secrets, ...pieces], problems: [] };
}
function splitSecrets(text) {
    return text
        .split(/[\r\n,]+/)
        .map((secret) => secret.trim())
        .filter((secret) => secret !== '');
}
function judgeList(text) {
    const mistake = mistakenFor(text, INPUT);
    if (mistake !== undefined)
        return client_secret_refused([mistake], secretsInRefused(text, INPUT));
    const secrets = splitSecrets(text);
    const quoted = isQuoted(text) ? [QUOTED] : [];
    const count = new Set(secrets).size;
    if (count <= 2)
        return judgeEach(secrets, quoted);
    const problem = `holds ${count} secrets; a credential has at most two, and a comma or line break separates them.`;
    return client_secret_refused([...quoted, problem], [...secrets, ...secrets.map(unquoted)].flatMap(longLines));
}
function judgeArray(strings) {
    const secrets = strings.map((secret) => secret.trim());
    const parts = secrets.flatMap(splitSecrets);
    if (parts.length === 0)
        return client_secret_refused([], []);
    const problems = [];
    if (secrets.includes(''))
        problems.push('has an empty string in its JSON array; remove it, or store the second secret.');
    if (secrets.some((secret) => secret.includes(',')))
        problems.push('has a comma inside a string of its JSON array; write one secret in each.');
    const texts = secrets.filter((secret) => secret !== '');
    return judgeEach(problems.length === 0 ? texts : [...texts, ...parts], problems);
}
function judgeJson(text) {
    const json = parseJson(text);
    const list = Array.isArray(json) ? json : [];
    const strings = list.filter((item) => typeof item === 'string');
    if (strings.length === list.length && [1, 2].includes(list.length))
        return judgeArray(strings);
    let problem = mistakenFor(text, INPUT) ?? '';
    if (Array.isArray(json))
        problem = `is a JSON array, but not of one or two strings; ${ALONE}`;
    if (text.includes(AEM_KEY))
        problem = `is JSON, the file of the AEM Developer Console, which holds another kind of credential. Create an OAuth Server-to-Server credential in the Adobe Developer Console, and ${ALONE}`;
    return client_secret_refused([problem], secretsInRefused(text, INPUT));
}
function quotedJson(text) {
    const string = text.startsWith('"') ? parseJson(text) : undefined;
    const inside = typeof string === 'string' ? string.trim() : unquoted(text);
    return inside !== text && looksLikeJson(inside) ? inside : undefined;
}
function base64Json(text) {
    if (!/^e[yw][\w+/=\s-]+$/.test(text))
        return undefined;
    const decoded = Buffer.from(text, 'base64').toString('utf8').trim();
    return looksLikeJson(decoded) && parseJson(decoded) !== undefined ? decoded : undefined;
}
function readClientSecret(text) {
    if (looksLikeJson(text))
        return judgeJson(text);
    const quoted = quotedJson(text);
    if (quoted !== undefined) {
        const { problems, masks } = judgeJson(quoted);
        return client_secret_refused([QUOTED, ...problems], masks);
    }
    const encoded = base64Json(text);
    if (encoded !== undefined) {
        const { problems, masks } = judgeJson(encoded);
        return client_secret_refused(problems, [...longLines(text), ...masks]);
    }
    return judgeList(text);
}

;// CONCATENATED MODULE: ./src/inputs/read.ts



const INPUT_DEFAULTS = {
    'client-id': '',
    'client-secret': '',
    scopes: 'openid, AdobeID, offline_access, creative_sdk',
    'env-var': 'FIREFLY_SERVICES_ACCESS_TOKEN',
    'aio-context': '',
    'grant-type': 'client_credentials',
    'refresh-token': '',
    code: '',
    'code-verifier': '',
    'org-id': '',
    'ims-url': 'https://ims-na1.adobelogin.com',
    reuse: 'job',
    'min-validity': '1800',
    revoke: 'false',
    timeout: '60',
    summary: 'false',
};
function readRawInputs(env) {
    const raw = Object.entries(INPUT_DEFAULTS).map(([name, fallback]) => [
        name,
        (env[`INPUT_${name.toUpperCase()}`] ?? fallback).trim(),
    ]);
    return Object.fromEntries(raw);
}
function secretsOfInputs(raw) {
    const { secrets, masks } = readClientSecret(raw['client-secret']);
    const basic = secrets.flatMap((secret) => basicForms(raw['client-id'], secret));
    const user = ['refresh-token', 'code', 'code-verifier'].flatMap((name) => secretsInOpaque(raw[name], name));
    return [...new Set([...masks, ...basic, ...user])];
}

// EXTERNAL MODULE: external "node:path"
var external_node_path_ = __webpack_require__(760);
// EXTERNAL MODULE: external "node:fs"
var external_node_fs_ = __webpack_require__(24);
;// CONCATENATED MODULE: ./src/reuse/job-file.ts



function job_file_readJobFile(path, limitBytes) {
    try {
        const facts = statSync(path);
        return facts.isFile() && facts.size <= limitBytes ? readFileSync(path) : undefined;
    }
    catch {
        return undefined;
    }
}
function job_file_writeJobFile(path, bytes) {
    if (!isAbsolute(path))
        return;
    const draft = `${path}.${randomBytes(8).toString('hex')}`;
    try {
        writeFileSync(draft, bytes, { mode: 0o600, flag: 'wx' });
        renameSync(draft, path);
    }
    catch {
        try {
            rmSync(draft, { force: true });
        }
        catch {
        }
    }
}

;// CONCATENATED MODULE: ./src/reuse/seal.ts

const VERSION = 2;
const SALT_BYTES = 32;
const IV_BYTES = 12;
const TAG_BYTES = 16;
const HEADER_BYTES = 1 + SALT_BYTES + IV_BYTES + TAG_BYTES;
const seal_LARGEST_SEALED_BYTES = (/* unused pure expression or super */ null && (64 * 1024 + 128));
function deriveKey(secret, salt, place) {
    const info = JSON.stringify(['adobe-ims-token', VERSION, ...place]);
    const hashed = (0,external_node_crypto_.createHash)('sha256').update(info).digest();
    return Buffer.from((0,external_node_crypto_.hkdfSync)('sha256', secret, salt, hashed, 32));
}
function seal_seal(text, secret, place) {
    const salt = randomBytes(SALT_BYTES);
    const iv = randomBytes(IV_BYTES);
    const version = Buffer.from([VERSION]);
    const cipher = createCipheriv('aes-256-gcm', deriveKey(secret, salt, place), iv);
    cipher.setAAD(version);
    const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
    return Buffer.concat([version, salt, iv, cipher.getAuthTag(), sealed]);
}
function openWith(bytes, secret, place) {
    const salt = bytes.subarray(1, 1 + SALT_BYTES);
    const iv = bytes.subarray(1 + SALT_BYTES, 1 + SALT_BYTES + IV_BYTES);
    const tag = bytes.subarray(HEADER_BYTES - TAG_BYTES, HEADER_BYTES);
    try {
        const key = deriveKey(secret, salt, place);
        const decipher = (0,external_node_crypto_.createDecipheriv)('aes-256-gcm', key, iv, { authTagLength: TAG_BYTES });
        decipher.setAAD(bytes.subarray(0, 1));
        decipher.setAuthTag(tag);
        const text = decipher.update(bytes.subarray(HEADER_BYTES));
        return Buffer.concat([text, decipher.final()]).toString('utf8');
    }
    catch {
        return undefined;
    }
}
function seal_open(bytes, secrets, place) {
    if (bytes[0] !== VERSION)
        return undefined;
    for (const secret of secrets) {
        const text = openWith(bytes, secret, place);
        if (text !== undefined)
            return { text, secret };
    }
    return undefined;
}

;// CONCATENATED MODULE: ./src/reuse/repository.ts






const LONGEST_MS = 5000;
const UPLOAD_HEADERS = {
    'x-ms-blob-type': 'BlockBlob',
    'x-ms-version': '2022-11-02',
    'content-type': 'application/octet-stream',
};
class CacheError extends (/* unused pure expression or super */ null && (Error)) {
    name = 'CacheError';
}
function isGitHub(env) {
    const server = env['GITHUB_SERVER_URL'] ?? '';
    const url = server === '' ? 'https://github.com' : server;
    const host = URL.canParse(url) ? new URL(url).hostname : '';
    return host === 'github.com' || host.endsWith('.ghe.com') || host.endsWith('.localhost');
}
function repository_serviceOf(env) {
    const text = env['ACTIONS_RESULTS_URL'] ?? '';
    const token = env['ACTIONS_RUNTIME_TOKEN'] ?? '';
    const isVersion2 = (env['ACTIONS_CACHE_SERVICE_V2'] ?? '') !== '' && isGitHub(env);
    if (!isVersion2 || token === '' || !URL.canParse(text))
        return undefined;
    const url = new URL(text);
    if (url.protocol !== 'https:' && !isLoopback(url.hostname))
        return undefined;
    const mode = (env['ACTIONS_CACHE_MODE'] ?? '').trim().toLowerCase();
    return {
        url,
        token,
        mayRead: mode !== 'none' && mode !== 'write-only',
        mayWrite: mode !== 'none' && mode !== 'read',
    };
}
function reasonOf(error) {
    if (error instanceof CacheError)
        return error.message;
    return error instanceof TimedOutError ? 'did not answer in time' : 'could not be reached';
}
function understood(response) {
    if (!isSuccess(response))
        throw new CacheError(`answered HTTP ${response.status}`);
    const fields = parseObject(response.body?.toString('utf8') ?? '');
    if (fields === undefined)
        throw new CacheError('gave an answer that was not understood');
    return fields;
}
class repository_Repository {
    #service;
    #surroundings;
    #timeoutMs;
    #version = createHash('sha256').update('adobe-ims-token, sealed, 2').digest('hex');
    #budgetMs;
    #spoilt = false;
    constructor(service, surroundings, timeoutSeconds) {
        this.#service = service;
        this.#surroundings = surroundings;
        this.#timeoutMs = timeoutSeconds * 1000;
        this.#budgetMs = Math.min(LONGEST_MS, this.#timeoutMs / 3);
    }
    async read(keyPrefix, open) {
        try {
            if (!this.#service.mayRead)
                throw new CacheError('may not be read here');
            return await this.#within(this.#budgetMs / 2, async (send) => {
                const key = `${keyPrefix}${randomBytes(8).toString('hex')}`;
                const wanted = { key, restore_keys: [keyPrefix], version: this.#version };
                const found = understood(await send(this.#call('GetCacheEntryDownloadURL', wanted)));
                if (found['ok'] !== true)
                    return undefined;
                this.#spoilt = true;
                const url = this.#blobUrl(found['signed_download_url'] ?? found['signedDownloadUrl']);
                const blob = await send({ method: 'GET', url, headers: {} });
                if (blob.status !== 200)
                    throw new CacheError(`answered HTTP ${blob.status}`);
                if (blob.body === undefined)
                    throw new CacheError('holds an entry that is too large');
                const opened = open(blob.body);
                if (opened === undefined)
                    throw new CacheError('holds an entry that this client secret does not open');
                this.#spoilt = false;
                return opened;
            });
        }
        catch (error) {
            if (!this.#surroundings.signal.aborted)
                core.info(`The Actions cache ${reasonOf(error)}, so the token comes from IMS.`);
            return undefined;
        }
    }
    async write(keyPrefix, expiresAtMs, bytes) {
        if (!this.#service.mayWrite)
            return;
        const suffix = this.#spoilt ? `-${randomBytes(8).toString('hex')}` : '';
        const key = `${keyPrefix}${Math.floor(expiresAtMs / 60_000)}${suffix}`;
        const entry = { key, version: this.#version };
        try {
            await this.#within(this.#budgetMs, async (send) => {
                const created = understood(await send(this.#call('CreateCacheEntry', entry)));
                if (created['ok'] !== true)
                    return;
                const url = this.#blobUrl(created['signed_upload_url'] ?? created['signedUploadUrl']);
                const uploaded = await send({ method: 'PUT', url, headers: UPLOAD_HEADERS, body: bytes });
                if (!isSuccess(uploaded))
                    return;
                const size = { size_bytes: String(bytes.length) };
                await send(this.#call('FinalizeCacheEntryUpload', { ...entry, ...size }));
            });
        }
        catch (error) {
            if (error instanceof TimedOutError)
                core.info('The Actions cache did not answer in time, so later jobs ask IMS themselves.');
        }
    }
    async #within(limitMs, work) {
        const { clock, signal } = this.#surroundings;
        const startedMs = clock.now();
        const endMs = Math.min(startedMs + limitMs, this.#timeoutMs);
        try {
            return await work((request) => {
                const leftMs = endMs - clock.now();
                if (leftMs <= 0)
                    throw new TimedOutError('no time left');
                return exchange(request, { signal, limitMs: leftMs, limitBytes: LARGEST_SEALED_BYTES });
            });
        }
        finally {
            this.#budgetMs -= clock.now() - startedMs;
        }
    }
    #call(method, fields) {
        const { url, token } = this.#service;
        return {
            method: 'POST',
            url: new URL(`/twirp/github.actions.results.api.v1.CacheService/${method}`, url),
            headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
            body: JSON.stringify(fields),
        };
    }
    #blobUrl(value) {
        if (typeof value !== 'string' || !URL.canParse(value))
            throw new CacheError('gave an answer that was not understood');
        const url = new URL(value);
        const local = isLoopback(url.hostname) && isLoopback(this.#service.url.hostname);
        if (url.protocol === 'https:' || (url.protocol === 'http:' && local))
            return url;
        throw new CacheError('named a place that is not safe');
    }
}

;// CONCATENATED MODULE: ./src/reuse/reuse.ts









function placeOfJob(env) {
    const names = ['GITHUB_RUN_ID', 'GITHUB_RUN_ATTEMPT', 'GITHUB_JOB'];
    return ['job', ...names.map((name) => env[name] ?? '')];
}
function fingerprint({ origin, client, grant }) {
    const parts = [origin, client.clientId, client.orgId, [...askedScopes(grant)].sort()];
    return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}
function sealToken({ token, authentication }, place, fate) {
    return seal(JSON.stringify({ ...token, fate }), authentication.secret, place);
}
class Reuse {
    #wanted;
    #step;
    #jobFile;
    #keyPrefix;
    #inJob;
    #inRepository;
    #repository;
    constructor(wanted, step) {
        const { env } = step;
        const identity = fingerprint(wanted);
        this.#wanted = wanted;
        this.#step = step;
        this.#jobFile = join(env['RUNNER_TEMP'] ?? '', `adobe-ims-token-${identity.slice(0, 32)}`);
        this.#keyPrefix = `adobe-ims-token-2-${identity}-`;
        this.#inJob = [...placeOfJob(env), identity];
        this.#inRepository = ['repository', env['GITHUB_REPOSITORY'] ?? '', identity];
        const service = wanted.reuse === 'repository' ? serviceOf(env) : undefined;
        this.#repository = service && new Repository(service, step, wanted.timeoutSeconds);
    }
    async find() {
        const found = this.#findInJob() ?? (await this.#findInRepository());
        if (found !== undefined)
            this.#step.secrets.add([found.token.accessToken]);
        return found;
    }
    async keep(kept) {
        const { token, source } = kept;
        const { revoke } = this.#wanted;
        if (source === 'job' && !revoke)
            return;
        const fate = this.#repository !== undefined ? 'shared' : revoke ? 'revoked' : 'unshared';
        writeJobFile(this.#jobFile, sealToken(kept, this.#inJob, fate));
        if (this.#repository === undefined || source !== 'ims')
            return;
        const sealed = sealToken(kept, this.#inRepository, fate);
        await this.#repository.write(this.#keyPrefix, token.expiresAtMs, sealed);
    }
    #findInJob() {
        const bytes = readJobFile(this.#jobFile, LARGEST_SEALED_BYTES);
        const found = bytes && this.#open(bytes, this.#inJob);
        if (found === undefined || !this.#isFresh(found))
            return undefined;
        if (this.#wanted.revoke && found.fate === 'shared')
            return undefined;
        if (this.#repository !== undefined && found.fate === 'revoked')
            return undefined;
        return { ...found, source: 'job', willBeRevoked: found.fate === 'revoked' };
    }
    async #findInRepository() {
        if (this.#wanted.reuse !== 'repository')
            return undefined;
        if (this.#repository === undefined) {
            core.info('This runner offers no Actions cache that `reuse: repository` could use, so the step reuses tokens of this job only.');
            return undefined;
        }
        const open = (bytes) => this.#open(bytes, this.#inRepository);
        const found = await this.#repository.read(this.#keyPrefix, open);
        if (found === undefined || !this.#isFresh(found))
            return undefined;
        return { ...found, source: 'repository', willBeRevoked: false };
    }
    #open(bytes, place) {
        const opened = open(bytes, this.#wanted.client.clientSecrets, place);
        if (opened === undefined)
            return undefined;
        const { accessToken, tokenType, expiresAtMs, fate } = parseObject(opened.text) ?? {};
        if (!isTokenText(accessToken) || !isTokenText(tokenType))
            return undefined;
        if (typeof expiresAtMs !== 'number' || Number.isNaN(new Date(expiresAtMs).getTime()))
            return undefined;
        const token = { accessToken, tokenType, expiresAtMs };
        const authentication = { method: 'client_secret_post', secret: opened.secret };
        return { token, authentication, fate };
    }
    #isFresh({ token }) {
        const left = secondsLeft(token.expiresAtMs, this.#step.clock.date());
        return left >= Math.max(1, this.#wanted.minValiditySeconds);
    }
}
function reuseOf(wanted, step) {
    const { reuse, grant } = wanted;
    if (reuse === 'none' || grant.type !== 'client_credentials')
        return undefined;
    return new Reuse(wanted, step);
}

;// CONCATENATED MODULE: ./src/revocation.ts



const placeOf = (env) => ['revocation', ...placeOfJob(env)];
function sealRevocation(revocation, secret, env) {
    return seal(JSON.stringify(revocation), secret, placeOf(env)).toString('base64');
}
function openRevocation(state, secrets, env) {
    const opened = seal_open(Buffer.from(state, 'base64'), secrets, placeOf(env));
    if (opened === undefined)
        return undefined;
    return { ...json_parseObject(opened.text), secret: opened.secret };
}

;// CONCATENATED MODULE: ./src/runner/publish.ts



const STATE_NAME = 'revoke';
const SUMMARY = 'GITHUB_STEP_SUMMARY';
const FILES = ['GITHUB_OUTPUT', 'GITHUB_ENV', 'GITHUB_STATE', SUMMARY];
function failure(cause) {
    const { code = '' } = cause;
    return new StepError({
        code: 'runner',
        happened: 'The files that the runner reads could not be written.',
        remedy: 'Use the action through `uses:` in a workflow, and check that the disk of the runner has space.',
        facts: /^E[A-Z]{2,20}$/.test(code) ? [code] : [],
    }, { cause });
}
function write({ outputs, variables, state, summary }, summaryFile) {
    for (const [name, value] of Object.entries(outputs))
        core.setOutput(name, value);
    for (const [name, value] of Object.entries(variables))
        core.exportVariable(name, value);
    if (state !== '')
        core.saveState(STATE_NAME, state);
    if (summary !== '')
        appendFileSync(summaryFile, summary);
}
function publisher(env) {
    const paths = FILES.map((name) => env[name] ?? '').filter((path) => path !== '');
    let sizes;
    try {
        sizes = paths.map((path) => statSync(path).size);
    }
    catch (error) {
        throw failure(error);
    }
    return (publication) => {
        try {
            write(publication, env[SUMMARY] ?? '');
        }
        catch (error) {
            for (const [at, path] of paths.entries())
                try {
                    truncateSync(path, sizes[at]);
                }
                catch {
                }
            throw failure(error);
        }
    };
}

;// CONCATENATED MODULE: ./src/revoke.ts











const TIMEOUT_SECONDS = 10;
function changesSince(revocation, raw) {
    const endpoint = judgeEndpoint(raw['ims-url']);
    const route = routeTo(revocation.origin);
    const same = {
        '`ims-url`': endpoint.ok && endpoint.origin === revocation.origin,
        '`client-id`': raw['client-id'] === revocation.clientId,
        '`org-id`': raw['org-id'] === revocation.orgId,
        '`grant-type`': raw['grant-type'] === revocation.grantType,
        'the proxy': route.proxy === revocation.route.proxy,
        'the trusted certificates': route.certificates === revocation.route.certificates,
    };
    return Object.entries(same).flatMap(([name, isSame]) => (isSame ? [] : [name]));
}
async function revokeSealed({ env, clock, signal }) {
    const raw = readRawInputs(env);
    const secrets = new Secrets(secretsOfInputs(raw));
    const { secrets: clientSecrets } = readClientSecret(raw['client-secret']);
    const keys = [...clientSecrets, raw['refresh-token'], raw.code].filter((key) => key !== '');
    const revocation = openRevocation(env[`STATE_${STATE_NAME}`] ?? '', keys, env);
    if (revocation === undefined) {
        warning('The access token was not revoked: what this step saved does not open with the secret that it has now.');
        return;
    }
    const { accessToken, expiresAtMs, grantType, method, origin, orgId, clientId } = revocation;
    secrets.add([accessToken]);
    if (token_secondsLeft(expiresAtMs, clock.date()) === 0)
        return;
    const stillValid = `The access token was not revoked and stays valid until ${isoSeconds(expiresAtMs)}.`;
    const changes = changesSince(revocation, raw);
    if (changes.length > 0) {
        warning(`${stillValid} Since the step that got it, another step has changed ${changes.join(', ')}, so nothing was sent.`);
        return;
    }
    try {
        const ims = new Ims({
            ...{ origin, secrets, clock, signal },
            client: { clientId, orgId, clientSecrets },
            timeoutSeconds: TIMEOUT_SECONDS,
        });
        const secret = method === 'none' ? '' : revocation.secret;
        const revoked = await ims.revoke(accessToken, grantType, { method, secret });
        if (revoked)
            info('Revoked the access token.');
    }
    catch (error) {
        warning(`${stillValid} ${sentence({ ...failureOf(error), remedy: '' }, env)}`);
    }
}
async function revoke(surroundings) {
    try {
        await revokeSealed(surroundings);
    }
    catch {
        warning('The access token was not revoked and stays valid until it expires.');
    }
}

;// CONCATENATED MODULE: ./src/runner/environment.ts

function insistOnTls({ warn }) {
    if (process.env['NODE_TLS_REJECT_UNAUTHORIZED'] !== '0')
        return;
    delete process.env['NODE_TLS_REJECT_UNAUTHORIZED'];
    if (warn)
        warning('NODE_TLS_REJECT_UNAUTHORIZED=0 is set: other steps of this job do not verify certificates, and anyone in between can read their tokens. This step verifies all the same. Remove the variable; for a private CA use NODE_EXTRA_CA_CERTS.');
}
function silenceNodeDebug() {
    if ((process.env['NODE_DEBUG'] ?? '') !== '')
        process.stderr.write = () => true;
}

// EXTERNAL MODULE: external "node:timers/promises"
var promises_ = __webpack_require__(500);
;// CONCATENATED MODULE: ./src/runner/process.ts


function startClock() {
    const startedNs = process.hrtime.bigint();
    return {
        now: () => Number(process.hrtime.bigint() - startedNs) / 1e6,
        date: () => Date.now(),
        sleep: (ms, signal) => (0,promises_.setTimeout)(ms, undefined, { signal }).catch(() => {
            signal.throwIfAborted();
        }),
        random: () => Math.random(),
    };
}
function cancellation() {
    const controller = new AbortController();
    const cancel = () => {
        controller.abort(new failure_StepError({
            code: 'cancelled',
            happened: 'The step was cancelled.',
            remedy: 'Run the job again if that was not intended.',
        }));
    };
    process.once('SIGINT', cancel);
    process.once('SIGTERM', cancel);
    return controller.signal;
}

;// CONCATENATED MODULE: ./src/post-revocation.ts



const clock = startClock();
const signal = cancellation();
insistOnTls({ warn: false });
silenceNodeDebug();
void revoke({ env: process.env, clock, signal });


/***/ }),

/***/ 945:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   k: () => (/* binding */ ProxyAgent)
/* harmony export */ });
function ProxyAgent() {
    throw new Error('this package is not part of the bundle');
}


/***/ })

};
;
/******/ (() => { // webpackBootstrap
/******/ 	var __webpack_modules__ = ({

/***/ 770:
/***/ ((module, __unused_webpack_exports, __nccwpck_require__) => {

module.exports = __nccwpck_require__(218);


/***/ }),

/***/ 218:
/***/ ((__unused_webpack_module, exports, __nccwpck_require__) => {

"use strict";


var net = __nccwpck_require__(278);
var tls = __nccwpck_require__(756);
var http = __nccwpck_require__(611);
var https = __nccwpck_require__(692);
var events = __nccwpck_require__(434);
var assert = __nccwpck_require__(613);
var util = __nccwpck_require__(23);


exports.httpOverHttp = httpOverHttp;
exports.httpsOverHttp = httpsOverHttp;
exports.httpOverHttps = httpOverHttps;
exports.httpsOverHttps = httpsOverHttps;


function httpOverHttp(options) {
  var agent = new TunnelingAgent(options);
  agent.request = http.request;
  return agent;
}

function httpsOverHttp(options) {
  var agent = new TunnelingAgent(options);
  agent.request = http.request;
  agent.createSocket = createSecureSocket;
  agent.defaultPort = 443;
  return agent;
}

function httpOverHttps(options) {
  var agent = new TunnelingAgent(options);
  agent.request = https.request;
  return agent;
}

function httpsOverHttps(options) {
  var agent = new TunnelingAgent(options);
  agent.request = https.request;
  agent.createSocket = createSecureSocket;
  agent.defaultPort = 443;
  return agent;
}


function TunnelingAgent(options) {
  var self = this;
  self.options = options || {};
  self.proxyOptions = self.options.proxy || {};
  self.maxSockets = self.options.maxSockets || http.Agent.defaultMaxSockets;
  self.requests = [];
  self.sockets = [];

  self.on('free', function onFree(socket, host, port, localAddress) {
    var options = toOptions(host, port, localAddress);
    for (var i = 0, len = self.requests.length; i < len; ++i) {
      var pending = self.requests[i];
      if (pending.host === options.host && pending.port === options.port) {
        // Detect the request to connect same origin server,
        // reuse the connection.
        self.requests.splice(i, 1);
        pending.request.onSocket(socket);
        return;
      }
    }
    socket.destroy();
    self.removeSocket(socket);
  });
}
util.inherits(TunnelingAgent, events.EventEmitter);

TunnelingAgent.prototype.addRequest = function addRequest(req, host, port, localAddress) {
  var self = this;
  var options = mergeOptions({request: req}, self.options, toOptions(host, port, localAddress));

  if (self.sockets.length >= this.maxSockets) {
    // We are over limit so we'll add it to the queue.
    self.requests.push(options);
    return;
  }

  // If we are under maxSockets create a new one.
  self.createSocket(options, function(socket) {
    socket.on('free', onFree);
    socket.on('close', onCloseOrRemove);
    socket.on('agentRemove', onCloseOrRemove);
    req.onSocket(socket);

    function onFree() {
      self.emit('free', socket, options);
    }

    function onCloseOrRemove(err) {
      self.removeSocket(socket);
      socket.removeListener('free', onFree);
      socket.removeListener('close', onCloseOrRemove);
      socket.removeListener('agentRemove', onCloseOrRemove);
    }
  });
};

TunnelingAgent.prototype.createSocket = function createSocket(options, cb) {
  var self = this;
  var placeholder = {};
  self.sockets.push(placeholder);

  var connectOptions = mergeOptions({}, self.proxyOptions, {
    method: 'CONNECT',
    path: options.host + ':' + options.port,
    agent: false,
    headers: {
      host: options.host + ':' + options.port
    }
  });
  if (options.localAddress) {
    connectOptions.localAddress = options.localAddress;
  }
  if (connectOptions.proxyAuth) {
    connectOptions.headers = connectOptions.headers || {};
    connectOptions.headers['Proxy-Authorization'] = 'Basic ' +
        new Buffer(connectOptions.proxyAuth).toString('base64');
  }

  debug('making CONNECT request');
  var connectReq = self.request(connectOptions);
  connectReq.useChunkedEncodingByDefault = false; // for v0.6
  connectReq.once('response', onResponse); // for v0.6
  connectReq.once('upgrade', onUpgrade);   // for v0.6
  connectReq.once('connect', onConnect);   // for v0.7 or later
  connectReq.once('error', onError);
  connectReq.end();

  function onResponse(res) {
    // Very hacky. This is necessary to avoid http-parser leaks.
    res.upgrade = true;
  }

  function onUpgrade(res, socket, head) {
    // Hacky.
    process.nextTick(function() {
      onConnect(res, socket, head);
    });
  }

  function onConnect(res, socket, head) {
    connectReq.removeAllListeners();
    socket.removeAllListeners();

    if (res.statusCode !== 200) {
      debug('tunneling socket could not be established, statusCode=%d',
        res.statusCode);
      socket.destroy();
      var error = new Error('tunneling socket could not be established, ' +
        'statusCode=' + res.statusCode);
      error.code = 'ECONNRESET';
      options.request.emit('error', error);
      self.removeSocket(placeholder);
      return;
    }
    if (head.length > 0) {
      debug('got illegal response body from proxy');
      socket.destroy();
      var error = new Error('got illegal response body from proxy');
      error.code = 'ECONNRESET';
      options.request.emit('error', error);
      self.removeSocket(placeholder);
      return;
    }
    debug('tunneling connection has established');
    self.sockets[self.sockets.indexOf(placeholder)] = socket;
    return cb(socket);
  }

  function onError(cause) {
    connectReq.removeAllListeners();

    debug('tunneling socket could not be established, cause=%s\n',
          cause.message, cause.stack);
    var error = new Error('tunneling socket could not be established, ' +
                          'cause=' + cause.message);
    error.code = 'ECONNRESET';
    options.request.emit('error', error);
    self.removeSocket(placeholder);
  }
};

TunnelingAgent.prototype.removeSocket = function removeSocket(socket) {
  var pos = this.sockets.indexOf(socket)
  if (pos === -1) {
    return;
  }
  this.sockets.splice(pos, 1);

  var pending = this.requests.shift();
  if (pending) {
    // If we have pending requests and a socket gets closed a new one
    // needs to be created to take over in the pool for the one that closed.
    this.createSocket(pending, function(socket) {
      pending.request.onSocket(socket);
    });
  }
};

function createSecureSocket(options, cb) {
  var self = this;
  TunnelingAgent.prototype.createSocket.call(self, options, function(socket) {
    var hostHeader = options.request.getHeader('host');
    var tlsOptions = mergeOptions({}, self.options, {
      socket: socket,
      servername: hostHeader ? hostHeader.replace(/:.*$/, '') : options.host
    });

    // 0 is dummy port for v0.6
    var secureSocket = tls.connect(0, tlsOptions);
    self.sockets[self.sockets.indexOf(socket)] = secureSocket;
    cb(secureSocket);
  });
}


function toOptions(host, port, localAddress) {
  if (typeof host === 'string') { // since v0.10
    return {
      host: host,
      port: port,
      localAddress: localAddress
    };
  }
  return host; // for v0.11 or later
}

function mergeOptions(target) {
  for (var i = 1, len = arguments.length; i < len; ++i) {
    var overrides = arguments[i];
    if (typeof overrides === 'object') {
      var keys = Object.keys(overrides);
      for (var j = 0, keyLen = keys.length; j < keyLen; ++j) {
        var k = keys[j];
        if (overrides[k] !== undefined) {
          target[k] = overrides[k];
        }
      }
    }
  }
  return target;
}


var debug;
if (process.env.NODE_DEBUG && /\btunnel\b/.test(process.env.NODE_DEBUG)) {
  debug = function() {
    var args = Array.prototype.slice.call(arguments);
    if (typeof args[0] === 'string') {
      args[0] = 'TUNNEL: ' + args[0];
    } else {
      args.unshift('TUNNEL:');
    }
    console.error.apply(console, args);
  }
} else {
  debug = function() {};
}
exports.debug = debug; // for test


/***/ }),

/***/ 916:
/***/ ((__unused_webpack_module, __webpack_exports__, __nccwpck_require__) => {

"use strict";
/* harmony export */ __nccwpck_require__.d(__webpack_exports__, {
/* harmony export */   Dr: () => (/* binding */ NetworkError),
/* harmony export */   Rn: () => (/* binding */ RunnerError),
/* harmony export */   Us: () => (/* binding */ ImsError),
/* harmony export */   cc: () => (/* binding */ CancelledError),
/* harmony export */   dV: () => (/* binding */ AnswerError),
/* harmony export */   dz: () => (/* binding */ InputError),
/* harmony export */   e2: () => (/* binding */ isAttemptError),
/* harmony export */   jD: () => (/* binding */ GaveUpError),
/* harmony export */   vL: () => (/* binding */ refusesClient)
/* harmony export */ });
class InputError extends Error {
    name = 'InputError';
    problems;
    constructor(problems) {
        super(problems.join(' '));
        this.problems = problems;
    }
}
class RunnerError extends Error {
    name = 'RunnerError';
    remedy;
    constructor(message, remedy) {
        super(message);
        this.remedy = remedy;
    }
}
class ImsError extends Error {
    name = 'ImsError';
    status;
    error;
    description;
    debugId;
    retryAfterMs;
    constructor(facts) {
        super(`HTTP ${facts.status} ${facts.error}`.trim());
        this.status = facts.status;
        this.error = facts.error;
        this.description = facts.description;
        this.debugId = facts.debugId;
        this.retryAfterMs = facts.retryAfterMs;
    }
}
function refusesClient(error) {
    if (!(error instanceof ImsError) || error.error !== 'invalid_client')
        return false;
    return error.status >= 400 && error.status < 500;
}
class AnswerError extends Error {
    name = 'AnswerError';
    fault;
    field;
    error;
    description;
    debugId;
    constructor(fault, facts) {
        super(facts.message);
        this.fault = fault;
        this.field = facts.field ?? '';
        this.error = facts.error ?? '';
        this.description = facts.description ?? '';
        this.debugId = facts.debugId;
    }
}
class NetworkError extends Error {
    name = 'NetworkError';
    fault;
    reason;
    mayHaveArrived;
    constructor(fault, facts) {
        super(facts.message);
        this.fault = fault;
        this.reason = facts.reason;
        this.mayHaveArrived = facts.mayHaveArrived;
    }
}
class GaveUpError extends Error {
    name = 'GaveUpError';
    reason;
    attempts;
    timeoutSeconds;
    last;
    constructor(reason, facts) {
        super(`${reason} after ${facts.attempts} attempts`, { cause: facts.last });
        this.reason = reason;
        this.attempts = facts.attempts;
        this.timeoutSeconds = facts.timeoutSeconds;
        this.last = facts.last;
    }
}
class CancelledError extends Error {
    name = 'CancelledError';
    signal;
    constructor(signal) {
        super(`cancelled by ${signal}`);
        this.signal = signal;
    }
}
function isAttemptError(error) {
    return error instanceof ImsError || error instanceof AnswerError || error instanceof NetworkError;
}


/***/ }),

/***/ 714:
/***/ ((__unused_webpack_module, __webpack_exports__, __nccwpck_require__) => {

"use strict";
/* harmony export */ __nccwpck_require__.d(__webpack_exports__, {
/* harmony export */   BG: () => (/* binding */ isTokenText),
/* harmony export */   Ip: () => (/* binding */ readClaims),
/* harmony export */   Li: () => (/* binding */ secondsLeft),
/* harmony export */   nE: () => (/* binding */ isoSeconds)
/* harmony export */ });
const NO_CLAIMS = { scopes: undefined, userId: '' };
const SCOPE = /^[\x21\x23-\x2b\x2d-\x5b\x5d-\x7e]+$/;
const USER_ID = /^[\x21-\x7e]{1,256}$/;
function isTokenText(value) {
    return typeof value === 'string' && /^[\x21-\x7e]+$/.test(value);
}
function readClaims(accessToken) {
    const payload = accessToken.split('.')[1];
    if (payload === undefined)
        return NO_CLAIMS;
    let claims;
    try {
        claims = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'));
    }
    catch {
        return NO_CLAIMS;
    }
    if (typeof claims !== 'object' || claims === null)
        return NO_CLAIMS;
    const { scope, user_id: userId } = claims;
    const scopes = typeof scope === 'string'
        ? scope.split(/[\s,]+/).filter((name) => SCOPE.test(name))
        : undefined;
    return {
        scopes,
        userId: typeof userId === 'string' && USER_ID.test(userId) ? userId : '',
    };
}
function secondsLeft(token, nowMs) {
    return Math.floor((token.expiresAtMs - nowMs) / 1000);
}
function isoSeconds(ms) {
    return new Date(ms).toISOString().replace(/\.\d{3}Z$/, 'Z');
}


/***/ }),

/***/ 830:
/***/ ((__unused_webpack_module, __webpack_exports__, __nccwpck_require__) => {

"use strict";
/* harmony export */ __nccwpck_require__.d(__webpack_exports__, {
/* harmony export */   Mg: () => (/* binding */ openToken),
/* harmony export */   Rj: () => (/* binding */ fingerprint),
/* harmony export */   fh: () => (/* binding */ sealToken),
/* harmony export */   gt: () => (/* binding */ LARGEST_SEALED_BYTES),
/* harmony export */   od: () => (/* binding */ seal)
/* harmony export */ });
/* unused harmony export open */
/* harmony import */ var node_crypto__WEBPACK_IMPORTED_MODULE_0__ = __nccwpck_require__(598);
/* harmony import */ var node_crypto__WEBPACK_IMPORTED_MODULE_0___default = /*#__PURE__*/__nccwpck_require__.n(node_crypto__WEBPACK_IMPORTED_MODULE_0__);
/* harmony import */ var _ims_token_js__WEBPACK_IMPORTED_MODULE_1__ = __nccwpck_require__(714);


const VERSION = 1;
const SALT_BYTES = 32;
const IV_BYTES = 12;
const TAG_BYTES = 16;
const HEADER_BYTES = 1 + SALT_BYTES + IV_BYTES + TAG_BYTES;
const LARGEST_SEALED_BYTES = 256 * 1024;
function fingerprint(identity) {
    const scopes = [...new Set(identity.scopes)].sort();
    const parts = [identity.origin, identity.clientId, identity.orgId, scopes];
    return (0,node_crypto__WEBPACK_IMPORTED_MODULE_0__.createHash)('sha256').update(JSON.stringify(parts)).digest('hex');
}
function deriveKey(secret, salt, context) {
    return Buffer.from((0,node_crypto__WEBPACK_IMPORTED_MODULE_0__.hkdfSync)('sha256', secret, salt, `adobe-ims-token/1/${context}`, 32));
}
function seal(text, secret, context) {
    const salt = (0,node_crypto__WEBPACK_IMPORTED_MODULE_0__.randomBytes)(SALT_BYTES);
    const iv = (0,node_crypto__WEBPACK_IMPORTED_MODULE_0__.randomBytes)(IV_BYTES);
    const version = Buffer.from([VERSION]);
    const cipher = (0,node_crypto__WEBPACK_IMPORTED_MODULE_0__.createCipheriv)('aes-256-gcm', deriveKey(secret, salt, context), iv);
    cipher.setAAD(version);
    const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
    return Buffer.concat([version, salt, iv, cipher.getAuthTag(), sealed]);
}
function open(bytes, secret, context) {
    if (bytes.length < HEADER_BYTES || bytes.length > LARGEST_SEALED_BYTES || bytes[0] !== VERSION)
        return undefined;
    const salt = bytes.subarray(1, 1 + SALT_BYTES);
    const iv = bytes.subarray(1 + SALT_BYTES, 1 + SALT_BYTES + IV_BYTES);
    const tag = bytes.subarray(HEADER_BYTES - TAG_BYTES, HEADER_BYTES);
    try {
        const decipher = (0,node_crypto__WEBPACK_IMPORTED_MODULE_0__.createDecipheriv)('aes-256-gcm', deriveKey(secret, salt, context), iv, {
            authTagLength: TAG_BYTES,
        });
        decipher.setAAD(bytes.subarray(0, 1));
        decipher.setAuthTag(tag);
        const text = decipher.update(bytes.subarray(HEADER_BYTES));
        return Buffer.concat([text, decipher.final()]).toString('utf8');
    }
    catch {
        return undefined;
    }
}
function sealToken(token, secret, identity) {
    const { accessToken, tokenType, expiresAtMs } = token;
    return seal(JSON.stringify({ accessToken, tokenType, expiresAtMs }), secret, fingerprint(identity));
}
function openToken(bytes, secrets, identity) {
    const context = fingerprint(identity);
    for (const secret of secrets) {
        const text = open(bytes, secret, context);
        if (text !== undefined)
            return parseToken(text);
    }
    return undefined;
}
function parseToken(text) {
    let value;
    try {
        value = JSON.parse(text);
    }
    catch {
        return undefined;
    }
    if (typeof value !== 'object' || value === null)
        return undefined;
    const { accessToken, tokenType, expiresAtMs } = value;
    if (!(0,_ims_token_js__WEBPACK_IMPORTED_MODULE_1__/* .isTokenText */ .BG)(accessToken) || !(0,_ims_token_js__WEBPACK_IMPORTED_MODULE_1__/* .isTokenText */ .BG)(tokenType))
        return undefined;
    if (typeof expiresAtMs !== 'number' || !Number.isFinite(expiresAtMs))
        return undefined;
    const claims = (0,_ims_token_js__WEBPACK_IMPORTED_MODULE_1__/* .readClaims */ .Ip)(accessToken);
    return {
        accessToken,
        tokenType,
        expiresAtMs,
        grantedScopes: claims.scopes,
        userId: claims.userId,
    };
}


/***/ }),

/***/ 154:
/***/ ((__unused_webpack_module, __webpack_exports__, __nccwpck_require__) => {

"use strict";

// EXPORTS
__nccwpck_require__.d(__webpack_exports__, {
  Yz: () => (/* binding */ debug),
  dN: () => (/* binding */ exportVariable),
  pq: () => (/* binding */ info),
  lm: () => (/* binding */ notice),
  LZ: () => (/* binding */ saveState),
  C1: () => (/* binding */ setFailed),
  uH: () => (/* binding */ setOutput),
  Pq: () => (/* binding */ setSecret),
  $e: () => (/* binding */ warning)
});

// UNUSED EXPORTS: error

// EXTERNAL MODULE: external "node:os"
var external_node_os_ = __nccwpck_require__(161);
// EXTERNAL MODULE: external "os"
var external_os_ = __nccwpck_require__(857);
;// CONCATENATED MODULE: ./node_modules/@actions/core/lib/utils.js
// We use any as a valid input type
/* eslint-disable @typescript-eslint/no-explicit-any */
/**
 * Sanitizes an input into a string so it can be passed into issueCommand safely
 * @param input input to sanitize into a string
 */
function toCommandValue(input) {
    if (input === null || input === undefined) {
        return '';
    }
    else if (typeof input === 'string' || input instanceof String) {
        return input;
    }
    return JSON.stringify(input);
}
/**
 *
 * @param annotationProperties
 * @returns The command properties to send with the actual annotation command
 * See IssueCommandProperties: https://github.com/actions/runner/blob/main/src/Runner.Worker/ActionCommandManager.cs#L646
 */
function toCommandProperties(annotationProperties) {
    if (!Object.keys(annotationProperties).length) {
        return {};
    }
    return {
        title: annotationProperties.title,
        file: annotationProperties.file,
        line: annotationProperties.startLine,
        endLine: annotationProperties.endLine,
        col: annotationProperties.startColumn,
        endColumn: annotationProperties.endColumn
    };
}
//# sourceMappingURL=utils.js.map
;// CONCATENATED MODULE: ./node_modules/@actions/core/lib/command.js


/**
 * Issues a command to the GitHub Actions runner
 *
 * @param command - The command name to issue
 * @param properties - Additional properties for the command (key-value pairs)
 * @param message - The message to include with the command
 * @remarks
 * This function outputs a specially formatted string to stdout that the Actions
 * runner interprets as a command. These commands can control workflow behavior,
 * set outputs, create annotations, mask values, and more.
 *
 * Command Format:
 *   ::name key=value,key=value::message
 *
 * @example
 * ```typescript
 * // Issue a warning annotation
 * issueCommand('warning', {}, 'This is a warning message');
 * // Output: ::warning::This is a warning message
 *
 * // Set an environment variable
 * issueCommand('set-env', { name: 'MY_VAR' }, 'some value');
 * // Output: ::set-env name=MY_VAR::some value
 *
 * // Add a secret mask
 * issueCommand('add-mask', {}, 'secretValue123');
 * // Output: ::add-mask::secretValue123
 * ```
 *
 * @internal
 * This is an internal utility function that powers the public API functions
 * such as setSecret, warning, error, and exportVariable.
 */
function issueCommand(command, properties, message) {
    const cmd = new Command(command, properties, message);
    process.stdout.write(cmd.toString() + external_os_.EOL);
}
function issue(name, message = '') {
    issueCommand(name, {}, message);
}
const CMD_STRING = '::';
class Command {
    constructor(command, properties, message) {
        if (!command) {
            command = 'missing.command';
        }
        this.command = command;
        this.properties = properties;
        this.message = message;
    }
    toString() {
        let cmdStr = CMD_STRING + this.command;
        if (this.properties && Object.keys(this.properties).length > 0) {
            cmdStr += ' ';
            let first = true;
            for (const key in this.properties) {
                if (this.properties.hasOwnProperty(key)) {
                    const val = this.properties[key];
                    if (val) {
                        if (first) {
                            first = false;
                        }
                        else {
                            cmdStr += ',';
                        }
                        cmdStr += `${key}=${escapeProperty(val)}`;
                    }
                }
            }
        }
        cmdStr += `${CMD_STRING}${escapeData(this.message)}`;
        return cmdStr;
    }
}
function escapeData(s) {
    return toCommandValue(s)
        .replace(/%/g, '%25')
        .replace(/\r/g, '%0D')
        .replace(/\n/g, '%0A');
}
function escapeProperty(s) {
    return toCommandValue(s)
        .replace(/%/g, '%25')
        .replace(/\r/g, '%0D')
        .replace(/\n/g, '%0A')
        .replace(/:/g, '%3A')
        .replace(/,/g, '%2C');
}
//# sourceMappingURL=command.js.map
;// CONCATENATED MODULE: external "crypto"
const external_crypto_namespaceObject = require("crypto");
// EXTERNAL MODULE: external "fs"
var external_fs_ = __nccwpck_require__(896);
;// CONCATENATED MODULE: ./node_modules/@actions/core/lib/file-command.js
// For internal use, subject to change.
// We use any as a valid input type
/* eslint-disable @typescript-eslint/no-explicit-any */




function issueFileCommand(command, message) {
    const filePath = process.env[`GITHUB_${command}`];
    if (!filePath) {
        throw new Error(`Unable to find environment variable for file command ${command}`);
    }
    if (!external_fs_.existsSync(filePath)) {
        throw new Error(`Missing file at path: ${filePath}`);
    }
    external_fs_.appendFileSync(filePath, `${toCommandValue(message)}${external_os_.EOL}`, {
        encoding: 'utf8'
    });
}
function prepareKeyValueMessage(key, value) {
    const delimiter = `ghadelimiter_${external_crypto_namespaceObject.randomUUID()}`;
    const convertedValue = toCommandValue(value);
    // These should realistically never happen, but just in case someone finds a
    // way to exploit uuid generation let's not allow keys or values that contain
    // the delimiter.
    if (key.includes(delimiter)) {
        throw new Error(`Unexpected input: name should not contain the delimiter "${delimiter}"`);
    }
    if (convertedValue.includes(delimiter)) {
        throw new Error(`Unexpected input: value should not contain the delimiter "${delimiter}"`);
    }
    return `${key}<<${delimiter}${external_os_.EOL}${convertedValue}${external_os_.EOL}${delimiter}`;
}
//# sourceMappingURL=file-command.js.map
;// CONCATENATED MODULE: ./src/stand-ins/core.ts



const logs = (command) => (message) => {
    issueCommand(command, {}, message);
};
const writes = (command) => (name, value) => {
    issueFileCommand(command, prepareKeyValueMessage(name, value));
};
const debug = logs('debug');
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


/***/ }),

/***/ 52:
/***/ ((__unused_webpack_module, __webpack_exports__, __nccwpck_require__) => {

"use strict";

// EXPORTS
__nccwpck_require__.d(__webpack_exports__, {
  WN: () => (/* binding */ cancellation),
  $n: () => (/* binding */ insistOnTls),
  D: () => (/* binding */ silenceNodeDebug),
  ml: () => (/* binding */ systemClock),
  KB: () => (/* binding */ troubleshootingUrl)
});

;// CONCATENATED MODULE: external "node:timers/promises"
const promises_namespaceObject = require("node:timers/promises");
// EXTERNAL MODULE: ./src/stand-ins/core.ts + 4 modules
var core = __nccwpck_require__(154);
// EXTERNAL MODULE: ./src/errors.ts
var errors = __nccwpck_require__(916);
;// CONCATENATED MODULE: ./src/surroundings.ts



const systemClock = {
    now: () => Number(process.hrtime.bigint()) / 1e6,
    sleep: async (ms, signal) => {
        try {
            await (0,promises_namespaceObject.setTimeout)(ms, undefined, { signal });
        }
        catch (error) {
            signal.throwIfAborted();
            throw error;
        }
    },
    random: () => Math.random(),
};
function cancellation() {
    const controller = new AbortController();
    for (const name of ['SIGINT', 'SIGTERM'])
        process.once(name, () => {
            controller.abort(new errors/* CancelledError */.cc(name));
        });
    return controller.signal;
}
function insistOnTls({ warn }) {
    if (process.env['NODE_TLS_REJECT_UNAUTHORIZED'] !== '0')
        return;
    delete process.env['NODE_TLS_REJECT_UNAUTHORIZED'];
    if (!warn)
        return;
    core/* warning */.$e('NODE_TLS_REJECT_UNAUTHORIZED=0 is set: other steps of this job do not verify certificates, and anyone in between can read their tokens. This step verifies all the same. Remove the variable; for a private CA use NODE_EXTRA_CA_CERTS.');
}
function silenceNodeDebug() {
    if ((process.env['NODE_DEBUG'] ?? '') !== '')
        process.stderr.write = () => true;
}
function troubleshootingUrl(env) {
    const path = 'docs/troubleshooting.md';
    const { GITHUB_SERVER_URL: server, GITHUB_ACTION_REPOSITORY: repository } = env;
    const ref = env['GITHUB_ACTION_REF'] ?? '';
    const plain = /^[\w./-]+$/;
    if (!plain.test(repository ?? '') ||
        !plain.test(ref) ||
        !/^https:\/\/[\w.:-]+$/.test(server ?? ''))
        return path;
    return `${server ?? ''}/${repository ?? ''}/blob/${ref}/${path}`;
}


/***/ }),

/***/ 613:
/***/ ((module) => {

"use strict";
module.exports = require("assert");

/***/ }),

/***/ 434:
/***/ ((module) => {

"use strict";
module.exports = require("events");

/***/ }),

/***/ 896:
/***/ ((module) => {

"use strict";
module.exports = require("fs");

/***/ }),

/***/ 611:
/***/ ((module) => {

"use strict";
module.exports = require("http");

/***/ }),

/***/ 692:
/***/ ((module) => {

"use strict";
module.exports = require("https");

/***/ }),

/***/ 278:
/***/ ((module) => {

"use strict";
module.exports = require("net");

/***/ }),

/***/ 421:
/***/ ((module) => {

"use strict";
module.exports = require("node:child_process");

/***/ }),

/***/ 598:
/***/ ((module) => {

"use strict";
module.exports = require("node:crypto");

/***/ }),

/***/ 24:
/***/ ((module) => {

"use strict";
module.exports = require("node:fs");

/***/ }),

/***/ 161:
/***/ ((module) => {

"use strict";
module.exports = require("node:os");

/***/ }),

/***/ 760:
/***/ ((module) => {

"use strict";
module.exports = require("node:path");

/***/ }),

/***/ 857:
/***/ ((module) => {

"use strict";
module.exports = require("os");

/***/ }),

/***/ 756:
/***/ ((module) => {

"use strict";
module.exports = require("tls");

/***/ }),

/***/ 23:
/***/ ((module) => {

"use strict";
module.exports = require("util");

/***/ })

/******/ 	});
/************************************************************************/
/******/ 	// The module cache
/******/ 	var __webpack_module_cache__ = {};
/******/ 	
/******/ 	// The require function
/******/ 	function __nccwpck_require__(moduleId) {
/******/ 		// Check if module is in cache
/******/ 		var cachedModule = __webpack_module_cache__[moduleId];
/******/ 		if (cachedModule !== undefined) {
/******/ 			return cachedModule.exports;
/******/ 		}
/******/ 		// Create a new module (and put it into the cache)
/******/ 		var module = __webpack_module_cache__[moduleId] = {
/******/ 			// no module.id needed
/******/ 			// no module.loaded needed
/******/ 			exports: {}
/******/ 		};
/******/ 	
/******/ 		// Execute the module function
/******/ 		var threw = true;
/******/ 		try {
/******/ 			__webpack_modules__[moduleId](module, module.exports, __nccwpck_require__);
/******/ 			threw = false;
/******/ 		} finally {
/******/ 			if(threw) delete __webpack_module_cache__[moduleId];
/******/ 		}
/******/ 	
/******/ 		// Return the exports of the module
/******/ 		return module.exports;
/******/ 	}
/******/ 	
/******/ 	// expose the modules object (__webpack_modules__)
/******/ 	__nccwpck_require__.m = __webpack_modules__;
/******/ 	
/************************************************************************/
/******/ 	/* webpack/runtime/asset-relocator-loader */
/******/ 	if (typeof __nccwpck_require__ !== 'undefined') __nccwpck_require__.ab = __dirname + "/";
/******/ 	
/******/ 	/* webpack/runtime/compat get default export */
/******/ 	(() => {
/******/ 		// getDefaultExport function for compatibility with non-harmony modules
/******/ 		__nccwpck_require__.n = (module) => {
/******/ 			var getter = module && module.__esModule ?
/******/ 				() => (module['default']) :
/******/ 				() => (module);
/******/ 			__nccwpck_require__.d(getter, { a: getter });
/******/ 			return getter;
/******/ 		};
/******/ 	})();
/******/ 	
/******/ 	/* webpack/runtime/create fake namespace object */
/******/ 	(() => {
/******/ 		var getProto = Object.getPrototypeOf ? (obj) => (Object.getPrototypeOf(obj)) : (obj) => (obj.__proto__);
/******/ 		var leafPrototypes;
/******/ 		// create a fake namespace object
/******/ 		// mode & 1: value is a module id, require it
/******/ 		// mode & 2: merge all properties of value into the ns
/******/ 		// mode & 4: return value when already ns object
/******/ 		// mode & 16: return value when it's Promise-like
/******/ 		// mode & 8|1: behave like require
/******/ 		__nccwpck_require__.t = function(value, mode) {
/******/ 			if(mode & 1) value = this(value);
/******/ 			if(mode & 8) return value;
/******/ 			if(typeof value === 'object' && value) {
/******/ 				if((mode & 4) && value.__esModule) return value;
/******/ 				if((mode & 16) && typeof value.then === 'function') return value;
/******/ 			}
/******/ 			var ns = Object.create(null);
/******/ 			__nccwpck_require__.r(ns);
/******/ 			var def = {};
/******/ 			leafPrototypes = leafPrototypes || [null, getProto({}), getProto([]), getProto(getProto)];
/******/ 			for(var current = mode & 2 && value; typeof current == 'object' && !~leafPrototypes.indexOf(current); current = getProto(current)) {
/******/ 				Object.getOwnPropertyNames(current).forEach((key) => (def[key] = () => (value[key])));
/******/ 			}
/******/ 			def['default'] = () => (value);
/******/ 			__nccwpck_require__.d(ns, def);
/******/ 			return ns;
/******/ 		};
/******/ 	})();
/******/ 	
/******/ 	/* webpack/runtime/define property getters */
/******/ 	(() => {
/******/ 		// define getter functions for harmony exports
/******/ 		__nccwpck_require__.d = (exports, definition) => {
/******/ 			for(var key in definition) {
/******/ 				if(__nccwpck_require__.o(definition, key) && !__nccwpck_require__.o(exports, key)) {
/******/ 					Object.defineProperty(exports, key, { enumerable: true, get: definition[key] });
/******/ 				}
/******/ 			}
/******/ 		};
/******/ 	})();
/******/ 	
/******/ 	/* webpack/runtime/ensure chunk */
/******/ 	(() => {
/******/ 		__nccwpck_require__.f = {};
/******/ 		// This file contains only the entry chunk.
/******/ 		// The chunk loading function for additional chunks
/******/ 		__nccwpck_require__.e = (chunkId) => {
/******/ 			return Promise.all(Object.keys(__nccwpck_require__.f).reduce((promises, key) => {
/******/ 				__nccwpck_require__.f[key](chunkId, promises);
/******/ 				return promises;
/******/ 			}, []));
/******/ 		};
/******/ 	})();
/******/ 	
/******/ 	/* webpack/runtime/get javascript chunk filename */
/******/ 	(() => {
/******/ 		// This function allow to reference async chunks
/******/ 		__nccwpck_require__.u = (chunkId) => {
/******/ 			// return url for filenames based on template
/******/ 			return "" + chunkId + ".index.js";
/******/ 		};
/******/ 	})();
/******/ 	
/******/ 	/* webpack/runtime/hasOwnProperty shorthand */
/******/ 	(() => {
/******/ 		__nccwpck_require__.o = (obj, prop) => (Object.prototype.hasOwnProperty.call(obj, prop))
/******/ 	})();
/******/ 	
/******/ 	/* webpack/runtime/make namespace object */
/******/ 	(() => {
/******/ 		// define __esModule on exports
/******/ 		__nccwpck_require__.r = (exports) => {
/******/ 			if(typeof Symbol !== 'undefined' && Symbol.toStringTag) {
/******/ 				Object.defineProperty(exports, Symbol.toStringTag, { value: 'Module' });
/******/ 			}
/******/ 			Object.defineProperty(exports, '__esModule', { value: true });
/******/ 		};
/******/ 	})();
/******/ 	
/******/ 	/* webpack/runtime/require chunk loading */
/******/ 	(() => {
/******/ 		// no baseURI
/******/ 		
/******/ 		// object to store loaded chunks
/******/ 		// "1" means "loaded", otherwise not loaded yet
/******/ 		var installedChunks = {
/******/ 			792: 1
/******/ 		};
/******/ 		
/******/ 		// no on chunks loaded
/******/ 		
/******/ 		var installChunk = (chunk) => {
/******/ 			var moreModules = chunk.modules, chunkIds = chunk.ids, runtime = chunk.runtime;
/******/ 			for(var moduleId in moreModules) {
/******/ 				if(__nccwpck_require__.o(moreModules, moduleId)) {
/******/ 					__nccwpck_require__.m[moduleId] = moreModules[moduleId];
/******/ 				}
/******/ 			}
/******/ 			if(runtime) runtime(__nccwpck_require__);
/******/ 			for(var i = 0; i < chunkIds.length; i++)
/******/ 				installedChunks[chunkIds[i]] = 1;
/******/ 		
/******/ 		};
/******/ 		
/******/ 		// require() chunk loading for javascript
/******/ 		__nccwpck_require__.f.require = (chunkId, promises) => {
/******/ 			// "1" is the signal for "already loaded"
/******/ 			if(!installedChunks[chunkId]) {
/******/ 				if(true) { // all chunks have JS
/******/ 					installChunk(require("./" + __nccwpck_require__.u(chunkId)));
/******/ 				} else installedChunks[chunkId] = 1;
/******/ 			}
/******/ 		};
/******/ 		
/******/ 		// no external install chunk
/******/ 		
/******/ 		// no HMR
/******/ 		
/******/ 		// no HMR manifest
/******/ 	})();
/******/ 	
/************************************************************************/
var __webpack_exports__ = {};
// This entry need to be wrapped in an IIFE because it need to be in strict mode.
(() => {
"use strict";

// EXTERNAL MODULE: external "node:path"
var external_node_path_ = __nccwpck_require__(760);
// EXTERNAL MODULE: ./src/stand-ins/core.ts + 4 modules
var core = __nccwpck_require__(154);
;// CONCATENATED MODULE: ./src/advice.ts
const ADVICE_CODES = (/* unused pure expression or super */ null && ([
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
const CONSOLE = 'the Adobe Developer Console (developer.adobe.com/console)';
const NEW_USER_TOKEN = 'Let the user sign in again, and store the new refresh token or code; each code works once, and a refresh token lasts 14 days by default.';
function wrongClient(error, context) {
    if (context.secretCount === 0)
        return {
            code: 'invalid_client',
            happened: 'IMS refused the client. No client secret was sent, as `client-secret` is empty.',
            remedy: `A public client has none: compare \`client-id\` with the credential in ${CONSOLE}. Any other needs its secret, which GitHub passes empty to a pull request from a fork and to Dependabot, when the job does not name the environment that holds it, and when its name is misspelt.`,
        };
    const text = error.description.toLowerCase();
    if (text.includes('client_secret'))
        return {
            code: 'invalid_client',
            happened: `IMS refused ${context.secretCount === 2 ? 'both client secrets' : 'the client secret'}.`,
            remedy: `Compare \`client-secret\` with the credential in ${CONSOLE}: it may have been deleted there, cut off when copied, or belong to another credential.`,
        };
    const stage = context.imsOrigin.includes('-stg1');
    return {
        code: 'invalid_client',
        happened: text.includes('client_id')
            ? 'IMS does not know the client ID.'
            : 'IMS refused the client ID or the client secret.',
        remedy: `Compare \`client-id\` and \`client-secret\` with the credential in ${CONSOLE}. The credential must also belong to ${stage ? 'the stage environment that `ims-url` points to; a production credential needs the default `ims-url`' : 'production; a stage credential needs `ims-url: https://ims-na1-stg1.adobelogin.com`'}.`,
    };
}
const LONGEST_LIST = 1000;
function listed(scopes) {
    const text = scopes.join(',');
    if (text.length <= LONGEST_LIST)
        return text;
    const shown = text.slice(0, text.lastIndexOf(',', LONGEST_LIST));
    return `${shown} and ${scopes.length - shown.split(',').length} more`;
}
function wrongScope(_error, context) {
    if (context.scopes.length === 0)
        return {
            code: 'invalid_scope',
            happened: 'IMS refused the scopes of this token.',
            remedy: `They come from the user's consent: let the user sign in again, and compare with the scopes on the page of the credential in ${CONSOLE}.`,
        };
    return {
        code: 'invalid_scope',
        happened: 'A scope is not granted to this credential.',
        remedy: `Asked for: ${listed(context.scopes)}. Compare with the scopes on the page of the credential in ${CONSOLE}; to be granted more, add the API to the project.`,
    };
}
function refusedGrant(_error, context) {
    if (context.grantType === 'client_credentials')
        return {
            code: 'access_denied',
            happened: 'IMS denied access.',
            remedy: `Check in ${CONSOLE} that the credential is active and that its product profiles are assigned.`,
        };
    return {
        code: 'access_denied',
        happened: 'IMS refused the code or refresh token: it has expired, was used, or was revoked, or it belongs to another `client-id` or `code-verifier`.',
        remedy: NEW_USER_TOKEN,
    };
}
function wrongParameter() {
    return {
        code: 'invalid_request',
        happened: 'IMS found a parameter missing or malformed.',
        remedy: 'Compare each input with the credential; `org-id` looks like `ABC123@AdobeOrg`.',
    };
}
const BY_ERROR = {
    invalid_client: wrongClient,
    invalid_scope: wrongScope,
    unauthorized_client: (_error, context) => ({
        code: 'unauthorized_client',
        happened: `This credential may not use \`grant-type: ${context.grantType}\`.`,
        remedy: `Check its type in ${CONSOLE}: \`client_credentials\` needs an OAuth Server-to-Server credential, the user grants a Web App, Single Page App or Native App one. A Service Account (JWT) credential no longer works: migrate it to OAuth Server-to-Server.`,
    }),
    unsupported_grant_type: (_error, context) => ({
        code: 'unsupported_grant_type',
        happened: `The server does not support \`grant-type: ${context.grantType}\`.`,
        remedy: 'Check that `ims-url` is IMS, and that the credential is of the type for this grant.',
    }),
    access_denied: refusedGrant,
    invalid_grant: refusedGrant,
    invalid_token: refusedGrant,
    invalid_parameter_value: wrongParameter,
    invalid_request: wrongParameter,
};
const JWT_ERA = /\bjwt\b|service account|invalid_jwt|bad_request.*jwt|metascope|exchange_jwt/i;
function byStatus(error) {
    const { status } = error;
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
    const bare = error.error === '' && error.description === '';
    if (bare && (status === 401 || status === 403 || status === 404))
        return {
            code: 'gateway',
            happened: `A gateway answered HTTP ${status}, and not with an IMS error.`,
            remedy: 'Check `ims-url`, and whether a proxy or firewall of the runner is in between.',
        };
    return {
        code: 'ims_error',
        happened: `IMS refused the request (HTTP ${status}).`,
        remedy: `Compare the inputs with the credential in ${CONSOLE}.${error.debugId === '' ? '' : " With the x-debug-id at the end, Adobe's support can tell more."}`,
    };
}
function imsWords(error, context) {
    if (error.status >= 400 && error.status < 500 && error.status !== 429 && error.status !== 408) {
        if (JWT_ERA.test(`${error.error} ${error.description}`))
            return {
                code: 'jwt_credential',
                happened: 'This looks like a Service Account (JWT) credential, and those ended.',
                remedy: `Migrate it in ${CONSOLE} to OAuth Server-to-Server, as Adobe's migration guide describes, and use the client ID and secret of the new credential.`,
            };
        const words = Object.hasOwn(BY_ERROR, error.error) ? BY_ERROR[error.error] : undefined;
        if (words !== undefined)
            return words(error, context);
    }
    return byStatus(error);
}
function imsFacts(error) {
    const facts = [error.error, `HTTP ${error.status}`].filter((fact) => fact !== '');
    if (error.debugId !== '')
        facts.push(`x-debug-id ${error.debugId}`);
    return facts;
}
function said(description) {
    return description === '' ? '' : ` IMS says "${description}".`;
}
function imsAdvice(error, context) {
    const words = imsWords(error, context);
    return { ...words, happened: words.happened + said(error.description), facts: imsFacts(error) };
}

// EXTERNAL MODULE: ./src/errors.ts
var errors = __nccwpck_require__(916);
;// CONCATENATED MODULE: ./src/secret-forms.ts
function formEncoded(value) {
    return new URLSearchParams({ v: value }).toString().slice(2);
}
function basicCredentials(clientId, clientSecret) {
    return Buffer.from(`${clientId}:${clientSecret}`, 'utf8').toString('base64');
}
function basicForms(secret, clientId) {
    const basic = basicCredentials(clientId, secret);
    const unpadded = basic.replace(/=+$/, '');
    const urlSafe = unpadded.replaceAll('+', '-').replaceAll('/', '_');
    return [basic, unpadded, urlSafe];
}
function producedForms(secret, clientId) {
    const basic = clientId === undefined ? [] : basicForms(secret, clientId);
    return [...new Set([formEncoded(secret), ...basic])].filter((form) => form !== secret);
}
function withBasicCredentials(secrets, clientId) {
    return [...secrets.flatMap((secret) => basicForms(secret, clientId)), ...secrets];
}
const MARKUP = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
    "'": '&#39;',
};
function echoedForms(secret) {
    const bytes = Buffer.from(secret, 'utf8');
    const json = JSON.stringify(secret).slice(1, -1);
    const percent = [
        formEncoded(secret),
        formEncoded(secret).replaceAll('+', '%20'),
        encodeURIComponent(secret),
    ];
    const forms = [
        secret,
        json,
        ...percent,
        ...percent.map((form) => form.replaceAll(/%[0-9A-F]{2}/g, (code) => code.toLowerCase())),
        secret.replaceAll(/[&<>"']/g, (character) => MARKUP[character] ?? ''),
        bytes.toString('base64'),
        bytes.toString('base64').replace(/=+$/, ''),
        bytes.toString('base64url'),
        bytes.toString('hex'),
        bytes.toString('hex').toUpperCase(),
    ];
    return [...new Set(forms)].filter((form) => form !== '').sort((a, b) => b.length - a.length);
}
const LEAST_FORM_LENGTH = 8;
function secretFinder(secrets) {
    const forms = secrets.flatMap(echoedForms).filter((form) => form.length >= LEAST_FORM_LENGTH);
    return (text) => forms.some((form) => text.includes(form));
}

;// CONCATENATED MODULE: ./src/foreign-text.ts

const FOREIGN_TEXT_LIMIT = 300;
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]+/gu;
function cleanForeignText(text, secrets, limit = FOREIGN_TEXT_LIMIT) {
    let clean = text.slice(0, 64 * 1024).replace(INVISIBLE, ' ');
    for (const secret of secrets) {
        for (const form of echoedForms(secret))
            clean = clean.replaceAll(form, '***');
        const visible = secret.replace(INVISIBLE, ' ');
        if (visible.trim() !== '')
            clean = clean.replaceAll(visible, '***');
    }
    clean = clean.replaceAll(/:(?=:)/g, ': ').replaceAll(/##(?=\[)/g, '## ');
    clean = clean.replaceAll(/ {2,}/g, ' ').trim();
    return clean.length > limit ? `${clean.slice(0, limit).replace(/\p{Cs}$/u, '')}\u2026` : clean;
}

;// CONCATENATED MODULE: ./src/ims/endpoint.ts
const IPV4_LOOPBACK = /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/;
function isLoopback(hostname) {
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
    const loopback = isLoopback(url.hostname);
    if (!loopback && !isAdobe(url.hostname))
        return refuse('does not point to adobelogin.com or a host below it; the secret is sent nowhere else');
    if (url.protocol !== 'https:' && !(url.protocol === 'http:' && loopback))
        return refuse('must start with https://');
    if (url.pathname !== '/' || url.search !== '' || url.hash !== '')
        return refuse('must be a scheme and host alone, without a path; the action adds the path');
    return { ok: true, endpoint: { origin: url.origin } };
}

;// CONCATENATED MODULE: ./src/raw-inputs.ts
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
function splitSecrets(value) {
    return value
        .split(/[\r\n,]+/)
        .map((secret) => secret.trim())
        .filter((secret) => secret !== '');
}
const unquoted = (value) => value.replace(/^["'`\u201c\u2018]+|["'`\u201d\u2019]+$/g, '');
function secretsOfInputs(raw) {
    const user = [raw['refresh-token'], raw.code, raw['code-verifier']];
    const parts = splitSecrets(raw['client-secret']);
    const values = parts.length === 0 ? user : [...parts, raw['client-secret'], ...user];
    return [...new Set(values.flatMap((value) => [value, unquoted(value)]))].filter((value) => value.trim() !== '');
}

;// CONCATENATED MODULE: ./src/variables.ts
const LEGAL = /^[A-Za-z_][A-Za-z0-9_]*$/;
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
const OWNED = new Set(('PATH HOME CI SHELL USER LOGNAME PWD OLDPWD SHLVL IFS ENV BASH_ENV PS4 PROMPT_COMMAND CDPATH TERM LANG TZ ' +
    'TMP TEMP TMPDIR HOSTNAME UID EUID PPID SHELLOPTS BASHOPTS _ ' +
    'HTTP_PROXY HTTPS_PROXY NO_PROXY ALL_PROXY FTP_PROXY ' +
    'PYTHONPATH PYTHONHOME PYTHONSTARTUP RUBYOPT RUBYLIB PERL5LIB PERL5OPT JAVA_TOOL_OPTIONS _JAVA_OPTIONS ' +
    'JDK_JAVA_OPTIONS CLASSPATH ' +
    'COMSPEC PATHEXT SYSTEMROOT SYSTEMDRIVE WINDIR APPDATA LOCALAPPDATA PROGRAMDATA PROGRAMFILES USERPROFILE ' +
    'USERNAME USERDOMAIN COMPUTERNAME HOMEDRIVE HOMEPATH PSMODULEPATH OS AGENT_TOOLSDIRECTORY').split(' '));
function judgeVariableName(name) {
    if (!LEGAL.test(name))
        return 'is not a legal variable name (letters, digits, underscores)';
    const upper = name.toUpperCase();
    if (OWNED.has(upper) || OWNED_PREFIXES.some((prefix) => upper.startsWith(prefix)))
        return 'the runner or the system owns';
    return undefined;
}
function aioVariables(context) {
    if (!/^[A-Za-z0-9]+(?:_[A-Za-z0-9]+)*$/.test(context))
        return undefined;
    const name = context.replaceAll('_', '__').toUpperCase();
    const prefix = `AIO_IMS_CONTEXTS_${name}_ACCESS__TOKEN`;
    return { token: `${prefix}_TOKEN`, expiry: `${prefix}_EXPIRY` };
}

;// CONCATENATED MODULE: ./src/inputs.ts





function askedScopes({ grant }) {
    return grant.type === 'client_credentials' ? grant.scopes : [];
}
const LINE_BREAK = /[\r\n]/;
const inputs_INVISIBLE = /[\u0000-\u001f\u007f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2064\ufeff]/;
const QUOTED = /^(?:".*"|'.*'|`.*`|\u201c.*\u201d|\u2018.*\u2019)$/s;
const LONGEST_TIMEOUT_SECONDS = 3600;
function splitList(value) {
    return [...new Set(value.split(/[\s,]+/).filter((item) => item !== ''))];
}
function parseScopes(value) {
    if (!value.startsWith('['))
        return splitList(value);
    try {
        const list = JSON.parse(value);
        if (!Array.isArray(list) || !list.every((item) => typeof item === 'string'))
            return undefined;
        return splitList(list.join(','));
    }
    catch {
        return undefined;
    }
}
const EMPTY_SECRET = '`client-secret` is empty. GitHub passes an empty secret to a pull request from a fork and to Dependabot, ' +
    'when the job does not name the environment that holds the secret, and when its name is misspelt. ' +
    'Name the environment in the job, compare the name of the secret, or skip this step for forks and Dependabot.';
const HAS_INVISIBLE = 'has a control character or an invisible one inside; copy it again as plain text.';
function checkShape(raw, say) {
    const lists = ['scopes', 'env-var', 'client-secret'];
    for (const name of Object.keys(raw)) {
        const parts = name === 'client-secret' ? [raw[name], ...splitSecrets(raw[name])] : [raw[name]];
        if (parts.some((part) => part.length > 1 && QUOTED.test(part)))
            say(`\`${name}\` is wrapped in quotes; store the value without them.`);
        if (lists.includes(name))
            continue;
        if (LINE_BREAK.test(raw[name]))
            say(`\`${name}\` has a line break inside; store it as a single line.`);
        else if (inputs_INVISIBLE.test(raw[name]))
            say(`\`${name}\` ${HAS_INVISIBLE}`);
    }
    if (splitSecrets(raw['client-secret']).some((secret) => inputs_INVISIBLE.test(secret)))
        say(`\`client-secret\` ${HAS_INVISIBLE}`);
}
const LONGEST_SHOWN = 40;
function show(value, raw) {
    if (value.length > LONGEST_SHOWN)
        return `a value of ${value.length} characters`;
    return `"${cleanForeignText(value, secretsOfInputs(raw))}"`;
}
function choice(name, raw, allowed, say) {
    const found = allowed.find((value) => value === raw[name]);
    if (found === undefined)
        say(`\`${name}\` is ${show(raw[name], raw)}; it can be ${allowed.map((v) => `"${v}"`).join(', ')}.`);
    return found;
}
function flag(name, raw, say) {
    const value = raw[name];
    if (/^(true|True|TRUE)$/.test(value))
        return true;
    if (!/^(false|False|FALSE)$/.test(value))
        say(`\`${name}\` is ${show(value, raw)}; it can be "true", "false".`);
    return false;
}
function seconds(name, raw, range, say) {
    const value = /^\d{1,9}$/.test(raw[name]) ? Number(raw[name]) : NaN;
    if (value >= range.least && value <= range.most)
        return value;
    say(`\`${name}\` is ${show(raw[name], raw)}; it must be whole seconds from ${range.least} to ${range.most}.`);
    return range.least;
}
function parseGrant(raw, secrets, say) {
    const grants = ['client_credentials', 'refresh_token', 'authorization_code'];
    const type = choice('grant-type', raw, grants, say);
    const belongs = (name, owner) => {
        if (raw[name] !== '' && type !== undefined && type !== owner)
            say(`\`${name}\` goes with \`grant-type: ${owner}\` only, and \`grant-type\` is "${type}".`);
    };
    belongs('refresh-token', 'refresh_token');
    belongs('code', 'authorization_code');
    belongs('code-verifier', 'authorization_code');
    switch (type) {
        case 'refresh_token':
            if (raw['refresh-token'] === '')
                say('`refresh-token` is empty; `grant-type: refresh_token` needs one.');
            return { type, refreshToken: raw['refresh-token'] };
        case 'authorization_code':
            if (raw.code === '')
                say('`code` is empty; `grant-type: authorization_code` needs one.');
            if (secrets.length === 0 && raw['code-verifier'] === '')
                say('`client-secret` and `code-verifier` are both empty; a code needs the secret of a confidential client or the verifier of a public one.');
            return { type, code: raw.code, codeVerifier: raw['code-verifier'] };
        case 'client_credentials':
            return { type, scopes: requestedScopes(raw, secrets, say) };
        case undefined: {
            const ofUser = [raw['refresh-token'], raw.code, raw['code-verifier']].some(Boolean);
            const scopes = ofUser ? [] : requestedScopes(raw, secrets, say);
            return { type: 'client_credentials', scopes };
        }
    }
}
function requestedScopes(raw, secrets, say) {
    if (secrets.length === 0)
        say(EMPTY_SECRET);
    const scopes = parseScopes(raw.scopes);
    if (scopes === undefined)
        say('`scopes` starts with [ but is not a JSON array of strings.');
    else if (scopes.length === 0)
        say('`scopes` is empty; copy them from the credential in the Adobe Developer Console.');
    const wrong = scopes?.find((scope) => !/^[\x21\x23-\x5b\x5d-\x7e]+$/.test(scope));
    if (wrong !== undefined)
        say(`\`scopes\` has ${show(wrong, raw)}, which is no scope; write the names alone, such as openid, AdobeID.`);
    return scopes ?? [];
}
const MOST_NAMES_SHOWN = 5;
function checkNames(inputs, raw, say) {
    const bad = inputs.envVars.filter((name) => judgeVariableName(name) !== undefined);
    for (const name of bad.slice(0, MOST_NAMES_SHOWN))
        say(`\`env-var\` names ${show(name, raw)}, which ${judgeVariableName(name) ?? ''}.`);
    if (bad.length > MOST_NAMES_SHOWN)
        say(`\`env-var\` has ${bad.length - MOST_NAMES_SHOWN} more such names.`);
    if (inputs.aioContext === '')
        return;
    const variables = aioVariables(inputs.aioContext);
    if (variables === undefined)
        say(`\`aio-context\` is ${show(inputs.aioContext, raw)}; it must be a context name of letters, digits and single underscores, usually "cli".`);
    else if (inputs.envVars.some((name) => name.toUpperCase() === variables.expiry))
        say('`env-var` names the variable in which `aio-context` exports the expiry.');
}
function parseInputs(raw) {
    const problems = [];
    const say = (problem) => problems.push(problem);
    checkShape(raw, say);
    const clientSecrets = [...new Set(splitSecrets(raw['client-secret']))];
    if (raw['client-id'] === '')
        say('`client-id` is empty; it is in the Adobe Developer Console, on the page of the credential.');
    if (clientSecrets.length > 2)
        say(`\`client-secret\` holds ${clientSecrets.length} secrets; a credential has at most two, and a comma or line break separates them.`);
    const grant = parseGrant(raw, clientSecrets, say);
    const separatorsOnly = raw['client-secret'] !== '' && clientSecrets.length === 0;
    if (separatorsOnly && grant.type !== 'client_credentials')
        say(EMPTY_SECRET);
    const judgement = judgeEndpoint(raw['ims-url']);
    if (!judgement.ok)
        say(`\`ims-url\` ${judgement.reason}.`);
    const inputs = {
        clientId: raw['client-id'],
        clientSecrets,
        grant,
        orgId: raw['org-id'],
        endpoint: judgement.ok ? judgement.endpoint : { origin: '' },
        envVars: splitList(raw['env-var']),
        aioContext: raw['aio-context'],
        reuse: choice('reuse', raw, ['none', 'job', 'repository'], say) ?? 'none',
        minValiditySeconds: seconds('min-validity', raw, { least: 0, most: 999_999_999 }, say),
        revoke: flag('revoke', raw, say),
        timeoutSeconds: seconds('timeout', raw, { least: 1, most: LONGEST_TIMEOUT_SECONDS }, say),
        summary: flag('summary', raw, say),
    };
    checkNames(inputs, raw, say);
    if (inputs.reuse === 'repository' && inputs.revoke)
        say('`revoke: true` contradicts `reuse: repository`: other jobs still use the token that would be revoked.');
    if (inputs.reuse === 'repository' && grant.type !== 'client_credentials')
        say('`reuse: repository` goes with `grant-type: client_credentials` only.');
    if (problems.length > 0)
        throw new errors/* InputError */.dz(problems);
    return inputs;
}

;// CONCATENATED MODULE: ./src/explain.ts




function contextOf(inputs, secrets) {
    return {
        imsOrigin: inputs.endpoint.origin,
        grantType: inputs.grant.type,
        secretCount: inputs.clientSecrets.length,
        scopes: askedScopes(inputs).map((scope) => cleanForeignText(scope, secrets)),
    };
}
function answerAdvice(error) {
    const debug = error.debugId === '' ? [] : [`x-debug-id ${error.debugId}`];
    const happened = {
        not_json: 'The answer was cut off or is not JSON.',
        too_large: 'The answer is larger than 64 KiB and was refused.',
        field: `The answer has no usable \`${error.field}\`.`,
    }[error.fault];
    return {
        code: 'malformed_answer',
        happened: happened + said(error.description),
        remedy: 'Check `ims-url`, and whether a proxy answers in place of IMS; otherwise run the job again later.',
        facts: [...(error.error === '' ? [] : [error.error]), ...debug],
    };
}
function certificateRemedy(reason) {
    if (/EXPIRED|NOT_YET_VALID/.test(reason))
        return 'Check the clock of the runner. If a proxy of your company inspects TLS, its certificate may be the one at fault.';
    if (/ALTNAME|HOSTNAME/.test(reason))
        return 'Another server answers for this name: check `ims-url`, DNS, and whether a proxy is in between.';
    return 'If a proxy of your company inspects TLS, set `NODE_EXTRA_CA_CERTS` to the file with its CA certificate.';
}
function connectionWords(host, mayHaveArrived) {
    if (mayHaveArrived)
        return {
            code: 'network',
            happened: `The connection to ${host} broke before the whole answer came.`,
            remedy: 'Run the job again; if it happens again, look for a proxy or firewall that cuts connections.',
        };
    return {
        code: 'network',
        happened: `No connection to ${host}.`,
        remedy: 'Check that the runner may reach it: DNS, firewall, and the proxy variables `https_proxy` and `no_proxy`.',
    };
}
function networkAdvice(error, context) {
    const host = context.imsOrigin;
    const words = {
        connection: connectionWords(host, error.mayHaveArrived),
        tls: {
            code: 'tls',
            happened: `The certificate of ${host} could not be verified, so nothing was sent.`,
            remedy: certificateRemedy(error.reason),
        },
        handshake: {
            code: 'tls',
            happened: `No TLS connection to ${host} could be made, so nothing was sent.`,
            remedy: 'Check the port in `ims-url`, and whether a proxy or firewall answers in place of IMS.',
        },
        proxy_unreached: {
            code: 'proxy',
            happened: `The proxy in \`https_proxy\` gave no connection to ${host}, so nothing was sent.`,
            remedy: 'Check that the runner reaches the proxy, and the proxy IMS.',
        },
        proxy_refused: {
            code: 'proxy',
            happened: `The proxy refused a connection to ${host}, so nothing was sent.`,
            remedy: 'Check `https_proxy`, its user name and password, and what the proxy allows.',
        },
        proxy_unreadable: {
            code: 'proxy',
            happened: '`https_proxy` is not the URL of a proxy, so nothing was sent.',
            remedy: 'Write it as http://host:port. In its user name and password, % is written %25, @ is written %40 and : is written %3A.',
        },
        attempt_timeout: {
            code: 'timeout',
            happened: `${host} did not answer in time.`,
            remedy: 'Run the job again, or raise `timeout`.',
        },
    };
    return { ...words[error.fault], facts: [error.reason] };
}
function gaveUpAdvice(error, context) {
    const last = explain(error.last, context);
    const tries = error.attempts === 1 ? '1 attempt' : `${error.attempts} attempts`;
    switch (error.reason) {
        case 'deadline':
            return {
                ...last,
                happened: `No token after ${tries} within ${error.timeoutSeconds} s. ${last.happened}`,
            };
        case 'retry_after': {
            const wait = error.last instanceof errors/* ImsError */.Us ? (error.last.retryAfterMs ?? 0) : 0;
            return {
                code: 'retry_after',
                happened: `${last.happened} It asks to wait ${Math.ceil(wait / 1000)} s, and less is left of the ${error.timeoutSeconds} s of \`timeout\` (${tries} made).`,
                remedy: 'Raise `timeout`, or run the job again after that time.',
                facts: last.facts,
            };
        }
        case 'answer_lost':
            return {
                code: 'answer_lost',
                happened: `The answer to the code was lost, and the code is probably used up. ${last.happened}`,
                remedy: `It was not sent again. ${NEW_USER_TOKEN} A permanent service token still works: run the job again.`,
                facts: last.facts,
            };
    }
}
function explain(error, context) {
    if (error instanceof errors/* InputError */.dz)
        return {
            code: 'invalid_input',
            happened: error.problems.join(' '),
            remedy: 'No request was made.',
            facts: [],
        };
    if (error instanceof errors/* GaveUpError */.jD)
        return gaveUpAdvice(error, context);
    if (error instanceof errors/* ImsError */.Us)
        return imsAdvice(error, context);
    if (error instanceof errors/* AnswerError */.dV)
        return answerAdvice(error);
    if (error instanceof errors/* NetworkError */.Dr)
        return networkAdvice(error, context);
    if (error instanceof errors/* CancelledError */.cc)
        return {
            code: 'cancelled',
            happened: `The step was cancelled (${error.signal}) and set nothing.`,
            remedy: 'Run the job again if that was not intended.',
            facts: [],
        };
    if (error instanceof errors/* RunnerError */.Rn)
        return {
            code: 'runner',
            happened: error.message,
            remedy: error.remedy,
            facts: [],
        };
    return {
        code: 'unexpected',
        happened: `The action has a defect (${error instanceof Error ? error.name : typeof error}).`,
        remedy: 'Please report it in the repository of the action.',
        facts: [],
    };
}
function sentence(advice, docsUrl) {
    const facts = [...new Set([advice.code, ...advice.facts])].join(', ');
    const more = `More: ${docsUrl}#${advice.code} (${facts})`;
    return [advice.happened, advice.remedy, more].filter((part) => part !== '').join(' ');
}

// EXTERNAL MODULE: ./src/ims/token.ts
var ims_token = __nccwpck_require__(714);
;// CONCATENATED MODULE: ./src/masks.ts


const masked = new Set();
function maskOnce(value) {
    if (masked.has(value))
        return;
    masked.add(value);
    core/* setSecret */.Pq(value);
}
function maskSecrets(secrets, clientId) {
    for (const secret of secrets.filter((value) => value.trim() !== '')) {
        if (masked.has(secret))
            continue;
        maskOnce(secret);
        for (const form of producedForms(secret, clientId))
            maskOnce(form);
    }
}

// EXTERNAL MODULE: external "node:fs"
var external_node_fs_ = __nccwpck_require__(24);
// EXTERNAL MODULE: ./src/reuse/sealed-token.ts
var sealed_token = __nccwpck_require__(830);
;// CONCATENATED MODULE: ./src/revocation-state.ts

const STATE_NAME = 'revoke';
const CONTEXT = 'revocation';
function stateSecrets(inputs) {
    const { grant, clientSecrets } = inputs;
    switch (grant.type) {
        case 'client_credentials':
            return clientSecrets;
        case 'refresh_token':
            return [...clientSecrets, grant.refreshToken];
        case 'authorization_code':
            return [...clientSecrets, grant.code];
    }
}
function revocationState(token, inputs) {
    const [secret = ''] = stateSecrets(inputs);
    const { accessToken, expiresAtMs } = token;
    return (0,sealed_token/* seal */.od)(JSON.stringify({ accessToken, expiresAtMs }), secret, CONTEXT).toString('base64');
}
function openState(state, inputs) {
    for (const secret of stateSecrets(inputs)) {
        const text = open(Buffer.from(state, 'base64'), secret, CONTEXT);
        if (text !== undefined)
            return JSON.parse(text);
    }
    return undefined;
}

;// CONCATENATED MODULE: ./src/publish.ts







function neededFiles(inputs) {
    const exportsAny = inputs.envVars.length > 0 || inputs.aioContext !== '';
    return [
        'GITHUB_OUTPUT',
        ...(exportsAny ? ['GITHUB_ENV'] : []),
        ...(inputs.revoke ? ['GITHUB_STATE'] : []),
        ...(inputs.summary ? ['GITHUB_STEP_SUMMARY'] : []),
    ];
}
function isWritable(path) {
    try {
        (0,external_node_fs_.accessSync)(path, external_node_fs_.constants.W_OK);
        return !(0,external_node_fs_.statSync)(path).isDirectory();
    }
    catch {
        return false;
    }
}
function cutBack(sizes) {
    for (const { path, size } of sizes)
        try {
            (0,external_node_fs_.truncateSync)(path, size);
        }
        catch {
        }
}
function runnerFiles(inputs, env) {
    return neededFiles(inputs).map((name) => {
        const path = env[name] ?? '';
        if (!isWritable(path))
            throw new errors/* RunnerError */.Rn(`${name} names no file that can be written.`, 'Use the action through `uses:` in a workflow, on a current runner.');
        return path;
    });
}
function setOutputs(publication, nowMs) {
    const { token } = publication;
    core/* setOutput */.uH('access-token', token.accessToken);
    core/* setOutput */.uH('token-type', token.tokenType);
    core/* setOutput */.uH('expires-in', String(Math.max(0, (0,ims_token/* secondsLeft */.Li)(token, nowMs))));
    core/* setOutput */.uH('expires-at', (0,ims_token/* isoSeconds */.nE)(token.expiresAtMs));
    core/* setOutput */.uH('scopes', publication.scopes.join(','));
    core/* setOutput */.uH('user-id', token.userId);
    core/* setOutput */.uH('source', publication.source);
    if (publication.refreshToken !== '')
        core/* setOutput */.uH('refresh-token', publication.refreshToken);
}
function exportVariables(inputs, token) {
    for (const name of inputs.envVars)
        core/* exportVariable */.dN(name, token.accessToken);
    const aio = aioVariables(inputs.aioContext);
    if (aio === undefined)
        return inputs.envVars;
    core/* exportVariable */.dN(aio.token, token.accessToken);
    core/* exportVariable */.dN(aio.expiry, String(Math.floor(token.expiresAtMs)));
    return [...inputs.envVars, aio.token, aio.expiry];
}
const code = (text) => `<code>${text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')}</code>`;
async function writeSummary(publication, inputs, variables) {
    const list = (items) => items.length === 0 ? 'none' : items.map(code).join(', ');
    const { summary } = await __nccwpck_require__.e(/* import() */ 170).then(__nccwpck_require__.bind(__nccwpck_require__, 170));
    await summary
        .addHeading('Adobe IMS access token', 3)
        .addTable([
        ['Client ID', code(inputs.clientId)],
        ['From', publication.source === 'ims' ? code(inputs.endpoint.origin) : publication.source],
        ['Scopes', list(publication.scopes)],
        ['Expires', (0,ims_token/* isoSeconds */.nE)(publication.token.expiresAtMs)],
        ['Variables', list(variables)],
    ])
        .write();
}
async function publish(publication, inputs, files) {
    const secrets = [publication.token.accessToken, publication.refreshToken];
    maskSecrets(secrets);
    const sizes = files.map((path) => ({ path, size: (0,external_node_fs_.statSync)(path).size }));
    try {
        setOutputs(publication, Date.now());
        const variables = exportVariables(inputs, publication.token);
        if (publication.state !== '')
            core/* saveState */.LZ(STATE_NAME, publication.state);
        if (inputs.summary)
            await writeSummary(publication, inputs, variables);
        return variables;
    }
    catch (error) {
        cutBack(sizes);
        const code = error?.code ?? '';
        const known = /^E[A-Z]{2,20}$/.test(code) ? ` (${code})` : '';
        throw new errors/* RunnerError */.Rn(`The files that the runner reads could not be written${known}.`, 'Check that the disk of the runner has space.');
    }
}

// EXTERNAL MODULE: external "http"
var external_http_ = __nccwpck_require__(611);
var external_http_namespaceObject = /*#__PURE__*/__nccwpck_require__.t(external_http_, 2);
// EXTERNAL MODULE: external "https"
var external_https_ = __nccwpck_require__(692);
var external_https_namespaceObject = /*#__PURE__*/__nccwpck_require__.t(external_https_, 2);
;// CONCATENATED MODULE: ./node_modules/@actions/http-client/lib/proxy.js
function getProxyUrl(reqUrl) {
    const usingSsl = reqUrl.protocol === 'https:';
    if (checkBypass(reqUrl)) {
        return undefined;
    }
    const proxyVar = (() => {
        if (usingSsl) {
            return process.env['https_proxy'] || process.env['HTTPS_PROXY'];
        }
        else {
            return process.env['http_proxy'] || process.env['HTTP_PROXY'];
        }
    })();
    if (proxyVar) {
        try {
            return new DecodedURL(proxyVar);
        }
        catch (_a) {
            if (!proxyVar.startsWith('http://') && !proxyVar.startsWith('https://'))
                return new DecodedURL(`http://${proxyVar}`);
        }
    }
    else {
        return undefined;
    }
}
function checkBypass(reqUrl) {
    if (!reqUrl.hostname) {
        return false;
    }
    const reqHost = reqUrl.hostname;
    if (isLoopbackAddress(reqHost)) {
        return true;
    }
    const noProxy = process.env['no_proxy'] || process.env['NO_PROXY'] || '';
    if (!noProxy) {
        return false;
    }
    // Determine the request port
    let reqPort;
    if (reqUrl.port) {
        reqPort = Number(reqUrl.port);
    }
    else if (reqUrl.protocol === 'http:') {
        reqPort = 80;
    }
    else if (reqUrl.protocol === 'https:') {
        reqPort = 443;
    }
    // Format the request hostname and hostname with port
    const upperReqHosts = [reqUrl.hostname.toUpperCase()];
    if (typeof reqPort === 'number') {
        upperReqHosts.push(`${upperReqHosts[0]}:${reqPort}`);
    }
    // Compare request host against noproxy
    for (const upperNoProxyItem of noProxy
        .split(',')
        .map(x => x.trim().toUpperCase())
        .filter(x => x)) {
        if (upperNoProxyItem === '*' ||
            upperReqHosts.some(x => x === upperNoProxyItem ||
                x.endsWith(`.${upperNoProxyItem}`) ||
                (upperNoProxyItem.startsWith('.') &&
                    x.endsWith(`${upperNoProxyItem}`)))) {
            return true;
        }
    }
    return false;
}
function isLoopbackAddress(host) {
    const hostLower = host.toLowerCase();
    return (hostLower === 'localhost' ||
        hostLower.startsWith('127.') ||
        hostLower.startsWith('[::1]') ||
        hostLower.startsWith('[0:0:0:0:0:0:0:1]'));
}
class DecodedURL extends URL {
    constructor(url, base) {
        super(url, base);
        this._decodedUsername = decodeURIComponent(super.username);
        this._decodedPassword = decodeURIComponent(super.password);
    }
    get username() {
        return this._decodedUsername;
    }
    get password() {
        return this._decodedPassword;
    }
}
//# sourceMappingURL=proxy.js.map
;// CONCATENATED MODULE: ./src/stand-ins/tunnel.ts
const lazily = (name) => (options) => {
    process.noDeprecation = true;
    const tunnel = __nccwpck_require__(770);
    return tunnel[name](options);
};
const httpOverHttp = lazily('httpOverHttp');
const httpsOverHttp = lazily('httpsOverHttp');
const httpOverHttps = lazily('httpOverHttps');
const httpsOverHttps = lazily('httpsOverHttps');

;// CONCATENATED MODULE: ./src/stand-ins/undici.ts
function ProxyAgent() {
    throw new Error('this package is not part of the bundle');
}

;// CONCATENATED MODULE: ./node_modules/@actions/http-client/lib/index.js
/* eslint-disable @typescript-eslint/no-explicit-any */
var __awaiter = (undefined && undefined.__awaiter) || function (thisArg, _arguments, P, generator) {
    function adopt(value) { return value instanceof P ? value : new P(function (resolve) { resolve(value); }); }
    return new (P || (P = Promise))(function (resolve, reject) {
        function fulfilled(value) { try { step(generator.next(value)); } catch (e) { reject(e); } }
        function rejected(value) { try { step(generator["throw"](value)); } catch (e) { reject(e); } }
        function step(result) { result.done ? resolve(result.value) : adopt(result.value).then(fulfilled, rejected); }
        step((generator = generator.apply(thisArg, _arguments || [])).next());
    });
};





var HttpCodes;
(function (HttpCodes) {
    HttpCodes[HttpCodes["OK"] = 200] = "OK";
    HttpCodes[HttpCodes["MultipleChoices"] = 300] = "MultipleChoices";
    HttpCodes[HttpCodes["MovedPermanently"] = 301] = "MovedPermanently";
    HttpCodes[HttpCodes["ResourceMoved"] = 302] = "ResourceMoved";
    HttpCodes[HttpCodes["SeeOther"] = 303] = "SeeOther";
    HttpCodes[HttpCodes["NotModified"] = 304] = "NotModified";
    HttpCodes[HttpCodes["UseProxy"] = 305] = "UseProxy";
    HttpCodes[HttpCodes["SwitchProxy"] = 306] = "SwitchProxy";
    HttpCodes[HttpCodes["TemporaryRedirect"] = 307] = "TemporaryRedirect";
    HttpCodes[HttpCodes["PermanentRedirect"] = 308] = "PermanentRedirect";
    HttpCodes[HttpCodes["BadRequest"] = 400] = "BadRequest";
    HttpCodes[HttpCodes["Unauthorized"] = 401] = "Unauthorized";
    HttpCodes[HttpCodes["PaymentRequired"] = 402] = "PaymentRequired";
    HttpCodes[HttpCodes["Forbidden"] = 403] = "Forbidden";
    HttpCodes[HttpCodes["NotFound"] = 404] = "NotFound";
    HttpCodes[HttpCodes["MethodNotAllowed"] = 405] = "MethodNotAllowed";
    HttpCodes[HttpCodes["NotAcceptable"] = 406] = "NotAcceptable";
    HttpCodes[HttpCodes["ProxyAuthenticationRequired"] = 407] = "ProxyAuthenticationRequired";
    HttpCodes[HttpCodes["RequestTimeout"] = 408] = "RequestTimeout";
    HttpCodes[HttpCodes["Conflict"] = 409] = "Conflict";
    HttpCodes[HttpCodes["Gone"] = 410] = "Gone";
    HttpCodes[HttpCodes["TooManyRequests"] = 429] = "TooManyRequests";
    HttpCodes[HttpCodes["InternalServerError"] = 500] = "InternalServerError";
    HttpCodes[HttpCodes["NotImplemented"] = 501] = "NotImplemented";
    HttpCodes[HttpCodes["BadGateway"] = 502] = "BadGateway";
    HttpCodes[HttpCodes["ServiceUnavailable"] = 503] = "ServiceUnavailable";
    HttpCodes[HttpCodes["GatewayTimeout"] = 504] = "GatewayTimeout";
})(HttpCodes || (HttpCodes = {}));
var Headers;
(function (Headers) {
    Headers["Accept"] = "accept";
    Headers["ContentType"] = "content-type";
})(Headers || (Headers = {}));
var MediaTypes;
(function (MediaTypes) {
    MediaTypes["ApplicationJson"] = "application/json";
})(MediaTypes || (MediaTypes = {}));
/**
 * Returns the proxy URL, depending upon the supplied url and proxy environment variables.
 * @param serverUrl  The server URL where the request will be sent. For example, https://api.github.com
 */
function lib_getProxyUrl(serverUrl) {
    const proxyUrl = pm.getProxyUrl(new URL(serverUrl));
    return proxyUrl ? proxyUrl.href : '';
}
const HttpRedirectCodes = [
    HttpCodes.MovedPermanently,
    HttpCodes.ResourceMoved,
    HttpCodes.SeeOther,
    HttpCodes.TemporaryRedirect,
    HttpCodes.PermanentRedirect
];
const HttpResponseRetryCodes = [
    HttpCodes.BadGateway,
    HttpCodes.ServiceUnavailable,
    HttpCodes.GatewayTimeout
];
const RetryableHttpVerbs = ['OPTIONS', 'GET', 'DELETE', 'HEAD'];
const ExponentialBackoffCeiling = 10;
const ExponentialBackoffTimeSlice = 5;
class HttpClientError extends Error {
    constructor(message, statusCode) {
        super(message);
        this.name = 'HttpClientError';
        this.statusCode = statusCode;
        Object.setPrototypeOf(this, HttpClientError.prototype);
    }
}
class HttpClientResponse {
    constructor(message) {
        this.message = message;
    }
    readBody() {
        return __awaiter(this, void 0, void 0, function* () {
            return new Promise((resolve) => __awaiter(this, void 0, void 0, function* () {
                let output = Buffer.alloc(0);
                this.message.on('data', (chunk) => {
                    output = Buffer.concat([output, chunk]);
                });
                this.message.on('end', () => {
                    resolve(output.toString());
                });
            }));
        });
    }
    readBodyBuffer() {
        return __awaiter(this, void 0, void 0, function* () {
            return new Promise((resolve) => __awaiter(this, void 0, void 0, function* () {
                const chunks = [];
                this.message.on('data', (chunk) => {
                    chunks.push(chunk);
                });
                this.message.on('end', () => {
                    resolve(Buffer.concat(chunks));
                });
            }));
        });
    }
}
function isHttps(requestUrl) {
    const parsedUrl = new URL(requestUrl);
    return parsedUrl.protocol === 'https:';
}
class HttpClient {
    constructor(userAgent, handlers, requestOptions) {
        this._ignoreSslError = false;
        this._allowRedirects = true;
        this._allowRedirectDowngrade = false;
        this._maxRedirects = 50;
        this._allowRetries = false;
        this._maxRetries = 1;
        this._keepAlive = false;
        this._disposed = false;
        this.userAgent = this._getUserAgentWithOrchestrationId(userAgent);
        this.handlers = handlers || [];
        this.requestOptions = requestOptions;
        if (requestOptions) {
            if (requestOptions.ignoreSslError != null) {
                this._ignoreSslError = requestOptions.ignoreSslError;
            }
            this._socketTimeout = requestOptions.socketTimeout;
            if (requestOptions.allowRedirects != null) {
                this._allowRedirects = requestOptions.allowRedirects;
            }
            if (requestOptions.allowRedirectDowngrade != null) {
                this._allowRedirectDowngrade = requestOptions.allowRedirectDowngrade;
            }
            if (requestOptions.maxRedirects != null) {
                this._maxRedirects = Math.max(requestOptions.maxRedirects, 0);
            }
            if (requestOptions.keepAlive != null) {
                this._keepAlive = requestOptions.keepAlive;
            }
            if (requestOptions.allowRetries != null) {
                this._allowRetries = requestOptions.allowRetries;
            }
            if (requestOptions.maxRetries != null) {
                this._maxRetries = requestOptions.maxRetries;
            }
        }
    }
    options(requestUrl, additionalHeaders) {
        return __awaiter(this, void 0, void 0, function* () {
            return this.request('OPTIONS', requestUrl, null, additionalHeaders || {});
        });
    }
    get(requestUrl, additionalHeaders) {
        return __awaiter(this, void 0, void 0, function* () {
            return this.request('GET', requestUrl, null, additionalHeaders || {});
        });
    }
    del(requestUrl, additionalHeaders) {
        return __awaiter(this, void 0, void 0, function* () {
            return this.request('DELETE', requestUrl, null, additionalHeaders || {});
        });
    }
    post(requestUrl, data, additionalHeaders) {
        return __awaiter(this, void 0, void 0, function* () {
            return this.request('POST', requestUrl, data, additionalHeaders || {});
        });
    }
    patch(requestUrl, data, additionalHeaders) {
        return __awaiter(this, void 0, void 0, function* () {
            return this.request('PATCH', requestUrl, data, additionalHeaders || {});
        });
    }
    put(requestUrl, data, additionalHeaders) {
        return __awaiter(this, void 0, void 0, function* () {
            return this.request('PUT', requestUrl, data, additionalHeaders || {});
        });
    }
    head(requestUrl, additionalHeaders) {
        return __awaiter(this, void 0, void 0, function* () {
            return this.request('HEAD', requestUrl, null, additionalHeaders || {});
        });
    }
    sendStream(verb, requestUrl, stream, additionalHeaders) {
        return __awaiter(this, void 0, void 0, function* () {
            return this.request(verb, requestUrl, stream, additionalHeaders);
        });
    }
    /**
     * Gets a typed object from an endpoint
     * Be aware that not found returns a null.  Other errors (4xx, 5xx) reject the promise
     */
    getJson(requestUrl_1) {
        return __awaiter(this, arguments, void 0, function* (requestUrl, additionalHeaders = {}) {
            additionalHeaders[Headers.Accept] = this._getExistingOrDefaultHeader(additionalHeaders, Headers.Accept, MediaTypes.ApplicationJson);
            const res = yield this.get(requestUrl, additionalHeaders);
            return this._processResponse(res, this.requestOptions);
        });
    }
    postJson(requestUrl_1, obj_1) {
        return __awaiter(this, arguments, void 0, function* (requestUrl, obj, additionalHeaders = {}) {
            const data = JSON.stringify(obj, null, 2);
            additionalHeaders[Headers.Accept] = this._getExistingOrDefaultHeader(additionalHeaders, Headers.Accept, MediaTypes.ApplicationJson);
            additionalHeaders[Headers.ContentType] =
                this._getExistingOrDefaultContentTypeHeader(additionalHeaders, MediaTypes.ApplicationJson);
            const res = yield this.post(requestUrl, data, additionalHeaders);
            return this._processResponse(res, this.requestOptions);
        });
    }
    putJson(requestUrl_1, obj_1) {
        return __awaiter(this, arguments, void 0, function* (requestUrl, obj, additionalHeaders = {}) {
            const data = JSON.stringify(obj, null, 2);
            additionalHeaders[Headers.Accept] = this._getExistingOrDefaultHeader(additionalHeaders, Headers.Accept, MediaTypes.ApplicationJson);
            additionalHeaders[Headers.ContentType] =
                this._getExistingOrDefaultContentTypeHeader(additionalHeaders, MediaTypes.ApplicationJson);
            const res = yield this.put(requestUrl, data, additionalHeaders);
            return this._processResponse(res, this.requestOptions);
        });
    }
    patchJson(requestUrl_1, obj_1) {
        return __awaiter(this, arguments, void 0, function* (requestUrl, obj, additionalHeaders = {}) {
            const data = JSON.stringify(obj, null, 2);
            additionalHeaders[Headers.Accept] = this._getExistingOrDefaultHeader(additionalHeaders, Headers.Accept, MediaTypes.ApplicationJson);
            additionalHeaders[Headers.ContentType] =
                this._getExistingOrDefaultContentTypeHeader(additionalHeaders, MediaTypes.ApplicationJson);
            const res = yield this.patch(requestUrl, data, additionalHeaders);
            return this._processResponse(res, this.requestOptions);
        });
    }
    /**
     * Makes a raw http request.
     * All other methods such as get, post, patch, and request ultimately call this.
     * Prefer get, del, post and patch
     */
    request(verb, requestUrl, data, headers) {
        return __awaiter(this, void 0, void 0, function* () {
            if (this._disposed) {
                throw new Error('Client has already been disposed.');
            }
            const parsedUrl = new URL(requestUrl);
            let info = this._prepareRequest(verb, parsedUrl, headers);
            // Only perform retries on reads since writes may not be idempotent.
            const maxTries = this._allowRetries && RetryableHttpVerbs.includes(verb)
                ? this._maxRetries + 1
                : 1;
            let numTries = 0;
            let response;
            do {
                response = yield this.requestRaw(info, data);
                // Check if it's an authentication challenge
                if (response &&
                    response.message &&
                    response.message.statusCode === HttpCodes.Unauthorized) {
                    let authenticationHandler;
                    for (const handler of this.handlers) {
                        if (handler.canHandleAuthentication(response)) {
                            authenticationHandler = handler;
                            break;
                        }
                    }
                    if (authenticationHandler) {
                        return authenticationHandler.handleAuthentication(this, info, data);
                    }
                    else {
                        // We have received an unauthorized response but have no handlers to handle it.
                        // Let the response return to the caller.
                        return response;
                    }
                }
                let redirectsRemaining = this._maxRedirects;
                while (response.message.statusCode &&
                    HttpRedirectCodes.includes(response.message.statusCode) &&
                    this._allowRedirects &&
                    redirectsRemaining > 0) {
                    const redirectUrl = response.message.headers['location'];
                    if (!redirectUrl) {
                        // if there's no location to redirect to, we won't
                        break;
                    }
                    const parsedRedirectUrl = new URL(redirectUrl);
                    if (parsedUrl.protocol === 'https:' &&
                        parsedUrl.protocol !== parsedRedirectUrl.protocol &&
                        !this._allowRedirectDowngrade) {
                        throw new Error('Redirect from HTTPS to HTTP protocol. This downgrade is not allowed for security reasons. If you want to allow this behavior, set the allowRedirectDowngrade option to true.');
                    }
                    // we need to finish reading the response before reassigning response
                    // which will leak the open socket.
                    yield response.readBody();
                    // strip authorization header if redirected to a different hostname
                    if (parsedRedirectUrl.hostname !== parsedUrl.hostname) {
                        for (const header in headers) {
                            // header names are case insensitive
                            if (header.toLowerCase() === 'authorization') {
                                delete headers[header];
                            }
                        }
                    }
                    // let's make the request with the new redirectUrl
                    info = this._prepareRequest(verb, parsedRedirectUrl, headers);
                    response = yield this.requestRaw(info, data);
                    redirectsRemaining--;
                }
                if (!response.message.statusCode ||
                    !HttpResponseRetryCodes.includes(response.message.statusCode)) {
                    // If not a retry code, return immediately instead of retrying
                    return response;
                }
                numTries += 1;
                if (numTries < maxTries) {
                    yield response.readBody();
                    yield this._performExponentialBackoff(numTries);
                }
            } while (numTries < maxTries);
            return response;
        });
    }
    /**
     * Needs to be called if keepAlive is set to true in request options.
     */
    dispose() {
        if (this._agent) {
            this._agent.destroy();
        }
        this._disposed = true;
    }
    /**
     * Raw request.
     * @param info
     * @param data
     */
    requestRaw(info, data) {
        return __awaiter(this, void 0, void 0, function* () {
            return new Promise((resolve, reject) => {
                function callbackForResult(err, res) {
                    if (err) {
                        reject(err);
                    }
                    else if (!res) {
                        // If `err` is not passed, then `res` must be passed.
                        reject(new Error('Unknown error'));
                    }
                    else {
                        resolve(res);
                    }
                }
                this.requestRawWithCallback(info, data, callbackForResult);
            });
        });
    }
    /**
     * Raw request with callback.
     * @param info
     * @param data
     * @param onResult
     */
    requestRawWithCallback(info, data, onResult) {
        if (typeof data === 'string') {
            if (!info.options.headers) {
                info.options.headers = {};
            }
            info.options.headers['Content-Length'] = Buffer.byteLength(data, 'utf8');
        }
        let callbackCalled = false;
        function handleResult(err, res) {
            if (!callbackCalled) {
                callbackCalled = true;
                onResult(err, res);
            }
        }
        const req = info.httpModule.request(info.options, (msg) => {
            const res = new HttpClientResponse(msg);
            handleResult(undefined, res);
        });
        let socket;
        req.on('socket', sock => {
            socket = sock;
        });
        // If we ever get disconnected, we want the socket to timeout eventually
        req.setTimeout(this._socketTimeout || 3 * 60000, () => {
            if (socket) {
                socket.end();
            }
            handleResult(new Error(`Request timeout: ${info.options.path}`));
        });
        req.on('error', function (err) {
            // err has statusCode property
            // res should have headers
            handleResult(err);
        });
        if (data && typeof data === 'string') {
            req.write(data, 'utf8');
        }
        if (data && typeof data !== 'string') {
            data.on('close', function () {
                req.end();
            });
            data.pipe(req);
        }
        else {
            req.end();
        }
    }
    /**
     * Gets an http agent. This function is useful when you need an http agent that handles
     * routing through a proxy server - depending upon the url and proxy environment variables.
     * @param serverUrl  The server URL where the request will be sent. For example, https://api.github.com
     */
    getAgent(serverUrl) {
        const parsedUrl = new URL(serverUrl);
        return this._getAgent(parsedUrl);
    }
    getAgentDispatcher(serverUrl) {
        const parsedUrl = new URL(serverUrl);
        const proxyUrl = getProxyUrl(parsedUrl);
        const useProxy = proxyUrl && proxyUrl.hostname;
        if (!useProxy) {
            return;
        }
        return this._getProxyAgentDispatcher(parsedUrl, proxyUrl);
    }
    _prepareRequest(method, requestUrl, headers) {
        const info = {};
        info.parsedUrl = requestUrl;
        const usingSsl = info.parsedUrl.protocol === 'https:';
        info.httpModule = usingSsl ? external_https_namespaceObject : external_http_namespaceObject;
        const defaultPort = usingSsl ? 443 : 80;
        info.options = {};
        info.options.host = info.parsedUrl.hostname;
        info.options.port = info.parsedUrl.port
            ? parseInt(info.parsedUrl.port)
            : defaultPort;
        info.options.path =
            (info.parsedUrl.pathname || '') + (info.parsedUrl.search || '');
        info.options.method = method;
        info.options.headers = this._mergeHeaders(headers);
        if (this.userAgent != null) {
            info.options.headers['user-agent'] = this.userAgent;
        }
        info.options.agent = this._getAgent(info.parsedUrl);
        // gives handlers an opportunity to participate
        if (this.handlers) {
            for (const handler of this.handlers) {
                handler.prepareRequest(info.options);
            }
        }
        return info;
    }
    _mergeHeaders(headers) {
        if (this.requestOptions && this.requestOptions.headers) {
            return Object.assign({}, lowercaseKeys(this.requestOptions.headers), lowercaseKeys(headers || {}));
        }
        return lowercaseKeys(headers || {});
    }
    /**
     * Gets an existing header value or returns a default.
     * Handles converting number header values to strings since HTTP headers must be strings.
     * Note: This returns string | string[] since some headers can have multiple values.
     * For headers that must always be a single string (like Content-Type), use the
     * specialized _getExistingOrDefaultContentTypeHeader method instead.
     */
    _getExistingOrDefaultHeader(additionalHeaders, header, _default) {
        let clientHeader;
        if (this.requestOptions && this.requestOptions.headers) {
            const headerValue = lowercaseKeys(this.requestOptions.headers)[header];
            if (headerValue) {
                clientHeader =
                    typeof headerValue === 'number' ? headerValue.toString() : headerValue;
            }
        }
        const additionalValue = additionalHeaders[header];
        if (additionalValue !== undefined) {
            return typeof additionalValue === 'number'
                ? additionalValue.toString()
                : additionalValue;
        }
        if (clientHeader !== undefined) {
            return clientHeader;
        }
        return _default;
    }
    /**
     * Specialized version of _getExistingOrDefaultHeader for Content-Type header.
     * Always returns a single string (not an array) since Content-Type should be a single value.
     * Converts arrays to comma-separated strings and numbers to strings to ensure type safety.
     * This was split from _getExistingOrDefaultHeader to provide stricter typing for callers
     * that assign the result to places expecting a string (e.g., additionalHeaders[Headers.ContentType]).
     */
    _getExistingOrDefaultContentTypeHeader(additionalHeaders, _default) {
        let clientHeader;
        if (this.requestOptions && this.requestOptions.headers) {
            const headerValue = lowercaseKeys(this.requestOptions.headers)[Headers.ContentType];
            if (headerValue) {
                if (typeof headerValue === 'number') {
                    clientHeader = String(headerValue);
                }
                else if (Array.isArray(headerValue)) {
                    clientHeader = headerValue.join(', ');
                }
                else {
                    clientHeader = headerValue;
                }
            }
        }
        const additionalValue = additionalHeaders[Headers.ContentType];
        // Return the first non-undefined value, converting numbers or arrays to strings if necessary
        if (additionalValue !== undefined) {
            if (typeof additionalValue === 'number') {
                return String(additionalValue);
            }
            else if (Array.isArray(additionalValue)) {
                return additionalValue.join(', ');
            }
            else {
                return additionalValue;
            }
        }
        if (clientHeader !== undefined) {
            return clientHeader;
        }
        return _default;
    }
    _getAgent(parsedUrl) {
        let agent;
        const proxyUrl = getProxyUrl(parsedUrl);
        const useProxy = proxyUrl && proxyUrl.hostname;
        if (this._keepAlive && useProxy) {
            agent = this._proxyAgent;
        }
        if (!useProxy) {
            agent = this._agent;
        }
        // if agent is already assigned use that agent.
        if (agent) {
            return agent;
        }
        const usingSsl = parsedUrl.protocol === 'https:';
        let maxSockets = 100;
        if (this.requestOptions) {
            maxSockets = this.requestOptions.maxSockets || external_http_.globalAgent.maxSockets;
        }
        // This is `useProxy` again, but we need to check `proxyURl` directly for TypeScripts's flow analysis.
        if (proxyUrl && proxyUrl.hostname) {
            const agentOptions = {
                maxSockets,
                keepAlive: this._keepAlive,
                proxy: Object.assign(Object.assign({}, ((proxyUrl.username || proxyUrl.password) && {
                    proxyAuth: `${proxyUrl.username}:${proxyUrl.password}`
                })), { host: proxyUrl.hostname, port: proxyUrl.port })
            };
            let tunnelAgent;
            const overHttps = proxyUrl.protocol === 'https:';
            if (usingSsl) {
                tunnelAgent = overHttps ? httpsOverHttps : httpsOverHttp;
            }
            else {
                tunnelAgent = overHttps ? httpOverHttps : httpOverHttp;
            }
            agent = tunnelAgent(agentOptions);
            this._proxyAgent = agent;
        }
        // if tunneling agent isn't assigned create a new agent
        if (!agent) {
            const options = { keepAlive: this._keepAlive, maxSockets };
            agent = usingSsl ? new external_https_.Agent(options) : new external_http_.Agent(options);
            this._agent = agent;
        }
        if (usingSsl && this._ignoreSslError) {
            // we don't want to set NODE_TLS_REJECT_UNAUTHORIZED=0 since that will affect request for entire process
            // http.RequestOptions doesn't expose a way to modify RequestOptions.agent.options
            // we have to cast it to any and change it directly
            agent.options = Object.assign(agent.options || {}, {
                rejectUnauthorized: false
            });
        }
        return agent;
    }
    _getProxyAgentDispatcher(parsedUrl, proxyUrl) {
        let proxyAgent;
        if (this._keepAlive) {
            proxyAgent = this._proxyAgentDispatcher;
        }
        // if agent is already assigned use that agent.
        if (proxyAgent) {
            return proxyAgent;
        }
        const usingSsl = parsedUrl.protocol === 'https:';
        proxyAgent = new ProxyAgent(Object.assign({ uri: proxyUrl.href, pipelining: !this._keepAlive ? 0 : 1 }, ((proxyUrl.username || proxyUrl.password) && {
            token: `Basic ${Buffer.from(`${proxyUrl.username}:${proxyUrl.password}`).toString('base64')}`
        })));
        this._proxyAgentDispatcher = proxyAgent;
        if (usingSsl && this._ignoreSslError) {
            // we don't want to set NODE_TLS_REJECT_UNAUTHORIZED=0 since that will affect request for entire process
            // http.RequestOptions doesn't expose a way to modify RequestOptions.agent.options
            // we have to cast it to any and change it directly
            proxyAgent.options = Object.assign(proxyAgent.options.requestTls || {}, {
                rejectUnauthorized: false
            });
        }
        return proxyAgent;
    }
    _getUserAgentWithOrchestrationId(userAgent) {
        const baseUserAgent = userAgent || 'actions/http-client';
        const orchId = process.env['ACTIONS_ORCHESTRATION_ID'];
        if (orchId) {
            // Sanitize the orchestration ID to ensure it contains only valid characters
            // Valid characters: 0-9, a-z, _, -, .
            const sanitizedId = orchId.replace(/[^a-z0-9_.-]/gi, '_');
            return `${baseUserAgent} actions_orchestration_id/${sanitizedId}`;
        }
        return baseUserAgent;
    }
    _performExponentialBackoff(retryNumber) {
        return __awaiter(this, void 0, void 0, function* () {
            retryNumber = Math.min(ExponentialBackoffCeiling, retryNumber);
            const ms = ExponentialBackoffTimeSlice * Math.pow(2, retryNumber);
            return new Promise(resolve => setTimeout(() => resolve(), ms));
        });
    }
    _processResponse(res, options) {
        return __awaiter(this, void 0, void 0, function* () {
            return new Promise((resolve, reject) => __awaiter(this, void 0, void 0, function* () {
                const statusCode = res.message.statusCode || 0;
                const response = {
                    statusCode,
                    result: null,
                    headers: {}
                };
                // not found leads to null obj returned
                if (statusCode === HttpCodes.NotFound) {
                    resolve(response);
                }
                // get the result from the body
                function dateTimeDeserializer(key, value) {
                    if (typeof value === 'string') {
                        const a = new Date(value);
                        if (!isNaN(a.valueOf())) {
                            return a;
                        }
                    }
                    return value;
                }
                let obj;
                let contents;
                try {
                    contents = yield res.readBody();
                    if (contents && contents.length > 0) {
                        if (options && options.deserializeDates) {
                            obj = JSON.parse(contents, dateTimeDeserializer);
                        }
                        else {
                            obj = JSON.parse(contents);
                        }
                        response.result = obj;
                    }
                    response.headers = res.message.headers;
                }
                catch (err) {
                    // Invalid resource (contents not json);  leaving result obj null
                }
                // note that 3xx redirects are handled by the http layer.
                if (statusCode > 299) {
                    let msg;
                    // if exception/error in body, attempt to get better error
                    if (obj && obj.message) {
                        msg = obj.message;
                    }
                    else if (contents && contents.length > 0) {
                        // it may be the case that the exception is in the body message as string
                        msg = contents;
                    }
                    else {
                        msg = `Failed request: (${statusCode})`;
                    }
                    const err = new HttpClientError(msg, statusCode);
                    err.result = response.result;
                    reject(err);
                }
                else {
                    resolve(response);
                }
            }));
        });
    }
}
const lowercaseKeys = (obj) => Object.keys(obj).reduce((c, k) => ((c[k.toLowerCase()] = obj[k]), c), {});
//# sourceMappingURL=index.js.map
;// CONCATENATED MODULE: external "node:https"
const external_node_https_namespaceObject = require("node:https");
;// CONCATENATED MODULE: ./src/ims/connection.ts



function refuseUnreadableProxy(endpoint) {
    const url = new URL(endpoint.origin);
    const given = [process.env['https_proxy'], process.env['HTTPS_PROXY']].find(Boolean);
    if (given === undefined || checkBypass(url))
        return;
    let host = '';
    try {
        host = getProxyUrl(url)?.hostname ?? '';
    }
    catch {
    }
    if (host === '')
        throw new errors/* NetworkError */.Dr('proxy_unreadable', {
            reason: 'ERR_INVALID_URL',
            mayHaveArrived: false,
            message: 'proxy variable is not a URL',
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
function watch(agent, event, connection) {
    const connect = agent.createConnection.bind(agent);
    agent.createConnection = (...words) => {
        const socket = connect(...words);
        socket?.once(event, () => {
            connection.connected = true;
        });
        return socket;
    };
}
function handler(signal, connection) {
    return {
        prepareRequest(options) {
            options.signal = signal;
            if (options.host === 'localhost')
                options.lookup = lookupLoopback;
            if (options.host === '[::1]')
                options.host = '::1';
            const agent = options.agent;
            if (agent.proxyOptions === undefined)
                watch(agent, agent instanceof external_node_https_namespaceObject.Agent ? 'secureConnect' : 'connect', connection);
            else {
                agent.proxyOptions.signal = signal;
                connection.connected = true;
            }
        },
        canHandleAuthentication: () => false,
        handleAuthentication: () => Promise.reject(new Error('not supported')),
    };
}

;// CONCATENATED MODULE: ./src/ims/token-response.ts



const BODY_LIMIT_BYTES = 64 * 1024;
const MILLISECONDS_ABOVE = 10_000_000;
const TEN_YEARS_SECONDS = 10 * 366 * 86_400;
function parseObject(body) {
    try {
        const value = JSON.parse(body);
        return typeof value === 'object' && value !== null && !Array.isArray(value)
            ? value
            : undefined;
    }
    catch {
        return undefined;
    }
}
function parseRetryAfter(value, nowMs) {
    const text = value.trim();
    if (/^\d{1,10}$/.test(text))
        return Number(text) * 1000;
    if (!/^[A-Z][a-z]{2,8},? .*(GMT|\d{4})$/.test(text))
        return undefined;
    const dateMs = Date.parse(text.endsWith('GMT') ? text : `${text} GMT`);
    return Number.isNaN(dateMs) ? undefined : Math.max(0, dateMs - nowMs);
}
function lifetimeMs(expiresIn, fail) {
    if (typeof expiresIn !== 'number' || !Number.isFinite(expiresIn) || expiresIn <= 0)
        return fail('expires_in');
    const seconds = expiresIn > MILLISECONDS_ABOVE ? expiresIn / 1000 : expiresIn;
    return seconds > TEN_YEARS_SECONDS ? fail('expires_in') : seconds * 1000;
}
function saidBy(answer, secrets) {
    const fields = parseObject(answer.body ?? '') ?? {};
    const text = (value, limit) => typeof value === 'string' ? cleanForeignText(value, secrets, limit) : '';
    return {
        error: text(fields['error'], 64),
        description: text(fields['error_description']),
        debugId: text(answer.debugId, 100),
    };
}
function imsError(answer, secrets, nowMs) {
    return new errors/* ImsError */.Us({
        ...saidBy(answer, secrets),
        status: answer.status,
        retryAfterMs: parseRetryAfter(answer.retryAfter, nowMs),
    });
}
function secretsOfAnswer(answer) {
    const fields = parseObject(answer.body ?? '') ?? {};
    return Object.entries(fields).flatMap(([name, value]) => name.endsWith('token') && typeof value === 'string' && value !== '' ? [value] : []);
}
function judgeStatus(answer, secrets, nowMs) {
    if (answer.status < 200 || answer.status > 299)
        throw imsError(answer, secrets, nowMs);
}
function judgeRevocation(answer, secrets, nowMs) {
    judgeStatus(answer, secrets, nowMs);
    const body = (answer.body ?? '').trim();
    if (typeof parseObject(body)?.['error'] === 'string')
        throw imsError(answer, secrets, nowMs);
    if (!body.startsWith('<'))
        return;
    throw new AnswerError('not_json', {
        ...saidBy(answer, secrets),
        message: 'answer is a web page',
    });
}
function judgeTokenAnswer(answer, secrets, nowMs) {
    judgeStatus(answer, secrets, nowMs);
    const fail = (fault, message, field = '') => {
        throw new errors/* AnswerError */.dV(fault, { ...saidBy(answer, secrets), field, message });
    };
    const refuse = (field) => fail('field', `unusable field ${field}`, field);
    if (answer.body === undefined)
        return fail('too_large', 'answer above 64 KiB');
    const fields = parseObject(answer.body);
    if (fields === undefined)
        return fail('not_json', 'answer is cut off or not JSON');
    const { access_token: accessToken, token_type: tokenType, refresh_token: refresh } = fields;
    if (!(0,ims_token/* isTokenText */.BG)(accessToken))
        return refuse('access_token');
    if (typeof tokenType !== 'string' || tokenType.toLowerCase() !== 'bearer')
        return refuse('token_type');
    const expiresAtMs = answer.sentAtMs + lifetimeMs(fields['expires_in'], refuse);
    if (refresh !== undefined && refresh !== null && refresh !== '' && !(0,ims_token/* isTokenText */.BG)(refresh))
        return refuse('refresh_token');
    const claims = (0,ims_token/* readClaims */.Ip)(accessToken);
    return {
        token: {
            accessToken,
            tokenType,
            expiresAtMs,
            grantedScopes: claims.scopes,
            userId: claims.userId,
        },
        refreshToken: (0,ims_token/* isTokenText */.BG)(refresh) ? refresh : '',
    };
}

;// CONCATENATED MODULE: ./src/ims/client.ts




const USER_AGENT = 'adobe-ims-token';
const CERTIFICATE_CODE = /^(ERR_TLS_CERT_|CERT_|CRL_|UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|INVALID_CA|HOSTNAME_MISMATCH|PATH_LENGTH|INVALID_PURPOSE)/;
const HANDSHAKE_CODE = /^(EPROTO|ERR_SSL_|ERR_TLS_)/;
function faultOf(error, code) {
    if (CERTIFICATE_CODE.test(code))
        return 'tls';
    if (HANDSHAKE_CODE.test(code))
        return 'handshake';
    const tunnel = error.message.startsWith('tunneling socket could not be established');
    return tunnel ? 'proxy_unreached' : 'connection';
}
function networkError(error, connected) {
    const code = /^[A-Z0-9_]{2,60}$/.test(error.code ?? '') ? (error.code ?? '') : 'UNKNOWN';
    const proxyStatus = /^tunneling socket could not be established, statusCode=(\d{3})$/.exec(error.message)?.[1];
    if (proxyStatus !== undefined) {
        const refused = Number(proxyStatus) < 500;
        return new errors/* NetworkError */.Dr(refused ? 'proxy_refused' : 'proxy_unreached', {
            reason: `proxy answered ${proxyStatus}`,
            mayHaveArrived: false,
            message: 'proxy refused the tunnel',
        });
    }
    const fault = faultOf(error, code);
    const mayHaveArrived = fault === 'connection' && connected;
    return new errors/* NetworkError */.Dr(fault, { reason: code, mayHaveArrived, message: code });
}
function readBounded(message) {
    return new Promise((resolve, reject) => {
        const chunks = [];
        let size = 0;
        message.on('data', (chunk) => {
            size += chunk.length;
            chunks.push(chunk);
            if (size > BODY_LIMIT_BYTES) {
                resolve(undefined);
                message.destroy();
            }
        });
        message.on('end', () => {
            resolve(Buffer.concat(chunks).toString('utf8'));
        });
        message.on('error', reject);
        message.on('close', () => {
            reject(Object.assign(new Error('answer cut off'), { code: 'ECONNRESET' }));
        });
    });
}
function ended(signal) {
    const promise = new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => {
            reject(new Error('ended'));
        }, { once: true });
    });
    promise.catch(() => undefined);
    return promise;
}
function header(response, name) {
    const value = response.message.headers[name];
    return typeof value === 'string' ? Buffer.from(value, 'latin1').toString('utf8') : '';
}
async function post(endpoint, request, options) {
    refuseUnreadableProxy(endpoint);
    const limit = new AbortController();
    const timer = setTimeout(() => {
        limit.abort();
    }, options.limitMs);
    const signal = AbortSignal.any([limit.signal, options.signal]);
    const connection = { connected: false };
    const client = new HttpClient(USER_AGENT, [handler(signal, connection)], {
        allowRedirects: false,
        allowRetries: false,
    });
    client.userAgent = USER_AGENT;
    const sentAtMs = Date.now();
    try {
        options.signal.throwIfAborted();
        const url = endpoint.origin + request.path;
        const response = await Promise.race([
            client.post(url, request.body, { ...request.headers }),
            ended(signal),
        ]);
        const body = await readBounded(response.message);
        return {
            status: response.message.statusCode ?? 0,
            debugId: header(response, 'x-debug-id'),
            retryAfter: header(response, 'retry-after'),
            body,
            sentAtMs,
        };
    }
    catch (error) {
        options.signal.throwIfAborted();
        if (limit.signal.aborted)
            throw new errors/* NetworkError */.Dr('attempt_timeout', {
                reason: `no answer within ${(options.limitMs / 1000).toFixed(1)} s`,
                mayHaveArrived: connection.connected,
                message: 'attempt timed out',
            });
        const cause = error instanceof Error ? error : new Error(String(error));
        throw networkError(cause, connection.connected);
    }
    finally {
        clearTimeout(timer);
        client.dispose();
    }
}

;// CONCATENATED MODULE: ./src/ims/token-request.ts


const TOKEN_PATH = '/ims/token/v3';
const FORM_HEADERS = {
    accept: 'application/json',
    'content-type': 'application/x-www-form-urlencoded',
};
function formRequest(path, client, authentication, fields) {
    const form = new URLSearchParams(fields);
    const headers = { ...FORM_HEADERS };
    switch (authentication.method) {
        case 'post':
            form.set('client_id', client.clientId);
            form.set('client_secret', authentication.secret);
            break;
        case 'basic':
            headers['authorization'] =
                `Basic ${basicCredentials(client.clientId, authentication.secret)}`;
            break;
        case 'none':
            form.set('client_id', client.clientId);
            break;
    }
    return { path, headers, body: form.toString() };
}
function tokenRequest(client, grant, authentication) {
    const fields = { grant_type: grant.type };
    switch (grant.type) {
        case 'client_credentials':
            fields['scope'] = grant.scopes.join(',');
            break;
        case 'refresh_token':
            fields['refresh_token'] = grant.refreshToken;
            break;
        case 'authorization_code':
            fields['code'] = grant.code;
            if (grant.codeVerifier !== '')
                fields['code_verifier'] = grant.codeVerifier;
            break;
    }
    if (client.orgId !== '')
        fields['org_id'] = client.orgId;
    return formRequest(TOKEN_PATH, client, authentication, fields);
}
async function tryEach(ways, attempt) {
    for (const way of ways.slice(0, -1))
        try {
            return await attempt(way);
        }
        catch (error) {
            if (!(0,errors/* refusesClient */.vL)(error))
                throw error;
        }
    return attempt(ways.at(-1) ?? { method: 'none' });
}
function authentications(grant, clientSecrets) {
    if (clientSecrets.length === 0)
        return [{ method: 'none' }];
    return clientSecrets.flatMap((secret) => {
        switch (grant.type) {
            case 'client_credentials':
                return [{ method: 'post', secret }];
            case 'refresh_token':
                return [{ method: 'basic', secret }];
            case 'authorization_code':
                return [
                    { method: 'basic', secret },
                    { method: 'post', secret },
                ];
        }
    });
}

;// CONCATENATED MODULE: ./src/retry.ts

const FIRST_WINDOW_MS = 1500;
const WINDOW_GROWTH = 2;
const LAST_WINDOW_MS = 8000;
const LEAST_ATTEMPT_MS = 250;
const LONGEST_ATTEMPT_MS = 30_000;
function attemptLimitMs(timeoutMs, remainingMs) {
    return Math.min(timeoutMs / 3, LONGEST_ATTEMPT_MS, remainingMs);
}
const TRANSIENT_FAULTS = [
    'connection',
    'proxy_unreached',
    'attempt_timeout',
];
function isTransient(error) {
    if (error instanceof errors/* ImsError */.Us)
        return error.status === 408 || error.status === 429 || error.status >= 500;
    if (error instanceof errors/* AnswerError */.dV)
        return error.fault === 'not_json';
    return TRANSIENT_FAULTS.includes(error.fault);
}
function answerMayBeLost(error) {
    if (error instanceof errors/* NetworkError */.Dr)
        return error.mayHaveArrived;
    if (error instanceof errors/* AnswerError */.dV)
        return error.fault === 'not_json';
    return error.status >= 500 && error.status !== 503;
}
function nextWait(attempt, retryAfterMs, remainingMs, random) {
    const room = remainingMs - LEAST_ATTEMPT_MS;
    const least = retryAfterMs ?? 0;
    if (least > 0 && least >= room)
        return { kind: 'give_up', reason: 'retry_after' };
    if (room <= 0)
        return { kind: 'give_up', reason: 'deadline' };
    const window = Math.min(FIRST_WINDOW_MS * WINDOW_GROWTH ** (attempt - 1), LAST_WINDOW_MS);
    return { kind: 'wait', ms: Math.min(least + random * window, room) };
}
async function retrying(attempt, options) {
    const { clock, signal, timeoutSeconds } = options;
    const timeoutMs = timeoutSeconds * 1000;
    const remaining = () => options.startedMs + timeoutMs - clock.now();
    for (let attempts = 1;; attempts += 1) {
        try {
            return await attempt(attemptLimitMs(timeoutMs, Math.max(1, remaining())));
        }
        catch (error) {
            signal.throwIfAborted();
            if (!(0,errors/* isAttemptError */.e2)(error) || !isTransient(error))
                throw error;
            const giveUp = (reason) => new errors/* GaveUpError */.jD(reason, { attempts, timeoutSeconds, last: error });
            if (options.usedUpByAttempt && answerMayBeLost(error))
                throw giveUp('answer_lost');
            const retryAfterMs = error instanceof errors/* ImsError */.Us ? error.retryAfterMs : undefined;
            const wait = nextWait(attempts, retryAfterMs, remaining(), clock.random());
            if (wait.kind === 'give_up')
                throw giveUp(wait.reason);
            options.onRetry({ attempt: attempts, error, waitMs: wait.ms });
            await clock.sleep(wait.ms, signal);
        }
    }
}

;// CONCATENATED MODULE: ./src/request.ts







async function ask(inputs, secrets, limitMs, { clock, signal }) {
    const deadlineMs = clock.now() + limitMs;
    return tryEach(authentications(inputs.grant, inputs.clientSecrets), async (way) => {
        const request = tokenRequest(inputs, inputs.grant, way);
        const left = Math.max(1, deadlineMs - clock.now());
        const answer = await post(inputs.endpoint, request, { limitMs: left, signal });
        const answered = secretsOfAnswer(answer);
        maskSecrets(answered);
        const judged = judgeTokenAnswer(answer, [...secrets, ...answered], Date.now());
        if (way.method !== 'none' && way.secret !== inputs.clientSecrets[0])
            core/* notice */.lm('The first client secret no longer works; IMS accepted the second. Remove the first from the secret that this step reads.');
        return judged;
    });
}
function describe(error, inputs, secrets) {
    const { happened, facts } = explain(error, contextOf(inputs, secrets));
    const others = facts.filter((fact) => !happened.includes(fact));
    return others.length === 0 ? happened : `${happened} (${others.join(', ')})`;
}
async function requestToken(inputs, secrets, surroundings) {
    return retrying((limitMs) => ask(inputs, secrets, limitMs, surroundings), {
        timeoutSeconds: inputs.timeoutSeconds,
        startedMs: surroundings.startedMs,
        clock: surroundings.clock,
        signal: surroundings.signal,
        usedUpByAttempt: inputs.grant.type === 'authorization_code',
        onRetry: ({ attempt, error, waitMs }) => {
            core/* info */.pq(`Attempt ${attempt} failed: ${describe(error, inputs, secrets)} Next attempt in ${(waitMs / 1000).toFixed(1)} s.`);
        },
    });
}

;// CONCATENATED MODULE: ./src/reuse/identity.ts
function identityOf(inputs) {
    if (inputs.grant.type !== 'client_credentials' || inputs.reuse === 'none')
        return undefined;
    const { clientId, orgId, endpoint, grant } = inputs;
    return { origin: endpoint.origin, clientId, orgId, scopes: grant.scopes };
}

// EXTERNAL MODULE: external "node:crypto"
var external_node_crypto_ = __nccwpck_require__(598);
;// CONCATENATED MODULE: ./src/reuse/job.ts




function placeOf(runnerTemp, identity, of) {
    if (!(0,external_node_path_.isAbsolute)(runnerTemp))
        return undefined;
    const suffix = of === 'job' ? '' : '-shared';
    return (0,external_node_path_.join)(runnerTemp, `adobe-ims-token-${(0,sealed_token/* fingerprint */.Rj)(identity).slice(0, 32)}${suffix}`);
}
function remove(path) {
    try {
        (0,external_node_fs_.rmSync)(path, { force: true });
    }
    catch {
    }
}
function readFromJob(runnerTemp, identity, of) {
    const place = placeOf(runnerTemp, identity, of);
    if (place === undefined)
        return undefined;
    try {
        const file = (0,external_node_fs_.openSync)(place, external_node_fs_.constants.O_RDONLY | external_node_fs_.constants.O_NONBLOCK);
        try {
            const facts = (0,external_node_fs_.fstatSync)(file);
            return facts.isFile() && facts.size <= sealed_token/* LARGEST_SEALED_BYTES */.gt ? (0,external_node_fs_.readFileSync)(file) : undefined;
        }
        finally {
            (0,external_node_fs_.closeSync)(file);
        }
    }
    catch {
        return undefined;
    }
}
function writeToJob(runnerTemp, identity, of, sealed) {
    const place = placeOf(runnerTemp, identity, of);
    if (place === undefined)
        return;
    const draft = `${place}.${(0,external_node_crypto_.randomBytes)(8).toString('hex')}`;
    try {
        (0,external_node_fs_.writeFileSync)(draft, sealed, { mode: 0o600, flag: 'wx' });
        (0,external_node_fs_.renameSync)(draft, place);
    }
    catch {
        remove(draft);
    }
}
function removeFromJob(runnerTemp, identity) {
    const place = placeOf(runnerTemp, identity, 'job');
    if (place !== undefined)
        remove(place);
}
function placeOfMark(runnerTemp, mark) {
    if (!isAbsolute(runnerTemp))
        return undefined;
    return join(runnerTemp, `adobe-ims-token-revoked-${mark.slice(0, 32)}`);
}
function wasRevoked(runnerTemp, mark) {
    const place = placeOfMark(runnerTemp, mark);
    return place !== undefined && existsSync(place);
}
function noteRevoked(runnerTemp, mark) {
    const place = placeOfMark(runnerTemp, mark);
    try {
        if (place !== undefined)
            writeFileSync(place, '');
    }
    catch {
    }
}

;// CONCATENATED MODULE: ./src/reuse/places.ts





function usable(bytes, inputs, identity) {
    const token = bytes && (0,sealed_token/* openToken */.Mg)(bytes, inputs.clientSecrets, identity);
    if (token === undefined ||
        (0,ims_token/* secondsLeft */.Li)(token, Date.now()) < Math.max(1, inputs.minValiditySeconds))
        return undefined;
    return token;
}
async function findToken(inputs, keep) {
    const identity = identityOf(inputs);
    if (identity === undefined)
        return undefined;
    const runnerTemp = keep.env['RUNNER_TEMP'] ?? '';
    for (const sharing of inputs.revoke ? ['job'] : ['job', 'repository']) {
        const ofJob = usable(readFromJob(runnerTemp, identity, sharing), inputs, identity);
        if (ofJob !== undefined)
            return { token: ofJob, source: 'job' };
    }
    if (inputs.reuse !== 'repository')
        return undefined;
    const { readFromRepository } = await __nccwpck_require__.e(/* import() */ 310).then(__nccwpck_require__.bind(__nccwpck_require__, 310));
    const ofRepository = usable(await readFromRepository(keep, identity), inputs, identity);
    if (ofRepository !== undefined)
        return { token: ofRepository, source: 'repository' };
    core/* debug */.Yz('No usable token in the Actions cache of the repository.');
    return undefined;
}
async function keepToken(token, source, inputs, keep) {
    const identity = identityOf(inputs);
    const [secret] = inputs.clientSecrets;
    if (identity === undefined || secret === undefined || source === 'job')
        return;
    const sharing = inputs.reuse === 'repository' ? 'repository' : 'job';
    const sealed = (0,sealed_token/* sealToken */.fh)(token, secret, identity);
    if (source === 'ims' && sharing === 'repository') {
        const { writeToRepository } = await __nccwpck_require__.e(/* import() */ 310).then(__nccwpck_require__.bind(__nccwpck_require__, 310));
        await writeToRepository(keep, identity, sealed, token.expiresAtMs);
    }
    if (!keep.signal.aborted)
        writeToJob(keep.env['RUNNER_TEMP'] ?? '', identity, sharing, sealed);
}

// EXTERNAL MODULE: ./src/surroundings.ts + 1 modules
var src_surroundings = __nccwpck_require__(52);
;// CONCATENATED MODULE: ./src/acquire.ts













function settleScopes({ token, source }, inputs, secrets) {
    const asked = askedScopes(inputs);
    const granted = token.grantedScopes;
    if (granted === undefined)
        return asked;
    const missing = asked.filter((scope) => !granted.includes(scope));
    if (missing.length > 0 && source !== 'job')
        core/* warning */.$e(`The token lacks scopes that were asked for: ${cleanForeignText(missing.join(','), secrets)}. Calls that need them may be refused; the page of the credential in the Adobe Developer Console shows what it is granted.`);
    return granted;
}
function warnIfShort(token, inputs) {
    const left = Math.max(0, (0,ims_token/* secondsLeft */.Li)(token, Date.now()));
    if (left < inputs.minValiditySeconds)
        core/* warning */.$e(`The token is valid for ${left} s, less than the ${inputs.minValiditySeconds} s of \`min-validity\`. Steps that run later may find it expired.`);
}
const LONGEST_CACHE_MS = 5000;
const NO_CONTEXT = { imsOrigin: 'IMS', grantType: '', secretCount: 0, scopes: [] };
async function obtain(inputs, secrets, surroundings, keep) {
    const found = await findToken(inputs, keep);
    if (found !== undefined)
        return { ...found, refreshToken: '' };
    const answer = await requestToken(inputs, secrets, surroundings);
    const userGrant = inputs.grant.type !== 'client_credentials';
    return {
        token: answer.token,
        source: 'ims',
        refreshToken: userGrant ? answer.refreshToken : '',
    };
}
function withoutSecrets(token, secrets) {
    const holdsSecret = secretFinder(secrets);
    return {
        ...token,
        grantedScopes: token.grantedScopes?.filter((scope) => !holdsSecret(scope)),
        userId: holdsSecret(token.userId) ? '' : token.userId,
    };
}
function tell(obtained, variables) {
    const origin = {
        ims: 'Got an access token from IMS',
        job: 'Reused the access token of an earlier step',
        repository: 'Reused the access token of an earlier job',
    }[obtained.source];
    const names = variables.length === 0 ? '' : `, in ${variables.join(', ')}`;
    core/* info */.pq(`${origin}, valid until ${(0,ims_token/* isoSeconds */.nE)(obtained.token.expiresAtMs)}${names}.`);
}
async function acquireWith(inputs, secrets, surroundings) {
    const { env, signal, clock, startedMs } = surroundings;
    const files = runnerFiles(inputs, env);
    const timeoutMs = inputs.timeoutSeconds * 1000;
    const budgetMs = { left: Math.min(LONGEST_CACHE_MS, timeoutMs / 3) };
    const keep = { env, signal, program: surroundings.cacheProgram, budgetMs };
    const obtained = await obtain(inputs, secrets, surroundings, keep);
    const { source, refreshToken } = obtained;
    const token = withoutSecrets(obtained.token, [...secrets, refreshToken]);
    maskSecrets([token.accessToken]);
    const scopes = settleScopes({ ...obtained, token }, inputs, secrets);
    warnIfShort(token, inputs);
    budgetMs.left = Math.max(0, Math.min(budgetMs.left, startedMs + timeoutMs - clock.now()));
    await keepToken(token, source, inputs, keep);
    signal.throwIfAborted();
    const state = inputs.revoke ? revocationState(token, inputs) : '';
    const publication = { token, source, refreshToken, scopes, state };
    const variables = await publish(publication, inputs, files);
    tell(obtained, variables);
}
async function acquire(surroundings) {
    const { env } = surroundings;
    process.exitCode = 1;
    let context = () => NO_CONTEXT;
    try {
        const raw = readRawInputs(env);
        const secrets = secretsOfInputs(raw);
        maskSecrets(secrets, raw['client-id']);
        const inputs = parseInputs(raw);
        const known = withBasicCredentials(secrets, inputs.clientId);
        context = () => contextOf(inputs, known);
        await acquireWith(inputs, known, surroundings);
        process.exitCode = 0;
    }
    catch (error) {
        core/* setFailed */.C1(sentence(explain(error, context()), (0,src_surroundings/* troubleshootingUrl */.KB)(env)));
    }
}

;// CONCATENATED MODULE: ./src/main.ts



const startedMs = src_surroundings/* systemClock */.ml.now();
const signal = (0,src_surroundings/* cancellation */.WN)();
(0,src_surroundings/* insistOnTls */.$n)({ warn: true });
(0,src_surroundings/* silenceNodeDebug */.D)();
const cacheProgram = (0,external_node_path_.join)((0,external_node_path_.dirname)(process.argv[1] ?? ''), '..', 'cache', 'index.js');
void acquire({ env: process.env, clock: src_surroundings/* systemClock */.ml, startedMs, signal, cacheProgram });

})();

module.exports = __webpack_exports__;
/******/ })()
;
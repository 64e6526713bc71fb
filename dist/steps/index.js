/******/ (() => { // webpackBootstrap
/******/ 	var __webpack_modules__ = ({

/***/ 770:
/***/ ((module, __unused_webpack_exports, __nccwpck_require__) => {

module.exports = __nccwpck_require__(218);


/***/ }),

/***/ 218:
/***/ ((__unused_webpack_module, exports, __nccwpck_require__) => {

"use strict";
var __webpack_unused_export__;


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
__webpack_unused_export__ = debug; // for test


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
/************************************************************************/
/******/ 	/* webpack/runtime/asset-relocator-loader */
/******/ 	if (typeof __nccwpck_require__ !== 'undefined') __nccwpck_require__.ab = __dirname + "/";
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
/************************************************************************/
var __webpack_exports__ = {};
// This entry need to be wrapped in an IIFE because it need to be in strict mode.
(() => {
"use strict";
// ESM COMPAT FLAG
__nccwpck_require__.r(__webpack_exports__);

// EXPORTS
__nccwpck_require__.d(__webpack_exports__, {
  startMain: () => (/* binding */ startMain),
  startPost: () => (/* binding */ startPost)
});

;// CONCATENATED MODULE: ./src/failure.ts
class StepError extends Error {
    name = 'StepError';
    failure;
    constructor(failure, options) {
        super(failure.happened, options);
        this.failure = failure;
    }
}
function failureOf(error) {
    if (error instanceof StepError)
        return error.failure;
    return {
        code: 'unexpected',
        happened: `Unexpected error in the action (${error instanceof Error ? error.name : typeof error}).`,
        remedy: 'Please report it in the repository of the action.',
    };
}
function sentence(failure, url) {
    const { code, happened, remedy, facts = [] } = failure;
    const end = [...new Set([code, ...facts])].join(', ');
    return `${happened} ${remedy} More: ${url} (${end})`;
}

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
;// CONCATENATED MODULE: ./src/http/proxy.ts


const ADDRESS = /^(?:(https?):\/\/)?(?:([^/?#\\\p{Cc}]*)@)?(\[[\da-f:.]+\]|[\p{L}\p{M}\p{N}._-]{1,253})(?::(\d{1,5}))?\/?$/iu;
function parseProxy(value) {
    const [, scheme, credentials = '', host = '', port] = ADDRESS.exec(value.trim()) ?? [];
    if (host === '' || (scheme === undefined && port === undefined))
        return undefined;
    const [user = '', ...password] = credentials.split(':');
    try {
        const url = new URL(`${scheme ?? 'http'}://${host}:${port ?? ''}`);
        url.username = encodeURIComponent(decodeURIComponent(user));
        url.password = encodeURIComponent(decodeURIComponent(password.join(':')));
        return url.port === '0' ? undefined : url;
    }
    catch {
        return undefined;
    }
}
function hostAndPort({ hostname, port, protocol }) {
    const standard = protocol === 'https:' ? '443' : '80';
    return `${hostname}:${port === '' ? standard : port}`;
}
function proxyFor(url) {
    const names = ['https_proxy', 'HTTPS_PROXY'];
    const variable = names.find((name) => (process.env[name] ?? '') !== '');
    if (variable === undefined || url.protocol !== 'https:' || checkBypass(url))
        return undefined;
    const proxy = parseProxy(process.env[variable] ?? '');
    if (proxy !== undefined)
        return { url: proxy, variable };
    throw new StepError({
        code: 'proxy',
        happened: `\`${variable}\` is not the URL of a proxy, so nothing was sent.`,
        remedy: 'Write http://host:port or http://user:password@host:port. The scheme may be https; SOCKS is not supported. In user and password, encode % @ : / ? # \\ as %25 %40 %3A %2F %3F %23 %5C.',
    });
}

;// CONCATENATED MODULE: external "node:crypto"
const external_node_crypto_namespaceObject = require("node:crypto");
;// CONCATENATED MODULE: external "node:fs"
const external_node_fs_namespaceObject = require("node:fs");
;// CONCATENATED MODULE: external "node:path"
const external_node_path_namespaceObject = require("node:path");
;// CONCATENATED MODULE: external "node:tls"
const external_node_tls_namespaceObject = require("node:tls");
;// CONCATENATED MODULE: ./src/bounded-file.ts

const CHUNK_BYTES = 64 * 1024;
const errorOf = (code) => Object.assign(new Error(code), { code });
function readBoundedFile(path, limitBytes, links) {
    const { O_RDONLY, O_NONBLOCK, O_NOFOLLOW } = external_node_fs_namespaceObject.constants;
    const descriptor = (0,external_node_fs_namespaceObject.openSync)(path, O_RDONLY | O_NONBLOCK | (links === 'refuse' ? O_NOFOLLOW : 0));
    try {
        const stats = (0,external_node_fs_namespaceObject.fstatSync)(descriptor);
        if (!stats.isFile())
            throw errorOf(stats.isDirectory() ? 'EISDIR' : 'EINVAL');
        const chunks = [];
        let left = limitBytes;
        for (;;) {
            const chunk = Buffer.alloc(CHUNK_BYTES);
            const bytes = (0,external_node_fs_namespaceObject.readSync)(descriptor, chunk);
            if (bytes === 0)
                return Buffer.concat(chunks);
            left -= bytes;
            if (left < 0)
                throw errorOf('EFBIG');
            chunks.push(chunk.subarray(0, bytes));
        }
    }
    finally {
        (0,external_node_fs_namespaceObject.closeSync)(descriptor);
    }
}

;// CONCATENATED MODULE: ./src/http/certificates.ts





const LIMIT_BYTES = 4 * 1024 * 1024;
const EXTRA = 'NODE_EXTRA_CA_CERTS';
const codeOf = (error) => error.code ?? '';
function listedCertificates() {
    if (typeof external_node_tls_namespaceObject.getCACertificates !== 'function')
        return undefined;
    const listed = external_node_tls_namespaceObject.getCACertificates('default');
    const [own = ''] = external_node_tls_namespaceObject.rootCertificates;
    return listed.includes(own) ? listed : undefined;
}
function namesIn(folder) {
    try {
        return (0,external_node_fs_namespaceObject.readdirSync)(folder).sort();
    }
    catch {
        return ['.'];
    }
}
function trustedFiles() {
    let leftBytes = LIMIT_BYTES;
    const contentsOf = (path) => {
        try {
            const bytes = readBoundedFile(path, leftBytes, 'follow');
            leftBytes -= bytes.length;
            return bytes.toString('latin1');
        }
        catch (error) {
            if (codeOf(error) === 'EFBIG')
                throw error;
            return `not read: ${path}`;
        }
    };
    const files = [process.env[EXTRA], process.env['SSL_CERT_FILE']];
    const folders = process.env['SSL_CERT_DIR']?.split(external_node_path_namespaceObject.delimiter) ?? [];
    return [
        files.map((path) => path !== undefined && contentsOf(path)),
        folders.map((folder) => namesIn(folder).map((name) => [name, contentsOf((0,external_node_path_namespaceObject.join)(folder, name))])),
    ];
}
function trust() {
    const listed = listedCertificates();
    if (listed !== undefined)
        return listed;
    try {
        return trustedFiles();
    }
    catch {
        return [(0,external_node_crypto_namespaceObject.randomUUID)()];
    }
}
const READ_PROBLEMS = {
    ENOENT: 'does not exist. Correct the path',
    EISDIR: 'is a folder. Name one file',
};
function problemOf(path) {
    let bytes;
    try {
        bytes = readBoundedFile(path, LIMIT_BYTES, 'follow');
    }
    catch (error) {
        return (READ_PROBLEMS[codeOf(error)] ??
            'cannot be read, or is larger than 4 MiB. Check its rights and size');
    }
    try {
        new external_node_crypto_namespaceObject.X509Certificate(bytes);
    }
    catch {
        return 'holds no certificate in PEM form that can be read. It must hold a block that begins with `-----BEGIN CERTIFICATE-----`';
    }
    return bytes.includes('-----BEGIN ')
        ? 'seems not to hold the CA of this certificate. Add the root certificate of that CA'
        : 'is binary (DER). Convert it to PEM: `openssl x509 -inform der -in FILE -out FILE.pem`';
}
function trustRemedy() {
    const path = process.env[EXTRA] ?? '';
    const extra = path === ''
        ? `If a proxy of your company inspects TLS, set \`${EXTRA}\` to the file with its CA certificate`
        : `\`${EXTRA}\` is set, but its file ${problemOf(path)}`;
    const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
    const canUseSystem = major > 24 || (major === 24 && minor >= 6);
    if (!canUseSystem || process.env['NODE_USE_SYSTEM_CA'] === '1')
        return `${extra}.`;
    return `${extra}. Or set \`NODE_USE_SYSTEM_CA=1\`, if the runner's system trusts the CA.`;
}

;// CONCATENATED MODULE: ./src/http/route.ts



const hash = (text) => (0,external_node_crypto_namespaceObject.createHash)('sha256').update(text).digest('hex');
function proxyTo(origin) {
    try {
        return proxyFor(new URL(origin))?.url.href ?? 'none';
    }
    catch {
        return 'unreadable';
    }
}
function routeTo(origin) {
    return { proxy: hash(proxyTo(origin)), certificates: hash(JSON.stringify(trust())) };
}

;// CONCATENATED MODULE: external "node:os"
const external_node_os_namespaceObject = require("node:os");
;// CONCATENATED MODULE: external "os"
const external_os_namespaceObject = require("os");
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
    process.stdout.write(cmd.toString() + external_os_namespaceObject.EOL);
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
;// CONCATENATED MODULE: external "fs"
const external_fs_namespaceObject = require("fs");
;// CONCATENATED MODULE: ./node_modules/@actions/core/lib/file-command.js
// For internal use, subject to change.
// We use any as a valid input type
/* eslint-disable @typescript-eslint/no-explicit-any */




function issueFileCommand(command, message) {
    const filePath = process.env[`GITHUB_${command}`];
    if (!filePath) {
        throw new Error(`Unable to find environment variable for file command ${command}`);
    }
    if (!external_fs_namespaceObject.existsSync(filePath)) {
        throw new Error(`Missing file at path: ${filePath}`);
    }
    external_fs_namespaceObject.appendFileSync(filePath, `${toCommandValue(message)}${external_os_namespaceObject.EOL}`, {
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
    return `${key}<<${delimiter}${external_os_namespaceObject.EOL}${convertedValue}${external_os_namespaceObject.EOL}${delimiter}`;
}
//# sourceMappingURL=file-command.js.map
;// CONCATENATED MODULE: ./src/runner/commands.ts



const logs = (command) => (message) => {
    issueCommand(command, {}, message);
};
const writes = (command) => (name, value) => {
    issueFileCommand(command, prepareKeyValueMessage(name, value));
};
const notice = logs('notice');
const warning = logs('warning');
const error = logs('error');
const setSecret = logs('add-mask');
const setOutput = writes('OUTPUT');
const saveState = writes('STATE');
const exportVariable = writes('ENV');
function info(message) {
    process.stdout.write(message + external_node_os_namespaceObject.EOL);
}

;// CONCATENATED MODULE: ./src/runner/job.ts
const variable = (name) => process.env[name] ?? '';
function jobBinding() {
    return ['job', ...['GITHUB_RUN_ID', 'GITHUB_RUN_ATTEMPT', 'GITHUB_JOB'].map(variable)];
}
function repositoryBinding() {
    return ['repository', variable('GITHUB_REPOSITORY')];
}
function temporaryFolder() {
    return variable('RUNNER_TEMP');
}
function serverUrl() {
    return variable('GITHUB_SERVER_URL');
}

;// CONCATENATED MODULE: ./src/runner/report.ts



function troubleshootingUrl(heading) {
    const path = `docs/troubleshooting.md#${heading}`;
    const server = serverUrl();
    const repository = process.env['GITHUB_ACTION_REPOSITORY'] ?? '';
    const ref = process.env['GITHUB_ACTION_REF'] ?? '';
    const plain = /^[\w./-]+$/;
    const known = plain.test(repository) && plain.test(ref) && /^https:\/\/[\w.:-]+$/.test(server);
    return known ? `${server}/${repository}/blob/${ref}/${path}` : path;
}
function reportFailure(failure) {
    process.exitCode = 1;
    error(sentence(failure, troubleshootingUrl(failure.code)));
}
function reportWarning(heading, message, facts = []) {
    const end = facts.length === 0 ? '' : ` (${facts.join(', ')})`;
    warning(`${message} More: ${troubleshootingUrl(heading)}${end}`);
}
function reportNotice(heading, message) {
    notice(`${message} More: ${troubleshootingUrl(heading)}`);
}

;// CONCATENATED MODULE: external "node:net"
const external_node_net_namespaceObject = require("node:net");
;// CONCATENATED MODULE: external "node:stream"
const external_node_stream_namespaceObject = require("node:stream");
// EXTERNAL MODULE: external "http"
var external_http_ = __nccwpck_require__(611);
var external_http_namespaceObject = /*#__PURE__*/__nccwpck_require__.t(external_http_, 2);
// EXTERNAL MODULE: external "https"
var external_https_ = __nccwpck_require__(692);
var external_https_namespaceObject = /*#__PURE__*/__nccwpck_require__.t(external_https_, 2);
// EXTERNAL MODULE: ./node_modules/tunnel/index.js
var tunnel = __nccwpck_require__(770);
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
                tunnelAgent = overHttps ? tunnel.httpsOverHttps : tunnel.httpsOverHttp;
            }
            else {
                tunnelAgent = overHttps ? tunnel.httpOverHttps : tunnel.httpOverHttp;
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
;// CONCATENATED MODULE: ./src/http/exchange.ts





const isSuccess = ({ status }) => status >= 200 && status <= 299;
class TimedOutError extends Error {
    name = 'TimedOutError';
}
function isNetworkError(error) {
    if (error instanceof TypeError || error instanceof RangeError)
        return false;
    return (error instanceof TimedOutError || typeof error.code === 'string');
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
function rejectedBy(signal) {
    return new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => {
            reject(new Error('ended'));
        });
    });
}
const lookupLoopback = (_hostname, { all }, callback) => {
    const ipv4 = { address: '127.0.0.1', family: 4 };
    if (all === true)
        callback(null, [ipv4, { address: '::1', family: 6 }]);
    else
        callback(null, ipv4.address, ipv4.family);
};
function onConnection(agent, ready) {
    const internal = agent;
    const addRequest = internal.addRequest.bind(agent);
    internal.addRequest = (request, ...rest) => {
        request.once('socket', (socket) => {
            socket.once(socket instanceof external_node_tls_namespaceObject.TLSSocket ? 'secureConnect' : 'connect', ready);
        });
        addRequest(request, ...rest);
    };
}
function addressLimitMs(limitMs) {
    const thirdMs = Math.min(Math.floor(limitMs / 3), 2000);
    return Math.max(thirdMs, (0,external_node_net_namespaceObject.getDefaultAutoSelectFamilyAttemptTimeout)());
}
const withoutBrackets = (host) => (host ?? '').replace(/^\[|\]$/g, '');
function connectionHandler(signal, { limitMs, onConnect = () => undefined }) {
    const common = { signal, autoSelectFamilyAttemptTimeout: addressLimitMs(limitMs) };
    return {
        prepareRequest(options) {
            Object.assign(options, common);
            if (options.host === 'localhost')
                options.lookup = lookupLoopback;
            const agent = options.agent;
            onConnection(agent, onConnect);
            if (agent.proxyOptions === undefined) {
                options.host = withoutBrackets(options.host);
                return;
            }
            const host = withoutBrackets(agent.proxyOptions.host);
            const servername = (0,external_node_net_namespaceObject.isIP)(host) === 0 ? host : '';
            Object.assign(agent.proxyOptions, common, { host, servername });
            if (process.noDeprecation !== true)
                process.noDeprecation = true;
        },
        canHandleAuthentication: () => false,
        handleAuthentication: () => Promise.reject(new Error('not supported')),
    };
}
async function send({ method, url, headers, body }, signal, options) {
    const client = new HttpClient('', [connectionHandler(signal, options)], {
        allowRedirects: false,
    });
    client.userAgent = 'adobe-ims-token';
    const stream = body === undefined ? null : external_node_stream_namespaceObject.Readable.from(body);
    const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
    try {
        const { message } = await Promise.race([
            client.request(method, url.href, stream, { ...headers, ...length }),
            rejectedBy(signal),
        ]);
        const read = await readBounded(message, options.limitBytes);
        signal.throwIfAborted();
        return { status: message.statusCode ?? 0, headers: message.headers, body: read };
    }
    finally {
        client.dispose();
    }
}
async function exchange(request, options) {
    const proxy = proxyFor(request.url);
    if (proxy !== undefined)
        process.env[proxy.variable] = proxy.url.href;
    options.signal.throwIfAborted();
    const limit = new AbortController();
    const timer = setTimeout(() => {
        limit.abort();
    }, options.limitMs);
    try {
        return await send(request, AbortSignal.any([limit.signal, options.signal]), options);
    }
    catch (error) {
        options.signal.throwIfAborted();
        throw limit.signal.aborted ? new TimedOutError('timed out') : error;
    }
    finally {
        clearTimeout(timer);
    }
}

;// CONCATENATED MODULE: ./src/json.ts
function parseJson(text) {
    try {
        return JSON.parse(text);
    }
    catch {
        return undefined;
    }
}
function parseObject(text) {
    const value = parseJson(text);
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isObject ? value : undefined;
}

;// CONCATENATED MODULE: ./src/secrets.ts

const TEXT_LIMIT = 300;
const LONGEST_SERVER_TEXT = 4000;
const PLACEHOLDER = '\uffff';
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]+/gu;
const formEncoded = (value) => new URLSearchParams({ v: value }).toString().slice(2);
function basicCredentials(clientId, clientSecret) {
    return Buffer.from(`${clientId}:${clientSecret}`, 'utf8').toString('base64');
}
function basicForms(clientId, secret) {
    const basic = basicCredentials(clientId, secret);
    const urlSafe = Buffer.from(basic, 'base64').toString('base64url');
    return [basic, basic.replaceAll('=', ''), urlSafe];
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
        let redacted = text.toWellFormed();
        for (const form of this.#forms)
            redacted = redacted.replaceAll(form, PLACEHOLDER);
        const harmless = redacted
            .replaceAll(PLACEHOLDER, '***')
            .replace(UNPRINTABLE, ' ')
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

const GRANT_TYPES = ['client_credentials', 'refresh_token', 'authorization_code'];
const DEFAULT_SCOPES = ['openid', 'AdobeID', 'offline_access', 'creative_sdk'];
function secretsOfGrant(grant) {
    if (grant.type === 'refresh_token')
        return [grant.refreshToken];
    return grant.type === 'authorization_code' ? [grant.code] : [];
}
function requestedScopes(grant) {
    return grant.type === 'client_credentials' ? grant.scopes : [];
}
function formRequest(path, { clientId }, { method, secret }, fields) {
    const form = new URLSearchParams(Object.entries(fields).filter(([, value]) => value !== ''));
    const headers = {
        accept: 'application/json',
        'accept-encoding': 'identity',
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
            return { code: grant.code, code_verifier: grant.codeVerifier };
    }
}
function tokenRequest(client, grant, authentication) {
    const fields = { grant_type: grant.type, ...grantFields(grant), org_id: client.orgId };
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
    const methods = {
        client_credentials: ['client_secret_post'],
        refresh_token: ['client_secret_basic', 'client_secret_post'],
        authorization_code: ['client_secret_post', 'client_secret_basic'],
    };
    const [first, ...others] = clientSecrets.flatMap((secret) => methods[grantType].map((method) => ({ method, secret })));
    return first === undefined ? [{ method: 'none', secret: '' }] : [first, ...others];
}

;// CONCATENATED MODULE: ./src/ims/refusals.ts

const CONSOLE = 'the Adobe Developer Console (developer.adobe.com/console)';
const WHY_A_SECRET_IS_EMPTY = 'to a pull request from a fork and to Dependabot, to a job that does not name the environment that holds the secret, and for a misspelt name';
const NEW_USER_TOKEN = 'Let the user sign in again, and store the new refresh token or code; each code works once, and a refresh token lasts 14 days by default.';
const CHECK_WHO_ANSWERS = 'Check `ims-url`, and whether a proxy answers in place of IMS; otherwise run the job again later.';
const NEW_PERMANENT_CODE = 'If the code is a permanent one (a service token), ask whoever issued it for a new one, and check that it belongs to this `client-id`.';
function refusedSecrets({ secretCount, secretsSent }) {
    const compare = `Compare \`client-secret\` with the credential in ${CONSOLE}: it may have been deleted there, cut off when copied, or belong to another credential.`;
    if (secretCount < 2)
        return { happened: 'IMS refused the client secret.', remedy: compare };
    const oneLine = '`client-secret` holds two, separated by a line break or comma; if it should be one, store it again on one line.';
    if (secretsSent === 2)
        return { happened: 'IMS refused both client secrets.', remedy: `${compare} ${oneLine}` };
    return {
        happened: 'IMS refused the first client secret. In the time of `timeout`, the second was not sent or not answered.',
        remedy: `Raise \`timeout\`, or store the second secret alone. ${oneLine}`,
    };
}
function wrongClient(context, { description }) {
    const { secretCount, origin } = context;
    if (secretCount === 0)
        return {
            happened: 'IMS refused the client. No client secret was sent, as `client-secret` is empty.',
            remedy: `A public client has none: compare \`client-id\` with the credential in ${CONSOLE}. Every other client needs its secret. GitHub passes an empty secret ${WHY_A_SECRET_IS_EMPTY}.`,
        };
    const text = description.toLowerCase();
    if (text.includes('client_secret'))
        return refusedSecrets(context);
    const environment = origin.includes('-stg1')
        ? 'the stage environment that `ims-url` points to; a production credential needs the default `ims-url`'
        : 'production; a stage credential needs `ims-url: https://ims-na1-stg1.adobelogin.com`';
    return {
        happened: text.includes('client_id')
            ? 'IMS does not know the client ID.'
            : 'IMS refused the client ID or the client secret.',
        remedy: `Compare \`client-id\` and \`client-secret\` with the credential in ${CONSOLE}. The credential must also belong to ${environment}.`,
    };
}
const LONGEST_LIST = 2000;
function scopeList(scopes, clean) {
    const list = scopes.join(',');
    if (list.length <= LONGEST_LIST)
        return clean(list, Infinity);
    return scopes.length === 1 ? '1 scope' : `${scopes.length} scopes`;
}
const isDefault = (scopes) => scopes.join() === DEFAULT_SCOPES.join();
function wrongScope({ scopes, clean }) {
    if (scopes.length === 0)
        return {
            happened: 'IMS refused the scopes of this token.',
            remedy: `They come from the user's consent: let the user sign in again, and compare with the scopes on the page of the credential in ${CONSOLE}.`,
        };
    const compare = `the scopes on the page of the credential in ${CONSOLE}; to be granted more, add the API to the project.`;
    if (isDefault(scopes))
        return {
            happened: 'A scope is not granted to this credential. `scopes` has its default, which is for Cloud Storage.',
            remedy: `Set \`scopes\` to ${compare} If your workflow sets it, check the spelling of its name: GitHub only warns of an unknown input, such as \`scope\`. The default: ${scopeList(scopes, clean)}.`,
        };
    return {
        happened: 'A scope is not granted to this credential.',
        remedy: `Asked for: ${scopeList(scopes, clean)}. Compare with ${compare}`,
    };
}
function refusedGrant({ grantType }) {
    if (grantType !== 'refresh_token' && grantType !== 'authorization_code')
        return {
            happened: 'IMS denied access.',
            remedy: `Check in ${CONSOLE} that the credential is active and that its product profiles are assigned.`,
        };
    return {
        happened: 'IMS refused the code or refresh token: it has expired, was used, or was revoked, or it belongs to another `client-id` or `code-verifier`.',
        remedy: grantType === 'refresh_token' ? NEW_USER_TOKEN : `${NEW_USER_TOKEN} ${NEW_PERMANENT_CODE}`,
    };
}
const grantName = (grantType) => grantType === undefined ? 'this request' : `\`grant-type: ${grantType}\``;
const wrongParameter = () => ({
    happened: 'IMS found a parameter missing or malformed.',
    remedy: 'Compare each input with the credential; `org-id` looks like `ABC123@AdobeOrg`.',
});
const unauthorizedClient = ({ grantType }) => ({
    happened: `This credential may not use ${grantName(grantType)}.`,
    remedy: `Check its type in ${CONSOLE}: \`client_credentials\` needs an OAuth Server-to-Server credential; \`refresh_token\` and \`authorization_code\` need a Web App, Single Page App or Native App one. A Service Account (JWT) credential of the Adobe Developer Console no longer works: migrate it to OAuth Server-to-Server.`,
});
const unsupportedGrantType = ({ grantType }) => ({
    happened: `The server does not support ${grantName(grantType)}.`,
    remedy: 'Check that `ims-url` is IMS, and that the credential is of the type for this grant.',
});
const BY_ERROR = new Map([
    ['invalid_client', ['invalid_client', wrongClient]],
    ['invalid_scope', ['invalid_scope', wrongScope]],
    ['unauthorized_client', ['unauthorized_client', unauthorizedClient]],
    ['unsupported_grant_type', ['unsupported_grant_type', unsupportedGrantType]],
    ['access_denied', ['access_denied', refusedGrant]],
    ['invalid_grant', ['access_denied', refusedGrant]],
    ['invalid_token', ['access_denied', refusedGrant]],
    ['invalid_parameter_value', ['invalid_request', wrongParameter]],
    ['invalid_request', ['invalid_request', wrongParameter]],
]);
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
    if (isTransient(status))
        return {
            code: 'ims_unavailable',
            happened: `IMS is not available (HTTP ${status}).`,
            remedy: 'Run the job again later.',
        };
    const bare = error === '' && description === '';
    if (bare && (status === 401 || status === 403 || status === 404))
        return {
            code: 'gateway',
            happened: `HTTP ${status} without an IMS error: a gateway answered.`,
            remedy: 'Check `ims-url`, and whether a proxy or firewall of the runner is in between.',
        };
    return {
        code: 'ims_error',
        happened: `IMS refused the request (HTTP ${status}).`,
        remedy: `Compare the inputs with the credential in ${CONSOLE}.${debugId === '' ? '' : " With the x-debug-id at the end, Adobe's support can find the request."}`,
    };
}
function quoted(description) {
    return description === '' ? '' : ` The server says "${description}".`;
}
function refusalOf(response, context) {
    const { status, error, description } = response;
    if (status < 400 || isTransient(status))
        return byStatus(response);
    const isServerToServer = context.grantType === 'client_credentials';
    if (isServerToServer && JWT_ERA.test(`${error} ${description}`))
        return {
            code: 'jwt_credential',
            happened: 'This looks like a Service Account (JWT) credential of the Adobe Developer Console, and those no longer work.',
            remedy: `Migrate it in ${CONSOLE} to OAuth Server-to-Server, as Adobe's migration guide describes, and use the client ID and secret of the new credential. Service credentials of the AEM Developer Console are another kind, which this action cannot use.`,
        };
    const known = BY_ERROR.get(error.toLowerCase());
    if (known === undefined)
        return byStatus(response);
    const [code, explain] = known;
    return { code, ...explain(context, response) };
}
function factsOf({ status, shownError, debugId, encoding }) {
    return [
        shownError,
        `HTTP ${status}`,
        encoding && `content-encoding ${encoding}`,
        debugId && `x-debug-id ${debugId}`,
    ].filter((fact) => fact !== '');
}
function failureOfResponse(response, context) {
    const { status, error, shownDescription } = response;
    const refusal = refusalOf(response, context);
    return {
        ...refusal,
        happened: refusal.happened + quoted(shownDescription),
        facts: factsOf(response),
        refusesClient: error.toLowerCase() === 'invalid_client' && status >= 400 && !isTransient(status),
    };
}

;// CONCATENATED MODULE: ./src/ims/token.ts

const SCOPE_TOKEN = /^[\x21\x23-\x2b\x2d-\x5b\x5d-\x7e]+$/;
const USER_ID = /^[\x21-\x7e]{1,256}$/;
function isTokenText(value) {
    return typeof value === 'string' && /^[\x21-\x7e]+$/.test(value);
}
function claimsOf(accessToken) {
    const payload = Buffer.from(accessToken.split('.')[1] ?? '', 'base64url').toString('utf8');
    const { scope, user_id: userId } = parseObject(payload) ?? {};
    const scopes = typeof scope === 'string' ? scope.split(/[\s,]+/) : undefined;
    return {
        grantedScopes: scopes?.filter((name) => SCOPE_TOKEN.test(name)),
        userId: typeof userId === 'string' && USER_ID.test(userId) ? userId : '',
    };
}
function secondsLeft(expiresAtMs, nowMs) {
    return Math.max(0, Math.floor((expiresAtMs - nowMs) / 1000));
}
function isoSeconds(ms) {
    return new Date(ms).toISOString().replace(/\.\d{3}Z$/, 'Z');
}

;// CONCATENATED MODULE: ./src/ims/answers.ts





const ANSWER_LIMIT_BYTES = 64 * 1024;
const MILLISECONDS_ABOVE = 1_000_000;
const TEN_YEARS_SECONDS = 10 * 366 * 86_400;
function header({ headers }, name) {
    const value = headers[name];
    return typeof value === 'string' ? Buffer.from(value, 'latin1').toString('utf8') : '';
}
function readAnswer(response, sentAtMs) {
    const text = response.body?.toString('utf8').trimStart();
    const fields = parseObject(text ?? '');
    const encoding = header(response, 'content-encoding').trim();
    const serverDateMs = parseHttpDate(header(response, 'date'));
    return {
        status: response.status,
        debugId: header(response, 'x-debug-id'),
        retryAfterMs: parseRetryAfter(header(response, 'retry-after'), serverDateMs ?? sentAtMs),
        encoding: /^(identity)?$/i.test(encoding) ? '' : encoding,
        text,
        isJson: fields !== undefined,
        fields: fields ?? {},
        sentAtMs,
    };
}
function parseHttpDate(text) {
    if (!/^[A-Z][a-z]{2,8},? .*(GMT|\d{4})$/.test(text))
        return undefined;
    const dateMs = Date.parse(text.endsWith('GMT') ? text : `${text} GMT`);
    return Number.isNaN(dateMs) ? undefined : dateMs;
}
function parseRetryAfter(value, nowMs) {
    const text = value.trim();
    if (/^\d{1,10}$/.test(text))
        return Number(text) * 1000;
    const dateMs = parseHttpDate(text);
    return dateMs === undefined ? undefined : Math.max(0, dateMs - nowMs);
}
function secretsOf({ fields }) {
    const values = [fields['access_token'], fields['refresh_token'], fields['id_token']];
    return values.filter((value) => typeof value === 'string');
}
function textOf({ fields }, ...names) {
    const isText = (value) => typeof value === 'string' && value.trim() !== '';
    return names.map((name) => fields[name]).find(isText) ?? '';
}
function errorCodeOf({ fields }) {
    const value = fields['error_code'];
    return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}
function errorResponseOf(answer, { serverText }) {
    const error = textOf(answer, 'error');
    return {
        status: answer.status,
        error,
        description: textOf(answer, 'error_description'),
        shownError: serverText(error || errorCodeOf(answer), 64),
        shownDescription: serverText(textOf(answer, 'error_description', 'detail', 'message', 'title')),
        debugId: serverText(answer.debugId, 100),
        encoding: answer.isJson ? '' : serverText(answer.encoding, 40),
    };
}
function failureOfAnswer(answer, context, defect) {
    const { status, retryAfterMs } = answer;
    const response = errorResponseOf(answer, context);
    if (defect !== undefined)
        return new StepError({
            ...defect,
            code: 'malformed_answer',
            happened: defect.happened + quoted(response.shownDescription),
            remedy: CHECK_WHO_ANSWERS,
            facts: factsOf(response),
        });
    const failure = failureOfResponse(response, context);
    if (!isTransient(status))
        return new StepError(failure);
    const mayBeServed = status >= 500 && status !== 503;
    return new StepError({ ...failure, retry: { afterMs: retryAfterMs, mayBeServed } });
}
function bodyDefect({ text, isJson, encoding }) {
    if (text === undefined)
        return { happened: 'The answer is larger than 64 KiB and was refused.' };
    if (isJson)
        return undefined;
    const retry = { mayBeServed: true };
    if (encoding !== '')
        return { happened: 'The answer is compressed, and cannot be read.', retry };
    if (text.startsWith('<'))
        return { happened: 'The answer is a web page, and not JSON.', retry };
    return { happened: 'The answer was cut off or is not JSON.', retry };
}
function judgeRevocation(answer, context) {
    const { fields, status, text } = answer;
    const saysInvalid = textOf(answer, 'error').toLowerCase() === 'invalid_token';
    if (saysInvalid && status < 500)
        return false;
    if (isSuccess(answer) && fields['valid'] === false)
        return false;
    const isRefused = !isSuccess(answer) || 'error' in fields;
    const defect = isRefused || text === '' ? undefined : bodyDefect(answer);
    if (isRefused || defect !== undefined)
        throw failureOfAnswer(answer, context, defect);
    return true;
}
function lifetimeMs(expiresIn) {
    if (typeof expiresIn !== 'number' || !(expiresIn > 0))
        return undefined;
    const seconds = expiresIn > MILLISECONDS_ABOVE ? expiresIn / 1000 : expiresIn;
    return seconds > TEN_YEARS_SECONDS ? undefined : seconds * 1000;
}
function tokenTypeOf({ fields }) {
    if (!('token_type' in fields))
        return 'bearer';
    const value = fields['token_type'];
    return typeof value === 'string' && value.toLowerCase() === 'bearer' ? value : undefined;
}
function judgeToken(answer) {
    if (!isSuccess(answer))
        return { defect: undefined };
    const defect = bodyDefect(answer);
    if (defect !== undefined)
        return { defect };
    const unusable = (name) => ({
        defect: { happened: `The answer has no usable \`${name}\`.` },
    });
    const { access_token: accessToken, expires_in: expiresIn } = answer.fields;
    const refreshToken = answer.fields['refresh_token'] ?? '';
    const tokenType = tokenTypeOf(answer);
    const lifetime = lifetimeMs(expiresIn);
    if (!isTokenText(accessToken))
        return unusable('access_token');
    if (tokenType === undefined)
        return unusable('token_type');
    if (lifetime === undefined)
        return unusable('expires_in');
    if (refreshToken !== '' && !isTokenText(refreshToken))
        return unusable('refresh_token');
    return {
        token: { accessToken, tokenType, expiresAtMs: answer.sentAtMs + lifetime },
        refreshToken,
    };
}

;// CONCATENATED MODULE: ./src/ims/connection-failures.ts





const CERTIFICATE_CODE = /^(ERR_TLS_CERT_|CERT_|CRL_|UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|INVALID_CA|HOSTNAME_MISMATCH|PATH_LENGTH|INVALID_PURPOSE)/;
const HANDSHAKE_CODE = /^(EPROTO|ERR_SSL_|ERR_TLS_)/;
const TUNNEL = /^tunneling socket could not be established(?:, statusCode=(\d{3})$|, cause=)?/;
function certificateRemedy(reason) {
    if (/EXPIRED|NOT_YET_VALID/.test(reason))
        return 'Check the clock of the runner. If a proxy of your company inspects TLS, its certificate may be the one at fault.';
    if (/ALTNAME|HOSTNAME/.test(reason))
        return 'Another server answers for this name: check `ims-url`, DNS, and whether a proxy is in between.';
    return trustRemedy();
}
function tlsFailure(reason, server, code, handshakeRemedy) {
    const common = { code, facts: [reason] };
    if (CERTIFICATE_CODE.test(reason))
        return {
            ...common,
            happened: `The certificate of ${server} could not be verified, so nothing was sent.`,
            remedy: certificateRemedy(reason),
        };
    if (HANDSHAKE_CODE.test(reason))
        return {
            ...common,
            happened: `No TLS connection to ${server} could be made, so nothing was sent.`,
            remedy: handshakeRemedy,
        };
    return undefined;
}
function reasonOfCause(cause) {
    if (cause.includes('altnames'))
        return 'ERR_TLS_CERT_ALTNAME_INVALID';
    if (/certificate (has expired|is not yet valid)/.test(cause))
        return 'CERT_HAS_EXPIRED';
    if (cause.includes('certificate'))
        return 'UNABLE_TO_VERIFY_LEAF_SIGNATURE';
    const [code] = /\bE[A-Z]{4,20}\b/.exec(cause) ?? [];
    return code ?? (/SSL|TLS/.test(cause) ? 'EPROTO' : 'ECONNRESET');
}
function proxyFailure(message, { url, variable }, origin) {
    const [start = '', status] = TUNNEL.exec(message) ?? [];
    const reason = status === undefined ? reasonOfCause(message.slice(start.length)) : `proxy answered ${status}`;
    const common = { code: 'proxy', facts: [reason] };
    if (status !== undefined && Number(status) < 500)
        return {
            ...common,
            happened: `The proxy refused a connection to ${origin}, so nothing was sent.`,
            remedy: `Check \`${variable}\`, its user name and password, and what the proxy allows.`,
        };
    const address = hostAndPort(url);
    const handshakeRemedy = `If the proxy speaks plain http, write http:// in \`${variable}\`. Otherwise check its port.`;
    return (tlsFailure(reason, `the proxy ${address}`, 'proxy', handshakeRemedy) ?? {
        ...common,
        happened: `The proxy in \`${variable}\` gave no connection to ${origin}, so nothing was sent.`,
        remedy: `Check that the runner reaches the proxy at ${address}, and that the proxy reaches IMS.`,
        retry: {},
    });
}
function timeoutFailure({ origin, limitMs, connected }) {
    return {
        code: 'timeout',
        happened: `${origin} did not answer in time.`,
        remedy: 'Run the job again, or raise `timeout`.',
        facts: [`no answer within ${(limitMs / 1000).toFixed(1)} s`],
        retry: { mayBeServed: connected },
    };
}
function brokenConnection(reason, { origin, connected }) {
    const common = { facts: [reason], retry: { mayBeServed: connected } };
    if (reason.startsWith('HPE_'))
        return {
            ...common,
            code: 'malformed_answer',
            happened: `The answer of ${origin} is not valid HTTP.`,
            remedy: CHECK_WHO_ANSWERS,
        };
    if (connected)
        return {
            ...common,
            code: 'network',
            happened: `The connection to ${origin} broke before the whole answer came.`,
            remedy: 'Run the job again; if it happens again, look for a proxy or firewall that cuts connections.',
        };
    return {
        ...common,
        code: 'network',
        happened: `No connection to ${origin}.`,
        remedy: 'Check that the runner may reach it: DNS, firewall, and the proxy variables `https_proxy` and `no_proxy`.',
    };
}
function networkFailure(error, attempt) {
    if (!isNetworkError(error))
        return failureOf(error);
    if (error instanceof TimedOutError)
        return timeoutFailure(attempt);
    const { message, code: reason = '' } = error;
    const { origin } = attempt;
    const proxy = TUNNEL.test(message) ? proxyFor(new URL(origin)) : undefined;
    if (proxy !== undefined)
        return proxyFailure(message, proxy, origin);
    const handshakeRemedy = 'Check the port in `ims-url`, and whether a proxy or firewall answers in place of IMS.';
    const tls = attempt.connected ? undefined : tlsFailure(reason, origin, 'tls', handshakeRemedy);
    return tls ?? brokenConnection(reason, attempt);
}

;// CONCATENATED MODULE: ./src/ims/retry.ts


const FIRST_WINDOW_MS = 1500;
const LAST_WINDOW_MS = 8000;
const LONGEST_REQUEST_MS = 30_000;
const SHORTEST_REQUEST_MS = 1000;
const TIMER_MS = 50;
class TimeBudget {
    timeoutSeconds;
    #clock;
    #thirdMs;
    #singleUse;
    #slowestMs = 0;
    constructor(timeoutSeconds, clock, singleUse) {
        this.timeoutSeconds = timeoutSeconds;
        this.#clock = clock;
        this.#singleUse = singleUse;
        this.#thirdMs = Math.min((timeoutSeconds * 1000) / 3, LONGEST_REQUEST_MS);
    }
    get leftMs() {
        return this.timeoutSeconds * 1000 - this.#clock.now();
    }
    get limitMs() {
        return Math.max(1, Math.min(this.#thirdMs, this.leftMs));
    }
    get neededMs() {
        if (this.#singleUse)
            return this.#thirdMs;
        return Math.min(this.#thirdMs, Math.max(SHORTEST_REQUEST_MS, 2 * this.#slowestMs));
    }
    noteAnswer(durationMs) {
        this.#slowestMs = Math.max(this.#slowestMs, durationMs);
    }
}
function nextWaitMs(attempt, retryAfterMs, roomMs, random) {
    if (retryAfterMs > 0 && retryAfterMs > roomMs)
        return 'retry_after';
    if (roomMs <= 0)
        return 'deadline';
    const window = Math.min(FIRST_WINDOW_MS * 2 ** (attempt - 1), LAST_WINDOW_MS);
    return Math.min(retryAfterMs + random * window, roomMs);
}
const tenths = (ms, round) => (round(ms / 100) / 10).toFixed(1);
function gaveUp(reason, { retry, ...last }, attempts, budget) {
    const { timeoutSeconds, leftMs } = budget;
    const tries = attempts === 1 ? '1 attempt' : `${attempts} attempts`;
    const left = `${tenths(Math.max(0, leftMs), Math.floor)} s is left`;
    const needed = `another attempt needs ${tenths(budget.neededMs + TIMER_MS, Math.ceil)} s`;
    if (reason === 'deadline') {
        const early = leftMs > 0 ? ` (${left}, and ${needed})` : '';
        const happened = `No token after ${tries} within ${timeoutSeconds} s${early}. ${last.happened}`;
        return { ...last, happened };
    }
    const seconds = Math.ceil((retry?.afterMs ?? 0) / 1000);
    return {
        ...last,
        code: 'retry_after',
        happened: `${last.happened} The server asks to wait ${seconds} s. Too little of the ${timeoutSeconds} s of \`timeout\` is left for another attempt after that: ${left}, and ${needed} (${tries} made).`,
        remedy: 'Raise `timeout`, or run the job again after that time.',
    };
}
function logRetry(attempt, { happened, facts = [] }, waitMs) {
    const others = facts.filter((fact) => !happened.includes(fact));
    const more = others.length === 0 ? '' : ` (${others.join(', ')})`;
    const next = `Next attempt in ${(waitMs / 1000).toFixed(1)} s.`;
    info(`Attempt ${attempt} failed: ${happened}${more} ${next}`);
}
async function retrying(options) {
    const { send, budget, clock, signal } = options;
    let [way, ...others] = options.ways;
    let shown;
    for (let attempts = 1;; attempts += 1) {
        try {
            return await send(way);
        }
        catch (error) {
            if (!(error instanceof StepError))
                throw error;
            const { failure } = error;
            if (failure.code !== 'timeout')
                shown = failure;
            const [next, ...rest] = failure.refusesClient === true ? others : [];
            if (next !== undefined && budget.leftMs >= budget.neededMs) {
                [way, others] = [next, rest];
                continue;
            }
            if (failure.retry === undefined)
                throw error;
            const stop = (reason) => new StepError(gaveUp(reason, shown ?? failure, attempts, budget), { cause: error });
            const roomMs = budget.leftMs - budget.neededMs - TIMER_MS;
            const waitMs = nextWaitMs(attempts, failure.retry.afterMs ?? 0, roomMs, clock.random());
            if (typeof waitMs === 'string')
                throw stop(waitMs);
            logRetry(attempts, failure, waitMs);
            await clock.sleep(waitMs, signal);
            if (budget.leftMs < budget.neededMs)
                throw stop('deadline');
        }
    }
}

;// CONCATENATED MODULE: ./src/ims/client.ts







function answerLost({ happened, facts = [] }) {
    return {
        code: 'answer_lost',
        happened: `The answer to the code was lost, and the code is probably used up. It was not sent again. ${happened}`,
        remedy: 'With a permanent code (a service token), run the job again. Otherwise let the user sign in again, and store the new code.',
        facts,
    };
}
class Ims {
    #options;
    #secretsSent = new Set();
    constructor(options) {
        this.#options = options;
    }
    token(grant) {
        const { client, clock, signal, timeoutSeconds } = this.#options;
        const budget = new TimeBudget(timeoutSeconds, clock, grant.type !== 'client_credentials');
        const send = async (authentication) => {
            try {
                return await this.#request(grant, authentication, budget);
            }
            catch (error) {
                const lost = error instanceof StepError && error.failure.retry?.mayBeServed === true;
                if (!lost || grant.type !== 'authorization_code')
                    throw error;
                throw new StepError(answerLost(error.failure), { cause: error });
            }
        };
        const ways = authentications(grant.type, client.clientSecrets);
        return retrying({ ways, send, budget, clock, signal });
    }
    async revoke(accessToken, grantType, authentication) {
        const { client, secrets, timeoutSeconds } = this.#options;
        const request = revocationRequest(client, grantType, authentication, accessToken);
        const answer = await this.#post(request, timeoutSeconds * 1000);
        secrets.addUnused(secretsOf(answer));
        return judgeRevocation(answer, this.#context());
    }
    async #request(grant, authentication, budget) {
        const { client, clock, secrets } = this.#options;
        const startedMs = clock.now();
        const request = tokenRequest(client, grant, authentication);
        this.#secretsSent.add(authentication.secret);
        const answer = await this.#post(request, budget.limitMs);
        budget.noteAnswer(clock.now() - startedMs);
        const judged = judgeToken(answer);
        if ('defect' in judged) {
            secrets.addUnused(secretsOf(answer));
            throw failureOfAnswer(answer, this.#context(grant), judged.defect);
        }
        secrets.add(secretsOf(answer));
        this.#noticeSecondSecret(authentication);
        const refreshToken = grant.type === 'client_credentials' ? '' : judged.refreshToken;
        return { ...judged, refreshToken, authentication, source: 'ims' };
    }
    #noticeSecondSecret({ secret }) {
        if (secret === (this.#options.client.clientSecrets[0] ?? ''))
            return;
        reportNotice('first_secret_refused', 'The first client secret no longer works; IMS accepted the second. Remove the first from the GitHub secret that `client-secret` reads.');
    }
    async #post({ path, headers, body }, limitMs) {
        const { origin, clock, signal } = this.#options;
        let connected = false;
        const onConnect = () => {
            connected = true;
        };
        const sentAtMs = clock.date();
        try {
            const response = await exchange({ method: 'POST', url: new URL(path, origin), headers, body }, { signal, limitMs, limitBytes: ANSWER_LIMIT_BYTES, onConnect });
            return readAnswer(response, sentAtMs);
        }
        catch (error) {
            throw new StepError(networkFailure(error, { origin, limitMs, connected }), { cause: error });
        }
    }
    #context(grant) {
        const { origin, client, secrets } = this.#options;
        return {
            origin,
            grantType: grant?.type,
            scopes: grant === undefined ? [] : requestedScopes(grant),
            secretCount: client.clientSecrets.length,
            secretsSent: this.#secretsSent.size,
            clean: secrets.clean,
            serverText: secrets.serverText,
        };
    }
}

;// CONCATENATED MODULE: ./src/inputs/secret-text.ts

const SHORTEST_PIECE = 8;
const QUOTES = ['""', "''", '``', '\u201c\u201d', '\u2018\u2019'];
const QUOTE_OR_BLANK = `${QUOTES.join('')} \t\r\n`;
const FRAME = `${QUOTE_OR_BLANK}-[]{},`;
const LINE_BREAK = /[\r\n]/;
const INVISIBLE = /[\u0000-\u001f\u007f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2064\ufeff]/;
const REFERENCE = /^\$[{(]|^\$(?:env:)?[a-z_]\w*$|\$\{\{|^\{\{|^%\w+%$|^<[^<>]*>$|^(?:secrets|vars|env|inputs|steps|needs)\.[\w.-]+$/i;
const NAME = /(?:client[-_. ]?(?:id|secret)|org[-_. ]?id|refresh[-_. ]?token|code[-_. ]?verifier|^["'`]?(?:secret|code))\w{0,20}["'`]?\s{0,3}[=:]/i;
const OPAQUE = {
    'client-id': 'client ID',
    'client-secret': 'client secret',
    'org-id': 'org ID',
    'refresh-token': 'refresh token',
    code: 'code',
    'code-verifier': 'code verifier',
};
function isOpaque(input) {
    return Object.hasOwn(OPAQUE, input);
}
function trimmed(characters, text) {
    let [start, end] = [0, text.length];
    while (start < end && characters.includes(text.charAt(start)))
        start += 1;
    while (start < end && characters.includes(text.charAt(end - 1)))
        end -= 1;
    return text.slice(start, end);
}
const isLong = (piece) => piece.length >= SHORTEST_PIECE;
function longLines(text) {
    return text
        .split(/[\r\n]+/)
        .map((line) => line.trim())
        .filter(isLong);
}
function looksLikeJson(text) {
    return text.startsWith('{') || text.startsWith('[');
}
function secretsInJson(text) {
    const json = parseJson(text);
    if (json === undefined)
        return text.split(/[\s"'`,:[\]{}]/).filter(isLong);
    const values = [json];
    for (const value of values)
        if (typeof value === 'object' && value !== null)
            for (const inner of Object.values(value))
                values.push(inner);
    return values.filter((value) => typeof value === 'string').flatMap(longLines);
}
function secretPieces(text) {
    const bare = trimmed(QUOTE_OR_BLANK, text);
    if (looksLikeJson(bare))
        return secretsInJson(bare);
    const values = text.split(NAME);
    const fields = values.flatMap((value) => value.split(/[&,]/));
    const lines = [text, ...values, ...fields].flatMap(longLines);
    return [...lines, ...lines.map((line) => trimmed(FRAME, line)).filter(isLong)];
}
function quoteProblems(text) {
    const isQuoted = text.length > 1 && QUOTES.includes(text.charAt(0) + text.charAt(text.length - 1));
    return isQuoted ? ['is wrapped in quotes; store the value without them.'] : [];
}
function shapeProblems(text) {
    const problems = [...quoteProblems(text)];
    if (LINE_BREAK.test(text))
        problems.push('has a line break inside; store it as a single line.');
    else if (INVISIBLE.test(text))
        problems.push('has a control character or an invisible one inside; copy it again as plain text.');
    return problems;
}
function mistakeIn(text, input) {
    const alone = `store the ${OPAQUE[input]} alone.`;
    const kept = input === 'client-id' || input === 'org-id' ? 'vars' : 'secrets';
    const bare = trimmed(QUOTE_OR_BLANK, text);
    if (REFERENCE.test(bare))
        return `is the name of a variable or an expression, not a value; write \`\${{ ${kept}.NAME }}\` in \`with:\`, and ${alone}`;
    if (looksLikeJson(bare) && bare.includes('"technicalAccount"'))
        return `is JSON, the file of the AEM Developer Console, which holds another kind of credential. Create an OAuth Server-to-Server credential in the Adobe Developer Console, and ${alone}`;
    if (looksLikeJson(bare))
        return parseJson(bare) === undefined
            ? `looks like JSON that was cut off or changed; ${alone}`
            : `is JSON; ${alone}`;
    if (NAME.test(text))
        return `has a name in front, as in \`${input.replace('-', '_')}=...\`; ${alone}`;
    if (/^-\s/.test(bare))
        return `is an item of a YAML list, with a hyphen in front; ${alone}`;
    if (/^\*+$/.test(bare))
        return `is a masked value that was copied from a log; ${alone}`;
    return undefined;
}
function opaqueProblems(text, input) {
    const mistake = mistakeIn(text, input);
    return mistake === undefined ? shapeProblems(text) : [mistake, ...quoteProblems(text)];
}
function secretsInOpaque(text, input) {
    const pieces = secretPieces(text);
    return opaqueProblems(text, input).length > 0 ? pieces : [text, ...pieces];
}

;// CONCATENATED MODULE: ./src/inputs/client-secret.ts


const INPUT = 'client-secret';
function refused(problems, text) {
    return { secrets: [], masks: secretPieces(text), problems };
}
function judgeEach(texts, problems) {
    const secrets = [...new Set(texts)];
    const all = new Set([...problems, ...secrets.flatMap((text) => opaqueProblems(text, INPUT))]);
    const pieces = secrets.flatMap(secretPieces);
    if (all.size > 0)
        return { secrets: [], masks: pieces, problems: [...all] };
    return { secrets, masks: [...secrets, ...pieces], problems: [] };
}
function judgeList(text) {
    const mistake = mistakeIn(text, INPUT);
    const problems = quoteProblems(text);
    if (mistake !== undefined)
        return refused([mistake, ...problems], text);
    const parts = text.split(/[\r\n,]+/).map((part) => part.trim());
    const secrets = new Set(parts.filter((part) => part !== ''));
    if (secrets.size <= 2)
        return judgeEach([...secrets], problems);
    const problem = `holds ${secrets.size} secrets; a credential has at most two, and a comma or line break separates them.`;
    return refused([...problems, problem], text);
}
function judgeArray(array, text) {
    const strings = array.filter((item) => typeof item === 'string').map((secret) => secret.trim());
    if (strings.length !== array.length || strings.length === 0 || strings.length > 2)
        return refused(['is a JSON array, but not of one or two strings; store the client secret alone.'], text);
    if (strings.every((secret) => secret === ''))
        return judgeEach([], []);
    const problems = [];
    if (strings.includes(''))
        problems.push('has an empty string in its JSON array; remove it, or store the second secret.');
    if (strings.some((secret) => secret.includes(',')))
        problems.push('has a comma inside a string of its JSON array; write one secret in each.');
    return judgeEach(strings, problems);
}
function readClientSecret(text) {
    const json = text.startsWith('[') ? parseJson(text) : undefined;
    return Array.isArray(json) ? judgeArray(json, text) : judgeList(text);
}

;// CONCATENATED MODULE: ./src/http/loopback.ts
const IPV4_LOOPBACK = /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/;
function isLoopback(hostname) {
    return hostname === 'localhost' || hostname === '[::1]' || IPV4_LOOPBACK.test(hostname);
}

;// CONCATENATED MODULE: ./src/ims/endpoint.ts

function isAdobe(hostname) {
    return hostname === 'adobelogin.com' || hostname.endsWith('.adobelogin.com');
}
function judgeEndpoint(text) {
    const refuse = (reason) => ({ ok: false, reason });
    const url = URL.canParse(text) ? new URL(text) : undefined;
    if (url === undefined || url.hostname === '')
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
    return { ok: true, origin: url.origin };
}

;// CONCATENATED MODULE: ./src/seal.ts

const VERSION = 2;
const SALT_BYTES = 32;
const IV_BYTES = 12;
const TAG_BYTES = 16;
const HEADER_BYTES = 1 + SALT_BYTES + IV_BYTES + TAG_BYTES;
const LARGEST_SEALED_BYTES = 64 * 1024 + 128;
function deriveKey(secret, salt, binding) {
    const info = JSON.stringify(['adobe-ims-token', VERSION, ...binding]);
    const hashed = (0,external_node_crypto_namespaceObject.createHash)('sha256').update(info).digest();
    return Buffer.from((0,external_node_crypto_namespaceObject.hkdfSync)('sha256', secret, salt, hashed, 32));
}
function seal(text, secret, binding) {
    const salt = (0,external_node_crypto_namespaceObject.randomBytes)(SALT_BYTES);
    const iv = (0,external_node_crypto_namespaceObject.randomBytes)(IV_BYTES);
    const version = Buffer.from([VERSION]);
    const cipher = (0,external_node_crypto_namespaceObject.createCipheriv)('aes-256-gcm', deriveKey(secret, salt, binding), iv);
    cipher.setAAD(version);
    const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
    return Buffer.concat([version, salt, iv, cipher.getAuthTag(), sealed]);
}
function openWith(bytes, secret, binding) {
    const salt = bytes.subarray(1, 1 + SALT_BYTES);
    const iv = bytes.subarray(1 + SALT_BYTES, 1 + SALT_BYTES + IV_BYTES);
    const tag = bytes.subarray(HEADER_BYTES - TAG_BYTES, HEADER_BYTES);
    try {
        const key = deriveKey(secret, salt, binding);
        const decipher = (0,external_node_crypto_namespaceObject.createDecipheriv)('aes-256-gcm', key, iv, { authTagLength: TAG_BYTES });
        decipher.setAAD(bytes.subarray(0, 1));
        decipher.setAuthTag(tag);
        const text = decipher.update(bytes.subarray(HEADER_BYTES));
        return Buffer.concat([text, decipher.final()]).toString('utf8');
    }
    catch {
        return undefined;
    }
}
function seal_open(bytes, secrets, binding) {
    for (const secret of secrets) {
        const text = openWith(bytes, secret, binding);
        if (text !== undefined)
            return { text, secret };
    }
    return undefined;
}

;// CONCATENATED MODULE: ./src/reuse/actions-cache.ts








const LONGEST_MS = 5000;
const UPLOAD_HEADERS = {
    'x-ms-blob-type': 'BlockBlob',
    'x-ms-version': '2022-11-02',
    'content-type': 'application/octet-stream',
};
class CacheError extends Error {
    name = 'CacheError';
}
function mayHaveVersion2() {
    const url = serverUrl() || 'https://github.com';
    const host = URL.canParse(url) ? new URL(url).hostname : '';
    return host === 'github.com' || host.endsWith('.ghe.com') || host.endsWith('.localhost');
}
function cacheServiceOfRun() {
    const text = process.env['ACTIONS_RESULTS_URL'] ?? '';
    const token = process.env['ACTIONS_RUNTIME_TOKEN'] ?? '';
    const isVersion2 = (process.env['ACTIONS_CACHE_SERVICE_V2'] ?? '') !== '' && mayHaveVersion2();
    if (!isVersion2 || token === '' || !URL.canParse(text))
        return undefined;
    const url = new URL(text);
    if (url.protocol !== 'https:' && !isLoopback(url.hostname))
        return undefined;
    const mode = (process.env['ACTIONS_CACHE_MODE'] ?? '').trim().toLowerCase();
    return {
        url,
        token,
        mayRead: !['none', 'write-only'].includes(mode),
        mayWrite: !['none', 'read'].includes(mode),
    };
}
function explanationOf(error) {
    const because = (reason) => `The Actions cache ${reason}, so the token comes from IMS.`;
    if (error instanceof CacheError)
        return because(error.message);
    if (error instanceof TimedOutError)
        return because('did not answer in time');
    if (isNetworkError(error))
        return because('could not be reached');
    return `${because('could not be used')} ${failureOf(error).happened}`;
}
function parsed(response) {
    if (!isSuccess(response))
        throw new CacheError(`answered HTTP ${response.status}`);
    const fields = parseObject(response.body?.toString('utf8') ?? '');
    if (fields === undefined)
        throw new CacheError('gave an answer that was not understood');
    return fields;
}
class ActionsCache {
    #service;
    #runtime;
    #timeoutMs;
    #version = (0,external_node_crypto_namespaceObject.createHash)('sha256').update('adobe-ims-token, sealed, 2').digest('hex');
    #budgetMs;
    #foundUnusable = false;
    constructor(service, runtime, timeoutSeconds) {
        this.#service = service;
        this.#runtime = runtime;
        this.#timeoutMs = timeoutSeconds * 1000;
        this.#budgetMs = Math.min(LONGEST_MS, this.#timeoutMs / 3);
    }
    async read(keyPrefix, open) {
        try {
            if (!this.#service.mayRead)
                throw new CacheError('may not be read here');
            return await this.#withinBudget(this.#budgetMs / 2, async (send) => {
                const key = `${keyPrefix}${(0,external_node_crypto_namespaceObject.randomBytes)(8).toString('hex')}`;
                const query = { key, restore_keys: [keyPrefix], version: this.#version };
                const found = parsed(await send(this.#call('GetCacheEntryDownloadURL', query)));
                if (found['ok'] !== true)
                    return undefined;
                this.#foundUnusable = true;
                const url = this.#blobUrl(found['signed_download_url'] ?? found['signedDownloadUrl']);
                const blob = await send({ method: 'GET', url, headers: {} });
                if (blob.status !== 200)
                    throw new CacheError(`answered HTTP ${blob.status}`);
                if (blob.body === undefined)
                    throw new CacheError('holds an entry that is too large');
                const opened = open(blob.body);
                if (opened === undefined)
                    throw new CacheError('holds an entry that this client secret does not open');
                this.#foundUnusable = false;
                return opened;
            });
        }
        catch (error) {
            if (!this.#runtime.signal.aborted)
                info(explanationOf(error));
            return undefined;
        }
    }
    async write(keyPrefix, expiresAtMs, bytes) {
        if (!this.#service.mayWrite)
            return;
        const suffix = this.#foundUnusable ? `-${(0,external_node_crypto_namespaceObject.randomBytes)(8).toString('hex')}` : '';
        const key = `${keyPrefix}${Math.floor(expiresAtMs / 60_000)}${suffix}`;
        const entry = { key, version: this.#version };
        try {
            await this.#withinBudget(this.#budgetMs, async (send) => {
                const created = parsed(await send(this.#call('CreateCacheEntry', entry)));
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
                info('The Actions cache did not answer in time, so later jobs ask IMS themselves.');
        }
    }
    async #withinBudget(limitMs, work) {
        const { clock, signal } = this.#runtime;
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
        throw new CacheError('named an address that is not safe');
    }
}

;// CONCATENATED MODULE: ./src/reuse/job-file.ts




function readJobFile(path, limitBytes) {
    if (!(0,external_node_path_namespaceObject.isAbsolute)(path))
        return undefined;
    try {
        return readBoundedFile(path, limitBytes, 'refuse');
    }
    catch {
        return undefined;
    }
}
function writeJobFile(path, bytes) {
    if (!(0,external_node_path_namespaceObject.isAbsolute)(path))
        return;
    const draft = `${path}.${(0,external_node_crypto_namespaceObject.randomBytes)(8).toString('hex')}`;
    try {
        try {
            (0,external_node_fs_namespaceObject.writeFileSync)(draft, bytes, { mode: 0o600, flag: 'wx' });
            (0,external_node_fs_namespaceObject.renameSync)(draft, path);
        }
        finally {
            (0,external_node_fs_namespaceObject.rmSync)(draft, { force: true });
        }
    }
    catch {
    }
}

;// CONCATENATED MODULE: ./src/reuse/reuse.ts










const REUSE_KINDS = ['none', 'job', 'repository'];
function fingerprint({ origin, client, grant }) {
    const parts = [origin, client.clientId, client.orgId, [...requestedScopes(grant)].sort()];
    return (0,external_node_crypto_namespaceObject.createHash)('sha256').update(JSON.stringify(parts)).digest('hex');
}
class Reuse {
    #request;
    #context;
    #identity;
    #jobFile;
    #keyPrefix;
    #cache;
    constructor(request, context) {
        this.#request = request;
        this.#context = context;
        this.#identity = fingerprint(request);
        this.#jobFile = (0,external_node_path_namespaceObject.join)(temporaryFolder(), `adobe-ims-token-${this.#identity.slice(0, 32)}`);
        this.#keyPrefix = `adobe-ims-token-2-${this.#identity}-`;
        const service = request.reuse === 'repository' ? cacheServiceOfRun() : undefined;
        this.#cache = service && new ActionsCache(service, context, request.timeoutSeconds);
    }
    async find() {
        const found = this.#findInJob() ?? (await this.#findInRepository());
        if (found !== undefined)
            this.#context.secrets.add([found.token.accessToken]);
        return found;
    }
    async keep({ token, authentication, source }) {
        const { revoke } = this.#request;
        if (source === 'job' && !revoke)
            return;
        const sharing = this.#cache !== undefined ? 'shared' : revoke ? 'to be revoked' : 'unshared';
        const text = JSON.stringify({ ...token, sharing });
        const sealFor = (binding) => seal(text, authentication.secret, [...binding, this.#identity]);
        writeJobFile(this.#jobFile, sealFor(jobBinding()));
        if (this.#cache === undefined || source !== 'ims')
            return;
        await this.#cache.write(this.#keyPrefix, token.expiresAtMs, sealFor(repositoryBinding()));
    }
    #findInJob() {
        const bytes = readJobFile(this.#jobFile, LARGEST_SEALED_BYTES);
        const found = bytes && this.#open(bytes, jobBinding());
        if (found === undefined || !this.#isFresh(found.token))
            return undefined;
        if (this.#request.revoke && found.sharing === 'shared')
            return undefined;
        if (this.#cache !== undefined && found.sharing === 'to be revoked')
            return undefined;
        return { ...found, source: 'job', hasRevoker: found.sharing === 'to be revoked' };
    }
    async #findInRepository() {
        if (this.#request.reuse !== 'repository')
            return undefined;
        if (this.#cache === undefined) {
            info('This runner offers no Actions cache that `reuse: repository` could use, so the step reuses tokens of this job only.');
            return undefined;
        }
        const found = await this.#cache.read(this.#keyPrefix, (bytes) => this.#open(bytes, repositoryBinding()));
        if (found === undefined || !this.#isFresh(found.token))
            return undefined;
        return { ...found, source: 'repository', hasRevoker: false };
    }
    #open(bytes, binding) {
        const { clientSecrets } = this.#request.client;
        const opened = seal_open(bytes, clientSecrets, [...binding, this.#identity]);
        if (opened === undefined)
            return undefined;
        const { accessToken, tokenType, expiresAtMs, sharing } = parseObject(opened.text) ?? {};
        if (!isTokenText(accessToken) || !isTokenText(tokenType))
            return undefined;
        if (typeof expiresAtMs !== 'number' || Number.isNaN(new Date(expiresAtMs).getTime()))
            return undefined;
        const token = { accessToken, tokenType, expiresAtMs };
        const authentication = { method: 'client_secret_post', secret: opened.secret };
        return { token, authentication, sharing };
    }
    #isFresh(token) {
        const left = secondsLeft(token.expiresAtMs, this.#context.clock.date());
        return left >= Math.max(1, this.#request.minValiditySeconds);
    }
}
function reuseFor(request, context) {
    const { reuse, grant } = request;
    if (reuse === 'none' || grant.type !== 'client_credentials')
        return undefined;
    return new Reuse(request, context);
}

;// CONCATENATED MODULE: ./src/inputs/read.ts



const INPUT_DEFAULTS = {
    'client-id': '',
    'client-secret': '',
    scopes: DEFAULT_SCOPES.join(', '),
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
function readRawInputs() {
    const raw = Object.entries(INPUT_DEFAULTS).map(([name, fallback]) => [
        name,
        (process.env[`INPUT_${name.toUpperCase()}`] ?? fallback).trim(),
    ]);
    return Object.fromEntries(raw);
}
function secretsOfInputs(raw, { secrets, masks }) {
    const basic = secrets.flatMap((secret) => basicForms(raw['client-id'], secret));
    const user = ['refresh-token', 'code', 'code-verifier']
        .filter((name) => raw[name] !== '')
        .flatMap((name) => secretsInOpaque(raw[name], name));
    return [...masks, ...basic, ...user];
}

;// CONCATENATED MODULE: ./src/inputs/check.ts

function splitList(value) {
    return value.split(/[\s,]+/).filter((item) => item !== '');
}
function positionOf(list, isWrong) {
    const at = list.findIndex(isWrong);
    return at === -1 ? undefined : `number ${at + 1} of ${list.length}`;
}
function reportEmpty({ report }, name) {
    report(name, `is empty: remove the line to get the default ${INPUT_DEFAULTS[name]}.`);
}
function required(check, name) {
    const value = check.raw[name];
    if (value !== '')
        return value;
    reportEmpty(check, name);
    return undefined;
}
function choice(check, name, allowed) {
    const value = required(check, name);
    const found = allowed.find((word) => word === value);
    if (value !== undefined && found === undefined)
        check.report(name, `must be one of ${allowed.map((word) => `"${word}"`).join(', ')}.`);
    return found;
}
function flag(check, name) {
    const value = required(check, name) ?? 'false';
    if (/^(true|True|TRUE)$/.test(value))
        return true;
    if (!/^(false|False|FALSE)$/.test(value))
        check.report(name, 'must be "true" or "false".');
    return false;
}
function seconds(check, name, least, most) {
    const text = required(check, name);
    if (text === undefined)
        return least;
    const value = /^\d{1,9}$/.test(text) ? Number(text) : NaN;
    if (value >= least && value <= most)
        return value;
    check.report(name, `must be whole seconds from ${least} to ${most}.`);
    return least;
}

;// CONCATENATED MODULE: ./src/inputs/scopes.ts


const SEPARATORS = 'separated by commas, spaces or lines, or as a JSON array of strings';
const SCOPE = /^(?!scopes?:)[a-z0-9][\w.:/-]*$/i;
function parseScopes(check) {
    const { raw, report } = check;
    const list = raw.scopes.startsWith('[') ? parseJson(raw.scopes) : [raw.scopes];
    if (!Array.isArray(list) || !list.every((item) => typeof item === 'string')) {
        report('scopes', `starts with [ but is not a JSON array of strings; write names ${SEPARATORS}.`);
        return [];
    }
    const scopes = splitList(list.join(','));
    if (scopes.length === 0)
        reportEmpty(check, 'scopes');
    const position = positionOf(scopes, (scope) => !SCOPE.test(scope));
    if (position !== undefined)
        report('scopes', `has an invalid value (${position}); write the names alone, such as openid, AdobeID, ${SEPARATORS}.`);
    return [...new Set(scopes)];
}

;// CONCATENATED MODULE: ./src/inputs/variables.ts

const MOST_NAMES = 50;
const LEGAL_NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;
const OWNED_PREFIXES = 'GITHUB_ RUNNER_ ACTIONS_ INPUT_ STATE_ LD_ DYLD_ NODE_ NPM_CONFIG_ GIT_ LC_ SSL_CERT_ XDG_'.split(' ');
const OWNED = new Set(('PATH HOME CI SHELL USER LOGNAME PWD OLDPWD SHLVL IFS ENV BASH_ENV PS4 PROMPT_COMMAND CDPATH TERM LANG TZ ' +
    'TMP TEMP TMPDIR HOSTNAME UID EUID PPID SHELLOPTS BASHOPTS _ ' +
    'HTTP_PROXY HTTPS_PROXY NO_PROXY ALL_PROXY FTP_PROXY ' +
    'PYTHONPATH PYTHONHOME PYTHONSTARTUP RUBYOPT RUBYLIB PERL5LIB PERL5OPT JAVA_TOOL_OPTIONS _JAVA_OPTIONS ' +
    'JDK_JAVA_OPTIONS CLASSPATH ' +
    'COMSPEC PATHEXT SYSTEMROOT SYSTEMDRIVE WINDIR APPDATA LOCALAPPDATA PROGRAMDATA PROGRAMFILES USERPROFILE ' +
    'USERNAME USERDOMAIN COMPUTERNAME HOMEDRIVE HOMEPATH PSMODULEPATH OS AGENT_TOOLSDIRECTORY').split(' '));
const CONTEXT = /^(?!(?:true|false)$)(?=.{1,32}$)[a-z0-9]+(?:_[a-z0-9]+)*$/i;
function isOwned(name) {
    const upper = name.toUpperCase();
    return OWNED.has(upper) || OWNED_PREFIXES.some((prefix) => upper.startsWith(prefix));
}
function parseNames({ raw, report }) {
    const names = splitList(raw['env-var']);
    if (names.length > MOST_NAMES) {
        report('env-var', `has ${names.length} names; at most ${MOST_NAMES} are allowed.`);
        return [];
    }
    const illegal = positionOf(names, (name) => !LEGAL_NAME.test(name));
    if (illegal !== undefined)
        report('env-var', `has a name (${illegal}) that is not made of letters, digits and underscores, or begins with a digit.`);
    const owned = positionOf(names, isOwned);
    if (owned !== undefined)
        report('env-var', `has a name (${owned}) that belongs to the runner or the system.`);
    return [...new Set(names)];
}
function parseVariables(check) {
    const { raw, report } = check;
    const names = parseNames(check);
    const context = raw['aio-context'];
    if (context === '')
        return { tokenVariables: names, expiryVariables: [] };
    if (!CONTEXT.test(context))
        report('aio-context', 'must be the name of a context, usually "cli", and not true or false: letters, digits and single underscores, at most 32 characters.');
    const prefix = `AIO_IMS_CONTEXTS_${context.replaceAll('_', '__').toUpperCase()}_ACCESS__TOKEN`;
    const expiry = `${prefix}_EXPIRY`;
    if (names.some((name) => name.toUpperCase() === expiry))
        report('env-var', 'names the variable in which `aio-context` exports the expiry.');
    const tokenVariables = [...new Set([...names, `${prefix}_TOKEN`])];
    return { tokenVariables, expiryVariables: [expiry] };
}

;// CONCATENATED MODULE: ./src/inputs/parse.ts









function textProblems({ raw, clientSecret }, name) {
    const text = raw[name];
    if (name === 'client-secret')
        return clientSecret.problems;
    if (name === 'scopes' || name === 'env-var')
        return quoteProblems(text);
    return isOpaque(name) ? opaqueProblems(text, name) : shapeProblems(text);
}
function checkTexts(check) {
    for (const name of Object.keys(check.raw))
        for (const problem of textProblems(check, name))
            check.report(name, problem);
}
const USER_INPUTS = [
    { name: 'refresh-token', grant: 'refresh_token', isNeeded: true },
    { name: 'code', grant: 'authorization_code', isNeeded: true },
    { name: 'code-verifier', grant: 'authorization_code', isNeeded: false },
];
function parseGrant(check) {
    const { raw, report } = check;
    const type = choice(check, 'grant-type', GRANT_TYPES);
    for (const { name, grant, isNeeded } of USER_INPUTS) {
        if (raw[name] !== '' && type !== undefined && type !== grant)
            report(name, `goes with \`grant-type: ${grant}\` only, and \`grant-type\` is "${type}".`);
        if (raw[name] === '' && grant === type && isNeeded)
            report(name, `is empty; \`grant-type: ${grant}\` needs one.`);
    }
    const { 'refresh-token': refreshToken, code, 'code-verifier': codeVerifier } = raw;
    if (type === 'refresh_token')
        return { type, refreshToken };
    if (type !== 'authorization_code')
        return { type: 'client_credentials', scopes: parseScopes(check) };
    if (raw['client-secret'] === '' && codeVerifier === '')
        report('client-secret', 'and `code-verifier` are both empty; a code needs the secret of a confidential client or the verifier of a public one.');
    return { type, code, codeVerifier };
}
function parseClient({ raw, clientSecret, report }) {
    const clientId = raw['client-id'];
    if (clientId === '')
        report('client-id', 'is empty. It is on the page of the credential in the Adobe Developer Console; if the workflow reads `vars.NAME`, store it as a variable, not as a secret.');
    if (/[^\x00-\x7f]/.test(clientId))
        report('client-id', 'may hold ASCII characters only; copy it again from the credential.');
    const { secrets, problems } = clientSecret;
    const isPublic = raw['client-secret'] === '' && USER_INPUTS.some(({ grant }) => grant === raw['grant-type']);
    if (secrets.length === 0 && problems.length === 0 && !isPublic)
        report('client-secret', `is empty. GitHub passes an empty secret ${WHY_A_SECRET_IS_EMPTY}. Set \`environment\` in the job, compare the name of the secret, or skip this step for forks and Dependabot.`);
    return { clientId, clientSecrets: secrets, orgId: raw['org-id'] };
}
function parseOrigin(check) {
    const url = required(check, 'ims-url');
    if (url === undefined)
        return '';
    const endpoint = judgeEndpoint(url);
    if (endpoint.ok)
        return endpoint.origin;
    check.report('ims-url', `${endpoint.reason}.`);
    return '';
}
function parseInputs(raw, clientSecret) {
    const problems = [];
    const check = {
        raw,
        clientSecret,
        report: (subject, problem) => problems.push(`\`${subject}\` ${problem}`),
    };
    checkTexts(check);
    const inputs = {
        client: parseClient(check),
        grant: parseGrant(check),
        origin: parseOrigin(check),
        ...parseVariables(check),
        reuse: choice(check, 'reuse', REUSE_KINDS) ?? 'none',
        minValiditySeconds: seconds(check, 'min-validity', 0, 999_999_999),
        revoke: flag(check, 'revoke'),
        timeoutSeconds: seconds(check, 'timeout', 1, 3600),
        summary: flag(check, 'summary'),
    };
    if (inputs.reuse === 'repository' && inputs.revoke)
        check.report('revoke: true', 'contradicts `reuse: repository`: other jobs still use the token that would be revoked.');
    if (inputs.reuse === 'repository' && inputs.grant.type !== 'client_credentials')
        check.report('reuse: repository', 'goes with `grant-type: client_credentials` only.');
    if (problems.length > 0)
        throw new StepError({
            code: 'invalid_input',
            happened: problems.join(' '),
            remedy: 'Correct the inputs. No request was made.',
        });
    return inputs;
}

;// CONCATENATED MODULE: ./src/revocation.ts


const binding = () => ['revocation', ...jobBinding()];
function sealingKeys(...secrets) {
    return secrets.filter((key) => key !== '');
}
function sealRevocation(revocation, [key = '']) {
    return seal(JSON.stringify(revocation), key, binding()).toString('base64');
}
function openRevocation(state, keys) {
    const opened = seal_open(Buffer.from(state, 'base64'), keys, binding());
    if (opened === undefined)
        return undefined;
    return { ...JSON.parse(opened.text), key: opened.secret };
}

;// CONCATENATED MODULE: ./src/runner/publish.ts



const STATE_NAME = 'revoke';
function savedState() {
    return process.env[`STATE_${STATE_NAME}`] ?? '';
}
const SUMMARY = 'GITHUB_STEP_SUMMARY';
const OTHER_FILES = ['GITHUB_ENV', 'GITHUB_STATE', SUMMARY];
const pathOf = (name) => process.env[name] ?? '';
function failure(cause) {
    const { code = '' } = cause;
    return new StepError({
        code: 'runner',
        happened: 'The files that the runner reads could not be written.',
        remedy: 'Use the action through `uses:` in a workflow, and check that the disk of the runner has space.',
        facts: code === '' ? [] : [code],
    }, { cause });
}
function write({ outputs, variables, state, summary }) {
    for (const [name, value] of Object.entries(outputs))
        setOutput(name, value);
    for (const [name, value] of Object.entries(variables))
        exportVariable(name, value);
    if (state !== '')
        saveState(STATE_NAME, state);
    if (summary !== '')
        (0,external_node_fs_namespaceObject.appendFileSync)(pathOf(SUMMARY), summary);
}
function publisher() {
    const others = OTHER_FILES.map(pathOf).filter((path) => path !== '');
    const paths = [pathOf('GITHUB_OUTPUT'), ...others];
    let files;
    try {
        files = paths.map((path) => ({ path, size: (0,external_node_fs_namespaceObject.statSync)(path).size }));
    }
    catch (error) {
        throw failure(error);
    }
    return (publication) => {
        try {
            write(publication);
        }
        catch (error) {
            for (const { path, size } of files)
                try {
                    (0,external_node_fs_namespaceObject.truncateSync)(path, size);
                }
                catch {
                }
            throw failure(error);
        }
    };
}

;// CONCATENATED MODULE: ./src/runner/summary.ts
const escaped = (text) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
function summaryTable(rows) {
    const cell = (value) => {
        if (typeof value === 'string')
            return escaped(value);
        return value.map((item) => `<code>${escaped(item)}</code>`).join(', ') || 'none';
    };
    const lines = Object.entries(rows).map(([name, value]) => `<tr><td>${name}</td><td>${cell(value)}</td></tr>`);
    return `<h3>Adobe IMS access token</h3>\n<table>${lines.join('')}</table>\n`;
}

;// CONCATENATED MODULE: ./src/acquire.ts

















function settleScopes({ token, source }, grant, secrets) {
    const requested = requestedScopes(grant);
    const granted = claimsOf(token.accessToken).grantedScopes;
    if (granted === undefined)
        return requested;
    const names = new Set(granted);
    const missing = requested.filter((scope) => !names.has(scope));
    if (missing.length > 0 && source !== 'job')
        reportWarning('scopes_not_granted', `The token lacks scopes that were asked for: ${scopeList(missing, secrets.clean)}. Calls that need them may be refused. The page of the credential in the Adobe Developer Console lists the granted ones.`);
    return granted;
}
function warnIfShort(token, minValiditySeconds, nowMs) {
    const left = secondsLeft(token.expiresAtMs, nowMs);
    if (left < minValiditySeconds)
        reportWarning('short_validity', `The token is valid for ${left} s, less than the ${minValiditySeconds} s of \`min-validity\`. Steps that run later may find it expired.`);
}
function outputsOf(obtained, scopes, nowMs) {
    const { token, source } = obtained;
    const refreshToken = obtained.source === 'ims' ? obtained.refreshToken : '';
    return {
        'access-token': token.accessToken,
        'token-type': token.tokenType,
        'expires-in': String(secondsLeft(token.expiresAtMs, nowMs)),
        'expires-at': isoSeconds(token.expiresAtMs),
        scopes: scopes.join(','),
        'user-id': claimsOf(token.accessToken).userId,
        source,
        ...(refreshToken === '' ? {} : { 'refresh-token': refreshToken }),
    };
}
function stateOf(obtained, { origin, client, grant, revoke }) {
    const hasRevoker = obtained.source !== 'ims' && obtained.hasRevoker;
    if (!revoke || hasRevoker)
        return '';
    const { token, authentication } = obtained;
    const revocation = {
        ...token,
        origin,
        clientId: client.clientId,
        orgId: client.orgId,
        grantType: grant.type,
        method: authentication.method,
        route: routeTo(origin),
    };
    return sealRevocation(revocation, sealingKeys(authentication.secret, ...secretsOfGrant(grant)));
}
function variablesOf({ accessToken, expiresAtMs }, { tokenVariables, expiryVariables }) {
    const expiry = String(Math.floor(expiresAtMs));
    return {
        ...Object.fromEntries(tokenVariables.map((name) => [name, accessToken])),
        ...Object.fromEntries(expiryVariables.map((name) => [name, expiry])),
    };
}
function summaryOf({ token, source }, inputs, scopes) {
    if (!inputs.summary)
        return '';
    return summaryTable({
        'Client ID': [inputs.client.clientId],
        From: source === 'ims' ? [inputs.origin] : source,
        Scopes: scopes,
        Expires: isoSeconds(token.expiresAtMs),
        Variables: [...inputs.tokenVariables, ...inputs.expiryVariables],
    });
}
function logSuccess({ token, source }, { tokenVariables }) {
    const origin = {
        ims: 'Got an access token from IMS',
        job: 'Reused the access token of an earlier step',
        repository: 'Reused the access token of an earlier job',
    }[source];
    const names = tokenVariables.length === 0 ? '' : `, in ${tokenVariables.join(', ')}`;
    info(`${origin}, valid until ${isoSeconds(token.expiresAtMs)}${names}.`);
}
async function acquireWith(inputs, context) {
    const { clock, signal, secrets } = context;
    proxyFor(new URL(inputs.origin));
    const publish = publisher();
    const reuse = reuseFor(inputs, context);
    const ims = new Ims({ ...inputs, ...context });
    const obtained = (await reuse?.find()) ?? (await ims.token(inputs.grant));
    signal.throwIfAborted();
    const scopes = settleScopes(obtained, inputs.grant, secrets);
    warnIfShort(obtained.token, inputs.minValiditySeconds, clock.date());
    const state = stateOf(obtained, inputs);
    secrets.add([state]);
    publish({
        outputs: outputsOf(obtained, scopes, clock.date()),
        variables: variablesOf(obtained.token, inputs),
        state,
        summary: summaryOf(obtained, inputs, scopes),
    });
    process.exitCode = 0;
    logSuccess(obtained, inputs);
    await reuse?.keep(obtained);
}
async function acquire(runtime) {
    process.exitCode = 1;
    try {
        const raw = readRawInputs();
        const clientSecret = readClientSecret(raw['client-secret']);
        const secrets = new Secrets(secretsOfInputs(raw, clientSecret));
        await acquireWith(parseInputs(raw, clientSecret), { ...runtime, secrets });
    }
    catch (error) {
        const failure = failureOf(error);
        if (failure.code === 'cancelled')
            info(`${failure.happened} It set nothing. ${failure.remedy}`);
        else
            reportFailure(failure);
    }
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
function warnNotRevoked(why, facts = []) {
    reportWarning('not_revoked', `The access token was not revoked. ${why}`, facts);
}
async function revokeAtIms({ accessToken, grantType, method, key, origin, clientId, orgId }, context) {
    const secret = method === 'none' ? '' : key;
    const client = { clientId, orgId, clientSecrets: secret === '' ? [] : [secret] };
    const ims = new Ims({ origin, client, timeoutSeconds: TIMEOUT_SECONDS, ...context });
    const revoked = await ims.revoke(accessToken, grantType, { method, secret });
    info(revoked
        ? 'Revoked the access token.'
        : 'IMS calls the access token invalid, so there is nothing to revoke.');
}
async function revokeSealed(runtime) {
    const raw = readRawInputs();
    const clientSecret = readClientSecret(raw['client-secret']);
    const secrets = new Secrets(secretsOfInputs(raw, clientSecret));
    const keys = sealingKeys(...clientSecret.secrets, raw['refresh-token'], raw.code);
    const revocation = openRevocation(savedState(), keys);
    if (revocation === undefined) {
        warnNotRevoked('It stays valid until it expires. The saved state cannot be decrypted with the client secret, refresh token or code that the inputs have now.');
        return;
    }
    secrets.add([revocation.accessToken]);
    if (secondsLeft(revocation.expiresAtMs, runtime.clock.date()) === 0) {
        info('The access token has expired already, so there is nothing to revoke.');
        return;
    }
    const stillValid = `It stays valid until ${isoSeconds(revocation.expiresAtMs)}, and then expires by itself.`;
    const changes = changesSince(revocation, raw);
    if (changes.length > 0) {
        warnNotRevoked(`${stillValid} This has changed since the main step: ${changes.join(', ')}. So nothing was sent.`);
        return;
    }
    try {
        await revokeAtIms(revocation, { ...runtime, secrets });
    }
    catch (error) {
        const { happened, code, facts = [] } = failureOf(error);
        const why = `${stillValid} ${happened} Running the job again does not revoke it.`;
        warnNotRevoked(why, [code, ...facts]);
    }
}
async function revoke(runtime) {
    try {
        await revokeSealed(runtime);
    }
    catch (error) {
        warnNotRevoked(`It stays valid until it expires. ${failureOf(error).happened}`);
    }
}

;// CONCATENATED MODULE: ./src/runner/environment.ts

function insistOnTls({ warn }) {
    if (process.env['NODE_TLS_REJECT_UNAUTHORIZED'] !== '0')
        return;
    delete process.env['NODE_TLS_REJECT_UNAUTHORIZED'];
    if (warn)
        reportWarning('tls_verification_off', 'NODE_TLS_REJECT_UNAUTHORIZED=0 is set: other steps of this job do not verify certificates, and anyone in between can read their tokens. This step ignores it. Remove the variable; for a private CA use NODE_EXTRA_CA_CERTS.');
}
function silenceNodeDebug() {
    if ((process.env['NODE_DEBUG'] ?? '') !== '')
        process.stderr.write = () => true;
}

;// CONCATENATED MODULE: external "node:timers/promises"
const promises_namespaceObject = require("node:timers/promises");
;// CONCATENATED MODULE: ./src/runner/process.ts


function startClock() {
    const startedNs = process.hrtime.bigint();
    return {
        now: () => Number(process.hrtime.bigint() - startedNs) / 1e6,
        date: () => Date.now(),
        sleep: (ms, signal) => (0,promises_namespaceObject.setTimeout)(ms, undefined, { signal }).catch(() => {
            signal.throwIfAborted();
        }),
        random: () => Math.random(),
    };
}
function cancellation() {
    const controller = new AbortController();
    const cancel = () => {
        controller.abort(new StepError({
            code: 'cancelled',
            happened: 'The step was cancelled.',
            remedy: 'Run the job again if that was not intended.',
        }));
    };
    process.once('SIGINT', cancel);
    process.once('SIGTERM', cancel);
    return controller.signal;
}

;// CONCATENATED MODULE: ./src/steps.ts




function start(step, warnIfTlsOff) {
    const runtime = { clock: startClock(), signal: cancellation() };
    insistOnTls({ warn: warnIfTlsOff });
    silenceNodeDebug();
    void step(runtime);
}
function startMain() {
    start(acquire, true);
}
function startPost() {
    start(revoke, false);
}

})();

module.exports = __webpack_exports__;
/******/ })()
;
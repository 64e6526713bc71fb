"use strict";
exports.id = 310;
exports.ids = [310];
exports.modules = {

/***/ 310:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   readFromRepository: () => (/* binding */ readFromRepository),
/* harmony export */   writeToRepository: () => (/* binding */ writeToRepository)
/* harmony export */ });
/* harmony import */ var node_child_process__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(421);
/* harmony import */ var node_child_process__WEBPACK_IMPORTED_MODULE_0___default = /*#__PURE__*/__webpack_require__.n(node_child_process__WEBPACK_IMPORTED_MODULE_0__);
/* harmony import */ var node_fs__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(24);
/* harmony import */ var node_fs__WEBPACK_IMPORTED_MODULE_1___default = /*#__PURE__*/__webpack_require__.n(node_fs__WEBPACK_IMPORTED_MODULE_1__);
/* harmony import */ var node_os__WEBPACK_IMPORTED_MODULE_2__ = __webpack_require__(161);
/* harmony import */ var node_os__WEBPACK_IMPORTED_MODULE_2___default = /*#__PURE__*/__webpack_require__.n(node_os__WEBPACK_IMPORTED_MODULE_2__);
/* harmony import */ var node_path__WEBPACK_IMPORTED_MODULE_3__ = __webpack_require__(760);
/* harmony import */ var node_path__WEBPACK_IMPORTED_MODULE_3___default = /*#__PURE__*/__webpack_require__.n(node_path__WEBPACK_IMPORTED_MODULE_3__);
/* harmony import */ var _surroundings_js__WEBPACK_IMPORTED_MODULE_4__ = __webpack_require__(52);
/* harmony import */ var _sealed_token_js__WEBPACK_IMPORTED_MODULE_5__ = __webpack_require__(830);






const FILE = 'sealed-token';
function keyPrefix(identity) {
    return `adobe-ims-token-1-${(0,_sealed_token_js__WEBPACK_IMPORTED_MODULE_5__/* .fingerprint */ .Rj)(identity)}-`;
}
const TAR_OPTIONS = '--transform=s,.*/,,';
function childEnvironment(env, folder) {
    const kept = Object.entries(env).filter(([name]) => !/^(INPUT|STATE)_/i.test(name));
    const own = { GITHUB_WORKSPACE: folder, RUNNER_TEMP: folder, TAR_OPTIONS };
    return { ...Object.fromEntries(kept), ...own };
}
function end(pid) {
    if (pid === undefined)
        return;
    try {
        process.kill(process.platform === 'win32' ? pid : -pid, 'SIGKILL');
    }
    catch {
    }
}
function run(cache, folder, words) {
    const startedMs = _surroundings_js__WEBPACK_IMPORTED_MODULE_4__/* .systemClock */ .ml.now();
    return new Promise((resolve) => {
        const child = (0,node_child_process__WEBPACK_IMPORTED_MODULE_0__.spawn)(process.execPath, [cache.program, ...words], {
            cwd: folder,
            env: childEnvironment(cache.env, folder),
            stdio: 'ignore',
            detached: process.platform !== 'win32',
        });
        const stop = () => {
            end(child.pid);
        };
        const timer = setTimeout(stop, cache.budgetMs.left);
        cache.signal.addEventListener('abort', stop, { once: true });
        const done = () => {
            clearTimeout(timer);
            cache.signal.removeEventListener('abort', stop);
            cache.budgetMs.left = Math.max(0, cache.budgetMs.left - (_surroundings_js__WEBPACK_IMPORTED_MODULE_4__/* .systemClock */ .ml.now() - startedMs));
            resolve();
        };
        child.once('error', done);
        child.once('exit', done);
    });
}
function remove(folder) {
    try {
        (0,node_fs__WEBPACK_IMPORTED_MODULE_1__.chmodSync)(folder, 0o700);
        (0,node_fs__WEBPACK_IMPORTED_MODULE_1__.rmSync)(folder, { recursive: true, force: true });
    }
    catch {
    }
}
async function inFolder(env, use) {
    let folder;
    try {
        const runnerTemp = env['RUNNER_TEMP'] ?? '';
        const parent = (0,node_path__WEBPACK_IMPORTED_MODULE_3__.isAbsolute)(runnerTemp) ? runnerTemp : (0,node_os__WEBPACK_IMPORTED_MODULE_2__.tmpdir)();
        folder = (0,node_fs__WEBPACK_IMPORTED_MODULE_1__.mkdtempSync)((0,node_path__WEBPACK_IMPORTED_MODULE_3__.join)(parent, 'adobe-ims-token-cache-'));
        return await use(folder);
    }
    catch {
        return undefined;
    }
    finally {
        if (folder !== undefined)
            remove(folder);
    }
}
function readSealed(path) {
    const facts = (0,node_fs__WEBPACK_IMPORTED_MODULE_1__.statSync)(path, { throwIfNoEntry: false });
    return facts?.isFile() === true && facts.size <= _sealed_token_js__WEBPACK_IMPORTED_MODULE_5__/* .LARGEST_SEALED_BYTES */ .gt
        ? (0,node_fs__WEBPACK_IMPORTED_MODULE_1__.readFileSync)(path)
        : undefined;
}
async function readFromRepository(cache, identity) {
    return inFolder(cache.env, async (folder) => {
        await run(cache, folder, ['restore', keyPrefix(identity), FILE]);
        return readSealed((0,node_path__WEBPACK_IMPORTED_MODULE_3__.join)(folder, FILE));
    });
}
async function writeToRepository(cache, identity, sealed, expiresAtMs) {
    if (cache.budgetMs.left === 0)
        return;
    await inFolder(cache.env, async (folder) => {
        (0,node_fs__WEBPACK_IMPORTED_MODULE_1__.writeFileSync)((0,node_path__WEBPACK_IMPORTED_MODULE_3__.join)(folder, FILE), sealed, { mode: 0o600 });
        const key = `${keyPrefix(identity)}${Math.floor(expiresAtMs / 1000)}`;
        await run(cache, folder, ['save', key, FILE]);
    });
}


/***/ })

};
;
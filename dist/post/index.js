/******/ (() => { // webpackBootstrap
/******/ 	"use strict";
var __webpack_exports__ = {};

;// CONCATENATED MODULE: external "node:module"
const external_node_module_namespaceObject = require("node:module");
;// CONCATENATED MODULE: ./src/post.ts

process.report.excludeEnv = true;
if ((process.env['STATE_revoke'] ?? '') !== '') {
    const { startPost } = (0,external_node_module_namespaceObject.createRequire)(require("url").pathToFileURL(__filename).href)('../steps/index.js');
    startPost();
}

module.exports = __webpack_exports__;
/******/ })()
;
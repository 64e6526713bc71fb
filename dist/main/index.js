/******/ (() => { // webpackBootstrap
/******/ 	"use strict";
var __webpack_exports__ = {};

;// CONCATENATED MODULE: external "../steps/index.js"
const index_js_namespaceObject = require("../steps/index.js");
;// CONCATENATED MODULE: ./src/main.ts

process.report.excludeEnv = true;
(0,index_js_namespaceObject.startMain)();

module.exports = __webpack_exports__;
/******/ })()
;
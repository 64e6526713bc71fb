var __webpack_exports__ = {};

;// CONCATENATED MODULE: ./src/revoke.ts
/** The post step: early returns, each with its reason. */
/** Nothing is kept for the post step yet, so there is nothing to revoke. */
function revoke() {
    return;
}

;// CONCATENATED MODULE: ./src/post.ts
/** The post step. */

revoke();


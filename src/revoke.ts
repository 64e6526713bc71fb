/** The post step: early returns, each with its reason. */

/** Nothing is kept for the post step yet, so there is nothing to revoke. */
export function revoke(): void {
  return;
}

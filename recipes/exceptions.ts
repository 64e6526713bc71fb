/** The only commands and workflows of the pages that `npm run test:recipes` does not execute. */

export type Exception = {
  readonly page: string;
  /** The `name:` of the workflow. */
  readonly workflow: string;
  /**
   * The start of the first command that is not executed, in the last step. If absent, nothing of the workflow is
   * executed.
   */
  readonly from?: string;
  readonly why: string;
};

export const EXCEPTIONS: readonly Exception[] = [
  {
    page: 'docs/recipes.md',
    workflow: 'API Mesh',
    from: 'npx --no-install aio api-mesh:update -c mesh.json',
    why: 'npm does not have the plugin',
  },
  {
    page: 'docs/recipes.md',
    workflow: 'Push content',
    from: 'npx --no-install aem content clone',
    why: "npm's newest @adobe/aem-cli has no such command",
  },
  {
    page: 'docs/situations.md',
    workflow: 'Token in the background',
    why: 'act and actionlint do not know background steps',
  },
];

/** The exception for a workflow; undefined if all of it is executed. */
export function exceptionFor(of: {
  readonly page: string;
  readonly workflow: string;
}): Exception | undefined {
  return EXCEPTIONS.find(({ page, workflow }) => page === of.page && workflow === of.workflow);
}

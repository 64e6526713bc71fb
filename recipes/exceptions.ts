/** The only commands and workflows of the pages that `npm run test:recipes` does not execute. */

export type Exception = {
  readonly page: string;
  /** The `name:` of the workflow. */
  readonly workflow: string;
  /** The last command, if all before it is executed; otherwise nothing of the workflow is. */
  readonly command?: string;
  readonly why: string;
};

export const EXCEPTIONS: readonly Exception[] = [
  {
    page: 'docs/recipes.md',
    workflow: 'API Mesh',
    command: 'npx --no-install aio api-mesh:update -c mesh.json',
    why: 'npm does not have the plugin',
  },
];

/** The exception for a workflow; undefined if all of it is executed. */
export function exceptionFor(of: {
  readonly page: string;
  readonly workflow: string;
}): Exception | undefined {
  return EXCEPTIONS.find(({ page, workflow }) => page === of.page && workflow === of.workflow);
}

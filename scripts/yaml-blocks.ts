/** The YAML blocks of the documentation, each as a whole workflow that tools can judge. */

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { parse } from 'yaml';

export type YamlBlock = {
  /** Path of the page in the repository. */
  readonly page: string;
  /** Line of the page on which the block begins, from 1. */
  readonly line: number;
  readonly text: string;
  /** Shown as an example of what not to do: `<!-- unsafe on purpose -->` stands before it. */
  readonly unsafe: boolean;
};

/** What a list of steps needs around it. */
const AROUND_STEPS = `name: Example
on: workflow_dispatch
permissions: {}
concurrency:
  group: example
  cancel-in-progress: false
jobs:
  example:
    name: Example
    runs-on: ubuntu-latest
    timeout-minutes: 5
    environment: example
    steps:
`;

/** Pages with examples for users. */
export function pagesWithExamples(root: string): readonly string[] {
  const docs = readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' });
  const pages = docs.filter((name) => name.endsWith('.md')).map((name) => `docs/${name}`);
  return ['README.md', 'llms.txt', ...pages.sort()];
}

/** The YAML blocks of one page. */
export function yamlBlocks(page: string, markdown: string): readonly YamlBlock[] {
  return [...markdown.matchAll(/(<!-- unsafe on purpose -->\s*)?^```ya?ml\n(.*?)^```$/gms)].map(
    ({ 0: whole, 1: mark, 2: text = '', index }) => ({
      page,
      line: markdown.slice(0, index + whole.indexOf('```')).split('\n').length + 1,
      text,
      unsafe: mark !== undefined,
    }),
  );
}

/** The YAML blocks of all pages. */
export function allYamlBlocks(root: string): readonly YamlBlock[] {
  return pagesWithExamples(root).flatMap((page) =>
    yamlBlocks(page, readFileSync(join(root, page), 'utf8')),
  );
}

/**
 * The block as a workflow; a list of steps gets a job around it. Its lines have the numbers that they have in the
 * page, where the page has room for that job above them.
 * @throws Error when it is neither a workflow nor a list of steps
 */
export function asWorkflow({ page, line, text }: YamlBlock): string {
  const value: unknown = parse(text);
  const whole = typeof value === 'object' && value !== null && 'jobs' in value;
  if (!whole && !Array.isArray(value))
    throw new Error(`${page}:${line}: neither a workflow nor a list of steps`);
  const [before, block] = whole
    ? ['', text]
    : [AROUND_STEPS, text.replaceAll(/^(?=.)/gm, '      ')];
  const missing = line - before.split('\n').length;
  return before + '\n'.repeat(Math.max(0, missing)) + pinned(block);
}

/** Readers put the real commit in; the examples show a tag, or say where the commit goes. */
function pinned(workflow: string): string {
  const commit = '0123456789abcdef0123456789abcdef01234567';
  return workflow.replaceAll(
    /(?<=\/adobe-ims-token@)(?:v1|<full commit SHA>)(?: # v[\d.]+)?$/gm,
    `${commit} # v1.0.0`,
  );
}

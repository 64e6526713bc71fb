/** The complete workflows of the pages, and what of GitHub's settings each of them reads. */

import { parse } from 'yaml';

import { allYamlBlocks } from '../scripts/yaml-blocks.ts';

export type Workflow = {
  /** Path of the page in the repository. */
  readonly page: string;
  /** Line of the page on which the workflow begins, from 1. */
  readonly line: number;
  readonly name: string;
  readonly text: string;
  /** The first event of `on:`. */
  readonly event: string;
  readonly secrets: readonly string[];
  readonly vars: readonly string[];
};

function names(text: string, context: 'secrets' | 'vars'): readonly string[] {
  const found = [...text.matchAll(new RegExp(`\\b${context}\\.(\\w+)`, 'g'))];
  return [...new Set(found.map(([, name = '']) => name))];
}

/** Every block with `on:` and `jobs:`, other than those shown as examples of what not to do. */
export function completeWorkflows(root: string): readonly Workflow[] {
  return allYamlBlocks(root).flatMap(({ page, line, text, unsafe }) => {
    const value: unknown = unsafe ? undefined : parse(text);
    if (typeof value !== 'object' || value === null || !('on' in value) || !('jobs' in value))
      return [];
    const event = typeof value.on === 'string' ? value.on : Object.keys(value.on ?? {})[0];
    const name = 'name' in value ? String(value.name) : '';
    const settings = { secrets: names(text, 'secrets'), vars: names(text, 'vars') };
    return [{ page, line, name, text, event: event ?? '', ...settings }];
  });
}

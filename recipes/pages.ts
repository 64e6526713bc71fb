/** The workflows of the pages: complete ones, which are executed, and shorter blocks, which are parts of them. */

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { parse } from 'yaml';

import { allYamlBlocks, type YamlBlock } from '../scripts/yaml-blocks.ts';

export type Workflow = {
  /** Path in the repository, of a page or of a file in recipes/workflows. */
  readonly page: string;
  /** Line of the page on which the workflow begins, from 1. */
  readonly line: number;
  readonly name: string;
  readonly text: string;
  /** The first event of `on:`. */
  readonly event: string;
  /** Names of the secrets that it reads. */
  readonly secrets: readonly string[];
  /** Names of the variables that it reads. */
  readonly vars: readonly string[];
};

/** Workflows that no page shows whole, because only a part of them is of interest. */
const FOLDER = 'recipes/workflows';

function names(text: string, context: 'secrets' | 'vars'): readonly string[] {
  const found = [...text.matchAll(new RegExp(`\\b${context}\\.(\\w+)`, 'g'))];
  return [...new Set(found.map(([, name = '']) => name))];
}

/** The block as a workflow; undefined if it is not a complete one. */
function asWorkflow({ page, line, text, unsafe }: YamlBlock): Workflow | undefined {
  const value: unknown = unsafe ? undefined : parse(text);
  if (typeof value !== 'object' || value === null || !('on' in value) || !('jobs' in value))
    return undefined;
  const event = typeof value.on === 'string' ? value.on : Object.keys(value.on ?? {})[0];
  const name = 'name' in value ? String(value.name) : '';
  const settings = { secrets: names(text, 'secrets'), vars: names(text, 'vars') };
  return { page, line, name, text, event: event ?? '', ...settings };
}

/** Every block with `on:` and `jobs:` that is not marked as unsafe, and the files of recipes/workflows. */
export function completeWorkflows(root: string): readonly Workflow[] {
  const files = readdirSync(join(root, FOLDER)).map((name): YamlBlock => {
    const text = readFileSync(join(root, FOLDER, name), 'utf8');
    return { page: `${FOLDER}/${name}`, line: 1, text, unsafe: false };
  });
  return [...allYamlBlocks(root), ...files].flatMap((block) => asWorkflow(block) ?? []);
}

/** Every other block that is not marked as unsafe. */
export function shorterBlocks(root: string): readonly YamlBlock[] {
  return allYamlBlocks(root).filter((block) => !block.unsafe && asWorkflow(block) === undefined);
}

/** Whether the lines of the block follow one another in the workflow, at any depth. */
export function isPartOf(block: string, workflow: string): boolean {
  const lines = workflow.trimEnd().split('\n');
  const wanted = block.trimEnd().split('\n');
  return lines.some((line, at) => {
    const indent = ' '.repeat(line.length - line.trimStart().length);
    const indented = wanted.map((text) => (text === '' ? '' : indent + text));
    return indented.every((text, offset) => text === lines[at + offset]);
  });
}

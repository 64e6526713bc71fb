/** What every executed workflow must send. */

import { EXCEPTIONS, exceptionFor } from '../exceptions.ts';
import type { Expectation } from '../expected.ts';
import type { Workflow } from '../pages.ts';
import { PAGES } from './pages.ts';
import { PARTS } from './parts.ts';
import { PRODUCTS } from './products.ts';
import { SITUATIONS } from './situations.ts';
import { TOOLS } from './tools.ts';

export const EXPECTATIONS: readonly Expectation[] = [
  ...PAGES,
  ...PRODUCTS,
  ...TOOLS,
  ...SITUATIONS,
  ...PARTS,
];

type Named = { readonly page: string; readonly workflow: string };

const isNamed = ({ page, name }: Workflow, one: Named): boolean =>
  page === one.page && name === one.workflow;

/** Workflows that nothing is expected of, and expectations and exceptions without their workflow. */
export function gapsIn(workflows: readonly Workflow[]): readonly string[] {
  const isThere = (one: Named): boolean => workflows.some((workflow) => isNamed(workflow, one));
  const unexpected = workflows.filter((workflow) => {
    const exception = exceptionFor({ page: workflow.page, workflow: workflow.name });
    if (exception !== undefined && exception.from === undefined) return false;
    return !EXPECTATIONS.some((one) => isNamed(workflow, one));
  });
  return [
    ...unexpected.map(({ page, line, name }) => `${page}:${line} ${name} has no expectation`),
    ...[...EXPECTATIONS, ...EXCEPTIONS]
      .filter((one) => !isThere(one))
      .map(({ page, workflow }) => `${page} has no workflow ${workflow}`),
  ];
}

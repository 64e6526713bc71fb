/** What GitHub reads, judged by GitHub's own parser: action.yml, workflows, and every example in the docs. */

import { readdirSync, readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { join } from 'node:path';

import { beforeAll, describe, expect, it } from 'vitest';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { parse } from 'yaml';

import { repositoryOf } from '../../scripts/repository.ts';
import {
  allYamlBlocks,
  asWorkflow,
  pagesWithExamples,
  yamlBlocks,
} from '../../scripts/yaml-blocks.ts';

type Diagnostic = {
  readonly message: string;
  readonly range: { readonly start: { readonly line: number } };
};
type FeatureFlags = { isEnabled(name: string): boolean };
type Metadata = { readonly inputs: object; readonly outputs: object };
type LanguageService = {
  validate(
    document: object,
    config: { readonly actionsMetadataProvider: object; readonly featureFlags: FeatureFlags },
  ): Promise<readonly Diagnostic[]>;
  registerLogger(logger: object): void;
};
const root = join(import.meta.dirname, '..', '..');
const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const metadata = parse(read('action.yml')) as Metadata;
const actionsMetadataProvider = {
  fetchActionMetadata: ({ name }: { readonly name: string }) =>
    Promise.resolve(name === 'adobe-ims-token' ? metadata : undefined),
};

/** GitHub has background steps since June 2026. The package still keeps them behind a flag. */
const featureFlags: FeatureFlags = { isEnabled: (name) => name === 'allowBackgroundSteps' };

let validate: (path: string, text: string) => Promise<readonly string[]>;

beforeAll(async () => {
  // The package is made for bundlers: it imports JSON as these do.
  registerHooks({
    load: (url, context, next) =>
      url.endsWith('.json')
        ? {
            format: 'module',
            shortCircuit: true,
            source: `export default ${readFileSync(new URL(url), 'utf8')}`,
          }
        : next(url, context),
  });
  const service = (await import('@actions/languageservice')) as unknown as LanguageService;
  // What it fails on it logs, and then finds nothing.
  const fail = (message: string): never => {
    throw new Error(message);
  };
  const ignore = (): void => undefined;
  service.registerLogger({ error: fail, warn: fail, info: ignore, log: ignore });
  let count = 0;
  validate = async (path, text) => {
    // Under an address of its own: the service remembers what it has parsed.
    count += 1;
    const document = TextDocument.create(`file:///${count}/${path}`, 'yaml', 1, text);
    const found = await service.validate(document, { actionsMetadataProvider, featureFlags });
    return (
      found
        // Nothing is fetched here.
        .filter(({ message }) => !message.startsWith('Unable to resolve action'))
        .map(({ message, range }) => `${range.start.line + 1}: ${message}`)
    );
  };
});

const workflows = readdirSync(join(root, '.github/workflows')).map(
  (name) => `.github/workflows/${name}`,
);
const blocks = allYamlBlocks(root);

describe('GitHub finds nothing wrong with', () => {
  it.each(['action.yml', 'test/workflow/action.yml', ...workflows])('%s', async (path) => {
    expect(await validate(path, read(path))).toEqual([]);
  });

  it.each(blocks)('the example in $page, line $line', async (block) => {
    expect(await validate('.github/workflows/example.yml', asWorkflow(block))).toEqual([]);
  });
});

describe('GitHub finds what is wrong with', () => {
  const use = (key: string): string =>
    `- uses: OWNER/adobe-ims-token@v1\n  with:\n    client-id: a\n    ${key}: b\n`;

  it.each([
    ['an input that does not exist', use('client-sekret')],
    ['a key that no step has', '- run: echo\n  shel: bash\n'],
  ])('%s', async (_name, text) => {
    const block = { page: 'page.md', line: 1, text, unsafe: false };
    expect(await validate('.github/workflows/x.yml', asWorkflow(block))).toHaveLength(1);
  });

  it('an action that runs on an unknown Node', async () => {
    const text = read('action.yml').replace('node24', 'node23');
    expect(await validate('action.yml', text)).toHaveLength(1);
  });
});

/** This action, as the pages name it. */
const THIS_ACTION = repositoryOf(root);
/** This action by its major version or by commit, others by commit with their version. */
const ALLOWED = [
  /^\.\/$/,
  RegExp(`^${THIS_ACTION}@(?:v1|<full commit SHA>)(?: # v[\\d.]+)?$`),
  /^(?!.*adobe-ims-token)\S+@[\da-f]{40} # v\d\S*$/,
];

/** The values of `uses` in a block that are not allowed. */
const badUses = (text: string): readonly string[] =>
  [...text.matchAll(/\buses: *(.*)$/gm)]
    .map(([, uses = '']) => uses)
    .filter((uses) => !ALLOWED.some((allowed) => allowed.test(uses)));

/** The IDs of all steps under a value that use this action. */
function idsIn(value: unknown): readonly unknown[] {
  if (typeof value !== 'object' || value === null) return [];
  const { uses, id } = value as Readonly<Record<string, unknown>>;
  const nested = Object.values(value).flatMap(idsIn);
  return typeof uses === 'string' && uses.startsWith(`${THIS_ACTION}@`) ? [id, ...nested] : nested;
}

describe('the examples', () => {
  it('are found, all of them, in lists too', () => {
    const fences = pagesWithExamples(root).flatMap(
      (page) => read(page).match(/^[ \t>]*(?:```|~~~) *ya?ml/gim) ?? [],
    );
    expect(blocks).toHaveLength(fences.length);
    expect(blocks.length).toBeGreaterThan(8);
  });

  it.each(blocks.filter(({ unsafe }) => !unsafe))('in $page, line $line, pin actions', (block) => {
    expect(badUses(block.text)).toEqual([]);
  });

  /** The outputs of this action that a block uses. */
  const outputsIn = (text: string): readonly string[] => {
    const ids = idsIn(parse(text));
    return [...text.matchAll(/steps\.([\w-]+)\.outputs\.([\w-]+)/g)].flatMap(
      ([, id = '', output = '']) => (ids.includes(id) ? [output] : []),
    );
  };

  it.each(blocks)('in $page, line $line, use outputs that exist', ({ text }) => {
    for (const output of outputsIn(text)) expect(Object.keys(metadata.outputs)).toContain(output);
  });

  it('use outputs at all', () => {
    expect(blocks.flatMap(({ text }) => outputsIn(text)).length).toBeGreaterThan(5);
  });

  it('may not use another version or name of this action, or an action without commit or version', () => {
    const sha = '0123456789abcdef0123456789abcdef01234567';
    const good = [
      `${THIS_ACTION}@v1`,
      `${THIS_ACTION}@<full commit SHA> # v1.0.0`,
      `actions/x@${sha} # v7`,
      './',
    ];
    const bad = [
      `${THIS_ACTION}@v2`,
      THIS_ACTION,
      'o/adobe-ims-token@v1',
      'actions/x@v7 # v7',
      `actions/x@${sha}`,
    ];
    expect(badUses([...good, ...bad].map((uses) => `- uses: ${uses}\n`).join(''))).toEqual(bad);
  });

  it('are found with their lines and marks', () => {
    const page =
      '# A\n\n```yaml\n- run: a\n```\n\n<!-- unsafe on purpose -->\n\n```yml\njobs: {}\n```\n';
    expect(yamlBlocks('a.md', page)).toEqual([
      { page: 'a.md', line: 4, text: '- run: a\n', unsafe: false },
      { page: 'a.md', line: 10, text: 'jobs: {}\n', unsafe: true },
    ]);
  });

  it('become workflows with the line numbers of the page, and with a commit', () => {
    const steps = { page: 'a.md', line: 24, text: '- uses: o/adobe-ims-token@v1\n', unsafe: false };
    expect(asWorkflow(steps).split('\n')[steps.line - 1]).toMatch(
      /^ {6}- uses: o\/adobe-ims-token@[\da-f]{40} # v1\.0\.0$/,
    );
    expect(() => asWorkflow({ ...steps, text: 'a: b\n' })).toThrow(/a\.md:24/);
  });
});

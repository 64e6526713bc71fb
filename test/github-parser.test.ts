/** What GitHub reads, judged by GitHub's own parser: action.yml, workflows, and every example in the docs. */

import { readdirSync, readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { join } from 'node:path';

import { beforeAll, describe, expect, it } from 'vitest';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { parse } from 'yaml';

import { allYamlBlocks, asWorkflow, yamlBlocks } from '../scripts/yaml-blocks.ts';

type Diagnostic = {
  readonly message: string;
  readonly range: { readonly start: { readonly line: number } };
};
type Metadata = { readonly inputs: unknown; readonly outputs: unknown };
type LanguageService = {
  validate(
    document: object,
    config: { readonly actionsMetadataProvider: object },
  ): Promise<readonly Diagnostic[]>;
  registerLogger(logger: object): void;
};
const root = join(import.meta.dirname, '..');
const metadata = parse(readFileSync(join(root, 'action.yml'), 'utf8')) as Metadata;
const actionsMetadataProvider = {
  fetchActionMetadata: ({ name }: { readonly name: string }) =>
    Promise.resolve(name === 'adobe-ims-token' ? metadata : undefined),
};

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
    const found = await service.validate(document, { actionsMetadataProvider });
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

describe('GitHub finds nothing wrong with', () => {
  it.each(['action.yml', 'test/workflow/action.yml', ...workflows])('%s', async (path) => {
    expect(await validate(path, readFileSync(join(root, path), 'utf8'))).toEqual([]);
  });

  const blocks = allYamlBlocks(root);

  it.each(blocks)('the example in $page, line $line', async (block) => {
    expect(await validate('.github/workflows/example.yml', asWorkflow(block))).toEqual([]);
  });

  it('too few examples to be all of them', () => {
    expect(blocks.length).toBeGreaterThan(8);
  });
});

describe('GitHub finds what is wrong with', () => {
  const use = (key: string): string =>
    `- uses: OWNER/adobe-ims-token@v1\n  with:\n    client-id: a\n    ${key}: b\n`;

  it.each([
    ['an input that does not exist', use('client-sekret')],
    ['a key that no step has', '- run: echo\n  shel: bash\n'],
  ])('%s', async (_name, text) => {
    const [block] = yamlBlocks('page.md', `\`\`\`yaml\n${text}\`\`\`\n`);
    if (block === undefined) throw new Error('no block was found');
    const found = await validate('.github/workflows/x.yml', asWorkflow(block));
    expect(found).toHaveLength(1);
  });

  it('an action that runs on nothing', async () => {
    const text = readFileSync(join(root, 'action.yml'), 'utf8').replace('node24', 'node23');
    expect(await validate('action.yml', text)).toHaveLength(1);
  });
});

describe('the examples of a page', () => {
  const page =
    '# A\n\n```yaml\n- run: a\n```\n\n<!-- unsafe on purpose -->\n\n```yml\njobs: {}\n```\n';

  it('are found with their lines and marks', () => {
    expect(yamlBlocks('a.md', page)).toEqual([
      { page: 'a.md', line: 4, text: '- run: a\n', unsafe: false },
      { page: 'a.md', line: 10, text: 'jobs: {}\n', unsafe: true },
    ]);
  });

  it('become workflows with the line numbers of the page', () => {
    const [steps] = yamlBlocks('a.md', `${'\n'.repeat(20)}${page}`);
    if (steps === undefined) throw new Error('no block was found');
    expect(asWorkflow(steps).split('\n')[steps.line - 1]).toBe('      - run: a');
    expect(() => asWorkflow({ ...steps, text: 'a: b\n' })).toThrow(/a\.md:24/);
  });

  it('name this action by a commit, as a reader should', () => {
    const [block] = yamlBlocks('a.md', '```yaml\n- uses: o/adobe-ims-token@v1\n```\n');
    if (block === undefined) throw new Error('no block was found');
    expect(asWorkflow(block)).toMatch(/uses: o\/adobe-ims-token@[\da-f]{40} # v1\.0\.0$/m);
  });
});

/** No page of the repository links to a file or a heading of it that is not there. */

import { globSync, readFileSync, statSync } from 'node:fs';
import { join, posix } from 'node:path';

import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '..', '..');

/** Path below the repository to text; of other files than pages the text does not matter. */
type Files = ReadonlyMap<string, string>;

const withoutBlocks = (text: string): string =>
  text.replaceAll(/^( *)(`{3,}|~{3,}).*?^\1\2$/gms, '').replaceAll(/<!--.*?-->/gs, '');

/** The anchors that GitHub gives the headings of a page. */
function anchorsOf(page: string): ReadonlySet<string> {
  const anchors = new Set<string>();
  for (const [, heading = ''] of withoutBlocks(page).matchAll(/^#{1,6} +(.+?)(?: +#+)?$/gm)) {
    const text = heading.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1').toLowerCase();
    const anchor = text.replaceAll(/[^\p{L}\p{M}\p{N}_ -]/gu, '').replaceAll(' ', '-');
    let name = anchor;
    for (let count = 1; anchors.has(name); count++) name = `${anchor}-${count}`;
    anchors.add(name);
  }
  return anchors;
}

/** Every target in a page: of links and images, and of their definitions. */
function targetsIn(page: string): readonly string[] {
  const text = withoutBlocks(page).replaceAll(/(`+)[^`].*?\1/g, '``');
  const patterns = [/\]\(<?([^)\s>]+)>?(?:\s+["'(][^)]*)?\)/g, /^ {0,3}\[[^\]]+\]: *<?([^\s>]+)/gm];
  return patterns.flatMap((pattern) => [...text.matchAll(pattern)].map(([, to = '']) => to));
}

/** Names of definitions that a page uses but does not have, as `[text][name]`. */
function undefinedIn(page: string): readonly string[] {
  const text = withoutBlocks(page).replaceAll(/(`+)[^`].*?\1/g, '``');
  const defined = [...text.matchAll(/^ {0,3}\[([^\]]+)\]: /gm)].map(([, name]) => name);
  return [...text.matchAll(/\]\[([^\]]+)\]/g)]
    .map(([, name = '']) => name)
    .filter((name) => !defined.includes(name));
}

function isDead(page: string, target: string, files: Files): boolean {
  if (/^[a-z][a-z+.-]*:|^\/\//i.test(target)) return false;
  const [path = '', fragment] = decodeURI(target).split('#');
  const file = path === '' ? page : posix.join(posix.dirname(page), path).replace(/\/$/, '');
  const text = files.get(file);
  if (text === undefined)
    return fragment !== undefined || ![...files.keys()].some((name) => name.startsWith(`${file}/`));
  if (fragment === undefined || /^L\d+/.test(fragment)) return false;
  return !anchorsOf(text).has(fragment);
}

function deadLinks(page: string, files: Files): readonly string[] {
  const text = files.get(page) ?? '';
  return [...targetsIn(text).filter((target) => isDead(page, target, files)), ...undefinedIn(text)];
}

const isPage = (path: string): boolean => /(?:\.md|^llms\.txt)$/.test(path);

const repository: Files = new Map(
  globSync(['**/*', '.github/**/*'], { cwd: root, exclude: ['node_modules', '.git'] })
    .filter((path) => statSync(join(root, path)).isFile())
    .map((path) => [
      path.replaceAll('\\', '/'),
      isPage(path) ? readFileSync(join(root, path), 'utf8') : '',
    ]),
);
const pages = [...repository.keys()].filter(isPage);

it('there are pages', () => {
  expect(pages).toEqual(
    expect.arrayContaining([
      'README.md',
      'CONTRIBUTING.md',
      'SECURITY.md',
      'docs/security.md',
      'llms.txt',
    ]),
  );
  expect([...repository.keys()]).toContain('.github/workflows/ci.yml');
});

it.each(pages)('%s has no dead link', (page) => {
  expect(deadLinks(page, repository)).toEqual([]);
});

describe('a link', () => {
  const files = (text: string): Files =>
    new Map([
      [
        'docs/page.md',
        `# Page\n\n## Twice\n\n## Twice\n\n## \`a_b\` & [c](https://example.com), e!\n\n${text}`,
      ],
      ['README.md', '# Readme\n\n```md\n## In code\n```\n'],
      ['src/main.ts', ''],
    ]);

  it.each([
    '[x](../README.md)',
    '[x](../README.md#readme "with a title")',
    '[x](#twice) and [x](#twice-1)',
    '[x](#a_b--c-e)',
    '[x](../src) and [x](../src/)',
    '[x](../src/main.ts#L3)',
    '[x](https://example.com/none.md#none)',
    '[x][y]\n\n[y]: ../README.md',
    '`[x](none.md)` and ``[x](none.md)``',
    '```\n[x](none.md)\n```',
    '<!-- [x](none.md) -->',
  ])('is alive: %j', (text) => {
    expect(deadLinks('docs/page.md', files(text))).toEqual([]);
  });

  it.each([
    ['[x](README.md)', 'README.md'],
    ['[x](../readme.md)', '../readme.md'],
    ['[x](#none)', '#none'],
    ['[x](../README.md#in-code)', '../README.md#in-code'],
    ['[x](../src#none)', '../src#none'],
    ['[x](../src/main.ts#none)', '../src/main.ts#none'],
    ['[x][y]\n\n[y]: none.md', 'none.md'],
    ['[x][y]', 'y'],
  ])('is dead: %j', (text, target) => {
    expect(deadLinks('docs/page.md', files(text))).toEqual([target]);
  });
});

/** What people look for before they use or change this: where to report, where to ask, whose product it is. */

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

import { repositoryOf } from '../../scripts/repository.ts';

const root = join(import.meta.dirname, '../..');
const read = (name: string): string => readFileSync(join(root, name), 'utf8');
const address = `https://github.com/${repositoryOf(root)}`;
const report = `${address}/security/advisories/new`;

it('package.json says where the repository, its page and its issues are', () => {
  const { homepage, bugs } = JSON.parse(read('package.json')) as Readonly<Record<string, unknown>>;
  expect({ homepage, bugs }).toEqual({
    homepage: `${address}#readme`,
    bugs: `${address}/issues`,
  });
});

describe('SECURITY.md', () => {
  it('has the link to report, and says by when one hears', () => {
    expect(read('SECURITY.md')).toContain(`(${report})`);
    expect(read('SECURITY.md').match(/\b\d+ (?:working )?days\b/g)?.length).toBeGreaterThan(2);
  });

  it('says that this is not a product of Adobe', () => {
    expect(read('SECURITY.md')).toMatch(/not a product of Adobe/);
  });
});

it('who opens an issue finds where to report, where to ask, and where Adobe is', () => {
  const config = parse(read('.github/ISSUE_TEMPLATE/config.yml')) as {
    readonly blank_issues_enabled: boolean;
    readonly contact_links: readonly { readonly url: string; readonly about: string }[];
  };
  expect(config.blank_issues_enabled).toBe(true);
  expect(config.contact_links.map(({ url }) => url)).toContain(report);
  expect(config.contact_links.map(({ about }) => about).join()).toContain(
    'not a product of Adobe, and not supported by it',
  );
});

it('there is a template of pull requests', () => {
  expect(existsSync(join(root, '.github/pull_request_template.md'))).toBe(true);
});

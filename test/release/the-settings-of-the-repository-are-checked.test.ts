/** The settings of the repository: a release stops at each that is missing, and one command sets them. */

import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import {
  cpSync,
  existsSync,
  globSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

import { afterAll, describe, expect, it, onTestFinished } from 'vitest';
import { parse } from 'yaml';

import { apply, check, type GitHub, type Settings } from '../../scripts/settings.ts';
import { listen } from '../support/listen.ts';
import { APP, edited, GitHubApi, REVIEWERS } from './github-api.ts';

const root = join(import.meta.dirname, '../..');
const read = (name: string): string => readFileSync(join(root, name), 'utf8');
const settings = JSON.parse(read('.github/settings.json')) as Settings;
const ENVIRONMENT = 'environments/release';
const BRANCHES = `${ENVIRONMENT}/deployment-branch-policies`;
const NUMBERS = new Map([...Object.entries(REVIEWERS), [APP.slug, APP.id] as const]);

const FILES = [
  'package.json',
  '.github/settings.json',
  'scripts/settings.ts',
  'scripts/repository.ts',
];
const folder = mkdtempSync(join(tmpdir(), 'settings-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** A checkout with nothing but what the command needs. */
function checkout(owners: string): string {
  const target = join(folder, createHash('sha256').update(owners).digest('hex'));
  if (existsSync(target)) return target;
  for (const name of FILES) cpSync(join(root, name), join(target, name));
  writeFileSync(join(target, '.github/CODEOWNERS'), owners);
  return target;
}

/** The repository behind a server of this API. */
async function serve(api: GitHubApi, owners = '* @a @b\n'): Promise<GitHub> {
  const server = api.server();
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = `http://127.0.0.1:${await listen(server)}`;
  return { api: address, token: 'test-token', repository: 'o/r', root: checkout(owners) };
}

type Lines = { readonly off: readonly string[]; readonly unseen: readonly string[] };
async function linesOf(github: GitHub): Promise<Lines> {
  const { off, unseen } = await check(github);
  return { off: [...off], unseen: [...unseen] };
}

/** A repository whose settings are right, as an administrator sees it. */
function right(): GitHubApi {
  const api = new GitHubApi();
  api.setAll(settings);
  return api;
}

async function reportOf(change: (api: GitHubApi) => void, owners?: string): Promise<Lines> {
  const api = right();
  change(api);
  return linesOf(await serve(api, owners));
}

type Change = readonly [name: string, change: (api: GitHubApi) => void, line: RegExp];

const idOf = (name: string): number =>
  settings.rulesets.findIndex((ruleset) => ruleset.name === name) + 1;
const MAIN = idOf('Two people change main');

/** Each ruleset gone, out of force, and without each of its parts. */
function changesOfRulesets(): readonly Change[] {
  return settings.rulesets.flatMap(({ name, conditions, rules }, at): readonly Change[] => {
    const address = `rulesets/${at + 1}`;
    const line = RegExp(`^ruleset "${name}" for`);
    const changed = (what: string, path: readonly (string | number)[], to?: unknown): Change => [
      `ruleset "${name}": ${what}`,
      (api) => {
        api.edit(address, path, to);
      },
      line,
    ];
    const refs = conditions.ref_name.include;
    return [
      [
        `ruleset "${name}" is gone`,
        (api) => {
          api.edit('rulesets', [at], undefined);
        },
        line,
      ],
      changed('disabled', ['enforcement'], 'disabled'),
      changed('only evaluated', ['enforcement'], 'evaluate'),
      changed('of another target', ['target'], 'push'),
      changed('one name is excluded', ['conditions', 'ref_name', 'exclude'], ['refs/tags/v9.9.9']),
      changed('for other names', ['conditions', 'ref_name', 'include'], ['refs/heads/x']),
      ...refs.map((ref, index) =>
        changed(`not for ${ref}`, ['conditions', 'ref_name', 'include', index]),
      ),
      ...rules.map(({ type }, index) => changed(`no ${type}`, ['rules', index])),
      changed('the owners of the organization bypass it', ['bypass_actors', 9], {
        actor_id: 1,
        actor_type: 'OrganizationAdmin',
      }),
      changed('a role bypasses it', ['bypass_actors', 9], {
        actor_id: 3,
        actor_type: 'RepositoryRole',
      }),
      changed('another app bypasses it', ['bypass_actors', 9], {
        actor_id: 1,
        actor_type: 'Integration',
      }),
      changed('deploy keys bypass it', ['bypass_actors', 9], {
        actor_id: null,
        actor_type: 'DeployKey',
      }),
    ];
  });
}

/** Each parameter of the rules of `main` off, or laxer. */
function changesOfMain(): readonly Change[] {
  const rules = settings.rulesets[MAIN - 1]?.rules ?? [];
  const at = (type: string): number => rules.findIndex((rule) => rule.type === type);
  const change = (
    type: string,
    what: string,
    path: readonly (string | number)[],
    to?: unknown,
  ): Change => [
    `${type}: ${what}`,
    (api) => {
      api.edit(`rulesets/${MAIN}`, ['rules', at(type), 'parameters', ...path], to);
    },
    RegExp(`^ruleset "Two people change main" .*${type}`),
  ];
  const list = 'required_status_checks';
  const checks = rules[at(list)]?.parameters?.[list] as readonly { readonly context: string }[];
  const tool = ['code_scanning_tools', 0];
  return [
    change('pull_request', 'no approval', ['required_approving_review_count'], 0),
    ...[
      'dismiss_stale_reviews_on_push',
      'require_code_owner_review',
      'require_last_push_approval',
    ].map((name) => change('pull_request', `not ${name}`, [name], false)),
    change(list, 'on an old base', ['strict_required_status_checks_policy'], false),
    ...checks.map(({ context }, index) => change(list, `not "${context}"`, [list, index])),
    change(list, 'of any app', [list, 0, 'integration_id']),
    change(list, 'of another app', [list, 0, 'integration_id'], 1),
    change('code_scanning', 'another tool', [...tool, 'tool'], 'Other'),
    change('code_scanning', 'no alerts', [...tool, 'alerts_threshold'], 'none'),
    change('code_scanning', 'critical alone', [...tool, 'security_alerts_threshold'], 'critical'),
    change('code_scanning', 'a new word', [...tool, 'security_alerts_threshold'], 'some'),
  ];
}

/** Each address that cannot be read, and each field that is another. */
function changesOfAddresses(): readonly Change[] {
  return Object.entries(settings.addresses).flatMap(
    ([address, { put, patch = put, get = patch }]) => [
      ...[403, 404, 500].map((status): Change => [
        `"${address}" answers ${status}`,
        (api) => {
          api.set(address, null, status);
        },
        RegExp(`${address}: HTTP ${status}`),
      ]),
      ...Object.entries(get ?? {}).flatMap(([key]) =>
        [undefined, 'other'].map((value): Change => [
          `"${address}": ${key} is ${String(value)}`,
          (api) => {
            api.edit(address, [key], value);
          },
          RegExp(`^${address}: ${key} must be `),
        ]),
      ),
    ],
  );
}

const edit = (
  name: string,
  address: string,
  path: readonly (string | number)[],
  to: unknown,
  line: RegExp,
): Change => [
  name,
  (api) => {
    api.edit(address, path, to);
  },
  line,
];
const rule = ['protection_rules', 0];
const rulesMust = /^environments\/release: protection_rules must be/;

const CHANGES: readonly Change[] = [
  ...changesOfRulesets(),
  ...changesOfMain(),
  ...changesOfAddresses(),
  edit('nobody reviews', ENVIRONMENT, [...rule, 'reviewers'], [], rulesMust),
  edit(
    'a third person reviews',
    ENVIRONMENT,
    [...rule, 'reviewers', 2],
    { type: 'User', reviewer: { login: 'x' } },
    rulesMust,
  ),
  edit(
    'a team of that name reviews',
    ENVIRONMENT,
    [...rule, 'reviewers', 0, 'type'],
    'Team',
    rulesMust,
  ),
  edit(
    'whoever starts it reviews',
    ENVIRONMENT,
    [...rule, 'prevent_self_review'],
    false,
    rulesMust,
  ),
  edit('no review', ENVIRONMENT, rule, undefined, rulesMust),
  edit(
    'administrators skip the review',
    ENVIRONMENT,
    ['can_admins_bypass'],
    true,
    /can_admins_bypass/,
  ),
  edit(
    'every protected branch',
    ENVIRONMENT,
    ['deployment_branch_policy', 'protected_branches'],
    true,
    /deployment_branch/,
  ),
  edit(
    'another branch too',
    BRANCHES,
    ['branch_policies', 1],
    { name: '*', type: 'branch' },
    /branch_policies/,
  ),
  edit('a tag named main', BRANCHES, ['branch_policies', 0, 'type'], 'tag', /branch_policies/),
  edit('no branch', BRANCHES, ['branch_policies'], [], /branch_policies/),
  edit(
    'an owner who does not exist',
    'codeowners/errors',
    ['errors', 0],
    { kind: 'Unknown owner' },
    /errors must be/,
  ),
  edit(
    'no push protection',
    '',
    ['security_and_analysis', 'secret_scanning_push_protection', 'status'],
    'disabled',
    /security_and_analysis/,
  ),
  [
    'no app of that name',
    (api) => {
      api.set(`/apps/${APP.slug}`, null, 404);
    },
    /others may bypass/,
  ],
  [
    'the rulesets cannot be listed',
    (api) => {
      api.set('rulesets', null, 500);
    },
    /rulesets: HTTP 500/,
  ],
  [
    'a ruleset cannot be read',
    (api) => {
      api.set('rulesets/1', null, 404);
    },
    /rulesets: HTTP 404/,
  ],
];

describe('the check of the settings', () => {
  it('is green when all are right', async () => {
    expect(await reportOf(() => undefined)).toEqual({ off: [], unseen: [] });
  });

  it('has at least 45 ways to be red', () => {
    expect(new Set(CHANGES.map(([name]) => name)).size).toBe(CHANGES.length);
    expect(CHANGES.length).toBeGreaterThanOrEqual(45);
  });

  it.each(CHANGES)('is red: %s', async (_name, change, line) => {
    const { off } = await reportOf(change);
    expect(off).toContainEqual(expect.stringMatching(line));
  });

  it.each([
    ['one person', '* @a\n'],
    ['one person twice', '* @a @a\n'],
    ['some files', '/dist/ @a @b\n'],
    ['two lines', '* @a @b\n/dist/ @a\n'],
    ['nobody', '# * @a @b\n'],
  ])('is red: CODEOWNERS names %s', async (_name, owners) => {
    expect((await reportOf(() => undefined, owners)).off).toEqual([
      expect.stringMatching(/^CODEOWNERS/),
    ]);
  });

  it('is green when a team owns the code', async () => {
    expect((await reportOf(() => undefined, '# All\n* @org/team\n')).off).toEqual([]);
  });
});

/** Moves the last rule of a ruleset into one of the organization. */
function split(api: GitHubApi, id: number): void {
  const { answer } = api.answers.get(`rulesets/${id}`) ?? {};
  const { rules } = answer as Settings['rulesets'][number];
  api.edit(`rulesets/${id}`, ['rules', rules.length - 1], undefined);
  const list = api.answers.get('rulesets')?.answer as readonly object[];
  api.set('rulesets', [...list, { id: 99, source_type: 'Organization' }]);
  api.set('rulesets/99', { ...(edited(answer, ['rules'], rules.slice(-1)) as object), id: 99 });
}

describe('the check of the settings is green when they are stricter:', () => {
  const refs = ['conditions', 'ref_name', 'include'];
  const reviews =
    settings.rulesets[MAIN - 1]?.rules.findIndex(({ type }) => type === 'pull_request') ?? 0;
  const scanning =
    settings.rulesets[MAIN - 1]?.rules.findIndex(({ type }) => type === 'code_scanning') ?? 0;
  const review = ['rules', reviews, 'parameters'];
  const tool = ['rules', scanning, 'parameters', 'code_scanning_tools', 0];
  const edits =
    (...all: Parameters<GitHubApi['edit']>[]) =>
    (api: GitHubApi): void => {
      for (const one of all) api.edit(...one);
    };
  it.each<readonly [string, (api: GitHubApi) => void]>([
    ['the rules of main hold for all branches', edits([`rulesets/${MAIN}`, refs, ['~ALL']])],
    ['for the default branch', edits([`rulesets/${MAIN}`, refs, ['~DEFAULT_BRANCH']])],
    ['no version tag, nor any other, changes', edits(['rulesets/2', refs, ['~ALL']])],
    [
      'two approvals',
      edits([`rulesets/${MAIN}`, [...review, 'required_approving_review_count'], 2]),
    ],
    [
      'threads are resolved',
      edits([`rulesets/${MAIN}`, [...review, 'required_review_thread_resolution'], true]),
    ],
    [
      'all alerts',
      edits(
        [`rulesets/${MAIN}`, [...tool, 'alerts_threshold'], 'all'],
        [`rulesets/${MAIN}`, [...tool, 'security_alerts_threshold'], 'all'],
      ),
    ],
    ['nobody makes tags', edits(['rulesets/1', ['bypass_actors'], []])],
    ['one more rule', edits([`rulesets/${MAIN}`, ['rules', 20], { type: 'required_signatures' }])],
    ['one reviewer of the two', edits([ENVIRONMENT, [...rule, 'reviewers', 0], undefined])],
    [
      'a wait before the release',
      edits([ENVIRONMENT, ['protection_rules', 5], { type: 'wait_timer' }]),
    ],
    [
      'a rule in a ruleset of the organization',
      (api) => {
        split(api, MAIN);
      },
    ],
    [
      'update and deletion in two rulesets',
      (api) => {
        split(api, 2);
      },
    ],
  ])('%s', async (_name, change) => {
    expect(await reportOf(change)).toEqual({ off: [], unseen: [] });
  });
});

describe('with the token of a release, the check of the settings', () => {
  it('names what only an administrator sees', async () => {
    const { off, unseen } = await reportOf((api) => {
      api.hideFromOthers();
    });
    expect(off).toEqual([]);
    const lists = settings.rulesets.flatMap(({ name, conditions }) =>
      conditions.ref_name.include.map((ref) => `ruleset "${name}" for ${ref}: who may bypass it`),
    );
    expect(unseen.map((line) => line.replace(/^: (\S+) must be .*/, '$1')).toSorted()).toEqual(
      [
        ...lists,
        'security_and_analysis',
        'immutable-releases',
        'vulnerability-alerts',
        'actions/permissions',
        'actions/permissions/workflow',
        'actions/permissions/fork-pr-contributor-approval',
        'code-scanning/default-setup',
      ].toSorted(),
    );
  });

  const others: readonly Change[] = [
    ...changesOfRulesets().filter(([name]) => !name.includes('bypass')),
    ...changesOfMain(),
    [
      'an address of administrators answers 500',
      (api) => {
        api.set('immutable-releases', null, 500);
      },
      /immutable-releases: HTTP 500/,
    ],
    [
      'it is off, and the token sees that',
      (api) => {
        api.set('actions/permissions', { sha_pinning_required: false });
      },
      /sha_pinning/,
    ],
    edit(
      'whoever starts it reviews',
      ENVIRONMENT,
      [...rule, 'prevent_self_review'],
      false,
      rulesMust,
    ),
    ...[403, 404].flatMap((status) =>
      ['codeowners/errors', ENVIRONMENT, BRANCHES, 'private-vulnerability-reporting'].map(
        (address): Change => [
          `${address} answers ${status}`,
          (api) => {
            api.set(address, null, status);
          },
          RegExp(`^${address}: HTTP ${status}`),
        ],
      ),
    ),
  ];
  it.each(others)('is red: %s', async (_name, change, line) => {
    const { off } = await reportOf((api) => {
      api.hideFromOthers();
      change(api);
    });
    expect(off).toContainEqual(expect.stringMatching(line));
  });
});

describe('one command', () => {
  it('makes a new repository right, and leaves it right', async () => {
    const api = new GitHubApi();
    const github = await serve(api);
    expect((await linesOf(github)).off.length).toBeGreaterThan(10);
    const first = await apply(github, NUMBERS);
    expect(first).toContain('POST rulesets: HTTP 200');
    expect(await linesOf(github)).toEqual({ off: [], unseen: [] });
    const second = await apply(github, NUMBERS);
    expect(second.filter((line) => line.includes('rulesets'))).toEqual(
      settings.rulesets.map((_ruleset, at) => `PUT rulesets/${at + 1}: HTTP 200`),
    );
    expect(await linesOf(github)).toEqual({ off: [], unseen: [] });
  });

  it('asks for the numbers that it needs, and writes nothing without them', async () => {
    const api = new GitHubApi();
    const github = await serve(api);
    await expect(apply(github, new Map())).rejects.toThrow(
      /OWNER-token-release=\$\(gh api apps\/OWNER-token-release --jq \.id\) OWNER=\$\(gh api users\/OWNER /,
    );
    expect(api.writes).toEqual([]);
  });

  it('names what GitHub refuses', async () => {
    const github = await serve(new GitHubApi());
    const lines = await apply({ ...github, token: 'another' }, NUMBERS);
    expect(lines).toContain('POST rulesets: HTTP 401');
    expect(lines).toContain('PUT immutable-releases: HTTP 401');
  });

  it.each([
    ['check', right(), 0, ''],
    ['apply', new GitHubApi(), 0, 'POST rulesets: HTTP 200\n'],
    [
      'check',
      new GitHubApi(),
      1,
      '::error::Not as in .github/settings.json: immutable-releases: HTTP 404\n',
    ],
    ['chekc', right(), 1, 'Say `check` or `apply`.\n'],
  ])('`%s` runs with Node alone (case %#)', async (command, api, code, line) => {
    const github = await serve(api);
    const args = [...NUMBERS].map(([name, number]) => `${name}=${number}`);
    const child = spawn(process.execPath, ['scripts/settings.ts', command, ...args], {
      cwd: github.root,
      env: {
        ...process.env,
        GITHUB_ACTIONS: 'true',
        GITHUB_API_URL: github.api,
        GITHUB_REPOSITORY: 'o/r',
        GH_TOKEN: 'test-token',
      },
    });
    const closed = once(child, 'close');
    const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)]);
    expect(out + err).toContain(line);
    expect(await closed).toEqual([code, null]);
  });
});

type Job = {
  readonly name: string;
  readonly strategy?: { readonly matrix: { readonly os: readonly string[] } };
};
type Workflow = { readonly on: object; readonly jobs: Readonly<Record<string, Job>> };

it('the required checks are the jobs that run for a pull request', () => {
  const files = globSync('.github/workflows/*.yml', { cwd: root });
  const workflows = files
    // CodeQL is required by a rule of its own, which also looks at what was found.
    .filter((name) => !name.endsWith('codeql.yml'))
    .map((name) => parse(read(name)) as Workflow)
    .filter(({ on }) => 'pull_request' in on);
  const names = workflows.flatMap(({ jobs }) =>
    Object.values(jobs).flatMap(({ name, strategy }) =>
      (strategy?.matrix.os ?? ['']).map((os) => name.replace('${{ matrix.os }}', os)),
    ),
  );
  const required = JSON.stringify(settings).matchAll(/"context":"([^"]*)"/g);
  expect([...required].map(([, name]) => name).toSorted()).toEqual(names.toSorted());
});

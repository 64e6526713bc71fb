/** A release stops at a setting of the repository that is missing. */

import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';

import { describe, expect, it, onTestFinished } from 'vitest';

const script = join(import.meta.dirname, '../..', 'scripts', 'check-settings.sh');
const hasJq = spawnSync('jq', ['--version']).status === 0 || process.env['CI'] === 'true';

/** Answers from files, as GitHub's command line answers from its API. */
const GH = `#!/usr/bin/env bash
filter=.
while [ $# -gt 0 ]; do
  case $1 in
    --jq) filter=$2; shift ;;
    repos/o/r/*) file=\${1#repos/o/r/} ;;
  esac
  shift
done
exec jq --raw-output "$filter" "$FOLDER/\${file//\\//+}.json"
`;

const ruleset = (
  include: string,
  exclude: readonly string[],
  types: readonly string[],
): object => ({
  target: 'tag',
  enforcement: 'active',
  conditions: { ref_name: { include: [include], exclude } },
  rules: types.map((type) => ({ type })),
});

const mainRules = (review: object, check: object): object => [
  { type: 'deletion' },
  { type: 'non_fast_forward' },
  { type: 'pull_request', parameters: review },
  { type: 'required_status_checks', parameters: { required_status_checks: [check] } },
];
const review = {
  required_approving_review_count: 1,
  dismiss_stale_reviews_on_push: true,
  require_code_owner_review: true,
  require_last_push_approval: true,
};
const reviewers = [{ type: 'required_reviewers', reviewers: [{ type: 'User' }] }];

const GOOD: Readonly<Record<string, object>> = {
  rulesets: [1, 2, 3].map((id) => ({ id, source_type: 'Repository' })),
  'rulesets/1': ruleset('refs/tags/v*.*.*', [], ['creation']),
  'rulesets/2': ruleset('refs/tags/v*.*.*', [], ['update', 'deletion']),
  'rulesets/3': ruleset('refs/tags/v*', ['refs/tags/v*.*.*'], ['creation', 'update', 'deletion']),
  'rules/branches/main': mainRules(review, { context: 'Test', integration_id: 15368 }),
  'codeowners/errors': { errors: [] },
  'environments/release': { can_admins_bypass: false, protection_rules: reviewers },
  'environments/release/deployment-branch-policies': { branch_policies: [{ name: 'main' }] },
  'private-vulnerability-reporting': { enabled: true },
};

/** Every setting is there in part only. */
const NEARLY: Readonly<Record<string, object>> = {
  rulesets: [1, 2, 3].map((id) => ({ id, source_type: 'Repository' })),
  'rulesets/1': { ...GOOD['rulesets/1'], enforcement: 'disabled' },
  'rulesets/2': ruleset('refs/tags/v*.*.*', [], ['update', 'non_fast_forward']),
  'rulesets/3': ruleset('refs/tags/v*', [], ['creation', 'update', 'deletion']),
  'rules/branches/main': (
    mainRules(
      { ...review, require_code_owner_review: false },
      { context: 'Test', integration_id: null },
    ) as object[]
  ).slice(1),
  'codeowners/errors': { errors: [{ kind: 'Unknown owner' }] },
  'environments/release': { can_admins_bypass: true, protection_rules: reviewers },
  'environments/release/deployment-branch-policies': {
    branch_policies: [{ name: 'main' }, { name: '*' }],
  },
  'private-vulnerability-reporting': { enabled: false },
};

/** Runs the script against these answers. */
function check(answers: Readonly<Record<string, object>>): object {
  const folder = mkdtempSync(join(tmpdir(), 'settings-'));
  onTestFinished(() => {
    rmSync(folder, { recursive: true });
  });
  writeFileSync(join(folder, 'gh'), GH);
  chmodSync(join(folder, 'gh'), 0o755);
  for (const [path, answer] of Object.entries(answers))
    writeFileSync(join(folder, `${path.replaceAll('/', '+')}.json`), JSON.stringify(answer));
  const PATH = `${folder}${delimiter}${process.env['PATH'] ?? ''}`;
  const env = { ...process.env, PATH, FOLDER: folder, GH_REPO: 'o/r' };
  const { status, stdout } = spawnSync(script, { env, encoding: 'utf8' });
  const missing = [...stdout.matchAll(/^::error::Missing[^:]*: (.+)\.$/gm)].map(([, name]) => name);
  return { status, missing };
}

describe.skipIf(process.platform === 'win32' || !hasJq)('the check of the settings', () => {
  it('finds nothing when every setting that can be read is there', () => {
    expect(check(GOOD)).toEqual({ status: 0, missing: [] });
  });

  it('names every setting that is there in part only', () => {
    expect(check(NEARLY)).toEqual({
      status: 1,
      missing: [
        'ruleset: no creation of tags v*.*.*',
        'ruleset: no update and no deletion of tags v*.*.*',
        'ruleset: no creation, update or deletion of other tags v*',
        'rules of main: no deletion, no force push',
        'rules of main: reviews',
        'rules of main: checks from GitHub Actions',
        'code owners who exist',
        'environment release: reviewers, and no bypass by administrators',
        'environment release: main alone',
        'private vulnerability reports',
      ],
    });
  });

  it('names a setting that cannot be read', () => {
    const readable = Object.entries(GOOD).filter(([path]) => path !== 'codeowners/errors');
    const expected = { status: 1, missing: ['code owners who exist'] };
    expect(check(Object.fromEntries(readable))).toEqual(expected);
  });
});

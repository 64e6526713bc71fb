#!/usr/bin/env bash
# Names each setting of CONTRIBUTING.md that is missing, of those that a token which reads can see. Takes GH_REPO and GH_TOKEN.
set -euo pipefail

missing=0

# require NAME ADDRESS CONDITION: the condition holds for what the API says of the repository there.
require() {
  if gh api "repos/$GH_REPO/$2" | jq --exit-status "$3" > /dev/null; then return; fi
  echo "::error::Missing, or not to be read: $1."
  missing=1
}

require_rules() {
  if jq --exit-status "any(.[]; .enforcement == \"active\" and $2)" <<< "$rulesets" > /dev/null; then return; fi
  echo "::error::Missing: ruleset: $1."
  missing=1
}

rulesets=$(gh api --paginate "repos/$GH_REPO/rulesets" --jq '.[] | select(.source_type == "Repository").id' |
  while read -r id; do gh api "repos/$GH_REPO/rulesets/$id"; done | jq --slurp .)

tags() { echo ".target == \"tag\" and .conditions.ref_name == {include: [\"refs/tags/$1\"], exclude: [$2]}"; }
rules() { printf 'and ([.rules[].type] | contains(["%s"]))' "${1// /\",\"}"; }
versions=$(tags 'v*.*.*' '')
majors=$(tags 'v*' '"refs/tags/v*.*.*"')

require_rules 'no creation of tags v*.*.*' "$versions $(rules creation)"
require_rules 'no update and no deletion of tags v*.*.*' "$versions $(rules 'update deletion')"
require_rules 'no creation, update or deletion of other tags v*' "$majors $(rules 'creation update deletion')"

require 'rules of main: no deletion, no force push' rules/branches/main \
  '[.[].type] | contains(["deletion", "non_fast_forward"])'
require 'rules of main: reviews' rules/branches/main \
  'any(.[]; .type == "pull_request" and (.parameters | .required_approving_review_count >= 1 and
    .dismiss_stale_reviews_on_push and .require_code_owner_review and .require_last_push_approval))'
# 15368 is GitHub Actions.
require 'rules of main: checks from GitHub Actions' rules/branches/main \
  'any(.[]; .type == "required_status_checks" and (.parameters.required_status_checks |
    length > 0 and all(.[]; .integration_id == 15368)))'
require 'code owners who exist' codeowners/errors '.errors == []'
require 'environment release: reviewers, and no bypass by administrators' environments/release \
  '.can_admins_bypass == false and
    any(.protection_rules[]; .type == "required_reviewers" and (.reviewers | length) > 0)'
require 'environment release: main alone' environments/release/deployment-branch-policies \
  '[.branch_policies[].name] == ["main"]'
require 'private vulnerability reports' private-vulnerability-reporting '.enabled'

exit "$missing"

#!/usr/bin/env bash
# Verifies a release in a clone: scripts/verify.sh v1.0.0. Needs gh 2.81 or later. Prints the commit to pin, or ends
# with 1 when anything is not verified.
set -euo pipefail
cd "$(dirname "$0")/.."

tag=${1:?Say which release: scripts/verify.sh v1.0.0}
repository=$(sed -n 's/.*"repository": "github:\(.*\)".*/\1/p' package.json)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

gh release verify "$tag" --repo "$repository"
commit=$(gh api "repos/$repository/commits/tags/$tag" --jq .sha)
git cat-file -e "$commit" 2> /dev/null || git fetch --quiet origin "$commit"
# What the runner uses, in bytes that no setting of this clone has changed.
files=$(git ls-tree -r --name-only "$commit" -- action.yml LICENSE dist)
[ -n "$files" ]
bad=0
while read -r file; do
  mkdir -p "$folder/$(dirname "$file")"
  git cat-file blob "$commit:$file" > "$folder/$file"
  gh attestation verify "$folder/$file" --repo "$repository" --deny-self-hosted-runners \
    --signer-workflow "$repository/.github/workflows/release.yml" \
    --source-ref refs/heads/main --source-digest "$commit" < /dev/null || { echo "NOT VERIFIED: $file"; bad=1; }
done <<< "$files"
[ "$bad" = 0 ] || exit 1
echo "Verified: $tag is $commit"

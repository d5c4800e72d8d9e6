#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Writes one comment on the pull request, or brings the one that is there up to date.
set -euo pipefail

# Runners have it, containers often not.
command -v gh >/dev/null || { apt-get update -qq && apt-get install -y -qq gh >/dev/null; }

export MARKER="<!-- robust-eval: ${NAME//[^A-Za-z0-9._-]/-} -->"
body=$(mktemp)
trap 'rm -f "$body"' EXIT
echo "$MARKER" >"$body"
for part in problem.md gate.md comparison.md report.md; do
  # A comment holds 65,536 letters: the gate first, and the report alone where nothing else is there.
  if [ -f "$OUTPUT/$part" ] && { [ "$part" != report.md ] || [ "$(wc -l <"$body")" = 1 ]; }; then
    head -c 30000 "$OUTPUT/$part" | iconv -c -f UTF-8 -t UTF-8 >>"$body"
    echo >>"$body"
  fi
done

[ "$(wc -l <"$body")" -gt 1 ] || echo "robust-eval ended with an error; see the log of its job." >>"$body"

place=repos/$GITHUB_REPOSITORY/issues
comment=$(gh api --paginate "$place/$NUMBER/comments" \
  --jq '.[] | select(.body | startswith(env.MARKER)) | .id' | head -n 1)
if [ -n "$comment" ]; then
  gh api --silent --method PATCH "$place/comments/$comment" -F "body=@$body"
else
  gh api --silent --method POST "$place/$NUMBER/comments" -F "body=@$body"
fi

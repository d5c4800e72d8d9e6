#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Finds the checkout to build from, and what tells one from another.
set -euo pipefail

folder=${SOURCE:-}
[ -n "$folder" ] || folder=$(cd "$GITHUB_ACTION_PATH/../../.." && pwd)
[ -f "$folder/Package.swift" ] || {
  echo "::error::$folder holds no Package.swift; give the input 'source' or 'binary'"
  exit 2
}
digest=$(cd "$folder" && find Package.swift Sources -type f -print0 | LC_ALL=C sort -z |
  xargs -0 sha256sum | sha256sum | cut -d ' ' -f 1)
{
  echo "folder=$folder"
  echo "digest=$digest"
} >>"$GITHUB_OUTPUT"

#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Names the program to use: an installed one, or one built here, which a cached build makes quick.
set -euo pipefail

binary=${BINARY:-}
if [ -z "$binary" ]; then
  # The containers of Swift come without it.
  command -v make >/dev/null || { apt-get update -qq && apt-get install -y -qq make >/dev/null; }
  make -C "$SOURCE" build
  binary=$SOURCE/.build/release/robust-eval
fi
"$binary" --version
echo "binary=$binary" >>"$GITHUB_OUTPUT"

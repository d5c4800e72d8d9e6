#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Runs the experiment and the gate; leaves the verdict for the steps that follow, which decide.
set -euo pipefail

# What an earlier use left is not said again.
rm -f "$OUTPUT"/gate.{md,xml,sarif} "$OUTPUT"/{comparison,problem,report}.md

# Words are split at spaces and lines, and nothing in them is run or expanded.
read -r -d '' -a arguments <<<"${ARGUMENTS:-}" || true
status=0
"$BINARY" run "${arguments[@]}" --output "$OUTPUT" || status=$?
# A run with rules of its own ends with the gate's status.
case $status in
  0 | 1 | 3 | 4) ;;
  *) exit "$status" ;;
esac
echo "report=$OUTPUT/report.json" >>"$GITHUB_OUTPUT"

rules=()
baseline=${BASELINE:-}
problem=
if [ -n "${POLICY:-}" ]; then rules+=(--policy "$POLICY"); fi
if [ -z "$baseline" ]; then
  if [ -n "${MAX_DROP:-}" ]; then echo "::notice::max-drop has no baseline to compare with"; fi
elif [ ! -e "$baseline" ]; then
  echo "::notice::there is no baseline at $baseline yet: nothing is compared with it"
elif ! problem=$("$BINARY" compare "$baseline" "$OUTPUT" --output "$OUTPUT/comparison.md" 2>&1); then
  if [ "${ACCEPT:-false}" = true ]; then
    echo "::notice::the baseline is of another experiment and is left out: $problem"
    baseline=$OUTPUT/no-baseline
    problem=
  else
    echo "::error::$problem"
    printf '# Robustness gate: no comparison\n\n    %s\n' "$problem" >"$OUTPUT/problem.md"
  fi
elif [ -n "${MAX_DROP:-}" ]; then
  rules+=(--max-drop "$MAX_DROP")
fi

verdict=none
if [ -n "$problem" ] && [ -f "$OUTPUT/problem.md" ]; then
  verdict=incomparable
  status=2
elif [ "${#rules[@]}" -gt 0 ]; then
  if [ -n "$baseline" ]; then rules+=(--baseline "$baseline" --baseline-optional); fi
  # The page that is uploaded says whether the change may ship.
  "$BINARY" report "$OUTPUT" "${rules[@]}" --format json,html,markdown >/dev/null
  status=0
  "$BINARY" gate "$OUTPUT" "${rules[@]}" --markdown "$OUTPUT/gate.md" --junit "$OUTPUT/gate.xml" \
    --sarif "$OUTPUT/gate.sarif" || status=$?
fi
if [ "${#rules[@]}" -gt 0 ] || [ "$status" != 0 ]; then
  case $status in
    0) verdict=pass ;;
    1) verdict=fail ;;
    2) [ "$verdict" = incomparable ] || exit 2 ;;
    3) verdict=inconclusive ;;
    4) verdict=refused ;;
    *) exit "$status" ;;
  esac
fi
{
  echo "verdict=$verdict"
  echo "status=$status"
} >>"$GITHUB_OUTPUT"

for part in problem.md gate.md comparison.md report.md; do
  if [ -f "$OUTPUT/$part" ]; then
    # A step summary holds 1 MiB.
    head -c 300000 "$OUTPUT/$part" >>"$GITHUB_STEP_SUMMARY"
    echo >>"$GITHUB_STEP_SUMMARY"
  fi
done

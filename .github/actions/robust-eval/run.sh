#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Runs the experiment and the gate; leaves the verdict for the steps that follow, which decide.
set -euo pipefail

# Words are split at spaces and lines, and nothing in them is run or expanded.
read -r -d '' -a arguments <<<"${ARGUMENTS:-}" || true
"$BINARY" run "${arguments[@]}" --output "$OUTPUT"
echo "report=$OUTPUT/report.json" >>"$GITHUB_OUTPUT"

gate=()
if [ -n "${POLICY:-}" ]; then gate+=(--policy "$POLICY"); fi
if [ -n "${BASELINE:-}" ] && [ -e "$BASELINE" ]; then
  gate+=(--baseline "$BASELINE")
  if [ -n "${MAX_DROP:-}" ]; then gate+=(--max-drop "$MAX_DROP"); fi
  "$BINARY" compare "$BASELINE" "$OUTPUT" --output "$OUTPUT/comparison.md"
elif [ -n "${BASELINE:-}" ]; then
  echo "::notice::there is no baseline at $BASELINE yet: nothing is compared with it"
fi

status=0
verdict=none
if [ "${#gate[@]}" -gt 0 ] && { [ -n "${POLICY:-}" ] || [ -n "${MAX_DROP:-}" ]; }; then
  "$BINARY" gate "$OUTPUT" "${gate[@]}" --markdown "$OUTPUT/gate.md" --junit "$OUTPUT/gate.xml" \
    --sarif "$OUTPUT/gate.sarif" || status=$?
  case $status in
    0) verdict=pass ;;
    1) verdict=fail ;;
    3) verdict=inconclusive ;;
    4) verdict=refused ;;
    *) exit "$status" ;;
  esac
  # The page that is uploaded says whether the change may ship.
  "$BINARY" report "$OUTPUT" "${gate[@]}" --format json,html,markdown >/dev/null
fi
{
  echo "verdict=$verdict"
  echo "status=$status"
} >>"$GITHUB_OUTPUT"

for part in gate.md comparison.md report.md; do
  if [ -f "$OUTPUT/$part" ]; then
    # A step summary holds 1 MiB.
    head -c 300000 "$OUTPUT/$part" >>"$GITHUB_STEP_SUMMARY"
    echo >>"$GITHUB_STEP_SUMMARY"
  fi
done

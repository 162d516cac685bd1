#!/usr/bin/env bash
# Ordinary passages about secrecy and data beside the repository: no BLOCK, at most 2 REVIEW.
set -u
cases="$SOURCE/../shared/cases"
[ -f "$cases/score.py" ] || { echo "SKIPPED: no collection at ../shared/cases"; exit 77; }
[ -x "$MISHEN" ] || { echo "SKIPPED: no program at $MISHEN"; exit 77; }
out=$("$cases/score.py" benign --mishen "$MISHEN" --misses -) || exit 1
echo "$out"
line=$(grep '^benign all' <<<"$out")
grep -q 'BLOCK 0, REVIEW [012], NOT-INSPECTED 0, no item 0' <<<"$line"

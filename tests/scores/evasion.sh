#!/usr/bin/env bash
# The collection of hidden marks and numbers beside the repository: at least 97 % right, no alarm.
set -u
cases="$SOURCE/../shared/cases"
[ -f "$cases/score.py" ] || { echo "SKIPPED: no collection at ../shared/cases"; exit 77; }
[ -x "$MISHEN" ] || { echo "SKIPPED: no program at $MISHEN"; exit 77; }
out=$("$cases/score.py" evasion --mishen "$MISHEN" --make-names --min 97)
status=$?
echo "$out"
grep -q '^control alarms *0/' <<<"$out" || { echo "a control was alarmed"; exit 1; }
exit $status

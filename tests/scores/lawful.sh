#!/usr/bin/env bash
# Pages as bureaus publish them must pass, pages that leak must be found (tests/lawful/make_pages.py).
set -u
[ -x "$MISHEN" ] || { echo "SKIPPED: no program at $MISHEN"; exit 77; }
command -v python3 >/dev/null || { echo "SKIPPED: python3 is missing"; exit 77; }
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
python3 "$SOURCE/tests/lawful/make_pages.py" "$work" || exit 1
for kind in lawful leak; do
    "$MISHEN" scan --format ndjson --state "$work/state" --rules "$SOURCE/rules" "$work/$kind" >"$work/$kind.ndjson" 2>"$work/$kind.err"
    [ $? -lt 64 ] || { cat "$work/$kind.err"; exit 1; }
done
python3 - "$work" <<'EOF'
import json, sys
from collections import Counter

def verdicts(name):
    count, first = Counter(), {}
    for line in open(f'{sys.argv[1]}/{name}.ndjson', encoding='utf-8'):
        record = json.loads(line)
        if record['type'] == 'item':
            count[record['verdict']] += 1
            first.setdefault(record['verdict'], record['path'].rsplit('/', 1)[-1])
    print(name, dict(count), 'e.g.', first)
    return count

lawful, leak = verdicts('lawful'), verdicts('leak')
n, m = sum(lawful.values()), sum(leak.values())
found = leak['BLOCK'] + leak['REVIEW']
good = n >= 500 and m >= 500 and lawful['BLOCK'] == 0 and lawful['NOT-INSPECTED'] == 0
good = good and lawful['REVIEW'] <= 0.02 * n and found >= 0.99 * m
print('lawful: %d of %d REVIEW; leaks found: %d of %d' % (lawful['REVIEW'], n, found, m))
sys.exit(not good)
EOF

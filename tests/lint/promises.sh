#!/usr/bin/env bash
# Every test that docs/threat-model.md and SECURITY.md name is there; every promise names one.
set -u
cd "$(dirname "$0")/../.." || exit 1
bad=0 n=0
for name in $(grep -hoE '\b(unit|cli|golden|peers|scores|fuzz|lint)\.[a-z0-9_]+' docs/threat-model.md SECURITY.md | sort -u); do
    kind=${name%%.*} test=${name#*.}
    n=$((n + 1))
    case $kind in
    unit) file=tests/unit/$test.c ;;
    fuzz) file=tests/fuzz/fuzz_$test.c; [ -f "$file" ] || file=tests/fuzz/fuzz_$test.cc ;;
    *) file=tests/$kind/$test.sh ;;
    esac
    [ -f "$file" ] || { echo "$name: no $file"; bad=1; }
done
# a row of the table of promises without a test
rows=$(sed -n '/^## 恶意文件与故障/,$p' docs/threat-model.md | grep '^|' | tail -n +3 | grep -vE '`(unit|cli|golden|scores|fuzz)\.')
[ -z "$rows" ] || { echo 'promises without a test:'; echo "$rows"; bad=1; }
[ "$n" -ge 20 ] || { echo "only $n tests named"; bad=1; }
exit $bad

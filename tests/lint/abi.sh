#!/usr/bin/env bash
# What programs get from libmishen.so: every function of the public headers and nothing else is exported; none that
# stands in abi.txt is lost or has another prototype. While the version is unreleased (CHANGELOG) what is new, and
# structures of another size, are only told; afterwards they are refused, too.
#   tests/lint/abi.sh --accept     writes abi.txt anew (a change of the soname, too, when something was lost)
set -u
cd "$(dirname "$0")/../.."
command -v python3 >/dev/null || { echo "SKIPPED: python3 is missing"; exit 77; }
export LC_ALL=C
list=tests/lint/abi.txt
out=$(mktemp -d) && trap 'rm -rf "$out"' EXIT
python3 tests/lint/abi.py include >"$out/now" || exit 1
[ "${1:-}" = --accept ] && { cp "$out/now" $list; exit; }
bad=0
strict=1
grep -m1 '^## ' CHANGELOG.md | grep -q '(unreleased)' && strict=0
awk -F'\t' -v strict=$strict '
FNR == NR { was[$1] = $2; next }
{ now[$1] = 1 }
!($1 in was) { print "new: " $1; bad += strict }
($1 in was) && was[$1] != $2 { print "changed: " $1 ": " was[$1] " → " $2; bad += strict || $1 !~ /^sizeof / }
END { for (name in was) if (!(name in now)) { print "lost: " name; bad++ } exit bad > 0 }' $list "$out/now" || bad=1
library=${BUILD:-build/dev}/libmishen.so
if [ -e "$library" ]; then
    nm -D --defined-only "$library" | awk '$2 != "A" { sub(/@.*/, "", $3); print $3 }' | sort >"$out/exported"
    cut -f1 "$out/now" | grep -v ' ' | sort | diff - "$out/exported" >"$out/diff" || {
        echo "public headers (<) and symbols of $library (>) differ; each header says"; echo "  #pragma GCC visibility push(default)   after extern \"C\" {, and   #pragma GCC visibility pop   before its end"
        cat "$out/diff"
        bad=1
    }
    readelf -d "$library" | grep -q 'soname: \[libmishen.so.0\]' || { echo "$library: wrong soname"; bad=1; }
else
    echo "no $library here: symbols not compared"
fi
[ $bad = 0 ] || echo "→ is the change meant? tests/lint/abi.sh --accept"
exit $bad

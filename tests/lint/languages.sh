#!/usr/bin/env bash
# Every message of the parts that speak to people is there in Chinese and in English; rows of tables likewise.
set -u
cd "$(dirname "$0")/../.."
command -v python3 >/dev/null || { echo "SKIPPED: python3 is missing"; exit 77; }
files=$(ls scanner/{cli,scan,report,ledger,console}/*.[ch] scanner/{cli,report,rule,ledger}/*.def include/mishen/*.{h,def} 2>/dev/null)
python3 tests/lint/languages.py $files || exit 1
# The check itself: a message in one language only is seen.
out=$(mktemp -d) && trap 'rm -rf "$out"' EXIT
printf 'say(a, "好", "fine");\nsay(a, "只有中文", x);\n' >"$out/a.c"
python3 tests/lint/languages.py "$out/a.c" >"$out/found" && { echo "a message without English is not seen"; exit 1; }
[ "$(wc -l <"$out/found")" = 1 ] || { cat "$out/found"; exit 1; }
echo "$(echo "$files" | wc -l) files"

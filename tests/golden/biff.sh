#!/usr/bin/env bash
# What a scan sees in the workbooks and presentations that the unit tests make, text by text with its place.
#   tests/golden/biff.sh --write    after a wanted change, with a look at the difference
set -u
cd "$(dirname "$0")/../.." || exit 1
[ -x "${MISHEN:-}" ] || { echo "SKIPPED: no program at MISHEN=${MISHEN:-}"; exit 77; }
[ -x "${BUILD:-}/test_xls" ] || { echo "SKIPPED: no unit tests at BUILD=${BUILD:-}"; exit 77; }
golden=$PWD/tests/golden/biff.txt
now=$(mktemp) folder=$(mktemp -d)
trap 'rm -rf "$now" "$folder"' EXIT
for test in xls xlsb ppt; do
    "$BUILD/test_$test" "$folder" >/dev/null || { echo "test_$test fails"; exit 1; }
done
cd "$folder" || exit 1
for file in *; do
    "$MISHEN" extract "$file"
done >"$now" 2>&1
if [ "${1:-}" = --write ]; then
    cp "$now" "$golden"
    exit 0
fi
diff -u "$golden" "$now" | head -60
cmp -s "$golden" "$now"

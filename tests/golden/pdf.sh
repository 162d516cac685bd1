#!/usr/bin/env bash
# What the reader of mishen-pdf says about each seed of its fuzz target: an outcome that is no longer said is a silent pass.
#   tests/golden/pdf.sh --write    after a wanted change, with a look at the difference
set -u
cd "$(dirname "$0")/../.." || exit 1
[ -x "${BUILD:-}/fuzz_pdf" ] || { echo "SKIPPED: no fuzz_pdf at BUILD=${BUILD:-}"; exit 77; }
golden=$PWD/tests/golden/pdf.txt
now=$(mktemp)
trap 'rm -f "$now"' EXIT
for file in $(LC_ALL=C ls tests/fuzz/corpus/pdf); do
    echo "$file"
    MSH_SAY=1 "$BUILD/fuzz_pdf" "tests/fuzz/corpus/pdf/$file" 2>/dev/null | grep '^  ' # not the count of inputs
done >"$now"
if [ "${1:-}" = --write ]; then
    cp "$now" "$golden"
    exit 0
fi
diff -u "$golden" "$now" | head -60
cmp -s "$golden" "$now"

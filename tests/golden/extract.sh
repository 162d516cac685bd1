#!/usr/bin/env bash
# What a scan sees in the samples, text by text with its place, is what it was (pictures apart: OCR).
#   tests/golden/extract.sh --write    after a wanted change, with a look at the difference
set -u
cd "$(dirname "$0")/../.." || exit 1
[ -x "${MISHEN:-}" ] || { echo "SKIPPED: no program at MISHEN=${MISHEN:-}"; exit 77; }
golden=tests/golden/outbox.txt
now=$(mktemp)
trap 'rm -f "$now"' EXIT
for file in samples/outbox/*; do
    case "$file" in *.png) ;; *) "$MISHEN" extract "$file" ;; esac
done >"$now" 2>&1
if [ "${1:-}" = --write ]; then
    cp "$now" "$golden"
    exit 0
fi
diff -u "$golden" "$now" | head -60
cmp -s "$golden" "$now"

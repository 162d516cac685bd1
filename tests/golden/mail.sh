#!/usr/bin/env bash
# What a scan sees in mails, a web archive, a mailbox and a card, text by text with its place.
#   tests/golden/mail.sh --write    after a wanted change, with a look at the difference
set -u
cd "$(dirname "$0")/../.." || exit 1
[ -x "${MISHEN:-}" ] || { echo "SKIPPED: no program at MISHEN=${MISHEN:-}"; exit 77; }
golden=tests/golden/mail.txt
now=$(mktemp)
trap 'rm -f "$now"' EXIT
for file in tests/golden/mail/*; do
    "$MISHEN" extract "$file"
done >"$now" 2>&1
if [ "${1:-}" = --write ]; then
    cp "$now" "$golden"
    exit 0
fi
diff -u "$golden" "$now" | head -60
cmp -s "$golden" "$now"

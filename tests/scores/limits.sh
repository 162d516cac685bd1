#!/usr/bin/env bash
# Limits hit no honest file: no outcome `limit` on the extraction collection at defaults (pictures apart: OCR has its time).
set -u
cd "$(dirname "$0")/../.." || exit 1
collection=../shared/cases/extract/files
[ -d "$collection" ] || { echo "SKIPPED: no collection at $collection"; exit 77; }
[ -x "${MISHEN:-}" ] || { echo "SKIPPED: no program at MISHEN=${MISHEN:-}"; exit 77; }
out=$(mktemp)
trap 'rm -f "$out"' EXIT
find "$collection" -type f -print0 | xargs -0 "$MISHEN" extract --no-ocr --format ndjson >"$out" 2>/dev/null
lines=$(wc -l <"$out")
hits=$(grep -cE '"reason":"limit\.|"reason":"(zip\.overlap|xml\.entities)"' "$out")
echo "$(find "$collection" -type f | wc -l) documents, $lines texts and outcomes, $hits limits"
[ "$lines" -gt 1000 ] && [ "$hits" = 0 ]

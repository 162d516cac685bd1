#!/usr/bin/env bash
# The committed tables of scanner/text are what their generator writes.
set -u
cd "$(dirname "$0")/../.."
command -v python3 >/dev/null || { echo "python3 is missing"; exit 77; }
python3 -c 'import sys, unicodedata; sys.exit(unicodedata.unidata_version != "14.0.0")' ||
    { echo "another edition of Unicode than the tables were made with"; exit 77; }
out=$(mktemp -d) && trap 'rm -rf "$out"' EXIT
python3 scanner/text/make_tables.py "$out" || exit 1
bad=0
for f in "$out"/tables_*.h; do
    cmp "$f" "scanner/text/${f##*/}" || bad=1
done
exit $bad

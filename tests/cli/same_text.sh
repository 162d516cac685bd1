#!/usr/bin/env bash
# The same text comes out of locked processes and of none at all: what libraries load lazily must not be missing
# behind it (fonts, charsets, maps). Over the samples and, where it is there, the extraction collection.
set -u
[ -x "$MISHEN" ] || { echo "no program"; exit 77; }
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
export XDG_STATE_HOME="$dir/state"
bad=0
collection="$SOURCE/../shared/cases/extract/files"

compare() { # name, list of files
    # pictures apart: how many copies of one are read is a question of time (cli.ocr)
    "$MISHEN" extract --no-ocr --format ndjson $(cat "$2") >"$dir/locked" 2>"$dir/locked.err"
    "$MISHEN" extract --no-ocr --inproc --format ndjson $(cat "$2") >"$dir/open" 2>"$dir/open.err"
    [ -s "$dir/locked" ] || { echo "FAILED: $1: no text"; cat "$dir/locked.err"; bad=1; return; }
    if ! cmp -s "$dir/locked" "$dir/open"; then
        echo "FAILED: $1: texts differ behind the lock"
        diff "$dir/locked" "$dir/open" | cut -c1-300 | head -10
        bad=1
    fi
    echo "$1: $(wc -l <"$2") files, $(wc -l <"$dir/locked") texts and outcomes"
}

find "$SOURCE/samples/outbox" -type f | sort | grep -v ' ' >"$dir/list"
compare samples "$dir/list"
if [ -d "$collection" ]; then
    find "$collection" -type f -size -100k | sort | grep -v ' ' | grep -viE '\.(pdf|png|jpe?g|tiff?|gif|bmp|jp2|webp)$' >"$dir/list"
    compare documents "$dir/list"
    find "$collection" -type f -size -200k | sort | grep -v ' ' | grep -iE '\.pdf$' | head -8 >"$dir/list"
    compare pdf "$dir/list"
else
    echo "SKIPPED: ../shared/cases/extract is not there"
fi
exit $bad

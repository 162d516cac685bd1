#!/usr/bin/env bash
# The form of the code: clang-format, no trailing blanks, no tabs, files within 800 lines.
set -u
cd "$(dirname "$0")/../.."
command -v clang-format >/dev/null || { echo "SKIPPED: no clang-format"; exit 77; }
bad=0
files=$(for file in $(git ls-files 'scanner/*.[ch]' 'include/*.h' 'tests/*.[ch]'); do
    head -3 "$file" | grep -qi 'generated\|made by' || echo "$file"
done)
wrong=$(echo "$files" | xargs -P "$(nproc)" -n 24 clang-format --dry-run 2>&1 | sed -nE 's/^([^ :]+):[0-9]+:[0-9]+: warning.*/\1/p' | sort -u)
for file in $wrong; do
    echo "$file: clang-format -i $file"
    bad=1
done
for file in $files; do
    lines=$(wc -l <"$file")
    case "$file" in tests/*) ;; *) [ "$lines" -le 800 ] || { echo "$file: $lines lines, at most 800"; bad=1; } ;; esac
done
exit $bad

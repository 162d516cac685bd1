#!/usr/bin/env bash
# What must never be committed: paths of one machine, build output, words that smell of unfinished work.
set -u
cd "$(dirname "$0")/../.."
bad=0
show() { [ -z "$2" ] || { echo "$1:"; echo "$2" | head -5; bad=1; }; }
files=$(git ls-files | grep -v '^tests/lint/hygiene.sh$')
show 'a path of one machine' "$(grep -nIE '(^|[^A-Za-z0-9_.])/(home|root|work)/' $files 2>/dev/null)"
show 'unfinished' "$(grep -nIE '\b(TODO|FIXME|XXX|HACK)\b' $(echo "$files" | grep -E '\.(c|h|cc|hh|sh|py)$') 2>/dev/null)"
show 'build output' "$(echo "$files" | grep -E '(^|/)build/|\.(o|a|so|pyc)$')"
show 'not one of the seven folders' "$(git ls-tree --name-only -d HEAD | grep -vE '^(include|scanner|rules|tests|samples|docs|\.ci)$')"
exit $bad

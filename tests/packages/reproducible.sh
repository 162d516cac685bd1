#!/usr/bin/env bash
# Packages built twice, in folders of different names and at different times, are bit-identical. Slow (two builds):
# run by hand, not by ctest.
set -eu
cd "$(dirname "$0")/../.."
work=$(mktemp -d) && trap 'rm -rf "$work"' EXIT
export SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct)}
export CCACHE_DISABLE=1
mkdir "$work/one"
git ls-files -z | xargs -0 cp --parents -t "$work/one"
cp -r "$work/one" "$work/another-name"
for copy in one another-name; do
    echo "building $copy"
    "$work/$copy/scanner/install/pack" "$work/out-$copy" >"$work/log" 2>&1 || { tail -20 "$work/log"; exit 1; }
done
bad=0
for file in "$work"/out-one/*; do
    cmp "$file" "$work/out-another-name/${file##*/}" || bad=1
done
(cd "$work/out-one" && sha256sum *)
[ $bad = 0 ] && echo "bit-identical: $(ls "$work/out-one" | wc -l) files"
exit $bad

#!/usr/bin/env bash
# The HTML report as a page: readable by everybody, and still small and quick with 10,000 findings.
. "$(dirname "$0")/../harness/lib.sh"
cd "$SOURCE" || exit 1
. tests/pages/axe.inc
python=/usr/bin/python3
for lang in zh-CN en; do
    run 2 scan --state "$state" --format html --lang $lang samples/outbox
    cp "$here/out" "$here/page.$lang.html"
done
run 0 report --state "$state" html $(ls "$state"/runs/*.ndjson)
cp "$here/out" "$here/page.trend.html"
printf 'x\n' >"$here/clean.txt"
run 0 scan --state "$state" --format html "$here/clean.txt"
cp "$here/out" "$here/page.clean.html"
mkdir "$here/none"
run 2 scan --state "$state" --format html "$here/none"
cp "$here/out" "$here/page.none.html"
run 0 report --state "$state" form
cp "$here/out" "$here/page.form.html"
for sheet in summary annual; do
    run 0 report --state "$state" --lang en $sheet
    cp "$here/out" "$here/page.$sheet.html"
done
for page in "$here"/page.*.html; do
    checks=$((checks + 1))
    "$python" tests/pages/page.py "$page" || bad "$(basename "$page")"
done
case $axe in ?*) for page in trend form annual; do "$python" tests/pages/page.py "$here/page.$page.html" "$axe" || bad "axe: $page"; done ;; esac
# 10,000 findings: one in each of 10,000 files, all in one file
for per in 1 10000; do
    "$python" tests/pages/big_run.py 10000 $per >"$here/big.ndjson"
    run 0 report html "$here/big.ndjson"
    size=$(stat -c %s "$here/out")
    echo "10,000 findings, $per in a file: $size bytes"
    [ "$size" -le 10485760 ] || bad 'more than 10 MB'
    [ "$(grep -o '35\*\*\*\*' "$here/out" | wc -l)" = 10000 ] || bad 'not every finding is in the page'
done
finish

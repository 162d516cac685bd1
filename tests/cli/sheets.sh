#!/usr/bin/env bash
# Sheets for paper out of the signed log: registration form, monthly summary, figures of the year.
. "$(dirname "$0")/../harness/lib.sh"
python=/usr/bin/python3
mkdir "$here/box" "$here/site"
cd "$here/box" || exit 1
for i in 1 2 3; do printf '关于第%s次会议的通知，请准时参加。\n' $i >"通知$i.txt"; done
run 2 report --state "$state" summary
says err '日志'
run 0 approve --state "$state" 通知1.txt --title '关于第一次会议的通知' --docno '甬科〔2026〕1号' --category policy --by 张三
run 0 approve --state "$state" 通知2.txt --title '<b>第二次</b>' --category news --by 张三
run 0 approve --state "$state" 通知3.txt --title '关于第三次会议的通知' --by 李四
run 0 publish --state "$state" . ../site
id=$("$MISHEN" log show --state "$state" --type decision --format ndjson | tail -1 | "$python" -c '
import json, sys
print(json.loads(json.loads(sys.stdin.readline())["b"]["note"].split("\n")[1])["release"]["id"])')
run 0 withdraw --state "$state" "$id" --by 李四 --reason '内容有误'
month=$(date -u -d '+8 hours' +%Y-%m)
year=${month%-*}

# figures by hand: signed, the later one counts, and not when the key was revoked
run 0 report --state "$state" enter training=4 lawsuits=1 --year "$year" --by 王五
run 0 report --state "$state" enter lawsuits=2 --year "$year" --by 王五
run 0 report --state "$state" enter lawsuits=7 --year 1999 --by 王五
run 64 report --state "$state" enter nonsense=1 --year "$year" --by 王五
run 64 report --state "$state" enter training=-1 --year "$year" --by 王五
run 64 report --state "$state" enter training=1 --year 26 --by 王五
run 64 report --state "$state" enter training=1 --year "$year"
says err 'training'

# totals are sums of their rows, shares add up to 100.0 %
cat >"$here/totals.py" <<'P'
import re, sys
page = open(sys.argv[1], encoding='utf-8').read()
tables = re.findall(r'<table><thead>.*?</table>', page, re.S)
checked = 0
for table in tables:
    if '<tfoot>' not in table:
        continue
    body, foot = table.split('<tbody>')[1].split('<tfoot>')
    rows = [re.findall(r'<td class=c>([\d.%]+)', row) for row in body.split('<tr>')[1:]]
    total = re.findall(r'<td class=c>([\d.%]+)', foot)
    if len(total) == 1:
        assert int(total[0]) == len(rows), table
    else:
        for k, t in enumerate(total):
            got = sum(round(float(r[k].rstrip('%')) * 10) for r in rows)
            assert got == round(float(t.rstrip('%')) * 10), (k, t, table)
    checked += 1
assert checked == 6, checked
P
for lang in zh-CN en; do
    run 0 report --state "$state" --lang $lang annual --year "$year"
    checks=$((checks + 1))
    "$python" "$here/totals.py" "$here/out" || bad "annual ($lang): totals"
done
says out '<td>policy<td class=c>1<td class=c>33.3%'
run 0 report --state "$state" annual
says out '2 件'
says out '4 次'
says_not out '7 件'
says out '未填报'
says out '内容有误'
run 0 keys revoke 王五 --state "$state" --reason '调离'
run 0 report --state "$state" annual
says_not out '4 次'

# the monthly summary, also of nothing
run 0 report --state "$state" summary
says out '批准公开 2 条，不予公开 0 条，撤回 1 条'
says out '甬科〔2026〕1号'
says out '&lt;b&gt;第二次'
says_not out '<b>第二次'
says_not out '本月没有信息'
run 0 report --state "$state" summary --month 1999-01
says out '本月没有信息经审查公开'
run 64 report --state "$state" summary --month 1999-13
run 64 report --state "$state" summary --year 1999

# the form: of a release, of a month, of a run; its code holds what paper must prove
run 0 report --state "$state" form --release "$id"
says out '已撤回'
says out '内容有误'
[ "$(grep -c '<section class=sheet>' "$here/out")" = 1 ] || bad 'not one page'
run 0 report --state "$state" form --month "$month" --output "$here/form.html"
[ "$(grep -c '<section class=sheet>' "$here/form.html")" = 3 ] || bad 'not three pages'
run 0 report --state "$state" form --month "$month" --output "$here/form.html"
run 2 report --state "$state" form --release nobody
says err '没有这个编号'
printf '机密★10年\n关于某事的通知\n' >"$here/marked.txt"
run 1 scan --state "$state" --format form "$here/marked.txt"
says out '国家秘密标志'
says_not out '机密★10年'
cp "$here/out" "$here/then.html"
run 0 report --state "$state" form
cmp -s "$here/out" "$here/then.html" || bad 'form: report and scan differ'
if command -v chromium >/dev/null && command -v pdftoppm >/dev/null; then
    checks=$((checks + 2))
    chromium --headless --no-sandbox --disable-gpu --no-pdf-header-footer --user-data-dir="$here/profile" --print-to-pdf="$here/form.pdf" "file://$here/form.html" >/dev/null 2>&1
    pages=$("$python" -c 'import re, sys; print(len(re.findall(rb"/Type\s*/Page\b", open(sys.argv[1], "rb").read())))' "$here/form.pdf")
    [ "$pages" = 3 ] || bad "three forms take $pages pages of A4"
    pdftoppm -r 200 -png -f 1 -l 1 "$here/form.pdf" "$here/page"
    "$MISHEN" extract "$here"/page*.png >"$here/read" 2>/dev/null
    grep -q 'mishen-form/v1' "$here/read" && grep -q "$(sha256sum 通知1.txt | cut -d' ' -f1)" "$here/read" || bad 'the code cannot be read from paper'
else
    echo 'note: not printed (chromium and pdftoppm)'
fi

# holidays
printf '%s-01-01 休\n' "$year" >"$here/holidays"
run 0 report --state "$state" annual --holidays "$here/holidays"
says out '按节假日文件计算'
printf 'someday\n' >"$here/holidays"
run 64 report --state "$state" annual --holidays "$here/holidays"

# a decision by somebody who may not make it is in the log, and in no figure
vkey() { "$MISHEN" keys export "$1" --state "$state" | sed -n "${2}p"; }
printf '{"v":1,"serial":1,"paths":{"*":["approve"]},"people":[{"name":"李四","roles":["submitter","approver"],"vkey":"%s","vkey_sm3":"%s"}]}' \
    "$(vkey 李四 1)" "$(vkey 李四 2)" >"$here/policy.json"
run 0 keys policy "$here/policy.json" --by 李四 --state "$state"
run 0 report --state "$state" summary
says out '批准公开 0 条'
run 0 report --state "$state" form --release "$id"
says out '已撤回'

# a log that does not verify gives no sheet
sed -i 's/李四/王四/' "$state"/log/seg/*.ndjson
run 3 report --state "$state" summary
run 3 report --state "$state" form --release "$id"
finish

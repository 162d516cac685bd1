#!/usr/bin/env bash
# Aggregation: one person in several files is said at the end of a run, by count alone; many numbers in
# one file are a finding of their own, with how many there are.
. "$(dirname "$0")/../harness/lib.sh"
mkdir "$here/some" "$here/bulk" "$here/office"
printf '当事人王某，身份证号11010519491231002X。\n' >"$here/some/a.txt"
printf '王某的公民身份号码为 110105-19491231-002X，另有 13912345678\n13912345678\n' >"$here/some/b.txt"
printf '<p>１１０１０５１９４９１２３１００２Ｘ 身份证</p>\n' >"$here/some/c.html"
run 1 scan --state "$state" --format ndjson "$here/some"
says out '"people":{"repeated":1,"most":3,"at_least":false}'
run 1 scan --state "$state" "$here/some"
says out '有 1 个人的号码出现在两个以上的文件里（同一人最多见于 3 个文件）'
run 1 scan --state "$state" --lang en "$here/some"
says out 'numbers of 1 people stand in two or more items (the same person in up to 3)'
run 1 scan --state "$state" --format ndjson "$here/some/a.txt"
says_not out '"people"'
grep -rqF '11010519491231002' "$state" && bad 'the number stands in the state folder'

# the contact of an office in many files is no leak
for i in 1 2 3; do printf '联系人：王老师，联系电话：13912345678\n' >"$here/office/$i.txt"; done
run 0 scan --state "$state" --format ndjson "$here/office"
says_not out '"people"'

# one row, and 500
python3 - "$here/bulk" <<'P'
import sys
weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
def number(i):
    body = '110105%04d%02d%02d%03d' % (1950 + i % 60, 1 + i % 12, 1 + i % 28, i)
    return body + '10X98765432'[sum(w * int(c) for w, c in zip(weights, body)) % 11]
for name, rows in (('one', 1), ('many', 500)):
    with open('%s/%s.csv' % (sys.argv[1], name), 'w', encoding='utf-8') as out:
        out.write('姓名,身份证号,金额\n')
        for i in range(rows):
            out.write('王某%s,%s,%d\n' % ('甲乙丙'[i % 3], number(i), i))
P
run 1 scan --state "$state" --format ndjson "$here/bulk"
says out '"rule":"person.bulk"'
[ "$(grep -c '"rule":"person.bulk"' "$here/out")" = 1 ] || bad 'not one finding of bulk'
grep '"rule":"person.bulk"' "$here/out" | grep -q '"count":500,.*"excerpt":"500"' || bad 'bulk does not count 500'
grep '"rule":"person.list"' "$here/out" | grep -q '"count":500,.*"excerpt":"500行 身份证号500"' || bad 'the list does not count 500 rows'
finish

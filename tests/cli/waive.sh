#!/usr/bin/env bash
# Waivers and statements: what is waived is still shown but does not count, what nobody could inspect
# is covered by a person's word; each with its end.
. "$(dirname "$0")/../harness/lib.sh"
site=$here/site
mkdir -p "$site/培训"
printf '机密★10年\n' >"$site/培训/样例.txt"
printf '普通内容\n' >"$site/a.txt"
printf 'PK\003\004 no archive' >"$site/b.zip"
fp() { "$MISHEN" scan --state "$state" --format ndjson "$1" | sed -n 's/.*"type":"finding".*"fp":"\([0-9a-f]*\)".*/\1/p' | head -1; }
waive() { local want=$1; shift; run "$want" waive "$@" --state "$state"; }

# wrong use, and what a waiver must have
waive 64
waive 64 1234 --reason x
waive 1 1234 --by 甲 --reason x --basis y --until 2999-01-01
says err '指纹'
waive 64 "$(fp "$site")" --by 甲 --reason x --basis y --until 2020-01-01
says err '已经过去'
waive 64 "$(fp "$site")" --by 甲 --reason x --basis y --until tomorrow
waive 64 "$(fp "$site")" --by 甲 --reason x --basis y
waive 1 "$(fp "$site")" --by 甲 --reason x --until 2999-01-01
says err '依据'
waive 1 --rule mark.state-secret --by 甲 --reason x --basis y --until 2999-01-01
run 2 scan --state "$state" "$site"
says out '阻断  '

# a fingerprint: shown as waived, does not count, in the file of that path alone
rm "$site/b.zip"
waive 0 "$(fp "$site")" --by 保密员 --reason 培训样例 --basis 保密办〔2026〕3号 --until 2999-01-01
says out '有效至 2999-01-01'
run 0 scan --state "$state" "$site"
says out '已豁免，至 2999-01-01'
says out '1 项命中在豁免期内'
says_not out '未发现问题'
run 0 scan --state "$state" --format ndjson "$site"
says out '"waived_till":"2999-01-01"'
says out '"findings":1,"waived":1'
run 0 report text last --state "$state"
says out '已豁免，至 2999-01-01'
run 1 gate --state "$state" "$site"
says out '已豁免 1'
cp "$site/培训/样例.txt" "$site/别处.txt"
run 1 scan --state "$state" "$site"
rm "$site/别处.txt"
run 1 approve --state "$state" --root "$site" --title 培训 --by 保密员 "$site/培训/样例.txt" "$site/a.txt" # waived by the same person
says err '另一个人'
run 0 approve --state "$state" --root "$site" --title 培训 --by 局长 "$site/培训/样例.txt" "$site/a.txt"
says out '有效至 2999-01-01'
run 0 gate --state "$state" "$site"

# ended early: the finding is open again
waive 0 "$(fp "$site")" --by 保密员 --reason 结束 --basis 同前 --end
run 1 scan --state "$state" "$site"
says_not out '已豁免，至'
waive 0 list
says out '已失效'
says_not out '有效  '
# a rule within a path
waive 0 --rule mark.state-secret --path '培训/' --by 保密员 --reason 培训 --basis 同前 --until 2999-01-01
run 0 scan --state "$state" "$site"
cp "$site/培训/样例.txt" "$site/别处.txt"
run 1 scan --state "$state" "$site"
rm "$site/别处.txt"
run 0 review submit "$site/培训/样例.txt" --root "$site" --release W-1 --title 样例 --category 动态类 --by 承办 --state "$state"
says out '已豁免的命中 1'
run 0 review pass W-1 --by 处长 --state "$state"
run 0 review approve W-1 --by 局长 --state "$state" --until 2999-12-31
says out '有效至 2999-01-01'
run 0 review show W-1 --state "$state"
says out '已豁免，至 2999-01-01'

# what could not be inspected: somebody else read these bytes
printf 'PK\003\004 no archive' >"$site/b.zip"
run 2 scan --state "$state" "$site"
run 0 review submit "$site/b.zip" --root "$site" --release S-1 --title 附件 --category 动态类 --by 承办 --state "$state"
run 0 review pass S-1 --by 处长 --state "$state"
run 1 review approve S-1 --by 局长 --state "$state"
says err '未能检查'
run 64 review state "$site/b.zip" --root "$site" --by 承办 --until 2020-01-01 --reason 看过 --state "$state"
run 0 review state "$site/b.zip" --root "$site" --by 承办 --until 2998-01-01 --reason 逐页看过 --state "$state"
run 1 review approve S-1 --by 局长 --state "$state"
says err '未能检查'
run 0 review state "$site/b.zip" --root "$site" --by 保密员 --until 2998-06-30 --reason 逐页看过 --state "$state"
run 0 scan --state "$state" "$site"
says out '已人工查看，有效至 2998-06-30'
says out '已由人工查看并签名'
run 0 scan --state "$state" --format ndjson "$site"
says out '"verdict":"NOT-INSPECTED"'
says out '"covered":1,"complete":true'
run 0 review approve S-1 --by 局长 --state "$state"
says out '有效至 2998-06-30'
run 0 gate --state "$state" "$site"
printf 'x' >>"$site/b.zip"
run 2 scan --state "$state" "$site"
says_not out '已人工查看，有效至'

# the life of findings: each step a record, corrected when a later scan shows it no more
printf '联系人身份证 11010519491231002X\n' >"$site/p.txt"
run 2 scan --state "$state" "$site"
print=$("$MISHEN" findings list --state "$state" | sed -n 's/.*  \([0-9a-f]\{32\}\)  p.txt .*/\1/p' | head -1)
run 64 findings assign --state "$state"
run 2 findings note 00000000000000000000000000000000 --note x --by 甲 --state "$state"
run 0 findings list --state "$state"
says out '未处理  复核'
run 0 findings assign "$print" --to 承办 --due 2026-12-01 --by 处长 --state "$state"
run 0 findings note "$print" --note 已联系 --by 承办 --state "$state"
run 0 findings list --state "$state"
says out "已交办  复核  $print  p.txt"
says out '交办 承办  限 2026-12-01  已联系'
printf '联系人\n' >"$site/p.txt"
run 2 scan --state "$state" "$site"
run 0 findings list --all --state "$state"
says out "已改正  复核  $print"
says out '已豁免  阻断'

# by the policy's role alone
vkey() { "$MISHEN" keys export "$1" --state "$state" | sed -n "${2}p"; }
person() { printf '{"name":"%s","roles":["%s"],"vkey":"%s","vkey_sm3":"%s"}' "$1" "$2" "$(vkey "$1" 1)" "$(vkey "$1" 2)"; }
printf '{"v":1,"serial":1,"people":[%s,%s]}' "$(person 局长 approver)" "$(person 保密员 secrecy)" >"$here/p.json"
run 0 keys policy "$here/p.json" --by 管理人 --state "$state"
waive 1 --rule mark.state-secret --path 'x/' --by 局长 --reason x --basis y --until 2999-01-01
says err '信任策略不许'
waive 0 --rule mark.state-secret --path 'x/' --by 保密员 --reason x --basis y --until 2999-01-01

# a log that does not verify: nothing is waived
run 4 log verify --state "$state"
rm "$state/reviewers/保密员.pub.pem"
run 2 scan --state "$state" "$site"
says err '都不计入'
says out '阻断  '
finish

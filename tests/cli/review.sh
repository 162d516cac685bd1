#!/usr/bin/env bash
# Releases go through their review: four people, each at their step, and every way that is forbidden.
. "$(dirname "$0")/../harness/lib.sh"
site=$here/site
mkdir -p "$site/公告"
printf '关于召开会议的通知\n' >"$site/公告/通知.txt"
printf '普通内容\n' >"$site/公告/附件.txt"
printf '机密★10年\n' >"$site/marked.txt"
printf '联系人身份证 11010519491231002X\n' >"$site/review.txt"
review() { local want=$1; shift; run "$want" review "$@" --state "$state"; }
submit() { # EXIT ID CATEGORY WHO FILES… (relative)
    local want=$1 id=$2 category=$3 who=$4
    shift 4
    local files=() f
    for f in "$@"; do files+=("$site/$f"); done
    review "$want" submit "${files[@]}" --root "$site" --release "$id" --title "信息$id" --category "$category" --by "$who"
}

# without a policy: everybody has every role, but nobody twice
review 64 submit
review 64 pass R-1
review 64 dance R-1 --by 甲
review 2 pass R-1 --by 甲
says err '没有这个编号的信息'
review 0 list
says out '共 0'
submit 0 R-1 动态类 承办 公告/通知.txt 公告/附件.txt
says out '待初审'
says out '通过  公告/通知.txt'
submit 1 R-1 动态类 承办 公告/通知.txt
says err '正在审查中'
review 1 pass R-1 --by 承办
says err '报送人不能审查'
review 1 approve R-1 --by 处长
says err '还没有到批准环节'
review 1 return R-1 --by 处长
says err '退回要写明理由'
review 1 refuse R-1 --code privacy --by 处长
says err '只能退回'
review 0 pass R-1 --opinion 同意 --by 处长
says out '待批准'
review 1 approve R-1 --by 处长
says err '两个环节'
run 1 gate --state "$state" "$site/公告"
review 0 approve R-1 --by 局长
says out '已批准公开'
review 1 approve R-1 --by 局长
says err '不在审查中'
run 1 approve --state "$state" --root "$site" --title x --by 局长 --release R-1 "$site/公告/通知.txt"
says err '走完各环节'
run 0 log show --state "$state" --type decision
says out '批准公开'
review 0 show R-1
says out '初审 通过  处长  意见：同意'
says out '批准 批准公开  局长'

# the whole way of a normative document
mkdir "$here/gk"
cp -r "$site/公告" "$here/gk/"
site=$here/gk submit 0 R-2 规范性文件 承办 公告/通知.txt
review 0 pass R-2 --by 处长
says out '待复核'
review 0 pass R-2 --by 办公室
says out '待保密审查'
review 1 pass R-2 --by 办公室
review 0 pass R-2 --opinion 不涉密 --third-party 无需征求 --by 保密员
says out '待批准'
review 1 pass R-2 --by 局长
says err '用 approve'
review 0 approve R-2 --by 局长 --until 2999-12-31
says out '有效至 2999-12-31'
review 0 list
says out '共 2'
review 0 list --pending
says out '共 0'
review 0 list --format ndjson
says out '"id":"R-2","state":"approved"'
run 0 gate --state "$state" "$here/gk"
printf '新的\n' >>"$here/gk/公告/通知.txt"
run 1 gate --state "$state" "$here/gk"

# what changed after it was submitted needs a new review; returned, refused, escalated, withdrawn
submit 0 R-3 动态类 承办 公告/附件.txt
review 0 pass R-3 --by 处长
printf '改过\n' >>"$site/公告/附件.txt"
review 1 approve R-3 --by 局长
says err '报送后被改动'
review 0 return R-3 --reason 文件已改动 --by 局长
says out '退回'
submit 1 R-3 动态类 局长 公告/附件.txt
says err '审查过这条信息的人不能再报送'
submit 0 R-3 动态类 承办 公告/附件.txt
review 1 pass R-3 --by 局长
says err '两个环节'
review 0 pass R-3 --by 处长
review 1 refuse R-3 --code whatever --basis x --by 局长
says err '理由码'
review 0 refuse R-3 --code privacy --by 局长
says out '不予公开'
review 0 show R-3
says out '《政府信息公开条例》第十五条'
submit 0 R-4 政策类 承办 公告/通知.txt
review 1 escalate R-4 --by 处长
says err '送审机关'
review 0 escalate R-4 --authority 市保密局 --letter 'X〔2026〕9号' --by 处长
says out '送审中'
review 1 pass R-4 --by 处长
says err '答复'
review 0 pass R-4 --reply '市保〔2026〕3号 2026-11-24' --by 处长
says out '待复核'
review 0 withdraw R-4 --reason 不再公开 --by 承办
says out '已撤回'
review 0 withdraw R-1 --reason 内容有误 --by 局长
run 0 log show --state "$state" --type decision
says out '撤回'
run 1 gate --state "$state" "$site/公告"
says out '批准已撤回'

# BLOCK and REVIEW at the end of the way; a scan is no approval
submit 0 R-5 动态类 承办 marked.txt
says out '阻断  marked.txt'
review 0 pass R-5 --by 处长
review 1 approve R-5 --reason 无妨 --by 局长
says err '被阻断'
submit 0 R-6 动态类 承办 review.txt
review 0 pass R-6 --by 处长
review 1 approve R-6 --by 局长
says err '--reason'
review 0 approve R-6 --reason 本人同意公开 --by 局长

# a decision made on paper
submit 0 R-7 动态类 承办 公告/通知.txt
printf 'scan of a sheet' >"$here/sheet.pdf"
paper() { local want=$1 by=$2; shift 2; review "$want" record R-7 --by "$by" --paper-date 2026-11-24 "$@"; }
paper 1 文书 --paper-act pass --paper-by 处长
says err '扫描件'
paper 1 处长 --paper-act pass --paper-by 处长 --sheet "$here/sheet.pdf"
says err '不能代录自己'
paper 1 承办 --paper-act pass --paper-by 处长 --sheet "$here/sheet.pdf"
says err '代录人不能是'
paper 0 文书 --paper-act pass --paper-by 处长 --sheet "$here/sheet.pdf"
says out '待批准'
paper 1 文书 --paper-act approve --paper-by 处长 --sheet "$here/sheet.pdf"
says err '两个环节'
paper 0 文书 --paper-act approve --paper-by 局长 --sheet "$here/sheet.pdf"
says out '已批准公开'
review 0 show R-7
says out "$(sha256sum "$here/sheet.pdf" | cut -c1-64)"

# the catalogue
run 0 catalog --state "$state"
says out '"索引号","分类","名称"'
says out '"R-2","已批准公开"'
says_not out 'R-3'

# the trust policy: who in which role, deputies, terms, ways
vkey() { "$MISHEN" keys export "$1" --state "$state" | sed -n "${2}p"; }
person() { # NAME ROLES [MORE]
    printf '{"name":"%s","roles":[%s],"vkey":"%s","vkey_sm3":"%s"%s}' "$1" "$2" "$(vkey "$1" 1)" "$(vkey "$1" 2)" "${3:-}"
}
run 0 keys new 管理人 --state "$state"
run 0 keys new 副处长 --state "$state"
policy() { # SERIAL PATHS PEOPLE [MORE]
    printf '{"v":1,"serial":%s,"paths":{%s},"people":[%s]%s}' "$1" "$2" "$3" "${4:-}" >"$here/policy.json"
    run "${5:-0}" keys policy "$here/policy.json" --by 管理人 --state "$state"
}
four="$(person 承办 '"submitter"'),$(person 处长 '"head"' ',"to":"2030-01-01"'),$(person 保密员 '"secrecy"'),$(person 局长 '"approver"')"
policy 1 '"动态类":["approve","first"]' "$four" '' 64
says err 'paths'
policy 1 '"动态类":["first","approve"],"*":["first","secrecy","approve"]' "$four,$(person 副处长 '"reader"' ',"deputies":[{"for":"处长","from":"2020-01-01","to":"2999-01-01"}]')"
run 1 approve --state "$state" --root "$site" --title x --by 局长 --category 动态类 "$site/公告/附件.txt"
says err '逐级审查'
run 1 approve --state "$state" --root "$site" --title x --by 副处长 "$site/公告/附件.txt"
submit 1 R-8 其他 处长 公告/附件.txt
says err '信任策略不许'
submit 0 R-8 其他 承办 公告/附件.txt
review 1 pass R-8 --by 局长
says err '信任策略不许'
review 1 pass R-8 --by 路人
review 0 pass R-8 --by 副处长
says out '待保密审查'
review 0 show R-8
says out '代行：处长'
review 0 pass R-8 --by 保密员
review 0 approve R-8 --by 局长
# the term of a role ends: nothing more is signed in it, what was signed stays
ended="$(person 承办 '"submitter"'),$(person 处长 '"head"' ',"to":"2020-01-01"'),$(person 保密员 '"secrecy"'),$(person 局长 '"approver"')"
submit 0 R-9 动态类 承办 公告/附件.txt
policy 2 '"*":["approve"]' "$ended"
review 1 pass R-9 --by 处长
says err '信任策略不许'
run 0 approve --state "$state" --root "$site" --title x --by 局长 "$site/公告/附件.txt"
# an older policy does not come back
cp "$state/trust.policy" "$here/new.policy"
policy 1 '"*":["approve"]' "$ended"
cp "$here/new.policy" "$state/trust.policy"
run 0 review list --state "$state"
policy 3 '"*":["approve"]' "$ended"
cp "$here/new.policy" "$state/trust.policy"
run 3 review list --state "$state"
says err '比日志里记下的旧'
rm "$state/trust.policy"
run 3 gate --state "$state" "$site"
policy 4 '"*":["approve"]' "$ended"

# deadlines in working days, with a file of holidays; late is said
printf '2026-10-01 2026-10-07 休\n2026-10-10 班\n' >"$state/holidays"
run 0 review list --state "$state"
printf '2026-13-01 休\n' >"$state/holidays"
run 64 review list --state "$state"
says err '第 1 行'
rm "$state/holidays"
run 0 review submit "$site/公告/附件.txt" --root "$site" --release R-10 --title 迟了 --by 承办 --formed 2026-01-05 --state "$state"
run 0 review list --late --state "$state"
says out '公开已逾期： 2026-02-02'
says out '逾期 1'

run 0 catalog --all --format ndjson --state "$state"
says out '"release":"R-10"'
says out '"publish_by":"2026-02-02","late":"是"'
run 64 catalog --format xml --state "$state"

# a log with all this still holds, also for the independent verifier
run 4 log verify --state "$state"
if command -v python3 >/dev/null && command -v openssl >/dev/null; then
    checks=$((checks + 1))
    python3 "$SOURCE/tests/peers/verify_log.py" "$state/log"
    [ $? = 4 ] || bad 'the independent verifier refuses the log'
fi
# a note that was moved to another release, or whose bytes changed, breaks it
rm -rf "$here/d"; cp -a "$state" "$here/d"
sed -i 's/step\\":\\"first/step\\":\\"fyrst/' "$here/d/log/seg/"*
run 3 review list --state "$here/d"
finish

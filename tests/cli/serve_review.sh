#!/usr/bin/env bash
# The review in the pages, without scripts: submit, first review, secrecy review, approval, gate; nobody takes two steps,
# forged and repeated steps are refused, a leader sees only what waits for a signature.
. "$(dirname "$0")/../harness/lib.sh"
. "$(dirname "$0")/../harness/web.sh"
account 张三 clerk
account 孙七 clerk
account 王五 office-head
account 李四 reviewer
account 周八 reviewer
account 赵六 leader
printf 'key password 1\n' >"$here/kp"
for name in 王五 李四 周八 赵六; do run 0 keys new "$name" --password-file "$here/kp" --state "$state"; done
serve_start
for pair in '1 张三' '2 王五' '3 李四' '4 周八' '5 赵六' '6 孙七'; do login ${pair% *} ${pair#* } 'a good password 1'; done
mkdir "$here/site"
printf '关于召开会议的通知\n' >"$here/site/通知.txt"
printf '附件正文\n' >"$here/site/附件.txt"
form() { tr '\n' ' ' <"$here/out" | sed 's/<form/\n<form/g' | grep "value=\"$1\"" | sed -nE 's/.*name="token" value="([0-9a-f]{32})".*/\1/p' | head -1; }
decide() { # WHO STATUS ACT ID FIELDS…
    local who=$1 want=$2 act=$3 id=$4 args=()
    shift 4
    web "$who" 200 "/releases/$id"
    local t
    t=$(form "$act")
    for f in "$@"; do args+=(--data-urlencode "$f"); done
    web "$who" "$want" /decide -d "token=$t" -d "act=$act" -d "id=$id" "${args[@]}"
}
submit() { # WHO CATEGORY FILES…
    local who=$1 category=$2 args=()
    shift 2
    web "$who" 200 /upload
    for f in "$@"; do args+=(-F "files=@$f"); done
    web "$who" 303 /upload -F "token=$(token /upload)" -F title=会议通知 -F 'docno=X〔2026〕1号' -F "category=$category" -F channel=门户网站 "${args[@]}"
    local at_run
    at_run=$(sed -nE 's/^[Ll]ocation: ([^[:space:]]+).*/\1/p' "$here/head")
    web "$who" 200 "$at_run"
    says out 提交审查
    run_id=${at_run#/runs/}
    web "$who" 303 /submit -d "token=$(token /submit)" -d "run=$run_id"
    id=$(sed -nE 's|^[Ll]ocation: /releases/([^[:space:]]+).*|\1|p' "$here/head")
}

web 2 200 /today
says out '没有等您办理'
submit 1 policy "$here/site/通知.txt" "$here/site/附件.txt"
[ -n "$id" ] || { bad 'nothing was submitted'; cat "$here/out"; finish; }
web 1 200 "/releases/$id"
says out 待初审
says out '会议通知'
says_not out 'name="act"'
web 1 404 "/submit" -d "token=$(web 1 200 /upload; token /logout)" -d "run=$run_id"
web 6 404 "/releases/$id"

# first review: by the head, once
web 5 200 /today
says_not out 会议通知
web 2 200 /today
says out 会议通知
says out 还剩
web 1 403 /decide -d "token=$(web 1 200 /upload; token /logout)" -d act=pass -d "id=$id" -d 'password=key password 1'
decide 2 409 pass "$id" opinion=同意 'password=wrong password'
web 2 200 "/releases/$id"
says out 待初审
decide 2 303 pass "$id" opinion=同意 'password=key password 1'
web 2 200 "/releases/$id"
says out 待复核
says_not out 'value="pass"'
# forged: a step that is not theirs, a release that is not there
web 2 409 /decide -d "token=$(token /logout)" -d act=approve -d "id=$id" -d 'password=key password 1'
web 2 200 /today
web 2 404 /decide -d "token=$(token /logout)" -d act=pass -d "id=nothing" -d 'password=key password 1'

# second review and secrecy review: two people
decide 3 303 pass "$id" opinion=同意 'password=key password 1'
web 3 200 "/releases/$id"
says out '同一个人不能走两步'
web 3 409 /decide -d "token=$(token /logout)" -d act=pass -d "id=$id" -d 'password=key password 1'
web 4 200 "/files/$id~0"
cmp -s "$here/out" "$here/site/通知.txt" || bad 'the file is not the one that was submitted'
says head 'Content-Disposition: attachment'
web 4 404 "/files/$id~9"
web 4 404 "/files/..%2faccounts~0"
decide 4 303 pass "$id" opinion=可以公开 'password=key password 1'
web 5 200 /today
says out 会议通知
decide 5 303 approve "$id" opinion=同意 'password=key password 1'
web 5 200 "/releases/$id"
says out 已批准公开
run 0 gate --state "$state" "$here/site"
says out '可以发布'
web 5 200 /today
says_not out 会议通知

approved=$id

# returned with a reason; the clerk sees it
submit 1 news "$here/site/附件.txt"
returned=$id
decide 2 409 return "$returned" 'password=key password 1'
decide 2 303 return "$returned" reason=请补充文号 'password=key password 1'
web 1 200 /today
says out "$returned"
web 1 200 "/releases/$returned"
says out 请补充文号
says out 退回
# a paper decision, entered with the hash of its sheet; a folder of the site
web 1 200 /upload
web 1 303 /upload -F "token=$(token /upload)" -F title=纸面 -F folder=/gk/tzgg/ -F category=policy -F "files=@$here/site/通知.txt"
web 1 200 "$(sed -nE 's/^[Ll]ocation: ([^[:space:]]+).*/\1/p' "$here/head")"
says out gk/tzgg
run_id=$(sed -nE 's/.*name="run" value="([^"]+)".*/\1/p' "$here/out")
web 1 303 /submit -d "token=$(token /submit)" -d "run=$run_id"
paper=$(sed -nE 's|^[Ll]ocation: /releases/([^[:space:]]+).*|\1|p' "$here/head")
web 3 200 "/releases/$paper"
says out 'gk/tzgg/通知.txt'
[ -f "$state/inbox/$paper/gk/tzgg/通知.txt" ] || bad 'the file is not beneath its folder'
printf 'scan of the sheet\n' >"$here/sheet.png"
web 3 303 /decide -F "token=$(form record)" -F act=record -F "id=$paper" -F paper_act=pass -F paper_by=王五 -F "paper_date=$(date -u +%Y-%m-%d)" -F "sheet=@$here/sheet.png" -F 'password=key password 1'
web 3 200 "/releases/$paper"
says out 王五
says out "$(sha256sum "$here/sheet.png" | cut -c1-16)"

# a waiver for one finding: by a reviewer, with basis and end
printf '联系人身份证 11010519491231002X\n' >"$here/site/名单.txt"
submit 1 policy "$here/site/名单.txt"
web 3 200 "/releases/$id"
says_not out 11010519491231002X
fp=$(grep -oE '/waivers\?fp=[0-9a-f]{32}' "$here/out" | head -1 | cut -d= -f2)
web 2 403 /waivers
web 3 200 "/waivers?fp=$fp"
says out "value=\"$fp\""
t=$(token /waive)
web 3 409 /waive -d "token=$t" -d "fp=$fp" -d reason=本人公开 -d 'password=key password 1'
web 3 200 "/waivers?fp=$fp"
web 3 303 /waive -d "token=$(token /waive)" -d "fp=$fp" --data-urlencode reason=系本人公开 --data-urlencode basis=本人书面同意 -d "until=$(date -u -d '+60 days' +%F)" -d 'password=key password 1'
web 3 200 /waivers
says out 系本人公开
web 3 200 "/releases/$id"
says out 豁免
web 3 200 "/waivers?fp=%3Cscript%3E"
says_not out '<script>'
rm "$here/site/名单.txt"

# figures, and taken back
web 3 200 /stats
says out '<svg'
web 3 200 '/releases?state=approved'
says out "$approved"
decide 5 303 withdraw "$approved" reason=内容有误 'password=key password 1'
run 1 gate --state "$state" "$here/site"
grep -rq 'key password 1' "$state" && bad 'a password stands in the state folder'
# a broken log: no forms
seg=$(ls "$state"/log/seg/* | tail -1)
at_byte=$(grep -abo '"act":"add"' "$seg" | head -1 | cut -d: -f1)
printf b | dd of="$seg" bs=1 seek=$((at_byte + 7)) conv=notrunc 2>/dev/null
web 3 200 /log
web 3 500 /releases
says out '停止一切审批和发布'
printf a | dd of="$seg" bs=1 seek=$((at_byte + 7)) conv=notrunc 2>/dev/null
serve_stop 0
run 4 log verify --state "$state"
finish

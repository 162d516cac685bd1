#!/usr/bin/env bash
# withdraw and reconcile: what stands on the site against what is approved, both ways.
. "$(dirname "$0")/../harness/lib.sh"
site=$here/site
mkdir -p "$site/公告"
for f in a b c d; do printf '普通内容 %s\n' $f >"$site/公告/$f.txt"; done
approve() { run 0 approve --state "$state" --root "$site" --title 通知 --by "$1" --release "$2" "${@:3}"; }
reconcile() { run "$1" reconcile --state "$state" "$site"; }
line() { checks=$((checks + 1)); grep -qxF -- "$1" "$here/out" || { bad "no line '$1'"; cat "$here/out"; }; }
lines() { checks=$((checks + 1)); [ "$(grep -c . "$here/out")" = "$1" ] || { bad "not $1 lines"; cat "$here/out"; }; }

run 64 reconcile --state "$state"
run 64 reconcile --state "$state" --format xml "$site"
reconcile 1
line '未经批准  公告/a.txt'
lines 6
approve 张三 R-1 "$site/公告/a.txt" "$site/公告/b.txt"
approve 张三 R-2 "$site/公告/c.txt" "$site/公告/b.txt"
approve 张三 R-3 "$site/公告/d.txt"
reconcile 0
line '一致：在此处的都已批准，已批准的都在此处'
lines 2
n=$(cat "$state"/log/seg/*.ndjson | wc -l)

# all of it at once
printf 'x\n' >"$site/new.txt"
printf 'x\n' >>"$site/公告/a.txt"
mv "$site/公告/c.txt" "$here/c.txt"
run 0 withdraw R-3 --by 张三 --reason 内容有误 --state "$state"
says out '已撤回批准  R-3'
says out '公告/d.txt'
reconcile 1
line '未经批准  new.txt'
line '批准后被改动  公告/a.txt  信息编号 R-1'
line '批准已撤回  公告/d.txt  信息编号 R-3'
line '批准了但不在此处  公告/c.txt  信息编号 R-2'
says out '已批准 1  批准后被改动 1  未经批准 1  批准已撤回 1  不得发布 0  批准了但不在此处 1'
lines 6
run 1 reconcile --state "$state" --lang en --format ndjson "$site"
says out '{"type":"reconcile-item","path":"公告/d.txt","state":"withdrawn","release":"R-3"}'
says out '{"type":"reconcile-item","path":"公告/c.txt","state":"absent","release":"R-2"}'
says out '"approved":1,"adopted":0,"derived":0,"changed":1,"unknown":1,"withdrawn":1,"refused":0,"absent":1,'
checks=$((checks + 1)) # it scans nothing and logs nothing
[ "$(cat "$state"/log/seg/*.ndjson | grep -c '"ty":"item"')" = "$(head -$n -q "$state"/log/seg/*.ndjson | grep -c '"ty":"item"')" ] || bad 'reconcile scanned'
# each alone is a finding
rm "$site/new.txt"
printf '普通内容 a\n' >"$site/公告/a.txt"
mv "$here/c.txt" "$site/公告/c.txt"
reconcile 1
rm "$site/公告/d.txt"
reconcile 0 # withdrawn and gone
mv "$site/公告/c.txt" "$here/c.txt"
reconcile 1
run 1 gate --state "$state" "$site" # half a release is not published
says out "只有一部分文件在此"
says out '批准了但不在此处 1'
mv "$here/c.txt" "$site/公告/c.txt"
ln -s a.txt "$site/公告/l"
reconcile 2
rm "$site/公告/l"

# withdrawn: no gate, no publish, no manifest; other bytes at that path neither; approved anew: yes
printf '普通内容 d\n' >"$site/公告/d.txt"
run 1 gate --state "$state" "$site"
says out '批准已撤回'
mkdir "$here/web"
run 1 publish --state "$state" "$site" "$here/web"
run 1 manifest --state "$state" --by 张三 "$site"
run 0 manifest --state "$state" --by 张三
says out '# files: 3'
says_not out '公告/d.txt'
printf '别的\n' >"$site/公告/d.txt"
reconcile 1
line '批准已撤回  公告/d.txt  信息编号 R-3'
printf '普通内容 d\n' >"$site/公告/d.txt"
approve 张三 R-4 "$site/公告/d.txt"
reconcile 0
run 0 publish --state "$state" "$site" "$here/web"
run 0 reconcile --state "$state" "$here/web"

# a file of two releases stays approved in the other one
run 0 withdraw R-1 --by 张三 --state "$state"
reconcile 1
line '批准已撤回  公告/a.txt  信息编号 R-1'
lines 3
rm "$site/公告/a.txt"
reconcile 0
run 0 withdraw R-2 --by 张三 --state "$state"
reconcile 1
line '批准已撤回  公告/b.txt  信息编号 R-2'

# one file in more releases than are kept: what is left out counts no more, never the other way round
printf '普通内容 f\n' >"$site/公告/f.txt"
for i in 1 2 3 4 5 6 7 8 9; do approve 张三 "M-$i" "$site/公告/f.txt"; done
run 2 withdraw M-1 --by 张三 --state "$state"
for i in 9 8 7 6 5 4 3; do run 0 withdraw "M-$i" --by 张三 --state "$state"; done
reconcile 1
says_not out 'f.txt'
run 0 withdraw M-2 --by 张三 --state "$state"
reconcile 1
line '批准已撤回  公告/f.txt  信息编号 M-2'

# wrong use; what is not there or withdrawn already; who may not
run 64 withdraw --by 张三 --state "$state"
run 64 withdraw R-4 --state "$state"
run 2 withdraw R-9 --by 赵六 --state "$state"
checks=$((checks + 1)); [ ! -e "$state/reviewers/赵六.pem" ] || bad 'keys for nothing'
run 2 withdraw R-1 --by 张三 --state "$state"
run 0 keys revoke 张三 --reason 离任 --state "$state"
run 1 withdraw R-4 --by 张三 --state "$state"
says err '作废'
run 0 log show --state "$state" --type decision
says out '撤回'
run 4 log verify --state "$state"

# two people approve; one of them is enough to take it back
vkey() { "$MISHEN" keys export "$1" --state "$state" | sed -n "${2}p"; }
person() { printf '{"name":"%s","roles":["%s"],"vkey":"%s","vkey_sm3":"%s"}' "$1" "$2" "$(vkey "$1" 1)" "$(vkey "$1" 2)"; }
for p in 甲 乙 丙 主管; do run 0 keys new $p --state "$state"; done
printf '{"v":1,"serial":1,"quorum":{"approve":2},"people":[%s,%s,%s]}' "$(person 甲 approver)" "$(person 乙 approver)" "$(person 丙 reader)" >"$here/policy.json"
run 0 keys policy "$here/policy.json" --by 主管 --state "$state"
rm "$site/公告/"*
printf '普通内容 e\n' >"$site/公告/e.txt"
approve 甲 R-5 "$site/公告/e.txt"
reconcile 1
line '未经批准  公告/e.txt'
approve 乙 R-5 "$site/公告/e.txt"
reconcile 0
run 1 withdraw R-5 --by 丙 --state "$state"
reconcile 0
run 0 withdraw R-5 --by 乙 --state "$state"
reconcile 1
line '批准已撤回  公告/e.txt  信息编号 R-5'
approve 甲 R-5 "$site/公告/e.txt" # one alone is not enough again
reconcile 1
line '未经批准  公告/e.txt'
sed -i '2s/config/comfig/' "$state/log/seg/"*0.ndjson
reconcile 3
run 3 withdraw R-5 --by 乙 --state "$state"
finish

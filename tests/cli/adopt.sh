#!/usr/bin/env bash
# Stock is taken over and never called approved; pages that a CMS rewrites are scanned each time; half
# a release is refused.
. "$(dirname "$0")/../harness/lib.sh"
site=$here/site
mkdir -p "$site/news"
printf '旧闻一\n' >"$site/news/1.txt"
printf '联系人身份证 11010519491231002X\n' >"$site/news/2.txt"
printf '首页 今日\n' >"$site/index.html"
gate() { run "$1" gate --state "$state" "$site"; }

run 64 adopt --state "$state" "$site"
run 64 adopt --state "$state" "$here/none" --by 局长
printf '机密★10年\n' >"$site/marked.txt"
run 1 adopt --state "$state" "$site" --by 局长
says out '存量接管 3（其中需复核 1'
says out '不接管  阻断  marked.txt'
gate 1
says out '未经批准  marked.txt'
rm "$site/marked.txt"
gate 0
says out '已批准 0  存量 3'
run 0 reconcile --state "$state" "$site"
run 0 log show --state "$state" --type decision
says out '存量接管'
run 2 manifest --state "$state" --by 局长
says err '还没有批准'
list=$(ls "$state"/adopted/*.list)
checks=$((checks + 1))
(cd "$site" && cksum --strict -c "$list" >/dev/null 2>&1) || bad 'cksum refuses the list'
mkdir "$here/to"
run 0 publish --state "$state" "$site" "$here/to"
says out '3 / 3'
# one byte of a file, one byte of the list
printf '改\n' >>"$site/news/1.txt"
gate 1
says out '批准后被改动  news/1.txt'
printf '旧闻一\n' >"$site/news/1.txt"
gate 0
cp "$list" "$here/kept"
sed -i 's/size: 1/size: 2/' "$list"
gate 1
says err '存量清单'
rm "$list"
gate 1
cp "$here/kept" "$list"
gate 0

# derived: scanned instead of compared
vkey() { "$MISHEN" keys export "$1" --state "$state" | sed -n "${2}p"; }
policy() { # SERIAL MORE
    printf '{"v":1,"serial":%s,"people":[{"name":"局长","roles":["approver"],"vkey":"%s","vkey_sm3":"%s"}]%s}' \
        "$1" "$(vkey 局长 1)" "$(vkey 局长 2)" "$2" >"$here/p.json"
    run 0 keys policy "$here/p.json" --by 管理人 --state "$state"
}
printf '首页 次日\n' >"$site/index.html"
printf '列表\n' >"$site/news/index2.html"
gate 1
policy 1 ',"derived":["index.html","news/index*.html"]'
gate 0
says out '页面由系统改写，已检查 2'
run 0 reconcile --state "$state" "$site"
run 0 publish --state "$state" "$site" "$here/to"
checks=$((checks + 1))
cmp -s "$site/index.html" "$here/to/index.html" || bad 'the page was not published'
printf '首页 机密★10年\n机密★10年\n' >"$site/index.html"
gate 1
says out 'index.html  机检：阻断'
printf '首页 又一日\n' >"$site/index.html"
printf '新\n' >"$site/news/other.html"
gate 1
rm "$site/news/other.html"
gate 0

# half a release
printf '正文\n' >"$site/r.txt"
printf '附件\n' >"$site/s.txt"
run 0 approve --state "$state" --root "$site" --title 信息 --by 局长 "$site/r.txt" "$site/s.txt"
gate 0
rm "$site/s.txt"
gate 1
says out '批准了但不在此处  s.txt'
says out '只有一部分文件在此'
run 1 publish --state "$state" "$site" "$here/to"
policy 2 ',"gate":{"half":"tell"},"derived":["index.html","news/index*.html"]'
gate 0
says out '批准了但不在此处  s.txt'
rm "$site/r.txt"
gate 0
run 4 log verify --state "$state"
finish

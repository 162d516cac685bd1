#!/usr/bin/env bash
# approve and gate: what is approved passes, and nothing else (product.md sections 2, 3).
. "$(dirname "$0")/../harness/lib.sh"
site=$here/site
mkdir -p "$site/公告" "$here/other"
printf '关于召开会议的通知\n' >"$site/公告/通知.txt"
printf '普通内容\n' >"$site/附件.txt"
printf '机密★10年\n' >"$here/other/marked.txt"
printf '联系人身份证 11010519491231002X\n' >"$here/other/review.txt"

# nothing approved yet
run 1 gate --state "$state" "$site"
says out '未经批准'
says out '不得发布'

# what approve refuses
run 64 approve --state "$state" "$site/附件.txt"
run 64 approve --state "$state" --root "$site" --title t --by 'a b' "$site/附件.txt"
run 64 approve --state "$state" --root "$site" --title t --by 张三 "$here/other/marked.txt"
run 1 approve --state "$state" --root "$here/other" --title t --by 张三 "$here/other/marked.txt"
says out '不予批准'
says out '阻断'
run 1 approve --state "$state" --root "$here/other" --title t --by 张三 "$here/other/review.txt"
says out '复核'
mkfifo "$here/other/p"
run 2 approve --state "$state" --root "$here/other" --title t --by 张三 "$here/other/p"
ln -s marked.txt "$here/other/l"
run 2 approve --state "$state" --root "$here/other" --title t --by 张三 "$here/other/l"
run 2 approve --state "$state" --root "$here/other" --title t --by 张三 "$here/other/absent"
printf 'x\n' >"$here/other/$(printf 'e\033[31m')"
run 1 approve --state "$state" --root "$here/other" --title t --by 张三 "$here/other/$(printf 'e\033[31m')"
run 0 log show --state "$state" --type decision
says_not out 'approve'
run 64 approve --state "$state" --root "$here/other" --title t --by 张三 --reason '' "$here/other/review.txt"
says err '--reason'
run 64 approve --state "$state" --title t --by 张三 --root "$here" "$site"
says err '用法不对：site（是文件夹'
run 64 approve --state "$state" --root "$site" --title t --by 张三 "$here/other/marked.txt"
says err "$here/other/marked.txt（不在 --root 文件夹之内）"
run 2 approve --state "$state" --root "$here/other" --title t --by 张三 --lang en "$here/other/absent"
says err 'no longer there: absent'
# what needs review passes with a reason, which is in the decision
run 0 approve --state "$state" --root "$here/other" --title t --by 张三 --reason 经核对系本人公开 "$here/other/review.txt"
run 0 log show --state "$state" --type decision --format ndjson
says out '经核对系本人公开'

# a release of two files
run 0 approve --state "$state" --root "$site" --title 会议通知 --docno 'X〔2026〕1号' --by 张三 "$site/公告/通知.txt" "$site/附件.txt"
says out '已批准'
says out 'mishen gate'
run 0 gate --state "$state" "$site"
says out '可以发布'
run 0 gate --state "$state" "$site" -- echo published
says out 'published'
run 7 gate --state "$state" "$site" -- sh -c 'exit 7'
run 127 gate --state "$state" "$site" -- "$here/no-such-command"
says err "no-such-command"
run 126 gate --state "$state" "$site" -- "$site"
run 0 gate --state "$state" --format ndjson "$site"
says out '"approved":2'

# one flipped byte
printf 'Q' | dd of="$site/附件.txt" bs=1 seek=12 conv=notrunc 2>/dev/null
run 1 gate --state "$state" "$site" -- echo published
says out '批准后被改动'
says_not out 'published'
printf '普通内容\n' >"$site/附件.txt"
run 0 gate --state "$state" "$site"

# added files, moved files, links, special files
printf '新内容\n' >"$site/new.txt"
run 1 gate --state "$state" "$site"
says out 'new.txt'
mv "$site/附件.txt" "$site/new.txt"
run 1 gate --state "$state" "$site"
says out '批准了但不在此处 2'
mv "$site/new.txt" "$site/附件.txt"
ln -s 附件.txt "$site/link.txt"
run 2 gate --state "$state" "$site"
rm "$site/link.txt"
mkfifo "$site/p"
run 2 gate --state "$state" "$site"
rm "$site/p"
printf '机密★10年\n' >"$site/marked.txt"
run 1 gate --state "$state" "$site"
says out '阻断'
rm "$site/marked.txt"
mkdir "$here/empty"
run 2 gate --state "$state" "$here/empty"
says out '文件夹是空的'
run 64 gate --state "$state" "$here/nothing-there"
says err "给出的文件或文件夹打不开：$here/nothing-there"
cp "$site/附件.txt" "$here/saved"
printf 'PK\003\004 no archive' >"$site/附件.txt"
run 2 gate --state "$state" "$site"
says out '批准后被改动'
says out '不得发布：有文件在批准后被改动'
says_not out '特殊文件'
cp "$here/saved" "$site/附件.txt"
run 0 gate --state "$state" "$site"

# many files, small ones read side by side and great ones, in the order of their names; one byte of any is seen
many=$here/many
mkdir -p "$many"
for i in $(seq 10 49); do head -c $((i * i * i * 3)) /dev/zero | tr '\0' "$((i % 10))" >"$many/$i.txt"; done
run 0 approve --state "$state" --root "$many" --title 通知 --by 张三 "$many/"*.txt
for digest in sha256,sm3 sha256 sm3; do
    run 0 gate --state "$state" --digest $digest "$many"
    says out '已批准 40'
    for i in 10 25 26 49; do
        printf 'Q' | dd of="$many/$i.txt" bs=1 seek=$((i * i)) conv=notrunc 2>/dev/null
        run 1 gate --state "$state" --digest $digest --format ndjson "$many"
        checks=$((checks + 1)); [ "$(grep -c '"state":"changed"' "$here/out")" = 1 ] && grep -q "\"path\":\"$i.txt\",\"state\":\"changed\"" "$here/out" || bad "$digest: not just $i.txt"
        printf "$((i % 10))" | dd of="$many/$i.txt" bs=1 seek=$((i * i)) conv=notrunc 2>/dev/null
    done
done
: >"$many/10.txt"
ln -s 11.txt "$many/10a"
run 2 gate --state "$state" --format ndjson "$many"
checks=$((checks + 1)); [ "$(sed -n 's/.*"path":"\([^"]*\)".*/\1/p' "$here/out" | head -2 | tr '\n' ' ')" = '10.txt 10a ' ] || bad 'order'
rm -r "$many"

# evidence that does not verify: 3, and no command is run
rm -rf "$here/d"; cp -a "$state" "$here/d"
sed -i '2s/config/comfig/' "$here/d/log/seg/"*
run 3 gate --state "$here/d" "$site" -- echo published
says_not out 'published'
rm -rf "$here/d"; cp -a "$state" "$here/d"
rm "$here/d/reviewers/张三.pub.pem"
run 3 gate --state "$here/d" "$site"
# a register that was written by hand changes nothing
printf '普通\n' >"$site/x.txt"
cp "$state/register/"*.note "$state/register/x.note" 2>/dev/null
run 1 gate --state "$state" "$site"
run 64 gate --state "$state"
run 64 gate --state "$state" --format xml "$site"
run 4 log verify --state "$state"
finish

#!/usr/bin/env bash
# manifest: the signed list of approved files; coreutils takes its text, openssl its signatures.
. "$(dirname "$0")/../harness/lib.sh"
site=$here/site
mkdir -p "$site/公告" "$site/b"
printf '关于召开会议的通知\n' >"$site/公告/通 知(1).txt"
printf '普通内容\n' >"$site/b/附件.txt"
printf '甲\n' >"$site/b.txt"
text() { awk '/^$/{exit}1' "$1" >"$here/m.txt"; }
good() { checks=$((checks + 1)); "$@" >"$here/out" 2>&1 || { bad "$*"; cat "$here/out"; }; }
refused() { checks=$((checks + 1)); ! "$@" >"$here/out" 2>&1 || bad "accepted: $*"; }
in_site() { (cd "$site" && "$@"); }

# nothing is approved: no list, no keys made; wrong use
run 2 manifest --state "$state" --by 张三
says err '还没有批准的文件'
refused test -e "$state/reviewers/张三.pem"
run 64 manifest --state "$state"
run 64 manifest --state "$state" --by 'a b'
run 64 manifest --state "$state" --by 张三 --scope 'a
b'
run 64 manifest --state "$state" --by 张三 "$site" "$site"

run 0 approve --state "$state" --root "$site" --title 通知 --by 张三 --release R-1 "$site/公告/通 知(1).txt" "$site/b/附件.txt"
run 0 manifest --state "$state" --by '李"四' --output "$here/m.note"
good test ! -s "$here/out"
text "$here/m.note"
for line in '# audit-manifest: v1' '# scope: *' '# valid-until: -' '# approver: 李"四' '# prev: -' '# serial: 1' '# files: 2' '# size: 13' '# release: R-1'; do
    says m.txt "$line"
done
checks=$((checks + 1))
[ "$(sed -n 's/^SM3 (\(.*\)) = .*/\1/p' "$here/m.txt" | LC_ALL=C sort -c 2>&1; grep -c '^SHA256 (' "$here/m.txt")" = 2 ] || bad 'order or number of files'
size=$(awk '/^# log: /{print $(NF-1)}' "$here/m.txt")
at=$(awk '/^# log: /{print $NF}' "$here/m.txt")
checks=$((checks + 1))
sed -n "$((at + 1))p" "$state"/log/seg/*0.ndjson | grep -q '"ty":"decision"' && [ "$at" -lt "$size" ] || bad "# log: $size $at"

# coreutils: as it stands, and not after one flipped byte
if cksum -a sm3 /dev/null >/dev/null 2>&1; then
    good in_site cksum --strict -c "$here/m.txt"
    printf 'X' | dd of="$site/b/附件.txt" bs=1 seek=12 conv=notrunc 2>/dev/null
    refused in_site cksum --strict -c "$here/m.txt"
    printf '普通内容\n' >"$site/b/附件.txt"
else
    echo 'SKIPPED in part: cksum knows no SM3'
fi
# openssl: both signatures over the text, by the keys that keys export gives
if command -v openssl >/dev/null; then
    for n in 1 2; do grep '^— 李"四 ' "$here/m.note" | sed -n ${n}p | cut -d' ' -f3 | base64 -d | tail -c +5 >"$here/sig.$n"; done
    pub=$state/reviewers/'李"四'
    good openssl pkeyutl -verify -pubin -inkey "$pub.pub.pem" -rawin -in "$here/m.txt" -sigfile "$here/sig.1"
    good openssl dgst -sm3 -verify "$pub.sm3.pub.pem" -sigopt distid:1234567812345678 -signature "$here/sig.2" "$here/m.txt"
    sed -i 's/^# serial: 1/# serial: 2/' "$here/m.txt"
    refused openssl pkeyutl -verify -pubin -inkey "$pub.pub.pem" -rawin -in "$here/m.txt" -sigfile "$here/sig.1"
    refused openssl dgst -sm3 -verify "$pub.sm3.pub.pem" -sigopt distid:1234567812345678 -signature "$here/sig.2" "$here/m.txt"
else
    echo 'SKIPPED in part: no openssl'
fi

# the same register gives the same bytes and no record more, also after other records
run 0 scan --state "$state" "$site"
run 0 manifest --state "$state" --by '李"四'
cp "$here/out" "$here/first.note"
good cmp "$here/m.note" "$here/first.note"
run 0 manifest --state "$state" --by '李"四' --output "$here/m.note"
good cmp "$here/m.note" "$here/first.note"
run 0 log show --state "$state" --type manifest --format ndjson
checks=$((checks + 1)); [ "$(wc -l <"$here/out")" = 1 ] || bad 'one record'
says out "\"sha256\":\"$(sha256sum <"$here/first.note" | cut -d' ' -f1)\""
run 64 manifest --state "$state" --by '李"四' --output "$here/nothing-there/m"
says err '给出的文件或文件夹打不开'
# a kept note that was changed is not given; the next one names the one before
printf '\n' >>"$state/manifest/00000001.note"
run 0 manifest --state "$state" --by '李"四' --output "$here/m.note"
says m.note '# serial: 2'
says m.note "# prev: $(sha256sum <"$here/first.note" | cut -d' ' -f1)"
# another scope, another signer, another file: another list
run 0 manifest --state "$state" --by '李"四' --scope www.x.gov.cn
says out '# scope: www.x.gov.cn'
says out '# serial: 3'
run 0 manifest --state "$state" --by 张三 --scope www.x.gov.cn
says out '# serial: 4'
run 0 approve --state "$state" --root "$site" --title 甲 --by 张三 "$site/b.txt"
run 0 manifest --state "$state" --by 张三 --output "$here/m.note"
says m.note '# files: 3'
text "$here/m.note"
checks=$((checks + 1)) # by bytes: b.txt stands before b/附件.txt
[ "$(sed -n 's/^SM3 (\(.*\)) = .*/\1/p' "$here/m.txt" | tr '\n' '|')" = 'b.txt|b/附件.txt|公告/通 知(1).txt|' ] || bad 'order of files'

# what is approved anew is listed with its new bytes
printf '新的普通内容\n' >"$site/b/附件.txt"
run 0 approve --state "$state" --root "$site" --title 附件 --by 张三 --release R-2 "$site/b/附件.txt"
run 0 manifest --state "$state" --by 张三
says out "SHA256 (b/附件.txt) = $(sha256sum <"$site/b/附件.txt" | cut -d' ' -f1)"
says out '# release: R-2'
says out '# files: 3'

# a folder: its files alone, all as approved; else refused as by gate, and nothing is written
rm "$site/b.txt"
run 0 manifest --state "$state" --by 张三 --output "$here/m.note" "$site"
says m.note '# files: 2'
says_not m.note 'b.txt'
printf '普通内容\n' >"$site/b/附件.txt" # approved earlier, and still: these very bytes are listed
run 0 manifest --state "$state" --by 张三 "$site"
says out "SHA256 (b/附件.txt) = $(sha256sum <"$site/b/附件.txt" | cut -d' ' -f1)"
printf '机密★10年\n' >"$site/marked.txt"
run 1 manifest --state "$state" --by 张三 --output "$here/none.note" "$site"
says out '未经批准'
says out '阻断'
refused test -e "$here/none.note"
rm "$site/marked.txt"
ln -s b "$site/l"
run 2 manifest --state "$state" --by 张三 --output "$here/none.note" "$site"
refused test -e "$here/none.note"
rm "$site/l"

# a signer whose keys were revoked, and one that a policy does not name, sign no list
run 0 keys revoke '李"四' --reason 离任 --state "$state"
run 1 manifest --state "$state" --by '李"四'
says err '作废'
run 1 manifest --lang en --state "$state" --by '李"四'
says err 'revoked'

# a policy: who is not named in it signs no list; one person of two makes no file approved
vkey() { "$MISHEN" keys export "$1" --state "$state" | sed -n "${2}p"; }
person() { printf '{"name":"%s","roles":["%s"],"vkey":"%s","vkey_sm3":"%s"}' "$1" "$2" "$(vkey "$1" 1)" "$(vkey "$1" 2)"; }
policy() { # QUORUM PEOPLE
    printf '{"v":1,"serial":1,"quorum":{"approve":%s},"people":[%s]}' "$1" "$2" >"$here/policy.json"
    run 0 keys policy "$here/policy.json" --by 主管 --state "$state"
}
run 0 keys new 主管 --state "$state"
policy 1 "$(person 张三 approver)"
run 0 manifest --state "$state" --by 张三
run 1 manifest --state "$state" --by 主管
policy 2 "$(person 张三 approver),$(person 主管 approver)"
run 2 manifest --state "$state" --by 张三
run 0 approve --state "$state" --root "$site" --title 附件 --by 主管 "$site/b/附件.txt"
run 0 manifest --state "$state" --by 张三
says out '# files: 1'

# evidence that does not verify gives no list
sed -i '2s/config/comfig/' "$state/log/seg/"*0.ndjson
run 3 manifest --state "$state" --by 张三
says_not out 'audit-manifest'
finish

#!/usr/bin/env bash
# What a reviewer does with openssl, awk, jq and coreutils and no program of ours (audit-log.md 12).
. "$(dirname "$0")/../harness/lib.sh"
for tool in openssl awk jq base64; do command -v $tool >/dev/null || skip "no $tool"; done
mkdir "$here/docs"
printf '普通内容\n' >"$here/docs/a.txt"
"$MISHEN" scan --state "$state" "$here/docs" >/dev/null
"$MISHEN" approve --state "$state" --root "$here/docs" --title 通知 --by 张三 "$here/docs/a.txt" >/dev/null || bad 'approve'
cd "$here" || exit 1
log=$state/log
good() { checks=$((checks + 1)); "$@" >"$here/out" 2>&1 || { bad "$*"; cat "$here/out"; }; }
refused() { checks=$((checks + 1)); ! "$@" >"$here/out" 2>&1 || bad "accepted: $*"; }
# the last note of a file of checkpoints: text and signatures
last() { awk 'BEGIN{RS="";ORS=""}{a[NR]=$0}END{print a[NR-1]"\n">"text";print a[NR]"\n">"sigs"}' "$1"; }
signature() { awk -v k="$1" '$1=="—"&&$2==k{print $3;exit}' sigs | base64 -d | tail -c +5 >sig; }
origin=$(cat "$log/origin")

last "$log/checkpoints"; signature "$origin"
good openssl pkeyutl -verify -pubin -inkey "$log/log.pub.pem" -rawin -in text -sigfile sig
sed -i '2s/$/0/' text
refused openssl pkeyutl -verify -pubin -inkey "$log/log.pub.pem" -rawin -in text -sigfile sig
last "$log/checkpoints.sm3"; signature "$origin/sm3"
good openssl dgst -sm3 -verify "$log/log.sm3.pub.pem" -sigopt distid:1234567812345678 -signature sig text
sed -i '2s/$/0/' text
refused openssl dgst -sm3 -verify "$log/log.sm3.pub.pem" -sigopt distid:1234567812345678 -signature sig text

# every line is what jq writes
good cmp "$log/seg/00000000000000000000.ndjson" <(jq -cS . "$log/seg/00000000000000000000.ndjson")

# a decision out of the log, and its signatures
jq -rj 'select(.ty=="decision")|.b.note' "$log"/seg/*.ndjson >dec.note
awk '/^$/{exit}1' dec.note >text
awk 'f;/^$/{f=1}' dec.note >sigs
signature 张三
good openssl pkeyutl -verify -pubin -inkey "$state/reviewers/张三.pub.pem" -rawin -in text -sigfile sig
awk '$1=="—"{print $3}' sigs | tail -1 | base64 -d | tail -c +5 >sig
good openssl dgst -sm3 -verify "$state/reviewers/张三.sm3.pub.pem" -sigopt distid:1234567812345678 -signature sig text

# the hashes it names are those of the file
checks=$((checks + 1))
[ "$(sed -n 2p text | jq -r '.release.files[0].sha256')" = "$(sha256sum docs/a.txt | cut -d' ' -f1)" ] || bad 'SHA-256'
checks=$((checks + 1))
[ "$(sed -n 2p text | jq -r '.release.files[0].sm3')" = "$(openssl dgst -sm3 -r docs/a.txt | cut -d' ' -f1)" ] || bad 'SM3'
# the record it rests on is a passed item with that hash
n=$(sed -n 2p text | jq -r '.scans[0].n')
checks=$((checks + 1))
[ "$(jq -r --argjson n "$n" 'select(.n==$n)|.b.verdict' "$log"/seg/*.ndjson)" = PASS ] || bad 'the item record'
finish

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
# the key that a signature names, as the log's own records tell it: FIELD DER-PREFIX; key.der
key() {
    local id
    id=$(awk '$1=="—"{print $3;exit}' sigs | base64 -d | head -c 4 | od -An -tx1 | tr -d ' \n')
    { printf "$2"; jq -r --arg f "$1" --arg id "+$id+" 'select(.ty=="log.open" or .ty=="key.next")|.b[$f]|select(contains($id))' \
        "$log"/seg/*.ndjson | head -1 | cut -d+ -f3- | base64 -d | tail -c "$3"; } >key.der
}
ed25519='\x30\x2a\x30\x05\x06\x03\x2b\x65\x70\x03\x21\x00'
sm2='\x30\x59\x30\x13\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x08\x2a\x81\x1c\xcf\x55\x01\x82\x2d\x03\x42\x00'

# the first key is the one that was pinned
head -6 "$log/checkpoints" | awk '/^$/{exit}1' >text; head -5 "$log/checkpoints" | tail -1 >sigs; signature "$origin"
good openssl pkeyutl -verify -pubin -inkey "$log/log.pub.pem" -rawin -in text -sigfile sig
last "$log/checkpoints"; signature "$origin"; key vkey "$ed25519" 32
good openssl pkeyutl -verify -pubin -keyform DER -inkey key.der -rawin -in text -sigfile sig
sed -i '2s/$/0/' text
refused openssl pkeyutl -verify -pubin -keyform DER -inkey key.der -rawin -in text -sigfile sig
last "$log/checkpoints.sm3"; signature "$origin/sm3"; key vkey_sm3 "$sm2" 65
good openssl dgst -sm3 -verify key.der -sigopt distid:1234567812345678 -signature sig text
sed -i '2s/$/0/' text
refused openssl dgst -sm3 -verify key.der -sigopt distid:1234567812345678 -signature sig text

# proofs: a record is in the log, an old state is its beginning; one flipped byte is not
export PYTHONDONTWRITEBYTECODE=1
proof() { python3 "$OLDPWD/tests/peers/verify_proof.py" "$@"; }
run 0 log prove 3 --state "$state"; cp out p.intl
run 0 log prove 3 --profile gm --state "$state"; cp out p.gm
sed -n 4p "$log/seg/00000000000000000000.ndjson" >line
last "$log/checkpoints"; key vkey "$ed25519" 32
good proof p.intl line intl key.der
run 0 log prove --from 2 --state "$state"; cp out c.intl
old=$(awk '/^2$/{getline;print;exit}' "$log/checkpoints")
good proof c.intl "$old" intl key.der
refused proof c.intl "$(awk '/^1$/{getline;print;exit}' "$log/checkpoints")" intl key.der
last "$log/checkpoints.sm3"; key vkey_sm3 "$sm2" 65
good proof p.gm line gm key.der
sed 's/o/0/' line >other
refused proof p.gm other gm key.der
sed '3s/^./-/' p.gm >other
refused proof other line gm key.der
run 64 log prove 99999 --state "$state"
run 64 log prove x --state "$state"
rm -r "$log/tree"; run 0 log prove 3 --state "$state" # made anew
checks=$((checks + 1)); cmp -s out p.intl || bad 'the proof changed'

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

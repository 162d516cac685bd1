#!/usr/bin/env bash
# Anchors: a witness on another machine, a time stamping authority, paper. Forks and rollbacks are refused.
. "$(dirname "$0")/../harness/lib.sh"
log=$state/log
other=$here/witness
mkdir "$here/docs"
printf '普通内容\n' >"$here/docs/a.txt"
scan() { run 0 scan --state "$state" "$here/docs"; }
scan
cp -a "$state" "$here/old"

# paper: nothing is anchored before; a printed checkpoint anchors what it says, also later
run 4 log verify --state "$state"
run 0 log checkpoint --state "$state" --print
says out 'SHA-256'
size=$(sed -n 2p "$log/checkpoint")
root=$(sed -n 3p "$log/checkpoint")
scan
run 0 log verify --state "$state" --paper "$size:$root"
says out '有效，且有外部锚点'
run 1 log verify --state "$state" --paper "$size:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
run 3 log verify --state "$here/old" --paper "$(sed -n 2p "$log/checkpoint"):$(sed -n 3p "$log/checkpoint")"
says out '退回旧状态'

# a witness cosigns the folder; who trusts it sees an anchor
run 0 log witness "$log" --state "$other" --by w.example
says out 'w.example'
run 4 log verify --state "$state"
says out '未采信'
run 0 log verify --state "$state" --witnesses "$other/witness/witness.vkey"
says out 'w.example'
cp "$other/witness/witness.vkey" "$state/witnesses"
run 0 log verify --state "$state"
says out '外部锚点确认到记录数'
: >"$here/nobody"
run 4 log verify --state "$state" --witnesses "$here/nobody"

# the log grows, and is cosigned again; a rollback and a fork are not
scan
run 0 log witness "$log" --state "$other" --by w.example
run 3 log witness "$here/old/log" --state "$other" --by w.example
says err '回退'
cp -a "$here/old" "$here/fork"
printf '别的内容\n' >"$here/docs/b.txt"
for i in 1 2 3 4 5 6; do run 0 scan --state "$here/fork" "$here/docs"; done
run 4 log verify --state "$here/fork"
run 3 log witness "$here/fork/log" --state "$other" --by w.example
says err '分叉'
cp "$log/anchors/"*.cosig "$here/fork/log/anchors/"
run 1 log verify --state "$here/fork" --witnesses "$other/witness/witness.vkey"
cp "$log/anchors/"*.cosig "$here/old/log/anchors/"
run 3 log verify --state "$here/old" --witnesses "$other/witness/witness.vkey"

# by file, for a witness that never sees the folder
scan
seen=$(ls "$log/anchors" | sort -n | tail -1)
run 0 log prove --from "${seen%.cosig}" --state "$state"
cp "$here/out" "$here/proof"
run 0 log witness "$here/proof" --state "$other" --by w.example
cp "$here/out" "$here/back"
run 0 log anchor "$here/back" --state "$state"
run 0 log show --state "$state" --type anchor
says out '外部锚点'
run 0 log verify --state "$state"
run 0 log prove --from 1 --state "$state"
cp "$here/out" "$here/proof"
run 3 log witness "$here/proof" --state "$other" --by w.example
sed 's/^\(.\)/0/' "$here/back" >"$here/bad"
run 3 log anchor "$here/bad" --state "$state"

# a time stamp of an authority of our own
if command -v openssl >/dev/null; then
    cd "$here" || exit 1
    cat >tsa.cnf <<'CNF'
[req]
distinguished_name = dn
prompt = no
[dn]
CN = Test TSA
[ca]
basicConstraints = critical,CA:true
keyUsage = critical,keyCertSign
[ext]
extendedKeyUsage = critical,timeStamping
[tsa]
default_tsa = t
[t]
serial = ./serial
signer_digest = sha256
default_policy = 1.2.3.4
digests = sha256
crypto_device = builtin
signer_cert = ./tsa.pem
signer_key = ./tsa.key
CNF
    openssl req -new -x509 -newkey rsa:2048 -nodes -config tsa.cnf -extensions ca -subj '/CN=Test CA' -keyout ca.key -out ca.pem -days 100 2>/dev/null
    openssl req -new -newkey rsa:2048 -nodes -config tsa.cnf -keyout tsa.key -out tsa.csr 2>/dev/null
    openssl x509 -req -in tsa.csr -CA ca.pem -CAkey ca.key -CAcreateserial -extfile tsa.cnf -extensions ext -days 50 -out tsa.pem 2>/dev/null
    echo 01 >serial
    run 0 log timestamp --state "$state"
    request=$(sed -n 1p out)
    text=$(sed -n 2p out)
    checks=$((checks + 1))
    openssl ts -reply -config tsa.cnf -section t -queryfile "$request" -out answer.tsr 2>err || { bad 'openssl ts -reply'; cat err; }
    openssl ts -verify -data "$text" -in answer.tsr -CAfile ca.pem >/dev/null 2>&1 || bad 'openssl ts -verify'
    run 0 log anchor answer.tsr --state "$state"
    rm "$state/witnesses"
    run 4 log verify --state "$state"
    run 0 log verify --state "$state" --tsa-ca ca.pem
    says out 'RFC 3161'
    run 4 log verify --state "$state" --tsa-ca tsa.pem
    cp ca.pem "$state/tsa-ca.pem"
    run 0 log verify --state "$state"
    printf x >>"$text"
    run 4 log verify --state "$state"
    run 3 log anchor ca.pem --state "$state"
else
    echo 'SKIPPED in part: no openssl'
fi

# export: what others need and no key; heartbeat; a log of one profile
run 0 log heartbeat --state "$state"
run 0 log export "$here/copy" --state "$state"
checks=$((checks + 1))
[ ! -e "$here/copy/keys" ] && [ -z "$(grep -rl 'PRIVATE' "$here/copy")" ] || bad 'a key was exported'
run 4 log verify "$here/copy"
run 0 log verify "$here/copy" --paper "$size:$root" --pin "$log/log.pub.pem" --pin-sm2 "$log/log.sm3.pub.pem"
says out '外部指定'
run 2 log verify "$here/copy" --pin "$here/none.pem"
"$MISHEN" scan --state "$here/else" "$here/docs" >/dev/null
run 1 log verify "$here/copy" --pin "$here/else/log/log.pub.pem"
says out '公钥与第一条记录所载的不同'
run 64 log export "$here/copy" --state "$state"
for profile in intl gm; do
    run 0 log init --profile $profile --origin "x.gov.cn/$profile" --state "$here/$profile"
    run 64 log init --state "$here/$profile"
    run 0 scan --state "$here/$profile" "$here/docs"
    run 4 log verify --state "$here/$profile"
    says out "x.gov.cn/$profile"
    run 0 log prove 1 --profile $profile --state "$here/$profile"
    run 0 log witness "$here/$profile/log" --state "$other" --by w.example
    run 0 log verify --state "$here/$profile" --witnesses "$other/witness/witness.vkey"
done
checks=$((checks + 1))
[ ! -e "$here/gm/log/checkpoints" ] && [ ! -e "$here/intl/log/checkpoints.sm3" ] || bad 'a profile too many'
run 4 log verify --fast --state "$state"
says out '--fast'
# a file that was named and is not there is wrong use
run 64 log anchor "$here/absent" --state "$state"
run 64 log witness "$here/absent" --state "$here/w"
run 64 keys policy "$here/absent" --by 保密办 --state "$state"
finish

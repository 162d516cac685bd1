#!/usr/bin/env bash
# Keys of people: passwords, rotation, revocation, a signer outside, and the trust policy.
. "$(dirname "$0")/../harness/lib.sh"
command -v openssl >/dev/null || skip 'no openssl'
site=$here/site
mkdir "$site"
printf '普通内容\n' >"$site/a.txt"
printf 'Geheim-1234\n' >"$here/pw"
printf 'falsch\n' >"$here/wrong"
approve() { # EXIT NAME FILE OPTIONS…
    local want=$1 name=$2 file=$3
    shift 3
    run "$want" approve --state "$state" --root "$site" --title 通知 --by "$name" "$@" "$site/$file"
}
gate() { run "$1" gate --state "$state" "$site"; }

# a password: PKCS#8, needed to sign
run 0 keys new 张三 --state "$state" --password-file "$here/pw"
checks=$((checks + 1))
grep -q 'BEGIN ENCRYPTED PRIVATE KEY' "$state/reviewers/张三.pem" || bad 'the key is not encrypted'
grep -q 'BEGIN ENCRYPTED PRIVATE KEY' "$state/reviewers/张三.sm3.pem" || bad 'the SM2 key is not encrypted'
openssl pkey -in "$state/reviewers/张三.pem" -passin "file:$here/pw" -noout || bad 'openssl cannot read the key'
openssl pkey -in "$state/reviewers/张三.sm3.pem" -passin "file:$here/pw" -noout || bad 'openssl cannot read the SM2 key'
run 64 keys new 张三 --state "$state"
says err '已经存在'
run 64 keys revoke 无此人 --reason 丢失 --state "$state"
says err '没有这个人的钥匙：无此人'
run 64 keys export 无此人 --state "$state"
says err '没有这个人的钥匙：无此人'
run 64 keys rotate 无此人 --state "$state"
run 0 keys list --state "$state"
says out '张三  私钥在文件中，有口令'
approve 64 张三 a.txt
says err '需要口令'
approve 64 张三 a.txt --password-file "$here/wrong"
says err '口令不对'
says_not err 'falsch'
gate 1
approve 0 张三 a.txt --password-file "$here/pw"
gate 0
run 64 keys new 李四 --state "$state" --password-file "$here/none"
says err "$here/none"
run 0 keys export 张三 --state "$state"
says out '张三+'
says out 'BEGIN PUBLIC KEY'
says_not out 'PRIVATE'

# rotated: what was signed stays valid, the old private key is gone
run 0 keys rotate 张三 --state "$state"
gate 0
printf '又一份\n' >"$site/b.txt"
gate 1
approve 0 张三 b.txt
gate 0
run 0 keys rotate --state "$state"
run 4 log verify --state "$state"

# revoked: from that record on the key approves nothing, what was before counts; the office goes on with a new key
run 64 keys revoke 张三 --state "$state"
run 0 keys revoke 张三 --reason 丢失 --state "$state"
run 0 log show --state "$state" --type key.revoke
says out '钥匙作废'
gate 0
cp -a "$state" "$here/kept"
printf '第三份\n' >"$site/c.txt"
approve 1 张三 c.txt
says err '作废'
gate 1
run 0 keys rotate 张三 --state "$state"
approve 0 张三 c.txt
gate 0
rm -r "$state"; cp -a "$here/kept" "$state"

# a signer outside: a program that has the keys and a password of its own
openssl genpkey -algorithm ed25519 -out "$here/e.pem" 2>/dev/null
openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:SM2 -out "$here/s.pem" 2>/dev/null
openssl pkey -in "$here/e.pem" -pubout -out "$here/e.pub"
openssl pkey -in "$here/s.pem" -pubout -out "$here/s.pub"
cat >"$here/token" <<'TOKEN'
#!/bin/sh
# TOKEN FOLDER KIND: text on standard input, signature on standard output
cat >"$1/text"
if [ "$2" = SM2 ]; then
    openssl dgst -sm3 -sign "$1/s.pem" -sigopt distid:1234567812345678 "$1/text"
else
    openssl pkeyutl -sign -inkey "$1/e.pem" -rawin -in "$1/text"
fi
TOKEN
chmod 755 "$here/token"
run 0 keys new 王五 --signer "exec:$here/token $here" --pub "$here/e.pub" --pub-sm2 "$here/s.pub" --state "$state"
approve 0 王五 c.txt
gate 0
run 0 keys list --state "$state"
says out '王五  由外部程序签名'
run 64 keys new 赵六 --signer "token" --pub "$here/e.pub" --pub-sm2 "$here/s.pub" --state "$state"
run 74 keys new 赵六 --signer "exec:/bin/false" --pub "$here/e.pub" --pub-sm2 "$here/s.pub" --state "$state"
run 74 keys new 赵六 --signer "exec:/bin/cat" --pub "$here/e.pub" --pub-sm2 "$here/s.pub" --state "$state"
printf '第四份\n' >"$site/d.txt"
printf '#!/bin/sh\nexec head -c 64 /dev/zero\n' >"$here/token"
approve 74 王五 d.txt
rm "$site/d.txt"

# the trust policy: who, in which role, where, when, and how many
vkey() { "$MISHEN" keys export "$1" --state "$state" | sed -n "${2}p"; }
run 0 keys new 主管 --state "$state"
person() { printf '{"name":"%s","roles":["%s"],"vkey":"%s","vkey_sm3":"%s"%s}' "$1" "$2" "$(vkey "$1" 1)" "$(vkey "$1" 2)" "$3"; }
policy() { # QUORUM PEOPLE
    printf '{"v":1,"serial":1,"quorum":{"approve":%s},"people":[%s]}' "$1" "$2" >"$here/policy.json"
    run 0 keys policy "$here/policy.json" --by 主管 --state "$state"
}
rm "$site/a.txt" "$site/b.txt" # signed with keys of earlier days
policy 1 "$(person 王五 approver '')"
gate 0
policy 1 "$(person 王五 reader '')"
gate 1
policy 1 "$(person 王五 approver ',"scopes":["gk/"]')"
gate 1
policy 1 "$(person 王五 approver ',"to":"2020-01-01"')"
gate 1
policy 1 "$(person 主管 approver '')"
gate 1
policy 2 "$(person 王五 approver ''),$(person 主管 approver '')"
gate 1
approve 0 主管 c.txt
gate 0
sed -i 's/"approve":2/"approve":1/' "$state/trust.policy"
gate 3
policy 1 "$(person 主管 approver '')"
run 3 keys policy "$here/policy.json" --by 王五2 --state "$state"
gate 0 # the policy in force is still that of 主管
printf '{"v":1,"serial":1,"people":[{"name":"x y","roles":["approver"]}]}' >"$here/policy.json"
run 64 keys policy "$here/policy.json" --by 主管 --state "$state"
finish

#!/usr/bin/env bash
# Signed rule packs: signing, trusting, importing an update, and every way in which it must fail (3).
. "$SOURCE/tests/harness/lib.sh"
pack() { # folder, version
    mkdir -p "$1"
    cat > "$1/unit.yaml" <<Y
format: 1
pack: {id: unit, version: "$2"}
rules:
  - id: unit.word
    name: 词
    category: 内部事务
    tier: 阻断
    basis: 规定
    explain: 说明
    advice: 办法
    find: {kind: list, file: words.csv}
Y
    echo 蓝鹭计划 > "$1/words.csv"
}
sign() { run 0 rules sign "$1/unit.yaml" --by 规则组 --state "$here/publisher"; cp "$here/out" "$1/unit.yaml.sig"; }
pack "$here/one" 2026.9
sign "$here/one"
key=$(grep '^规则组+' "$here/err" | tail -1)
says out 'mishen-rule-pack/v1'
says out 'version 2026.9'
! grep -q 蓝鹭 "$here/out" || bad "text in a signature"
[ "$(grep -c '^— ' "$here/out")" = 2 ] || bad "two signatures are wanted"
# A signature by nobody trusted, then by somebody.
run 3 rules list --rules "$here/one" --state "$state"
says err '信任名单'
run 3 rules import "$here/one/unit.yaml" --state "$state"
run 64 rules trust '没有公钥' --state "$state"
run 0 rules trust "$key" --state "$state"
run 0 rules trust "$key" --state "$state"
[ "$(wc -l < "$state/rules.keys")" = 1 ] || bad "a key twice"
run 0 rules list --rules "$here/one" --state "$state" --signed-rules
# Changed pack, changed list, no signature where one must be, a note of something else.
sed -i 's/阻断/提示/' "$here/one/unit.yaml"
run 3 rules list --rules "$here/one" --state "$state"
says err '签名与规则包不符'
pack "$here/one" 2026.9
echo 红隼 > "$here/one/words.csv"
run 3 rules list --rules "$here/one" --state "$state"
run 3 scan "$here/one" --rules "$here/one" --state "$state"
pack "$here/one" 2026.9
pack "$here/bare" 2026.9
run 0 rules list --rules "$here/bare" --state "$state"
run 3 rules list --rules "$here/bare" --state "$state" --signed-rules
run 3 rules import "$here/bare/unit.yaml" --state "$state"
echo x > "$here/bare/unit.yaml.sig"
run 3 rules list --rules "$here/bare" --state "$state"
# Importing: in force from then on, beside the shipped ones; newer ones only.
echo 蓝鹭计划 > "$here/a.txt"
run 0 rules import "$here/one/unit.yaml" --state "$state"
says out '已导入 unit 2026.9'
run 0 rules list --state "$state"
says out 'unit 2026.9'
says out 'gov-marks'
run 1 scan "$here/a.txt" --state "$state" --format ndjson
says out '"id":"unit","version":"2026.9"'
run 64 rules import "$here/one/unit.yaml" --state "$state"
says err '不比现行的'
pack "$here/two" 2026.10
echo 红隼计划 > "$here/two/words.csv"
sign "$here/two"
run 0 rules import "$here/two/unit.yaml" --state "$state"
run 0 rules list --state "$state"
says out 'unit 2026.10'
says_not out 'unit 2026.9 '
run 0 scan "$here/a.txt" --state "$state"
run 64 rules import "$here/one/unit.yaml" --state "$state"
# One of a shipped pack's name takes its place.
mkdir "$here/gov"
sed 's/version: .*/version: "2099.1"/' "$SOURCE/rules/gov-marks.yaml" > "$here/gov/gov-marks.yaml"
run 0 rules sign "$here/gov/gov-marks.yaml" --by 规则组 --state "$here/publisher"
cp "$here/out" "$here/gov/gov-marks.yaml.sig"
run 0 rules import "$here/gov/gov-marks.yaml" --state "$state"
run 0 rules list --state "$state"
says out 'gov-marks 2099.1'
[ "$(grep -c '^gov-marks ' "$here/out")" = 1 ] || bad "a pack twice"
# Who changes an imported pack is found out before anything is scanned.
sed -i 's/阻断/提示/' "$state/rules/gov-marks/gov-marks.yaml"
run 3 scan "$here/a.txt" --state "$state"
rm "$state/rules/gov-marks/gov-marks.yaml.sig"
run 3 scan "$here/a.txt" --state "$state"
says err '没有签名'
# Shipped packs are found by their ids.
for file in "$SOURCE"/rules/*.yaml; do
    grep -q "^  id: $(basename "$file" .yaml)$" "$file" || bad "$file: the name of the file is the id of the pack"
done
finish

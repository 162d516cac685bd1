#!/usr/bin/env bash
# mishen scan --explain: why a line is a finding or none; shows text, and writes neither state nor log.
. "$SOURCE/tests/harness/lib.sh"
cat > "$here/rules.yaml" <<'Y'
format: 1
pack: {id: demo, version: "1"}
rules:
  - id: demo.word
    name: 试词
    name_en: trial word
    category: 内部事务
    tier: 复核
    tiers: {site: 阻断}
    basis: 内部规定
    explain: 说明
    advice: 办法
    find: {kind: words, any: [蓝鹭计划]}
    near: {any: [选址]}
    except: {quoted: true, before: [例如]}
  - id: demo.mark
    name: 标志
    category: 国家秘密
    tier: 阻断
    basis: 内部规定
    explain: 说明
    advice: 办法
    find: {kind: mark}
  - id: demo.many
    name: 多次
    category: 内部事务
    tier: 提示
    basis: 内部规定
    explain: 说明
    advice: 办法
    find: {kind: words, any: [红隼]}
    count: 3
Y
far=$(printf '远%.0s' {1..50})
for line in 蓝鹭计划选址方案 蓝鹭计划 '选址见“蓝鹭计划”' 选址例如蓝鹭计划 '蓝 鹭 计 划 选址' 计算机密码 别的 红隼; do
    printf '%s\n%s\n' "$line" "$far"
done > "$here/a.txt"
explain() { run 0 scan --explain "$here/a.txt" --rules "$here/rules.yaml" --state "$state" "$@"; }
explain
says out '1 行：蓝鹭计划选址方案'
says out 'demo.word 试词：“蓝鹭计划” → 复核'
says out 'demo.word 试词：“蓝鹭计划” → 不算：附近没有规则要求的词'
says out '→ 不算：写在引号里'
says out '→ 不算：前面有例外词'
says out '“蓝鹭计划”（去掉空白后） → 复核'
says out 'demo.mark 标志：“机密” → 不算：按 mark 的判断不是'
says out '没有任何规则的字样'
says out '红隼” → 提示（同一文件里至少要有 3 处才算）'
explain --medium site
says out 'demo.word 试词：“蓝鹭计划” → 阻断'
explain --lang en
says out 'demo.word trial word: “蓝鹭计划” → no finding: it is quoted'
[ ! -e "$state" ] || bad "a state folder was made"
# A long text: lines that say nothing are counted only.
{ seq -f '第%g行无事' 1 500; echo 蓝鹭计划选址; } > "$here/a.txt"
explain
says out '其余 500 行没有任何规则的字样'
says out '501 行：蓝鹭计划选址'
run 64 scan --explain --rules "$here/rules.yaml" --state "$state"
run 64 scan --explain "$here/a.txt" --output "$here/x" --rules "$here/rules.yaml" --state "$state"
[ ! -e "$here/x" ] || bad "text written to a file"
# The medium counts in a scan, too.
echo '蓝鹭计划选址' > "$here/a.txt"
run 1 scan "$here/a.txt" --rules "$here/rules.yaml" --state "$state" --format ndjson
says out '"tier":"REVIEW"'
run 1 scan "$here/a.txt" --rules "$here/rules.yaml" --state "$state" --format ndjson --medium site
says out '"tier":"BLOCK"'
run 64 scan "$here/a.txt" --medium web --state "$state"
# A rule out of its time finds nothing.
sed -i 's/^    near:.*/    valid: {to: 2020-01-01}/' "$here/rules.yaml"
run 0 scan "$here/a.txt" --rules "$here/rules.yaml" --state "$state"
finish

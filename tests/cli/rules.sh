#!/usr/bin/env bash
# mishen rules: list, explain, check, test, import-csv; every bad pack is exit 64 with its place.
set -u
[ -x "$MISHEN" ] || { echo "SKIPPED: the program is not built"; exit 77; }
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
bad=0
fail() { echo "FAIL: $*"; bad=1; }
want() { # exit code, text in the output, arguments…
    local code=$1 text=$2 out
    shift 2
    out=$("$MISHEN" "$@" 2>&1)
    local got=$?
    [ $got = "$code" ] || fail "$*: exit $got, want $code"
    case $out in *"$text"*) ;; *) fail "$*: no “$text” in: $out" ;; esac
}
cat > "$dir/good.yaml" <<'Y'
format: 1
pack: {id: demo, version: "3"}
rules:
  - id: demo.word
    name: 试词
    name_en: trial word
    category: 内部事务
    tier: 复核
    basis: 内部规定
    explain: 说明文字
    advice: 办法文字
    find: {kind: list, file: words.csv}
    tests:
      - {each: [这是, 这些是, 又是], text: "{}内部资料", expect: 复核, at: 内部资料}
      - {each: [这是, 这些是, 又是], text: "{}公开资料", expect: none}
Y
printf '词,级别\n内部资料,复核\n' > "$dir/words.csv"
want 0 'demo 3  sha256:' rules list --rules "$dir/good.yaml"
want 0 '共 1 个规则包，1 条规则' rules list --rules "$dir"
want 0 '1 packs, 1 rules' rules list --rules "$dir" --lang en
want 0 '说明文字' rules explain demo.word --rules "$dir"
want 64 '没有这条规则' rules explain nothing --rules "$dir"
want 0 '未通过 0 条' rules test --rules "$dir"
want 0 '问题 0 个' rules check --rules "$dir"
want 0 '测试发现 0 个（100.0%）' rules test --mutate --rules "$dir/good.yaml"
want 64 '没有这条规则' rules test nothing --mutate --rules "$dir/good.yaml"
sed 's/file: words.csv/file: words.csv/; s/^    find:/    except: {quoted: true}\n    find:/' "$dir/good.yaml" > "$dir/loose.yaml"
want 1 '无测试把守 demo.word（第 12 行）except' rules test --mutate --rules "$dir/loose.yaml"
want 0 '例外：写在引号、书名号里的' rules explain demo.word --rules "$dir/loose.yaml"
rm "$dir/loose.yaml"
sed 's/^    find:/    valid: {to: 2020-01-01}\n    find:/' "$dir/good.yaml" > "$dir/old.yaml"
want 1 '已过有效期' rules check --rules "$dir/old.yaml"
want 0 '有效至 2020-01-01' rules list --rules "$dir/old.yaml"
rm "$dir/old.yaml"
want 64 'list' rules whatever --rules "$dir"
want 64 '错误' rules list --rules "$dir/absent.yaml"
mkdir "$dir/empty"
want 64 '没有规则包' rules list --rules "$dir/empty"
sed 's/expect: none/expect: 阻断/' "$dir/good.yaml" > "$dir/wrong.yaml"
want 1 '未通过 3 条' rules test --rules "$dir/wrong.yaml"
sed 's/words.csv/..\/words.csv/' "$dir/good.yaml" > "$dir/out.yaml"
want 64 '同一目录' rules list --rules "$dir/out.yaml"
sed 's/name: 试词/name：试词/' "$dir/good.yaml" > "$dir/colon.yaml"
want 64 'colon.yaml:5:9: 错误：这里是全角冒号' rules list --rules "$dir/colon.yaml"
cp "$dir/good.yaml" "$dir/open.yaml"
chmod o+w "$dir/open.yaml"
want 64 'chmod o-w' rules list --rules "$dir/open.yaml"

# A digest covers the list, too.
one=$("$MISHEN" rules list --rules "$dir/good.yaml" | grep -o 'sha256:[0-9a-f]*')
printf '保密资料\n' >> "$dir/words.csv"
two=$("$MISHEN" rules list --rules "$dir/good.yaml" | grep -o 'sha256:[0-9a-f]*')
[ "$one" != "$two" ] || fail "the digest of a pack leaves its list out"

# A unit's list, as a spreadsheet saves it: GBK, quotes, notes; the pack made of it loads.
printf '词,级别,备注\n"内,部",阻断,某处\n王'"'"'五,,\n绝密件,提示,\n' | iconv -f UTF-8 -t GBK > "$dir/unit.csv"
"$MISHEN" rules import-csv "$dir/unit.csv" > "$dir/unit.yaml" || fail "import-csv"
want 0 '3 条规则' rules list --rules "$dir/unit.yaml"
want 0 'unit.words-block' rules explain unit.words-block --rules "$dir/unit.yaml"
printf '词,高\n甲乙,高\n' > "$dir/tier.csv"
want 64 'tier.csv:2:1: 错误' rules import-csv "$dir/tier.csv"
want 64 '用法' rules import-csv

# As spreadsheets save: UTF-16 with tabs, sep=, ="text", full-width commas, blanks, doubles, empty rows.
printf '词\t级别\t备注\n内部件\t阻断\t某处\n' | iconv -f UTF-8 -t UTF-16 > "$dir/u16.csv"
"$MISHEN" rules import-csv "$dir/u16.csv" > "$dir/u16.yaml" || fail "import-csv of UTF-16"
want 0 '1 条规则' rules list --rules "$dir/u16.yaml"
printf '\357\273\277sep=;\r\n词;级别\r\n"=""0012 号""";阻断\r\n　红头件　; 复核 \r\n红头件;复核\r\n;;\r\n甲方，乙方案，提示\r\n' > "$dir/sep.csv"
want 64 'sep.csv:7:1: 错误：第二列应为' rules import-csv "$dir/sep.csv"
sed -i 's/甲方，乙方案，提示/丙类件，提示，某处/' "$dir/sep.csv"
"$MISHEN" rules import-csv "$dir/sep.csv" > "$dir/sep.yaml" || fail "import-csv with quirks"
for word in "'0012 号'" "'红头件'" "'丙类件'  # 某处"; do grep -qF -- "- $word" "$dir/sep.yaml" || fail "no $word in the pack"; done
[ "$(grep -c 红头件 "$dir/sep.yaml")" = 1 ] || fail "a word twice"
printf '红头件,复核\n红头件,阻断\n' > "$dir/twice.csv"
want 64 'twice.csv:2:1: 错误：这个词前面已经有了' rules import-csv "$dir/twice.csv"
printf '词\n#N/A\n' > "$dir/na.csv"
want 64 'na.csv:2:1: 错误：这一格的内容已被表格软件损坏' rules import-csv "$dir/na.csv"
printf '词\n3.30201E+17\n' > "$dir/e.csv"
want 64 'e.csv:2:1: 错误：这一格的内容已被表格软件损坏' rules import-csv "$dir/e.csv"
printf '词\n密\n' > "$dir/one.csv"
want 64 'one.csv:2:1: 错误：只有一个字' rules import-csv "$dir/one.csv"
printf '词，级别，备注\n甲方案，复核，某处\n\n密，阻断\n' > "$dir/wide.csv"
want 64 'wide.csv:4:1: 错误：只有一个字' rules import-csv "$dir/wide.csv"
sed -i '$d' "$dir/wide.csv"
"$MISHEN" rules import-csv "$dir/wide.csv" > "$dir/wide.yaml" || fail "a heading with full-width commas"
printf '词\nPK\003\004\000\000' > "$dir/x.csv"
want 64 '不是文本文件' rules import-csv "$dir/x.csv"

# A single character in a pack is a problem; a test that is not met says so in words.
sed 's/{kind: list, file: words.csv}/{kind: words, any: [内部资料, 密]}/' "$dir/good.yaml" > "$dir/char.yaml"
want 1 '只有一个字的词会到处命中，请写长一些：密' rules check --rules "$dir/char.yaml"
sed 's/{kind: list, file: words.csv}/{kind: words, any: [没有的词]}/' "$dir/good.yaml" > "$dir/unmet.yaml"
want 1 '应为 复核，实为 不命中' rules test --rules "$dir/unmet.yaml"

# A register of titles: no text in it, found in documents, useless without its key.
mkdir "$dir/reg" "$dir/docs"
printf '标题,截止\n关于调整沿海观测站布局的通知,\n海保发〔2026〕17号,2099-12-31\n' > "$dir/titles.csv"
"$MISHEN" rules digest "$dir/titles.csv" --state "$dir/state" > "$dir/reg/received.register" 2> "$dir/said" || fail "digest"
grep -q '登记 2 条' "$dir/said" || fail "digest says nothing"
! grep -q '沿海\|2026' "$dir/reg/received.register" || fail "text in a register"
sed 's/{kind: list, file: words.csv}/{kind: digest, file: received.register}/; /^    tests:/,$d' "$dir/good.yaml" > "$dir/reg/reg.yaml"
want 0 '问题 0 个' rules check --rules "$dir/reg" --state "$dir/state"
want 64 '钥匙' rules list --rules "$dir/reg" --state "$dir/other"
echo '见《关于调整沿海观测站 布局的通知》。' > "$dir/docs/a.txt"
want 1 '需要复核' scan "$dir/docs" --rules "$dir/reg" --state "$dir/state" --no-ocr
! grep -rq '沿海' "$dir/state" || fail "a title in the state folder"
printf '标题\n短题\n' > "$dir/short.csv"
want 64 'short.csv:2:1: 错误：标题或文号' rules digest "$dir/short.csv" --state "$dir/state"
printf '标题,到期\n关于调整沿海观测站布局的通知,明年\n' > "$dir/until.csv"
want 64 'until.csv:2:1: 错误：第二列应为截止日期' rules digest "$dir/until.csv" --state "$dir/state"

# The shipped packs.
want 0 '未通过 0 条' rules test
exit $bad

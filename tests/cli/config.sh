#!/usr/bin/env bash
# mishen.yaml: who wins, where it is found, what is refused and how (product.md section 2).
. "$(dirname "$0")/../harness/lib.sh"
unset MISHEN_CONFIG
conf=$here/mishen.yaml
mkdir -p "$here/site/cache" "$here/site/img" "$here/empty"
printf '关于召开会议的通知\n' >"$here/site/a.txt"
printf '机密★10年\n' >"$here/site/cache/b.txt"
printf '机密★10年\n' >"$here/site/old.tmp"
printf '\0\0\0\x20ftypisom\0\0\2\0isomiso2mp41' >"$here/site/img/v.mp4"
head -c 3000 /dev/urandom >>"$here/site/img/v.mp4"

# put TEXT: the configuration; scan ARGS: with it
put() { printf '%s\n' "$1" >"$conf"; }
conf() { local want=$1; shift; run "$want" "$@" --config "$conf" --state "$state"; }

# paths, exclusions, a policy: from the file; relative to it; said in report, run and log
put 'paths: [site]
exclude: [cache/, "*.tmp"]
policy: {opaque: video}
lang: en'
conf 0 scan
says out 'left out by --exclude, not looked at: 2'
conf 0 scan --format ndjson
says out '"excluded":2'
says out '"outcome":"opaque"'
says out '"path":"'"$here"'/site/a.txt"'
run 0 log show --state "$state" --type scan.begin --format ndjson
says out '"exclude":["cache/","*.tmp"]'
run 0 log show --state "$state" --type scan.end --format ndjson
says out '"excluded":2'

# flags win over the file; a list as a whole
conf 2 scan --policy opaque=none
conf 1 scan --exclude '*.tmp'
says out 'cache/b.txt'
conf 1 scan --exclude nothing --lang zh-CN "$here/site/old.tmp"
says out '阻断'
# what is named is never left out
conf 1 scan "$here/site/old.tmp"

# mishen doctor: each value and where it came from
conf 0 doctor --jobs 3
says out "configuration: $conf"
says out 'exclude: *.tmp'
says out 'mishen.yaml:2'
says out 'jobs: 3 (command line)'
says out 'fail-on: REVIEW (default)'
says out 'policy.opaque: video'
run 0 doctor --config none --state "$state" --profile site
says out 'medium: site（profile site）'
says out '配置文件：没有'

# profiles: by name, by the file's own word, unknown ones
put 'profile: night
exclude: [cache/]
profiles:
  night: {paths: [site], exclude: ["*.tmp", cache/, img/]}
  other: {medium: outbox}'
conf 0 scan
conf 2 scan --profile other "$here/site"
conf 64 scan --profile nihgt "$here/site"
says err '没有方案 nihgt'
says err 'night other'
run 64 scan --config none --profile sote "$here/site"
says err ' site outbox'

# days with stricter tiers
mkdir "$here/paper" && printf '请按照机密★10年的要求办理该项工作。\n' >"$here/paper/c.txt"
conf 1 scan --format ndjson "$here/paper"
says out '"verdict":"REVIEW"'
put "profiles:
  sensitive-period:
    periods: [2001-01-01..2001-01-02, $(date +%F)..$(date +%F)]"
conf 1 scan --format ndjson "$here/paper"
says out '"verdict":"BLOCK"'
conf 0 doctor
says out 'sensitive-period'
says out 'raise: mark.*=BLOCK（profile sensitive-period）'
put 'profiles:
  sensitive-period:
    periods: 2001-01-01..2001-01-02'
conf 1 scan --format ndjson "$here/paper"
says_not out '"verdict":"BLOCK"'
conf 1 scan --format ndjson --raise 'mark.*=BLOCK' "$here/paper"
says out '"verdict":"BLOCK"'
conf 64 scan --raise 'process.*=GRAVE' "$here/paper"

# refused, with line and what was meant
refused() { put "$1"; conf 64 scan "$here/site"; says err "mishen.yaml:$2"; says err "$3"; }
refused 'lang: zh-CN
exlude: [a]' '2:1' '是不是 exclude'
refused 'jobs: many' '1:7' '正整数'
refused 'jobs: [1]' '1:7' '不是列表'
refused 'limits:
  tme: 60s' '2:8' '是不是 time'
refused 'limits: {time: 99999999999s}' '1:16' '名称或值不对'
refused 'policy: {opaque: films}' '1:18' 'opaque'
refused 'fail-on: BLOK' '1:10' 'INFO|REVIEW|BLOCK'
refused 'ocr: maybe' '1:6' 'yes|no'
refused 'profiles:
  site:
    mediun: site' '3:5' '是不是 medium'
refused 'profiles:
  other:
    periods: [2027-03-01]' '3:15' '2027-03-01..2027-03-15'
refused 'raise: [process]' '1:9' 'process.*=BLOCK'
refused 'medium： site' '1:7' '全角冒号'
refused 'jobs: 1
jobs: 2' '2:1' '重复的键'
refused 'exclude: *all' '1:10' '别名'
refused 'time: 60s' '1:1' '不认识的键'
refused 'profiles:
  site: {state: /x}' '2:9' 'state'
refused "$(printf 'lang: \xbb\xfa')" '1:7' 'UTF-8'
run 64 scan --config "$here/none.yaml" "$here/site"
says err 'none.yaml'
put 'lang: en'
chmod o+w "$conf"
conf 64 scan "$here/site"
says err 'chmod o-w'
chmod o-w "$conf"

# where it is found: the working folder, the environment; none at all
checks=$((checks + 2))
(cd "$here" && "$MISHEN" scan --state "$state" --fail-on BLOCK site/a.txt) >"$here/out" 2>&1 || bad 'mishen.yaml of the working folder'
says out 'Verdict'
(cd "$here" && MISHEN_CONFIG=none "$MISHEN" scan --state "$state" site/a.txt) >"$here/out" 2>&1 || bad 'MISHEN_CONFIG=none'
says_not out 'Verdict'
put '# nothing but words'
conf 0 scan "$here/site/a.txt"
put 'limits:
# time: 60s
profiles:
  site:'
conf 0 scan --profile site "$here/site/a.txt"

# the sample: as it stands, and with every example in force
run 0 scan --config "$SOURCE/scanner/install/mishen.yaml" --state "$state" "$here/site/a.txt"
python3 - "$SOURCE/scanner/install/mishen.yaml" "$conf" <<'PY'
import re, sys
lines, inside = [], False
for line in open(sys.argv[1], encoding="utf-8"):
    inside = inside or line.startswith("profiles:")
    example = re.match(r"( *)# ( *(?:- \S|[a-z-]+:(?: |$)).*)$", line)
    if example and not line.startswith("# ---"):
        line = example.group(1) + example.group(2) + "\n"
    lines.append(line)
open(sys.argv[2], "w", encoding="utf-8").writelines(lines)
PY
sed -i '/^state:\|add-rules:\|rules.d/d' "$conf"
conf 0 doctor
says out 'limits.ocr-pages: 100'
# every key that is an option's has that option; every key is in the manual and in help
"$MISHEN" help --man --config none >"$here/man" 2>/dev/null
"$MISHEN" help config >"$here/keys"
"$MISHEN" help scan >"$here/options"
sed -nE 's/^MSH_CONFIG\("([a-z.-]+)", "[^"]*", "!?([a-z-]*)".*/\1 \2/p' "$SOURCE/include/mishen/config.def" | while read -r key option; do
    grep -qF "  $key" "$here/keys" || echo "help config: no $key"
    grep -qF "\\fB${key//-/\\-}" "$here/man" || echo "the manual: no $key"
    [ -z "$option" ] || grep -qrF "\"$option\"" "$SOURCE/scanner/cli/options.def" || echo "no option $option"
done >"$here/lost"
checks=$((checks + 1))
[ -s "$here/lost" ] && bad "$(cat "$here/lost")"
[ "$(grep -c . "$here/keys")" -gt 30 ] || bad 'help config is short'
finish

#!/usr/bin/env bash
# Every pack in the guide to rules loads, is without a problem, and is held by its tests part by part.
. "$SOURCE/tests/harness/lib.sh"
command -v python3 >/dev/null || skip "python3 is missing"
for guide in "$SOURCE"/docs/rules.*.md; do
    dir=$here/$(basename "$guide" .md)
    mkdir "$dir"
    python3 - "$guide" "$dir" <<'P'
import re, sys
text = open(sys.argv[1], encoding='utf-8').read()
n = 0
for info, body in re.findall(r'(?ms)^```([^\n]*)\n(.*?)^```$', text):
    if info == 'yaml':
        n += 1
        open('%s/%02d.yaml' % (sys.argv[2], n), 'w', encoding='utf-8').write(body)
    elif info.startswith('csv file='):
        open('%s/%s' % (sys.argv[2], info[9:]), 'w', encoding='utf-8').write(body)
    elif info not in ('console', 'text'):
        sys.exit('a block of another kind: ' + info)
P
    for pack in "$dir"/*.yaml; do
        run 0 rules check --rules "$pack" --state "$state"
        says out '问题 0 个，提醒 0 个'
        run 0 rules test --mutate --rules "$pack" --state "$state"
        says out '100.0%'
    done
done
[ "$(ls "$here"/*/*.yaml | wc -l)" -ge 8 ] || bad "packs are missing"
# Commands that the guides name exist.
for verb in $(grep -oh 'mishen rules [a-z-]*' "$SOURCE"/docs/rules.*.md | awk '{print $3}' | sort -u); do
    "$MISHEN" rules "$verb" --help | grep -q "$verb" || bad "no mishen rules $verb"
done
finish

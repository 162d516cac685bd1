#!/usr/bin/env bash
# Every command of the manuals runs and exits as the manual says; rules and options that they name exist; English stands beside
# Chinese; pages that they lead to are there.
. "$SOURCE/tests/harness/lib.sh"
command -v python3 >/dev/null || skip "python3 is missing"
mkdir "$here/bin"
printf '#!/bin/sh\nexec "%s" --state "$MISHEN_TEST_STATE" "$@"\n' "$MISHEN" >"$here/bin/mishen"
# rsync may not be here; what counts is that gate runs what follows
command -v rsync >/dev/null || printf '#!/bin/sh\nshift 2\nexec cp -r "$1." "$2"\n' >"$here/bin/rsync"
chmod 755 "$here"/bin/*
export PATH=$here/bin:$PATH
manuals='start webmaster review operations limits false-positives'

prepare() { # FOLDER MANUAL
    mkdir -p "$1/待发布" "$1/网站" "$1/服务器" "$1/状态目录" && cd "$1" || exit 1
    ln -s "$SOURCE/samples" samples
    cp samples/outbox/01-*.docx 待发布/通知.docx
    cp samples/outbox/20-*.xlsx 待发布/附件.xlsx
    echo 'Shencha-2026-kouling' >口令.txt
    export MISHEN_TEST_STATE=$1/state
    case $2 in
    webmaster.*) # what the start manual has done by then
        mishen approve --root 待发布 待发布/通知.docx 待发布/附件.xlsx --release 2026-001 --title 通知 --by 张三 >/dev/null || bad "approve"
        cp 待发布/* 网站/ ;;
    operations.*)
        cp 待发布/* 网站/
        mishen scan --quiet 网站 || bad "scan" ;;
    esac
}

for manual in $manuals; do
    for lang in zh-CN en; do
        file=$SOURCE/docs/$manual.$lang.md
        [ -e "$file" ] || { bad "no $file"; continue; }
        prepare "$here/$manual.$lang" "$manual.$lang"
        python3 "$SOURCE/tests/cli/manuals.py" "$file" >"$here/commands" || bad "$manual.$lang: blocks"
        while IFS="$(printf '\t')" read -r want command; do
            checks=$((checks + 1))
            bash -c "$command" >"$here/out" 2>"$here/err" </dev/null
            got=$?
            [ "$got" = "$want" ] || { bad "$manual.$lang: $command: exit $got, not $want"; head -5 "$here/out" "$here/err"; }
        done <"$here/commands"
        cd "$here" || exit 1
    done
done
[ "$checks" -ge 50 ] || bad "only $checks commands were found"

# What the manuals, the guides and the README name.
python3 - "$SOURCE" <<'P' || bad "names"
import re, sys
from pathlib import Path
source = Path(sys.argv[1])
rules = set(re.findall(r'(?m)^  - id: (\S+)', ''.join(p.read_text(encoding='utf-8') for p in source.glob('rules/**/*.yaml'))))
options = set(re.findall(r'(?m)^CLI_OPTION\("[^"]*", "(--[a-z0-9-]+)"', (source / 'scanner/cli/options.def').read_text(encoding='utf-8')))
commands = set(re.findall(r'(?m)^CLI_COMMAND\(([a-z_]+)', (source / 'scanner/cli/commands.def').read_text(encoding='utf-8')))
bad, seen = [], 0
for page in sorted(source.glob('docs/*.md')) + [source / 'README.md', source / 'README.en.md', source / 'SECURITY.md']:
    text, name = page.read_text(encoding='utf-8'), page.name
    for link in re.findall(r'\]\(([^)#\s]+)(?:#[^)]*)?\)', text):
        if '://' not in link and not (page.parent / link).exists():
            bad.append('%s: leads to %s, which is not there' % (name, link))
    if name.startswith('false-positives'):
        for rule in re.findall(r'`((?:mark|note|person|process|cred|site|work|commercial)\.[a-z-]+)`', text):
            seen += 1
            if rule not in rules:
                bad.append('%s: no rule %s' % (name, rule))
    for line in text.splitlines():
        for call in re.findall(r'mishen ((?:--lang en )?[a-z]+)((?: [^|;&`]*)?)', line):
            word = call[0].split()[-1]
            if word not in commands:
                continue
            seen += 1
            for option in re.findall(r'(?<![\w-])(--[a-z][a-z0-9-]+)', call[1].split(' -- ')[0]):
                if option not in options:
                    bad.append('%s: mishen %s has no %s' % (name, word, option))
    if name.endswith('.zh-CN.md') and not (page.parent / name.replace('.zh-CN.', '.en.')).exists():
        bad.append('%s: no English beside' % name)
print('%d names' % seen, *bad, sep='\n')
sys.exit(bool(bad) or seen < 80)
P
finish

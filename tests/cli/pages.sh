#!/usr/bin/env bash
# Manual pages, reference and completions come from the tables of --help: every command, option and limit stands in each
# of them, in both languages; shells complete what the tables say.
. "$SOURCE/tests/harness/lib.sh"
pages=$here/pages
sh "$SOURCE/scanner/install/pages" "$pages" "$MISHEN" || bad "scanner/install/pages"
commands=$(sed -nE 's/^CLI_COMMAND\(([a-z_]+).*/\1/p' "$SOURCE/scanner/cli/commands.def")
limits=$(sed -nE 's/^MSH_LIMIT\([a-z_0-9]+, "([^"]*)".*/\1/p' "$SOURCE/include/mishen/limits.def")
holds() { # FILE TEXT
    checks=$((checks + 1))
    grep -qF -- "$2" "$pages/$1" || bad "$1 lacks $2"
}
[ "$(echo "$commands" | wc -l)" -ge 14 ] || bad "commands.def was not read"
for command in $commands; do
    for page in mishen.1 zh_CN/mishen.1; do holds $page ".SS \"mishen ${command//-/\\-} "; done
    for page in reference.en.md reference.zh-CN.md; do holds $page "### mishen $command"; done
    holds mishen.bash "$command"
    holds _mishen "'$command:"
    holds mishen.fish "-fa $command "
done
# Each option, under each of its commands (or among those of all).
python3 - "$SOURCE/scanner/cli/options.def" "$pages" "$MISHEN" <<'P' || bad "options"
import re, subprocess, sys
table, pages, mishen = sys.argv[1:]
rows = re.findall(r'(?m)^CLI_OPTION\("([^"]*)", "(--[a-z0-9-]+)", "([^"]*)", "([^"]*)", "([^"]*)"\)', open(table, encoding='utf-8').read())
read = lambda name: open('%s/%s' % (pages, name), encoding='utf-8').read()
section = lambda text, head, mark: text.split(head, 1)[1].split(mark, 1)[0] if head in text else ''
man = {'en': read('mishen.1'), 'zh-CN': read('zh_CN/mishen.1').replace('\\:', '')}
ref = {'en': read('reference.en.md'), 'zh-CN': read('reference.zh-CN.md')}
shells = [read(n) for n in ('mishen.bash', '_mishen', 'mishen.fish')]
bad = []
help_of = {}
for commands, name, argument, zh, en in rows:
    for lang, text in (('zh-CN', zh), ('en', en)):
        roff = text.replace('\\"', '"').replace('-', '\\-')
        for command in commands.split():
            where = '.SH 所有命令共有的选项' if lang == 'zh-CN' else '.SH OPTIONS OF ALL COMMANDS'
            part = section(man[lang], where if command == '*' else '.SS "mishen %s ' % command, '.SH ' if command == '*' else '.S')
            if '\\fB%s\\fR' % name.replace('-', '\\-') not in part or roff not in part:
                bad.append('man %s: %s of %s' % (lang, name, command))
            if '`%s' % name not in (ref[lang] if command == '*' else section(ref[lang], '### mishen %s\n' % command, '\n##')):
                bad.append('reference %s: %s of %s' % (lang, name, command))
            key = (lang, command)
            if key not in help_of:
                arguments = [mishen, '--lang', lang] + ([] if command == '*' else [command]) + ['--help']
                help_of[key] = subprocess.run(arguments, capture_output=True, text=True, check=True).stdout
            if not re.search(r'(?m)^  %s\b' % name, help_of[key]) or text.replace('\\"', '"') not in help_of[key]:
                bad.append('--help %s: %s of %s' % (lang, name, command))
    for shell, text in zip(('bash', 'zsh', 'fish'), shells):
        if (' -l %s ' % name[2:] if shell == 'fish' else name) not in text:
            bad.append('%s: %s' % (shell, name))
if len(rows) < 50:
    bad.append('options.def was not read')
print('%d options' % len(rows), *bad, sep='\n')
sys.exit(bool(bad))
P
for limit in $limits; do
    holds mishen.1 "\\fB${limit//-/\\-}="
    holds zh_CN/mishen.1 "\\fB${limit//-/\\-}="
    holds reference.zh-CN.md "| \`$limit\` |"
done
for key in $(sed -nE 's/^MSH_(CONFIG|POLICY)\("([^"]*)".*/\2/p' "$SOURCE/include/mishen/config.def" "$SOURCE/include/mishen/policies.def"); do
    for page in reference.en.md reference.zh-CN.md; do holds $page "| \`$key"; done
    for page in mishen.1 zh_CN/mishen.1; do holds $page "\\fB${key//-/\\-}"; done
done
# English pages are English.
for page in mishen.1 reference.en.md; do
    checks=$((checks + 1))
    han=$(python3 -c 'import re, sys; print(*[l for l in open(sys.argv[1], encoding="utf-8") if re.search("[\u4e00-\u9fff]", l)], sep="")' "$pages/$page")
    [ -z "$han" ] || bad "$page: Chinese in English: $han"
done
# The pages are good roff.
if command -v man >/dev/null; then
    for page in mishen.1 zh_CN/mishen.1; do
        checks=$((checks + 1))
        complaints=$(LC_ALL=C.UTF-8 MANROFFSEQ='' MANWIDTH=80 man --warnings -E UTF-8 -l -Tutf8 -Z "$pages/$page" 2>&1 >/dev/null </dev/null)
        [ -z "$complaints" ] || bad "$page: $complaints"
    done
else
    echo "SKIPPED: no man here, the pages were not set"
fi
# bash, as it would be asked
complete_bash() {
    bash -c '. "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _mishen 2>/dev/null; echo "${COMPREPLY[*]}"' - "$pages/mishen.bash" "$@"
}
asks() { # WANTED WORDS…
    local want=$1 got
    shift
    checks=$((checks + 1))
    got=$(complete_bash "$@")
    [ "$got" = "$want" ] || bad "bash: $*: $got, not $want"
}
asks scan mishen sc
asks 'INFO REVIEW BLOCK' mishen scan --fail-on ''
asks en mishen scan --lang = e
asks verify mishen log ver
asks --profile mishen log verify --prof
asks '' mishen log verify ver
asks '' mishen scan --quiet out
if command -v fish >/dev/null; then
    fish -c 'source $argv[1]; for w in "mishen sc" "mishen log ver" "mishen scan --fail-on "; complete -C $w; end' \
        "$pages/mishen.fish" | cut -f1 | sort | tr '\n' ' ' >"$here/out"
    says out 'BLOCK INFO REVIEW scan verify '
else
    echo "SKIPPED: no fish here"
fi
if command -v zsh >/dev/null; then
    checks=$((checks + 1))
    cat >"$here/z" <<'Z'
zmodload zsh/zpty
zpty z zsh -f -i
zpty -w z "PS1=; fpath=($1 \$fpath); autoload -U compinit; compinit -u -D; bindkey '^I' complete-word; zstyle ':completion:*' format ''"
zpty -w -n z $'mishen log ver\t'
zpty -w -n z $'--prof\t'
zpty -w z ' ; exit'
while zpty -r z line; do print -r -- $line; done
Z
    timeout 20 zsh -f "$here/z" "$pages" >"$here/out" 2>&1
    grep -q 'verify' "$here/out" && grep -q -e '--profile' "$here/out" || { bad "zsh completes nothing"; cat "$here/out"; }
else
    echo "SKIPPED: no zsh here"
fi
run 64 help --completion tcsh
says err 'bash、zsh 或 fish'
finish

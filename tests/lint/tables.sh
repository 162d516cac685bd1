#!/usr/bin/env bash
# Plug-in tables: every row has its file, its words for people, and shows up where users look.
set -u
cd "$(dirname "$0")/../.."
bad=0
miss() { echo "$1"; bad=1; }
rows() { sed -nE "s/^$2\(([a-z0-9_]+).*/\1/p" "$1"; }
for name in $(rows scanner/extract/formats.def MSH_FORMAT); do
    file=scanner/extract/fmt_$name.c
    [ -f "$file" ] || { miss "formats.def: $name has no $file"; continue; }
    for lang in zh en; do
        grep -q "reads_$lang" "$file" || miss "$file: says not what is read (reads_$lang)"
    done
done
for name in $(rows scanner/rule/kinds.def MSH_KIND); do
    [ -f "scanner/rule/kind_$name.c" ] || miss "kinds.def: $name has no kind_$name.c"
    case $name in list|digest) continue ;; esac # files of a unit
    grep -rqE "kind: *$name\b" rules || miss "kinds.def: no shipped pack uses kind $name"
done
# A row twice is a merge that went wrong.
twice=$(sed -nE 's/^(CLI_COMMAND\([a-z]+|CLI_OPTION\("[^"]*", "[^"]*"|MSH_[A-Z]+\([^,]*).*/\1/p' scanner/cli/*.def include/mishen/{errors,reasons,limits,config}.def | sort | uniq -d)
[ -z "$twice" ] || miss "two rows of: $twice"
for name in $(rows scanner/report/reports.def MSH_REPORT); do
    [ -f "scanner/report/rep_$name.c" ] || miss "reports.def: $name has no rep_$name.c"
done
for name in $(rows scanner/cli/commands.def CLI_COMMAND); do
    grep -rq "int cli_cmd_$name(" scanner/cli || miss "commands.def: $name has no cli_cmd_$name"
    [ "$name" = help ] || grep -q "mishen $name" README.md || miss "README.md does not show mishen $name"
done
if [ -x "${MISHEN:-}" ]; then
    "$MISHEN" help --man >"${TMPDIR:-/tmp}/mishen.man.$$"
    for name in $(rows scanner/cli/commands.def CLI_COMMAND); do
        grep -q "^\.SS \"mishen ${name//-/\\\\-} " "${TMPDIR:-/tmp}/mishen.man.$$" || miss "the manual does not name $name"
    done
    rm -f "${TMPDIR:-/tmp}/mishen.man.$$"
fi
exit $bad

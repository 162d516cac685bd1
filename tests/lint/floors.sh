#!/usr/bin/env bash
# Refuses an include that climbs: scanner/FLOORS says which folder may include which.
set -u
cd "$(dirname "$0")/../.."
awk '
FILENAME == "scanner/FLOORS" {
    if ($1 ~ /^[0-9]+$/) for (i = 2; i <= NF; i++) floor[$i] = $1
    if ($1 == "only-include") for (i = 2; i <= NF; i++) only[$i] = 1
    next
}
match($0, /^[ \t]*#[ \t]*include[ \t]*["<]/) {
    split(FILENAME, part, "/"); from = part[2]
    name = $0; sub(/^[^"<]*["<]/, "", name); sub(/[">].*/, "", name)
    if (!(from in floor)) { printf "%s: folder %s is not in scanner/FLOORS\n", FILENAME, from; bad = 1; next }
    n = split(name, to, "/")
    if (to[1] == "mishen") next
    if (n < 2) { if ($0 ~ /"/) { printf "%s: include \"%s\" names no folder\n", FILENAME, name; bad = 1 } next }
    if (!(to[1] in floor) || to[1] == from) next
    if (from in only || floor[to[1]] >= floor[from]) {
        printf "%s: %s (floor %d) may not include %s (floor %d)\n", FILENAME, from, floor[from], name, floor[to[1]]; bad = 1
    }
}
END { exit bad }' scanner/FLOORS $(find scanner -name '*.[ch]' | sort) || exit 1
echo "floors hold: $(find scanner -name '*.[ch]' | wc -l) files"

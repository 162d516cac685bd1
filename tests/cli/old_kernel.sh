#!/usr/bin/env bash
# A kernel without openat2, Landlock, clone3, close_range: the same findings, and doctor says in words what is missing.
. "$SOURCE/tests/harness/lib.sh"
cc -std=c11 -o "$here/enosys" "$SOURCE/tests/packages/enosys.c" -lseccomp || skip "no libseccomp"
"$here/enosys" /bin/true || skip "no seccomp here"
mkdir "$here/in" "$here/in/link" && cp "$SOURCE"/samples/outbox/0[1-6]* "$here/in/" && ln -s ../01* "$here/in/link/inside" && ln -s /etc/hostname "$here/in/link/outside"
for way in new old; do
    before=''
    [ $way = old ] && before=$here/enosys
    $before "$MISHEN" scan --state "$state-$way" --format ndjson "$here/in" >"$here/$way" 2>"$here/err"
    [ $? = 2 ] || { bad "$way: exit"; cat "$here/err"; }
    grep -E '"type":"(item|finding|outcome)"' "$here/$way" | sed -E 's/"(ms|fp)":("[^"]*"|[0-9]+)//g' >"$here/$way.items"
    $before "$MISHEN" doctor --state "$state-$way" >"$here/doctor-$way" 2>&1
done
checks=$((checks + 2))
[ "$(wc -l <"$here/old.items")" -gt 6 ] || bad "nothing was scanned"
cmp "$here/new.items" "$here/old.items" || { bad "other findings"; diff "$here/new.items" "$here/old.items" | head; }
says doctor-old '内核没有 openat2'
grep -q 'MSH_SANITIZE:BOOL=ON\|MSH_COVER:BOOL=ON' "$BUILD/CMakeCache.txt" || says doctor-old Landlock
says_not doctor-new '内核没有 openat2'
finish

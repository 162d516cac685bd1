#!/usr/bin/env bash
# A small bundle from this build: started by way of its own loader, from a folder with a blank in its name, the program finds its
# helpers and rules, its helpers find their loader. The real bundle: scanner/install/bundle, tests/packages/bundle.sh.
. "$SOURCE/tests/harness/lib.sh"
[ -e "/lib64/ld-linux-x86-64.so.2" ] || skip "not x86_64"
grep -q 'MSH_SANITIZE:BOOL=ON' "$BUILD/CMakeCache.txt" && skip "sanitizers want the system's loader"
root="$here/my bundle"
mkdir -p "$root/bin" "$root/lib/mishen" "$root/lib/locale" "$root/libexec/mishen" "$root/share/mishen"
cc -std=c11 -O1 -Wall -Wextra -Werror -static -o "$root/mishen" "$SOURCE/scanner/install/launch.c" || skip "no static C library"
cp "$MISHEN" "$root/bin/mishen"
cp -r "$SOURCE/rules" "$root/share/mishen/"
for helper in pdf ocr; do
    [ -x "$BUILD/libexec/mishen-$helper" ] || continue
    cp "$BUILD/libexec/mishen-$helper" "$root/lib/mishen/"
    ln "$root/mishen" "$root/libexec/mishen/mishen-$helper"
done
ldd "$BUILD/mishen" "$BUILD"/libexec/mishen-* | grep -o '/[^ ]*' | grep -v ':$' | sort -u | xargs cp -L -t "$root/lib/"
MISHEN="$root/mishen"
run 0 --version
run 0 rules list --state "$state"
says out mark.state-secret
run 2 scan --format ndjson --state "$state" "$SOURCE/samples/outbox"
says out '"verdict":"BLOCK"'
# the log names the program, not the loader
"$root/mishen" log show --state "$state" --type config --format ndjson >"$here/out" 2>"$here/err"
says out "$(sha256sum "$root/bin/mishen" | cut -d' ' -f1)"
if [ -x "$root/libexec/mishen/mishen-pdf" ]; then
    run 0 doctor --state "$state"
    says out "$root/bin/../libexec/mishen/mishen-pdf"
    pdf=$(ls "$SOURCE"/samples/outbox/*.pdf 2>/dev/null | head -1)
    [ -z "$pdf" ] || { run 0 extract "$pdf"; says out '第1页'; }
fi
rm "$root/lib/ld-linux-x86-64.so.2"
run 126 --version
says err 离线包不完整
finish

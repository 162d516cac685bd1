#!/usr/bin/env bash
# The library as other programs get it: from an installed tree that was moved, with CMake's find_package and with
# pkg-config, the example of samples/buffer builds, scans and finds the tree's rules by itself.
. "$SOURCE/tests/harness/lib.sh"
[ -e "$BUILD/libmishen.so" ] || skip "this build has no libmishen.so (sanitizers, coverage)"
cmake --install "$BUILD" --prefix "$here/made" >"$here/log" 2>&1 || { cat "$here/log"; bad "cmake --install"; finish; }
mv "$here/made" "$here/tree"
text='机密★20年
关于印送有关材料的通知
联系人身份证号 11010519491231002X'

try() { # PROGRAM what
    checks=$((checks + 3))
    printf '%s\n' "$text" | "$1" 通知.txt >"$here/out" 2>"$here/err"
    [ $? = 1 ] || bad "$2: exit code, $(cat "$here/err")"
    says out '阻断  国家秘密标志  第1行'
    says out '结论：阻断'
    says_not out '11010519491231002X'
    echo '普通通知' | "$1" >"$here/out" || bad "$2: a plain text does not pass"
    says out '结论：通过'
    head -c 100 "$SOURCE"/samples/outbox/26-*.docx | "$1" a.docx >"$here/out" && bad "$2: a broken file passes"
    says out '结论：未能检查'
    [ ! -e "$HOME/.local/state/mishen" ] || bad "$2: left a state"
}

export HOME=$here/home
mkdir "$HOME"
# 1. find_package
checks=$((checks + 1))
cmake -S "$SOURCE/samples/buffer" -B "$here/b" -DCMAKE_PREFIX_PATH="$here/tree" >"$here/log" 2>&1 &&
    cmake --build "$here/b" >>"$here/log" 2>&1 || { cat "$here/log"; bad "find_package(mishen)"; }
try "$here/b/buffer" find_package
# 2. pkg-config; warnings of our headers in the caller's own flags count
checks=$((checks + 1))
pc=$(dirname "$(find "$here/tree" -name mishen.pc)")
lib=$(PKG_CONFIG_PATH=$pc pkg-config --variable=libdir mishen)
cc -std=c11 -Wall -Wextra -Wpedantic -Werror "$SOURCE/samples/buffer/buffer.c" -o "$here/plain" \
    $(PKG_CONFIG_PATH=$pc pkg-config --cflags --libs mishen) || bad "pkg-config"
LD_LIBRARY_PATH=$lib try "$here/plain" pkg-config
# the program needs no library of ours
checks=$((checks + 1))
! readelf -d "$here/tree/bin/mishen" | grep NEEDED | grep -q libmishen || bad "mishen depends on libmishen"
[ "$(wc -l <"$SOURCE/samples/buffer/buffer.c")" -le 40 ] || bad "the example is longer than 40 lines"
# without its rules the library says so
rm -r "$here/tree/share/mishen"
checks=$((checks + 1))
LD_LIBRARY_PATH=$lib "$here/plain" </dev/null >"$here/out" 2>"$here/err" && bad "passes without rules"
says err 'rules'
finish

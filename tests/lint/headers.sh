#!/usr/bin/env bash
# Every public header compiles alone, as C11 and as C++.
set -u
cd "$(dirname "$0")/../.."
bad=0
for h in $(find include -name '*.h' | sort); do
    name=${h#include/}
    printf "#include <%s>\ntypedef int msh_not_empty;\n" "$name" | ${CC:-cc} -std=c11 -Wall -Wextra -Wpedantic -Werror -Iinclude -fsyntax-only -xc - || bad=1
    if command -v ${CXX:-c++} >/dev/null; then
        printf "#include <%s>\ntypedef int msh_not_empty;\n" "$name" | ${CXX:-c++} -std=c++17 -Wall -Wextra -Werror -Iinclude -fsyntax-only -xc++ - || bad=1
    fi
done
exit $bad

#!/usr/bin/env bash
# Functions that are never called in scanner/, with what to use instead.
set -u
cd "$(dirname "$0")/../.."
bad=0
ban() { # regex, where it is allowed, instead
    local hits
    hits=$(grep -rnE "(^|[^A-Za-z0-9_>.])($1)[ ]*\(" scanner include --include='*.[ch]' | grep -vE "^($2):" | grep -vE ':[0-9]+:[ ]*(\*|/\*|//)')
    [ -z "$hits" ] || { echo "$hits"; echo "  → $3"; bad=1; }
}
none='nowhere'
ban 'strcpy|strcat|sprintf|vsprintf|gets|strtok|alloca|strncpy|strncat' "$none" 'msh_buf, snprintf'
ban 'atoi|atol|atof|scanf|sscanf|fscanf' "$none" 'strtoull with checks, msh_cursor'
ban 'malloc|calloc|realloc|free|strdup|strndup' 'scanner/base/mem\.c|scanner/worker/helper_[a-z]+\.c' 'base/mem.h'
ban 'system|popen|tmpnam|mktemp|tempnam|mkstemp|tmpfile' "$none" 'nothing: no shell, no temporary files'
ban 'abort|exit' 'scanner/cli/[a-z_]*\.c|scanner/worker/helper_[a-z]+\.c' 'return an error (library code never ends the program)'
ban 'iconv_open|iconv|mbstowcs|wcwidth|setlocale' "$none" 'text/charset.h'
ban 'gmtime|localtime|mktime|strftime' "$none" 'base/clock.h'
ban 'rand|srand|random' "$none" 'getrandom'
ban 'mmap' 'scanner/worker/[a-z_]*\.c|scanner/base/mem\.c' 'read (SIGBUS)'
exit $bad

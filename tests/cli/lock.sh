#!/usr/bin/env bash
# The lock holds, and doctor says which, as root and as nobody, on kernels without Landlock (ENOSYS), under profiles of
# containers that refuse it (EPERM) and refuse clone3, with the capabilities that containers leave.
. "$(dirname "$0")/../harness/lib.sh"
command -v strace >/dev/null && strace -f -o /dev/null true 2>/dev/null || skip 'strace cannot trace here'
grep -q 'MSH_SANITIZE:BOOL=ON' "$BUILD/CMakeCache.txt" && skip 'sanitizers cannot live under the lock'
grep -q 'MSH_COVER:BOOL=ON' "$BUILD/CMakeCache.txt" && skip 'a coverage build cannot live under the lock'
program=$here/bin/mishen
mkdir -p "$here/in" "$here/bin" "$here/libexec/mishen" && chmod 755 "$here"
cp "$MISHEN" "$program" && cp -r "$SOURCE/rules" "$here/rules" && chmod -R a+rX "$here/rules"
[ -d "$BUILD/libexec" ] && cp "$BUILD"/libexec/mishen-* "$here/libexec/mishen/" && chmod -R 755 "$here/libexec" "$here/bin"
printf '机密★10年\n' >"$here/in/marked.txt"
printf '关于召开会议的通知\n' >"$here/in/clean.txt"
cp "$SOURCE"/samples/outbox/14-*.pdf "$here/in/plain.pdf"
chmod -R a+rX "$here/in"

# what a container of Docker's default profile is left with
left='-all,+chown,+dac_override,+fowner,+fsetid,+kill,+setgid,+setuid,+setpcap,+net_bind_service,+net_raw,+sys_chroot,+mknod,+audit_write,+setfcap'
as() { # WHO COMMAND…
    local who=$1
    shift
    case $who in
    root) "$@" ;;
    nobody) setpriv --reuid=65534 --regid=65534 --clear-groups "$@" ;;
    container) setpriv --bounding-set="$left" --inh-caps=-all --no-new-privs "$@" ;;
    esac
}
tried() { # WHO LEVEL STRACE-OPTIONS…
    local who=$1 level=$2 own=$here/state.$1.$#
    shift 2
    mkdir -p "$own" && chmod 777 "$own"
    as "$who" strace -f -qq -o /dev/null "$@" "$program" doctor --state "$own" --rules "$here/rules" >"$here/out" 2>"$here/err"
    checks=$((checks + 3))
    grep -qE "沙箱[^a-z]*$level(（|\$)" "$here/out" || bad "$who, $*: doctor says $(grep 沙箱 "$here/out"; head -2 "$here/err")"
    as "$who" strace -f -qq -o /dev/null "$@" "$program" scan --format ndjson --no-ocr --state "$own" --rules "$here/rules" \
        --digest sha256 "$here/in" >"$here/out" 2>"$here/err"
    [ $? -le 2 ] || bad "$who, $*: scan: $(head -3 "$here/err")"
    grep -q '"verdict":"BLOCK"' "$here/out" && grep -q '"path":"[^"]*clean.txt".*"verdict":"PASS"' "$here/out" ||
        bad "$who, $*: verdicts: $(grep -o '"verdict":"[A-Z-]*"' "$here/out" | tr '\n' ' ')"
    grep -q 'parser\.' "$here/out" && bad "$who, $*: a parser broke off"
    # the PDF helper needs its maps and fonts behind the lock
    [ ! -x "$here/libexec/mishen/mishen-pdf" ] || grep -q '"path":"[^"]*plain.pdf".*"reason":null' "$here/out" || bad "$who, $*: the PDF was not read: $(grep outcome "$here/out")"
}
full=seccomp
"$MISHEN" doctor --state "$state" | grep -q 'seccomp+landlock' && full='seccomp\+landlock'
if [ "$(id -u)" = 0 ] && command -v setpriv >/dev/null; then people='root nobody container'; else people=root; fi
for who in $people; do
    tried $who "$full" -e trace=none
    tried $who seccomp -e trace=landlock_create_ruleset -e inject=landlock_create_ruleset:error=ENOSYS
    tried $who seccomp -e trace=landlock_create_ruleset,landlock_restrict_self,clone3 -e inject=landlock_create_ruleset:error=EPERM -e inject=clone3:error=ENOSYS
    tried $who seccomp -e trace=landlock_restrict_self -e inject=landlock_restrict_self:error=EPERM
done
# no lock at all: no scan. seccomp refused is exit 70, in words
strace -f -qq -o /dev/null -e trace=seccomp -e inject=seccomp:error=EINVAL "$program" scan --state "$state" --rules "$here/rules" "$here/in" >"$here/out" 2>"$here/err"
[ $? = 70 ] || bad "without seccomp: not exit 70: $(head -3 "$here/err")"
[ -s "$here/err" ] || bad 'without seccomp: nothing is said'
grep -q '通过' "$here/out" && bad 'without seccomp: something passes'
finish

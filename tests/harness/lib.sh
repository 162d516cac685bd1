# lib.sh: sourced by CLI tests. Makes a private folder, removes it at the end, counts failures.
set -u
here=$(mktemp -d)
chmod 755 "$here"
trap 'chmod -R u+rwx "$here" 2>/dev/null; rm -rf "$here"' EXIT
failures=0
checks=0
skip() { echo "SKIPPED: $*"; exit 77; }
[ -x "${MISHEN:-}" ] || skip "no program at MISHEN=${MISHEN:-}"
state=$here/state
bad() { failures=$((failures + 1)); echo "FAILED: $*"; }
# run EXIT ARGS…: runs mishen, output in $here/out and $here/err, checks the exit code
run() {
    local want=$1 got
    shift
    checks=$((checks + 1))
    "$MISHEN" "$@" >"$here/out" 2>"$here/err"
    got=$?
    [ "$got" = "$want" ] || { bad "mishen $*: exit $got, want $want"; head -5 "$here/out" "$here/err"; }
}
# says FILE TEXT: the output holds TEXT
says() { checks=$((checks + 1)); grep -qF -- "$2" "$here/$1" || { bad "no '$2' in $1:"; head -20 "$here/$1"; }; }
says_not() { checks=$((checks + 1)); ! grep -qF -- "$2" "$here/$1" || { bad "'$2' in $1"; }; }
finish() { echo "$checks checks, $failures failed"; [ "$failures" = 0 ]; exit; }

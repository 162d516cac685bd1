#!/usr/bin/env bash
# Workers open nothing, whatever they read; a worker killed by hand costs nothing; nothing is left
# behind; the run works as nobody.
set -u
[ -x "$MISHEN" ] || { echo "no program"; exit 77; }
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
export XDG_STATE_HOME="$dir/state"
bad=0
fail() { echo "FAILED: $*"; bad=1; }

mkdir "$dir/in"
for i in $(seq 300); do printf '第%s件\n没有问题的文字。\n' "$i" >"$dir/in/$i.txt"; done
cp -r "$SOURCE/samples/outbox" "$dir/in/outbox"

# What a process does after its filter is loaded: only calls of the list, and no open among them.
if grep -q 'seccomp' "$BUILD/CMakeCache.txt" && ! grep -q 'MSH_SANITIZE:BOOL=ON' "$BUILD/CMakeCache.txt" &&
    command -v strace >/dev/null && strace -f -o /dev/null true 2>/dev/null; then
    strace -f -o "$dir/trace" "$MISHEN" scan --format ndjson --jobs 2 "$dir/in" >"$dir/out" 2>"$dir/err"
    awk '
    $2 ~ /^execve\(/ { helper[$1] = 1; locked[$1] = 0; next }
    $2 ~ /^seccomp\(SECCOMP_SET_MODE_FILTER/ && /\{len=/ { locked[$1] = !helper[$1]; n++; next }
    locked[$1] && match($2, /^[a-z_0-9]+\(/) {
        call = substr($2, 1, RLENGTH - 1)
        seen[$1, call]++
        if (call == "recvmsg") worker[$1] = 1
        if (call ~ /^(open|openat|openat2|socket|connect|execve|write|clone|fork|unlink|kill|ptrace)$/) wrong[$1] = wrong[$1] " " call
    }
    END {
        for (p in worker) { w++; if (p in wrong) { print "process " p ":" wrong[p]; bad = 1 } }
        print w " locked processes, " n " filters"
        exit bad || w < 3 || n < 9
    }' "$dir/trace" || fail "a locked worker did something that is not its business"
    grep -q 'parser\.' "$dir/out" && fail "a parser broke off: $(grep -m1 'parser\.' "$dir/out")"
else
    echo "SKIPPED: no strace, or no lock in this build"
fi

# Killed by hand: its file is tried again, and all items are there. ($! is the program itself.)
for i in 1 2 3; do cat "$dir"/in/*.txt; done >"$dir/block"
for i in $(seq 60); do
    for k in $(seq 40); do cat "$dir/block"; done >"$dir/in/large$i.txt" 2>/dev/null
    [ "$i" -ge 12 ] && break
done
"$MISHEN" scan --format ndjson --jobs 2 "$dir/in" >"$dir/out" 2>"$dir/err" &
scan=$!
for i in $(seq 40); do
    zygote=$(cat /proc/$scan/task/*/children 2>/dev/null | tr ' ' '\n' | head -1)
    [ -n "$zygote" ] || { sleep 0.05; continue; }
    worker=$(cat /proc/"$zygote"/task/*/children 2>/dev/null | tr ' ' '\n' | head -1)
    [ -n "$worker" ] && kill -9 "$worker" 2>/dev/null && killed=$((${killed:-0} + 1))
    [ "${killed:-0}" -ge 3 ] && break
    sleep 0.05
done
wait $scan
status=$?
items=$(grep -c '"type":"item"' "$dir/out")
want=$(find "$dir/in" -type f | wc -l)
[ "$items" = "$want" ] || fail "killed workers: $items of $want items"
[ "$status" -le 2 ] || fail "killed workers: exit $status: $(cat "$dir/err")"
echo "${killed:-0} workers killed by hand, exit $status"

# The zygote killed: an error in words, never a pass.
"$MISHEN" scan --format ndjson --jobs 2 "$dir/in" >"$dir/out" 2>"$dir/err" &
scan=$!
for i in $(seq 100); do
    zygote=$(cat /proc/$scan/task/*/children 2>/dev/null | tr ' ' '\n' | head -1)
    [ -n "$zygote" ] && kill -9 "$zygote" 2>/dev/null && break
    sleep 0.01
done
wait $scan
status=$?
if [ -n "$zygote" ]; then
    [ "$status" -ne 0 ] && [ "$status" -lt 128 ] || fail "zygote killed: exit $status"
fi

# The supervisor killed: nothing it made outlives it.
"$MISHEN" scan --format ndjson --jobs 2 "$dir/in" >"$dir/out" 2>"$dir/err" &
scan=$!
for i in $(seq 100); do
    zygote=$(cat /proc/$scan/task/*/children 2>/dev/null | tr ' ' '\n' | head -1)
    [ -n "$zygote" ] && workers=$(cat /proc/"$zygote"/task/*/children 2>/dev/null) && [ -n "$workers" ] && break
    sleep 0.01
done
kill -9 $scan 2>/dev/null
wait $scan 2>/dev/null
for pid in $zygote ${workers:-}; do
    for i in $(seq 100); do
        state=$(sed -n 's/^State:[[:space:]]*\(.\).*/\1/p' "/proc/$pid/status" 2>/dev/null)
        case "$state" in ''|Z|X) break ;; esac
        sleep 0.02
    done
    case "$state" in ''|Z|X) ;; *) fail "process $pid outlives the supervisor" ;; esac
done

# As nobody, from a folder that nobody may read only in part.
if [ "$(id -u)" = 0 ] && command -v setpriv >/dev/null && [ -x "$MISHEN" ]; then
    chmod 755 "$dir"
    mkdir -m 777 "$dir/nobody"
    cp "$MISHEN" "$dir/nobody/mishen" && chmod 755 "$dir/nobody/mishen"
    cp -r "$SOURCE/rules" "$dir/nobody/rules" && chmod -R a+rX "$dir/nobody/rules"
    chmod 000 "$dir/in/7.txt"
    XDG_STATE_HOME="$dir/nobody/state" setpriv --reuid=65534 --regid=65534 --clear-groups \
        "$dir/nobody/mishen" scan --format ndjson --rules "$dir/nobody/rules" "$dir/in/7.txt" "$dir/in/8.txt" \
        >"$dir/out" 2>"$dir/err"
    status=$?
    [ "$status" = 2 ] || fail "as nobody: exit $status: $(cat "$dir/err")"
    grep -q '"reason":"file.no-access"' "$dir/out" || fail "as nobody: an unreadable file is not named"
    grep -c '"verdict":"PASS"' "$dir/out" | grep -qx 1 || fail "as nobody: $(cat "$dir/out")"
fi
exit $bad

#!/usr/bin/env bash
# The writer of the log killed at every system call that changes a file, and given an error by every
# one of them (audit-log.md section 8): what was acknowledged is there, the log goes on and verifies.
# MSH_TEST_FAULT_STEP: every how many-th place is tried (default 4; 1 = all).
. "$(dirname "$0")/../harness/lib.sh"
strace -f -o /dev/null true 2>/dev/null || skip 'strace cannot trace here'
step=${MSH_TEST_FAULT_STEP:-4}
calls='openat write pwrite64 fdatasync fsync rename ftruncate link unlink fchmod chmod mkdir'
work=$here/work
run 0 log heartbeat --state "$state"
run 0 log heartbeat --state "$state"

acknowledged() { grep -c '"ty":"heartbeat"' "$1/log/seg/"*.ndjson | tail -1; }
before=$(acknowledged "$state")
places=0
tried() { # WHAT: after a run that was broken off or refused: EXIT of it in $got
    places=$((places + 1))
    local now
    if [ "$got" = 0 ]; then
        now=$(acknowledged "$work")
        [ "$now" -gt "$before" ] || bad "$1: acknowledged, but not there"
    fi
    "$MISHEN" log heartbeat --state "$work" >"$here/out" 2>"$here/err" || { bad "$1: the log does not go on"; cat "$here/err"; }
    "$MISHEN" log verify --state "$work" >"$here/out" 2>"$here/err"
    [ $? = 4 ] || { bad "$1: the log does not verify"; head -20 "$here/out"; }
    now=$(acknowledged "$work")
    [ "$now" -gt "$before" ] || bad "$1: $now heartbeats, had $before"
}
fresh() { # how: a state as a run left it, with the cache of the old days or without (a reboot)
    rm -rf "$work"
    cp -a "$state" "$work"
    [ "$1" = warm ] || rm "$work/log/state"
}
for how in warm cold; do
    fresh $how
    strace -f -qq -o "$here/trace" -e trace="$(echo $calls | tr ' ' ,)" "$MISHEN" log heartbeat --state "$work" >/dev/null 2>&1
    for call in $calls; do
        n=$(grep -c " $call(" "$here/trace")
        for when in $(seq 1 "$step" "$n"); do
            fresh $how
            (strace -f -qq -o /dev/null -e trace=$call -e "inject=$call:signal=KILL:when=$when" "$MISHEN" \
                log heartbeat --state "$work"; exit $?) >/dev/null 2>&1
            got=$?
            tried "killed at $call $when ($how)"
            for error in ENOSPC EIO; do
                fresh $how
                strace -f -qq -o /dev/null -e trace=$call -e "inject=$call:error=$error:when=$when" "$MISHEN" \
                    log heartbeat --state "$work" >"$here/out" 2>"$here/err"
                got=$?
                case $got in 0 | 2 | 3 | 74) ;; *) bad "$error from $call $when ($how): exit $got" ;; esac
                tried "$error from $call $when ($how)"
            done
        done
    done
done

# short writes: a limit on the size of files cuts a write anywhere; the rest fails
size=$(stat -c %s "$state/log/seg/00000000000000000000.ndjson")
for extra in $(seq 1 $((step * 20)) 1200); do
    fresh cold
    limit=$(((size + extra + 1023) / 1024))
    (ulimit -f $limit; trap '' XFSZ; exec "$MISHEN" log heartbeat --state "$work") >/dev/null 2>&1
    got=$?
    tried "files of at most $limit KiB"
done

# four writers at once
fresh warm
for i in 1 2 3 4; do
    (for k in $(seq 8); do "$MISHEN" log heartbeat --state "$work" || echo "writer $i failed"; done) >>"$here/writers" 2>&1 &
done
wait
checks=$((checks + places + 1))
[ ! -s "$here/writers" ] || { bad 'of four writers at once'; head -5 "$here/writers"; }
run 4 log verify --state "$work"
checks=$((checks + 1))
[ "$(acknowledged "$work")" = $((before + 32)) ] || bad "heartbeats of four writers: $(acknowledged "$work")"
echo "$places places tried"
finish

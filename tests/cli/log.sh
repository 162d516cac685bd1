#!/usr/bin/env bash
# The log as its users meet it: verify and show, damage, a full disk, failing writes, killed runs.
. "$(dirname "$0")/../harness/lib.sh"
log=$state/log
segment=$log/seg/00000000000000000000.ndjson
mkdir "$here/docs"
for i in 1 2 3; do printf '关于第%s次会议的通知\n' "$i" >"$here/docs/$i.txt"; done
printf '机密★10年\n' >"$here/docs/marked.txt"

# no log yet; then one that is valid but not anchored
run 2 log verify --state "$state"
says err '这里没有日志'
run 2 log show --state "$state"
says err '这里没有日志'
run 2 log show --lang en --state "$state"
says err 'no log here'
run 1 scan --state "$state" "$here/docs"
run 4 log verify --state "$state"
says out '有效，但没有外部锚点'
says out '首次使用即信任'
says out "local/"
run 4 log verify --lang en "$log"
says out 'valid, but not anchored'
run 64 log show --state "$state" --type nonsense
says err 'scan.begin'
run 64 log prove 99999 --state "$state"
says err '没有这个记录号'
run 64 log prove --from 0 --state "$state"
says err '可用 1'

# show: words, raw lines, filters; no document text
run 0 log show --state "$state"
says out '检查开始'
says out '[阻断]'
says_not out '机密'
run 0 log show --state "$state" --format ndjson
cp "$here/out" "$here/all"
checks=$((checks + 1))
cmp -s "$here/all" "$segment" || bad 'show --format ndjson is not the segment'
grep -q '机密' "$segment" && bad 'document text in the log'
run 0 log show --state "$state" --format ndjson --type item
checks=$((checks + 1))
[ "$(wc -l <"$here/out")" = 4 ] || bad 'not four items'
run 0 log show --state "$state" --format ndjson --from 2 --to 4
checks=$((checks + 1))
[ "$(wc -l <"$here/out")" = 2 ] || bad 'not records 2 and 3'
id=$(jq -r 'select(.ty=="scan.begin")|.b.run' "$segment")
run 0 log show --state "$state" --run "$id" --type scan.end --format ndjson
checks=$((checks + 1))
[ "$(wc -l <"$here/out")" = 1 ] || bad 'not one scan.end of the run'
run 0 log show --state "$state" --verdict BLOCK --format ndjson
checks=$((checks + 1))
[ "$(wc -l <"$here/out")" = 1 ] || bad 'not one blocked item'
run 0 log show --state "$state" --path marked --format ndjson
checks=$((checks + 1))
[ "$(wc -l <"$here/out")" = 1 ] || bad 'not one path with that text'
run 0 log show --state "$state" --since 2000 --until 2001 --format ndjson
checks=$((checks + 1))
[ ! -s "$here/out" ] || bad 'records of the year 2000'
run 0 log show --state "$state" --since 2000-01-01 --format ndjson
checks=$((checks + 1))
cmp -s "$here/out" "$segment" || bad 'not all since 2000'
run 64 log
run 64 log burn
run 64 log show --state "$state" --from x

# a second run goes on in the same log
run 1 scan --state "$state" "$here/docs"
run 4 log verify --state "$state"

# damage: each copy is refused, and the writer does not go on
damaged() { # EXIT-OF-VERIFY EXIT-OF-SCAN: $here/d/log was damaged
    run "$1" log verify --state "$here/d"
    rm -f "$here/d/log/state"
    run "$2" scan --state "$here/d" "$here/docs"
}
copy() { rm -rf "$here/d"; cp -a "$state" "$here/d"; }
copy; sed -i '3s/scan/scam/' "$here/d/log/seg/"*; damaged 1 3
says err '证据'
copy; sed -i '2d' "$here/d/log/seg/"*; damaged 1 3
copy; sed -i '$d' "$here/d/log/seg/"*; damaged 3 3
copy; rm "$here/d/log/seg/"*; damaged 3 3
copy; sed -i '3s/^./-/' "$here/d/log/checkpoints"; damaged 1 3
copy; rm "$here/d/log/log.pub.pem"; run 1 log verify --state "$here/d"
copy; rm "$here/d/log/keys/log.pem"; run 74 scan --state "$here/d" "$here/docs"
copy; : >"$here/d/log/checkpoints"; : >"$here/d/log/checkpoints.sm3"; damaged 1 3

# a torn tail, as a power loss leaves it: verify says so, the next run puts it aside
copy; printf '{"b":{"half' >>"$here/d/log/seg/00000000000000000000.ndjson"
run 1 log verify --state "$here/d"
says out '有效的只有前'
run 1 scan --state "$here/d" "$here/docs"
run 4 log verify --state "$here/d"
run 0 log show --state "$here/d" --type log.recover
says out '中断后恢复'
checks=$((checks + 1))
[ "$(cat "$here/d/log/quarantine/"*)" = '{"b":{"half' ] || bad 'the torn bytes are not in quarantine'

# two runs at once on one state
"$MISHEN" scan --state "$state" "$here/docs" >/dev/null 2>&1 &
first=$!
run 1 scan --state "$state" "$here/docs"
wait $first
checks=$((checks + 1))
run 4 log verify --state "$state"

# killed at any time: the log goes on
for i in $(seq "${MSH_TEST_KILLS:-8}"); do
    "$MISHEN" scan --state "$state" "$here/docs" >/dev/null 2>&1 &
    pid=$!
    sleep "0.0$((i * 7 % 10))"
    kill -9 $pid 2>/dev/null
    wait $pid 2>/dev/null
done
run 1 scan --state "$state" "$here/docs"
run 4 log verify --state "$state"

# a write or a sync that fails: 74, no verdict; the next run goes on
if strace -f -o /dev/null true 2>/dev/null; then
    for fault in fdatasync:error=EIO fdatasync:error=ENOSPC fdatasync:error=EIO:when=2+; do
        checks=$((checks + 1))
        strace -f -qq -o /dev/null -e trace=fdatasync -e "inject=$fault" "$MISHEN" scan --state "$state" \
            "$here/docs" >"$here/out" 2>"$here/err"
        got=$?
        [ $got = 74 ] || bad "with $fault: exit $got, want 74"
        says_not out '[阻断]'
        run 1 scan --state "$state" "$here/docs"
        run 4 log verify --state "$state"
    done
else
    echo 'SKIPPED in part: strace cannot trace here'
fi

# a full disk: 74, one log.full record, and the log goes on when there is room again
if [ "$(id -u)" = 0 ] && mkdir "$here/small" && mount -t tmpfs -o size=3m none "$here/small" 2>/dev/null; then
    trap 'umount "$here/small" 2>/dev/null; rm -rf "$here"' EXIT
    run 1 scan --state "$here/small/s" "$here/docs"
    dd if=/dev/zero of="$here/small/fill" bs=4k 2>/dev/null
    for i in $(seq 20); do
        "$MISHEN" scan --state "$here/small/s" "$here/docs" >"$here/out" 2>"$here/err"
        got=$?
        [ $got = 74 ] && break
    done
    checks=$((checks + 1))
    [ $got = 74 ] || bad "on a full disk: exit $got, want 74"
    rm "$here/small/fill"
    run 1 scan --state "$here/small/s" "$here/docs"
    run 4 log verify --state "$here/small/s"
    run 0 log show --state "$here/small/s" --type log.full
    says out '磁盘曾满'
    umount "$here/small"
else
    echo 'SKIPPED in part: no tmpfs can be mounted here'
fi
# one byte changed anywhere: no scan adds to such a log, and a quiet one is not silent either
run 1 scan --state "$here/changed" "$here/docs"
file=$(ls "$here"/changed/log/seg/*.ndjson | head -1)
cp "$file" "$here/before"
printf X | dd of="$file" bs=1 seek=300 conv=notrunc 2>/dev/null
run 3 scan --quiet --state "$here/changed" "$here/docs"
says err 'mishen log verify'
[ "$(wc -c <"$file")" = "$(wc -c <"$here/before")" ] || bad 'a changed log was written on'
cp "$here/before" "$file"
run 1 scan --quiet --state "$here/changed" "$here/docs"

# a log that is gone is no log that never was: a new one begins only when it is asked for
rm -r "$here/changed/log"
run 3 scan --quiet --state "$here/changed" "$here/docs"
says err '日志却不见了'
run 3 approve --state "$here/changed" "$0" --title 甲 --by 王五
run 0 log init --state "$here/changed"
run 1 scan --quiet --state "$here/changed" "$here/docs"
finish

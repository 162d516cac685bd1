#!/usr/bin/env bash
# publish: what is approved is copied, whole and with a record; anything else refuses all of it.
. "$(dirname "$0")/../harness/lib.sh"
site=$here/site
web=$here/web
mkdir -p "$site/公告" "$web"
printf '关于召开会议的通知\n' >"$site/公告/通知.txt"
printf '普通内容\n' >"$site/附件.txt"
head -c 700000 /dev/zero | tr '\0' 'a' >"$site/公告/长.txt"
touch -d '2026-01-02 03:04:05 UTC' "$site/附件.txt"
good() { checks=$((checks + 1)); "$@" >"$here/got" 2>&1 || { bad "$*"; cat "$here/got"; }; }
publish() { run "$1" publish --state "$state" "$site" "$web"; }
empty() { checks=$((checks + 1)); [ -z "$(ls -A "$web")" ] || { bad 'something was published'; find "$web"; }; }
records() { cat "$state"/log/seg/*.ndjson | grep -c '"ty":"publish"'; }
number() { checks=$((checks + 1)); [ "$(records)" = "$1" ] || bad "$(records) records, want $1"; }
approve() { run 0 approve --state "$state" --root "$site" --title 通知 --by 张三 --release "$1" "${@:2}"; }

# not approved, or not all of it: as gate says, and nothing is copied
publish 1
says out '未经批准'
empty
approve R-1 "$site/公告/通知.txt" "$site/公告/长.txt"
publish 1
empty
approve R-2 "$site/附件.txt"
ln -s 附件.txt "$site/l"
publish 2
empty
rm "$site/l"
number 0
# wrong use
run 64 publish --state "$state" "$site"
run 64 publish --state "$state" "$site" "$here/absent"
run 64 publish --state "$state" "$site/附件.txt" "$web"
run 64 publish --state "$state" "$site" "$site/公告"
run 64 publish --state "$state" "$site" "$site"
run 64 publish --state "$state" "$site" "$here"
run 64 publish --state "$state" --format xml "$site" "$web"

# all of it
umask 077
publish 0
says out '已发布 3 / 3'
good diff -r "$site" "$web"
good test "$(stat -c '%a %Y' "$web/附件.txt")" = '644 1767323045'
good test "$(ls -A "$web" | wc -l)" = 2
number 3
run 0 log show --state "$state" --type publish --format ndjson
says out "\"path\":\"附件.txt\",\"release\":\"R-2\",\"sha256\":\"$(sha256sum <"$site/附件.txt" | cut -d' ' -f1)\",\"size\":13"
says out "\"to\":\"$web\""
run 4 log verify --state "$state"
# again over what is there; what is there besides stays
printf 'x\n' >"$web/other"
printf 'old\n' >"$web/附件.txt"
run 0 publish --state "$state" --lang en --format ndjson "$site" "$web"
says out '"published":3'
says out '"type":"publish-item","path":"公告/通知.txt","release":"R-1"'
good cmp "$site/附件.txt" "$web/附件.txt"
good test -e "$web/other"
number 6

# one flipped byte: nothing at all is copied
rm -r "$web"/*
printf 'Q' | dd of="$site/附件.txt" bs=1 seek=12 conv=notrunc 2>/dev/null
publish 1
says out '批准后被改动'
empty
printf '普通内容\n' >"$site/附件.txt"

# in the target: links are not followed, folders and links not replaced, nothing else is touched
mkdir "$here/elsewhere"
ln -s "$here/elsewhere" "$web/公告"
publish 1
good test -z "$(ls -A "$here/elsewhere")"
good test "$(ls -A "$web")" = 公告
rm "$web/公告"
ln -s "$here/elsewhere/x" "$web/附件.txt"
publish 1
good test ! -e "$here/elsewhere/x"
good test "$(ls -A "$web")" = 附件.txt
rm "$web/附件.txt"
mkdir "$web/附件.txt"
publish 1
rmdir "$web/附件.txt"
printf 'x\n' >"$web/公告"
publish 1
rm "$web/公告"
ln -s "$here/elsewhere" "$web/.mishen-publish"
publish 74
good test -z "$(ls -A "$here/elsewhere")"
rm "$web/.mishen-publish"
mkdir -m 755 "$web/.mishen-publish"
publish 74
rmdir "$web/.mishen-publish"
empty
# another one at work
mkdir -m 700 "$web/.mishen-publish"
(
    exec 9<"$web/.mishen-publish"
    flock 9
    publish 75
    says err '正在进行'
    exit "$failures"
) || failures=$((failures + 1))
rmdir "$web/.mishen-publish"
number 6

# evidence that does not verify; a log that cannot be written
cp -a "$state" "$here/d"
sed -i '2s/config/comfig/' "$here/d/log/seg/"*0.ndjson
run 3 publish --state "$here/d" "$site" "$web"
empty

if strace -f -o /dev/null true 2>/dev/null; then
    # changed between the check and the copy: the copy is what is judged
    strace -f -qq -o /dev/null -e trace=mkdirat -e inject=mkdirat:delay_exit=4000000:when=1 \
        "$MISHEN" publish --state "$state" "$site" "$web" >"$here/out" 2>"$here/err" &
    pid=$!
    for _ in $(seq 1 200); do [ -d "$web/.mishen-publish" ] && break; sleep 0.05; done
    printf '别的内容\n' >"$site/附件.txt"
    wait $pid
    got=$?
    good test $got = 1
    says err '核对之后被改动'
    empty
    printf '普通内容\n' >"$site/附件.txt"
    number 6

    # broken off, or given an error, at every call that changes a file: whole files only, and the next run ends it
    cp -a "$state" "$here/kept"
    mkdir "$here/old"
    printf 'old\n' >"$here/old/附件.txt"
    calls='openat mkdirat write fchmod fsync renameat unlinkat'
    fresh() { rm -rf "$web" "$state"; cp -a "$here/old" "$web"; cp -a "$here/kept" "$state"; }
    whole() { # WHAT
        local f
        checks=$((checks + 1))
        while IFS= read -r f; do
            cmp -s "$site/$f" "$web/$f" || { [ "$f" = 附件.txt ] && cmp -s "$here/old/$f" "$web/$f"; } || bad "$1: half of $f"
        done < <(cd "$web" && find . -name .mishen-publish -prune -o -type f -printf '%P\n')
    }
    fresh
    strace -f -qq -o "$here/trace" -e trace="$(echo $calls | tr ' ' ,)" "$MISHEN" publish --state "$state" "$site" "$web" >/dev/null 2>&1
    from=$(grep -n 'mkdirat(.*mishen-publish' "$here/trace" | cut -d: -f1)
    tried=0
    for call in $calls; do
        before=$(head -$((from - 1)) "$here/trace" | grep -c " $call(")
        n=$(grep -c " $call(" "$here/trace")
        step=$(((n - before) / 6 + 1))
        for when in $(seq $((before + 1)) $step "$n"); do
            for how in signal=KILL error=EIO error=ENOSPC; do
                fresh
                (strace -f -qq -o /dev/null -e trace=$call -e "inject=$call:$how:when=$when" \
                    "$MISHEN" publish --state "$state" "$site" "$web"; exit $?) >"$here/out" 2>"$here/err"
                got=$?
                tried=$((tried + 1))
                whole "$how at $call $when"
                if [ $got = 0 ]; then # nothing acknowledged that is not there and logged
                    checks=$((checks + 1))
                    diff -r "$site" "$web" >/dev/null && [ "$(records)" = 9 ] || [ $call = unlinkat ] || bad "$how at $call $when: 0, but not all there"
                fi
                run 0 log heartbeat --state "$state" # a log that was broken off is mended by the next writer
                publish 0
                good diff -r "$site" "$web"
                run 4 log verify --state "$state"
            done
        done
    done
    echo "$tried places"
    good test $tried -gt 40
else
    echo 'SKIPPED in part: strace cannot trace here'
fi
finish

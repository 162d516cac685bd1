#!/usr/bin/env bash
# mishen watch: what is put into 待审 is examined and moved, with a sheet beside it; what is still being
# written is left alone; nothing is lost over restarts; nothing is replaced.
. "$(dirname "$0")/../harness/lib.sh"
share=$here/share
mkdir "$share"
run 64 watch
run 64 watch --settle x "$share"
run 64 watch "$here/absent"
run 0 watch --once --settle 0 --state "$state" "$share"
for folder in 待审 通过 待复核 退回; do [ -d "$share/$folder" ] || bad "no folder $folder"; done

mkdir "$here/english"
run 0 watch --once --settle 0 --lang en --state "$state" "$here/english"
[ -d "$here/english/waiting" ] && [ -d "$here/english/returned" ] || bad 'no English folders'

# one pass over what is there: good, marked, to be reviewed, a folder, a link, an empty folder, names of open documents
printf '关于召开会议的通知\n' >"$share/待审/通知.txt"
printf '机密★10年\n' >"$share/待审/来文.txt"
printf '联系人身份证 11010519491231002X\n' >"$share/待审/名单.txt"
mkdir -p "$share/待审/一条信息/附件" "$share/待审/空"
printf '正文\n' >"$share/待审/一条信息/正文.txt"
printf '绝密★\n' >"$share/待审/一条信息/附件/~\$表.txt"
ln -s /etc/passwd "$share/待审/链接"
printf 'x\n' >"$share/待审/~\$通知.docx"
printf 'x\n' >"$share/待审/.smbdelete0123"
printf '旧的\n' >"$share/通过/通知.txt"
chmod 664 "$share/待审/通知.txt"
run 0 watch --once --settle 0 --state "$state" "$share"
says out '来文.txt  阻断'
[ "$(cat "$share/通过/通知.txt")" = 旧的 ] || bad 'a file in 通过 was replaced'
[ -f "$share/通过/通知(2).txt" ] || bad 'the good file is not in 通过'
[ -f "$share/通过/通知(2).txt.审查结果.html" ] || bad 'no sheet beside the good file'
[ "$(stat -c %a "$share/通过/通知(2).txt.审查结果.html")" = 664 ] || bad 'the sheet cannot be read by those who read the file'
[ -f "$share/退回/来文.txt" ] || bad 'the marked file is not in 退回'
grep -q '国家秘密标志' "$share/退回/来文.txt.审查结果.html" || bad 'the sheet does not say why'
[ -f "$share/待复核/名单.txt" ] || bad 'the file to be reviewed is not in 待复核'
grep -q '11010519491231002X' "$share/待复核/"*.html && bad 'a number stands in a sheet'
[ -f "$share/退回/一条信息/正文.txt" ] && [ -f "$share/退回/一条信息/附件/~\$表.txt" ] || bad 'the folder was not moved as a whole'
[ -f "$share/退回/链接.审查结果.txt" ] || bad 'a link was not sent back'
[ -f "$share/退回/空.审查结果.txt" ] || bad 'an empty folder was not sent back'
[ "$(ls -A "$share/待审" | sort | tr '\n' ' ')" = '.smbdelete0123 ~$通知.docx ' ] || bad "left in 待审: $(ls -A "$share/待审")"

# a running watch: events, a slow writer, many at once, a second watcher, a restart
start() { "$MISHEN" watch --settle 1 --state "$state" "$share" >"$here/w.out" 2>&1 & watcher=$!; for _ in $(seq 100); do grep -q 看守 "$here/w.out" && return; sleep 0.1; done; bad 'watch does not start'; }
wait_for() { for _ in $(seq 150); do [ -e "$1" ] && return; sleep 0.1; done; bad "does not come: $1"; }
start
run 75 watch --settle 1 --state "$here/other" "$share"
(for i in 1 2 3 4 5 6; do printf '第%s行\n' $i; sleep 0.4; done; printf '机密★10年\n') >"$share/待审/慢.txt" &
for i in $(seq 30); do printf '普通内容 %s\n' "$i" >"$share/待审/批$i.txt"; done
wait_for "$share/通过/批30.txt"
wait_for "$share/退回/慢.txt"
[ -e "$share/通过/慢.txt" ] && bad 'a file was judged before it was complete'
kill -9 "$watcher"
wait "$watcher" 2>/dev/null
printf '停机时放入\n' >"$share/待审/停机.txt"
start
wait_for "$share/通过/停机.txt"
for i in $(seq 30); do [ -f "$share/通过/批$i.txt" ] && [ -f "$share/通过/批$i.txt.审查结果.html" ] || bad "lost: $i"; done
# a reader who takes it back, and a file that changes its mind
printf '普通\n' >"$share/待审/改.txt"; sleep 0.3; printf '机密★10年\n' >"$share/待审/改.txt"
printf '普通\n' >"$share/待审/收回.txt"; rm "$share/待审/收回.txt"
wait_for "$share/退回/改.txt"
kill "$watcher"
wait "$watcher"
checks=$((checks + 1))
[ $? = 0 ] || bad 'watch does not end well'
run 4 log verify --state "$state"
finish

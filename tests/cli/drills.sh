#!/usr/bin/env bash
# Losses, one drill after another: each ends working again, with a log that verifies and tells what happened.
[ -w /dev/shm ] && export TMPDIR=/dev/shm # what is drilled is not the disk
. "$(dirname "$0")/../harness/lib.sh"
command -v python3 >/dev/null && export PYTHONDONTWRITEBYTECODE=1
site=$here/site
mkdir "$site"
S=$here/s # the state folder of the drill
on() { local want=$1; shift; run "$want" "$@" --state "$S"; }
good() { checks=$((checks + 1)); "$@" >"$here/got" 2>&1 || { bad "$*"; head -5 "$here/got"; }; }
# shows TYPE TEXT…: the log explains itself
shows() {
    on 0 log show --type "$1"
    shift
    local t
    for t in "$@"; do says out "$t"; done
}
# works: approve, gate, verify; the independent verifier agrees
works() { # FILE
    printf '第 %s 号\n' "$1" >"$site/$1.txt"
    on 0 approve --root "$site" --title "$1" --by 张三 "$site/$1.txt"
    on 0 gate "$site"
    on 4 log verify
    rm "$site/$1.txt"
    if [ "${PYTHONDONTWRITEBYTECODE:-}" ]; then good test "$(python3 tests/peers/verify_log.py "$S/log" 2>&1; echo $?)" = 4; fi
}
paper() { run 4 log verify --state "$S"; printf '%s:%s' "$(sed -n 's/^记录数  //p' "$here/out")" "$(sed -n 's/^根  SHA-256 //p' "$here/out")"; }

# the office: two guardians, three people, an approved file, a witness elsewhere
S=$here/first
for name in 张三 李四 王五; do on 0 keys new $name; done
on 64 keys guard 张三
on 64 keys guard 张三 张三
on 64 keys guard 张三 赵六
on 0 keys guard 张三 李四 王五
shows key.guard '指定日志钥匙的保管人' '张三' '王五'
works one
works two
fresh() { rm -rf "$here/s"; cp -a "$here/first" "$here/s"; S=$here/s; }

echo 'drill 1: a host is moved'
fresh
on 0 state migrate "$here/moved"
says out '本机的已销毁'
on 74 log heartbeat # the old host writes no more
says err '已迁走，或丢失'
good test ! -e "$S/log/keys/log.pem"
old=$S S=$here/new
on 0 state restore "$here/moved"
says out '日志在本机继续写'
works 1
shows state.migrate '迁往别的机器'
shows state.restore '从别的机器迁来'
good test "$(cat "$old/log/origin")" = "$(cat "$S/log/origin")"

echo 'drill 2: the disk is lost, the backup is of that hour'
fresh
on 0 state backup "$here/b2"
says out '已备份并核对'
good test -z "$(find "$here/b2" -path '*log/keys/log*.pem')"
on 64 state backup "$here/b2"
rm -rf "$S"
on 0 state restore "$here/b2"
says out 'keys recover'
on 74 log heartbeat
on 64 keys recover --by 张三
on 64 keys recover --by 赵六 --reason 硬盘损坏
on 0 keys recover --by 张三 --reason 硬盘损坏
says out '还要其他保管人签名'
on 0 keys recover --by 张三
says out '还要其他保管人签名'
on 74 log heartbeat
on 0 keys recover --by 王五
says out '日志钥匙已恢复'
works 2
shows key.recover '张三' '王五' '硬盘损坏'

echo 'drill 3: the disk is lost, the backup is old; a witness and paper saw more'
fresh
on 0 state backup "$here/b3"
works lost-later
paper=$(paper)
run 0 log witness --state "$here/w" "$S/log"
cp "$here/w/witness/"*.vkey "$here/witnesses"
rm -rf "$S"
on 0 state restore "$here/b3"
run 3 log verify --state "$S" --paper "$paper" # says so
run 3 log witness --state "$here/w" "$S/log"
on 64 keys recover --by 张三 --reason 硬盘损坏 --paper 5:AAAA
on 64 keys recover --by 张三 --reason 硬盘损坏 --paper "1:${paper#*:}"
on 0 keys recover --by 张三 --reason 硬盘损坏，备份较旧 --paper "$paper"
on 0 keys recover --by 李四
works 3
run 4 log verify --state "$S" --paper "$paper"
says out '见过已丢失记录的锚点'
run 0 log witness --state "$here/w" "$S/log" # goes on where the guardians said
run 0 log verify --state "$S" --witnesses "$here/witnesses"
shows key.recover '备份较旧' '已丢失的记录到'
# another head than the one lost is no excuse
run 1 log verify --state "$S" --paper "${paper%%:*}:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="

echo 'drill 4: a virtual machine is set back, with keys that were destroyed since'
fresh
cp -a "$S" "$here/snapshot"
works lost-later
paper=$(paper)
run 0 log witness --state "$here/w4" "$S/log"
rm -rf "$S"; cp -a "$here/snapshot" "$S"
run 3 log witness --state "$here/w4" "$S/log" # seen at once
on 0 keys recover --by 李四 --reason 虚拟机回滚 --paper "$paper"
on 0 keys recover --by 王五
works 4
run 0 log witness --state "$here/w4" "$S/log"
shows key.recover '虚拟机回滚'

echo 'drill 5: set back, and it went on before anybody saw'
fresh
cp -a "$S" "$here/snapshot5"
works lost-later
paper=$(paper)
run 0 log witness --state "$here/w5" "$S/log"
rm -rf "$S"; cp -a "$here/snapshot5" "$S"
on 0 log heartbeat; on 0 log heartbeat; on 0 log heartbeat; on 0 log heartbeat; on 0 log heartbeat
run 3 log witness --state "$here/w5" "$S/log"
says err '分叉'
on 64 keys recover --by 李四 --reason 回滚后已续写 --paper "$paper" # the paper is no longer ahead: the newer copy is the one to take
says err '没有丢失'

echo 'drill 6: the key of the log is lost'
fresh
rm "$S/log/keys/"*.pem
on 74 log heartbeat
says err 'keys recover'
on 0 keys recover --by 王五 --reason 钥匙文件损坏
on 0 keys recover --by 张三
works 6
shows key.recover '钥匙文件损坏'

echo 'drill 7: the key of the log is stolen'
fresh
cp -a "$S/log/keys" "$here/stolen"
on 0 keys rotate
on 0 log heartbeat
works 7
checks=$((checks + 1)); ! cmp -s "$here/stolen/log.pem" "$S/log/keys/log.pem" || bad 'the stolen key is still in use'
shows key.next '启用下一把签名钥匙'

echo 'drill 8: a reviewer loses the key'
fresh
on 0 keys revoke 张三 --reason 'UKEY 遗失'
printf '内容\n' >"$site/eight.txt"
on 1 approve --root "$site" --title 八 --by 张三 "$site/eight.txt"
rm "$site/eight.txt"
on 0 keys rotate 张三
works 8
shows key.revoke '张三' 'UKEY 遗失'

echo 'drill 9: a guardian is gone'
fresh
on 0 keys new 赵六
on 0 keys guard 张三 李四 赵六
rm "$S/log/keys/"*.pem
on 64 keys recover --by 王五 --reason 调离
says err '不是这份日志指定的保管人'
on 0 keys recover --by 赵六 --reason 钥匙丢失
on 0 keys recover --by 李四
works 9
shows key.guard '王五' '赵六'

echo 'drill 10: the power fails, the end of the log is torn and the key is gone with it'
fresh
printf '{"b":{},"n":99' >>"$(ls "$S/log/seg/"*.ndjson | tail -1)"
rm "$S/log/keys/"*.pem
on 0 keys recover --by 张三 --reason 断电
on 0 keys recover --by 李四
good test "$(cat "$S/log/quarantine/"*lines.bin)" = '{"b":{},"n":99'
works 10
shows key.recover '断电'

echo 'what must not work'
# nobody was named before: the log stays as it is
S=$here/plain
on 0 keys new 张三; on 0 keys new 李四
on 0 log heartbeat
rm "$S/log/keys/"*.pem
on 3 keys recover --by 张三 --reason 丢失
says err '没有指定过保管人'
on 4 log verify
# one person's word, or a stranger's, in a forged record
fresh
rm "$S/log/keys/"*.pem
on 0 keys recover --by 张三 --reason 丢失
cp -a "$S" "$here/half"
on 0 keys recover --by 李四
on 4 log verify
sed -i 's/丢失/转让/' "$S/log/seg/"*.ndjson
on 1 log verify
# restoring over something, or nothing; a backup that was changed
fresh
on 0 state backup "$here/b11"
on 64 state restore "$here/b11"
on 64 state restore "$here/absent"
sed -i '2s/张三/张四/' "$here/b11/log/seg/"*0.ndjson
S=$here/none
on 3 state restore "$here/b11"
good test ! -e "$here/none/log"
on 64 state backup
on 64 state burn x
finish

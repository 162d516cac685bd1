#!/usr/bin/env bash
# scan as its users run it: verdicts, exit codes, outputs, bad input (product.md sections 3 and 4).
. "$(dirname "$0")/../harness/lib.sh"

mkdir "$here/clean" "$here/marked"
printf '关于召开会议的通知\n' >"$here/clean/a.txt"
printf '机密★10年\n关于某事的通知\n' >"$here/marked/b.txt"

# verdicts and exit codes
run 0 scan --state "$state" "$here/clean"
says out '全部查完'
run 1 scan --state "$state" "$here/marked"
says out '阻断'
says out 'mark.state-secret'
says_not out '机密★10年'
run 0 scan --state "$state" --fail-on BLOCK "$here/clean"
run 1 scan --state "$state" --format ndjson "$here/marked"
says out '"verdict":"BLOCK"'
says out '"type":"summary"'
says_not out '机密★10年'
run 1 scan --state "$state" --lang en "$here/marked"
says out 'must not be published'

# quiet
run 0 scan --state "$state" --quiet "$here/clean"
[ -s "$here/out" ] && bad 'quiet and clean, but something was printed'
run 1 scan --state "$state" --quiet "$here/marked"
[ "$(wc -l <"$here/out")" -le 40 ] || bad 'quiet printed more than 40 lines'

# --output: whole, 0600, atomic
run 1 scan --state "$state" --format ndjson --output "$here/report" "$here/marked"
[ "$(stat -c %a "$here/report")" = 600 ] || bad 'report is not 0600'
[ -s "$here/out" ] && bad 'printed besides --output'
ls "$here"/report.*.tmp >/dev/null 2>&1 && bad 'temporary report left'

# lists and standard input
printf '%s\n' "$here/marked/b.txt" "$here/clean/a.txt" >"$here/list"
run 1 scan --state "$state" --format ndjson --files-from "$here/list"
[ "$(grep -c '"type":"item"' "$here/out")" = 2 ] || bad 'list: not two items'
printf '%s\0' "$here/marked/b.txt" >"$here/list0"
run 1 scan --state "$state" --files-from "$here/list0"
checks=$((checks + 1))
printf '绝密★长期\n' | "$MISHEN" scan --state "$state" - >"$here/out" 2>&1
[ $? = 1 ] || bad 'standard input: not exit 1'

# bad input
run 2 scan --state "$state" "$here/nothing-there"
says out '没有这个文件或文件夹'
says out '核对路径和文件名'
says_not out '另存为常见格式'
run 64 scan --state "$state" --files-from "$here/nothing-there"
says err "给出的文件或文件夹打不开：$here/nothing-there"
run 2 extract "$here/nothing-there"
says err "打不开：$here/nothing-there"
run 64 scan --state "$state" --output "$here/nothing-there/r.txt" "$here/clean"
says err "给出的文件或文件夹打不开：$here/nothing-there/r.txt"
if [ -w /dev/full ]; then
    run 74 scan --state "$state" --output /dev/full "$here/clean"
    says err '磁盘已满：/dev/full'
    checks=$((checks + 1))
    "$MISHEN" extract "$here/clean/a.txt" >/dev/full 2>"$here/err" && bad 'extract to a full device: exit 0'
    says err '磁盘已满：/dev/full'
fi
printf 'PK\003\004 broken' >"$here/broken.docx"
printf '工作秘密\n' >"$here/blocked.txt"
run 2 scan --state "$state" "$here/broken.docx" "$here/blocked.txt" "$here/nothing-there"
says out '按“规则说明”修改'
says out '另存为常见格式'
says out '核对路径和文件名'
# each kind of file that did not pass has its line of advice
run 2 scan --state "$state" "$here/nothing-there" "$here/marked"
says out '核对路径和文件名'
says out '立即停止发布'
mkdir "$here/empty"
run 2 extract "$here/empty"
says err '没有找到任何文件'
run 64 scan --state "$state" --output '' "$here/clean"
run 2 scan --state "$state" "$here/empty"
says out '没有找到任何可检查的文件'
says out '下一步：核对给出的路径'
mkfifo "$here/x.docx"
run 2 scan --state "$state" "$here/x.docx"
says out '管道文件'
mkdir "$here/names"
printf '机密★10年\n' >"$here/names/$(printf 'a\033[31m\342\200\256b.txt')"
run 1 scan --state "$state" --format text --color never "$here/names"
LC_ALL=C grep -q "$(printf '\033')" "$here/out" && bad 'ESC in the report'
LC_ALL=C grep -q "$(printf '\342\200\256')" "$here/out" && bad 'bidi override in the report'
run 64 scan --state "$state"
run 64 scan --state "$state" --no-such-option "$here/clean"
run 64 scan --state "$state" --jobs 0 "$here/clean"
run 64 nonsense
run 64 scan --state "$state" --format nonsense "$here/clean"

# rule file in GBK: refused before anything is scanned, with file:line:column
printf 'format: 1\npack: {id: x, version: "1"}\nrules:\n  - id: \xbb\xfa\xc3\xdc\n' >"$here/gbk.yaml"
run 64 scan --state "$state" --rules "$here/gbk.yaml" "$here/clean"
says err 'gbk.yaml'
[ -s "$here/out" ] && bad 'something was scanned with a bad rule file'

# names that hit are masked
mkdir "$here/secret"
printf 'x\n' >"$here/secret/绝密★长期.txt"
run 1 scan --state "$state" --format ndjson "$here/secret"
says_not out '绝密★长期'
says out '███'

# an unreadable folder, as another user (root reads everything)
if [ "$(id -u)" = 0 ] && command -v setpriv >/dev/null; then
    mkdir "$here/tree" "$here/tree/closed" "$here/nobody"
    printf 'x\n' >"$here/tree/closed/a.txt"
    chmod 000 "$here/tree/closed"
    chown 65534 "$here/nobody"
    if setpriv --reuid 65534 --regid 65534 --clear-groups test -x "$MISHEN"; then
        setpriv --reuid 65534 --regid 65534 --clear-groups "$MISHEN" scan --state "$here/nobody/s" "$here/tree" >"$here/out" 2>&1
        [ $? = 2 ] || bad 'unreadable folder: not exit 2'
        says out '文件夹打不开'
    else
        echo 'SKIPPED part: the program lies where nobody cannot run it'
    fi
fi

# no document text in the state folder: log, runs, quarantine
printf '机密★10年\n身份证号11010519491231002X\n' >"$here/marked/c.txt"
run 1 scan --state "$state" "$here/marked"
grep -rqF '机密★10年' "$state" && bad 'the mark stands in the state folder'
grep -rqF '11010519491231002X' "$state" && bad 'an identity number stands in the state folder'

# any number of workers, the same bytes
for i in $(seq 1 60); do printf '第%s份 机密★%s年\n' "$i" "$i" >"$here/clean/f$i.txt"; done
filter() { grep -E '"type":"(item|finding|outcome)"' "$here/out" | sed 's/"ms":[0-9]*//'; }
run 1 scan --state "$state" --jobs 1 --format ndjson "$here/clean"; filter >"$here/one"
run 1 scan --state "$state" --jobs 4 --format ndjson "$here/clean"; filter >"$here/four"
run 1 scan --state "$state" --inproc --format ndjson "$here/clean"; filter >"$here/in"
cmp -s "$here/one" "$here/four" || bad 'one and four workers differ'
cmp -s "$here/one" "$here/in" || bad 'sandbox and in-process differ'
says out '"sandbox":false'

# --output replaces nothing but reports; devices are written to
echo 通知 >"$here/document.txt"
run 64 scan --state "$state" --output "$here/document.txt" "$here/document.txt"
[ "$(cat "$here/document.txt")" = 通知 ] || bad '--output ate the document'
ln -s document.txt "$here/link.txt"
run 64 scan --state "$state" --output "$here/link.txt" "$here/clean"
run 1 scan --state "$state" --output /dev/null "$here/clean"
[ -c /dev/null ] || bad '/dev/null is no device any more'
run 1 scan --state "$state" --output "$here/report.txt" "$here/clean"
run 1 scan --state "$state" --output "$here/report.txt" "$here/clean"
run 1 scan --state "$state" --format ndjson --output "$here/report.txt" "$here/clean"

# a second run on the same state at the same time
"$MISHEN" scan --state "$state" "$here/clean" >/dev/null 2>&1 &
run 1 scan --state "$state" "$here/clean"
wait
run 4 log verify --state "$state"

# a full disk under the log: 74, and no item line
if [ "$(id -u)" = 0 ]; then
    mkdir "$here/full"
    if mount -t tmpfs -o size=64k tmpfs "$here/full" 2>/dev/null; then
        run 74 scan --state "$here/full" --format ndjson "$here/clean"
        says_not out '"type":"item"'
        # also when what there is to be written would still have fitted
        rm -rf "$here/full/log" && mkdir "$here/few" && echo 通知 >"$here/few/a.txt"
        run 74 scan --state "$here/full" --format ndjson "$here/few"
        says_not out '"type":"item"'
        umount "$here/full"
    else
        echo 'SKIPPED part: cannot mount a small file system here'
    fi
fi

# options may stand before the command; words that are no command are named; what a value may be
run 0 --lang en help scan
says out 'Options of this command'
run 0 --lang=en --version
run 0 -h
says out 'scan'
run 64 scan --limit foo=1 "$here/clean"
says err ' depth'
run 64 rules check "$here/clean"
says err '--rules 路径'
run 64 --lang en
says err 'Commands:'
run 64 scna x
says err '没有这个命令：scna'
run 64 --lang en help scna
says err 'no such command: scna'
run 64 --title x scan
says err '没有这个选项：--title'
run 64 scan --medium foo "$here/clean"
says err 'site|outbox'
run 64 scan --color red "$here/clean"
says err 'auto|always|never'
run 64 scan --digest md5 "$here/clean"
says err 'sha256|sm3'
finish

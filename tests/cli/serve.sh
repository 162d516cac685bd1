#!/usr/bin/env bash
# mishen serve: the main path without scripts, and everything that is refused.
. "$(dirname "$0")/../harness/lib.sh"
. "$(dirname "$0")/../harness/web.sh"
outbox=$SOURCE/samples/outbox

# accounts
run 0 serve account list --state "$state"
printf 'short\n' >"$here/pw"
run 64 serve account add 张三 --role clerk --password-file "$here/pw" --state "$state"
says err '口令至少 10'
run 64 serve account add 张三 --role king --state "$state"
run 64 serve account add 'a b' --role clerk --state "$state"
account 张三 clerk
account 王五 clerk
account 李四 reviewer
account 赵六 auditor
run 0 serve account add cms --role machine --state "$state"
bearer=$(tail -1 "$here/out")
run 0 serve account list --state "$state"
says out '张三  经办人  办公室'
grep -q 'a good password' -r "$state" && bad 'a password stands in the state folder'
grep -q "$bearer" -r "$state" && bad 'a token stands in the state folder'
run 64 serve --listen 0.0.0.0:0 --state "$state"
says err 'TLS'
run 64 serve --listen nonsense --state "$state"
run 64 serve --tls-cert "$here/pw" --state "$state"
run 64 serve --upload-max 7 --state "$state"

serve_start --upload-max 3M
# slow clients, looked at in the end: no head, and a body that does not come
slow() { exec 9<>"/dev/tcp/${at%:*}/${at#*:}"; printf "$1" >&9; timeout 60 cat <&9 >"$2"; echo $? >"$2.rc"; }
slow 'GET / HT' "$here/slow.head" &
slow "POST /login HTTP/1.1\r\nHost: $at\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 4000\r\n\r\ntoken=" "$here/slow.body" &
slow_began=$(date +%s)

# every answer is safe to show
for path in / /login /style.css /upload.js /nothing-here; do
    curl -s -D "$here/head" -o "$here/out" "http://$at$path"
    for header in "Content-Security-Policy: default-src 'none'" 'X-Content-Type-Options: nosniff' 'Referrer-Policy: no-referrer' 'Cache-Control: no-store' 'X-Frame-Options: DENY'; do
        says head "$header"
    done
    says_not head 'unsafe-inline'
    [ -s "$here/out" ] || bad "$path: an empty body"
done
web a 303 /
says head 'Location: /login'
web a 303 /upload
web a 200 /login
says out 'lang="zh-CN"'
web a 200 /login -H 'Accept-Language: en-GB,en;q=0.9,zh;q=0.5'
says out 'lang="en"'
web a 200 /login -H 'Accept-Language: zh-CN,zh;q=0.9,en;q=0.8'
says out 'lang="zh-CN"'

# logging in: refused, then the id is a new one, which nobody knew before
login a 张三 'wrong password' 403
says out '姓名或口令不对'
before=$(awk '/mishen/{print $7}' "$here/jar.a")
login a 张三 'a good password 1'
says head 'HttpOnly; SameSite=Strict'
after=$(awk '/mishen/{print $7}' "$here/jar.a")
[ -n "$after" ] && [ "$before" != "$after" ] || bad 'the session keeps its id through the login'
web f 303 /upload -H "Cookie: mishen=$before"
fixed=$(printf '%064d' 7)
curl -s -D "$here/head" -o /dev/null -H "Cookie: mishen=$fixed" "http://$at/login"
says_not head "$fixed"
login m cms "$bearer" 403

# a release that passes, one that is blocked; nothing of either is stored
printf '关于召开会议的通知 canary-7131\n' >"$here/通知.txt"
cp "$outbox/"*.docx "$here/" 2>/dev/null
upload() { # WHO STATUS FILES…
    local who=$1 want=$2 args=()
    shift 2
    web "$who" 200 /upload
    local t
    t=$(token /upload)
    for f in "$@"; do args+=(-F "files=@$f"); done
    web "$who" "$want" /upload -F "token=$t" -F title=会议通知 -F 'docno=X〔2026〕1号' -F category=通知公告 -F channel=门户网站 "${args[@]}"
    result=$(sed -nE 's/^[Ll]ocation: ([^[:space:]]+).*/\1/p' "$here/head")
}
upload a 303 "$here/通知.txt"
web a 200 "$result"
passed=$result
says out '未发现问题'
says out '会议通知'
says out 'X〔2026〕1号'
says out '办公室'
printf '机密★10年\ncanary-7131\n' >"$here/附件.txt"
upload a 303 "$here/通知.txt" "$here/附件.txt" "$here/附件.txt"
web a 200 "$result"
says out '不得发布'
says out '立即停止'
says out '第1行'
says out '机密★██'
says out '附件(2).txt'
says out '依据'
says_not out 'canary'
[ "$(wc -c <"$here/out")" -le 61440 ] || bad 'the page is larger than 60 KB'
web a 200 "$result" -H 'Accept-Language: en'
says out 'Must not be published'
grep -rq 'canary-7131' "$state" && bad 'text of an upload stands in the state folder'
ls "$state/runs" | grep -q . || bad 'no report was kept'
# others see it by their role only
login b 王五 'a good password 1'
web b 404 "$result"
says_not out '附件'
login c 李四 'a good password 1'
web c 200 "$result"
web a 404 /runs/../../etc/passwd --path-as-is
web a 404 /runs/..%2f..%2fetc%2fpasswd
web a 404 '/runs/%0d%0aSet-Cookie:%20x=1'
says_not head 'x=1'

# names as browsers would never send them
web a 200 /upload
t=$(token /upload)
web a 303 /upload -F "token=$t" -F title=x -F "files=@$here/通知.txt;filename=../../../etc/cron.d/x"
web a 200 "$(sed -nE 's/^[Ll]ocation: ([^[:space:]]+).*/\1/p' "$here/head")"
says_not out '../'
says_not out 'cron.d'
web a 200 /upload
t=$(token /upload)
web a 303 /upload -F "token=$t" --form-string title='<script>alert(1)</script>' -F "files=@$here/通知.txt;filename=<img src=x onerror=alert(1)>.txt"
web a 200 "$(sed -nE 's/^[Ll]ocation: ([^[:space:]]+).*/\1/p' "$here/head")"
says out '&lt;script&gt;alert'
says_not out '<script>alert'
says_not out '<img'

# refused: a token twice, none, another's; another host, another site; too large; wrong type, method
web a 200 /upload
t=$(token /upload)
web a 303 /upload -F "token=$t" -F title=x -F "files=@$here/通知.txt"
web a 403 /upload -F "token=$t" -F title=x -F "files=@$here/通知.txt"
says out '已经用过'
web a 403 /upload -F title=x -F "files=@$here/通知.txt"
web b 200 /upload
t=$(token /upload)
web a 403 /upload -F "token=$t" -F title=x -F "files=@$here/通知.txt"
web a 421 /login -H 'Host: evil.example'
says out '主机名'
web a 421 /login -H "Host: 127.0.0.1.evil.example"
web a 200 /upload
t=$(token /upload)
web a 403 /upload -H 'Origin: http://evil.example' -F "token=$t" -F title=x -F "files=@$here/通知.txt"
says out '别的网站'
web a 403 /upload -H 'Sec-Fetch-Site: cross-site' -F "token=$t" -F title=x -F "files=@$here/通知.txt"
web a 303 /upload -H "Origin: http://$at" -H 'Sec-Fetch-Site: same-origin' -F "token=$t" -F title=x -F "files=@$here/通知.txt"
head -c 4000000 /dev/zero >"$here/large.bin"
web a 200 /upload
web a 413 /upload -F "token=$(token /upload)" -F title=x -F "files=@$here/large.bin"
says out '不超过 3 MiB'
web a 200 /upload
web a 413 /upload -H 'Transfer-Encoding: chunked' -F "token=$(token /upload)" -F title=x -F "files=@$here/large.bin"
web a 415 /upload -H 'Content-Type: text/plain' -d x
web a 405 /upload -X DELETE
web a 405 /login -X PUT -d x
web a 404 /nothing
web a 400 /upload -F "token=$(web a 200 /upload; token /upload)" -F title=x
says out '没有选择文件'
args=()
for i in $(seq 101); do args+=(-F "files=@$here/通知.txt"); done
web a 413 /upload -F "token=$(web a 200 /upload; token /upload)" -F title=x "${args[@]}"
says out '文件太多'
login d 赵六 'a good password 1'
web d 403 /upload
says out '没有权限'

# programs
web x 401 /v1/scan --data-binary "@$here/通知.txt"
web x 401 /v1/scan -H 'Authorization: Bearer 1234' --data-binary "@$here/通知.txt"
web x 200 '/v1/scan?name=通知.txt' -H "Authorization: Bearer $bearer" -H 'Content-Type: application/octet-stream' --data-binary "@$here/通知.txt"
/usr/bin/python3 -c 'import json,sys; v=json.load(open(sys.argv[1])); assert v["verdict"]=="PASS" and v["complete"] and v["report"][0]["type"]=="run", v' "$here/out" || bad 'v1/scan: not the JSON that is promised'
web x 200 /v1/scan -H "Authorization: Bearer $bearer" -F "file=@$here/附件.txt"
says out '"verdict":"BLOCK"'
says_not out 'canary'

# saved runs, compared, by rule, with their gaps: for those who may see them
for path in /runs /findings /coverage /compare; do web a 403 $path; done
web c 200 /runs
run_a=$(ls "$state/runs" | head -1) run_b=$(ls "$state/runs" | tail -1)
web c 200 "/runs/${run_a%.ndjson}"
web c 200 "/compare?a=${run_a%.ndjson}&b=${run_b%.ndjson}"
web c 404 '/compare?a=..%2f..%2faccounts&b=x'
web c 404 '/runs/..%2faccounts'
web c 200 '/findings?rule=mark.state-secret&tier=BLOCK'
says out '附件.txt'
web c 200 "/findings?rule=%3Cscript%3E&category=%22%3E%3Cu%3E"
says_not out '<script>'
says_not out '<u>'
web c 200 /coverage
says out '查完'

# sheets: downloads, for those who see all
web a 403 /sheets
web c 200 /sheets
says out '月度汇总表'
web c 200 "/sheet?sheet=summary&period=$(date -u +%Y-%m)"
says head 'Content-Disposition: attachment'
says out '汇总表'
web c 400 '/sheet?sheet=../x&period=2026'
web c 400 '/sheet?sheet=annual&period=..%2f..'
web c 400 '/sheet?sheet=summary&period=nonsense'
ls "$state" | grep -q 'sheet-' && bad 'a sheet stays behind'

# the log, verified, for those who may see it; a broken one is told on every page
web c 200 /log
says out '签名日志核对无误'
says out '登录 张三 ok'
web c 200 '/log?type=login'
says_not out '检查开始'
web c 200 '/log?type=<script>'
says_not out '<script>'
web a 403 /log
seg=$(ls "$state"/log/seg/* | tail -1)
at_byte=$(grep -abo '"act":"add"' "$seg" | head -1 | cut -d: -f1)
flip() { printf '%s' "$1" | dd of="$seg" bs=1 seek=$((at_byte + 7)) conv=notrunc 2>/dev/null; }
flip b
web c 200 /log
says out '签名日志核对不通过'
web c 200 /upload
says out '停止一切审批和发布'
web a 200 /upload
says out '停止一切审批和发布'
flip a
web c 200 /log
says out '签名日志核对无误'
web a 200 /upload
says_not out '停止一切审批和发布'

# logging out ends the session; so does losing the account
web a 200 /upload
web a 303 /logout -d "token=$(token /logout)"
web g 303 /upload -H "Cookie: mishen=$after"
web b 200 /upload
run 0 serve account remove 王五 --state "$state"
sleep 2.2
web b 303 /upload
# throttled after five
for _ in 1 2 3 4 5; do login e 赵六 'wrong password' 403; done
login e 赵六 'a good password 1' 429
says head 'Retry-After'

# slow ones were cut off
wait %2 %3 2>/dev/null
took=$(($(date +%s) - slow_began))
[ "$(cat "$here/slow.head.rc" 2>/dev/null)" = 0 ] && [ "$(cat "$here/slow.body.rc" 2>/dev/null)" = 0 ] || bad 'a slow client is not cut off'
[ "$took" -lt 55 ] || bad "slow clients were kept for $took s"
serve_stop 0

# everything stands in the log, by name only where there is such an account
run 4 log verify --state "$state"
run 0 log show --state "$state" --type login --format ndjson
says out '"name":"张三"'
says out '"result":"password"'
says out '"result":"throttled"'
says_not out 'password 1'
run 0 log show --state "$state" --type account
says out '张三'
# a list that was changed by hand is refused
sed -i 's/"role":"auditor"/"role":"reviewer"/' "$state/accounts.json"
run 3 serve --listen 127.0.0.1:0 --state "$state"
says err '账号名单'
finish

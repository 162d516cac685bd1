# web.sh: sourced by tests of the pages, after lib.sh: a server, browsers without scripts (curl).
command -v curl >/dev/null || skip "no curl"
server=''
# serve_start ARGS…: a server at a free port of 127.0.0.1; its address in $at
serve_start() {
    "$MISHEN" serve --state "$state" --listen 127.0.0.1:0 "$@" >"$here/serve.out" 2>"$here/serve.err" &
    server=$!
    for _ in $(seq 100); do
        at=$(sed -nE 's/.*[^0-9](127\.0\.0\.1:[0-9]+)$/\1/p' "$here/serve.out" 2>/dev/null)
        [ -n "$at" ] && return
        kill -0 "$server" 2>/dev/null || break
        sleep 0.1
    done
    grep -q 'libmicrohttpd' "$here/serve.err" && skip "built without libmicrohttpd"
    grep -qi 'sandbox\|沙箱' "$here/serve.err" && skip "no sandbox here"
    bad "the server does not start"
    cat "$here/serve.err"
    finish
}
# serve_stop EXIT
serve_stop() {
    checks=$((checks + 1))
    kill "$server"
    wait "$server"
    local got=$?
    [ "$got" = "$1" ] || { bad "serve: exit $got, want $1"; cat "$here/serve.err"; }
}
# web WHO STATUS METHOD-AND-PATH CURL-ARGS…: body in $here/out, head in $here/head
web() {
    local jar=$here/jar.$1 want=$2 path=$3 got
    shift 3
    checks=$((checks + 1))
    touch "$jar"
    got=$(curl -s -m 60 -b "$jar" -c "$jar" -D "$here/head" -o "$here/out" -w '%{http_code}' "$@" "http://$at$path")
    [ "$got" = "$want" ] || { bad "$path: status $got, want $want"; head -30 "$here/out"; }
}
# token of the form with this action on the last page
token() { tr '>' '\n' <"$here/out" | grep -A1 "action=\"$1\"" | sed -nE 's/.*name="token" value="([0-9a-f]{32})".*/\1/p' | head -1; }
# login WHO NAME PASSWORD [STATUS]
login() {
    web "$1" 200 /login
    web "$1" "${4:-303}" /login -d "token=$(token /login)" --data-urlencode "name=$2" --data-urlencode "password=$3"
}
# account NAME ROLE
account() { printf 'a good password 1\n' >"$here/pw"; run 0 serve account add "$1" --role "$2" --office 办公室 --password-file "$here/pw" --state "$state"; }

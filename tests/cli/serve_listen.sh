#!/usr/bin/env bash
# Where mishen serve listens: TLS, a unix socket, a socket that was passed; what it refuses.
. "$(dirname "$0")/../harness/lib.sh"
. "$(dirname "$0")/../harness/web.sh"
account 张三 clerk
stop() { checks=$((checks + 1)); kill "$server"; wait "$server"; local got=$?; [ "$got" = 0 ] || { bad "serve: exit $got"; cat "$here/serve.err"; }; }
up() { for _ in $(seq 100); do grep -q "$1" "$here/serve.out" 2>/dev/null && return; kill -0 "$server" 2>/dev/null || break; sleep 0.1; done; bad "does not start: $1"; cat "$here/serve.err"; finish; }

# TLS: 1.2 and later, cookies that only go over it
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$here/key.pem" -out "$here/cert.pem" -days 2 -subj /CN=shencha.test -addext 'subjectAltName=DNS:shencha.test,IP:127.0.0.1' 2>/dev/null || skip 'no openssl'
serve_start --host shencha.test --tls-cert "$here/cert.pem" --tls-key "$here/key.pem"
port=${at##*:}
ask() { curl -s -m 20 --cacert "$here/cert.pem" --resolve "shencha.test:$port:127.0.0.1" -D "$here/head" -o "$here/out" -w '%{http_code}' "$@"; }
checks=$((checks + 4))
[ "$(ask "https://shencha.test:$port/login")" = 200 ] || bad 'TLS: no answer'
says head 'Strict-Transport-Security'
says head 'SameSite=Strict; Secure'
[ "$(ask -H 'Host: other.test' "https://shencha.test:$port/login")" = 421 ] || bad 'TLS: another host is served'
[ "$(ask --tls-max 1.1 "https://shencha.test:$port/login")" = 000 ] || bad 'TLS 1.1 is spoken'
[ "$(ask "http://shencha.test:$port/login")" = 000 ] || bad 'plain HTTP on the port of TLS'
grep -rq 'PRIVATE KEY' "$state/inbox" 2>/dev/null && bad 'the key was copied'
stop
run 64 serve --state "$state" --listen 127.0.0.1:0 --tls-cert "$here/pw" --tls-key "$here/key.pem"
run 64 serve --state "$state" --listen 127.0.0.1:0 --tls-cert "$here/absent" --tls-key "$here/key.pem"
says err "$here/absent"

# a unix socket: 0660; a stale one is replaced, a living one and other files are not
"$MISHEN" serve --state "$state" --listen "unix:$here/web.sock" --host shencha.test >"$here/serve.out" 2>"$here/serve.err" & server=$!
up web.sock
checks=$((checks + 2))
[ "$(stat -c '%a' "$here/web.sock")" = 660 ] || bad 'the socket may be used by others'
[ "$(curl -s -o "$here/out" -w '%{http_code}' --unix-socket "$here/web.sock" http://shencha.test/login)" = 200 ] || bad 'unix socket: no answer'
[ "$(curl -s -o "$here/out" -w '%{http_code}' --unix-socket "$here/web.sock" http://other.test/login)" = 421 ] || bad 'unix socket: another host is served'
run 64 serve --state "$state" --listen "unix:$here/web.sock"
kill -9 "$server"; wait "$server" 2>/dev/null
[ -S "$here/web.sock" ] || bad 'no stale socket to try'
"$MISHEN" serve --state "$state" --listen "unix:$here/web.sock" >"$here/serve.out" 2>"$here/serve.err" & server=$!
up web.sock
stop
[ ! -e "$here/web.sock" ] || bad 'the socket stays behind'
printf 'precious\n' >"$here/file"
run 64 serve --state "$state" --listen "unix:$here/file"
[ "$(cat "$here/file")" = precious ] || bad 'a file was replaced by a socket'
serve_start
run 64 serve --state "$state" --listen "$at"
serve_stop 0

# a socket from systemd
if command -v systemd-socket-activate >/dev/null; then
    : >"$here/serve.out"
    systemd-socket-activate -l "$here/passed.sock" "$MISHEN" serve --state "$state" >"$here/serve.out" 2>"$here/serve.err" & server=$!
    for _ in $(seq 50); do [ -S "$here/passed.sock" ] && break; sleep 0.1; done
    checks=$((checks + 1))
    [ "$(curl -s -m 20 -o "$here/out" -w '%{http_code}' --unix-socket "$here/passed.sock" http://localhost/login)" = 200 ] || { bad 'a passed socket: no answer'; cat "$here/serve.err"; }
    stop
else
    echo 'SKIPPED in part: no systemd-socket-activate'
fi
run 4 log verify --state "$state"
finish

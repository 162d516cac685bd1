#!/usr/bin/env bash
# --virus clamd:/path: each item is also shown to a clamd; what it finds is a finding, no answer is no pass.
. "$(dirname "$0")/../harness/lib.sh"
mkdir "$here/files"
printf '关于召开会议的通知\n' >"$here/files/good.txt"
printf 'mishen test virus 5f3a\n' >"$here/files/bad.txt"
run 64 scan --virus "$here/sock" --state "$state" "$here/files"
run 64 scan --virus clamd:relative --state "$state" "$here/files"

# none there: nothing passes
run 2 scan --virus "clamd:$here/absent" --state "$state" --format ndjson "$here/files/good.txt"
says out '"reason":"virus.unknown"'
says out '"verdict":"NOT-INSPECTED"'

# one that answers as we tell it, whatever it is shown
cat >"$here/fake.py" <<'P'
import socket, struct, sys
s = socket.socket(socket.AF_UNIX); s.bind(sys.argv[1]); s.listen(8); print('ready', flush=True)
while True:
    c, _ = s.accept(); f = c.makefile('rb'); body = b''
    try:
        assert f.read(10) == b'zINSTREAM\0'
        while True:
            n = struct.unpack('>I', f.read(4))[0]
            if not n: break
            body += f.read(n)
        if b'5f3a' in body: c.sendall(b'stream: Test.Virus.5f3a FOUND\0')
        elif b'error' in body: c.sendall(b'INSTREAM size limit exceeded. ERROR\0')
        elif b'cut' in body: c.sendall(b'stream: O')
        elif b'odd' in body: c.sendall(b'OK\0')
        else: c.sendall(b'stream: OK\0')
    except Exception: pass
    f.close(); c.close()
P
/usr/bin/python3 "$here/fake.py" "$here/fake.sock" >"$here/fake.out" &
fake=$!
for _ in $(seq 50); do grep -q ready "$here/fake.out" && break; sleep 0.1; done
run 0 scan --virus "clamd:$here/fake.sock" --state "$state" "$here/files/good.txt"
run 1 scan --virus "clamd:$here/fake.sock" --state "$state" --format ndjson "$here/files"
says out '"rule":"virus.found"'
says out '"excerpt":"Test.Virus.5f3a"'
run 1 scan --virus "clamd:$here/fake.sock" --state "$state" "$here/files/bad.txt"
says out '病毒、木马'
for word in error cut odd; do
    printf '%s\n' "$word" >"$here/$word.txt"
    run 2 scan --virus "clamd:$here/fake.sock" --state "$state" "$here/$word.txt"
    says out '病毒检查没有结果'
done
run 0 log show --state "$state" --type finding --format ndjson
says out '"rule":"virus.found"'
head -c 3000000 /dev/zero | tr '\0' 'a' >"$here/large.txt"
run 0 scan --virus "clamd:$here/fake.sock" --state "$state" "$here/large.txt"
kill "$fake"; wait "$fake" 2>/dev/null

# the real one, with a list of one virus
if command -v clamd >/dev/null; then
    mkdir "$here/db"
    printf 'Test.Real:0:*:%s\n' "$(printf 'mishen test virus 5f3a' | od -An -tx1 | tr -d ' \n')" >"$here/db/test.ndb"
    printf 'LocalSocket %s\nDatabaseDirectory %s\nForeground yes\n' "$here/clamd.sock" "$here/db" >"$here/clamd.conf"
    [ "$(id -u)" = 0 ] && printf 'User root\n' >>"$here/clamd.conf"
    chmod 755 "$here/db"
    clamd --config-file="$here/clamd.conf" >"$here/clamd.out" 2>&1 &
    real=$!
    for _ in $(seq 100); do [ -S "$here/clamd.sock" ] && break; sleep 0.1; done
    if [ -S "$here/clamd.sock" ]; then
        run 0 scan --virus "clamd:$here/clamd.sock" --state "$state" "$here/files/good.txt"
        run 1 scan --virus "clamd:$here/clamd.sock" --state "$state" --format ndjson "$here/files/bad.txt"
        says out 'Test.Real'
    else
        echo 'SKIPPED in part: clamd does not start'; tail -3 "$here/clamd.out"
    fi
    kill "$real" 2>/dev/null; wait "$real" 2>/dev/null
else
    echo 'SKIPPED in part: no clamd'
fi
run 4 log verify --state "$state"
finish

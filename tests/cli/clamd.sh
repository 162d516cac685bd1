#!/usr/bin/env bash
# mishen serve --clamd: answers as clamd does, also to the real clamdscan.
. "$(dirname "$0")/../harness/lib.sh"
. "$(dirname "$0")/../harness/web.sh"
mkdir "$here/tree"
printf '关于召开会议的通知\n' >"$here/tree/通知.txt"
printf '机密★10年\n' >"$here/tree/附件.txt"
printf '机密★10年\n' >"$here/outside.txt"
ln -s ../outside.txt "$here/tree/link.txt"
head -c 2000000 /dev/zero >"$here/large.bin"
(cd "$here" && /usr/bin/python3 -c 'import zipfile; zipfile.ZipFile("broken.zip","w").writestr("a.txt","x"*1000)' && truncate -s 100 broken.zip)
serve_start --clamd "$here/clamd.sock" --clamd-root "$here/tree" --upload-max 1M

cat >"$here/ask.py" <<'P'
import socket, struct, sys, os
here = sys.argv[1]
def ask(command, *pieces, end=b'\0', step=None):
    s = socket.socket(socket.AF_UNIX); s.settimeout(30); s.connect(here + '/clamd.sock')
    data = command
    for p in pieces: data += struct.pack('>I', len(p)) + p
    if pieces: data += struct.pack('>I', 0)
    try:
        for i in range(0, len(data), step or len(data)): s.sendall(data[i:i + (step or len(data))])
    except (BrokenPipeError, ConnectionResetError):
        pass
    got = b''
    while True:
        try: more = s.recv(4096)
        except ConnectionResetError: break
        if not more: break
        got += more
    return got.decode()
read = lambda name: open(here + '/' + name, 'rb').read()
failed = 0
def want(got, expected):
    global failed
    if got != expected: failed += 1; print('got', repr(got), 'want', repr(expected))
want(ask(b'zPING\0'), 'PONG\0'); want(ask(b'nPING\n'), 'PONG\n'); want(ask(b'PING\n'), 'PONG\n')
assert ask(b'nVERSION\n').startswith('ClamAV'), 'version'
good, marked = read('tree/通知.txt'), read('tree/附件.txt')
want(ask(b'zINSTREAM\0', good), 'stream: OK\0')
want(ask(b'nINSTREAM\n', marked), 'stream: Mishen.BLOCK.mark.state-secret FOUND\n')
want(ask(b'zINSTREAM\0', marked[:3], marked[3:7], marked[7:], step=1), 'stream: Mishen.BLOCK.mark.state-secret FOUND\0')
assert ask(b'zINSTREAM\0', read('broken.zip')).startswith('stream: Mishen.NOT-INSPECTED.'), 'a broken archive passes'
want(ask(b'zINSTREAM\0', read('large.bin')[:900000], read('large.bin')[:900000]), 'INSTREAM size limit exceeded. ERROR\0')
want(ask(b'zNONSENSE\0'), 'UNKNOWN COMMAND\0')
want(ask(b'x' * 10000), 'UNKNOWN COMMAND\n')
root = os.fsencode(here) + b'/tree/'
want(ask(b'zSCAN ' + root + '通知.txt'.encode() + b'\0'), here + '/tree/通知.txt: OK\0')
want(ask(b'zSCAN ' + root + '附件.txt'.encode() + b'\0'), here + '/tree/附件.txt: Mishen.BLOCK.mark.state-secret FOUND\0')
for path in (b'/etc/passwd', root + b'../outside.txt', root + b'link.txt', root + b'absent', os.fsencode(here) + b'/treex'):
    want(ask(b'zSCAN ' + path + b'\0'), os.fsdecode(path) + ': File path check failure. ERROR\0')
sys.exit(failed)
P
checks=$((checks + 1))
timeout 60 /usr/bin/python3 "$here/ask.py" "$here" || bad 'the clamd protocol'
ls -l "$here/clamd.sock" | grep -q '^srw-rw----' || bad 'the socket may be used by everybody'
if command -v clamdscan >/dev/null; then
    printf 'LocalSocket %s\n' "$here/clamd.sock" >"$here/clamd.conf"
    checks=$((checks + 2))
    clamdscan --config-file="$here/clamd.conf" --stream --no-summary "$here/tree/通知.txt" >"$here/out" 2>&1
    [ $? = 0 ] || { bad 'clamdscan: a good file'; cat "$here/out"; }
    clamdscan --config-file="$here/clamd.conf" --stream --no-summary "$here/tree/附件.txt" >"$here/out" 2>&1
    [ $? = 1 ] || bad 'clamdscan: a marked file'
    says out 'Mishen.BLOCK.mark.state-secret FOUND'
else
    echo 'SKIPPED in part: no clamdscan'
fi
serve_stop 0
[ ! -e "$here/clamd.sock" ] || bad 'the socket stays behind'
run 4 log verify --state "$state"
finish

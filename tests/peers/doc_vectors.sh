#!/usr/bin/env bash
# The log printed in docs/audit-log.md is what program and independent verifier accept; one flipped
# character of it is not.
. "$(dirname "$0")/../harness/lib.sh"
export PYTHONDONTWRITEBYTECODE=1
command -v python3 >/dev/null && command -v openssl >/dev/null || skip 'no python3 or openssl'
peers=$PWD/tests/peers
python3 - docs/audit-log.md "$here/log" <<'PY'
import hashlib, os, re, sys
doc = open(sys.argv[1], encoding='utf-8').read()
files = dict(re.findall(r'^`([^`\n]+)`\n\n```vector\n(.*?)```\n', doc, re.M | re.S))
for name, text in files.items():
    path = os.path.join(sys.argv[2], name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    open(path, 'w', encoding='utf-8').write(text)
lines = files['seg/00000000000000000000.ndjson'].encode().split(b'\n')[:-1]
for i, line in enumerate(lines):
    want = re.search(r'^\| %d \| `(\w+)` \| `(\w+)` \|' % i, doc, re.M)
    got = hashlib.sha256(b'\0' + line).hexdigest(), hashlib.new('sm3', b'\0' + line).hexdigest()
    assert want.groups() == got, i
PY
[ $? = 0 ] || bad 'the leaves'
run 4 log verify "$here/log"
says out 'example.gov.cn/host1'
run 4 log verify "$here/log" --pin "$here/log/log.pub.pem" --pin-sm2 "$here/log/log.sm3.pub.pem"
checks=$((checks + 2))
python3 "$peers/verify_log.py" "$here/log"
[ $? = 4 ] || bad 'the peer refuses the vector'
sed -i '2s/heartbeat/heartbeau/' "$here/log/seg/"*
run 1 log verify "$here/log"
python3 "$peers/verify_log.py" "$here/log" >/dev/null
[ $? = 1 ] || bad 'the peer accepts a changed vector'
finish

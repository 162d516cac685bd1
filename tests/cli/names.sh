#!/usr/bin/env bash
# Names are text: files, folders, link targets, attributes, also in old charsets; a name that hits is never
# shown, and names that differ where they are hidden are still told apart. Marks in bytes of no known form.
. "$(dirname "$0")/../harness/lib.sh"
mkdir "$here/tree" "$here/tree/秘密★5年"
printf 'x\n' >"$here/tree/秘密★5年/a.txt"
printf 'y\n' >"$here/tree/hot! 机密★10年.txt"
printf 'z\n' >"$here/tree/$(printf '\xbe\xf7\xb1K\xa4\xe5\xa5\xf3\xa1\xb910\xa6~').txt"
printf 'w\n' >"$here/tree/$(printf '机\n密')★10年.txt"
ln -s '绝密★长期' "$here/tree/link"
printf 'v\n' >"$here/tree/plain.txt"
python3 - "$here/tree/plain.txt" <<'P' || echo 'SKIPPED part: no extended attributes here'
import os, sys
os.setxattr(sys.argv[1], 'user.comment', '秘密★3年'.encode())
P
run 2 scan --state "$state" --format ndjson "$here/tree"
python3 - "$here/out" "$here/tree" <<'P' || failures=$((failures + 1))
import json, os, sys
items, hits, bad = [], {}, 0
for line in open(sys.argv[1], encoding='utf-8'):
    record = json.loads(line)
    if record['type'] == 'item':
        items.append(record)
    if record['type'] == 'finding':
        hits.setdefault(record['item'], []).append(record)
shown = {i['path'][len(sys.argv[2]) + 1:]: i for i in items}
def want(path, masked):
    global bad
    item = shown.get(path)
    loud = item and [h for h in hits.get(item['n'], []) if h['tier'] != 'INFO']
    if not loud or bool(item.get('path_masked')) != masked:
        bad += 1
        print('FAILED: %r: %r' % (path, item))
want('█████/a.txt', True)
want('hot! ██████.txt', True)
want('████████.txt', True)
want('███████.txt', True)
want('link', False)
try:
    if os.listxattr(sys.argv[2] + '/plain.txt'):
        want('plain.txt', False)
except OSError:
    pass
sys.exit(bad > 0)
P
for word in '秘密★5年' '机密★10年' '绝密★长期' '秘密★3年'; do
    says_not out "$word"
    grep -rqF "$word" "$state" && bad "$word stands in the state folder"
done

# what a site left lying about is shown by its name: it has to be found again
mkdir -p "$here/site/.git" "$here/site/.svn"
printf '[core]\n' >"$here/site/.git/config"
printf '12\n' >"$here/site/.svn/entries"
printf 'A=1\n' >"$here/site/.env"
printf 'x\n' >"$here/site/index.html.bak"
printf 'x\n' >"$here/site/index.html"
run 1 scan --state "$state" --format ndjson "$here/site"
[ "$(grep -c '"rule":"site.leftover-name"' "$here/out")" = 4 ] || bad 'not four left-over files'
for name in .git/config .svn/entries .env index.html.bak; do says out "\"path\":\"$here/site/$name\""; done

# marks among bytes that are no text, at even and odd places
mkdir "$here/raw"
python3 - "$here/raw" <<'P'
import sys
noise = bytes((i * 73 + 41) % 256 for i in range(512)) + b'\x00\x01'
for name, mark in (('utf8', '机密★10年'.encode()), ('gbk', '绝密★长期'.encode('gbk')), ('le', '秘密★5年'.encode('utf-16-le')), ('be', '机密★10年'.encode('utf-16-be'))):
    for odd in (0, 1):
        with open('%s/%s%d.bin' % (sys.argv[1], name, odd), 'wb') as out:
            out.write(b'\x7fNOT\x00' + noise + b'\x02' * (odd + len(noise) % 2) + b'\x00\x00' + mark + b'\x00\x00' + noise)
P
run 2 scan --state "$state" --format ndjson "$here/raw"
got=$(grep -c '"type":"finding".*"tier":"\(BLOCK\|REVIEW\)"' "$here/out")
[ "$got" = 8 ] || { bad "marks carved: $got of 8"; grep -o '"path":"[^"]*"\|"tier":"[A-Z]*"' "$here/out"; }
finish

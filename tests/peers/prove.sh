#!/usr/bin/env bash
# The inspector, who trusts nobody and has only openssl and Python: 100 published files at random, each proved offline from
# its bundle and its printed sheet; a flipped byte in the file, the bundle or on the sheet is seen.
. "$(dirname "$0")/../harness/lib.sh"
for tool in openssl python3 tar; do command -v $tool >/dev/null || skip "no $tool"; done
export PYTHONDONTWRITEBYTECODE=1
inspector=$PWD/tests/peers/verify_bundle.py
site=$here/site
mkdir -p "$here/web" "$here/p"
good() { checks=$((checks + 1)); "$@" >"$here/got" 2>&1 || { bad "${*:1:5}"; grep -v ^proved "$here/got" | head -3; }; }
refused() { checks=$((checks + 1)); ! "$@" >"$here/got" 2>&1 || bad "accepted: ${*:1:5}"; }
# four releases of 75 files, one after another; two people sign the second, the policy counts two
python3 - "$site" <<'END'
import os, random, sys
r = random.Random(5)
for i in range(300):
    folder = '%s/栏目%d' % (sys.argv[1], i // 75)
    os.makedirs(folder, exist_ok=True)
    words = ''.join(r.choice('关于召开会议的通知公告安排工作报告') for _ in range(r.randrange(4, 400)))
    open('%s/%d.txt' % (folder, i), 'w').write(words + '\n%d\n' % i)
END
for k in 0 1 2 3; do
    run 0 approve --state "$state" --root "$site" --title "通知$k" --by 张三 --release "R-$k" "$site/栏目$k/"*
done
run 0 approve --state "$state" --root "$site" --title 通知1 --by 李四 --release R-1 "$site/栏目1/"*
run 0 publish --state "$state" "$site" "$here/web"
vkey() { run 0 keys export "$1" --state "$state"; sed -n "$2p" "$here/out"; }
cat >"$here/policy.json" <<END
{"v":1,"serial":1,"people":[{"name":"张三","roles":["approver"],"vkey":"$(vkey 张三 1)","vkey_sm3":"$(vkey 张三 2)"},
 {"name":"李四","roles":["approver"],"vkey":"$(vkey 李四 1)","vkey_sm3":"$(vkey 李四 2)"}]}
END
run 0 keys policy "$here/policy.json" --by 保密办 --state "$state"
cp "$state/trust.vkey" "$here/pin" # the inspector has it from elsewhere

mapfile -t chosen < <(cd "$here/web" && find . -name '*.txt' -printf '%P\n' | sort -R --random-source=<(yes) | head -100)
words=()
for i in "${!chosen[@]}"; do
    run 0 prove --state "$state" --root "$here/web" "$here/web/${chosen[i]}" --output "$here/p/$i.tar"
    mv "$here/out" "$here/p/$i.txt"
    words+=("$here/web/${chosen[i]}" "$here/p/$i.tar" "$here/p/$i.txt")
done
good python3 "$inspector" "${words[@]}" --pin "$here/pin"
good test "$(grep -c '^proved ' "$here/got")" = 100
start=$(date +%s%N)
good python3 "$inspector" "${words[@]:0:3}" --pin "$here/pin"
echo "one file: $((($(date +%s%N) - start) / 1000000)) ms"

# one byte of each of the files
for i in "${!chosen[@]}"; do
    cp "$here/web/${chosen[i]}" "$here/p/$i.live"
    printf 'Q' | dd of="$here/p/$i.live" bs=1 seek=$((i % 8)) conv=notrunc 2>/dev/null
    words[3 * i]=$here/p/$i.live
done
refused python3 "$inspector" "${words[@]}"
good test "$(grep -c '^REFUSED ' "$here/got")" = 100
# nor does mishen make a proof of it
cp "$here/p/0.live" "$here/web/${chosen[0]}"
run 1 prove --state "$state" --root "$here/web" "$here/web/${chosen[0]}" --output "$here/p/no.tar"
says out '批准后被改动'
good test ! -e "$here/p/no.tar"

# a bit of each part of the bundle but the words for people, and of what the sheet says
python3 - "$here/web/${chosen[1]}" "$here/p/1.tar" "$here/p/1.txt" "$inspector" "$here/p" <<'END' >"$here/got" || bad 'a mutation was accepted'
import io, importlib.util, random, sys, tarfile
spec = importlib.util.spec_from_file_location('v', sys.argv[4])
v = importlib.util.module_from_spec(spec)
spec.loader.exec_module(v)
live, bundle, sheet, tmp = sys.argv[1], sys.argv[2], sys.argv[3], sys.argv[5]
members = [(m, tarfile.open(bundle).extractfile(m).read()) for m in tarfile.open(bundle).getmembers()]
told = [i for i, (m, d) in enumerate(members) if not m.name.endswith(('README.txt', 'sheet.txt'))]
r, accepted = random.Random(7), 0
def tried(bundle, sheet):
    try:
        v.check(live, bundle, sheet, None)
        return 1
    except (ValueError, LookupError, OSError, TypeError):
        return 0
if not tried(bundle, sheet):
    sys.exit('not even the true one')
for i in told * 2:
    with tarfile.open(tmp + '/m.tar', 'w') as tar:
        for k, (m, d) in enumerate(members):
            if k == i:
                at = r.randrange(len(d))
                d = d[:at] + bytes([d[at] ^ 1 << r.randrange(7)]) + d[at + 1:]
            n = tarfile.TarInfo(m.name)
            n.size = len(d)
            tar.addfile(n, io.BytesIO(d))
    if tried(tmp + '/m.tar', sheet):
        accepted += 1
        print('accepted', members[i][0].name)
text = open(sheet, encoding='utf-8').read()
for word in ('SHA-256 根  ', 'SM3 根      ', '记录数  ', 'SHA-256  ', 'SM3      '):
    at = text.index(word) + len(word)
    open(tmp + '/m.txt', 'w', encoding='utf-8').write(text[:at] + ('1' if text[at] != '1' else '2') + text[at + 1:])
    if tried(bundle, tmp + '/m.txt'):
        accepted += 1
        print('accepted: sheet', word)
print(len(told) * 2 + 5, 'mutations')
sys.exit(accepted > 0)
END
checks=$((checks + 1)); cat "$here/got"
# the sheet or the bundle of another file
refused python3 "$inspector" "$here/web/${chosen[2]}" "$here/p/2.tar" "$here/p/3.txt"
refused python3 "$inspector" "$here/web/${chosen[2]}" "$here/p/3.tar" "$here/p/2.txt"

# what the README inside says, with sh, openssl and python3
mkdir "$here/x"
tar -xf "$here/p/2.tar" -C "$here/x"
awk '/^--- 8</{f=!f;next}f' "$here/x/mishen-proof/README.txt" >"$here/x/recipe"
(cd "$here/x/mishen-proof" && sh ../recipe) >"$here/got" 2>&1
checks=$((checks + 1)); [ "$(grep -c '^good ' "$here/got")" -ge 16 ] && ! grep -qv '^good ' "$here/got" || { bad 'the recipe'; cat "$here/got"; }
good cmp "$here/x/mishen-proof/sheet.txt" "$here/p/2.txt"
for f in checkpoint.gm record-0.json; do
    cp "$here/x/mishen-proof/$f" "$here/kept"
    sed -i '1s/o/0/' "$here/x/mishen-proof/$f"
    (cd "$here/x/mishen-proof" && sh ../recipe) >"$here/got" 2>&1
    checks=$((checks + 1)); grep -q '^BAD ' "$here/got" || bad "the recipe accepts another $f"
    cp "$here/kept" "$here/x/mishen-proof/$f"
done

# the QR code of the sheet says the same: drawn as a picture, read by mishen's own reader of codes
python3 - "$here/p/2.txt" "$here/qr.png" <<'END'
import struct, sys, zlib
rows = [l.rstrip('\n') for l in open(sys.argv[1], encoding='utf-8')]
rows = [l for l in rows if l and all(c in ' ▀▄█' for c in l)]
width = max(map(len, rows))
bits = []
for l in rows:
    l = l.ljust(width)
    bits += [[c in '▀█' for c in l], [c in '▄█' for c in l]]
scale, pad = 6, 24
line = lambda row: b'\0' + b'\xff' * pad + b''.join((b'\0' if b else b'\xff') * scale for b in row) + b'\xff' * pad
blank = b'\0' + b'\xff' * (width * scale + 2 * pad)
raw = blank * pad + b''.join(line(row) * scale for row in bits) + blank * pad
chunk = lambda kind, data: struct.pack('>I', len(data)) + kind + data + struct.pack('>I', zlib.crc32(kind + data))
open(sys.argv[2], 'wb').write(b'\x89PNG\r\n\x1a\n' + chunk(b'IHDR', struct.pack('>IIBBBBB', width * scale + 2 * pad, len(bits) * scale + 2 * pad, 8, 0, 0, 0, 0))
                              + chunk(b'IDAT', zlib.compress(raw)) + chunk(b'IEND', b''))
END
"$MISHEN" extract "$here/qr.png" >"$here/out" 2>&1
if [ -x "$BUILD/libexec/mishen-ocr" ] && ! grep -q '没有 libqrencode' "$here/p/2.txt"; then
    says out 'mishen-proof/v1'
    says out "$(sha256sum <"$here/web/${chosen[2]}" | cut -d' ' -f1)"
else
    echo 'SKIPPED in part: no reader or writer of QR codes was built'
fi

# no proof: not approved, withdrawn, elsewhere; wrong use
printf 'x\n' >"$here/web/neu.txt"
run 1 prove --state "$state" --root "$here/web" "$here/web/neu.txt" --output "$here/p/no.tar"
says out '未经批准'
run 64 prove --state "$state" --root "$here/web" "$here/web/absent" --output "$here/p/no.tar"
run 64 prove --state "$state" --root "$here/web" "$inspector" --output "$here/p/no.tar"
run 64 prove --state "$state" --root "$here/web" "$here/web/neu.txt"
run 64 prove --state "$state" --root "$here/web" "$here/web/${chosen[2]}" --output "$here/policy.json"
run 0 withdraw --state "$state" R-0 --by 张三 --reason 更正
run 1 prove --state "$state" --root "$here/web" "$here/web/栏目0/0.txt" --output "$here/p/no.tar"
says out '批准已撤回'
good test ! -e "$here/p/no.tar"
cp -a "$state" "$here/d"
sed -i '2s/config/comfig/' "$here/d/log/seg/"*0.ndjson
run 3 prove --state "$here/d" --root "$here/web" "$here/web/栏目1/80.txt" --output "$here/p/no.tar"
finish

#!/usr/bin/env bash
# The offline bundle where nothing else is: an empty root with only the bundle and a static busybox, no network, no /proc, no
# /dev, and a kernel that answers ENOSYS to openat2, Landlock, clone3. Needs root and busybox-static; slow: run by hand.
#   tests/packages/bundle.sh [BUNDLE.tar.xz]     default: builds it
set -eu
cd "$(dirname "$0")/../.."
skip() { echo "SKIPPED: $*"; exit 77; }
[ "$(id -u)" = 0 ] || skip "not root"
busybox=$(command -v busybox) && ! ldd "$busybox" >/dev/null 2>&1 || skip "no static busybox (apt-get install busybox-static)"
unshare -n true 2>/dev/null || skip "no network namespaces here"
work=$(mktemp -d) && trap 'rm -rf "$work"' EXIT
root=$work/root
failed=0
checks=0
bad() { echo "FAILED: $*"; failed=1; }
bundle=${1:-}
if [ -z "$bundle" ]; then
    scanner/install/bundle "$work/b"
    bundle=$(ls "$work"/b/*.tar.xz)
fi
cc -std=c11 -O1 -Wall -Wextra -o "$work/enosys" tests/packages/enosys.c -lseccomp
mkdir -p "$root/bin" "$root/in" "$root/tmp"
cp "$busybox" "$root/bin/busybox"
ln -s busybox "$root/bin/sh"
cp -r samples/outbox "$root/in/outbox"
began=$(date +%s)
mkdir "$root/opt" && tar -xJf "$bundle" -C "$root/opt"
mv "$root"/opt/mishen-* "$root/opt/密审 usb" # a name with a blank, no version: it may lie anywhere
unpacked=$(date +%s)
old() { # as on an old kernel, without a network
    unshare -n "$work/enosys" "$(command -v env)" -i PATH=/bin HOME=/tmp "$(command -v chroot)" "$root" "$@"
}
run() { # EXIT ARGUMENTS…
    local want=$1 got=0
    shift
    checks=$((checks + 1))
    old "/opt/密审 usb/mishen" "$@" >"$work/out" 2>"$work/err" || got=$?
    [ "$got" = "$want" ] || { bad "mishen $*: exit $got, want $want"; head -5 "$work/out" "$work/err"; }
}
says() { checks=$((checks + 1)); grep -qF -- "$1" "$work/out" || { bad "no '$1':"; head -20 "$work/out"; }; }

run 0 --version
run 2 scan --state /tmp/state --format ndjson /in/outbox
first=$(date +%s)
# The verdicts are those of an installation with everything (11 and 22 are read by OCR).
python3 - "$work/out" samples/MANIFEST <<'P' || bad "verdicts"
import json, sys
got = {}
for line in open(sys.argv[1], encoding='utf-8'):
    o = json.loads(line)
    if o['type'] == 'item':
        got[o['path'].rsplit('/', 1)[-1]] = o['verdict']
want = dict(l.split('\t')[:2] for l in open(sys.argv[2], encoding='utf-8') if not l.startswith('#') and l.strip())
want.update({n: {'11': 'REVIEW', '22': 'PASS'}[n[:2]] for n in want if n.endswith('.png')})
wrong = [(n, want[n], got.get(n)) for n in want if got.get(n) != want[n]]
print('%d verdicts' % len(got), *wrong, sep='\n')
sys.exit(bool(wrong) or len(got) < 20)
P
run 4 log verify --state /tmp/state
run 0 scan --state /tmp/state --quiet /in/outbox/01-关于召开年度工作会议的通知.docx
# What is missing is said in words, and is no failure.
run 0 doctor --state /tmp/state
says seccomp
says Landlock
run 2 scan --state /tmp/state /in/outbox
says '沙箱 seccomp'
# Rule packs from a stick: signed elsewhere, trusted by key, newer only, nothing altered.
pack=$root/in/usb
mkdir "$pack"
cat >"$pack/unit.yaml" <<'Y'
format: 1
pack: {id: unit, version: "1"}
rules:
  - id: unit.project
    name: 内部项目代号
    category: 内部事务
    tier: 阻断
    basis: 某某局办公室通知
    explain: 出现了尚未公开的项目代号。
    advice: 删去代号。
    find: {kind: words, any: [蓝鹭计划]}
    tests:
      - {each: [一, 二, 三], text: "{}、蓝鹭计划", expect: 阻断}
      - {each: [蓝鹭, 计划, 蓝的计划], text: "{}", expect: none}
Y
sed 's/version: "1"/version: "2"/' "$pack/unit.yaml" >"$pack/unit2.yaml"
for n in unit unit2; do
    run 0 rules sign "/in/usb/$n.yaml" --by 发布单位 --state /tmp/publisher
    cp "$work/out" "$pack/$n.yaml.sig"
    key=$(grep -o '发布单位+[0-9a-f]*+[A-Za-z0-9+/=]*' "$work/out" "$work/err" | head -1 | cut -d: -f2-)
done
run 3 rules import /in/usb/unit.yaml --state /tmp/state
run 0 rules trust "$key" --state /tmp/state
run 0 rules import /in/usb/unit.yaml --state /tmp/state
echo '蓝鹭计划招标' >"$root/in/a.txt"
run 1 scan --state /tmp/state /in/a.txt
says unit.project
run 0 rules import /in/usb/unit2.yaml --state /tmp/state
run 64 rules import /in/usb/unit.yaml --state /tmp/state # older than what is in force
echo '# x' >>"$pack/unit2.yaml"
run 3 rules import /in/usb/unit2.yaml --state /tmp/state
# The bundle names its own parts; nothing is missing and nothing more is there.
checks=$((checks + 1))
(cd "$root/opt/密审 usb" && sha256sum --quiet --strict -c SHA256SUMS) || bad SHA256SUMS
rm "$root/opt/密审 usb/lib/ld-linux-x86-64.so.2"
run 126 --version
echo "$checks checks; unpacked in $((unpacked - began)) s, first scan done $((first - unpacked)) s later"
[ $((first - unpacked)) -le 120 ] || bad "the first scan took more than two minutes"
exit $failed

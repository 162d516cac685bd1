#!/usr/bin/env bash
# Install, use, upgrade, remove on a clean Debian 12. Needs root, debootstrap and the network (or a tar of a minbase root as
# ROOT_TAR); slow: run by hand, not by ctest.
#   tests/packages/clean_root.sh [FOLDER WITH PACKAGES]     default: builds them
set -eu
cd "$(dirname "$0")/../.."
skip() { echo "SKIPPED: $*"; exit 77; }
[ "$(id -u)" = 0 ] || skip "not root"
command -v debootstrap >/dev/null || skip "no debootstrap"
work=$(mktemp -d)
root=$work/root
# What is mounted is unmounted before anything is removed.
trap 'umount -l "$root/proc" 2>/dev/null; rm -rf --one-file-system "$work"' EXIT
failed=0
bad() { echo "FAILED: $*"; failed=1; }
inside() { env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8 chroot "$root" "$@"; }
packages=${1:-}
if [ -z "$packages" ]; then
    packages=$work/packages
    scanner/install/pack "$packages"
fi
if [ -n "${ROOT_TAR:-}" ]; then
    mkdir "$root" && tar -xf "$ROOT_TAR" -C "$root"
else
    debootstrap --variant=minbase --include=ca-certificates bookworm "$root" http://deb.debian.org/debian >"$work/log" 2>&1 || { tail -5 "$work/log"; exit 1; }
fi
mount -t proc proc "$root/proc"
cp /etc/resolv.conf "$root/etc/" 2>/dev/null || true
mkdir "$root/p" && cp "$packages"/*.deb "$root/p/"
cp -r samples/outbox samples/buffer "$root/p/"

echo "== install"
inside apt-get -qq update
inside sh -c 'apt-get -qq install -y --no-install-recommends /p/mishen_*.deb /p/mishen-rules_*.deb /p/mishen-helpers_*.deb' >"$work/log" 2>&1 || { tail -20 "$work/log"; bad install; }
inside mishen --version
inside sh -c 'mishen scan --format ndjson /p/outbox >/tmp/out 2>/tmp/err; echo $?' >"$work/code"
[ "$(cat "$work/code")" = 2 ] || { bad "scan: exit $(cat "$work/code")"; cat "$root/tmp/err"; }
grep -q '"format":"pdf"' "$root/tmp/out" || bad "no PDF was read"
# every verdict of the samples, as MANIFEST says, with PDF and OCR
python3 - "$root/tmp/out" samples/MANIFEST <<'P' || bad "verdicts"
import json, sys
got = {}
for line in open(sys.argv[1], encoding='utf-8'):
    o = json.loads(line)
    if o['type'] == 'item':
        got[o['path'].rsplit('/', 1)[-1]] = o['verdict']
want = dict(l.split('\t')[:2] for l in open(sys.argv[2], encoding='utf-8') if not l.startswith('#') and l.strip())
want.update({n: {'11': 'REVIEW', '22': 'PASS'}[n[:2]] for n in want if n.endswith('.png')})  # with OCR
wrong = [(n, want[n], got.get(n)) for n in want if n in got and got[n] != want[n]]
print('%d verdicts' % len(got), *wrong, sep='\n')
sys.exit(bool(wrong) or len(got) < 20)
P
inside sh -c 'mishen log verify >/dev/null; test $? = 4' || bad "the log does not verify"
inside getent passwd mishen >/dev/null || bad "no user mishen"
[ -e "$root/usr/share/man/zh_CN/man1/mishen.1.gz" ] || echo "note: this root leaves manual pages out"
if [ -e "$root/etc/mishen/mishen.yaml" ]; then
    inside sh -c 'dpkg-query -W -f "\${Conffiles}" mishen | grep -q mishen.yaml' || bad "mishen.yaml is no conffile"
    echo '# ours' >>"$root/etc/mishen/mishen.yaml"
fi

echo "== library"
inside sh -c 'apt-get -qq install -y --no-install-recommends gcc libc6-dev cmake make pkg-config /p/libmishen0_*.deb /p/libmishen-dev_*.deb' >"$work/log" 2>&1 || { tail -20 "$work/log"; bad "install of the library"; }
inside sh -c 'cmake -S /p/buffer -B /tmp/b >/dev/null && cmake --build /tmp/b >/dev/null && printf "机密★20年\n" | /tmp/b/buffer; test $? = 1' || bad "find_package"
inside sh -c 'cc /p/buffer/buffer.c -o /tmp/plain $(pkg-config --cflags --libs mishen) && echo 通知 | /tmp/plain' || bad "pkg-config"

echo "== upgrade"
for deb in "$packages"/*.deb; do # the same, one version further
    name=$(basename "$deb" | cut -d_ -f1)
    mkdir -p "$work/up/$name" && dpkg-deb -R "$deb" "$work/up/$name"
    sed -i -E 's/^Version: (.*)/Version: \1+1/; s/\(= ([0-9.]+)\)/(= \1+1)/g' "$work/up/$name/DEBIAN/control"
    dpkg-deb --root-owner-group -b "$work/up/$name" "$root/p/up-$name.deb" >/dev/null
done
inside sh -c 'dpkg --force-confold -i /p/up-*.deb' >"$work/log" 2>&1 || { tail -20 "$work/log"; bad upgrade; }
inside sh -c 'mishen log verify >/dev/null; test $? = 4' || bad "the log does not verify after the upgrade"
[ ! -e "$root/etc/mishen/mishen.yaml" ] || grep -q '^# ours' "$root/etc/mishen/mishen.yaml" || bad "the configuration was written over"
inside sh -c 'mishen scan --quiet /p/outbox/01-*.docx' || bad "scan after the upgrade"

echo "== remove"
inside apt-get -qq purge -y mishen mishen-rules mishen-helpers libmishen0 libmishen-dev >"$work/log" 2>&1 || { tail -20 "$work/log"; bad purge; }
left=$(inside find / -xdev \( -path /p -o -path /proc -o -path /var/lib/mishen -o -path /tmp -o -path /var/log -o -path /var/cache \) -prune -o -name '*mishen*' -print)
[ -z "$left" ] || bad "left behind: $left"
[ -d "$root/var/lib/mishen/log" ] || bad "the evidence was removed"
[ $failed = 0 ] && echo "installed, used, upgraded, removed"
exit $failed

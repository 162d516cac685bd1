#!/usr/bin/env bash
# What is in the packages, from this build: each file in exactly one, the same bytes twice, no complaint of lintian, units
# with the right paths. Two real builds and a clean root: tests/packages/.
. "$SOURCE/tests/harness/lib.sh"
command -v dpkg-shlibdeps >/dev/null || skip "no dpkg-shlibdeps (apt-get install dpkg-dev)"
[ -e "$BUILD/libmishen.so" ] || skip "this build has no libmishen.so (sanitizers, coverage)"
export SOURCE_DATE_EPOCH=1764000000 LC_ALL=C.UTF-8
umask 022
checks=$((checks + 1))
for n in 1 2; do
    (cd "$BUILD" && cpack -G DEB -B "$here/d$n") >"$here/log" 2>&1 || { tail -20 "$here/log"; bad cpack; finish; }
    sleep 1 # the clock must not matter
done
names=$(cd "$here/d1" && ls *.deb)
for name in libmishen-dev libmishen0 mishen mishen-rules; do
    checks=$((checks + 1))
    echo "$names" | grep -q "^${name}_" || bad "no package $name"
done
for deb in $names; do
    checks=$((checks + 1))
    cmp "$here/d1/$deb" "$here/d2/$deb" || bad "$deb: not the same bytes"
    dpkg-deb -c "$here/d1/$deb" | grep -v '^d' | awk '{print $6}' >"$here/${deb%%_*}.list"
    cat "$here/${deb%%_*}.list" >>"$here/files"
done
twice=$(sort "$here/files" | uniq -d)
[ -z "$twice" ] || bad "in two packages: $twice"
in_package() { # PACKAGE PATH
    checks=$((checks + 1))
    grep -qF "$2" "$here/$1.list" || bad "$1 lacks $2"
}
in_package mishen ./usr/bin/mishen
in_package mishen ./usr/share/man/zh_CN/man1/mishen.1.gz
in_package mishen ./usr/share/man/man1/mishen.1.gz
in_package mishen ./usr/share/bash-completion/completions/mishen
in_package mishen ./usr/lib/sysusers.d/mishen.conf
in_package libmishen0 libmishen.so.0
in_package libmishen-dev ./usr/include/mishen/mishen.h
in_package mishen-rules ./usr/share/mishen/rules/gov-marks.yaml
for unit in "$SOURCE"/scanner/install/*.service "$SOURCE"/scanner/install/*.timer "$SOURCE"/scanner/install/*.socket; do
    [ -e "$unit" ] && in_package mishen "./usr/lib/systemd/system/${unit##*/}"
done
dpkg-deb -x "$here"/d1/mishen_*.deb "$here/tree"
if [ -e "$SOURCE/scanner/install/mishen.yaml" ]; then
    in_package mishen ./etc/mishen/mishen.yaml
    [ "$(dpkg-deb -I "$here"/d1/mishen_*.deb conffiles)" = /etc/mishen/mishen.yaml ] || bad "conffiles"
fi
checks=$((checks + 2))
for program in $(grep -ho '/usr/bin/[a-z-]*mishen[a-z-]*' "$here"/tree/usr/lib/systemd/system/* | sort -u); do
    [ -x "$here/tree$program" ] || bad "a unit names $program"
done
# the packaged program runs by itself and finds its rules beside
dpkg-deb -x "$here"/d1/mishen-rules_*.deb "$here/tree"
"$here/tree/usr/bin/mishen" rules list --state "$state" >"$here/out" 2>"$here/err" || bad "the packaged program finds no rules"
says out mark.state-secret
# the bill of materials
checks=$((checks + 1))
python3 "$SOURCE/scanner/install/sbom.py" "$BUILD" "$here"/d1/*.deb >"$here/sbom" || bad "sbom"
python3 - "$here/sbom" "$here/d1" <<'P' || bad "the bill of materials"
import hashlib, json, sys
from pathlib import Path
b = json.load(open(sys.argv[1], encoding='utf-8'))
assert b['spdxVersion'] == 'SPDX-2.3' and b['dataLicense'] == 'CC0-1.0' and b['creationInfo']['created'] == '2025-11-24T16:00:00Z'
ids = [p['SPDXID'] for p in b['packages']]
assert len(ids) == len(set(ids)) > 10
by = {p['name']: p for p in b['packages']}
for deb in Path(sys.argv[2]).glob('*.deb'):
    assert by[deb.name]['checksums'][0]['checksumValue'] == hashlib.sha256(deb.read_bytes()).hexdigest()
assert by['libssl3']['versionInfo'] and by['libssl3']['licenseDeclared'] == 'Apache-2.0'
assert not [n for n, p in by.items() if p['licenseDeclared'] == 'NOASSERTION'], 'a library without a licence: add it to sbom.py'
for r in b['relationships']:
    assert r['relatedSpdxElement'] in ids and r['spdxElementId'] in ids + ['SPDXRef-DOCUMENT']
P
if command -v lintian >/dev/null; then
    checks=$((checks + 1))
    # this build's folders are not those of a package build (scanner/install/pack): lib, not lib/x86_64-linux-gnu
    lintian --allow-root --suppress-tags pkg-config-unavailable-for-cross-compilation "$here"/d1/*.deb >"$here/out" 2>&1
    [ -s "$here/out" ] && { cat "$here/out"; bad "lintian"; }
else
    echo "SKIPPED: no lintian here"
fi
# An installation from source has the paths of its place, and keeps a configuration that is there.
cmake --install "$BUILD" --prefix "$here/local" --component program >/dev/null || bad "cmake --install"
grep -q "^ExecStart=$here/local/bin/mishen" "$here"/local/lib/systemd/system/*.service || bad "a unit of another place"
if [ -e "$here/local/etc/mishen/mishen.yaml" ]; then
    echo '# ours' >>"$here/local/etc/mishen/mishen.yaml"
    cmake --install "$BUILD" --prefix "$here/local" --component program >/dev/null
    tail -1 "$here/local/etc/mishen/mishen.yaml" | grep -q '^# ours' || bad "the configuration was written over"
fi
finish

#!/usr/bin/env bash
# The .rpm packages in an empty root of their own: installed, verified, installed once more, removed. Without their
# dependencies, which another distribution has: what is tested is what the packages hold. Slow when it builds; run by hand.
#   tests/packages/rpm_root.sh [FOLDER WITH PACKAGES]
set -eu
cd "$(dirname "$0")/../.."
command -v rpm >/dev/null || { echo "SKIPPED: no rpm (scanner/install/needs pack --install)"; exit 77; }
work=$(mktemp -d) && trap 'rm -rf "$work"' EXIT
packages=${1:-}
[ -n "$packages" ] || { packages=$work/packages; scanner/install/pack "$packages"; }
root=$work/tree
failed=0
bad() { echo "FAILED: $*"; failed=1; }
r() { rpm --root "$root" "$@" 2>"$work/err" || { cat "$work/err"; return 1; }; }
mkdir "$root"
r --initdb
r --nodeps --noscripts -i "$packages"/*.rpm || bad install
[ "$(r -qa | wc -l)" = 5 ] || bad "packages: $(r -qa)"
r --nodeps -V $(r -qa) || bad "files are not as packed"
"$root/usr/bin/mishen" rules list --state "$work/state" | grep -q mark.state-secret || bad "the program finds no rules"
for path in usr/share/zsh/site-functions/_mishen usr/lib64/libmishen.so.0 usr/lib64/pkgconfig/mishen.pc usr/libexec/mishen/mishen-pdf; do
    [ -e "$root/$path" ] || bad "no $path"
done
[ ! -e "$root/usr/share/lintian" ] || bad "files of Debian's tools"
if [ -e "$root/etc/mishen/mishen.yaml" ]; then
    r -qc mishen | grep -qx /etc/mishen/mishen.yaml || bad "mishen.yaml is no configuration file"
    echo '# ours' >>"$root/etc/mishen/mishen.yaml"
    r --nodeps --noscripts -U --replacepkgs "$packages"/*.rpm || bad upgrade
    tail -1 "$root/etc/mishen/mishen.yaml" | grep -q '^# ours' || bad "the configuration was written over"
fi
r --nodeps --noscripts -e $(r -qa) || bad remove
left=$(find "$root" -type f ! -path '*rpm*')
[ -z "$left" ] || [ "$(basename "$left")" = mishen.yaml.rpmsave ] || bad "left behind: $left"
[ $failed = 0 ] && echo "installed, verified, removed"
exit $failed

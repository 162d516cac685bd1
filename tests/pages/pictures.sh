#!/usr/bin/env bash
# The pictures of the manual and README (docs/pictures) can be made from what the program prints today.
#   tests/pages/pictures.sh --write    makes them anew
. "$(dirname "$0")/../harness/lib.sh"
write=${1:-}
cd "${SOURCE:-$(dirname "$0")/../..}" || exit 1
command -v chromium >/dev/null || skip 'no chromium (apt-get install chromium fonts-noto-cjk)'
/usr/bin/python3 -c 'import PIL' 2>/dev/null || skip 'no python3-pil'
root=$PWD
mkdir "$here/pictures" "$here/待发布"
# a week of a bureau, by office
for file in samples/outbox/*; do
    case $file in *0[1-5]-*|*09-*|*17-*) office=社会救助科 ;; *1[0-6]-*|*24-*|*25-*) office=办公室 ;; *2[6-8]-*|*18-*) office=政务公开科 ;; *) office=信息中心 ;; esac
    mkdir -p "$here/待发布/$office"
    cp "$file" "$here/待发布/$office/"
done
"$MISHEN" log init --state "$state" --origin local/gov-web >/dev/null
cd "$here" || exit 1
"$MISHEN" scan --state "$state" --quiet 待发布 >/dev/null
rm 待发布/办公室/15-*
"$MISHEN" scan --state "$state" --quiet 待发布 >/dev/null
rm 待发布/社会救助科/17-* 待发布/办公室/10-*
"$MISHEN" scan --state "$state" --color always 待发布 >terminal.txt
run 0 report --state "$state" html --output "$here/report.html" $(ls -t "$state"/runs/*.ndjson)
run 0 report --state "$state" csv --output "$here/report.csv"
/usr/bin/python3 "$root/tests/pages/terminal.py" 'mishen scan 待发布' <terminal.txt >terminal.html

# shoot PAGE WIDTH HEIGHT PICTURE
shoot() {
    chromium --headless --no-sandbox --disable-gpu --disable-dev-shm-usage --hide-scrollbars --user-data-dir="$here/profile" \
        --window-size="$2,$3" --screenshot="$here/shot.png" "file://$here/$1" >/dev/null 2>&1
    checks=$((checks + 1))
    /usr/bin/python3 - "$here/shot.png" "$here/pictures/$4" <<'P' || bad "$4: no picture, or nothing in it"
import sys
from PIL import Image
picture = Image.open(sys.argv[1]).convert('RGB')
colors = len(picture.getcolors(1 << 24))
print(sys.argv[2].rsplit('/', 1)[-1], picture.size, colors, 'colours')
picture.quantize(64).save(sys.argv[2], optimize=True)
sys.exit(colors < 100)
P
    [ "$(stat -c %s "$here/pictures/$4")" -le 204800 ] || bad "$4 is larger than 200 KB"
    [ -f "$root/docs/pictures/$4" ] || [ "$write" = --write ] || bad "docs/pictures/$4 is missing: tests/pages/pictures.sh --write"
}
shoot report.html 1160 1500 report.png
shoot report.html 500 1200 report-phone.png
shoot terminal.html 900 1000 terminal.png
[ "$write" != --write ] || cp "$here"/pictures/*.png "$root/docs/pictures/"
finish

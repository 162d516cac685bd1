#!/usr/bin/env bash
# PDF and pictures through the whole program: places, verdicts with and without OCR, a PDF in a PDF.
set -u
[ -x "$BUILD/libexec/mishen-pdf" ] && [ -x "$MISHEN" ] || { echo "SKIPPED: no mishen-pdf in $BUILD/libexec"; exit 77; }
dir=$(mktemp -d) && trap 'rm -rf "$dir"' EXIT
bad=0
PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=$SOURCE/tests/cli python3 - "$dir" <<'PY'
import sys
from make_pdf import Pdf, show, utf16, MARK
def write(name, data):
    open(sys.argv[1] + '/' + name, 'wb').write(data)
two = Pdf(show('第一页'))
two.add(2, b'<< /Type /Pages /Count 2 /Kids [3 0 R 20 0 R] >>').stream(21, show(MARK))
two.add(20, two.objects[3].replace(b'/Contents 4 0 R', b'/Contents 21 0 R'))
write('two.pdf', two.bytes())
names = b'/Names << /EmbeddedFiles << /Names [(a) 10 0 R] >> >>'
spec = b'<< /Type /Filespec /F (in.pdf) /EF << /F 11 0 R >> >>'
write('outer.pdf', Pdf(show('通知'), catalog=names).add(10, spec).stream(11, two.bytes()).bytes())
write('plain.pdf', Pdf(show('通知')).bytes())
write('covered.pdf', Pdf(show('举报人张三丰') + b' 60 690 200 30 re f ').bytes())
image = b'/Subtype /Image /Width 40 /Height 40 /ColorSpace /DeviceGray /BitsPerComponent 8'
write('scan.pdf', Pdf(b'q 300 0 0 300 9 9 cm /X1 Do Q').stream(8, bytes(range(40)) * 40, image).bytes())
write('locked.pdf', Pdf(show('x')).end(b'/Encrypt << /Filter /Unheard /V 99 >>').bytes())
PY
check() { # what, file, expression for jq over the item line, options
    local out
    out=$("$MISHEN" scan --format ndjson --state "$dir/state" ${4:-} "$dir/$2" 2>/dev/null)
    echo "$out" | jq -se "$3" >/dev/null || { echo "failed: $1"; echo "$out" | cut -c1-600; bad=1; }
}
extract() { # what, file, expression
    "$MISHEN" extract --format ndjson "$dir/$2" | jq -se "$3" >/dev/null || { echo "failed: $1"; bad=1; }
}
extract 'page of a text' two.pdf 'any(.[]; .type == "text" and .place.page == 2 and (.text | contains("机密★10年")))'
extract 'path of a PDF in a PDF' outer.pdf 'any(.[]; .type == "text" and (.place.vpath | endswith("outer.pdf!in.pdf")) and .place.page == 2)'
check 'a mark on page 2' two.pdf 'any(.[]; .verdict? == "BLOCK")'
check 'a mark in a PDF in a PDF' outer.pdf 'any(.[]; .verdict? == "BLOCK")'
check 'nothing to find' plain.pdf 'any(.[]; .verdict? == "PASS")'
check 'a redaction that hides nothing' covered.pdf 'any(.[]; .verdict? == "REVIEW") and (tostring | contains("张三丰") | not)'
"$MISHEN" scan --lang zh --state "$dir/state" "$dir/covered.pdf" | grep -q '隐藏文字 · 被方块遮盖处 · 第1页' || { echo 'failed: where a redaction is, in words'; bad=1; }
check 'a locked one' locked.pdf 'any(.[]; .verdict? == "NOT-INSPECTED")'
check 'a scan without OCR' scan.pdf 'any(.[]; .verdict? == "NOT-INSPECTED")' --no-ocr
if [ -x "$BUILD/libexec/mishen-ocr" ]; then
    check 'a scan with OCR' scan.pdf 'any(.[]; .verdict? == "REVIEW")'
fi
exit $bad

#!/usr/bin/env bash
# mishen-ocr reads pictures in every way they may be turned, and says what it could not read.
set -u
pdf=$BUILD/libexec/mishen-pdf ocr=$BUILD/libexec/mishen-ocr
[ -x "$pdf" ] && [ -x "$ocr" ] || { echo "SKIPPED: no helper programs in $BUILD/libexec"; exit 77; }
[ -n "$(fc-list :lang=zh 2>/dev/null)" ] || ls /usr/share/fonts/opentype/noto/NotoSansCJK* >/dev/null 2>&1 ||
    { echo "SKIPPED: no Chinese font (apt-get install fonts-noto-cjk)"; exit 77; }
PYTHONDONTWRITEBYTECODE=1 exec python3 "$SOURCE/tests/cli/ocr.py" "$pdf" "$ocr"

#!/usr/bin/env bash
# mishen-pdf finds a mark wherever a PDF can hold one, and says what it could not read.
set -u
program=$BUILD/libexec/mishen-pdf
[ -x "$program" ] || { echo "SKIPPED: no $program"; exit 77; }
PYTHONDONTWRITEBYTECODE=1 exec python3 "$SOURCE/tests/cli/pdf.py" "$program"

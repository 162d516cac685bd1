#!/usr/bin/env bash
# A mark in 700 hiding places, each made here: charsets, variants, encodings, markup, office parts, archives, pictures, databases.
set -u
[ -x "${MISHEN:-}" ] || { echo "SKIPPED: no program at MISHEN=${MISHEN:-}"; exit 77; }
python=python3
/usr/bin/python3 -c 'import PIL' 2>/dev/null && python=/usr/bin/python3
exec "$python" -B "$SOURCE/tests/evasion/run.py" "$MISHEN"

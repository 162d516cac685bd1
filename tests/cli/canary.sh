#!/usr/bin/env bash
# Text of documents is nowhere but where it was asked for: canaries in every command (canary.py).
. "$(dirname "$0")/../harness/lib.sh"
command -v python3 >/dev/null || skip 'no python3'
checks=$((checks + 1))
timeout 600 python3 -B "$SOURCE/tests/cli/canary.py" "$here/places" || bad 'a canary was found'
finish

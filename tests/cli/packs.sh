#!/usr/bin/env bash
# The shipped packs: their own tests pass, hold every part of every rule, and nothing is wrong with the rules.
. "$SOURCE/tests/harness/lib.sh"
packs=(--rules "$SOURCE/rules" --rules "$SOURCE/rules/optional" --state "$state")
run 0 rules test --mutate "${packs[@]}"
says out '（100.0%）'
# Times depend on the machine; what else `check` finds does not.
"$MISHEN" rules check "${packs[@]}" >"$here/out" 2>&1
! grep '^问题 [a-z]' "$here/out" || bad "problems in shipped packs"
finish

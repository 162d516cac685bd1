#!/usr/bin/env bash
# The independent verifier agrees with the program on random logs and on random damage to them.
# MSH_TEST_MUTATIONS: how many (default 600), MSH_TEST_SEED: which.
. "$(dirname "$0")/../harness/lib.sh"
export PYTHONDONTWRITEBYTECODE=1
command -v python3 >/dev/null && command -v openssl >/dev/null || skip 'no python3 or openssl'
peers=$(dirname "$0")
mkdir "$here/docs"
seed=${MSH_TEST_SEED:-$RANDOM}
RANDOM=$seed
for run in 1 2 3; do
    for i in $(seq $((RANDOM % 5 + 1))); do
        printf '第%s件，身份证 11010519491231002X\n' "$RANDOM" >"$here/docs/文件$RANDOM.txt"
    done
    "$MISHEN" scan --state "$state" "$here/docs" >/dev/null 2>&1
    checks=$((checks + 1))
    python3 "$peers/verify_log.py" "$state/log"
    [ $? = 4 ] || bad "the peer refuses the log of run $run"
    run 4 log verify --state "$state"
done
checks=$((checks + 1))
python3 "$peers/mutations.py" "$MISHEN" "$state" "${MSH_TEST_MUTATIONS:-600}" "$seed" || bad 'see above'
finish

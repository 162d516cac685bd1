#!/usr/bin/env bash
# Every limit of include/mishen/limits.def: set low, it names itself, says how far it went and at which place the rest
# was not read, and the file is NOT-INSPECTED; the manual has it; a bad value is refused. A new limit needs a case here.
. "$(dirname "$0")/../harness/lib.sh"
command -v python3 >/dev/null || skip 'no python3'
files=$here/files
mkdir "$files"
(cd "$(dirname "$0")" && python3 -B make_limits.py "$files") || bad 'the documents cannot be made'
"$MISHEN" help --man >"$here/man"

# limited NAME VALUE FILE REASON PLACE [ARGS…]: exit 2; an outcome for that reason at that place, with a value unless `-`
limited() {
    local name=$1 value=$2 file=$3 reason=$4 place=$5 reached
    shift 5
    run 2 scan --state "$state" --format ndjson --limit "$name=$value" "$@" "$files/$file"
    checks=$((checks + 1))
    grep '"type":"outcome"' "$here/out" | grep -F "\"reason\":\"$reason\"" | grep -qF "$file$place\"" ||
        bad "$name: no $reason at $file$place: $(grep '"type":"outcome"' "$here/out" | head -3)"
    reached=$(sed -nE "s/.*\"reason\":\"$reason\",\"reached\":([0-9]+).*/\1/p" "$here/out" | head -1)
    [ "${reached:-0}" -gt 0 ] || bad "$name: does not say how far it went"
    grep -q '"verdict":"NOT-INSPECTED"' "$here/out" || bad "$name: not NOT-INSPECTED"
}
names=$(sed -nE 's/^MSH_LIMIT\([a-z_]+, "([a-z-]+)".*/\1/p' "$SOURCE/include/mishen/limits.def")
for name in $names; do
    case $name in
    decoded) limited decoded 100000 decoded.zip limit.decoded '!a.txt' ;;
    ratio) limited ratio 10 ratio.zip limit.ratio '!a.txt' ;;
    members) limited members 5 members.zip limit.members '' ;;
    depth) limited depth 3 depth.zip limit.depth '!a.zip!a.zip!a.zip!a.zip' ;;
    time) limited time 1 time.txt limit.time '' ;;
    size) limited size 10 size.txt limit.size '' ;;
    member-size) limited member-size 4096 member-size.zip limit.member-size '!a.txt' ;;
    xml-depth) limited xml-depth 100 xml-depth.docx limit.xml-depth '!word/document.xml' ;;
    # without a lock the address space and the processor time are nobody's
    memory) grep -q 'MSH_SANITIZE:BOOL=ON' "$BUILD/CMakeCache.txt" || limited memory 20000000 memory.zip limit.memory '' ;;
    cpu) grep -q 'MSH_SANITIZE:BOOL=ON' "$BUILD/CMakeCache.txt" || limited cpu 1 time.txt limit.time '' --rules "$files/cpu.yaml" ;;
    helper-memory)
        [ -x "$BUILD/libexec/mishen-pdf" ] || continue
        grep -q 'MSH_SANITIZE:BOOL=ON' "$BUILD/CMakeCache.txt" && continue
        run 2 scan --state "$state" --format ndjson --limit helper-memory=1 "$files/helper-memory.pdf"
        grep -qE '"reason":"(limit\.memory|helper\.crashed)"' "$here/out" || bad "helper-memory: $(grep outcome "$here/out")"
        ;;
    findings) # the list is cut, never the verdict
        run 1 scan --state "$state" --format ndjson --limit findings=10 "$files/findings.txt"
        [ "$(grep -c '"type":"finding"' "$here/out")" -le 10 ] || bad 'findings: the list is not cut'
        says out '"verdict":"BLOCK"'
        ;;
    rule-file) run 64 scan --state "$state" --limit rule-file=20 --rules "$files/cpu.yaml" "$files/size.txt" ;;
    regex-repeat) run 64 scan --state "$state" --limit regex-repeat=100 --rules "$files/cpu.yaml" "$files/size.txt" ;;
    ocr-pages) [ -x "$BUILD/libexec/mishen-ocr" ] && limited ocr-pages 1 ocr-pages.zip limit.ocr-pages '!1.png' ;;
    *) bad "limits.def: $name has no case here" ;;
    esac
    checks=$((checks + 1))
    grep -qF "$(echo "$name" | sed 's/-/\\-/g')=" "$here/man" || bad "the manual does not name $name"
    run 64 scan --state "$state" --limit "$name=x" "$files/size.txt"
done
run 64 scan --state "$state" --limit nothing=1 "$files/size.txt"
finish

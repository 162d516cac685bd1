#!/usr/bin/env bash
# The same results whatever the way: one worker or four, locked or in this process, a file or standard input in pieces
# of 1, 7 and 4096 bytes. Reports are compared byte by byte, but for the run's id, its time and the log's root.
. "$(dirname "$0")/../harness/lib.sh"
collection=$SOURCE/../shared/cases/extract/files
mkdir "$here/in"
cp -r "$SOURCE/samples/outbox" "$here/in/outbox"
for i in $(seq 60); do printf '第%s件 联系人 1%010d\n机密★%s年\n' "$i" "$i" "$((i % 30 + 1))" >"$here/in/$i.txt"; done
if [ -d "$collection" ]; then
    find "$collection" -type f -size -60k | sort | grep -viE '\.(pdf|png|jpe?g|tiff?|gif|bmp|jp2|webp)$' | head -120 | while read -r f; do cp "$f" "$here/in/"; done
fi
# how many copies of a picture OCR tries is a question of time: without
scan() { "$MISHEN" scan --state "$state" --no-ocr --format "$1" "${@:2}" "$here/in" 2>"$here/err"; }
plain() {
    sed -E 's/"(started|finished|time)":"[^"]*"/"\1":""/g; s/"ms":[0-9]+/"ms":0/g; s/"log":\{[^}]*\}/"log":{}/; s/(日志：|log: ).*//
        s/[0-9]{8}T[0-9]{6}Z-[0-9a-f]{8}//g'
}
# what says in a report that there was no sandbox
sandboxed() { grep -vE '^\{"type":"run"|没有使用沙箱' "$1" | sed -E 's/沙箱 [a-z+]*//'; }
for form in ndjson text csv; do
    scan "$form" --jobs 1 | plain >"$here/one"
    [ -s "$here/one" ] || bad "$form: nothing came out: $(head -3 "$here/err")"
    for way in '--jobs 4' '--jobs 2' '--inproc'; do
        checks=$((checks + 1))
        scan "$form" $way | plain >"$here/other"
        cp "$here/one" "$here/want"
        [ "$way" = --inproc ] && for f in want other; do sandboxed "$here/$f" >"$here/same" && mv "$here/same" "$here/$f"; done
        cmp -s "$here/want" "$here/other" || { bad "$form: $way gives other bytes"; diff "$here/want" "$here/other" | cut -c1-300 | head -6; }
    done
done
echo "$(find "$here/in" -type f | wc -l) files, $(wc -l <"$here/one") lines"

# standard input in pieces
command -v python3 >/dev/null || { finish; }
printf '关于某事的通知\n%s\n机密★10年\n' "$(seq 3000 | tr '\n' '，')" >"$here/text"
iconv -f UTF-8 -t GBK "$here/text" >"$here/gbk" 2>/dev/null || cp "$here/text" "$here/gbk"
for file in "$here/text" "$here/gbk" "$SOURCE"/samples/outbox/0[49]-*; do
    "$MISHEN" scan --state "$state" --no-ocr --format ndjson - <"$file" 2>/dev/null | plain >"$here/one"
    for size in 1 7 4096; do
        checks=$((checks + 1))
        python3 -c 'import os,sys
data, n = open(sys.argv[1], "rb").read(), int(sys.argv[2])
for i in range(0, len(data), n): os.write(1, data[i:i+n])' "$file" "$size" |
            "$MISHEN" scan --state "$state" --no-ocr --format ndjson - 2>/dev/null | plain >"$here/other"
        cmp -s "$here/one" "$here/other" || { bad "standard input in pieces of $size: $(basename "$file")"; diff "$here/one" "$here/other" | cut -c1-300 | head -4; }
    done
done
finish

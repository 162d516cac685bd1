#!/usr/bin/env bash
# A saved run in every form: what `scan` printed and what `report` makes of it later are the same; each form is
# valid by its own rules; a run that is damaged or not finished is refused.
. "$(dirname "$0")/../harness/lib.sh"
cd "$SOURCE" || exit 1
for form in text html sarif csv junit; do
    run 2 scan --state "$state" --format "$form" samples/outbox
    cp "$here/out" "$here/then.$form"
    run 0 report --state "$state" "$form"
    cmp -s "$here/out" "$here/then.$form" || bad "$form: report and scan differ"
done
run 0 report --state "$state" ndjson last
saved=$(ls -t "$state"/runs/*.ndjson | head -1)
cmp -s "$here/out" "$saved" || bad 'ndjson: not the saved bytes'
id=$(basename "$saved" .ndjson)
run 0 report --state "$state" text "$id"
run 0 report text "$saved"
checks=$((checks + 1))
"$MISHEN" report csv - <"$saved" | cmp -s - "$here/then.csv" || bad 'standard input'

# each form by its own rules
python=/usr/bin/python3
schema=$SOURCE/../shared/cases/schema/sarif-schema-2.1.0.json
checks=$((checks + 3))
"$python" - "$here" "$schema" <<'P' || bad 'a form is not valid'
import csv, io, json, os, re, sys
import xml.etree.ElementTree as tree
here, schema = sys.argv[1:]
sarif = json.load(open(here + '/then.sarif', encoding='utf-8'))
run = sarif['runs'][0]
rules = run['tool']['driver']['rules']
assert all(rules[r['ruleIndex']]['id'] == r['ruleId'] for r in run['results'])
assert not run['invocations'][0]['executionSuccessful'] and run['invocations'][0]['toolExecutionNotifications']
try:
    import jsonschema
    jsonschema.validate(sarif, json.load(open(schema, encoding='utf-8')))
    print('SARIF: valid against the schema')
except (ImportError, FileNotFoundError) as why:
    print('SARIF: schema not tried:', why)
raw = open(here + '/then.csv', 'rb').read()
assert raw.startswith(b'\xef\xbb\xbf') and raw.count(b'\n') == raw.count(b'\r\n')
rows = list(csv.reader(io.StringIO(raw.decode('utf-8-sig'), newline='')))
assert len({len(r) for r in rows}) == 1 and len(rows) > 50
junit = tree.parse(here + '/then.junit').getroot()
suite = junit[0]
assert int(suite.get('tests')) == len(suite) == 28
assert int(suite.get('failures')) == len(suite.findall('*/failure')) and int(suite.get('errors')) == len(suite.findall('*/error')) == 2
page = open(here + '/then.html', encoding='utf-8').read()
assert page.startswith('<!doctype html>\n<html lang="zh-CN">') and '<script' not in page
assert not re.search(r'(?:src|href)="(?!#)', page), 'something from outside'
assert '<th scope=col>' in page and '<svg' in page
P

# a run of the state folder must be what the log has of it, down to the last item
cp "$saved" "$here/kept.ndjson"
"$python" - "$saved" <<'P'
import json, sys
lines = [json.loads(line) for line in open(sys.argv[1], encoding='utf-8')]
gone = next(l['n'] for l in lines if l['type'] == 'item' and l['verdict'] == 'BLOCK')
out = []
for l in lines:
    if l['type'] == 'item' and l['n'] == gone:
        left = l['findings']
        l.update(verdict='PASS', findings=0)
    if l['type'] == 'finding' and l['item'] == gone:
        continue
    if l['type'] == 'summary':
        l['verdicts']['BLOCK'] -= 1
        l['verdicts']['PASS'] += 1
        l['findings'] -= left
    out.append(json.dumps(l, ensure_ascii=False, separators=(',', ':')))
open(sys.argv[1], 'w', encoding='utf-8').write('\n'.join(out) + '\n')
P
run 3 report --state "$state" html "$id"
says err '与签名日志里的不同'
[ -s "$here/out" ] && bad 'a report of a forged run'
run 0 report html "$saved"
cp "$here/kept.ndjson" "$saved"
run 0 report --state "$state" html "$id"
cp "$saved" "$state/runs/19990101T000000Z-00000000.ndjson"
run 0 report --state "$state" csv 19990101T000000Z-00000000
sed 's/"id":"2[^"]*"/"id":"19990101T000000Z-00000000"/' "$here/kept.ndjson" >"$state/runs/19990101T000000Z-00000000.ndjson"
run 0 report --state "$state" csv 19990101T000000Z-00000000
says err '未与日志核对'
rm "$state/runs/19990101T000000Z-00000000.ndjson"

# names that attack a sheet, a page, a line
mkdir "$here/names"
printf '机密★10年\n' >"$here/names/=cmd|calc.txt"
printf '机密★10年\n' >"$here/names/<img src=x>&'\".txt"
printf '机密★10年\n' >"$here/names/"$'a\nb\e[31m.txt'
(cd "$here/names" && "$MISHEN" scan --state "$state" --format ndjson -- * >/dev/null)
run 0 report --state "$state" csv
says out "\"'=cmd|calc.txt\""
run 0 report --state "$state" html
says_not out '<img'
says out '&lt;img src=x&gt;&amp;&#39;&quot;.txt'
run 0 report --state "$state" junit
checks=$((checks + 1))
"$python" -c 'import sys, xml.dom.minidom as m; m.parse(sys.argv[1])' "$here/out" || bad 'junit with hostile names'
for form in text html csv junit sarif; do
    run 0 report --state "$state" "$form"
    grep -q $'\e' "$here/out" && bad "$form: an escape came through"
done

# the form as an option
run 0 report "$saved" --format csv
cmp -s "$here/out" "$here/then.csv" || bad '--format csv'
run 64 report --format pdf "$saved"

# several runs are a history
runs=$(ls "$state"/runs/*.ndjson | head -5)
run 0 report html $runs
says out '历次检查'
run 64 report csv $runs

# English
run 0 report --state "$state" --lang en html
says out '<html lang="en">'
says out 'Confidentiality scan report'

# wholly English: but for names of files and sheets, and masked excerpts, no Chinese character is left
mkdir "$here/latin"
for file in samples/outbox/*; do
    name=$(basename "$file")
    cp "$file" "$here/latin/${name%%-*}.${name##*.}"
done
"$MISHEN" scan --state "$state" --lang en "$here/latin" >"$here/scan.en"
for form in text html csv junit; do
    run 0 report --state "$state" --lang en "$form"
    checks=$((checks + 1))
    "$python" - "$here/out" <<'P' || bad "$form: Chinese in an English report"
import re, sys
text = open(sys.argv[1], encoding='utf-8-sig').read()
for name in ('附件1-花名册.csv', '名单.xlsx', '发放名单'):
    text = text.replace(name, '')
text = re.sub(r'<style>.*?</style>', '', text, flags=re.S)
text = re.sub(r'[^\s<>"]*[█*][^\s<>"]*', '', text)
left = sorted(set(re.findall(r'[^\n]*[\u2e80-\u9fff\uff00-\uffef][^\n]*', text)))
print(*left[:10], sep='\n')
sys.exit(bool(left))
P
done
run 0 report --state "$state" --lang en text
cmp -s "$here/out" "$here/scan.en" || bad 'English: report and scan differ'

# colours at a terminal alone, and not with NO_COLOR
checks=$((checks + 1))
"$python" - "$MISHEN" "$saved" <<'P' || bad 'colours'
import os, pty, sys
def at_terminal(**env):
    pid, fd = pty.fork()
    if pid == 0:
        os.environ.pop('NO_COLOR', None)
        os.environ.update(env)
        os.execv(sys.argv[1], [sys.argv[1], 'report', 'text', sys.argv[2]])
    out = b''
    try:
        while True:
            got = os.read(fd, 65536)
            if not got:
                break
            out += got
    except OSError:
        pass
    os.waitpid(pid, 0)
    return out
plain, no_color = at_terminal(), at_terminal(NO_COLOR='1')
sys.exit(not (b'\x1b[1;31m' in plain and b'\x1b' not in no_color and len(no_color) > 1000))
P
run 0 report text "$saved"
says_not out $'\e'

# what is no finished run
head -3 "$saved" >"$here/cut.ndjson"
run 2 report text "$here/cut.ndjson"
says err '没有做完'
sed 's/"verdict":"BLOCK"/"verdict":"PASS"/' "$saved" >"$here/forged.ndjson"
run 2 report html "$here/forged.ndjson"
says err 'verdicts 不对'
printf 'x\n' >"$here/no.ndjson"
run 2 report csv "$here/no.ndjson"
says err '第 1 行'
run 64 report csv "$here/nothing-there"
says err '打不开'
run 64 report
says err 'sarif'
run 64 report pdf
says err '没有这种报告'
run 64 report --state "$here/empty" html
says err 'mishen scan'

# --output replaces reports, and nothing else
run 0 report html "$saved" --output "$here/page.html"
run 0 report html "$saved" --output "$here/page.html"
[ "$(stat -c %a "$here/page.html")" = 600 ] || bad 'report is not 0600'
printf '<!doctype html>\n<title>home</title>\n' >"$here/home.html"
run 64 report html "$saved" --output "$here/home.html"
for form in csv sarif junit; do
    run 0 report $form "$saved" --output "$here/r.$form"
    run 0 report $form "$saved" --output "$here/r.$form"
done
finish

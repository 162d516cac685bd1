#!/usr/bin/env bash
# The CSV report opens in LibreOffice with right characters, cell by cell, and no cell is a formula.
. "$(dirname "$0")/../harness/lib.sh"
cd "$SOURCE" || exit 1
office=$(command -v soffice || command -v libreoffice) || skip 'no LibreOffice (apt-get install libreoffice-calc)'
mkdir "$here/files"
cp samples/outbox/0[3-9]* "$here/files/"
printf '机密★10年\n' >"$here/files/=1+1.txt"
(cd "$here/files" && "$MISHEN" scan --state "$state" --format csv --output "$here/report.csv" -- * >/dev/null)
# the same as a person who leaves "UTF-8", which the byte order mark suggests, in the dialog
timeout 120 "$office" "-env:UserInstallation=file://$here/profile" --headless --infilter='Text - txt - csv (StarCalc):44,34,76,1' \
    --convert-to fods --outdir "$here" "$here/report.csv" >"$here/said" 2>&1
[ -s "$here/report.fods" ] || skip "LibreOffice has no Calc: $(tail -1 "$here/said")"
checks=$((checks + 1))
/usr/bin/python3 - "$here/report.csv" "$here/report.fods" <<'P' || bad 'cells differ'
import csv, io, sys
import xml.etree.ElementTree as tree
rows = list(csv.reader(io.StringIO(open(sys.argv[1], encoding='utf-8-sig', newline='').read())))
office, table, text = ('{urn:oasis:names:tc:opendocument:xmlns:%s:1.0}' % n for n in ('office', 'table', 'text'))
got = []
root = tree.parse(sys.argv[2]).getroot()
for row in root.iter(table + 'table-row'):
    cells = []
    for cell in row.iter(table + 'table-cell'):
        assert cell.get(table + 'formula') is None, 'a formula'
        cells += ['\n'.join(p.text or '' for p in cell.iter(text + 'p'))] * min(int(cell.get(table + 'number-columns-repeated', '1')), 20)
    got.append(cells)
wrong = [(a, b) for r, g in zip(rows, got) for a, b in zip(r, g) if a != b and not a.replace(' ', '').isdigit()]
wrong = [w for w in wrong if w[0] and ' '.join(w[0].split()) != ' '.join(w[1].split())]
print(len(rows), 'rows', *wrong[:5])
sys.exit(bool(wrong) or len(rows) < 30 or len(got) < len(rows))
P
finish

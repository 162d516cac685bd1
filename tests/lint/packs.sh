#!/usr/bin/env bash
# The shipped packs: every rule says all it must say, in both languages, with at least three texts that it finds
# and three that it leaves alone; a pack's file is named after its id.
set -u
cd "$(dirname "$0")/../.."
command -v python3 >/dev/null || { echo "SKIPPED: python3 is missing"; exit 77; }
python3 - rules <<'P'
import re, sys
from pathlib import Path

bad, rules, categories = [], 0, {}
for pack in sorted(Path(sys.argv[1]).rglob('*.yaml')):
    text = pack.read_text(encoding='utf-8')
    if not re.search(r'(?m)^  id: %s$' % re.escape(pack.stem), text):
        bad.append('%s: the file is not named after the id of the pack' % pack)
    for block in re.split(r'(?m)^  - id: ', text)[1:]:
        rules += 1
        name = block.split('\n', 1)[0]
        for key in ('name', 'name_en', 'category', 'tier', 'basis', 'basis_en', 'explain', 'explain_en', 'advice', 'advice_en', 'find', 'tests'):
            if not re.search(r'(?m)^    %s:' % key, block):
                bad.append('%s: no %s' % (name, key))
        expected = re.findall(r'(?m)^      - \{.*expect: (\S+?)[,}]', block)
        none = expected.count('none')
        if none < 3 or len(expected) - none < 3:
            bad.append('%s: %d found, %d left alone' % (name, len(expected) - none, none))
        categories.setdefault(re.search(r'(?m)^    category: (.*)', block)[1], []).append(name)
personal = [name for name in sum(categories.values(), []) if name.startswith('person.') and name not in categories['个人信息']]
if sorted(personal) != ['person.coordinates', 'person.credit-code']:
    bad.append('category of personal data: %s' % personal)
print('%d rules' % rules, *bad, sep='\n')
sys.exit(bool(bad) or rules < 20)
P

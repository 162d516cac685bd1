#!/usr/bin/env bash
# The shipped packs: their own tests pass, and every rule says all it must say in both languages, with
# at least three texts that it finds and three that it leaves alone.
set -u
[ -x "$MISHEN" ] || { echo "SKIPPED: no program at $MISHEN"; exit 77; }
command -v python3 >/dev/null || { echo "SKIPPED: python3 is missing"; exit 77; }
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
"$MISHEN" rules test --state "$work/state" --rules "$SOURCE/rules" --rules "$SOURCE/rules/optional" || exit 1
python3 - "$SOURCE/rules" <<'EOF'
import re, sys
from pathlib import Path

bad, rules, categories = [], 0, {}
for pack in sorted(Path(sys.argv[1]).rglob('*.yaml')):
    for block in re.split(r'(?m)^  - id: ', pack.read_text(encoding='utf-8'))[1:]:
        rules += 1
        name = block.split('\n', 1)[0]
        for key in ('name', 'name_en', 'category', 'tier', 'basis', 'explain', 'explain_en', 'advice', 'advice_en', 'find'):
            if not re.search(r'(?m)^    %s:' % key, block):
                bad.append('%s: no %s' % (name, key))
        expected = re.findall(r'(?m)^      - \{text: .*expect: (\S+?)[,}]', block)
        none = expected.count('none')
        if none < 3 or len(expected) - none < 3:
            bad.append('%s: %d found, %d left alone' % (name, len(expected) - none, none))
        categories.setdefault(re.search(r'(?m)^    category: (.*)', block)[1], []).append(name)
personal = [name for name in sum(categories.values(), []) if name.startswith('person.') and name not in categories['个人信息']]
if sorted(personal) != ['person.coordinates', 'person.credit-code']:
    bad.append('category of personal data: %s' % personal)
print('%d rules' % rules, *bad, sep='\n')
sys.exit(bool(bad) or rules < 20)
EOF

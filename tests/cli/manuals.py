"""Commands of a manual, block by block: manuals.py MANUAL prints "CODE<TAB>COMMAND" for each command of its sh blocks. A comment
"退出码 N" or "exit N" behind a command says what it must exit with; else 0."""
import re
import sys

text = open(sys.argv[1], encoding='utf-8').read()
for indent, info, body in re.findall(r'(?ms)^( *)```([^\n]*)\n(.*?)^ *```$', text):
    if info not in ('sh', 'text', 'cron', 'nginx', 'yaml', 'console'):
        sys.exit('a block of another kind: %r' % info)
    if info != 'sh':
        continue
    for line in body.splitlines():
        command, _, comment = line.strip().partition(' #')
        if not command or command.startswith('#'):
            continue
        code = re.search(r'(?:退出码|exit) (\d+)', comment)
        print('%s\t%s' % (code[1] if code else 0, command.strip()))

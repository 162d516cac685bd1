"""Finds every place in scanner/ where NOT-INSPECTED or an outcome is produced, and makes each one switchable.

    places.py TREE OUT      copies TREE/scanner to OUT/scanner, each place behind a switch; OUT/places.tsv lists them

Nothing is listed by hand; these forms are looked for, outside comparisons, case labels and designators:
  reason    MSH_REASON_X of an outcome that does not pass         becomes a reason that passes
  row       a row of reasons.def with such an outcome             leads to an outcome that passes
  report    msh_report(...), events->outcome(...) without a name  says nothing
  error     MSH_E_X (input, limit, unsupported, read error) where documents are read: turned into an outcome by who called
                                                                  becomes MSH_OK
  verdict   MSH_VERDICT_NOT_INSPECTED, MSH_EXIT_NOT_INSPECTED     becomes PASS, exit 0
  whole     whole = false, complete = false, !whole, items == 0   is passed over
"""

import re
import sys
from pathlib import Path

ERRORS = r'SHORT|CORRUPT|ENCRYPTED|GONE|NO_ACCESS|LIMIT_[A-Z]+|UNSUPPORTED|NO_LIBRARY|IO'
READERS = ('extract', 'worker')  # and these files of other folders
READER_FILES = {'budget.c', 'wire.c', 'base64.c', 'match.c', 'charset.c', 'encoded.c', 'escapes.c', 'fold.c'}
# what decides how a run is told, not whether it passes
NOT_HERE = {'scanner/report', 'scanner/cli'}
TOKEN = re.compile(
    r'(?P<reason>\bMSH_REASON_(?!COUNT\b)[A-Z0-9_]+\b)'
    r'|(?P<error>\bMSH_E_(?:%s)\b)'
    r'|(?P<verdict>\bMSH_(?:VERDICT|EXIT)_NOT_INSPECTED\b)'
    r'|(?P<report>\bmsh_report\(|[\w>-]+->outcome\()'
    r'|(?P<whole>\b(?:[\w>-]+->)?(?:whole|complete) = false;)'
    r'|(?P<condition>!\b(?:e->)?(?:whole|complete)\b|(?<![\w>.])items == 0\b)' % ERRORS
)
BLANK = re.compile(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.S)


def without_words(text):
    """The text with comments and strings blanked, of the same length."""
    return BLANK.sub(lambda m: re.sub(r'[^\n]', ' ', m[0]), text)


def closing(text, at):
    """Behind the bracket that closes the one at `at`."""
    depth = 0
    for i in range(at, len(text)):
        depth += {'(': 1, ')': -1}.get(text[i], 0)
        if depth == 0:
            return i + 1
    raise ValueError('an open bracket')


def is_produced(code, m):
    """A name that is handed on, not one that is compared or declared."""
    line = code[code.rfind('\n', 0, m.start()) + 1 : m.start()]
    before, after = code[: m.start()].rstrip(), code[m.end() :].lstrip()
    if line.lstrip().startswith('#') or re.search(r'\bcase\s*$', before):
        return False
    if re.search(r'[=!<>]=$|[^-]>$|<$', before) or re.match(r'[=!<>]=|[<>]|\s*:(?!:).*\n\s+(?:case|return)', after):
        return False
    return not re.match(r'\]\s*=[^=]', after)  # a designator


class Source:
    """One file while its places are put behind switches."""

    def __init__(self, path, text, passing, places):
        self.path, self.text, self.passing, self.places = path, text, passing, places
        self.code = without_words(text)
        self.reads = path.parts[-2] in READERS or path.name in READER_FILES
        self.edits = []

    def place(self, kind, m, what):
        line = self.text.count('\n', 0, m.start()) + 1
        self.places.append((kind, str(self.path), line, ' '.join(what.split())[:80]))
        return len(self.places)

    def function_only(self, m):
        """Inside a function: file-scope tables cannot be switched."""
        depth = self.code.count('{', 0, m.start()) - self.code.count('}', 0, m.start())
        start = self.code.rfind('\n}\n', 0, m.start())
        return depth > 0 and re.search(r'\)\s*\n?(?:const\s*)?\{', self.code[start + 1 : m.start()]) is not None

    def in_table(self, m):
        """In a constant table of structs, which says how something is told and cannot be switched."""
        begin = self.code.rfind('static const', 0, m.start())
        declared, _, values = self.code[max(begin, 0) : m.start()].partition('= {')
        return begin >= 0 and 'struct' in declared and bool(values) and '};' not in values

    def name(self, kind, m, becomes):
        if self.in_table(m):
            return
        if is_produced(self.code, m) and self.function_only(m):
            n = self.place(kind, m, m[0])
            self.edits.append((m.start(), m.end(), '(msh_flip(%du) ? %s : %s)' % (n, becomes, m[0])))

    def call(self, m):
        end = closing(self.code, m.end() - 1)
        body = self.code[m.start() : end]
        before = self.code[: m.start()].rstrip()
        if re.search(r'MSH_REASON_|\bmsh_reason reason\b', body) or before.endswith('*') or not self.function_only(m):
            return
        if re.search(r'\b\w+$', before) and not re.search(r'\b(?:return|else)$', before):
            return  # the definition
        n = self.place('report', m, body)
        self.edits.append((m.start(), m.start(), '(msh_flip(%du) ? MSH_OK : ' % n))
        self.edits.append((end, end, ')'))

    def visit(self, m):
        kind = m.lastgroup
        if kind == 'reason' and m[0][len('MSH_REASON_') :] not in self.passing:
            self.name(kind, m, 'MSH_REASON_FORMAT_OPAQUE')
        elif kind == 'error' and self.reads:
            self.name(kind, m, 'MSH_OK')
        elif kind == 'verdict':
            self.name(kind, m, 'MSH_VERDICT_PASS' if 'VERDICT' in m[0] else 'MSH_EXIT_CLEAN')
        elif kind == 'report' and self.path.suffix == '.c':
            self.call(m)
        elif kind == 'whole' and self.function_only(m) and re.search(r'[;{})]$', self.code[: m.start()].rstrip()):
            n = self.place(kind, m, m[0])
            name = m[0].split(' ')[0]
            self.edits.append((m.start(), m.end(), '%s = %s && msh_flip(%du);' % (name, name, n)))
        elif kind == 'condition' and 'scan' == self.path.parts[-2] and self.function_only(m):
            n = self.place('whole', m, m[0])
            self.edits.append((m.start(), m.end(), '(!msh_flip(%du) && (%s))' % (n, m[0])))

    def switched(self):
        for m in TOKEN.finditer(self.code):
            self.visit(m)
        out = self.text
        for start, end, new in sorted(self.edits, reverse=True):
            out = out[:start] + new + out[end:]
        # tables inside functions that hold a switch are no longer constant
        return re.sub(r'static (const [^;{}]*\{[^;]*?msh_flip\()', r'\1', out)


def reasons(tree):
    """Names of reasons whose outcome passes, and the others in order."""
    rows = re.findall(r'(?m)^MSH_REASON\((\w+), "[^"]+", (\w+),', (tree / 'include/mishen/reasons.def').read_text('utf-8'))
    whole = set(re.findall(r'o == MSH_OUTCOME_(\w+)', (tree / 'scanner/base/names.c').read_text('utf-8')))
    return {name for name, outcome in rows if outcome in whole}, [(name, outcome not in whole) for name, outcome in rows]


FLIP_H = """#ifndef MSH_FLIP_H
#define MSH_FLIP_H
#ifdef __cplusplus
extern "C" {
#endif
extern unsigned msh_flip_on;
extern unsigned char *msh_flip_map;
static inline int msh_flip(unsigned n)
{
    if (msh_flip_map)
        msh_flip_map[n] = 1;
    return n == msh_flip_on;
}
#ifdef __cplusplus
}
#endif
#endif
"""
FLIP_C = """#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
unsigned msh_flip_on;
unsigned char *msh_flip_map;
__attribute__((constructor)) static void flip_begin(void);
static void flip_begin(void)
{
    const char *on = getenv("MSH_FLIP"), *map = getenv("MSH_FLIP_MAP");
    msh_flip_on = on ? (unsigned)strtoul(on, NULL, 10) : 0;
    int fd = map ? open(map, O_RDWR) : -1;
    void *p = fd < 0 ? MAP_FAILED : mmap(NULL, 65536, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    msh_flip_map = p == MAP_FAILED ? NULL : p;
}
"""


def main(tree, out):
    passing, rows = reasons(tree)
    places = []
    for path in sorted((tree / 'scanner').rglob('*')):
        if not path.is_file():
            continue
        name = path.relative_to(tree)
        to = out / name
        to.parent.mkdir(parents=True, exist_ok=True)
        data = path.read_bytes()
        if path.suffix in ('.c', '.cc') and not any(str(name).startswith(p + '/') for p in NOT_HERE):
            data = Source(name, data.decode(), passing, places).switched().encode()
        if name.name == 'helpers.c':  # helper programs are started with a clean environment
            data = data.replace(b'(char *const *)(uintptr_t)clean', b'(clean[0] ? environ : environ)')
        if name.name == 'names.c':
            row = len(places) + 1
            places += [('row', 'include/mishen/reasons.def', i + 1, reason) for i, (reason, bad) in enumerate(rows)]
            data = data.replace(b'return (unsigned)r < COUNT(reasons) ? reasons[r].outcome',
                                b'if ((unsigned)r < COUNT(reasons) && msh_flip(%du + (unsigned)r))\n        return MSH_OUTCOME_OPAQUE;\n'
                                b'    return (unsigned)r < COUNT(reasons) ? reasons[r].outcome' % row)
        if not to.exists() or to.read_bytes() != data:
            to.write_bytes(data)
    bad = {reason for reason, is_bad in rows if is_bad}
    for name, text in (('scanner/base/flip.h', FLIP_H), ('scanner/base/flip.c', FLIP_C)):
        if not (out / name).exists() or (out / name).read_text() != text:
            (out / name).write_text(text)
    with open(out / 'places.tsv', 'w', encoding='utf-8') as f:
        for n, (kind, path, line, what) in enumerate(places, 1):
            if kind != 'row' or what in bad:
                f.write('%d\t%s\t%s:%d\t%s\n' % (n, kind, path, line, what))


if __name__ == '__main__':
    main(Path(sys.argv[1]), Path(sys.argv[2]))

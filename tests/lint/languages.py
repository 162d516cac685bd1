"""Every message in both languages: each Chinese literal of the folders that speak to people stands next to its English,
each row of a table has both. languages.py FILE…"""
import re
import sys

HAN = re.compile('[\u4e00-\u9fff]')
# Words of rule packs that the program compares with, and rules that it writes: no messages.
NO_MESSAGE = {'国家秘密', '网站安全', '个人信息', '工作秘密'}
# Chinese that English sentences keep: names, words that a reader must find as they stand.
KEPT = re.compile('密审|保密审查')
TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|/\*.*?\*/|//[^\n]*|[(){},;?:=]|\w+|\s+|.', re.S)


def literals(text):
    """(line, value, tokens since the literal before it); adjoining literals are one."""
    line, between, last = 1, [], None
    for token in TOKEN.findall(text):
        if token.startswith('"'):
            if last and not between:
                last[1] += token[1:-1]
            else:
                if last:
                    yield tuple(last)
                last = [line, token[1:-1], between]
            between = []
        elif token != '\\' and not token.isspace() and not token.startswith(('/*', '//')) and not (token[0].isalpha() and 'PRI' in token):
            between.append(token)
        line += token.count('\n')
    if last:
        yield tuple(last)


def said_twice(value):
    """One literal that says both: 内存不足 / out of memory; a rule that is written with name and name_en"""
    return re.search(r'/ [^\u4e00-\u9fff]*[A-Za-z]{2}', value) or 'name_en:' in value


def beside(between):
    """Whether two literals are neighbours: arguments of one call, cells of one row, members zh and en of one structure,
    arms of a choice, *en = …; return …;"""
    return (between in ([','], [':'], ['?'], ['}', ',', '{'], [',', '.', 'en', '=']) or
            between[:1] == [':'] and len(between) < 4 or between[:2] == [';', 'return'])


def run(found, i):
    """First and last of the literals that only commas part: an array."""
    first = last = i
    while first > 0 and found[first][2] == [',']:
        first -= 1
    while last + 1 < len(found) and found[last + 1][2] == [',']:
        last += 1
    return first, last


def array_beside(found, i):
    """An array of Chinese words whose next array has as many English ones."""
    first, last = run(found, i)
    if last + 1 >= len(found):
        return False
    other, end = run(found, last + 1)
    return (first < last and end - other == last - first and 'en' in found[other][2] and
            all(english(found[k][1]) for k in range(other, end + 1)))


def english(value):
    return re.search('[A-Za-z]{2}', value) and not HAN.search(KEPT.sub('', value))


def check(path):
    found = list(literals(open(path, encoding='utf-8').read()))
    for i, (line, value, between) in enumerate(found):
        if not HAN.search(value) or said_twice(value) or value in NO_MESSAGE:
            continue
        if between[-2:] == ['*', ')']:  # bytes to compare with
            continue
        before = i > 0 and beside(between) and found[i - 1][1]
        after = i + 1 < len(found) and beside(found[i + 1][2]) and found[i + 1][1]
        if KEPT.search(value) and english(value) and (before and HAN.search(before)):
            continue
        if not (before and english(before)) and not (after and english(after)) and not array_beside(found, i):
            yield '%s:%d: no English beside “%s”' % (path, line, value[:40])


bad = [message for path in sys.argv[1:] for message in check(path)]
print(*bad, sep='\n')
sys.exit(bool(bad))

"""What programs see of the library, one thing a line and in a fixed form: prototypes of the public headers,
sizes of their structures. abi.py INCLUDE"""
import os
import re
import subprocess
import sys
import tempfile


def prototypes(include, header):
    """Functions that this header itself declares."""
    text = subprocess.run(['cc', '-E', '-xc', '-I' + include, '-'], input='#include <mishen/%s>\n' % header,
                          capture_output=True, text=True, check=True).stdout
    own, here = [], False
    for line in text.splitlines():
        mark = re.match(r'# \d+ "([^"]*)"', line)
        if mark:
            here = mark[1].endswith('/mishen/' + header) or mark[1].endswith('.def')
        elif here and not line.startswith('#'):
            own.append(line)
    flat = re.sub(r'\s+', ' ', ' '.join(own))
    flat = re.sub(r'__attribute__ ?\(\(.*?\)\)\)?', lambda m: '' if m[0].count('(') == m[0].count(')') else m[0], flat)
    previous = None
    while previous != flat:  # bodies of types
        previous, flat = flat, re.sub(r'\{[^{}]*\}', '', flat)
    for part in flat.split(';'):
        part = re.sub(r'\s*([(),*])\s*', r'\1', part.strip())
        found = re.match(r'(?!typedef)[\w ]+[ *](msh_\w+)\((.*)\)$', part)
        if found:
            yield found[1], part


def sizes(include, headers):
    """(structure, bytes) of every structure that a header lays open."""
    names = sorted({name for h in headers for name in
                    re.findall(r'typedef struct (msh_\w+) \{', open('%s/mishen/%s' % (include, h)).read())})
    body = ''.join('printf("%%zu\\n", sizeof(%s));\n' % n for n in names)
    program = '#include <stdio.h>\n%s\nint main(void) {\n%sreturn 0;\n}\n' % (
        ''.join('#include <mishen/%s>\n' % h for h in headers), body)
    with tempfile.TemporaryDirectory() as folder:
        path = folder + '/sizes'
        subprocess.run(['cc', '-xc', '-I' + include, '-o', path, '-'], input=program, text=True, check=True)
        values = subprocess.run([path], capture_output=True, text=True, check=True).stdout.split()
    return zip(names, values)


def main():
    include = sys.argv[1]
    headers = sorted(h for h in os.listdir(include + '/mishen') if h.endswith('.h'))
    lines = {}
    for header in headers:
        lines.update(prototypes(include, header))
    for name in sorted(lines):
        print('%s\t%s' % (name, lines[name]))
    for name, size in sizes(include, headers):
        print('sizeof %s\t%s' % (name, size))


main()

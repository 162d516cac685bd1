#!/usr/bin/env python3
"""An independent check of a proof: usage: verify_proof.py PROOF RECORD-LINE|OLD-ROOT intl|gm KEY.der
An inclusion proof wants the file with the record's line, a consistency proof the old root in base64."""
import base64, hashlib, sys
from verify_log import need, read, checkpoints, signature_good, Bad

def main(proof, known, profile, der):
    digest = lambda data: hashlib.new('sm3' if profile == 'gm' else 'sha256', data).digest()
    head, _, note = read(proof).partition(b'\n\n')
    head = head.split(b'\n')
    inclusion = head[0] == b'c2sp.org/tlog-proof@v1'
    word, number = head[inclusion].split(b' ')
    path = [base64.b64decode(line, validate=True) for line in head[inclusion + 1:]]
    (size, root, _, text, signature), = checkpoints(note + b'\n', note.split(b'\n')[0].decode())
    need(signature_good(read(der), profile == 'gm', text, signature), 'signature')
    n, last = int(number), size - 1
    if inclusion:                                             # RFC 9162 2.1.3.2
        need(word == b'index' and n < size, 'index')
        right, left, at = digest(b'\0' + read(known).rstrip(b'\n')), None, n
    else:                                                     # RFC 9162 2.1.4.2
        need(word == b'old' and 0 < n <= size, 'size')
        old = base64.b64decode(known)
        if n == size:
            return need(not path and root == old, 'root')
        path, at = ([old] if n & (n - 1) == 0 else []) + path, n - 1
        while at & 1:
            at, last = at >> 1, last >> 1
        left = right = path.pop(0)
    for p in path:
        need(last, 'too long')
        if at & 1 or at == last:
            left, right = left and digest(b'\1' + p + left), digest(b'\1' + p + right)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            right = digest(b'\1' + right + p)
        at, last = at >> 1, last >> 1
    need(last == 0 and right == root and (inclusion or left == old), 'root')

try:
    main(*sys.argv[1:])
except (Bad, ValueError, IndexError) as bad:
    sys.exit('refused: %s' % bad)

#!/usr/bin/env python3
"""An independent verifier of mishen's log: hashlib for hashes, the openssl program for signatures.
usage: verify_log.py LOG; exits as `mishen log verify` does and prints why."""
import base64, hashlib, json, os, re, subprocess, sys, tempfile

# suffix of the origin, checkpoints, public key, hash, type of the key id, key in log.open
PROFILES = [('', 'checkpoints', 'log.pub.pem', 'sha256', b'\x01', 'vkey'),
            ('/sm3', 'checkpoints.sm3', 'log.sm3.pub.pem', 'sm3', b'\xffsm2-with-sm3/v1', 'vkey_sm3')]

class Bad(Exception):
    """Why, and the exit code."""

def need(good, why, code=1):
    if not good:
        raise Bad(why, code)

def read(path, code=1):
    need(os.path.isfile(path), 'cannot read ' + path, code)
    with open(path, 'rb') as f:
        return f.read()

def ordered(pairs):
    need(len(dict(pairs)) == len(pairs), 'a key twice')
    return dict(sorted(pairs, key=lambda p: p[0].encode('utf-16-be')))

def check_line(line, n):
    refuse = lambda text: need(0, 'number in %d' % n)
    try:
        value = json.loads(line.decode(), object_pairs_hook=ordered, parse_float=refuse, parse_constant=refuse)
        again = json.dumps(value, ensure_ascii=False, separators=(',', ':')).encode()
    except (ValueError, RecursionError):
        need(0, 'record %d is not JSON' % n)
    need(again == line and len(line) <= 65535 and b'\\u0000' not in line, 'record %d is not canonical' % n)
    need(list(value) == ['b', 'n', 'ts', 'ty', 'v'] and isinstance(value['b'], dict) and (value['n'], value['v']) == (n, 1)
         and re.fullmatch(r'[a-z.]{1,32}', value['ty'])
         and re.fullmatch(r'\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z', value['ts']), 'envelope of %d' % n)
    return value

def unbase64(text):
    need(len(text.rstrip(b'=')) % 4 != 1, 'base64')
    data = base64.b64decode(text + b'==')
    need(data and base64.b64encode(data) == text, 'base64')
    return data

def checkpoints(data, name, keyid):
    """(size, root, text, signature) of each note, strictly: six lines, two of them empty."""
    form = re.compile(rb'(%s\n(0|[1-9]\d{0,15})\n([A-Za-z0-9+/]{43}=)\n)\n\xe2\x80\x94 %s ([A-Za-z0-9+/]+=*)\n\n'
                      % ((re.escape(name.encode()),) * 2))
    at, out = 0, []
    while at < len(data):
        m = form.match(data, at)
        need(m and unbase64(m[4])[:4] == keyid, 'checkpoint after number %d' % len(out))
        out.append((int(m[2]), unbase64(m[3]), m[1], unbase64(m[4])[4:]))
        at = m.end()
    need(out and out[0][0] > 0 and all(b[0] > a[0] or b[:2] == a[:2] for a, b in zip(out, out[1:])), 'sizes do not rise')
    return out

def signature_good(pem, sm2, text, signature):
    with tempfile.TemporaryDirectory() as d:
        with open(d + '/t', 'wb') as t, open(d + '/s', 'wb') as s:
            t.write(text), s.write(signature)
        how = ['dgst', '-sm3', '-verify', pem, '-sigopt', 'distid:1234567812345678', '-signature', d + '/s', d + '/t'] \
            if sm2 else ['pkeyutl', '-verify', '-pubin', '-inkey', pem, '-rawin', '-in', d + '/t', '-sigfile', d + '/s']
        return subprocess.run(['openssl'] + how, capture_output=True).returncode == 0

def roots(lines, algorithm, sizes):
    stack, out, digest = [], {}, lambda data: hashlib.new(algorithm, data).digest()
    for i, line in enumerate(lines):
        stack.append((1, digest(b'\0' + line)))
        while len(stack) > 1 and stack[-1][0] == stack[-2][0]:
            stack[-2:] = [(2 * stack[-1][0], digest(b'\1' + stack[-2][1] + stack[-1][1]))]
        if i + 1 in sizes:
            out[i + 1] = stack[-1][1]
            for _, left in reversed(stack[:-1]):
                out[i + 1] = digest(b'\1' + left + out[i + 1])
    return out

def verify(log, good=signature_good):
    origin = read(log + '/origin', 2).decode(errors='replace')
    need(re.fullmatch(r'[^\s+\0-\x20\x7f\ufffd]+\n', origin), 'origin')
    data, last, vkeys = b'', [], []
    for name in sorted(os.listdir(log + '/seg')):
        need(re.fullmatch(r'\d{20}\.ndjson', name), 'segment name')
        if int(name[:20]) == data.count(b'\n'):
            data += read(log + '/seg/' + name, 2)
    for i, (suffix, file, pem, algorithm, kind, _) in enumerate(PROFILES):
        name, pem = origin[:-1] + suffix, log + '/' + pem
        blob = kind + base64.b64decode(b''.join(read(pem).splitlines()[1:-1]))[-65 if i else -32:]
        keyid = hashlib.sha256(name.encode() + b'\n' + blob).digest()[:4]
        notes = checkpoints(read(log + '/' + file), name, keyid)
        need(all(good(pem, i, text, signature) for _, _, text, signature in notes), 'signature in ' + file)
        found = roots(data.split(b'\n')[:-1], algorithm, {n[0] for n in notes})
        need(all(found.get(n[0], n[1]) == n[1] for n in notes), 'root in ' + file)
        last.append(notes[-1][0])
        vkeys.append('%s+%s+%s' % (name, keyid.hex(), base64.b64encode(blob).decode()))
    values = [check_line(line, n) for n, line in enumerate(data.split(b'\n')[:-1])]
    need(max(last) <= len(values), 'lost', 3)
    need(data.endswith(b'\n') and min(last) == len(values), 'what follows is not signed')
    need(values[0]['ty'] == 'log.open' and [values[0]['b'].get(p[5]) for p in PROFILES] == vkeys, 'keys of log.open')
    return 4

if __name__ == '__main__':
    try:
        sys.exit(verify(sys.argv[1]))
    except Bad as bad:
        print(bad.args[0])
        sys.exit(bad.args[1])

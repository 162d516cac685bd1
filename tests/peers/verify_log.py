#!/usr/bin/env python3
"""An independent verifier of mishen's log: hashlib for hashes, the openssl program for signatures.

usage: verify_log.py LOG [--no-signatures]; exits as `mishen log verify` does, prints why not."""
import base64, hashlib, json, os, re, subprocess, sys, tempfile

PROFILES = [('', 'checkpoints', 'log.pub.pem', 'sha256', b'\x01', 'vkey'),
            ('/sm3', 'checkpoints.sm3', 'log.sm3.pub.pem', 'sm3', b'\xffsm2-with-sm3/v1', 'vkey_sm3')]


class Bad(Exception):
    def __init__(self, code, why):
        Exception.__init__(self, why)
        self.code = code


def need(good, why, code=1):
    if not good:
        raise Bad(code, why)


def read(path, code):
    try:
        with open(path, 'rb') as f:
            return f.read()
    except OSError as e:
        raise Bad(code, str(e))


def no_doubles(pairs):
    need(len(dict(pairs)) == len(pairs), 'a key twice')
    return {k: v for k, v in sorted(pairs, key=lambda p: p[0].encode('utf-16-be'))}


def canonical(line):
    try:
        value = json.loads(line.decode(), object_pairs_hook=no_doubles, parse_float=lambda x: need(0, 'float'),
                           parse_constant=lambda x: need(0, 'constant'))
        return value, json.dumps(value, ensure_ascii=False, separators=(',', ':')).encode()
    except (ValueError, RecursionError):
        raise Bad(1, 'not JSON')


def check_line(line, n):
    need(len(line) <= 65535, 'too long')
    value, again = canonical(line)
    need(again == line and list(value) == ['b', 'n', 'ts', 'ty', 'v'] and b'\\u0000' not in line, 'record %d' % n)
    need(isinstance(value['b'], dict) and value['n'] == n and value['v'] == 1 and re.fullmatch(r'[a-z.]{1,32}', value['ty'])
         and re.fullmatch(r'\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z', value['ts']), 'envelope of %d' % n)
    return value


def unbase64(text):
    try:
        data = base64.b64decode(text, validate=True)
    except ValueError:
        data = b''
    need(data and base64.b64encode(data) == text, 'base64')
    return data


def notes(data, name, pub):
    """(size, root, text, signature) of each note, strictly: six lines, two of them empty."""
    keyid = hashlib.sha256(name.encode() + b'\n' + pub).digest()[:4]
    form = re.compile(rb'(%s\n(0|[1-9]\d{0,15})\n([A-Za-z0-9+/]{43}=)\n)\n\xe2\x80\x94 %s ([A-Za-z0-9+/]+=*)\n\n'
                      % ((re.escape(name.encode()),) * 2))
    at, out = 0, []
    while at < len(data):
        m = form.match(data, at)
        need(m, 'checkpoint after %d' % len(out))
        root, blob = unbase64(m[3]), unbase64(m[4])
        need(blob[:4] == keyid, 'key id')
        out.append((int(m[2]), root, m[1], blob[4:]))
        at = m.end()
    need(out and out[0][0] > 0, 'no checkpoint')
    for a, b in zip(out, out[1:]):
        need(b[0] > a[0] or (b[0] == a[0] and b[1] == a[1]), 'sizes do not rise')
    return out


def signature_good(pem, profile, text, signature):
    with tempfile.TemporaryDirectory() as d:
        for name, data in (('t', text), ('s', signature)):
            with open(os.path.join(d, name), 'wb') as f:
                f.write(data)
        how = ['dgst', '-sm3', '-verify', pem, '-sigopt', 'distid:1234567812345678', '-signature', d + '/s', d + '/t'] \
            if profile else ['pkeyutl', '-verify', '-pubin', '-inkey', pem, '-rawin', '-in', d + '/t', '-sigfile', d + '/s']
        return subprocess.run(['openssl'] + how, capture_output=True).returncode == 0


def raw_public(pem, sm2):
    der = base64.b64decode(b''.join(read(pem, 1).splitlines()[1:-1]))
    return der[-65:] if sm2 else der[-32:]


def roots(lines, algorithm, sizes):
    stack, out = [], {}
    digest = lambda data: hashlib.new(algorithm, data).digest()
    for i, line in enumerate(lines):
        stack.append((1, digest(b'\0' + line)))
        while len(stack) > 1 and stack[-1][0] == stack[-2][0]:
            (n, left), (_, right) = stack[-2:]
            stack[-2:] = [(2 * n, digest(b'\1' + left + right))]
        if i + 1 in sizes:
            node = stack[-1][1]
            for _, left in reversed(stack[:-1]):
                node = digest(b'\1' + left + node)
            out[i + 1] = node
    return out


def verify(log, signatures=True, good=lambda *a: signature_good(*a)):
    origin = read(log + '/origin', 2)
    need(re.fullmatch(r'[^\s+\0-\x20\x7f]+\n', origin.decode(errors='replace')) and b'\xff' not in origin, 'origin')
    origin = origin.decode(errors='replace')[:-1]
    keys = [p[4] + raw_public(log + '/' + p[2], i) for i, p in enumerate(PROFILES)]
    parts = [notes(read(log + '/' + p[1], 1), origin + p[0], keys[i]) for i, p in enumerate(PROFILES)]
    for i, p in enumerate(PROFILES):
        need(not signatures or all(good(log + '/' + p[2], i, t, s) for _, _, t, s in parts[i]), 'signature')
    data, n = b'', 0
    for name in sorted(os.listdir(log + '/seg')):
        need(re.fullmatch(r'\d{20}\.ndjson', name), 'segment name')
        if int(name[:20]) != n:
            break
        data += read(log + '/seg/' + name, 2)
        n = data.count(b'\n')
    whole = data.split(b'\n')
    lines, tail = whole[:-1], whole[-1]
    values = [check_line(line, i) for i, line in enumerate(lines)]
    found = [roots(lines, p[3], {c[0] for c in parts[i]}) for i, p in enumerate(PROFILES)]
    for i in range(2):
        need(all(found[i].get(c[0], c[1]) == c[1] for c in parts[i]), 'root')
    need(max(p[-1][0] for p in parts) <= len(lines), 'lost', 3)
    need(not tail and min(p[-1][0] for p in parts) == len(lines), 'unsigned tail')
    for i, p in enumerate(PROFILES):
        name = origin + p[0]
        vkey = '%s+%s+%s' % (name, hashlib.sha256(name.encode() + b'\n' + keys[i]).hexdigest()[:8],
                             base64.b64encode(keys[i]).decode())
        need(values[0]['ty'] == 'log.open' and values[0]['b'].get(p[5]) == vkey, 'keys of log.open')
    return 4


if __name__ == '__main__':
    try:
        sys.exit(verify(sys.argv[1], '--no-signatures' not in sys.argv))
    except Bad as bad:
        print(bad)
        sys.exit(bad.code)

#!/usr/bin/env python3
"""An independent verifier of mishen's log: hashlib for hashes, the openssl program for signatures.
usage: verify_log.py LOG; exits as `mishen log verify` does (4: valid, anchors are not looked at) and prints why."""
import base64, functools, hashlib, json, os, pathlib, re, subprocess, sys, tempfile
# suffix of the origin, checkpoints, first public key, hash, type of the key id, key in records, DER before a key
PROFILES = [('', 'checkpoints', 'log.pub.pem', 'sha256', b'\x01', 'vkey', '302a300506032b6570032100'),
            ('/sm3', 'checkpoints.sm3', 'log.sm3.pub.pem', 'sm3', b'\xffsm2-with-sm3/v1', 'vkey_sm3', '3059301306072a8648ce3d020106082a811ccf5501822d034200')]
Bad = type('Bad', (Exception,), {})  # why, and the exit code
def need(good, why, code=1):
    if not good:
        raise Bad(why, code)
def read(path, code=1):
    return need(os.path.isfile(path), 'cannot read ' + path, code) or pathlib.Path(path).read_bytes()
def ordered(pairs):
    need(len(dict(pairs)) == len(pairs), 'a key twice')
    return dict(sorted(pairs, key=lambda p: p[0].encode('utf-16-be')))
def check_json(data, n):
    refuse = lambda text: need(0, 'number in %d' % n)
    try:
        return json.loads(data.decode(), object_pairs_hook=ordered, parse_float=refuse, parse_constant=refuse)
    except (ValueError, RecursionError):
        need(0, 'record %d is not JSON' % n)
def check_line(line, n):
    value = check_json(line, n)
    again = json.dumps(value, ensure_ascii=False, separators=(',', ':')).encode(errors='replace')
    need(again == line and len(line) <= 65535 and b'\\u0000' not in line, 'record %d is not canonical' % n)
    need(list(value) == ['b', 'n', 'ts', 'ty', 'v'] and isinstance(value['b'], dict) and (value['n'], value['v']) == (n, 1) and
         re.fullmatch(r'\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z [a-z.]{1,32}', value['ts'] + ' ' + value['ty']), 'envelope of %d' % n)
    return value
def unbase64(text):
    need(len(text.rstrip(b'=')) % 4 != 1 and base64.b64encode(base64.b64decode(text + b'==')) == text, 'base64')
    return base64.b64decode(text)
def checkpoints(data, name):  # (size, root, key id, text, signature) of each note, strictly: six lines, two of them empty
    form, at, out = rb'(%s\n(0|[1-9]\d{0,15})\n([A-Za-z0-9+/]{43}=)\n)\n\xe2\x80\x94 %s ([A-Za-z0-9+/]{7,}=*)\n\n' % ((re.escape(name.encode()),) * 2), 0, []
    while at < len(data):
        m = re.compile(form).match(data, at) or need(0, 'checkpoint after number %d' % len(out))
        out.append((int(m[2]), unbase64(m[3]), unbase64(m[4])[:4], m[1], unbase64(m[4])[4:]))
        at = m.end()
    need(out and out[0][0] > 0 and all(b[0] > a[0] or b[:2] == a[:2] for a, b in zip(out, out[1:])), 'sizes do not rise')
    return out
def signature_good(der, sm2, text, signature):
    with tempfile.TemporaryDirectory() as d:
        for name, content in (('k', der), ('t', text), ('s', signature)):
            pathlib.Path(d, name).write_bytes(content)
        how = ('pkeyutl -verify -pubin -keyform DER -inkey k -rawin -in t -sigfile s', 'dgst -sm3 -verify k -sigopt distid:1234567812345678 -signature s t')[sm2]
        return subprocess.run(['openssl'] + how.split(), cwd=d, capture_output=True).returncode == 0
def roots(lines, algorithm, sizes):
    stack, out, digest = [], {}, lambda data: hashlib.new(algorithm, data).digest()
    for i, line in enumerate(lines):
        stack.append((1, digest(b'\0' + line)))
        while len(stack) > 1 and stack[-1][0] == stack[-2][0]:
            stack[-2:] = [(2 * stack[-1][0], digest(b'\1' + stack[-2][1] + stack[-1][1]))]
        if i + 1 in sizes:
            out[i + 1] = functools.reduce(lambda right, left: digest(b'\1' + left + right), [h for _, h in reversed(stack)])
    return out
def keys_of(values, name, kind, field, der):  # (first record it signs, key id, key in DER) of each key, as log.open and the key.next records name them
    for n, v in enumerate(values):
        due = n > 0 and values[n - 1]['ty'] == 'key.next' and v['ty'] != 'key.recover'
        need((v['ty'] == 'log.open') == (n == 0) and (v['ty'] == 'key.begin') == due, 'place of record %d' % n)
        if v['ty'] in ('log.open', 'key.next', 'key.recover'):
            yield n + (v['ty'] == 'key.next'), *key_of(v['b'].get(field), name, kind, der)
def key_of(vkey, name, kind, der):
    m = re.fullmatch(re.escape(name) + r'\+([0-9a-f]{8})\+([A-Za-z0-9+/]+=*)', str(vkey))
    blob = unbase64(m[2].encode()) if m else b''
    need(blob.startswith(kind) and hashlib.sha256(name.encode() + b'\n' + blob).hexdigest()[:8] == m[1], 'key of ' + name)
    return bytes.fromhex(m[1]), bytes.fromhex(der) + blob[len(kind):]
def check_recovery(values, n, origin, notes, good):  # enough of the people of the latest key.guard signed that the log goes on so
    body, guard = values[n]['b'], ([v['b'] for v in values[:n] if v['ty'] == 'key.guard'] or [{}])[-1]
    head, _, tail = body['note'].rpartition('\n\n')
    said = check_json(head.split('\n')[1].encode(), n)
    need(head == 'mishen-recover/v1\n' + json.dumps(said, ensure_ascii=False, separators=(',', ':')) and (said['log'], said['size'], said['v']) == (origin, n, 1), 'recovery %d' % n)
    sigs = [(s.split(' ')[1], unbase64(s.split(' ')[2].encode())) for s in tail.splitlines()]
    signed = lambda p, i: any(s[0] == p['name'] and s[1][:4] == k[0] and good(k[1], i, head.encode() + b'\n', s[1][4:])
                              for k in [key_of(p[PROFILES[i][5]], p['name'], PROFILES[i][4], PROFILES[i][6])] for s in sigs)
    need(len({p['name'] for p in guard.get('people', []) if signed(p, 0) and signed(p, 1)}) >= max(2, guard.get('need', 2)), 'guardians of %d' % n)
    for i, root in enumerate(('root', 'root_sm3')):
        need((n, unbase64(said[root].encode())) in [r[:2] for r in notes[i]] and said[PROFILES[i][5]] == body[PROFILES[i][5]], 'recovery %d' % n)
def verify(log, good=signature_good):
    origin, data = read(log + '/origin', 2).decode(errors='replace'), b''
    need(re.fullmatch(r'[^\s+\0-\x20\x7f\ufffd]+\n', origin), 'origin')
    for name in sorted(os.listdir(log + '/seg')):
        need(re.fullmatch(r'\d{20}\.ndjson', name), 'segment name')
        data += read(log + '/seg/' + name, 2) if int(name[:20]) == data.count(b'\n') else b''
    lines = data.split(b'\n')[:-1]
    notes = [checkpoints(read(log + '/' + p[1]), origin[:-1] + p[0]) for p in PROFILES]
    values = [check_line(line, n) for n, line in enumerate(lines)]
    [check_recovery(values, n, origin[:-1], notes, good) for n, v in enumerate(values) if v['ty'] == 'key.recover']
    for i, (suffix, _, pem, algorithm, kind, field, der) in enumerate(PROFILES):
        sizes, first = {n[0] for n in notes[i]}, base64.b64decode(b''.join(read(log + '/' + pem).splitlines()[1:-1]))
        found, keys = roots(lines, algorithm, sizes), list(keys_of(values, origin[:-1] + suffix, kind, field, der)) or [(0, b'', first)]
        need(keys[0][2] == first and all(k[0] in sizes or k[0] > max(sizes) for k in keys[1:]), 'keys')
        for size, root, keyid, text, signature in (n for n in notes[i] if n[0] <= len(lines)):
            key = [k for k in keys if k[0] < size][-1]
            need(found[size] == root and keyid == key[1] and good(key[2], i, text, signature), 'checkpoint %d' % size)
    need(max(n[-1][0] for n in notes) <= len(lines), 'lost', 3)
    need(data.endswith(b'\n') and min(n[-1][0] for n in notes) == len(lines) and values[0]['b'].get('profile') == 'both', 'what follows is not signed')
    return 4
if __name__ == '__main__':
    try: sys.exit(verify(sys.argv[1]))
    except Bad as bad: sys.exit(print(bad.args[0]) or bad.args[1])

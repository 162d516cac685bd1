#!/usr/bin/env python3
"""The inspector: proves live files from bundles of `mishen prove` and the printed sheets, with openssl alone.
usage: verify_bundle.py (FILE BUNDLE.tar SHEET.txt)… [--pin trust.vkey]; who approved these bytes, or what differs."""
import base64, functools, hashlib, json, os, re, subprocess, sys, tarfile, tempfile
TREES = {'intl': ('sha256', '', 'vkey', '302a300506032b6570032100', b'\x01'),
         'gm': ('sm3', '/sm3', 'vkey_sm3', '3059301306072a8648ce3d020106082a811ccf5501822d034200', b'\xffsm2-with-sm3/v1')}
def need(good, why):
    if not good:
        raise ValueError(why)
@functools.lru_cache(None)                     # files of one day share checkpoint and policy
def signed(der, tree, text, signature):
    with tempfile.TemporaryDirectory() as d:
        for name, content in (('k', der), ('t', text), ('s', signature)):
            open(os.path.join(d, name), 'wb').write(content)
        how = 'dgst -sm3 -verify k -sigopt distid:1234567812345678 -signature s t' if tree == 'gm' \
            else 'pkeyutl -verify -pubin -keyform DER -inkey k -rawin -in t -sigfile s'
        return subprocess.run(['openssl'] + how.split(), cwd=d, capture_output=True).returncode == 0
def key_of(vkey, tree):
    """(name, key id, key in DER) of a line name+id+base64(type || key)."""
    (name, keyid, blob), (head, kind) = vkey.split('+', 2), TREES[tree][3:]
    blob = base64.b64decode(blob, validate=True)
    need(blob.startswith(kind) and hashlib.sha256(name.encode() + b'\n' + blob).hexdigest()[:8] == keyid, 'key ' + name)
    return name, bytes.fromhex(keyid), bytes.fromhex(head) + blob[len(kind):]
def note(data):
    text, _, tail = data.decode().rpartition('\n\n')
    sigs = [s.split(' ')[1:] for s in tail.splitlines()]
    return (text + '\n').encode(), [(name, base64.b64decode(b)[:4], base64.b64decode(b, validate=True)[4:]) for name, b in sigs]
def der_of(pem):
    m = re.fullmatch(rb'-----BEGIN PUBLIC KEY-----\n([A-Za-z0-9+/=\n]+)\n-----END PUBLIC KEY-----\n', pem)
    return base64.b64decode(m[1].replace(b'\n', b''), validate=True)
def by(data, vkey, tree):
    (text, sigs), (name, keyid, der) = note(data), key_of(vkey, tree)
    return any(s[:2] == (name, keyid) and signed(der, tree, text, s[2]) for s in sigs)
def root_of(proof, line, algorithm):
    """RFC 9162 2.1.3.2: the root that the path leads to, and the checkpoint that follows it."""
    digest = lambda b: hashlib.new(algorithm, b).digest()
    head, _, checkpoint = proof.partition(b'\n\n')
    head = head.split(b'\n')
    at, last, node = int(head[1].split()[1]), int(checkpoint.split(b'\n')[1]) - 1, digest(b'\0' + line)
    need(head[0] == b'c2sp.org/tlog-proof@v1' and at == json.loads(line)['n'] <= last, 'index')
    for p in map(base64.b64decode, head[2:]):
        if at & 1 or at == last:
            node = digest(b'\1' + p + node)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            node = digest(b'\1' + node + p)
        at, last = at >> 1, last >> 1
    need(last == 0, 'length of a proof')
    return base64.b64encode(node), checkpoint
def policy_of(parts, pinned):
    if 'trust.policy' not in parts:
        return need(not pinned, 'no policy in the bundle')
    pins = pinned or parts['trust.vkey'].decode().split()
    need(pins and all(by(parts['trust.policy'], k, 'gm' if len(k.split('+', 2)[2]) > 44 else 'intl') for k in pins), 'signatures of the policy')
    return json.loads(note(parts['trust.policy'])[0].split(b'\n')[1])
def check(file, bundle, sheet, pinned):
    live, paper = open(file, 'rb').read(), re.sub(r'\s', '', open(sheet, encoding='utf-8').read())
    hashes = {h: hashlib.new(h, live).hexdigest() for h in ('sha256', 'sm3')}
    need(all(h in paper for h in hashes.values()), 'the file is not that of the sheet')
    tar = tarfile.open(bundle)
    parts = {os.path.basename(m.name): tar.extractfile(m).read() for m in tar.getmembers()}
    lines = {n[:-5]: d for n, d in parts.items() if re.fullmatch(r'record-\d+\.json', n)}
    records, trees = {n: json.loads(d) for n, d in lines.items()}, [t for t in TREES if 'checkpoint.' + t in parts]
    first, signer = records['record-0'], max((r for r in records.values() if r['ty'] in ('log.open', 'key.next', 'key.recover')), key=lambda r: r['n'])
    for t in trees:
        origin, size, root = parts['checkpoint.' + t].decode().split('\n')[:3]
        printed = '(记录数|records)%s(SHA-256|SM3)(根|root)%s' % (size, re.escape(root))
        need(origin == first['b']['origin'] + TREES[t][1] and re.search(printed, paper), 'not the checkpoint of the sheet')
        for n, line in lines.items():
            need(root_of(parts['%s.%s.proof' % (n, t)], line, TREES[t][0]) == (root.encode(), parts['checkpoint.' + t]), n + ' is not in the log')
        need(by(parts['checkpoint.' + t], signer['b'][TREES[t][2]], t), 'signature of the checkpoint')
        for name, r in (('first', first), ('checkpoint', signer)):
            need(der_of(parts['%s.%s.pub.pem' % (name, t)]) == key_of(r['b'][TREES[t][2]], t)[2], 'key of ' + name)
    policy, approved = policy_of(parts, pinned), []
    same = lambda f: (f['size'], f['sha256'], f['sm3']) == (len(live), hashes['sha256'], hashes['sm3'])
    for n, r in sorted((r for r in records.items() if r[1]['ty'] == 'decision'), key=lambda r: r[1]['n']):
        text, sigs = note(r['b']['note'].encode())
        said = json.loads(text.split(b'\n')[1])
        for t in TREES:
            der = der_of(parts['decision-%d.%s.pub.pem' % (r['n'], t)])
            need(parts['decision-%d.note' % r['n']] == r['b']['note'].encode() and any(s[0] == said['reviewer'] and signed(der, t, text, s[2]) for s in sigs), 'signature of ' + n)
            person = [p for p in policy['people'] if p['name'] == said['reviewer']] if policy else []
            need(not policy or (person and der == key_of(person[0][TREES[t][2]], t)[2] and 'approver' in person[0]['roles']), 'not in the policy: ' + n)
        if any(map(same, said['release']['files'])):
            scans = [s['n'] for s in said['scans']]
            need(said['act'] != 'approve' or any(r['n'] in scans and r['ty'] == 'item' and same(r['b']) for r in records.values()), 'no scan of these bytes')
            approved = {'approve': approved + [(said['reviewer'], said['ts'][:19])], 'withdraw': []}.get(said['act'], approved)
    need(approved, 'nobody approved these bytes')
    return 'approved by ' + ', '.join('%s at %sZ' % a for a in approved)
if __name__ == '__main__':
    words, bad = sys.argv[1:], 0
    pins = open(words.pop()).read().split() if '--pin' in words[-2:-1] and not words.remove('--pin') else None
    for triple in zip(words[::3], words[1::3], words[2::3]):
        try:
            print('proved', triple[0], check(*triple, pins))
        except (ValueError, LookupError, OSError, tarfile.TarError) as why:
            bad = print('REFUSED', triple[0], why) or 1
    sys.exit(bad)

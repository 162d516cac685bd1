#!/usr/bin/env python3
"""Random damage to a random log: mishen and verify_log.py must say the same, and refuse it.

usage: mutations.py MISHEN STATE COUNT SEED. The openssl program checks each signature once; what it
said is remembered by the exact bytes, so that thousands of mutations take minutes, not hours."""
import os, random, shutil, subprocess, sys
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import verify_log

mishen, state, count, seed = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
random.seed(seed)
work = state + '.mutated'
log = work + '/log'
known = {}


def good(der, profile, text, signature):
    key = (der, profile, text, signature)
    if key not in known:
        known[key] = verify_log.signature_good(der, profile, text, signature)
    return known[key]


def peer():
    try:
        return verify_log.verify(log, good), ''
    except verify_log.Bad as bad:
        return bad.args[1], bad.args[0]


def ours():
    done = subprocess.run([mishen, 'log', 'verify', log], capture_output=True)
    return done.returncode, done.stdout.decode()


def units(data, note):
    size = 6 if note else 1
    lines = data.split(b'\n')[:-1]
    return [b''.join(l + b'\n' for l in lines[i:i + size]) for i in range(0, len(lines), size)]


def mutate(data, note):
    """Damage that can be seen without an anchor: never only the last unit cut off."""
    parts = units(data, note)
    kind = random.choice(['flip', 'byte', 'insert', 'drop', 'double', 'swap', 'blank', 'truncate'])
    i = random.randrange(len(parts))
    at = random.randrange(len(data))
    if kind == 'flip':
        return kind, data[:at] + bytes([data[at] ^ 1 << random.randrange(8)]) + data[at + 1:]
    if kind == 'byte':
        return kind, data[:at] + data[at + 1:]
    if kind == 'insert':
        return kind, data[:at] + bytes([random.choice(b'\n \r\t\0Aa0={}"\\')]) + data[at:]
    if kind == 'double':
        return kind, b''.join(parts[:i + 1] + parts[i:])
    if kind == 'swap' and len(parts) > 1:
        j = random.randrange(len(parts) - 1)
        parts[j], parts[j + 1] = parts[j + 1], parts[j]
        return kind, b''.join(parts)
    if kind == 'blank':
        return kind, b''.join(parts[:i]) + b'\n' + b''.join(parts[i:])
    if kind == 'truncate':
        return kind, data[:at]
    return 'drop', b''.join(parts[:i] + parts[i + 1:])


# A checkpoint that is doubled says the same twice, one in the middle that is dropped says nothing
# false: both are what a valid log may hold.
HARMLESS = {('double', True), ('drop', True)}
shutil.rmtree(work, ignore_errors=True)
shutil.copytree(state, work)
assert (peer()[0], ours()[0]) == (4, 4), (peer(), ours())
disagree = accepted = 0
for n in range(count):
    name = random.choice(['seg/00000000000000000000.ndjson', 'checkpoints', 'checkpoints.sm3', 'origin'])
    note = name.startswith('checkpoints')
    with open(state + '/log/' + name, 'rb') as f:
        data = f.read()
    kind, changed = mutate(data, note)
    if changed == data:
        continue
    with open(log + '/' + name, 'wb') as f:
        f.write(changed)
    a, b = peer(), ours()
    if a[0] != b[0]:
        disagree += 1
        print('disagree: mutation %d, %s of %s: peer %s, mishen %s' % (n, kind, name, a, b))
    if b[0] == 4 and (kind, note) not in HARMLESS:
        accepted += 1
        print('accepted: mutation %d, %s of %s' % (n, kind, name))
    with open(log + '/' + name, 'wb') as f:
        f.write(data)
shutil.rmtree(work)
print('%d mutations (seed %d): %d disagreements, %d accepted' % (count, seed, disagree, accepted))
sys.exit(bool(disagree or accepted))

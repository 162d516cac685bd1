"""Canaries: text of documents is nowhere but where it was asked for (safety.md sections 1.5, 6).

Documents that hold canaries go through every command of commands.def, whole, damaged, locked and while workers are
killed; then everything that was written is searched for them: standard output and error, the state folder with its log,
reports, folders for temporary files, the working folder with its cores. In UTF-8, GBK, UTF-16, base64 and hex.

Only what shows text by definition may hold it on its standard output: extract, scan --explain, and the pack that
rules import-csv makes of a list of words. (A document given as a list of names is a list of names: not tried.)
"""

import base64
import io
import os
import re
import resource
import signal
import subprocess
import sys
import tarfile
import time
import zipfile
from pathlib import Path

from make_pdf import Pdf, show

PHRASE = '灯塔鲸鱼暗号玖柒叁'  # beside marks and numbers, never part of a mark
WORD = 'Zq7CanaryX41'
NUMBER = '11010519491231002X'  # found, and shown only with a mask
SECRET = 'hJ8zQ2vN5xK7wR4t'  # found as a password
CANARIES = (PHRASE, WORD, NUMBER, SECRET)
SHOWS_TEXT = {'extract', 'scan --explain', 'rules import-csv'}
MISHEN = os.environ['MISHEN']
SOURCE = Path(os.environ['SOURCE'])
failures = []


def forms(text):
    """A canary as it may be written."""
    out = {}
    for charset in ('utf-8', 'gbk', 'utf-16-le', 'utf-16-be'):
        raw = text.encode(charset)
        out[charset] = raw
        for lead in range(3):  # base64 at any offset: what does not depend on the neighbours
            coded = base64.b64encode(b'\0' * lead + raw)
            out['base64 of %s +%d' % (charset, lead)] = coded[(8 * lead + 5) // 6 : len(coded) - 4]
        out['hex of ' + charset] = raw.hex().encode()
        out['HEX of ' + charset] = raw.hex().upper().encode()
    out['JSON escapes'] = text.encode('unicode_escape') if not text.isascii() else text.encode()
    return out


FORMS = [(canary, name, raw) for canary in CANARIES for name, raw in forms(canary).items()]
ANY = re.compile(b'|'.join(re.escape(raw) for _, _, raw in FORMS))


def search(data, where):
    found = ANY.search(data)
    if found:
        canary, name, _ = next(f for f in FORMS if f[2] == found[0])
        failures.append('%s holds %s (%s)' % (where, ascii(canary), name))


def search_tree(folder, what):
    for root, _, names in os.walk(folder):
        for name in names:
            path = Path(root) / name
            search(os.fsencode(name), '%s: the name of a file' % what)
            if path.is_file() and not path.is_symlink():
                search(path.read_bytes(), '%s: %s' % (what, path.relative_to(folder)))


def document_text():
    return '机密★10年\n%s\n联系人身份证 %s\npassword = "%s"\n%s\n' % (PHRASE, NUMBER, SECRET, WORD)


def zipped(members):
    out = io.BytesIO()
    with zipfile.ZipFile(out, 'w', zipfile.ZIP_DEFLATED) as z:
        for name, data in members:
            z.writestr(name, data)
    return out.getvalue()


def documents():
    """name: bytes. Whole ones, and each of them damaged in its middle and cut."""
    text = document_text()
    paragraphs = ''.join('<w:p><w:r><w:t>%s</w:t></w:r></w:p>' % line for line in text.split('\n'))
    docx = zipped([('[Content_Types].xml', '<Types/>'), ('word/document.xml', '<w:document><w:body>%s</w:body></w:document>' % paragraphs)])
    locked = bytearray(zipped([('a.txt', text)]))
    for at in (6, locked.rindex(b'PK\1\2') + 8):
        locked[at] |= 1
    tar = io.BytesIO()
    with tarfile.open(fileobj=tar, mode='w') as t:
        info = tarfile.TarInfo('a.txt')
        info.size = len(text.encode('gbk'))
        t.addfile(info, io.BytesIO(text.encode('gbk')))
    mail = 'From: a@b\nSubject: s\nMIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: base64\n\n'
    whole = {
        'a.txt': text.encode(),
        'gbk.txt': text.encode('gbk'),
        'wide.txt': b'\xff\xfe' + text.encode('utf-16-le'),
        'a.docx': docx,
        'a.zip': zipped([('inner.docx', docx), ('a.txt', text)]),
        'locked.zip': bytes(locked),
        'a.tar': tar.getvalue(),
        'a.pdf': Pdf(show(PHRASE + WORD) + show('机密★10年', y=600)).bytes(),
        'a.eml': mail.encode() + base64.encodebytes(text.encode()),
        'a.html': ('<!DOCTYPE html><p>%s<script>x = "%s"</script>' % (text.replace('\n', '<br>'), text.replace('\n', ' '))).encode(),
        'a.xml': ('<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "%s">]><a>&b;%s</a>' % (PHRASE, text)).encode(),
        'a.rtf': b'{\\rtf1\\ansicpg936 ' + b''.join(b"\\'%02x" % b for b in text.encode('gbk')) + b'}',
        'a.csv': ('姓名,身份证\n%s,%s\n' % (PHRASE, NUMBER)).encode(),
    }
    out = dict(whole)
    for name, data in whole.items():
        middle = bytearray(data)
        for i in range(len(data) // 2, len(data) // 2 + 4):
            middle[i] ^= 0xff
        out['damaged-' + name] = bytes(middle)
        out['cut-' + name] = data[: len(data) * 2 // 3]
    return out


class Place:
    """Folders of one command; everything in them but the documents is searched."""

    def __init__(self, base):
        self.base = base
        self.documents = base / 'documents'
        self.work = base / 'work'
        self.state = base / 'state'
        self.temporary = base / 'tmp'
        for folder in (self.documents, self.work, self.temporary):
            folder.mkdir(parents=True, exist_ok=True)
        self.environment = dict(os.environ, TMPDIR=str(self.temporary), HOME=str(self.work), XDG_STATE_HOME=str(self.work))

    def start(self, arguments, **how):
        return subprocess.Popen([MISHEN] + [str(a) for a in arguments], cwd=self.work, env=self.environment,
                                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **how)

    def run(self, *arguments, shows=None, data=None):
        """A command with its outputs searched; its exit status."""
        command = [MISHEN] + [str(a) for a in arguments]
        try:
            done = subprocess.run(command, cwd=self.work, env=self.environment, input=data or b'', capture_output=True, timeout=60)
        except subprocess.TimeoutExpired as e:
            search((e.stdout or b'') + (e.stderr or b''), 'outputs of mishen ' + str(arguments[0]))
            return None
        self.check(done.stdout, done.stderr, shows or str(arguments[0]))
        return done.returncode

    def check(self, out, err, what):
        if what not in SHOWS_TEXT:
            search(out, 'standard output of mishen ' + what)
        search(err, 'standard error of mishen ' + what)


def make_core_possible():
    try:
        resource.setrlimit(resource.RLIMIT_CORE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    except (OSError, ValueError):
        pass


def scan(p, files):
    state = ['--state', p.state]
    p.run('scan', *state, p.documents)
    for form in ('ndjson', 'html', 'csv', 'sarif', 'junit'):
        p.run('scan', *state, '--format', form, '--output', p.work / ('report.' + form), p.documents)
    p.run('scan', *state, '--lang', 'en', '--inproc', p.documents)
    p.run('scan', *state, '-', data=document_text().encode())
    p.run('scan', *state, '--explain', files[0], shows='scan --explain')
    for limit in ('decoded=100', 'members=1', 'depth=1', 'member-size=50', 'time=1', 'memory=1', 'xml-depth=1', 'findings=1', 'size=9'):
        p.run('scan', *state, '--limit', limit, p.documents)
    p.run('scan', *state, '--output', p.work / 'no/such/folder', p.documents)
    p.run('scan', *state, '--rules', files[0], files[0])  # a document where rules are wanted
    p.run('scan', '--state', files[0], files[0])


def killed(p, files):
    """Signals that make cores, to workers and to the program itself, at any moment."""
    for who in ('worker', 'program'):
        for number in (signal.SIGSEGV, signal.SIGABRT, signal.SIGKILL, signal.SIGTERM, signal.SIGINT):
            process = p.start(['scan', '--state', p.state, '--format', 'ndjson', p.documents], preexec_fn=make_core_possible)
            time.sleep(0.03)
            if who == 'program':
                process.send_signal(number)
            else:
                for pid in descendants(process.pid):
                    try:
                        os.kill(pid, number)
                    except OSError:
                        pass
            out, err = process.communicate(timeout=60)
            p.check(out, err, 'scan')


def descendants(pid):
    out = []
    for task in Path('/proc/%d/task' % pid).glob('*/children'):
        try:
            for child in map(int, task.read_text().split()):
                out += [child] + descendants(child)
        except OSError:
            pass
    return out


def watch(p, files):
    share = p.base / 'share'
    share.mkdir()
    p.run('watch', '--once', '--settle', '0', '--state', p.state, share)
    for file in files:
        (share / '待审' / file.name).write_bytes(file.read_bytes())
    p.run('watch', '--once', '--settle', '0', '--state', p.state, share)
    for sheet in share.rglob('*审查结果*'):
        search(sheet.read_bytes(), 'a sheet of mishen watch')


def rules(p, files):
    state = ['--state', p.state]
    for verb in ('list', 'check', 'test'):
        p.run('rules', verb, *state)
        p.run('rules', verb, *state, '--add-rules', files[0])
    p.run('rules', 'digest', files[0], *state)
    p.run('rules', 'import-csv', files[0], *state, shows='rules import-csv')
    for verb in ('import', 'sign', 'trust', 'explain'):
        p.run('rules', verb, files[0], *state)


def log(p, files):
    for verb in ('verify', 'show', 'checkpoint', 'heartbeat'):
        p.run('log', verb, '--state', p.state)
    p.run('log', 'show', '--format', 'ndjson', '--state', p.state)
    p.run('log', 'export', p.work / 'exported', '--state', p.state)
    for verb in ('anchor', 'timestamp', 'witness', 'verify'):
        p.run('log', verb, files[0], '--state', p.state)


def report(p, files):
    for form in ('html', 'csv', 'sarif', 'junit', 'text', 'ndjson', 'form', 'summary', 'annual'):
        p.run('report', form, '--state', p.state)
        p.run('report', form, files[0], '--state', p.state)


def release(p, files):
    """approve, gate, publish, withdraw, reconcile, manifest, prove: the way of a release, and what is refused."""
    state, root = ['--state', p.state], ['--root', p.documents]
    p.run('approve', *state, *root, '--title', 't', '--by', '张三', *files)
    p.run('approve', *state, *root, '--title', 't', '--by', '张三', '--reason', '已核', files[0])
    for command in (['gate', p.documents], ['publish', p.documents, p.work / 'site'], ['reconcile', p.documents],
                    ['withdraw', 'R-1', '--by', '张三'], ['manifest', p.documents, '--by', '张三'],
                    ['prove', files[0], '--output', p.work / 'proof.tar'], ['keys', 'list'], ['keys', 'policy', files[0]],
                    ['manifest', files[0], '--by', '张三'], ['gate', files[0]]):
        p.run(*command, *state)


RECIPES = {'scan': scan, 'watch': watch, 'rules': rules, 'log': log, 'report': report, 'approve': release}


def commands():
    text = (SOURCE / 'scanner/cli/commands.def').read_text(encoding='utf-8')
    return re.findall(r'(?m)^CLI_COMMAND\((\w+),', text)


def any_command(p, name, files):
    """A command as somebody may call it who does not know it: with documents, one and all, and without anything."""
    if name == 'serve':  # runs until it is ended; tests/cli/serve.sh and pages.sh look at what it shows
        process = p.start(['serve', '--listen', '127.0.0.1:0', '--state', p.state, files[0]])
        time.sleep(0.3)
        process.terminate()
        out, err = process.communicate(timeout=60)
        return p.check(out, err, name)
    p.run(name, *files[:6], '--state', p.state)
    p.run(name, files[0], '--state', p.state, '--lang', 'en')
    return p.run(name, '--state', p.state)


def main(base):
    p = Place(base)
    for name, data in documents().items():
        (p.documents / name).write_bytes(data)
    files = sorted(p.documents.iterdir())
    files.sort(key=lambda f: f.name != 'a.txt')
    # the search itself: what extract shows must be found, or nothing here is worth anything
    shown = subprocess.run([MISHEN, 'extract', files[0]], capture_output=True, env=p.environment).stdout
    if not all(c.encode() in shown for c in CANARIES):
        failures.append('extract does not show the canaries')
    for canary in CANARIES:
        for name, raw in forms(canary).items():
            if not ANY.search(b'xx' + raw + b'yy'):
                failures.append('the search does not find %s' % name)
    ran = commands()
    for name in ran:
        RECIPES.get(name, lambda *_: None)(p, files)
        any_command(p, name, files)
    killed(p, files)
    for folder, what in ((p.state, 'the state folder'), (p.temporary, 'the folder for temporary files'), (p.work, 'the working folder')):
        if folder.is_file():
            continue
        # what was published or exported as a whole is the document itself
        search_tree(folder, what)
    print('%d commands, %d documents, %d forms of each canary' % (len(ran), len(files), len(forms(PHRASE))))
    print(*failures[:20], sep='\n')
    return bool(failures)


sys.exit(main(Path(sys.argv[1])))

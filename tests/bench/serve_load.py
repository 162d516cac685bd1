#!/usr/bin/env python3
"""Many uploads at once: serve_load.py [N [AT_ONCE]]. Starts its own server (MISHEN, default build/dev/mishen),
uploads N times a docx of about 20 KB, AT_ONCE at a time, by the form of the pages and by /v1/scan, and says how
long they took and how the memory of the server (without its workers) grew. Gates nothing by time; ends with 1
when an answer was wrong or the memory grew by more than 256 MiB."""
import http.client, os, random, re, subprocess, sys, tempfile, threading, time, urllib.parse, zipfile, io

program = os.environ.get('MISHEN', 'build/dev/mishen')
count = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
at_once = int(sys.argv[2]) if len(sys.argv) > 2 else 50


def docx():
    """A letter whose pictures or fonts make it 20 KB, as office programs write them."""
    random.seed(7)
    words = '根据 年度 计划 安排 现将 有关 事项 通知 如下 请 各 单位 认真 贯彻 执行 会议 时间 地点 人员'.split()
    body = ''.join('<w:p><w:r><w:t>%s。</w:t></w:r></w:p>' % ''.join(random.choice(words) for _ in range(40)) for _ in range(60))
    out = io.BytesIO()
    with zipfile.ZipFile(out, 'w', zipfile.ZIP_DEFLATED) as z:
        z.writestr('[Content_Types].xml', '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="xml" ContentType="application/xml"/><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>')
        z.writestr('_rels/.rels', '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>')
        z.writestr('word/document.xml', '<?xml version="1.0"?><w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>%s</w:body></w:document>' % body)
        styles = ''.join('<w:style w:styleId="s%d"><w:name w:val="%x"/></w:style>' % (i, random.getrandbits(64)) for i in range(1050))
        z.writestr('word/styles.xml', '<?xml version="1.0"?><w:styles xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">%s</w:styles>' % styles)
    return out.getvalue()


def rss(pid):
    return int(re.search(r'VmRSS:\s+(\d+)', open('/proc/%d/status' % pid).read()).group(1)) // 1024


class Load:
    def __init__(self, name, work):
        self.name, self.work = name, work
        self.times, self.errors, self.left, self.lock = [], [], count, threading.Lock()

    def run(self):
        threads = [threading.Thread(target=self.thread) for _ in range(at_once)]
        began = time.time()
        for t in threads: t.start()
        for t in threads: t.join()
        took, times = time.time() - began, sorted(self.times)
        if times:
            print('%-8s %d done, %d wrong, %.1f/s, p50 %.0f ms, p95 %.0f ms, most %.0f ms' % (
                self.name, len(times), len(self.errors), len(times) / took, times[len(times) // 2] * 1000,
                times[int(len(times) * .95)] * 1000, times[-1] * 1000))
        for e in self.errors[:3]: print('  wrong:', e)
        return not self.errors and len(times) == count

    def thread(self):
        state = {}
        while True:
            with self.lock:
                if self.left == 0: return
                self.left -= 1
            try:
                took = self.work(state)
                with self.lock: self.times.append(took)
            except Exception as e:
                with self.lock: self.errors.append(repr(e))


def main():
    document = docx()
    with tempfile.TemporaryDirectory() as here:
        state = here + '/state'
        open(here + '/pw', 'w').write('a good password 1\n')
        people = ['p%d' % i for i in range(at_once)]
        for p in people:
            subprocess.run([program, 'serve', 'account', 'add', p, '--role', 'clerk', '--password-file', here + '/pw', '--state', state], check=True, stdout=subprocess.DEVNULL)
        token = subprocess.run([program, 'serve', 'account', 'add', 'cms', '--role', 'machine', '--state', state], check=True, capture_output=True, text=True).stdout.split()[-1]
        server = subprocess.Popen([program, 'serve', '--state', state, '--listen', '127.0.0.1:0'], stdout=subprocess.PIPE, text=True)
        at = re.search(r'127[0-9.]+:\d+', server.stdout.readline()).group(0)
        logins = threading.Lock()

        def api(s):
            c = s.setdefault('c', http.client.HTTPConnection(at, timeout=60))
            began = time.time()
            c.request('POST', '/v1/scan?name=a.docx', document, {'Authorization': 'Bearer ' + token})
            r = c.getresponse(); body = r.read(); took = time.time() - began
            if r.status != 200 or b'"verdict":"PASS"' not in body: raise ValueError((r.status, body[:200]))
            return took

        def ask(s, method, path, body=None, headers={}):
            c = s.setdefault('c', http.client.HTTPConnection(at, timeout=60))
            h = dict(headers)
            if 'cookie' in s: h['Cookie'] = s['cookie']
            c.request(method, path, body, h)
            r = c.getresponse(); text = r.read().decode()
            cookie = r.getheader('Set-Cookie')
            if cookie: s['cookie'] = cookie.split(';')[0]
            return r, text

        def form_token(text, action): return re.search('action="%s"[^>]*><input type="hidden" name="token" value="(\\w+)"' % action, text).group(1)

        def form(s):
            if 'me' not in s:
                with logins:
                    s['me'] = people.pop()
                    for _ in range(40):
                        _, text = ask(s, 'GET', '/login')
                        r, _ = ask(s, 'POST', '/login', urllib.parse.urlencode({'token': form_token(text, '/login'), 'name': s['me'], 'password': 'a good password 1'}), {'Content-Type': 'application/x-www-form-urlencoded'})
                        if r.status == 303: break
                        time.sleep(1)
            _, text = ask(s, 'GET', '/upload')
            part = '--part-7c1e\r\nContent-Disposition: form-data; name="%s"%s\r\n\r\n'
            body = (part % ('token', '') + form_token(text, '/upload') + '\r\n' + part % ('title', '') + 'x\r\n' + part % ('files', '; filename="a.docx"')).encode() + document + b'\r\n--part-7c1e--\r\n'
            began = time.time()
            r, _ = ask(s, 'POST', '/upload', body, {'Content-Type': 'multipart/form-data; boundary=part-7c1e'})
            took = time.time() - began
            if r.status != 303: raise ValueError((r.status, re.findall('words">(.*?)</p>', _)))
            r, text = ask(s, 'GET', r.getheader('Location'))
            if r.status != 200 or '未发现问题' not in text: raise ValueError((r.status, text[:200]))
            return took

        print('a docx of %d bytes, %d times, %d at once' % (len(document), count, at_once))
        good = Load('warm', api).run()
        before = rss(server.pid)
        good = Load('api', api).run() and good
        good = Load('form', form).run() and good
        after = rss(server.pid)
        server.terminate()
        code = server.wait()
        print('memory of the server %d MiB, then %d MiB; ended with %d' % (before, after, code))
        return 0 if good and code == 0 and after - before <= 256 else 1


sys.exit(main())

"""What a page must be, by own checks and, where axe-core is at hand, by axe in a headless Chromium.
   page.py FILE.html [AXE.js]      exit 1 when something is wrong
Own checks: language, title, one h1, no heading level left out, ids unique, links that lead somewhere, heads of
tables with scope, pictures with a name, nothing from outside, no script, contrast of the colours in the style."""
import html, json, re, shutil, subprocess, sys, tempfile
from html.parser import HTMLParser
from pathlib import Path


class Page(HTMLParser):
    def __init__(self):
        super().__init__()
        self.ids, self.targets, self.levels, self.bad, self.tables, self.title = [], [], [], [], 0, ''
        self.in_title = False

    def handle_starttag(self, tag, attrs):
        a = dict(attrs)
        if 'id' in a:
            self.ids.append(a['id'])
        if tag == 'html' and a.get('lang') not in ('zh-CN', 'en'):
            self.bad.append('lang')
        if tag == 'a' and not a.get('href', '').startswith('#'):
            self.bad.append('a link to outside: %s' % a.get('href'))
        if tag == 'a':
            self.targets.append(a['href'][1:])
        if tag in ('script', 'link', 'iframe', 'object', 'embed', 'img', 'form') or any(k.startswith('on') for k in a):
            self.bad.append('<%s>' % tag)
        if tag == 'th' and a.get('scope') not in ('col', 'row'):
            self.bad.append('th without scope')
        if tag == 'svg' and (a.get('role') != 'img' or not a.get('aria-label')):
            self.bad.append('svg without a name')
        if re.fullmatch('h[1-6]', tag):
            self.levels.append(int(tag[1]))
        self.in_title = tag == 'title'

    def handle_data(self, data):
        if self.in_title:
            self.title += data
            self.in_title = False


def luminance(color):
    parts = [int(color[i:i + 2], 16) / 255 for i in (1, 3, 5)]
    parts = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def contrast(a, b):
    a, b = sorted((luminance(a), luminance(b)))
    return (b + 0.05) / (a + 0.05)


def own(text):
    p = Page()
    p.feed(text)
    bad = p.bad
    if not p.title.strip():
        bad.append('no title')
    if p.levels.count(1) != 1 or any(b > a + 1 for a, b in zip(p.levels, p.levels[1:])):
        bad.append('headings: %s' % p.levels[:20])
    if len(p.ids) != len(set(p.ids)):
        bad.append('an id twice')
    bad += ['a link to nothing: #%s' % t for t in set(p.targets) - set(p.ids)][:5]
    colors = dict(re.findall(r'--(\w+):(#[0-9a-f]{6})', text))
    for name in set(colors) & {'b', 'n', 'r', 'p', 'i', 'ink', 'soft'}:
        for ground in ('#ffffff', colors.get('ground', '#ffffff')):
            if contrast(colors[name], ground) < 4.5:
                bad.append('contrast of --%s on %s: %.2f' % (name, ground, contrast(colors[name], ground)))
    if len(colors) < 3:
        bad.append('no colours to check')
    return bad


def axe(text, library, width):
    text = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', '', text, count=1)
    run = ('<script>%s</script><script>axe.run(document,{resultTypes:["violations"]}).then(r=>{const p=document.createElement("pre");'
           'p.id="axe-result";p.textContent=JSON.stringify([r.passes.length,r.violations.map(v=>[v.id,v.nodes.length,v.nodes[0].html.slice(0,200)])]);'
           'document.body.appendChild(p)})</script></body>' % library.replace('</script', '<\\/script'))
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder) / 'page.html'
        page.write_text(text.replace('</body>', run), encoding='utf-8')
        out = subprocess.run(['chromium', '--headless', '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--user-data-dir=' + folder + '/p',
                              '--window-size=%d,1000' % width, '--virtual-time-budget=60000', '--dump-dom', page.as_uri()],
                             capture_output=True, text=True, timeout=120).stdout
    found = re.search(r'<pre id="axe-result">(.*?)</pre>', out, re.S)
    if not found:
        return ['axe did not answer']
    passes, violations = json.loads(html.unescape(found[1]))
    print('axe at %d px: %d rules passed, %d violations' % (width, passes, len(violations)))
    return ['axe: %s' % v for v in violations]


def main():
    text = Path(sys.argv[1]).read_text(encoding='utf-8')
    bad = own(text)
    if len(sys.argv) > 2 and shutil.which('chromium'):
        library = Path(sys.argv[2]).read_text(encoding='utf-8')
        for width in (1280, 400):
            bad += axe(text, library, width)
    print(*bad[:20], sep='\n')
    return bool(bad)


if __name__ == '__main__':
    sys.exit(main())

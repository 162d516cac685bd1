"""A terminal's output with its colours as a page: terminal.py COMMAND-LINE <OUTPUT >PAGE"""
import html, re, sys

colors = {'1;31': '#ff7b72', '1;35': '#d2a8ff', '1;33': '#e3b341', '1;32': '#7ee787', '2': '#8b949e'}
text = html.escape(sys.stdin.read(), quote=False)
text = re.sub('\x1b\\[0m', '</span>', text)
text = re.sub('\x1b\\[([0-9;]+)m', lambda m: '<span style="color:%s">' % colors.get(m[1], '#fff'), text)
print('''<!doctype html><html lang="zh-CN"><meta charset="utf-8"><title>mishen</title>
<style>body{margin:0;background:#0d1117;color:#e6edf3;padding:14px 18px}pre{margin:0;font:14px/1.5 "Noto Sans Mono CJK SC",monospace;
white-space:pre-wrap}b{color:#7ee787}</style><pre><b>$</b> %s\n%s</pre></html>''' % (html.escape(sys.argv[1]), text))

"""HTML, XML, SVG, RTF and mail: where a text can stand, and how it can be taken apart."""

import base64
import binascii
import email.header
import gzip
import quopri
import urllib.parse

from kit import FILLER, FOUND, MARK, SAID, docx, run, para, zip_of

TOP = "<!DOCTYPE html><html><head><meta charset='utf-8'><title>通知</title></head><body><p>关于做好汛期值班工作的通知</p>"
END = "</body></html>"


def html(c):
    def page(name, inside, due=FOUND):
        c.add(f"html_{name}.html", TOP + inside + END, due)

    def head(name, inside):
        c.add(f"html_{name}.html", f"<html><head><meta charset=utf-8>{inside}</head><body><p>通知</p></body></html>")

    page("plain", f"<p>{MARK}</p>")
    page("dec", "<p>" + "".join("&#%d;" % ord(x) for x in MARK) + "</p>")
    page("named_star", "<p>机密&starf;10年</p>")
    page("mixed", "<p>机&#x5bc6;&#9733;10&#24180;</p>")
    page("bold", "<p>机<b>密</b><i>★</i>10年</p>")
    page("newline_tags", "<p>机<b>\n密</b>\n★10年</p>")
    page("nested", "<p><span><em>机</em></span><a href='#'>密</a>★10年</p>")
    page("br", "<p>机<br>密<br>★10年</p>")
    page("shy", "<p>机&shy;密★10年</p>")
    page("zwsp", "<p>机&#8203;密★10年</p>")
    page("nbsp", "<p>机&nbsp;密&nbsp;★&nbsp;10年</p>")
    page("ideo", "<p>机&emsp;&ensp;密★10年</p>")
    page("divs", "<div>机</div><div>密</div><div>★</div><div>10年</div>")
    page("li", "<ul><li>机</li><li>密★10年</li></ul>")
    page("inline_block", "<span style='display:inline-block'>机</span> <span>密</span><span>★10年</span>")
    for a in "title alt aria-label value content summary label data-json cite longdesc".split():
        page("attr_" + a, f'<img {a}="{MARK}" src="a.png">')
    page("attr_unquoted", f"<input value={MARK}>")
    page("attr_entity", '<img alt="&#26426;&#23494;★10年">')
    page("attr_json", """<div data-x='{"a":"\\u673a\\u5bc6\\u260510\\u5e74"}'></div>""")
    page("attr_json_entity", '<div data-x="{&quot;a&quot;:&quot;\\u673a\\u5bc6★10年&quot;}"></div>')
    page("hidden_input", f'<input type="hidden" value="{MARK}">')
    page("textarea", f"<textarea>{MARK}</textarea>")
    page("option", f"<select><option>{MARK}</option></select>")
    page("display_none", f'<p style="display:none">{MARK}</p>')
    page("off_screen", f'<p style="position:absolute;left:-9999px">{MARK}</p>')
    page("font_zero", f'<p style="font-size:0">{MARK}</p>')
    page("template", f"<template>{MARK}</template>")
    page("comment_split", "<p>机<!-- x -->密<!---->★10年</p>")
    page("comment_bang", f"<!--{MARK}--!>")
    page("css_content", '<style>p:before{content:"\\673A\\5BC6\\2605 10\\5E74"}</style>')
    page("css_content_plain", f'<style>p:after{{content:"{MARK}"}}</style>')
    page("css_comment", f"<style>/* {MARK} */</style>")
    page("css_data", "<style>p{background:url(data:text/plain;base64,%s)}</style>" % base64.b64encode((FILLER + MARK).encode()).decode())
    page("script_comment", f"<script>// {MARK}\n</script>")
    page("script_write", "<script>document.write(unescape('%u673A%u5BC6%u260510%u5E74'))</script>")
    page("script_atob", "<script>atob('%s')</script>" % base64.b64encode((FILLER + MARK).encode()).decode())
    page("script_fromchar", "<script>String.fromCharCode(26426,23494,9733,49,48,24180)</script>")
    page("script_template", "<script>x=`机${''}密★10年`</script>", SAID)
    page("ld_json", f'<script type="application/ld+json">{{"name":"{MARK}"}}</script>')
    page("onclick", "<a onclick=\"alert('\\u673a\\u5bc6★10年')\">a</a>")
    page("data_uri", "<iframe src='data:text/html;base64,%s'></iframe>" % base64.b64encode(f"<p>{MARK}</p>{FILLER}".encode()).decode())
    page("data_uri_percent", "<iframe src='data:text/html,%s'></iframe>" % urllib.parse.quote(MARK))
    page("data_docx", "<a href='data:application/octet-stream;base64,%s'>a</a>" % base64.b64encode(docx(para(run(MARK)))).decode())
    page("srcdoc_entity", '<iframe srcdoc="&lt;p&gt;机&lt;b&gt;密&lt;/b&gt;★10年&lt;/p&gt;"></iframe>')
    page("bdo", '<bdo dir="rtl">年01★密机</bdo>')
    page("unicode_bidi", '<span style="unicode-bidi:bidi-override;direction:rtl">年01★密机</span>')
    page("ruby_rt", "<ruby>机<rp>(</rp><rt>jī</rt><rp>)</rp>密<rt>mì</rt></ruby>★10年")
    page("table_cells", "<table><tr><td>机</td><td>密</td><td>★</td><td>10年</td></tr></table>")
    page("table_column", "<table><tr><td>机</td><td>a</td></tr><tr><td>密</td><td>b</td></tr><tr><td>★10年</td><td>c</td></tr></table>")
    page("svg_tspan", "<svg><text><tspan>机</tspan><tspan x='9'>密</tspan>★10年</text></svg>")
    page("math", "<math><mi>机</mi><mi>密</mi><mo>★</mo><mn>10</mn><mi>年</mi></math>")
    page("cdata", f"<svg><![CDATA[{MARK}]]></svg>")
    page("xmp", f"<xmp>{MARK}</xmp>")
    page("plaintext", f"<plaintext>{MARK}")
    page("title_split", "<title>机</title><title>密★10年</title>", SAID)
    page("custom_element", "<x-a>机</x-a><x-b>密★10年</x-b>")
    page("broken_tag", "<p>机<b x='>密</b>★10年</p>", SAID)
    page("unclosed", f"<p title='{MARK}")
    page("null_in_tag", "<p>机<\0b>密</b>★10年</p>", SAID)
    page("url", f"<a href='/files/{urllib.parse.quote(MARK)}.doc'>a</a>")
    page("url_gbk", "<a href='/files/%s.doc'>a</a>" % urllib.parse.quote(MARK.encode("gbk")))
    page("link_name", f"<a href='{MARK}.pdf'>a</a>")
    page("pre", "<pre>机\n密\n★\n10年</pre>")
    page("textpath", f"<svg><path id='p'/><text><textPath href='#p'>{MARK}</textPath></text></svg>")
    page("entity_double", "<p>&amp;#26426;&amp;#23494;★10年</p>")
    page("after_end", END + f"<p>{MARK}</p>")
    page("long_comment", "<!--" + "x" * 2000000 + f"-->{MARK}")
    head("meta_description", f'<meta name="description" content="{MARK}">')
    head("base64_style", f"<style>@import url('{MARK}.css')</style>")
    c.add("html_utf16.html", f"<html><body><p>{MARK}</p></body></html>".encode("utf-16"))
    c.add("html_utf16le_nobom.html", f"<html><body><p>{MARK}</p></body></html>".encode("utf-16-le"))
    c.add("html_gb2312.html", f"<html><head><meta http-equiv=Content-Type content='text/html; charset=gb2312'></head><body>机<b>密</b>★10年</body></html>".encode("gbk"))
    c.add("html_big5.html", "<html><head><meta charset=big5></head><body>機<b>密</b>★10年</body></html>".encode("big5"))
    c.add("html_lies_utf8.html", f"<html><head><meta charset=utf-8></head><body><p>{MARK}，通知</p></body></html>".encode("gbk"))
    c.add("html_xhtml_gb18030.xhtml", f"<?xml version='1.0' encoding='GB18030'?><html xmlns='http://www.w3.org/1999/xhtml'><body>机<b>密</b>★10年</body></html>".encode("gb18030"))
    c.add("html_dtd.xhtml", "<?xml version='1.0'?><!DOCTYPE html [<!ENTITY a '机'><!ENTITY b '密'>]><html><body>&a;&b;★10年</body></html>")
    c.add("html_gz.html.gz", gzip.compress((TOP + MARK).encode()))
    c.add("html_php.php", f"<?php /* {MARK} */ ?><p>通知</p>")
    c.add("html_jsp.jsp", f"<%-- {MARK} --%><p>通知</p>")
    c.add("html_vue.vue", f"<template><p>机<b>密</b>★10年</p></template>")


def xml(c):
    c.add("xml_cdata.xml", f"<a><![CDATA[机]]><![CDATA[密★10年]]></a>")
    c.add("xml_entity.xml", "<!DOCTYPE a [<!ENTITY x '机密'>]><a>&x;★10年</a>")
    c.add("xml_entity_nested.xml", "<!DOCTYPE a [<!ENTITY x '机'><!ENTITY y '&x;密'>]><a>&y;★10年</a>")
    c.add("xml_entity_value.xml", f"<!DOCTYPE a [<!ENTITY x '{MARK}'>]><a/>")
    c.add("xml_attr.xml", f"<a b='{MARK}'/>")
    c.add("xml_comment.xml", f"<a><!-- {MARK} --></a>")
    c.add("xml_gbk.xml", f"<?xml version='1.0' encoding='GBK'?><a>机<b>密</b>★10年</a>".encode("gbk"))
    c.add("xml_utf16be.xml", f"<a>机<b/>密★10年</a>".encode("utf-16-be"))
    c.add("xml_utf32.xml", f"<a>{MARK}</a>".encode("utf-32"))
    c.add("xml_malformed.xml", f"<a><b>机</c>密★10年</a>")
    c.add("xml_lies.xml", f"<?xml version='1.0' encoding='UTF-8'?><a>{MARK}</a>".encode("gbk"))
    c.add("xml_feed.rss", f"<rss><channel><item><description>&lt;p&gt;机&lt;b&gt;密&lt;/b&gt;★10年&lt;/p&gt;</description></item></channel></rss>")
    svg = '<svg xmlns="http://www.w3.org/2000/svg">%s</svg>'
    c.add("svg_desc.svg", svg % f"<desc>{MARK}</desc>")
    c.add("svg_letters.svg", svg % "".join(f'<text x="{20 * i}">{x}</text>' for i, x in enumerate(MARK)))
    c.add("svg_foreign.svg", svg % f"<foreignObject><p xmlns='http://www.w3.org/1999/xhtml'>机<b>密</b>★10年</p></foreignObject>")
    c.add("svg_style.svg", svg % f"<style>/* {MARK} */</style>")
    c.add("svg_attr.svg", svg % f"<g aria-label='{MARK}'/>")
    c.add("svg_gbk.svg", ("<?xml version='1.0' encoding='gb2312'?>" + svg % f"<text>{MARK}</text>").encode("gbk"))


def rtf(c):
    def doc(name, inside, due=FOUND):
        c.add(f"rtf_{name}.rtf", b"{\\rtf1\\ansi\\ansicpg936 " + (inside if isinstance(inside, bytes) else inside.encode("ascii")) + b"}", due)

    hexes = "".join("\\'%02x" % b for b in MARK.encode("gbk"))
    u = "".join("\\u%d?" % (ord(x) if ord(x) < 32768 else ord(x) - 65536) for x in MARK)
    doc("hex", hexes)
    doc("u", u)
    doc("uc0", "\\uc0 " + "".join("\\u%d " % ord(x) for x in MARK))
    doc("uc2", "\\uc2 " + "".join("\\u%d\\'3f\\'3f" % ord(x) for x in MARK))
    doc("raw", MARK.encode("gbk"))
    doc("runs", "{\\b \\'bb\\'fa}{\\i \\'c3\\'dc}" + "".join("\\'%02x" % b for b in "★10年".encode("gbk")))
    doc("hidden", "{\\v " + hexes + "}")
    doc("header", "{\\header " + hexes + "}")
    doc("footer", "{\\footerf " + hexes + "}")
    doc("info", "{\\info{\\title " + hexes + "}}")
    doc("doccomm", "{\\info{\\doccomm " + u + "}}")
    doc("annotation", "{\\*\\annotation " + hexes + "}")
    doc("footnote", "{\\footnote " + hexes + "}")
    doc("deleted", "{\\deleted " + hexes + "}")
    doc("bookmark", "{\\*\\bkmkstart " + u + "}")
    doc("field", "{\\field{\\*\\fldinst HYPERLINK \"" + u + "\"}{\\fldrslt a}}")
    doc("shape", "{\\shp{\\*\\shpinst{\\sp{\\sn gtextUNICODE}{\\sv " + u + "}}}}")
    doc("shptxt", "{\\shp{\\*\\shpinst{\\shptxt " + hexes + "}}}")
    doc("listtext", "{\\listtext " + hexes + "}")
    doc("ignorable", "{\\*\\unknowndest " + hexes + "}")
    doc("upr", "{\\upr{?}{\\*\\ud{" + u + "}}}")
    doc("vertical", "\\par ".join("\\u%d?" % ord(x) for x in MARK))
    doc("cells", "\\trowd " + "\\cell ".join("\\u%d?" % ord(x) for x in MARK) + "\\cell\\row")
    doc("crlf", hexes.replace("\\'c3", "\r\n\\'c3"))
    doc("charset", "{\\fonttbl{\\f0\\fcharset134 SimSun;}{\\f1\\fcharset0 Arial;}}\\f1 abc\\f0 " + hexes)
    doc("big5", "{\\fonttbl{\\f0\\fcharset136 Ming;}}\\f0 " + "".join("\\'%02x" % b for b in "機密★10年".encode("big5")))
    doc("objdata", "{\\object{\\*\\objdata " + docx(para(run(MARK))).hex() + "}}")
    doc("tabs", "\\tab ".join("\\u%d?" % ord(x) for x in MARK))
    doc("stylesheet", "{\\stylesheet{\\s1 " + u + ";}}")
    doc("after_end", "通知}".encode("gbk") + MARK.encode("gbk") + b"{")


def mail(c):
    def eml(name, headers, body=b"text\n", due=FOUND):
        top = ["From: a@example.cn", "To: b@example.cn", "Date: Tue, 24 Nov 2026 08:00:00 +0800", "MIME-Version: 1.0"]
        lines = "\r\n".join(top + headers).encode("latin-1", "replace") + b"\r\n\r\n"
        c.add(f"eml_{name}.eml", lines + body, due)

    b = base64.encodebytes
    subject = lambda cs: email.header.Header(MARK, cs).encode()  # noqa: E731
    text = ["Content-Type: text/plain; charset=utf-8", "Content-Transfer-Encoding: base64"]
    eml("subject_utf8", ["Subject: " + subject("utf-8")])
    eml("subject_gb", ["Subject: " + subject("gb2312")])
    eml("subject_fold", ["Subject: =?utf-8?B?5py6?=\r\n =?utf-8?B?5a+G?=\r\n\t=?utf-8?B?4piFMTDlubQ=?="])
    eml("subject_lang", ["Subject: =?utf-8*zh?B?%s?=" % base64.b64encode(MARK.encode()).decode()])
    eml("comments", ["Comments: " + subject("utf-8")])
    eml("keywords", ["Keywords: " + subject("utf-8")])
    eml("x_header", ["X-Note: " + subject("utf-8")])
    eml("body_b64", ["Subject: a"] + text, b((FILLER + MARK).encode()))
    eml("body_b64_spaces", ["Subject: a"] + text, b((FILLER + MARK).encode()).replace(b"\n", b" \r\n\t"))
    eml("body_b64_junk", ["Subject: a"] + text, b"!!" + b((FILLER + MARK).encode())[:20] + b"*" + b((FILLER + MARK).encode())[20:])
    eml("body_qp", ["Subject: a", "Content-Type: text/plain; charset=gbk", "Content-Transfer-Encoding: quoted-printable"], quopri.encodestring((FILLER + MARK).encode("gbk")))
    eml("body_utf16", ["Subject: a", "Content-Type: text/plain; charset=utf-16le", "Content-Transfer-Encoding: base64"], b((FILLER + MARK).encode("utf-16-le")))
    eml("body_none", ["Subject: a"], (FILLER + MARK).encode("gbk"))
    eml("body_hz", ["Subject: a", "Content-Type: text/plain; charset=hz-gb-2312"], "机密".encode("hz") + b"\n" + "机密文件".encode("hz"))
    eml("body_iso2022", ["Subject: a", "Content-Type: text/plain; charset=iso-2022-cn"], b"\x1b$)A\x0e;zC\\\x0f \x1b$)A\x0e!o\x0f10\x1b$)A\x0eDj\x0f\n", SAID)
    eml("upper_encoding", ["Subject: a", "Content-Type: TEXT/PLAIN; CHARSET=\"UTF-8\"", "Content-Transfer-Encoding: BASE64"], b((FILLER + MARK).encode()))
    eml("bad_encoding", ["Subject: a", "Content-Type: text/plain; charset=utf-8", "Content-Transfer-Encoding: x-unknown"], b((FILLER + MARK).encode()))

    def multi(name, parts, kind="mixed", before="", after="", due=FOUND, bound="=_b"):
        body = before + "".join(f"--{bound}\r\n{p}\r\n" for p in parts) + f"--{bound}--\r\n" + after
        eml(name, ["Subject: a", f'Content-Type: multipart/{kind}; boundary="{bound}"'], body.encode("utf-8", "surrogateescape"), due)

    encoded = b((FILLER + MARK).encode()).decode()
    plain = "Content-Type: text/plain\r\n\r\ntext"
    multi("multi_plain", [plain, f"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n{encoded}"])
    multi("multi_html", [plain, "Content-Type: text/html; charset=utf-8\r\n\r\n<p>机<b>密</b>★10年</p>"], "alternative")
    multi("preamble", [plain], before=MARK + "\r\n")
    multi("zip", [plain, "Content-Type: application/zip\r\nContent-Transfer-Encoding: base64\r\n\r\n" + b(zip_of({"a.txt": MARK})).decode()])
    multi("rfc822", [plain, "Content-Type: message/rfc822\r\n\r\nSubject: " + subject("utf-8") + "\r\nFrom: x@y\r\n\r\nbody"])
    multi("name_2047", [plain, f'Content-Type: application/octet-stream; name="{subject("gb2312")}"\r\n\r\nx'])
    multi("name_percent", [plain, "Content-Disposition: attachment; filename*=UTF-8''%s.doc\r\n\r\nx" % urllib.parse.quote(MARK)])
    multi("name_raw", [plain, f'Content-Disposition: attachment; filename="{MARK}.doc"\r\n\r\nx'])
    multi("description", [plain, f"Content-Description: {subject('utf-8')}\r\nContent-Type: image/x\r\n\r\nx"])
    multi("headless_part", [f"\r\n{MARK}"])
    multi("wrong_type", [plain, f"Content-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n\r\n{encoded}"])
    multi("nested", ["Content-Type: multipart/mixed; boundary=in\r\n\r\n--in\r\n" + f"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n{encoded}\r\n--in--"])
    multi("no_close", [plain, f"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n{encoded}"], bound="a b")
    multi("uu", [plain, "Content-Type: application/octet-stream\r\nContent-Transfer-Encoding: x-uuencode\r\n\r\nbegin 644 a.txt\r\n" + binascii.b2a_uu(MARK.encode()).decode() + "`\r\nend"])
    multi("external", [plain, f'Content-Type: message/external-body; access-type=URL; url="http://x/{urllib.parse.quote(MARK)}"\r\n\r\nx'])
    c.add("eml_mbox.mbox", b"From a@b Tue Nov 24 08:00:00 2026\nSubject: a\n\ntext\n\nFrom c@d Tue Nov 24 08:00:00 2026\nSubject: " + subject("utf-8").encode() + b"\n\nx\n")
    c.add("eml_mht.mht", ("From: x\r\nSubject: a\r\nMIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=b\r\n\r\n--b\r\nContent-Type: text/html; charset=gb2312\r\nContent-Transfer-Encoding: quoted-printable\r\nContent-Location: http://x/\r\n\r\n" + quopri.encodestring("<p>机<b>密</b>★10年</p>".encode("gbk")).decode() + "\r\n--b--\r\n"))
    c.add("eml_emlx.emlx", b"60\nFrom: a@b\nSubject: " + subject("utf-8").encode() + b"\n\nx\n")
    c.add("eml_http.warc", "WARC/1.0\r\nWARC-Type: response\r\nContent-Length: 90\r\n\r\nHTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<p>机<b>密</b>★10年</p>")


def all_of(c):
    html(c)
    xml(c)
    rtf(c)
    mail(c)

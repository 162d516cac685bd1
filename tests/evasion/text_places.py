"""Plain text in other charsets, written in other ways, encoded in other ways."""

import base64
import binascii
import codecs
import gzip
import quopri
import urllib.parse

from kit import FILLER, FOUND, MARK, SAID

JI, MI = "机", "密"


def charsets(c):
    for cs in "utf-8 utf-8-sig utf-16 utf-16-le utf-16-be utf-32 utf-32-be gbk gb18030 hz".split():
        c.add(f"cs_{cs}.txt", (MARK + "\n" + FILLER * 3).encode(cs, "replace"), FOUND)
        c.add(f"cs_short_{cs}.txt", "机密★10年".encode(cs, "replace") if cs != "hz" else "机密".encode(cs) + "★10年".encode(cs), FOUND)
    c.add("cs_big5.txt", ("機密★10年\n關於做好防汛工作的通知\n").encode("big5"))
    c.add("cs_big5_hkscs.txt", ("絕密★長期\n關於做好防汛工作的通知\n").encode("big5hkscs"))
    c.add("cs_sjis.txt", ("機密★10年\n防災に関する通知です\n").encode("shift_jis"))
    c.add("cs_euckr.txt", ("機密★10年\n방재 통지입니다\n").encode("euc-kr"))
    c.add("cs_iso2022jp.txt", ("機密★10年\n").encode("iso2022_jp"))
    c.add("cs_utf7.txt", (MARK + "\n通知").encode("utf-7"))
    c.add("cs_mojibake_latin1.txt", MARK.encode().decode("latin-1"))
    c.add("cs_gbk_in_utf8.txt", (FILLER * 4).encode() + MARK.encode("gbk") + b"\n" + (FILLER * 4).encode())
    c.add("cs_utf8_in_gbk.txt", (FILLER * 4).encode("gbk") + MARK.encode() + b"\n" + (FILLER * 4).encode("gbk"))
    c.add("cs_utf16_in_utf8.txt", (FILLER * 4).encode() + MARK.encode("utf-16-le") + b"\n" + (FILLER * 4).encode())
    c.add("cs_bom_lies.txt", codecs.BOM_UTF16_LE + (MARK + FILLER).encode("utf-8"))
    c.add("cs_cr_lines.txt", (FILLER.replace("\n", "\r") + MARK + "\r").encode("gbk"))
    c.add("cs_nuls.txt", b"\0".join(MARK.encode()[i : i + 3] for i in (0, 3, 6)) + b"10\xe5\xb9\xb4", SAID)
    c.add("cs_cesu8.txt", "\U00020000".encode("utf-16-be", "surrogatepass").hex() + MARK)
    c.add("cs_controls.txt", "机\x01密\x02★10年")
    c.add("cs_overlong.txt", b"\xc0\xa0" * 4 + MARK.encode())
    c.add("cs_gz_utf16.gz", gzip.compress(MARK.encode("utf-16-le")))
    c.add("cs_after_4mib.txt", FILLER * 120000 + MARK + "\n")
    c.add("cs_line_8mib.txt", "通知，" * 900000 + "附件为机密★10年文件")
    c.add("cs_window_edge.txt", "一" * 349524 + "机密★10年文件")
    c.add("cs_name.bin", b"\x00\x01\x02\xff" * 300 + MARK.encode("gbk") + b"\x00\xfe" * 300)


def variants(c):
    joiners = {
        "zwsp": "\u200b", "zwj": "\u200d", "wj": "\u2060", "bom": "\ufeff", "shy": "\u00ad", "ideo": "\u3000", "thin": "\u2009",
        "hair": "\u200a", "ogham": "\u1680", "tab": "\t", "crlf": "\r\n", "two_lines": "\n\n", "lre": "\u202a", "fsi": "\u2068",
        "tag": "\U000e0041", "vs1": "\ufe00", "ivs": "\U000e0100", "hangul_filler": "\u3164", "half_filler": "\uffa0",
        "annot": "\ufff9", "invisible_plus": "\u2064", "khmer": "\u17b4", "star": "*", "plus": "+", "tilde": "~", "quote": "”“",
        "mid": "·", "bullet": "•", "comma": "，", "colon": "：", "caret": "^", "hash": "#", "equals": "=", "dollar": "$",
        "braille": "\u2800", "object": "\ufffc", "four_per_em": "\u2005", "line_sep": "\u2028", "para_sep": "\u2029", "nel": "\u0085",
        "vt": "\x0b", "ff": "\x0c", "html_br": "<br/>", "html_span": "</span><span>",
    }
    for name, j in joiners.items():
        c.add(f"join_{name}.txt", f"{JI}{j}{MI}★10年\n{FILLER}")
    words = {
        "trad": "機密★10年", "juemi_trad": "絕密★30年", "mimi_trad": "祕密★5年", "compat": "机密★１０年", "cn_ten": "机密★十年", "cn_bank": "机密★拾年",
        "roman": "机密★Ⅹ年", "circled": "机密★⑩年", "paren": "机密★⑽年", "long": "绝密★长期", "until": "机密★2035年12月31日前", "white_star": "机密☆10年",
        "asterisk": "机密*10年", "full_asterisk": "机密＊10年", "sextile": "机密✶10年", "pentagram": "机密⛤10年", "emoji": "机密⭐10年", "kome": "机密※10年",
        "black_circle": "机密●10年", "diamond": "机密◆10年", "level": "机密级★10年", "brackets": "【机密★10年】", "months": "秘密★6个月", "issued": "机密★公布前",
        "spaced": "机 密 ★ 1 0 年", "star_split": "机密 ★\n10年", "year_super": "机密★¹⁰年", "sub": "机密★₁₀年", "mono": "机密★𝟷𝟶年", "segmented": "机密★\U0001fbf1\U0001fbf0年",
        "arabic": "机密★١٠年", "tally": "机密★10 年以上", "colon": "密级：机密", "colon_sp": "密　　级： 机密", "dingmi": "定密：机密 保密期限：10年",
        "secret_level_table": "密级\t机密\n保密期限\t10年", "kangxi": "机密★10⼲", "upside": "机密★10年".translate({0x673A: 0x673A}),
        "neibu": "内部资料 注意保存", "neibu2": "（内部文件，不得外传）", "liangmi": "涉密文件 严禁外传",
        "head_mixed": "000001\n机密★10年\n特急", "rlo": "\u202e年01★密机\u202c", "rli": "\u2067年01★密机\u2069",
        "japanese": "機密★10年", "old": "機宻★10年",
    }
    for name, w in words.items():
        c.add(f"word_{name}.txt", w + "\n" + FILLER, SAID if name in ("old", "diamond", "black_circle") else FOUND)


def b64(text, cs="utf-8"):
    return base64.b64encode(text.encode(cs)).decode()


def encodings(c):
    utf8, gbk = MARK.encode(), MARK.encode("gbk")
    esc = "".join("\\u%04x" % ord(x) for x in MARK)
    c.add("enc_u_upper.json", '{"a":"%s"}' % esc.upper().replace("\\U", "\\u"))
    c.add("enc_u_braces.js", 'x="%s"' % "".join("\\u{%x}" % ord(x) for x in MARK))
    c.add("enc_U8.py", 'x = "%s"' % "".join("\\U%08x" % ord(x) for x in MARK))
    c.add("enc_N.py", 'x = "\\N{CJK UNIFIED IDEOGRAPH-673A}\\N{CJK UNIFIED IDEOGRAPH-5BC6}\\N{BLACK STAR}10\\N{CJK UNIFIED IDEOGRAPH-5E74}"')
    c.add("enc_x.py", 'x = b"%s"' % "".join("\\x%02x" % b for b in utf8))
    c.add("enc_x_gbk.c", 'char x[] = "%s";' % "".join("\\x%02X" % b for b in gbk))
    c.add("enc_octal_gbk.c", 'char x[] = "%s";' % "".join("\\%03o" % b for b in gbk))
    c.add("enc_double_u.json", '{"a":"%s"}' % esc.replace("\\", "\\\\"))
    c.add("enc_percent_u.js", 'unescape("%s")' % "".join("%%u%04X" % ord(x) for x in MARK))
    c.add("enc_percent_twice.txt", urllib.parse.quote(urllib.parse.quote(MARK)))
    c.add("enc_form.txt", "a=1&title=" + urllib.parse.quote_plus(MARK) + "&b=2")
    c.add("enc_fromcharcode.js", "s=String.fromCharCode(%s)" % ",".join(str(ord(x)) for x in MARK))
    c.add("enc_fromcharcode_hex.js", "s=String.fromCharCode(%s)" % ", ".join(hex(ord(x)) for x in MARK))
    c.add("enc_chrw.vbs", "s = " + " & ".join("ChrW(%d)" % ord(x) for x in MARK))
    c.add("enc_chr.py", "s = " + " + ".join("chr(%d)" % ord(x) for x in MARK))
    c.add("enc_nchar.psql", "SELECT " + "+".join("NCHAR(%d)" % ord(x) for x in MARK))
    c.add("enc_unistr.psql", "SELECT UNISTR('%s')" % "".join("\\%04X" % ord(x) for x in MARK))
    c.add("enc_sql_hex.psql", "INSERT INTO a VALUES (0x%s)" % utf8.hex().upper())
    c.add("enc_css.css", 'a:before{content:"%s"}' % "".join("\\%x " % ord(x) for x in MARK))
    c.add("enc_entities.txt", "".join("&#%d;" % ord(x) for x in MARK))
    c.add("enc_entities_amp.txt", "".join("&amp;#%d;" % ord(x) for x in MARK))
    c.add("enc_qp_soft.txt", quopri.encodestring(("通知" * 30 + MARK + "通知" * 30).encode()))
    c.add("enc_qp_gbk.txt", quopri.encodestring(MARK.encode("gbk")))
    c.add("enc_b64_gbk.txt", base64.b64encode((FILLER + MARK).encode("gbk")))
    c.add("enc_b64_utf16.txt", base64.b64encode((FILLER + MARK).encode("utf-16-le")))
    c.add("enc_b64_lines.txt", base64.encodebytes((FILLER * 5 + MARK).encode()))
    c.add("enc_b64_short.txt", "x=" + b64(MARK))
    c.add("enc_b64url.txt", base64.urlsafe_b64encode((MARK + FILLER).encode()).rstrip(b"="))
    c.add("enc_b64_twice.txt", base64.b64encode(base64.b64encode((MARK + FILLER).encode())))
    c.add("enc_b64_gzip.txt", base64.b64encode(gzip.compress((FILLER * 3 + MARK).encode())))
    c.add("enc_b64_json.json", '{"data":"%s"}' % b64(FILLER + MARK))
    c.add("enc_jwt.txt", "eyJhbGciOiJIUzI1NiJ9." + base64.urlsafe_b64encode(('{"t":"%s"}' % MARK).encode()).rstrip(b"=").decode() + ".c2ln")
    c.add("enc_b32.txt", base64.b32encode((FILLER + MARK).encode()))
    c.add("enc_hex_sp.txt", utf8.hex(" "))
    c.add("enc_hex_0x.txt", ", ".join("0x%02x" % b for b in utf8))
    c.add("enc_hex_upper.txt", gbk.hex().upper())
    c.add("enc_hex_utf16.txt", MARK.encode("utf-16-be").hex())
    c.add("enc_xxd.txt", "00000000: e69c bae5 af86 e298 8531 30e5 b9b4 0a  .........10....\n")
    c.add("enc_uu.txt", b"begin 644 a.txt\n" + binascii.b2a_uu((MARK + "\n").encode()) + b"`\nend\n")
    c.add("enc_reg.reg", 'Windows Registry Editor Version 5.00\n\n[HKEY]\n"a"=hex(1):%s\n' % MARK.encode("utf-16-le").hex(","))
    c.add("enc_ansi.log", "\x1b[31m机\x1b[0m\x1b[1m密\x1b[0m★10年")
    c.add("enc_overstrike.txt", "".join(x + "\b" + x for x in MARK))
    c.add("enc_roff_u.1", ".TH A 1\n\\[u673A]\\[u5BC6]★10\\[u5E74]\n")
    c.add("enc_tex_char.tex", '\\char"673A\\char"5BC6★10\\char"5E74')
    c.add("enc_tex_caret.tex", "^^^^673a^^^^5bc6★10年")
    c.add("enc_tex_groups.tex", "{机}{密}\\textbf{★}10年")
    c.add("enc_po.po", 'msgid "a"\nmsgstr ""\n"机"\n"密★10年"\n')
    c.add("enc_concat.py", 'x = "机" "密★" \\\n    "10年"')
    c.add("enc_concat_plus.js", "var x='机'+'密'+'★10年';")
    c.add("enc_array_join.js", "x=['机','密','★','10年'].join('')")
    c.add("enc_php_dot.php", "<?php $x = '机' . '密★10年';")
    c.add("enc_yaml_fold.yml", "title: >-\n  机\n  密★10年\n")
    c.add("enc_yaml_x.yml", 'a: "\\u673A\\u5BC6\\u260510\\u5E74"')
    c.add("enc_props_cont.properties", "a=机\\\n  密★10年\n")
    c.add("enc_ini.ini", "[a]\nb=机密★10年\n")
    c.add("enc_ics.ics", "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nSUMMARY:机\r\n 密★10年\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n")
    c.add("enc_vcf_b64.vcf", "BEGIN:VCARD\r\nVERSION:2.1\r\nNOTE;CHARSET=GBK;ENCODING=BASE64:%s\r\nEND:VCARD\r\n" % base64.b64encode(gbk).decode())
    c.add("enc_ldif.ldif", "dn: cn=a\ndescription:: %s\n" % b64(MARK))
    c.add("enc_srt_split.srt", "1\n00:00:01,000 --> 00:00:02,000\n机\n密★10年\n")
    c.add("enc_ass.ass", "[Events]\nDialogue: 0,0:00:01.00,0:00:02.00,Default,,0,0,0,,{\\b1}机{\\b0}密★10年\n")
    c.add("enc_vtt.vtt", "WEBVTT\n\n00:01.000 --> 00:02.000\n<b>机</b>密★10年\n")
    c.add("enc_ipynb.ipynb", '{"cells":[{"cell_type":"markdown","source":["机","密★10年"]}]}')
    c.add("enc_md_bold.md", "**机**__密__★10年\n")
    c.add("enc_md_entity.md", "&#x673a;&#23494;★10年\n")
    c.add("enc_rst.rst", "机\\ 密★10年\n")
    c.add("enc_wiki.txt", "'''机'''密★10年")
    c.add("enc_bbcode.txt", "[b]机[/b][color=red]密[/color]★10年")
    c.add("enc_csv_cells.csv", "机,密,★,10年\n")
    c.add("enc_csv_column.csv", "a,机\nb,密\nc,★\nd,10年\n")
    c.add("enc_csv_quotes.csv", '"机密""★""10年",1\n')
    c.add("enc_tsv.tsv", "密级\t保密期限\n机密\t10年\n")
    c.add("enc_bencode.torrent", b"d4:name%d:%se" % (len(utf8), utf8))
    c.add("enc_ps_hex.ps", "%%!PS\n<%s> show\n" % gbk.hex())
    c.add("enc_dxf.dxf", "0\nTEXT\n1\n\\U+673A\\U+5BC6★10\\U+5E74\n0\nEOF\n")
    c.add("enc_reversed.txt", (FILLER + MARK)[::-1])


def all_of(c):
    charsets(c)
    variants(c)
    encodings(c)

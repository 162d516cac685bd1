"""What mishen-pdf must find in small PDF files, and what it must say that it could not read."""

import sys
import unicodedata
import zlib

from helper_ask import WANT_OCR, Checks, Helper
from make_pdf import MARK, Pdf, show, ucs2, utf16

PLAIN = show("通知")
FORM = b"/Type /XObject /Subtype /Form /BBox [0 0 500 500] /Resources << /Font << /F1 5 0 R >> >>"


def with_text():
    """name, bytes, roles in which the mark must be found (any when empty)."""
    letters = [show(c, 72 + 20 * i) for i, c in enumerate(MARK)]
    down = [show(c, 72, 700 - 24 * i) for i, c in enumerate(MARK)]
    gbk = b"BT /F1 20 Tf 72 700 Td <%s> Tj ET" % MARK.encode("gbk").hex().encode()
    yield "page", Pdf(show(MARK)).bytes(), ["body"]
    yield "GBK-EUC-H", Pdf(gbk, encoding=b"GBK-EUC-H").bytes(), ["body"]
    yield "drawn out of order", Pdf(b"".join(letters[::2] + letters[1::2])).bytes(), ["body"]
    yield "set downwards", Pdf(b"".join(down)).bytes(), ["body"]
    yield "invisible", Pdf(show(MARK, extra=b"3 Tr")).bytes(), ["body"]
    yield "white", Pdf(b"1 g " + show(MARK)).bytes(), ["body"]
    yield "outside the page", Pdf(PLAIN + show(MARK, 3000, 5000)).bytes(), ["body"]
    layer = Pdf(
        PLAIN + b"/OC /L1 BDC " + show(MARK) + b" EMC",
        catalog=b"/OCProperties << /OCGs [9 0 R] /D << /OFF [9 0 R] >> >>",
    ).add(9, b"<< /Type /OCG /Name (layer) >>")
    yield "layer switched off", layer.bytes(), ["body"]
    yield "form", Pdf(b"/X1 Do").stream(8, show(MARK), FORM).bytes(), ["body"]
    yield "unused form", Pdf(PLAIN).stream(8, show(MARK), FORM).bytes(), ["hidden"]
    annot = b"<< /Type /Annot /Subtype /%s /Rect [0 0 99 99] /F %d %s >>"
    page = b"/Annots [10 0 R]"
    yield "note", Pdf(PLAIN, page).add(10, annot % (b"Text", 0, b"/Contents " + utf16(MARK))).bytes(), ["comment"]
    stamp = Pdf(PLAIN, page).add(10, annot % (b"Stamp", 2, b"/AP << /N 8 0 R >>"))
    yield "hidden stamp", stamp.stream(8, show(MARK), FORM).bytes(), ["hidden"]
    link = b"/A << /S /URI /URI (http://x/%s) >>" % "".join("%%%02X" % b for b in MARK.encode()).encode()
    yield "link", Pdf(PLAIN, page).add(10, annot % (b"Link", 0, link)).bytes(), ["attr"]
    field = annot % (b"Widget", 0, b"/FT /Tx /T (a) /V " + utf16(MARK))
    yield "field", Pdf(PLAIN, page, b"/AcroForm << /Fields [10 0 R] >>").add(10, field).bytes(), ["body"]
    yield "title", Pdf(PLAIN).add(10, b"<< /Title %s >>" % utf16(MARK)).end(b"/Info 10 0 R").bytes(), ["meta"]
    utf8 = b"<< /Author (\xEF\xBB\xBF%s) >>" % MARK.encode()
    yield "author, UTF-8", Pdf(PLAIN).add(10, utf8).end(b"/Info 10 0 R").bytes(), ["meta"]
    outline = b"/Outlines << /First << /Title %s >> >>" % utf16(MARK)
    yield "bookmark", Pdf(PLAIN, catalog=outline).bytes(), []
    yield "page label", Pdf(PLAIN, catalog=b"/PageLabels << /Nums [0 << /P %s >>] >>" % utf16(MARK)).bytes(), []
    yield "script", Pdf(PLAIN, catalog=b"/OpenAction << /S /JavaScript /JS %s >>" % utf16(MARK)).bytes(), ["attr"]
    yield "alternative", Pdf(PLAIN, catalog=b"/StructTreeRoot << /K << /Alt %s >> >>" % utf16(MARK)).bytes(), ["attr"]
    actual = b"/Span << /ActualText %s >> BDC %s EMC" % (utf16("公开"), show(MARK))
    yield "below another text", Pdf(actual).bytes(), ["body"]
    yield "leftover object", Pdf(PLAIN).add(20, b"<< /Junk %s >>" % utf16(MARK)).bytes(), ["attr"]
    unnamed = Pdf(PLAIN).bytes().replace(b"xref\n0 1", b"77 0 obj\n<< /Junk %s >>\nendobj\nxref\n0 1" % utf16(MARK), 1)
    yield "object in no table", unnamed, ["attr"]
    old = Pdf(show(MARK))
    yield "older revision", Pdf(PLAIN).update(old.bytes(), [4]), ["body"]
    older = Pdf(PLAIN).add(10, b"<< /Title %s >>" % utf16(MARK)).end(b"/Info 10 0 R")
    newer = Pdf(PLAIN).add(10, b"<< /Title (x) >>").end(b"/Info 10 0 R")
    yield "older title", newer.update(older.bytes(), [10]), ["attr", "meta"]
    inner = b"30 0 << /Junk %s >>" % utf16(MARK)
    packed = Pdf(PLAIN).stream(20, inner, b"/Type /ObjStm /N 1 /First 5").bytes()
    yield "object stream in no table", packed.replace(b"20 1\n", b"21 1\n", 1), ["attr"]


def with_children():
    """name, bytes, what a child must hold."""
    spec = b"<< /Type /Filespec /F (a.txt) /UF %s /EF << /F 11 0 R >> >>" % utf16(MARK + ".txt")
    names = b"/Names << /EmbeddedFiles << /Names [(a) 10 0 R] >> >>"
    yield "attachment", Pdf(PLAIN, catalog=names).add(10, spec).stream(11, b"inside").bytes(), b"inside"
    xmp = b"<x:xmpmeta>%s</x:xmpmeta>" % MARK.encode()
    yield "metadata", Pdf(PLAIN, catalog=b"/Metadata 10 0 R").stream(10, xmp, b"/Type /Metadata").bytes(), xmp
    image = b"/Subtype /Image /Width 9 /Height 9 /ColorSpace /DeviceGray /BitsPerComponent 8"
    yield "archive as a picture", Pdf(PLAIN).stream(8, b"PK\3\4" + b"z" * 77, image).bytes(), b"PK\3\4" + b"z" * 77


def not_read():
    """name, bytes, reasons of which one must be said."""
    image = b"/Subtype /Image /Width 40 /Height 40 /ColorSpace /DeviceGray /BitsPerComponent 8"
    picture = Pdf(b"q 300 0 0 300 9 9 cm /X1 Do Q").stream(8, bytes(range(40)) * 40, image)
    yield "a page that is a picture", picture.bytes(), ["pdf.no-text"]
    lines = b"".join(b"%d %d m %d %d l S " % (i, i, 99 - i, 400) for i in range(60))
    yield "a page of lines", Pdf(lines).bytes(), ["pdf.no-text"]
    blind = Pdf(show("甲乙丙丁")).add(
        6,
        b"<< /Type /Font /Subtype /CIDFontType2 /BaseFont /None /FontDescriptor 7 0 R"
        b" /CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> >>",
    )
    blind.objects[5] = blind.objects[5].replace(b"UniGB-UCS2-H", b"Identity-H")
    blind.stream(4, b"BT /F1 20 Tf 72 700 Td <00010002E0030004> Tj ET")
    yield "glyphs without characters", blind.bytes(), ["pdf.glyphs"]
    locked = Pdf(PLAIN).end(b"/Encrypt << /Filter /Unheard /V 99 >>")
    yield "an unknown lock", locked.bytes(), ["pdf.encrypted"]
    yield "nothing", b"%PDF-1.7\n", ["pdf.corrupt"]
    yield "no page", Pdf(PLAIN).add(2, b"<< /Type /Pages /Count 0 /Kids [] >>").bytes(), ["pdf.corrupt"]
    yield "a loop of pages", Pdf(PLAIN).add(2, b"<< /Type /Pages /Count 1 /Kids [2 0 R] >>").bytes(), ["pdf.corrupt"]
    few = Pdf(PLAIN).add(2, b"<< /Type /Pages /Count 1 /Kids [3 0 R 20 0 R] >>")
    few.add(20, few.objects[3]).add(21, b"null")
    yield "a count that lies", few.bytes(), ["pdf.corrupt"]
    cut = Pdf(PLAIN + b" " * 5000 + bytes(range(256)) * 40)
    data = zlib.compress(cut.objects[4] * 3)[:-40]
    cut.add(4, b"<< /Length %d /Filter /FlateDecode >>\nstream\n%s\nendstream" % (len(data) - 300, data[:-300]))
    yield "a stream that breaks off", cut.bytes(), ["pdf.corrupt"]
    bomb = zlib.compress(zlib.compress(b"\0" * (200 << 20), 9), 9)
    twice = Pdf(PLAIN).add(
        10, b"<< /Length %d /Filter [/FlateDecode /FlateDecode] >>\nstream\n%s\nendstream" % (len(bomb), bomb)
    )
    yield "a bomb", twice.bytes(), ["limit.ratio", "limit.member-size", "limit.decoded"]
    deep = Pdf(PLAIN).add(10, b"[" * 200000 + b"]" * 200000)
    yield "a deep array", deep.bytes(), ["pdf.corrupt", "limit.depth"]
    yield "a page in a filter nobody knows", Pdf(PLAIN).bytes().replace(b"/FlateDecode", b"/FlateDecodX"), ["pdf.corrupt"]


BOX = b" 60 690 200 30 re f "


def with_covers():
    """name, bytes, whether text lies under a box that was drawn to hide it."""
    yield "a black box", Pdf(show(MARK) + b"0 g" + BOX).bytes(), True
    yield "a white box", Pdf(show(MARK) + b"1 g" + BOX).bytes(), True
    yield "a box by lines", Pdf(show(MARK) + b" 60 690 m 260 690 l 260 720 l 60 720 l h f* ").bytes(), True
    yield "a box over half of it", Pdf(show("正文" + MARK) + b" 112 690 200 30 re f ").bytes(), True
    yield "a box below the text", Pdf(b"0.9 g" + BOX + b"0 g " + show(MARK)).bytes(), False
    yield "a box elsewhere", Pdf(show(MARK) + b" 60 90 200 30 re f ").bytes(), False
    yield "written again on the box", Pdf(show(MARK) + BOX + b"1 g " + show(MARK)).bytes(), False
    yield "a slanted shape", Pdf(show(MARK) + b" 60 690 m 260 700 l 250 720 l 60 720 l h f ").bytes(), False
    yield "a box that is clipped away", Pdf(show(MARK) + b" q 0 0 9 9 re W n" + BOX + b"Q ").bytes(), False
    for how in (b"/BM /Multiply", b"/ca 0.3"):
        marker = Pdf(show(MARK) + b"/G1 gs 1 1 0 rg" + BOX)
        marker.objects[3] = marker.objects[3].replace(b"/Font <<", b"/ExtGState << /G1 << %s >> >> /Font <<" % how, 1)
        yield "a highlighter " + how.decode(), marker.bytes(), False


def main():
    helper, checks = Helper(sys.argv[1]), Checks()
    for name, data, roles in with_text():
        answer = helper.ask(data)
        found = unicodedata.normalize("NFKC", answer.text(*roles)).replace(" ", "")
        checks.that(name, MARK in found, repr(found))
        checks.that(name + ": says no more than it must", answer.outcomes == [], answer.outcomes)
    for name, data, hidden in with_covers():
        items = [i for i in helper.ask(data).items if i[1] == "hidden" and i[3] == "covered"]
        text = "".join(i[4].decode().replace(" ", "") for i in items)
        checks.that("under " + name, text.strip() == MARK if hidden else not items, text)
    for name, data, inside in with_children():
        answer = helper.ask(data)
        checks.that(name, any(i[0] == "child" and i[4] == inside for i in answer.items))
    for name, data, reasons in not_read():
        answer = helper.ask(data)
        checks.that(name, set(answer.reasons()) & set(reasons), answer.reasons())
        checks.that(name + ": does not end the helper", not answer.crashed)
    names = [i[3] for i in helper.ask(next(with_children())[1]).items]
    checks.that("name of an attachment", MARK + ".txt" in names)
    two = Pdf(show("第一页"))
    two.add(2, b"<< /Type /Pages /Count 2 /Kids [3 0 R 20 0 R] >>").stream(21, show(MARK))
    two.add(20, two.objects[3].replace(b"/Contents 4 0 R", b"/Contents 21 0 R"))
    pages = [i[2] for i in helper.ask(two.bytes()).items if MARK in i[4].decode("utf-8", "replace")]
    checks.that("page number", pages == [2], pages)
    picture = next(not_read())[1]
    images = [i for i in helper.ask(picture, WANT_OCR).items if i[0] == "image"]
    checks.that("picture of a page", len(images) == 1 and images[0][4].startswith(b"P5\n1653 2339\n"))
    late = helper.ask(picture, WANT_OCR, time_ms=0)
    checks.that("no time", "limit.time" in late.reasons(), late.reasons())
    return checks.result()


sys.exit(main())

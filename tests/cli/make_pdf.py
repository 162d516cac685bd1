"""Minimal PDF files, made object by object."""

import zlib

MARK = "机密★10年"


def utf16(text):
    """A text string of a dictionary."""
    return b"<FEFF" + text.encode("utf-16-be").hex().upper().encode() + b">"


def ucs2(text):
    """An operand in a font with UniGB-UCS2-H."""
    return b"<" + text.encode("utf-16-be").hex().encode() + b">"


def show(text, x=72, y=700, extra=b""):
    return b"BT /F1 20 Tf %s 1 0 0 1 %d %d Tm %s Tj ET\n" % (extra, x, y, ucs2(text))


class Pdf:
    """Objects by number; 1 catalog, 2 page tree, 3 page, 4 content, 5 to 7 font."""

    def __init__(self, content=b"", page=b"", catalog=b"", encoding=b"UniGB-UCS2-H", packed=True):
        self.objects = {
            1: b"<< /Type /Catalog /Pages 2 0 R %s >>" % catalog,
            2: b"<< /Type /Pages /Count 1 /Kids [3 0 R] >>",
            3: b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
            b" /Resources << /Font << /F1 5 0 R >> /XObject << /X1 8 0 R >>"
            b" /Properties << /L1 9 0 R >> >> %s >>" % page,
            5: b"<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding /%s"
            b" /DescendantFonts [6 0 R] >>" % encoding,
            6: b"<< /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light /FontDescriptor 7 0 R"
            b" /CIDSystemInfo << /Registry (Adobe) /Ordering (GB1) /Supplement 2 >> >>",
            7: b"<< /Type /FontDescriptor /FontName /STSong-Light /Flags 4 /FontBBox [0 -200 1000 900]"
            b" /ItalicAngle 0 /Ascent 900 /Descent -200 /StemV 80 >>",
        }
        self.stream(4, content, packed=packed)
        self.trailer = b""

    def stream(self, number, data, dictionary=b"", packed=True):
        if packed:
            data, dictionary = zlib.compress(data), dictionary + b" /Filter /FlateDecode"
        self.objects[number] = b"<< /Length %d %s >>\nstream\n%s\nendstream" % (len(data), dictionary, data)
        return self

    def add(self, number, body):
        self.objects[number] = body
        return self

    def end(self, trailer):
        self.trailer = trailer
        return self

    def write(self, out, places):
        for number in sorted(self.objects):
            places[number] = len(out)
            out += b"%d 0 obj\n%s\nendobj\n" % (number, self.objects[number])

    def bytes(self):
        out, places = bytearray(b"%PDF-1.7\n"), {}
        self.write(out, places)
        return self.close(out, places, b"")

    def update(self, old, numbers):
        """Appends new versions of objects, as an editor does that saves in place."""
        out, places = bytearray(old), {}
        kept, self.objects = self.objects, {n: self.objects[n] for n in numbers}
        self.write(out, places)
        self.objects = kept
        previous = int(old.rsplit(b"startxref", 1)[1].split()[0])
        return self.close(out, places, b"/Prev %d" % previous)

    def close(self, out, places, more):
        xref = len(out)
        out += b"xref\n0 1\n0000000000 65535 f \n"
        for number in sorted(places):
            out += b"%d 1\n%010d 00000 n \n" % (number, places[number])
        out += b"trailer\n<< /Size %d /Root 1 0 R %s %s >>\n" % (max(self.objects) + 1, self.trailer, more)
        out += b"startxref\n%d\n%%%%EOF\n" % xref
        return bytes(out)

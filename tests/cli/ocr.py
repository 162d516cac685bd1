"""What mishen-ocr must read in pictures that are made here, and what it must refuse."""

import struct
import sys
import zlib

from helper_ask import WANT_OCR, Checks, Helper
from make_pdf import Pdf, show

TEXT = "国家秘密文件管理规定"


class Grey:
    """A grey picture; rows of bytes."""

    def __init__(self, rows):
        self.rows = [bytes(r) for r in rows]

    def each(self, change):
        table = bytes(max(0, min(255, change(v))) for v in range(256))
        return Grey(r.translate(table) for r in self.rows)

    def turned(self):
        """A quarter clockwise."""
        return Grey(zip(*reversed(self.rows)))

    def pgm(self):
        return b"P5\n%d %d\n255\n" % (len(self.rows[0]), len(self.rows)) + b"".join(self.rows)

    def png(self):
        def chunk(name, data):
            body = name + data
            return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

        size = struct.pack(">IIBBBBB", len(self.rows[0]), len(self.rows), 8, 0, 0, 0, 0)
        data = zlib.compress(b"".join(b"\0" + r for r in self.rows))
        return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", size) + chunk(b"IDAT", data) + chunk(b"IEND", b"")

    def tiff(self, *more):
        """One page for each picture, not compressed."""
        pages, out = (self,) + more, bytearray(b"II*\0\0\0\0\0")
        link = 4
        for page in pages:
            place = len(out)
            out += b"".join(page.rows)
            out += b"\0" * (len(out) % 2)
            struct.pack_into("<I", out, link, len(out))
            w, h = len(page.rows[0]), len(page.rows)
            tags = [(256, w), (257, h), (258, 8), (259, 1), (262, 1), (273, place), (277, 1), (278, h), (279, w * h)]
            out += struct.pack("<H", len(tags))
            for tag, value in tags:
                out += struct.pack("<HHII", tag, 4, 1, value)
            link = len(out)
            out += b"\0\0\0\0"
        return bytes(out)


def read_pgm(data):
    kind, size, _, pixels = data.split(b"\n", 3)
    w, h = map(int, size.split())
    return Grey(pixels[i * w : i * w + w] for i in range(h))


def picture(pdf_helper, text, size=20):
    """Text as pixels: mishen-pdf renders a page that also shows a white picture."""
    content = b"q 400 0 0 60 60 680 cm /X1 Do Q " + show(text).replace(b"20 Tf", b"%d Tf" % size)
    white = b"/Subtype /Image /Width 40 /Height 40 /ColorSpace /DeviceGray /BitsPerComponent 8"
    page = Pdf(content).stream(8, b"\xFF" * 1600, white)
    images = [i for i in pdf_helper.ask(page.bytes(), WANT_OCR).items if i[0] == "image"]
    return read_pgm(images[0][4])


def ean13(digits):
    """A bar code as a picture."""
    left = ["0001101", "0011001", "0010011", "0111101", "0100011", "0110001", "0101111", "0111011", "0110111", "0001011"]
    odd = ["LLLLLL", "LLGLGG", "LLGGLG", "LLGGGL", "LGLLGG", "LGGLLG", "LGGGLL", "LGLGLG", "LGLGGL", "LGGLGL"]
    invert = str.maketrans("01", "10")
    bits = "101"
    for digit, side in zip(digits[1:7], odd[int(digits[0])]):
        code = left[int(digit)]
        bits += code if side == "L" else code.translate(invert)[::-1]
    bits += "01010" + "".join(left[int(d)].translate(invert) for d in digits[7:]) + "101"
    row = b"\xFF" * 60 + b"".join(b"\0" * 4 if b == "1" else b"\xFF" * 4 for b in bits) + b"\xFF" * 60
    return Grey([b"\xFF" * len(row)] * 40 + [row] * 160 + [b"\xFF" * len(row)] * 40)


def main():
    pdf, ocr, checks = Helper(sys.argv[1]), Helper(sys.argv[2]), Checks()
    plain = picture(pdf, TEXT)
    kinds = {
        "PGM": plain.pgm(),
        "PNG": plain.png(),
        "TIFF": plain.tiff(),
        "light on dark": plain.each(lambda v: 255 - v).png(),
        "faint": plain.each(lambda v: 232 + v * 23 // 255).png(),
        "a quarter": plain.turned().png(),
        "upside down": plain.turned().turned().png(),
        "three quarters": plain.turned().turned().turned().png(),
    }
    for name, data in kinds.items():
        answer = ocr.ask(data)
        read = answer.text("ocr")
        checks.that(name, "秘密" in read, repr(read))
        checks.that(name + ": nothing left out", not answer.outcomes, answer.outcomes)
        checks.that(name + ": counted", answer.stats and answer.stats[2] >= 6, answer.stats)
    two = ocr.ask(picture(pdf, "第一页的说明").tiff(plain))
    pages = [i[2] for i in two.items if "秘密" in i[4].decode()]
    checks.that("second page of a TIFF", pages and set(pages) == {2}, pages)
    checks.that("more pages than allowed", ocr.ask(plain.tiff(plain), pages=1).reasons() == ["image.needs-ocr"])
    code = ocr.ask(ean13("6901234567892").png())
    checks.that("bar code", ("6901234567892", "qr") in [(i[4].decode(), i[3]) for i in code.items])
    blank = ocr.ask(Grey([b"\xFF" * 300] * 300).png())
    checks.that("blank", blank.stats and blank.stats[2] == 0 and not blank.items and not blank.outcomes)
    huge = bytearray(plain.png())
    huge[16:24] = struct.pack(">II", 60000, 60000)
    huge[29:33] = struct.pack(">I", zlib.crc32(huge[12:29]))
    checks.that("too many pixels", ocr.ask(bytes(huge)).reasons() == ["limit.memory"])
    checks.that("cut short", ocr.ask(plain.png()[:200]).reasons() == ["image.corrupt"])
    checks.that("no picture", ocr.ask(b"words").reasons() == ["image.corrupt"])
    checks.that("goes on after all that", "秘密" in ocr.ask(plain.png()).text("ocr"))
    return checks.result()


sys.exit(main())

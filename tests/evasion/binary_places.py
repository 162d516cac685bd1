"""PDF, pictures, sound, databases, programs, shortcuts."""

import os
import pickle
import plistlib
import sqlite3
import struct
import sys
import tempfile
import zlib

from kit import FILLER, FOUND, MARK, SAID, docx, para, run, zip_of

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "cli"))
from make_pdf import Pdf, show, ucs2, utf16  # noqa: E402


def pdf(c):
    plain = show("通知")

    def doc(name, data, due=FOUND):
        c.add(f"pdf_{name}.pdf", data.bytes() if isinstance(data, Pdf) else data, due)

    doc("page", Pdf(show(MARK)))
    doc("letters", Pdf(b"".join(show(x, 72 + 22 * i) for i, x in enumerate(MARK))))
    doc("back_to_front", Pdf(b"".join(show(x, 72 + 22 * i) for i, x in reversed(list(enumerate(MARK))))))
    doc("wide_letters", Pdf(b"".join(show(x, 72 + 60 * i) for i, x in enumerate(MARK))))
    doc("kerned", Pdf(b"BT /F1 20 Tf 72 700 Td [%s] TJ ET" % b" -900 ".join(ucs2(x) for x in MARK)))
    doc("word_spacing", Pdf(b"BT /F1 20 Tf 9 Tc 72 700 Td %s Tj ET" % ucs2(MARK)))
    doc("rotated", Pdf(b"BT /F1 20 Tf 0 1 -1 0 300 300 Tm %s Tj ET" % ucs2(MARK)))
    doc("mirrored", Pdf(b"BT /F1 20 Tf -1 0 0 1 300 300 Tm %s Tj ET" % ucs2(MARK)))
    doc("clipped", Pdf(b"0 0 1 1 re W n " + show(MARK)))
    doc("quote", Pdf(b"BT /F1 20 Tf 20 TL 72 700 Td %s ' ET" % ucs2(MARK)))
    doc("box_over", Pdf(show(MARK) + b"0 g 60 690 300 40 re f"))
    doc("user_unit", Pdf(show(MARK), b"/UserUnit 10"))
    doc("crop", Pdf(show(MARK), b"/CropBox [0 0 10 10]"))
    doc("annot_contents", Pdf(plain, b"/Annots [<< /Type /Annot /Subtype /Square /Rect [0 0 9 9] /Contents %s >>]" % utf16(MARK)))
    doc("annot_rich", Pdf(plain, b"/Annots [<< /Type /Annot /Subtype /FreeText /Rect [0 0 9 9] /RC (<body><p>&#26426;&#23494;&#9733;10&#24180;</p></body>) >>]"))
    doc("annot_title", Pdf(plain, b"/Annots [<< /Type /Annot /Subtype /Text /Rect [0 0 9 9] /T %s >>]" % utf16(MARK)))
    field = b"/AcroForm << /Fields [<< /FT /Ch /T (a) /Opt [%s] >>] >>" % utf16(MARK)
    doc("form_option", Pdf(plain, catalog=field))
    doc("form_tooltip", Pdf(plain, catalog=b"/AcroForm << /Fields [<< /FT /Tx /T (a) /TU %s >>] >>" % utf16(MARK)))
    doc("xfa", Pdf(plain, catalog=b"/AcroForm << /XFA 10 0 R >>").stream(10, b"<xdp:xdp xmlns:xdp='x'><template><text>%s</text></template></xdp:xdp>" % MARK.encode()))
    doc("named_dest", Pdf(plain, catalog=b"/Names << /Dests << /Names [%s [3 0 R /Fit]] >> >>" % utf16(MARK)))
    doc("launch", Pdf(plain, catalog=b"/OpenAction << /S /Launch /F %s >>" % utf16(MARK)))
    doc("ocg_name", Pdf(plain, catalog=b"/OCProperties << /OCGs [9 0 R] /D << >> >>").add(9, b"<< /Type /OCG /Name %s >>" % utf16(MARK)))
    doc("gbk_string", Pdf(plain).add(10, b"<< /Title (%s) >>" % MARK.encode("gbk")).end(b"/Info 10 0 R"))
    doc("utf16le_string", Pdf(plain).add(10, b"<< /Title (\xff\xfe%s) >>" % MARK.encode("utf-16-le")).end(b"/Info 10 0 R"))
    doc("octal_string", Pdf(plain).add(10, b"<< /Title (\\376\\377\\147\\072\\133\\306\\046\\005\\0001\\0000\\136\\164) >>").end(b"/Info 10 0 R"))
    doc("custom_info", Pdf(plain).add(10, b"<< /SecretLevel %s >>" % utf16(MARK)).end(b"/Info 10 0 R"))
    doc("piece_info", Pdf(plain, b"/PieceInfo << /X << /Private %s >> >>" % utf16(MARK)))
    doc("lang", Pdf(plain, catalog=b"/Lang %s" % utf16(MARK)))
    doc("thread", Pdf(plain, catalog=b"/Threads [<< /I << /Title %s >> >>]" % utf16(MARK)))
    doc("header_junk", b"junk\n" * 100 + Pdf(show(MARK)).bytes())
    doc("behind_eof", Pdf(plain).bytes() + TEXT)
    doc("before_header", TEXT + Pdf(plain).bytes())
    doc("no_xref", Pdf(show(MARK)).bytes().replace(b"startxref", b"startxxxx"))
    doc("cut", Pdf(show(MARK)).bytes()[:-200])
    spec = b"<< /Type /Filespec /F (a.zip) /EF << /F 11 0 R >> >>"
    names = b"/Names << /EmbeddedFiles << /Names [(a) 10 0 R] >> >>"
    doc("attached_zip", Pdf(plain, catalog=names).add(10, spec).stream(11, zip_of({"a.txt": TEXT})))
    doc("attached_pdf", Pdf(plain, catalog=names).add(10, spec).stream(11, Pdf(show(MARK)).bytes()))
    doc("attachment_orphan", Pdf(plain).stream(11, docx(para(run(MARK))), b"/Type /EmbeddedFile"))
    doc("sound", Pdf(plain).stream(11, TEXT, b"/Type /Sound /R 8000"))


TEXT = (FILLER + MARK + "\n").encode()


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def pictures(c):
    pixels = chunk(b"IHDR", struct.pack(">IIBBBBB", 8, 8, 8, 0, 0, 0, 0))
    data = chunk(b"IDAT", zlib.compress(b"\0" * 72))

    def png(name, extra, after=b""):
        c.add(f"img_{name}.png", b"\x89PNG\r\n\x1a\n" + pixels + extra + data + chunk(b"IEND", b"") + after)

    png("text", chunk(b"tEXt", b"Comment\0" + MARK.encode("gbk")))
    png("itxt", chunk(b"iTXt", b"Title\0\0\0zh\0\0" + MARK.encode()))
    png("itxt_packed", chunk(b"iTXt", b"Title\0\1\0zh\0\0" + zlib.compress(MARK.encode())))
    png("keyword", chunk(b"iTXt", b"Title\0\0\0zh\0" + MARK.encode() + b"\0x"))
    png("private", chunk(b"prVt", MARK.encode()))
    png("exif", chunk(b"eXIf", b"II*\0\x08\0\0\0\x01\0\x0e\x01\x02\0" + struct.pack("<II", len(MARK.encode()) + 1, 26) + b"\0\0\0\0" + MARK.encode() + b"\0"))
    png("icc", chunk(b"iCCP", MARK.encode("gbk") + b"\0\0" + zlib.compress(b"x" * 200)))
    png("behind", b"", zip_of({"a.txt": TEXT}))
    jpeg = b"\xff\xd8%s\xff\xdb\0\x43\0" + b"\1" * 64 + b"\xff\xd9"
    seg = lambda m, d: bytes((0xFF, m)) + struct.pack(">H", len(d) + 2) + d  # noqa: E731
    c.add("img_comment_gbk.jpg", jpeg % seg(0xFE, MARK.encode("gbk")))
    c.add("img_app13.jpg", jpeg % seg(0xED, b"Photoshop 3.0\0" + b"8BIM\4\4\0\0" + struct.pack(">I", 5 + len(MARK.encode())) + b"\x1c\2\x78" + struct.pack(">H", len(MARK.encode())) + MARK.encode()))
    c.add("img_xmp_utf16.jpg", jpeg % seg(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + f"<x:xmpmeta xmlns:x='a'><dc:title xmlns:dc='d'>{MARK}</dc:title></x:xmpmeta>".encode("utf-16-le")))
    user = b"UNICODE\0" + MARK.encode("utf-16-le")
    tiff = b"II*\0\x08\0\0\0\x01\0\x69\x87\x04\0\1\0\0\0\x1a\0\0\0\0\0\0\0" + b"\x01\0\x86\x92\x07\0" + struct.pack("<II", len(user), 44) + b"\0\0\0\0" + user
    c.add("img_user_comment.jpg", jpeg % seg(0xE1, b"Exif\0\0" + tiff))
    c.add("img_tags.tif", b"MM\0*\0\0\0\x08\0\1\1\x31\0\2" + struct.pack(">II", len(MARK.encode()) + 1, 26) + b"\0\0\0\0" + MARK.encode() + b"\0")
    webp = b"XMP " + struct.pack("<I", 60) + f"<x>{MARK}</x>".encode().ljust(60)
    c.add("img_xmp.webp", b"RIFF" + struct.pack("<I", 4 + len(webp)) + b"WEBP" + webp)
    c.add("img_gif_app.gif", b"GIF89a\1\0\1\0\0\0\0!\xff\x0bXMP DataXMP" + bytes((len(MARK.encode()),)) + MARK.encode() + b"\0;")
    c.add("img_behind.bmp", b"BM" + struct.pack("<IHHI", 58, 0, 0, 54) + struct.pack("<IiiHHIIiiII", 40, 1, 1, 1, 24, 0, 4, 0, 0, 0, 0) + b"\0\0\0\0" + TEXT)
    c.add("img_ico.ico", b"\0\0\1\0\1\0\x08\x08\0\0\1\0\x20\0" + struct.pack("<II", 200, 22) + b"\x89PNG\r\n\x1a\n" + pixels + chunk(b"tEXt", b"a\0" + MARK.encode()) + data + chunk(b"IEND", b""))
    c.add("img_psd.psd", b"8BPS\0\1" + b"\0" * 20 + MARK.encode("utf-16-be"))


def drawn(c):
    """Words as pixels; needs PIL and a Chinese font."""
    try:
        from PIL import Image, ImageDraw, ImageFont
    except ModuleNotFoundError:
        print("SKIPPED: drawn pictures: no PIL here")
        return
    font_file = "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc"
    if not os.path.exists(font_file):
        print("SKIPPED: drawn pictures: no Chinese font here")
        return
    import io

    def drawing(size=40, ink=0, paper=255, text="机密★10年", mode="L", at=(60, 60), box=(640, 400)):
        image = Image.new(mode, box, paper)
        draw = ImageDraw.Draw(image)
        draw.text(at, text, ink, ImageFont.truetype(font_file, size))
        if len(text) < 12:
            draw.text((60, 200), "关于做好汛期值班工作的通知", ink, ImageFont.truetype(font_file, 28))
        return image

    def save(name, image, form, **kw):
        out = io.BytesIO()
        image.save(out, form, **kw)
        c.add(f"img_{name}", out.getvalue())
        return out.getvalue()

    plain = drawing()
    save("ocr_plain.jpg", plain, "JPEG", quality=70)
    save("ocr_poor.jpg", plain, "JPEG", quality=20)
    save("ocr_gif.gif", plain, "GIF")
    save("ocr_bmp.bmp", plain, "BMP")
    save("ocr_tif.tif", plain, "TIFF", compression="tiff_lzw")
    save("ocr_g4.tif", plain.convert("1"), "TIFF", compression="group4")
    save("ocr_webp.webp", plain, "WEBP")
    save("ocr_inverted.png", drawing(ink=255, paper=0), "PNG")
    save("ocr_faint.png", drawing(ink=245), "PNG")
    save("ocr_faint_dark.png", drawing(ink=20, paper=0), "PNG")
    save("ocr_small.png", drawing(size=16), "PNG")
    save("ocr_large.png", drawing(size=90), "PNG")
    for angle in (90, 180, 270, 5, -8):
        save(f"ocr_turned_{angle}.png", plain.rotate(angle, expand=True, fillcolor=255), "PNG")
    rgb = drawing(ink=(220, 0, 0), paper=(255, 255, 255), mode="RGB")
    save("ocr_red.jpg", rgb, "JPEG")
    save("ocr_red_on_green.png", drawing(ink=(200, 60, 60), paper=(60, 160, 60), mode="RGB"), "PNG")
    save("ocr_yellow.png", drawing(ink=(255, 240, 120), paper=(255, 255, 255), mode="RGB"), "PNG")
    clear = Image.new("RGBA", (640, 400), (0, 0, 0, 0))
    ImageDraw.Draw(clear).text((60, 60), "机密★10年", (0, 0, 0, 255), ImageFont.truetype(font_file, 40))
    save("ocr_black_on_clear.png", clear, "PNG")
    light = Image.new("RGBA", (640, 400), (255, 255, 255, 0))
    ImageDraw.Draw(light).text((60, 60), "机密★10年", (255, 255, 255, 255), ImageFont.truetype(font_file, 40))
    save("ocr_white_on_clear.png", light, "PNG")
    save("ocr_palette.png", rgb.convert("P"), "PNG")
    save("ocr_16bit.png", plain.convert("I").point(lambda v: v * 257).convert("I;16"), "PNG")
    save("ocr_cmyk.jpg", rgb.convert("CMYK"), "JPEG")
    save("ocr_second_page.tif", Image.new("L", (640, 400), 255), "TIFF", save_all=True, append_images=[plain])
    save("ocr_second_frame.gif", Image.new("L", (640, 400), 255), "GIF", save_all=True, append_images=[plain])
    save("ocr_apng.png", Image.new("L", (640, 400), 255), "PNG", save_all=True, append_images=[plain])
    save("ocr_second_frame.webp", Image.new("RGB", (640, 400), "white"), "WEBP", save_all=True, append_images=[rgb])
    save("ocr_vertical.png", drawing(text="\n".join("机密★10年"), at=(300, 40)), "PNG")
    save("ocr_pdf.pdf", plain, "PDF")
    picture = io.BytesIO()
    plain.save(picture, "PNG")
    c.add("img_ocr_in_docx.docx", docx(more={"word/media/image1.png": picture.getvalue()}))
    import base64

    c.add("img_ocr_data.html", "<img src='data:image/png;base64,%s'>" % base64.b64encode(picture.getvalue()).decode())
    c.add("img_ocr_data.css", "p{background:url(data:image/png;base64,%s)}" % base64.b64encode(picture.getvalue()).decode())


def databases(c):
    def sqlite(name, *statements):
        with tempfile.TemporaryDirectory() as d:
            path = os.path.join(d, "a.db")
            base = sqlite3.connect(path)
            base.execute("pragma secure_delete=off")
            for s in statements:
                base.execute(*s) if isinstance(s, tuple) else base.execute(s)
            base.commit()
            base.close()
            with open(path, "rb") as f:
                c.add(f"db_{name}.db", f.read())

    sqlite("row", "create table a(b)", ("insert into a values (?)", (MARK,)))
    sqlite("utf16be", "pragma encoding='UTF-16be'", "create table a(b)", ("insert into a values (?)", (MARK,)))
    sqlite("long_row", "create table a(b)", ("insert into a values (?)", ("通知" * 9000 + "附件为机密★10年文件",)))
    sqlite("blob_docx", "create table a(b)", ("insert into a values (?)", (docx(para(run(MARK))),)))
    sqlite("table_name", f'create table "{MARK}"(b)')
    sqlite("deleted_row", "create table a(b)", ("insert into a values (?)", (MARK,)), "delete from a")
    sqlite("dropped", "create table a(b)", ("insert into a values (?)", (MARK,)), "drop table a")
    sqlite("gbk_blob", "create table a(b)", ("insert into a values (?)", (MARK.encode("gbk"),)))
    c.add("db_pickle.pkl", pickle.dumps({"a": [MARK]}))
    c.add("db_pickle0.pkl", pickle.dumps({"a": [MARK]}, 0))
    c.add("db_binary.plist", plistlib.dumps({"a": MARK}, fmt=plistlib.FMT_BINARY))
    c.add("db_xml.plist", plistlib.dumps({"a": MARK}))
    blob = TEXT
    c.add("db_gitblob", zlib.compress(b"blob %d\0" % len(blob) + blob))
    c.add("db_dbf.dbf", b"\x03\x1a\x0b\x18" + struct.pack("<IHH", 1, 65, 31) + b"\0" * 16 + b"\0\x4d\0\0" + b"A".ljust(11, b"\0") + b"C" + b"\0\0\0\0\x1e\0" + b"\0" * 14 + b"\r " + MARK.encode("gbk").ljust(30) + b"\x1a")
    c.add("db_url.url", f"[InternetShortcut]\r\nURL=http://x/{MARK}\r\n".encode("gbk"))
    c.add("db_link.lnk", struct.pack("<I", 0x4C) + bytes.fromhex("0114020000000000c000000000000046") + struct.pack("<I", 0x84) + b"\0" * 52 + struct.pack("<H", len(MARK)) + MARK.encode("utf-16-le"))
    c.add("db_vorbis.ogg", b"OggS\0\2" + b"\0" * 21 + b"\3vorbis" + struct.pack("<I", 1) + b"x" + struct.pack("<I", 1) + struct.pack("<I", 6 + len(MARK.encode())) + b"TITLE=" + MARK.encode())
    c.add("db_flac.flac", b"fLaC\x84" + struct.pack(">I", 100)[1:] + struct.pack("<I", 1) + b"x" + struct.pack("<I", 1) + struct.pack("<I", 6 + len(MARK.encode())) + b"TITLE=" + MARK.encode())
    c.add("db_id3v1.mp3", b"\xff\xfb\x90\0" + b"\0" * 400 + b"TAG" + MARK.encode("gbk").ljust(30, b"\0") + b"\0" * 95)
    c.add("db_id3_gbk.mp3", b"ID3\3\0\0\0\0\0\x20TIT2" + struct.pack(">I", 1 + len(MARK.encode("gbk"))) + b"\0\0\0" + MARK.encode("gbk") + b"\0" * 20)
    c.add("db_mp4.mp4", b"\0\0\0\x18ftypisom\0\0\0\0isommp42" + struct.pack(">I", 24 + len(MARK.encode())) + b"\xa9nam" + struct.pack(">I", 16 + len(MARK.encode())) + b"data\0\0\0\1\0\0\0\0" + MARK.encode())
    c.add("db_class.class", b"\xca\xfe\xba\xbe\0\0\0\x34\0\2\1" + struct.pack(">H", len(MARK.encode())) + MARK.encode())
    c.add("db_exe.exe", b"MZ" + b"\0" * 58 + struct.pack("<I", 64) + b"PE\0\0" + b"\0" * 200 + MARK.encode("utf-16-le"))
    c.add("db_font.ttf", b"\0\1\0\0\0\1" + b"\0" * 6 + b"name" + b"\0" * 12 + MARK.encode("utf-16-be"))
    c.add("db_po.mo", struct.pack("<IIIIIII", 0x950412DE, 0, 1, 28, 36, 0, 0) + struct.pack("<IIII", 1, 44, len(MARK.encode()), 46) + b"a\0" + MARK.encode() + b"\0")
    c.add("db_pcap.pcap", struct.pack("<IHHIIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1) + struct.pack("<IIII", 0, 0, 60, 60) + MARK.encode().ljust(60, b"\0"))
    c.add("db_msgpack.bin", b"\x81\xa1a" + bytes((0xA0 | len(MARK.encode()),)) + MARK.encode())
    c.add("db_bson.bson", struct.pack("<I", 14 + len(MARK.encode())) + b"\2a\0" + struct.pack("<I", 1 + len(MARK.encode())) + MARK.encode() + b"\0\0")
    c.add("db_chm.chm", b"ITSF\3\0\0\0" + b"\0" * 90 + MARK.encode("gbk"))
    c.add("db_evtx.evtx", b"ElfFile\0" + b"\0" * 120 + MARK.encode("utf-16-le"))
    c.add("db_wal.db-wal", b"\x37\x7f\x06\x82" + b"\0" * 28 + MARK.encode())
    c.add("db_thumbs.bin", b"\x00\x11" * 50 + MARK.encode("utf-16-le") + b"\xfe" * 30)


def all_of(c):
    pdf(c)
    pictures(c)
    drawn(c)
    databases(c)

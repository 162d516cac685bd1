"""Archives and compressed files: members, names, comments, what stands before, between and behind."""

import bz2
import gzip
import io
import lzma
import os
import shutil
import struct
import subprocess
import tarfile
import tempfile
import zipfile
import zlib

from kit import FILLER, FOUND, MARK, SAID, docx, para, run, zip_of

TEXT = (FILLER + MARK + "\n").encode()


def zips(c):
    def z(name, data, due=FOUND):
        c.add(f"arc_{name}.zip", data, due)

    z("member", zip_of({"a.txt": TEXT}))
    z("stored", zip_of({"a.txt": TEXT}, zipfile.ZIP_STORED))
    z("name", zip_of({MARK + ".txt": "x"}))
    z("folder_name", zip_of({MARK + "/a.txt": "x"}))
    z("comment", zip_of({"a.txt": "x"}, comment=MARK.encode()))
    z("comment_gbk", zip_of({"a.txt": "x"}, comment=MARK.encode("gbk")))
    z("nested", zip_of({"a.zip": zip_of({"b.zip": zip_of({"c.txt": TEXT})})}))
    z("docx", zip_of({"a.docx": docx(para(run(MARK)))}))
    z("wrong_suffix", zip_of({"a.jpg": TEXT}))
    z("no_suffix", zip_of({"a": zip_of({"b": TEXT})}))
    z("prefix", b"MZ" + b"\0" * 999 + zip_of({"a.txt": TEXT}))
    z("tail", zip_of({"a.txt": "x"}) + TEXT)
    z("two", zip_of({"a.txt": "x"}) + zip_of({"b.txt": TEXT}))
    z("two_back", zip_of({"b.txt": TEXT}) + zip_of({"a.txt": "x"}))
    z("utf16", zip_of({"a.txt": MARK.encode("utf-16")}))
    z("gbk", zip_of({"a.txt": TEXT.decode().encode("gbk")}))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as f:
        info = zipfile.ZipInfo("a.txt")
        info.comment = MARK.encode()
        f.writestr(info, "x")
    z("file_comment", out.getvalue())
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as f:
        info = zipfile.ZipInfo("link")
        info.external_attr = 0o120777 << 16
        f.writestr(info, MARK + ".doc")
    z("symlink", out.getvalue())
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as f:
        info = zipfile.ZipInfo("a.txt")
        extra = b"\x01" + struct.pack("<I", zlib.crc32(b"a.txt")) + (MARK + ".txt").encode()
        info.extra = struct.pack("<HH", 0x7075, len(extra)) + extra
        f.writestr(info, "x")
    z("unicode_path", out.getvalue())
    whole = zip_of({"a.txt": TEXT})
    local = whole[: whole.index(b"PK\1\2")]
    z("no_directory", local)
    z("local_only", local + zip_of({"b.txt": "x"}))
    z("name_differs", whole.replace(b"a.txt", b"b.txt", 1))
    z("directory_name", (lambda d: d[: d.index(b"PK\1\2")] + d[d.index(b"PK\1\2") :].replace(b"abcdefghijklmnop", MARK.encode() + b".c"))(zip_of({"abcdefghijklmnop": "x"})), SAID)
    z("sizes_zero", whole.replace(struct.pack("<II", len(zlib.compress(TEXT)) - 6, len(TEXT)), b"\0" * 8), SAID)
    z("bad_crc", whole.replace(struct.pack("<I", zlib.crc32(TEXT)), b"\1\2\3\4"))
    z("deflated_twice", zip_of({"a.gz": gzip.compress(gzip.compress(TEXT))}))
    z("backslash", zip_of({"..\\..\\a.txt": TEXT}))
    c.add("arc_jar.jar", zip_of({"META-INF/MANIFEST.MF": f"Implementation-Title: {MARK}\n"}))
    c.add("arc_apk.apk", zip_of({"assets/a.txt": TEXT}))
    c.add("arc_polyglot.gif", b"GIF89a\1\0\1\0\0\0\0;" + zip_of({"a.txt": TEXT}))
    c.add("arc_polyglot.pdf", b"%PDF-1.4\n%%EOF\n" + zip_of({"a.txt": TEXT}))
    c.add("arc_polyglot.html", b"<html><body>x</body></html>" + zip_of({"a.txt": TEXT}))


def tars(c):
    def t(name, entries, fmt=tarfile.GNU_FORMAT, pax=None):
        out = io.BytesIO()
        with tarfile.open(fileobj=out, mode="w", format=fmt) as f:
            for path, data, link in entries:
                info = tarfile.TarInfo(path)
                info.size = len(data)
                info.pax_headers = pax or {}
                if link:
                    info.type, info.linkname = tarfile.SYMTYPE, link
                f.addfile(info, io.BytesIO(data))
        c.add(f"arc_{name}.tar", out.getvalue())
        return out.getvalue()

    plain = t("member", [("a.txt", TEXT, None)])
    t("name", [(MARK + ".txt", b"x", None)])
    t("pax", [("a.txt", b"x", None)], tarfile.PAX_FORMAT, {"comment": MARK})
    t("link", [("a", b"", MARK + ".doc")])
    t("nested", [("b.tar.gz", gzip.compress(plain), None)])
    c.add("arc_tail.tar", plain + MARK.encode())
    c.add("arc_second.tar", plain[:-10240] + plain if len(plain) > 10240 else plain + plain)
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.GNU_FORMAT, encoding="gbk") as f:
        f.addfile(tarfile.TarInfo(MARK + ".txt"))
    c.add("arc_name_gbk.tar", out.getvalue())
    for suffix, pack in (("gz", gzip.compress), ("bz2", bz2.compress), ("xz", lzma.compress), ("lzma", lambda d: lzma.compress(d, lzma.FORMAT_ALONE)), ("z", zlib.compress)):
        c.add(f"arc_tar.tar.{suffix}", pack(plain))
        c.add(f"arc_text.txt.{suffix}", pack(TEXT))
    c.add("arc_two.gz", gzip.compress(b"x\n") + gzip.compress(TEXT))
    c.add("arc_junk_behind.gz", gzip.compress(b"x\n") + TEXT)
    c.add("arc_cut.gz", gzip.compress(TEXT * 9)[:-8])
    head = gzip.compress(b"x\n")
    c.add("arc_comment.gz", head[:3] + b"\x10" + head[4:10] + MARK.encode("gbk") + b"\0" + head[10:])
    c.add("arc_extra.gz", head[:3] + b"\x04" + head[4:10] + struct.pack("<H", len(MARK.encode())) + MARK.encode() + head[10:])
    raw = zlib.compressobj(wbits=-15)
    c.add("arc_raw.deflate", raw.compress(TEXT * 20) + raw.flush(), SAID)
    c.add("arc_ar.a", b"!<arch>\n" + b"a.txt/          0           0     0     644     %-10d`\n" % len(TEXT) + TEXT + b"\n" * (len(TEXT) % 2))
    name = MARK.encode() + b"\0"
    newc = lambda n, d: b"070701" + b"".join(b"%08x" % v for v in (1, 0o100644, 0, 0, 1, 0, len(d), 0, 0, 0, 0, len(n), 0)) + n + b"\0" * (-(110 + len(n)) % 4) + d + b"\0" * (-len(d) % 4)  # noqa: E731
    c.add("arc_name.cpio", newc(name, b"x") + newc(b"TRAILER!!!\0", b""))
    c.add("arc_member.cpio", newc(b"a\0", TEXT) + newc(b"TRAILER!!!\0", b""))


def tools(c):
    """What only programs write; where one is absent its cases are."""

    def made(name, command, due=FOUND):
        if not shutil.which(command[0]):
            return
        with tempfile.TemporaryDirectory() as d:
            with open(os.path.join(d, "a.txt"), "wb") as f:
                f.write(TEXT)
            done = subprocess.run(command, cwd=d, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
            path = os.path.join(d, "out")
            if done.returncode == 0 and os.path.exists(path):
                with open(path, "rb") as f:
                    c.add(name, f.read(), due)

    made("arc_zstd.zst", ["zstd", "-q", "a.txt", "-o", "out"])
    made("arc_lz4.lz4", ["lz4", "-q", "a.txt", "out"])
    made("arc_plain.7z", ["7z", "a", "out", "a.txt"])
    made("arc_locked.7z", ["7z", "a", "-psecret", "-mhe=on", "out", "a.txt"], SAID)
    made("arc_iso.iso", ["genisoimage", "-quiet", "-o", "out", "a.txt"])
    made("arc_squash.img", ["mksquashfs", "a.txt", "out"], SAID)


def all_of(c):
    zips(c)
    tars(c)
    tools(c)

"""make_limits.py DIR: documents that go past one limit each."""

import io
import random
import struct
import sys
import zipfile
import zlib
from pathlib import Path

from make_pdf import MARK, Pdf, show

R = random.Random(5)


def text(n):
    return ''.join(R.choice('天地玄黄宇宙洪荒日月盈昃') for _ in range(n)).encode()


def zipped(members):
    out = io.BytesIO()
    with zipfile.ZipFile(out, 'w', zipfile.ZIP_DEFLATED) as z:
        for name, data in members:
            z.writestr(zipfile.ZipInfo(name, (2020, 1, 1, 0, 0, 0)), data, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def png(width=160, height=80):
    rows = b''.join(b'\0' + bytes(R.choice((0, 255)) for _ in range(width)) for _ in range(height))
    out = b'\x89PNG\r\n\x1a\n'
    for kind, data in ((b'IHDR', struct.pack('>IIBBBBB', width, height, 8, 0, 0, 0, 0)), (b'IDAT', zlib.compress(rows)), (b'IEND', b'')):
        out += struct.pack('>I', len(data)) + kind + data + struct.pack('>I', zlib.crc32(kind + data))
    return out


def nested(levels):
    data = text(50)
    for i in range(levels):
        data = zipped([('a.zip' if i else 'a.txt', data)])
    return data


def deep(levels):
    inner = b'<w:p>' * levels + text(9) + b'</w:p>' * levels
    return zipped([('[Content_Types].xml', b'<Types/>'), ('word/document.xml', b'<w:document>' + inner + b'</w:document>')])


def main(folder):
    pdf = Pdf(show(MARK)).bytes()
    files = {
        'decoded.zip': zipped([('a.txt', text(70000)), ('b.txt', text(70000))]),
        'ratio.zip': zipped([('a.txt', bytes(70 << 20))]),
        'members.zip': zipped([('%d.txt' % i, text(9)) for i in range(20)]),
        'depth.zip': nested(6),
        'time.txt': text(6000000),
        'size.txt': text(50),
        'member-size.zip': zipped([('a.txt', text(100000))]),
        'memory.zip': zipped([('a.txt', text(10000000))]),
        'helper-memory.pdf': pdf[:9] + b'%' + b' ' * (80 << 20) + b'\n' + pdf[9:],
        'findings.txt': '机密★10年\n\n'.encode() * 30,
        'xml-depth.docx': deep(3000),
        'ocr-pages.zip': zipped([('%d.png' % i, png()) for i in range(3)]),
        # every place of a long text is tried to 900 characters: seconds of processor time
        'cpu.yaml': b'format: 1\npack: {id: costly, version: "1"}\nrules:\n  - {id: r, name: n, category: c, tier: INFO, basis: b,'
                    b" explain: e, advice: a, find: {kind: regex, pattern: '[^x]{0,900}y'}}\n",
    }
    for name, data in files.items():
        (folder / name).write_bytes(data)


main(Path(sys.argv[1]))

#!/usr/bin/env python3
"""Make samples/outbox: a bureau's week of synthetic documents, with MANIFEST saying what each is for.

    samples/make_outbox.py        needs python3-pil and fonts-noto-cjk for the scanned page only

Everybody and everything in these documents is invented. Identity numbers are built here with a right
check digit so that they are found; they belong to nobody.
"""

import io
import pathlib
import struct
import zipfile
import zlib

HERE = pathlib.Path(__file__).resolve().parent
OUT = HERE / 'outbox'
WHEN = (2026, 11, 20, 9, 0, 0)
W = 'http://schemas.openxmlformats.org/wordprocessingml/2006/main'
S = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main'
P = 'http://schemas.openxmlformats.org/presentationml/2006/main'
A = 'http://schemas.openxmlformats.org/drawingml/2006/main'
R = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'
TYPES = 'http://schemas.openxmlformats.org/package/2006/content-types'
RELS = 'http://schemas.openxmlformats.org/package/2006/relationships'
MIME = 'application/vnd.openxmlformats-officedocument.'


def identity(region, birth, serial):
    """An identity number with its check digit (GB 11643)."""
    body = '%06d%08d%03d' % (region, birth, serial)
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return body + '10X98765432'[sum(int(d) * w for d, w in zip(body, weights)) % 11]


NAMES = '赵一鸣 钱二宝 孙三省 李四光明 周五常 吴六奇 郑七步 王八达'.split()
IDS = [identity(110101, 19600101 + 10000 * i + 3 * i, 11 + 20 * i) for i in range(len(NAMES))]
PHONES = ['139%04d%04d' % (1200 + 37 * i, 5678 - 91 * i) for i in range(len(NAMES))]


def masked(number):
    return number[:6] + '********' + number[-4:]


def pack(parts):
    """A zip of (name, text or bytes)."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, 'w', zipfile.ZIP_DEFLATED) as out:
        for name, content in parts:
            info = zipfile.ZipInfo(name, WHEN)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o644 << 16
            out.writestr(info, content)
    return data.getvalue()


def xml(text):
    return '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n' + text


def office(main, kind, parts, rels=''):
    """An Office file: content types, package relationships, parts."""
    overrides = ''.join('<Override PartName="/%s" ContentType="%s"/>' % (n, t) for n, t, _ in parts)
    head = [
        ('[Content_Types].xml', xml(
            '<Types xmlns="%s"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.'
            'relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>%s</Types>' % (TYPES, overrides))),
        ('_rels/.rels', xml('<Relationships xmlns="%s"><Relationship Id="rId1" Type="%s/officeDocument" Target="%s"/>'
                            '</Relationships>' % (RELS, R, main))),
    ]
    if rels:
        folder, name = main.rsplit('/', 1)
        head.append(('%s/_rels/%s.rels' % (folder, name), xml('<Relationships xmlns="%s">%s</Relationships>' % (RELS, rels))))
    return pack(head + [(n, c) for n, _, c in parts])


def paragraph(text):
    return '<w:p><w:r><w:t xml:space="preserve">%s</w:t></w:r></w:p>' % text


def docx(paragraphs, header='', raw=''):
    """A Word document; raw is added to the body as it is."""
    body = ''.join(map(paragraph, paragraphs)) + raw
    section = '<w:sectPr>%s</w:sectPr>' % ('<w:headerReference w:type="default" r:id="rId9"/>' if header else '')
    parts = [('word/document.xml', MIME + 'wordprocessingml.document.main+xml', xml(
        '<w:document xmlns:w="%s" xmlns:r="%s"><w:body>%s%s</w:body></w:document>' % (W, R, body, section)))]
    rels = ''
    if header:
        parts.append(('word/header1.xml', MIME + 'wordprocessingml.header+xml',
                      xml('<w:hdr xmlns:w="%s">%s</w:hdr>' % (W, paragraph(header)))))
        rels = '<Relationship Id="rId9" Type="%s/header" Target="header1.xml"/>' % R
    return office('word/document.xml', 'docx', parts, rels)


def column(index):
    return chr(ord('A') + index)


def xlsx(rows, sheet='Sheet1'):
    """A workbook with one sheet of inline strings."""
    lines = ''
    for r, row in enumerate(rows, 1):
        cells = ''.join('<c r="%s%d" t="inlineStr"><is><t>%s</t></is></c>' % (column(c), r, v) for c, v in enumerate(row))
        lines += '<row r="%d">%s</row>' % (r, cells)
    parts = [
        ('xl/workbook.xml', MIME + 'spreadsheetml.sheet.main+xml', xml(
            '<workbook xmlns="%s" xmlns:r="%s"><sheets><sheet name="%s" sheetId="1" r:id="rId1"/></sheets></workbook>' % (S, R, sheet))),
        ('xl/worksheets/sheet1.xml', MIME + 'spreadsheetml.worksheet+xml',
         xml('<worksheet xmlns="%s"><sheetData>%s</sheetData></worksheet>' % (S, lines))),
    ]
    return office('xl/workbook.xml', 'xlsx', parts,
                  '<Relationship Id="rId1" Type="%s/worksheet" Target="worksheets/sheet1.xml"/>' % R)


def slide_text(text):
    return ('<p:sp><p:txBody><a:bodyPr/>%s</p:txBody></p:sp>' %
            ''.join('<a:p><a:r><a:t>%s</a:t></a:r></a:p>' % line for line in text))


def pptx(slide, notes):
    """One slide with speaker notes."""
    tree = '<p:cSld><p:spTree>%s</p:spTree></p:cSld>'
    parts = [
        ('ppt/presentation.xml', MIME + 'presentationml.presentation.main+xml', xml(
            '<p:presentation xmlns:p="%s" xmlns:r="%s"><p:sldIdLst><p:sldId id="256" r:id="rId1"/></p:sldIdLst></p:presentation>' % (P, R))),
        ('ppt/slides/slide1.xml', MIME + 'presentationml.slide+xml',
         xml('<p:sld xmlns:p="%s" xmlns:a="%s">%s</p:sld>' % (P, A, tree % slide_text(slide)))),
        ('ppt/slides/_rels/slide1.xml.rels', 'application/vnd.openxmlformats-package.relationships+xml', xml(
            '<Relationships xmlns="%s"><Relationship Id="rId1" Type="%s/notesSlide" Target="../notesSlides/notesSlide1.xml"/>'
            '</Relationships>' % (RELS, R))),
        ('ppt/notesSlides/notesSlide1.xml', MIME + 'presentationml.notesSlide+xml',
         xml('<p:notes xmlns:p="%s" xmlns:a="%s">%s</p:notes>' % (P, A, tree % slide_text(notes)))),
    ]
    return office('ppt/presentation.xml', 'pptx', parts,
                  '<Relationship Id="rId1" Type="%s/slide" Target="slides/slide1.xml"/>' % R)


def pdf(lines):
    """One page in STSong-Light (not embedded), text as UCS-2."""
    content = 'BT /F1 14 Tf 72 760 Td 24 TL\n'
    for line in lines:
        content += '<%s> Tj T*\n' % line.encode('utf-16-be').hex().upper()
    content += 'ET\n'
    objects = [
        '<< /Type /Catalog /Pages 2 0 R >>',
        '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
        '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>',
        '<< /Length %d >>\nstream\n%sendstream' % (len(content), content),
        '<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding /UniGB-UCS2-H /DescendantFonts [6 0 R] >>',
        '<< /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light /CIDSystemInfo << /Registry (Adobe) '
        '/Ordering (GB1) /Supplement 4 >> /FontDescriptor 7 0 R >>',
        '<< /Type /FontDescriptor /FontName /STSong-Light /Flags 6 /FontBBox [-25 -254 1000 880] /ItalicAngle 0 '
        '/Ascent 880 /Descent -120 /CapHeight 880 /StemV 93 >>',
    ]
    out, offsets = '%PDF-1.4\n', []
    for number, text in enumerate(objects, 1):
        offsets.append(len(out))
        out += '%d 0 obj\n%s\nendobj\n' % (number, text)
    start = len(out)
    out += 'xref\n0 %d\n0000000000 65535 f \n' % (len(objects) + 1)
    out += ''.join('%010d 00000 n \n' % offset for offset in offsets)
    out += 'trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n' % (len(objects) + 1, start)
    return out.encode('latin-1')


def png(width, height, rows):
    """A greyscale PNG from rows of bytes."""
    def chunk(kind, data):
        return struct.pack('>I', len(data)) + kind + data + struct.pack('>I', zlib.crc32(kind + data))
    raw = b''.join(b'\0' + row for row in rows)
    return (b'\x89PNG\r\n\x1a\n' + chunk(b'IHDR', struct.pack('>IIBBBBB', width, height, 8, 0, 0, 0, 0)) +
            chunk(b'IDAT', zlib.compress(raw, 9)) + chunk(b'IEND', b''))


def scanned_page(lines):
    """A page of text as a picture, a little grey and uneven as scanners leave it."""
    from PIL import Image, ImageDraw, ImageFont
    image = Image.new('L', (1240, 700), 236)
    draw = ImageDraw.Draw(image)
    font = ImageFont.truetype('/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc', 44)
    for n, line in enumerate(lines):
        draw.text((110, 80 + 84 * n), line, font=font, fill=40)
    pixels = image.load()
    rows = []
    for y in range(image.height):
        rows.append(bytes(min(255, max(0, pixels[x, y] + ((x * 7 + y * 13) % 5) - 2)) for x in range(image.width)))
    return png(image.width, image.height, rows)


def locked_zip():
    """A zip whose member has the flag of encryption; its bytes are noise."""
    data = bytearray(pack([('名单.xlsx', bytes((i * 73 + 11) % 256 for i in range(600)))]))
    for signature, at in ((b'PK\x03\x04', 6), (b'PK\x01\x02', 8)):
        data[data.index(signature) + at] |= 1
    return bytes(data)


def page(title, body, charset='utf-8'):
    text = ('<!DOCTYPE html>\n<html><head><meta charset="%s"><title>%s</title></head>\n<body>\n<h1>%s</h1>\n%s\n</body></html>\n'
            % (charset, title, title, body))
    return text.encode({'utf-8': 'utf-8', 'gb2312': 'gb18030'}[charset])


def tracked(deleted):
    """A paragraph whose middle was deleted under change tracking, still in the file."""
    return ('<w:p><w:r><w:t>现将有关安排通知如下。</w:t></w:r></w:p><w:p><w:del w:id="1" w:author="拟稿人" w:date="2026-11-18T10:00:00Z">'
            '<w:r><w:delText>%s</w:delText></w:r></w:del></w:p>' % deleted)


def documents():
    """(file name, bytes, expected verdict, what it is)."""
    contact = '<p>联系人：办公室。联系电话：010-12345678。电子邮箱：office@example.invalid。</p>'
    listed = [['序号', '姓名', '身份证号', '联系电话', '补贴金额（元）']]
    listed += [[str(i + 1), NAMES[i], IDS[i], PHONES[i], str(300 + 20 * i)] for i in range(len(NAMES))]
    public = [['序号', '姓名', '身份证号', '补贴金额（元）']]
    public += [[str(i + 1), NAMES[i], masked(IDS[i]), str(300 + 20 * i)] for i in range(len(NAMES))]
    yield '01-关于召开年度工作会议的通知.docx', docx(['关于召开年度工作会议的通知', '各科室：', '定于12月5日上午9时召开年度工作会议，请准时参加。', '办公室', '2026年11月16日']), 'PASS', '普通通知'
    yield '02-办公设备采购成交公告.docx', docx(['办公设备采购成交公告', '成交供应商：某某科技有限公司', '统一社会信用代码：91350100M000100Y43', '成交金额：128000元']), 'PASS', '成交公告，信用代码可以公开'
    yield '03-关于印发实施方案的通知.docx', docx(['关于印发某某实施方案的通知', '各单位：现将方案印发给你们。'], header='机密★10年'), 'BLOCK', '页眉带国家秘密标志'
    yield '04-临时救助发放名单.xlsx', xlsx(listed, '发放名单'), 'BLOCK', '完整身份证号名单'
    yield '05-临时救助公示名单.xlsx', xlsx(public, '公示'), 'PASS', '身份证号已脱敏的公示名单'
    yield '06-招聘公告.html', page('公开招聘公告', '<p>现面向社会公开招聘工作人员3名。</p>' + contact), 'PASS', '招聘公告，只有办公电话'
    yield '07-政务动态.html', page('我局开展安全生产检查', '<p>11月17日，局领导带队检查辖区企业安全生产工作。</p>', 'gb2312'), 'PASS', 'GBK 网页'
    yield '08-保密宣传月活动.html', page('我局开展保密宣传月活动', '<p>活动期间组织学习保守国家秘密法，要求干部职工严守国家秘密和工作秘密。</p>', 'gb2312'), 'PASS', '谈保密工作的普通报道，GBK 网页'
    names = '姓名,身份证号,住址\n' + ''.join('%s,%s,某某街道\n' % (NAMES[i], IDS[i]) for i in range(6))
    yield '09-附件材料.zip', pack([('附件1-花名册.csv', names.encode('gb18030')), ('附件2-说明.txt', '说明：数据截至上月末。\n'.encode('gb18030'))]), 'BLOCK', '压缩包里有完整身份证号'
    yield '10-工作安排（修订）.docx', docx(['关于下阶段工作安排的通知'], raw=tracked('秘密★5年')), 'BLOCK', '修订痕迹里删掉的密级标志仍在文件中'
    yield '11-来文扫描件.png', scanned_page(['秘密★5年', '', '关于某某情况的报告', '现将有关情况报告如下，请予审阅。', '办公室　2026年11月17日']), 'NOT-INSPECTED', '扫描图片：识别出标志为复核，没有文字识别时为未能检查'
    yield '12-会议纪要.txt', '会议纪要\n\n时间：11月16日\n议题：研究近期工作。\n'.encode('gb18030'), 'REVIEW', '过程性文件，GBK 文本'
    yield '13-管理办法.docx', docx(['某某管理办法（送审稿）', '第一条 为规范管理，制定本办法。']), 'REVIEW', '送审稿'
    yield '14-年度部门预算公开.pdf', pdf(['年度部门预算公开', '一、部门职责', '二、收支总表', '三、说明']), 'PASS', '普通 PDF'
    yield '15-情况反映.pdf', pdf(['秘密★3年', '情况反映', '第12期', '某某局办公室']), 'BLOCK', 'PDF 首页带标志'
    yield '16-工作汇报.pptx', pptx(['年度工作汇报', '主要成绩和不足'], ['内部资料 注意保存', '讲这一页时不要展开。']), 'BLOCK', '演示文稿备注里有工作秘密字样'
    yield '17-局长信箱导出.csv', ('编号,姓名,手机,内容\n' + ''.join('%d,%s,%s,咨询办事流程\n' % (i + 1, NAMES[i], PHONES[i]) for i in range(8))).encode('utf-8-sig'), 'BLOCK', '来信人手机号名单'
    yield '18-加密附件.zip', locked_zip(), 'NOT-INSPECTED', '加密的压缩包'
    yield '19-科室联系方式.html', page('科室联系方式', '<table><tr><th>科室</th><th>办公电话</th></tr>' + ''.join('<tr><td>%s</td><td>010-1234567%d</td></tr>' % (n, i) for i, n in enumerate(['办公室', '规划科', '法规科', '财务科'])) + '</table>'), 'PASS', '科室办公电话表'
    yield '20-季度统计数据.xlsx', xlsx([['指标', '一季度', '二季度', '三季度'], ['受理件数', '1203', '1187', '1254'], ['办结件数', '1198', '1180', '1249']], '统计'), 'PASS', '普通统计表'
    yield '21-办事指南.md', '# 办事指南\n\n1. 提交申请表\n2. 窗口受理\n3. 五个工作日内办结\n'.encode(), 'PASS', 'Markdown 文本'
    yield '22-图标.png', png(16, 16, [bytes([255] * 16) for _ in range(16)]), 'PASS', '网站小图标：识别不出文字；没有文字识别时为未能检查'
    yield '23-空白.txt', b'', 'PASS', '空文件'
    yield '24-答复意见.docx', docx(['关于某某提案的答复', '您提出的建议收悉，现答复如下。', '（此件依申请公开）']), 'BLOCK', '附注不是主动公开'
    yield '25-规范性文件.docx', docx(['某政发〔2026〕12号', '关于加强某某工作的意见', '各单位：现提出如下意见。', '（此件公开发布）']), 'PASS', '附注为公开发布'
    yield '26-下载不全.docx', docx(['关于节假日值班安排的通知', '请各科室做好值班工作。' * 40])[:900], 'NOT-INSPECTED', '不完整的文件'
    yield '27-公文格式培训.html', page('公文格式培训要点', '<p>密级和保密期限的格式，例如“秘密★5年”，标注在首页左上角。</p>'), 'PASS', '讲解标注格式的引文，只作提示'
    yield '28-专题页面.html', page('专题页面', '<!-- 绝密★长期 -->\n<p>欢迎访问本专题。</p>'), 'BLOCK', '网页注释里的标志'


def main():
    """Write all documents and the manifest."""
    OUT.mkdir(exist_ok=True)
    lines = ['# 示例文件：文件名、预期结论、说明。全部内容均为虚构，由 make_outbox.py 生成。']
    for name, data, verdict, what in documents():
        (OUT / name).write_bytes(data)
        lines.append('%s\t%s\t%s' % (name, verdict, what))
    (HERE / 'MANIFEST').write_text('\n'.join(lines) + '\n', encoding='utf-8')


main()

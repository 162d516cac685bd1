"""What the families of hiding places share: the mark, a case, zip and office packages by hand."""

import io
import zipfile

MARK = "机密★10年"
FILLER = "关于做好汛期值班工作的通知\n"
# a finding is due; at least no PASS is due; not found yet, which is shown
FOUND, SAID, WANTED = "found", "said", "wanted"


# what is known to be missed
YET = set(
    "cs_iso2022jp.txt enc_csv_column.csv eml_body_iso2022.eml"
    " xlsx_date_id.xlsx img_ocr_apng.png img_ocr_second_frame.webp".split()
)


class Cases:
    """Collects cases: name, bytes, what is due."""

    def __init__(self):
        self.all = {}

    def add(self, name, data, due=FOUND):
        if isinstance(data, str):
            data = data.encode()
        assert name not in self.all, name
        self.all[name] = (data, due if name not in YET else WANTED)


def zip_of(members, method=zipfile.ZIP_DEFLATED, comment=b""):
    """members: {name: bytes or str}, in order."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as z:
        for name, data in members.items():
            z.writestr(name, data, zipfile.ZIP_STORED if name == "mimetype" else None)
        z.comment = comment
    return out.getvalue()


W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
NAMES = (
    f'xmlns:w="{W}" xmlns:r="{OFFICE}" xmlns:v="urn:schemas-microsoft-com:vml"'
    ' xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"'
    ' xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
    ' xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
    ' xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"'
    ' xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"'
)
TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="xml" ContentType="application/xml"/>'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/></Types>'
)
RELS = '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">%s</Relationships>'
MAIN = RELS % f'<Relationship Id="r1" Type="{OFFICE}/officeDocument" Target="%s"/>'


def docx(body="<w:p><w:r><w:t>通知</w:t></w:r></w:p>", more=None, **zip_args):
    """A Word package: inside of w:body, further parts."""
    parts = {
        "[Content_Types].xml": TYPES,
        "_rels/.rels": MAIN % "word/document.xml",
        "word/document.xml": f"<w:document {NAMES}><w:body>{body}</w:body></w:document>",
    }
    parts.update(more or {})
    return zip_of(parts, **zip_args)


def part(tag, inside):
    return f"<w:{tag} {NAMES}>{inside}</w:{tag}>"


def run(text, props=""):
    return f"<w:r><w:rPr>{props}</w:rPr><w:t>{text}</w:t></w:r>"


def para(inside):
    return f"<w:p>{inside}</w:p>"


S = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def xlsx(rows="", strings=(), sheets=('<sheet name="表一" sheetId="1" r:id="r1"/>',), more=None, after=""):
    """A workbook: XML of sheetData, shared strings, entries of <sheets>, further parts, XML after sheetData."""
    parts = {
        "[Content_Types].xml": TYPES,
        "_rels/.rels": MAIN % "xl/workbook.xml",
        "xl/workbook.xml": f'<workbook xmlns="{S}" xmlns:r="{OFFICE}"><sheets>{"".join(sheets)}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": RELS
        % "".join(
            f'<Relationship Id="r{i + 1}" Type="{OFFICE}/worksheet" Target="worksheets/sheet{i + 1}.xml"/>'
            for i in range(len(sheets))
        ),
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{S}"><sheetData>{rows}</sheetData>{after}</worksheet>',
    }
    if strings:
        items = "".join(f"<si>{s}</si>" for s in strings)
        parts["xl/sharedStrings.xml"] = f'<sst xmlns="{S}">{items}</sst>'
    parts.update(more or {})
    return zip_of(parts)


P = "http://schemas.openxmlformats.org/presentationml/2006/main"
A = "http://schemas.openxmlformats.org/drawingml/2006/main"


def slide(text, root="sld", attrs=""):
    shapes = f"<p:sp><p:txBody><a:p>{text}</a:p></p:txBody></p:sp>"
    return f'<p:{root} xmlns:p="{P}" xmlns:a="{A}" {attrs}><p:cSld><p:spTree>{shapes}</p:spTree></p:cSld></p:{root}>'


def pptx(more):
    parts = {
        "[Content_Types].xml": TYPES,
        "_rels/.rels": MAIN % "ppt/presentation.xml",
        "ppt/presentation.xml": f'<p:presentation xmlns:p="{P}"/>',
        "ppt/slides/slide1.xml": slide("<a:r><a:t>通知</a:t></a:r>"),
    }
    parts.update(more)
    return zip_of(parts)


def odf(kind, content, more=None):
    """kind: text, spreadsheet, presentation; content: inside of office:body."""
    n = "urn:oasis:names:tc:opendocument:xmlns:"
    names = " ".join(
        f'xmlns:{p}="{n}{p}:1.0"' for p in ("office", "text", "table", "style", "draw", "presentation", "meta", "config")
    )
    names += ' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xlink="http://www.w3.org/1999/xlink"'
    parts = {
        "mimetype": f"application/vnd.oasis.opendocument.{kind}",
        "content.xml": f"<office:document-content {names}>{content}</office:document-content>",
    }
    for name, inside in (more or {}).items():
        parts[name] = inside.replace("NAMES", names) if isinstance(inside, str) else inside
    return zip_of(parts)

"""Office packages: Word, Excel, PowerPoint, OpenDocument, OFD, EPUB, XPS: parts, runs, cells, shapes."""

import io
import zipfile

from kit import A, FILLER, FOUND, MARK, MAIN, NAMES, OFFICE, P, RELS, S, SAID, TYPES, W, docx, odf, para, part, pptx, run, slide, xlsx, zip_of


def word(c):
    def doc(name, body=None, more=None, due=FOUND, **zip_args):
        args = [body] if body is not None else []
        c.add(f"docx_{name}.docx", docx(*args, more=more, **zip_args), due)

    split = run("机", "<w:b/>") + run("密") + run("★") + run("10年")
    doc("split", para(split))
    doc("letters", para("".join(run(x) for x in MARK)))
    doc("paras", "".join(para(run(x)) for x in MARK))
    doc("br", para("<w:r>" + "<w:br/>".join(f"<w:t>{x}</w:t>" for x in MARK) + "</w:r>"))
    doc("spaces", para(run(" ".join(MARK))))
    doc("proof", para(run("机") + '<w:proofErr w:type="spellStart"/>' + run("密") + '<w:bookmarkStart w:id="1" w:name="a"/>' + run("★10年")))
    doc("table", "<w:tbl><w:tr>" + "".join(f"<w:tc>{para(run(x))}</w:tc>" for x in MARK) + "</w:tr></w:tbl>")
    doc("table_column", "<w:tbl>" + "".join(f"<w:tr><w:tc>{para(run(x))}</w:tc></w:tr>" for x in MARK) + "</w:tbl>")
    doc("vanish", para(run(MARK, "<w:vanish/>")))
    doc("web_hidden", para(run(MARK, "<w:webHidden/>")))
    doc("tiny", para(run(MARK, '<w:sz w:val="1"/>')))
    doc("del", para(f'<w:del w:id="1" w:author="a"><w:r><w:delText>{MARK}</w:delText></w:r></w:del>'))
    doc("del_split", para('<w:del w:id="1"><w:r><w:delText>机</w:delText></w:r></w:del>' + run("密★10年")), due=FOUND)
    doc("moved", para(f'<w:moveFrom w:id="1">{run(MARK)}</w:moveFrom>'))
    doc("author", para(f'<w:ins w:id="1" w:author="{MARK}">{run("x")}</w:ins>'))
    doc("sdt_placeholder", f'<w:sdt><w:sdtPr><w:alias w:val="{MARK}"/></w:sdtPr><w:sdtContent>{para(run("a"))}</w:sdtContent></w:sdt>')
    doc("dropdown", f'<w:sdt><w:sdtPr><w:dropDownList><w:listItem w:displayText="{MARK}"/></w:dropDownList></w:sdtPr></w:sdt>')
    doc("instr", para(f'<w:r><w:instrText>QUOTE "{MARK}"</w:instrText></w:r>'))
    doc("fld_simple", para(f'<w:fldSimple w:instr="TITLE {MARK}"/>'))
    doc("ffdata", para(f'<w:r><w:fldChar><w:ffData><w:default w:val="{MARK}"/></w:ffData></w:fldChar></w:r>'))
    doc("sym", para(run("机密") + '<w:r><w:sym w:font="Wingdings" w:char="F0AB"/></w:r>' + run("10年")))
    doc("textpath", para(f'<w:r><w:pict><v:shape alt="{MARK}"><v:textpath string="{MARK}"/></v:shape></w:pict></w:r>'))
    doc("descr", para(f'<w:r><w:drawing><wp:inline><wp:docPr id="1" name="p" descr="{MARK}"/></wp:inline></w:drawing></w:r>'))
    doc("docpr_title", para(f'<w:r><w:drawing><wp:inline><wp:docPr id="1" name="p" title="{MARK}"/></wp:inline></w:drawing></w:r>'))
    doc("txbx", para(f"<w:r><w:drawing><wps:txbx><w:txbxContent>{para(split)}</w:txbxContent></wps:txbx></w:drawing></w:r>"))
    doc("vml_textbox", para(f"<w:r><w:pict><v:textbox><w:txbxContent>{para(split)}</w:txbxContent></v:textbox></w:pict></w:r>"))
    doc("fallback", para(f"<w:r><mc:AlternateContent><mc:Choice Requires='x'><w:t>a</w:t></mc:Choice><mc:Fallback><w:t>{MARK}</w:t></mc:Fallback></mc:AlternateContent></w:r>"))
    doc("smart_tag", para(f"<w:smartTag w:element='x'>{split}</w:smartTag>"))
    doc("hyperlink", para(f'<w:hyperlink w:tooltip="{MARK}">{run("a")}</w:hyperlink>'))
    doc("math_t", para("<m:oMath>" + "".join(f"<m:r><m:t>{x}</m:t></m:r>" for x in MARK) + "</m:oMath>"))
    doc("no_break_hyphen", para("<w:r><w:t>机</w:t><w:noBreakHyphen/><w:t>密★10年</w:t></w:r>"))
    doc("permission", para(run(MARK, "<w:specVanish/>")))
    for tag, file in (("hdr", "header2"), ("ftr", "footer1"), ("footnotes", "footnotes"), ("comments", "comments"), ("glossaryDocument", "glossary/document")):
        inner = f"<w:docParts><w:docPart><w:docPartBody>{para(split)}</w:docPartBody></w:docPart></w:docParts>" if "glossary" in file else para(split)
        if tag == "footnotes":
            inner = f'<w:footnote w:id="2">{inner}</w:footnote>'
        if tag == "comments":
            inner = f'<w:comment w:id="0" w:author="a">{inner}</w:comment>'
        doc("part_" + file.replace("/", "_"), more={f"word/{file}.xml": part(tag, inner)})
    doc("comment_author", more={"word/comments.xml": part("comments", f'<w:comment w:id="0" w:author="{MARK}"/>')})
    doc("people", more={"word/people.xml": f'<w15:people xmlns:w15="x"><w15:person w15:author="{MARK}"/></w15:people>'})
    doc("app", more={"docProps/app.xml": f"<Properties><Company>{MARK}</Company></Properties>"})
    doc("custom_prop", more={"docProps/custom.xml": f'<Properties><property name="密级"><vt:lpwstr xmlns:vt="v">{MARK}</vt:lpwstr></property></Properties>'})
    doc("custom_prop_name", more={"docProps/custom.xml": f'<Properties><property name="{MARK}"/></Properties>'})
    doc("rels", more={"word/_rels/document.xml.rels": RELS % f'<Relationship Id="r9" Type="x" Target="http://x/{MARK}" TargetMode="External"/>'})
    doc("styles", more={"word/styles.xml": part("styles", f'<w:style w:styleId="a"><w:name w:val="{MARK}"/></w:style>')})
    doc("numbering", para('<w:pPr><w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr></w:pPr>' + run("10年")), {"word/numbering.xml": part("numbering", '<w:abstractNum w:abstractNumId="0"><w:lvl w:ilvl="0"><w:start w:val="1"/><w:lvlText w:val="机密★"/></w:lvl></w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>')})
    doc("settings", more={"word/settings.xml": part("settings", f'<w:docVars><w:docVar w:name="a" w:val="{MARK}"/></w:docVars>')})
    doc("chart", more={"word/charts/chart1.xml": f'<c:chartSpace xmlns:c="c" xmlns:a="{A}"><c:title><a:p><a:r><a:t>机</a:t></a:r><a:r><a:t>密★10年</a:t></a:r></a:p></c:title></c:chartSpace>'})
    doc("smartart", more={"word/diagrams/data1.xml": f'<dgm:dataModel xmlns:dgm="d" xmlns:a="{A}"><dgm:pt><dgm:t><a:p><a:r><a:t>{MARK}</a:t></a:r></a:p></dgm:t></dgm:pt></dgm:dataModel>'})
    doc("embedded_xlsx", more={"word/embeddings/a.xlsx": xlsx(f'<row r="1"><c r="A1" t="inlineStr"><is><t>{MARK}</t></is></c></row>')})
    doc("embedded_bin", more={"word/embeddings/oleObject1.bin": b"\x01\x02" + MARK.encode("utf-16-le") + b"\x00"})
    doc("media_name", more={f"word/media/{MARK}.png": b"x"})
    doc("activex", more={"word/activeX/activeX1.xml": f'<ax:ocx xmlns:ax="a"><ax:ocxPr ax:name="Caption" ax:value="{MARK}"/></ax:ocx>'})
    doc("zip_comment", comment=MARK.encode())
    doc("zip_comment_gbk", comment=MARK.encode("gbk"))
    doc("theme", more={"word/theme/theme1.xml": f'<a:theme xmlns:a="{A}" name="{MARK}"/>'})
    doc("xml_comment", para(f"<!-- {MARK} -->" + run("a")))
    doc("xml_pi", para(f"<?note {MARK}?>" + run("a")))
    doc("cdata", para("<w:r><w:t><![CDATA[机密]]>★10年</w:t></w:r>"))
    doc("char_refs", para(run("".join("&#%d;" % ord(x) for x in MARK))))
    doc("bom_part", more={"word/header1.xml": "\ufeff" + part("hdr", para(split))})
    doc("gbk_part", more={"word/header1.xml": ('<?xml version="1.0" encoding="GBK"?>' + part("hdr", para(split))).encode("gbk")})
    doc("strict", more={"word/header1.xml": part("hdr", para(split)).replace(W, "http://purl.oclc.org/ooxml/wordprocessingml/main")})
    doc("prefix", more={"word/header1.xml": part("hdr", para(split)).replace("w:", "q:").replace("xmlns:w=", "xmlns:q=")})
    doc("stored", para(split), method=zipfile.ZIP_STORED)
    doc("bzip2", para(split), method=zipfile.ZIP_BZIP2)
    c.add("docx_named.txt", docx(para(split)))
    c.add("docx_named.jpg", docx(para(split)))
    c.add("docx_tail.docx", docx() + MARK.encode())
    c.add("docx_flat.xml", f'<?mso-application progid="Word.Document"?><pkg:package xmlns:pkg="p"><pkg:part><pkg:xmlData><w:document {NAMES}><w:body>{para(split)}</w:body></w:document></pkg:xmlData></pkg:part></pkg:package>')
    c.add("docx_word2003.xml", f'<?mso-application progid="Word.Document"?><w:wordDocument xmlns:w="http://schemas.microsoft.com/office/word/2003/wordml"><w:body>{para(split)}</w:body></w:wordDocument>')


def excel(c):
    def book(name, *args, due=FOUND, **kw):
        c.add(f"xlsx_{name}.xlsx", xlsx(*args, **kw), due)

    t = lambda r, x: f'<c r="{r}" t="inlineStr"><is><t>{x}</t></is></c>'  # noqa: E731
    book("shared", '<row r="1"><c r="A1" t="s"><v>0</v></c></row>', [f"<t>{MARK}</t>"])
    book("rich", '<row r="1"><c r="A1" t="s"><v>0</v></c></row>', ["<r><t>机</t></r><r><rPr><b/></rPr><t>密★10年</t></r>"])
    book("unused_string", "", [f"<t>{MARK}</t>"])
    book("phonetic", '<row r="1"><c r="A1" t="s"><v>0</v></c></row>', [f"<t>a</t><rPh sb='0' eb='1'><t>{MARK}</t></rPh>"])
    book("cells_row", "<row r='1'>" + "".join(t(f"{chr(65 + i)}1", x) for i, x in enumerate(MARK)) + "</row>")
    book("cells_column", "".join(f"<row r='{i + 1}'>{t(f'B{i + 1}', x)}</row>" for i, x in enumerate(MARK)))
    book("cells_column_beside", "".join(f"<row r='{i + 1}'>{t(f'A{i + 1}', 'x' * 9)}{t(f'B{i + 1}', x)}</row>" for i, x in enumerate(MARK)))
    book("formula", '<row r="1"><c r="A1" t="str"><f>"机"&amp;"密★10年"</f></c></row>')
    book("formula_string", f'<row r="1"><c r="A1" t="str"><f>IF(1,"{MARK}")</f><v>a</v></c></row>')
    book("hidden_sheet", f"<row r='1'>{t('A1', MARK)}</row>", sheets=('<sheet name="a" sheetId="1" state="hidden" r:id="r1"/>',))
    book("very_hidden", f"<row r='1'>{t('A1', MARK)}</row>", sheets=('<sheet name="a" sheetId="1" state="veryHidden" r:id="r1"/>',))
    book("hidden_row", f"<row r='1' hidden='1'>{t('A1', MARK)}</row>")
    book("sheet_names", sheets=('<sheet name="机" sheetId="1" r:id="r1"/>', '<sheet name="密★10年" sheetId="2" r:id="r2"/>'), due=SAID)
    book("header", after=f"<headerFooter><oddHeader>&amp;C&amp;\"宋体,常规\"&amp;12{MARK}</oddHeader></headerFooter>")
    book("header_split", after="<headerFooter><oddHeader>&amp;L机密&amp;C★&amp;R10年</oddHeader></headerFooter>")
    book("validation", after=f'<dataValidations><dataValidation prompt="{MARK}"><formula1>"a"</formula1></dataValidation></dataValidations>')
    book("validation_list", after=f'<dataValidations><dataValidation><formula1>"公开,{MARK}"</formula1></dataValidation></dataValidations>')
    book("conditional", after=f'<conditionalFormatting><cfRule type="containsText" text="{MARK}"/></conditionalFormatting>')
    book("hyperlink", after=f'<hyperlinks><hyperlink ref="A1" tooltip="{MARK}"/></hyperlinks>')
    book("numfmt", '<row r="1"><c r="A1" s="1"><v>10</v></c></row>', more={"xl/styles.xml": f'<styleSheet xmlns="{S}"><numFmts><numFmt numFmtId="165" formatCode="&quot;机密★&quot;0&quot;年&quot;"/></numFmts><cellXfs><xf numFmtId="0"/><xf numFmtId="165"/></cellXfs></styleSheet>'})
    book("table", more={"xl/tables/table1.xml": f'<table xmlns="{S}" displayName="a"><tableColumns><tableColumn name="{MARK}"/></tableColumns></table>'})
    book("external", more={"xl/externalLinks/externalLink1.xml": f'<externalLink xmlns="{S}"><externalBook><sheetNames><sheetName val="{MARK}"/></sheetNames></externalBook></externalLink>'})
    book("connections", more={"xl/connections.xml": f'<connections xmlns="{S}"><connection name="{MARK}"/></connections>'})
    book("vml_comment", more={"xl/drawings/vmlDrawing1.vml": f'<xml xmlns:v="v"><v:shape><v:textbox><div>{MARK}</div></v:textbox></v:shape></xml>'})
    book("chart", more={"xl/charts/chart1.xml": f'<c:chartSpace xmlns:c="c"><c:cat><c:strCache><c:pt><c:v>{MARK}</c:v></c:pt></c:strCache></c:cat></c:chartSpace>'})
    book("printer", more={"xl/printerSettings/printerSettings1.bin": MARK.encode("utf-16-le")})
    book("escaped", f"<row r='1'>{t('A1', '_x673A_密★10年')}</row>")
    book("web_extension", more={"xl/webextensions/webextension1.xml": f'<we:webextension xmlns:we="w"><we:properties><we:property name="a" value="{MARK}"/></we:properties></we:webextension>'})
    book("custom_view", more={"xl/workbook.xml": f'<workbook xmlns="{S}"><customWorkbookViews><customWorkbookView name="{MARK}"/></customWorkbookViews></workbook>'})
    book("date_id", '<row r="1"><c r="A1"><v>1.1010519491231E+17</v></c></row>', due=SAID)
    c.add("xlsx_spreadsheetml.xml", f'<?mso-application progid="Excel.Sheet"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet><Table><Row><Cell><Data>{MARK}</Data></Cell></Row></Table></Worksheet></Workbook>')
    c.add("xlsx_html.xls", f"<html xmlns:x='urn:schemas-microsoft-com:office:excel'><table><tr><td>机<b>密</b>★10年</td></tr></table></html>")


def powerpoint(c):
    def deck(name, more, due=FOUND):
        c.add(f"pptx_{name}.pptx", pptx(more), due)

    split = "<a:r><a:t>机</a:t></a:r><a:r><a:rPr b='1'/><a:t>密★10年</a:t></a:r>"
    deck("runs", {"ppt/slides/slide2.xml": slide(split)})
    deck("letters", {"ppt/slides/slide2.xml": slide("</a:p><a:p>".join(f"<a:r><a:t>{x}</a:t></a:r>" for x in MARK))})
    deck("hidden", {"ppt/slides/slide2.xml": slide(split, attrs='show="0"')})
    deck("notes", {"ppt/notesSlides/notesSlide1.xml": slide(split, "notes")})
    deck("handout", {"ppt/handoutMasters/handoutMaster1.xml": slide(split, "handoutMaster")})
    deck("notes_master", {"ppt/notesMasters/notesMaster1.xml": slide(split, "notesMaster")})
    deck("comment", {"ppt/comments/comment1.xml": f'<p:cmLst xmlns:p="{P}"><p:cm><p:text>{MARK}</p:text></p:cm></p:cmLst>'})
    deck("modern_comment", {"ppt/comments/modernComment_1.xml": f'<p188:cmLst xmlns:p188="x" xmlns:a="{A}"><p188:cm><p188:txBody><a:p>{split}</a:p></p188:txBody></p188:cm></p188:cmLst>'})
    deck("tags", {"ppt/tags/tag1.xml": f'<p:tagLst xmlns:p="{P}"><p:tag name="a" val="{MARK}"/></p:tagLst>'})
    deck("section", {"ppt/presentation.xml": f'<p:presentation xmlns:p="{P}"><p14:sectionLst xmlns:p14="x"><p14:section name="{MARK}"/></p14:sectionLst></p:presentation>'})
    deck("alt", {"ppt/slides/slide2.xml": f'<p:sld xmlns:p="{P}"><p:cNvPr id="2" name="a" descr="{MARK}"/></p:sld>'})
    deck("table", {"ppt/slides/slide2.xml": slide("</a:p></a:txBody></a:tc><a:tc><a:txBody><a:p>".join(f"<a:r><a:t>{x}</a:t></a:r>" for x in MARK))})
    deck("field", {"ppt/slides/slide2.xml": slide(f'<a:fld type="footer"><a:t>{MARK}</a:t></a:fld>')})
    deck("br", {"ppt/slides/slide2.xml": slide("<a:r><a:t>机</a:t></a:r><a:br/><a:r><a:t>密★10年</a:t></a:r>")})
    deck("orphan", {"ppt/slides/old9.xml": slide(split)})
    deck("embedded", {"ppt/embeddings/a.docx": docx(para(run(MARK)))})
    deck("custom_show", {"ppt/presentation.xml": f'<p:presentation xmlns:p="{P}"><p:custShowLst><p:custShow name="{MARK}"/></p:custShowLst></p:presentation>'})


def opendocument(c):
    def doc(name, content="<office:body><office:text/></office:body>", more=None, kind="text", due=FOUND):
        c.add(f"odf_{name}.{ {'text': 'odt', 'spreadsheet': 'ods', 'presentation': 'odp'}[kind] }", odf(kind, content, more), due)

    body = lambda x: f"<office:body><office:text>{x}</office:text></office:body>"  # noqa: E731
    split = "<text:p>机<text:span>密</text:span>★10年</text:p>"
    doc("spaces", body("<text:p>机<text:s text:c='2'/>密<text:tab/>★10年</text:p>"))
    doc("paras", body("".join(f"<text:p>{x}</text:p>" for x in MARK)))
    doc("annotation", body(f"<text:p>a<office:annotation>{split}</office:annotation></text:p>"))
    doc("deletion", body(f"<text:tracked-changes><text:changed-region><text:deletion>{split}</text:deletion></text:changed-region></text:tracked-changes>"))
    doc("hidden_section", body(f"<text:section text:display='none'>{split}</text:section>"))
    doc("hidden_text", body(f'<text:p><text:hidden-text text:string-value="{MARK}"/></text:p>'))
    doc("variable", body(f'<text:user-field-decls><text:user-field-decl text:name="a" office:string-value="{MARK}"/></text:user-field-decls>'))
    doc("footnote", body(f"<text:p>a<text:note><text:note-body>{split}</text:note-body></text:note></text:p>"))
    doc("frame", body(f"<draw:frame><draw:text-box>{split}</draw:text-box></draw:frame>"))
    doc("alt", body(f"<draw:frame><svg:desc xmlns:svg='s'>{MARK}</svg:desc></draw:frame>"))
    doc("bookmark", body(f'<text:bookmark text:name="{MARK}"/>'))
    doc("styles", more={"styles.xml": f"<office:document-styles NAMES><office:master-styles><style:master-page><style:header>{split}</style:header></style:master-page></office:master-styles></office:document-styles>"})
    doc("meta", more={"meta.xml": f"<office:document-meta NAMES><office:meta><dc:title>{MARK}</dc:title></office:meta></office:document-meta>"})
    doc("meta_user", more={"meta.xml": f'<office:document-meta NAMES><office:meta><meta:user-defined meta:name="密级">{MARK}</meta:user-defined></office:meta></office:document-meta>'})
    doc("settings", more={"settings.xml": f'<office:document-settings NAMES><config:config-item config:name="a">{MARK}</config:config-item></office:document-settings>'})
    doc("object", more={"Object 1/content.xml": f"<office:document-content NAMES>{body(split)}</office:document-content>"})
    doc("macro", more={"Basic/Standard/a.xml": f"<script:module xmlns:script='s'>' {MARK}</script:module>"})
    doc("unlisted", more={"secret.txt": MARK})
    sheet = lambda rows, props="": f"<office:body><office:spreadsheet><table:table table:name='a' {props}>{rows}</table:table></office:spreadsheet></office:body>"  # noqa: E731
    cell = lambda x: f"<table:table-cell><text:p>{x}</text:p></table:table-cell>"  # noqa: E731
    doc("cell", sheet(f"<table:table-row>{cell(MARK)}</table:table-row>"), kind="spreadsheet")
    doc("cells_row", sheet("<table:table-row>" + "".join(map(cell, MARK)) + "</table:table-row>"), kind="spreadsheet")
    doc("cells_column", sheet("".join(f"<table:table-row>{cell('x' * 8)}{cell(x)}</table:table-row>" for x in MARK)), kind="spreadsheet")
    doc("sheet_name", f"<office:body><office:spreadsheet><table:table table:name='{MARK}'/></office:spreadsheet></office:body>", kind="spreadsheet")
    doc("formula", sheet(f"<table:table-row><table:table-cell table:formula='of:=&quot;{MARK}&quot;'/></table:table-row>"), kind="spreadsheet")
    doc("slide", f"<office:body><office:presentation><draw:page>{split}</draw:page></office:presentation></office:body>", kind="presentation")
    doc("notes", f"<office:body><office:presentation><draw:page><presentation:notes>{split}</presentation:notes></draw:page></office:presentation></office:body>", kind="presentation")
    n = "urn:oasis:names:tc:opendocument:xmlns:"
    c.add("odf_flat.fodt", f'<office:document xmlns:office="{n}office:1.0" xmlns:text="{n}text:1.0">{body(split)}</office:document>')


def others(c):
    ns = 'xmlns:ofd="http://www.ofdspec.org/2016"'
    root = f'<ofd:OFD {ns} Version="1.0" DocType="OFD"><ofd:DocBody><ofd:DocInfo><ofd:Title>a</ofd:Title></ofd:DocInfo><ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>'
    document = f'<ofd:Document {ns}><ofd:Pages><ofd:Page ID="1" BaseLoc="Pages/Page_0/Content.xml"/></ofd:Pages></ofd:Document>'

    def page(objects):
        return f'<ofd:Page {ns}><ofd:Content><ofd:Layer ID="2">{objects}</ofd:Layer></ofd:Content></ofd:Page>'

    def code(text, x=10, y=10, delta=""):
        return f'<ofd:TextObject ID="3" Boundary="0 0 99 99"><ofd:TextCode X="{x}" Y="{y}" {delta}>{text}</ofd:TextCode></ofd:TextObject>'

    def ofd(name, objects="", more=None, due=FOUND):
        parts = {"OFD.xml": root, "Doc_0/Document.xml": document, "Doc_0/Pages/Page_0/Content.xml": page(objects)}
        parts.update(more or {})
        c.add(f"ofd_{name}.ofd", zip_of(parts), due)

    ofd("codes", code("机") + code("密★", 20) + code("10年", 30))
    ofd("reversed", "".join(code(x, 10 + 8 * i) for i, x in reversed(list(enumerate(MARK)))))
    ofd("vertical", "".join(code(x, 10, 10 + 8 * i) for i, x in enumerate(MARK)))
    ofd("delta", code(MARK, delta='DeltaX="g 5 8"'))
    ofd("annotation", more={"Doc_0/Annots/Page_0/Annotation.xml": f'<ofd:PageAnnot {ns}><ofd:Annot Type="Stamp"><ofd:Remark>{MARK}</ofd:Remark></ofd:Annot></ofd:PageAnnot>'})
    ofd("annotation_look", more={"Doc_0/Annots/Page_0/Annotation.xml": f'<ofd:PageAnnot {ns}><ofd:Annot Type="Stamp"><ofd:Appearance>{code("机")}{code("密★10年", 20)}</ofd:Appearance></ofd:Annot></ofd:PageAnnot>'})
    ofd("attachment", more={"Doc_0/Attachs/a.docx": docx(para(run(MARK)))})
    ofd("attachment_name", more={"Doc_0/Attachs/Attachments.xml": f'<ofd:Attachments {ns}><ofd:Attachment ID="1" Name="{MARK}"/></ofd:Attachments>'})
    ofd("custom_data", more={"OFD.xml": root.replace("<ofd:Title>a</ofd:Title>", f'<ofd:CustomDatas><ofd:CustomData Name="密级">{MARK}</ofd:CustomData></ofd:CustomDatas>')})
    ofd("outline", more={"Doc_0/Document.xml": document.replace("<ofd:Pages>", f'<ofd:Outlines><ofd:OutlineElem Title="{MARK}"/></ofd:Outlines><ofd:Pages>')})
    ofd("old_page", more={"Doc_0/Pages/Page_9/Content.xml": page(code(MARK))})
    ofd("signature", more={"Doc_0/Signs/Sign_0/Signature.xml": f'<ofd:Signature {ns}><ofd:SignedInfo><ofd:Provider ProviderName="{MARK}"/></ofd:SignedInfo></ofd:Signature>'})
    ofd("version", more={"Doc_0/Versions/V1.xml": f'<ofd:DocVersion {ns} Name="{MARK}"/>'})
    ofd("glyphs", '<ofd:TextObject ID="3"><ofd:CGTransform CodePosition="0" CodeCount="2" GlyphCount="2"><ofd:Glyphs>1 2</ofd:Glyphs></ofd:CGTransform><ofd:TextCode X="1" Y="1">机密★10年</ofd:TextCode></ofd:TextObject>')
    xhtml = "<html xmlns='http://www.w3.org/1999/xhtml'><body><p>机<b>密</b>★10年</p></body></html>"
    c.add("epub_page.epub", zip_of({"mimetype": "application/epub+zip", "OEBPS/a.xhtml": xhtml}))
    c.add("epub_opf.epub", zip_of({"mimetype": "application/epub+zip", "OEBPS/a.opf": f"<package><metadata><dc:title xmlns:dc='d'>{MARK}</dc:title></metadata></package>"}))
    glyph = lambda x, i: f'<Glyphs UnicodeString="{x}" OriginX="{10 + 12 * i}" OriginY="20" FontRenderingEmSize="12"/>'  # noqa: E731
    for name, order in (("glyphs", 1), ("glyphs_back", -1)):
        c.add(f"xps_{name}.xps", zip_of({"[Content_Types].xml": TYPES, "Documents/1/Pages/1.fpage": "<FixedPage xmlns='http://schemas.microsoft.com/xps/2005/06'>" + "".join(glyph(x, i) for i, x in list(enumerate(MARK))[::order]) + "</FixedPage>"}))
    c.add("hwpx_text.hwpx", zip_of({"mimetype": "application/hwp+zip", "Contents/section0.xml": "<hs:sec xmlns:hs='s' xmlns:hp='p'><hp:p><hp:run><hp:t>机</hp:t></hp:run><hp:run><hp:t>密★10年</hp:t></hp:run></hp:p></hs:sec>"}))
    c.add("uof_text.uof", f"<?xml version='1.0' encoding='UTF-8'?><uof:UOF xmlns:uof='u' xmlns:字='z'><字:段落><字:句><字:文本串>机</字:文本串></字:句><字:句><字:文本串>密★10年</字:文本串></字:句></字:段落></uof:UOF>")
    c.add("fb2_text.fb2", "<FictionBook><body><p>机<strong>密</strong>★10年</p></body></FictionBook>")
    c.add("idml_text.idml", zip_of({"mimetype": "application/vnd.adobe.indesign-idml-package", "Stories/a.xml": "<Story><CharacterStyleRange><Content>机</Content></CharacterStyleRange><CharacterStyleRange><Content>密★10年</Content></CharacterStyleRange></Story>"}))
    c.add("kml_text.kmz", zip_of({"doc.kml": f"<kml><Placemark><description><![CDATA[机<b>密</b>★10年]]></description></Placemark></kml>"}))
    c.add("xmind_text.xmind", zip_of({"content.json": '[{"rootTopic":{"title":"%s"}}]' % MARK}))


def all_of(c):
    word(c)
    excel(c)
    powerpoint(c)
    opendocument(c)
    others(c)

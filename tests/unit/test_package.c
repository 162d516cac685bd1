/* test_package.c: parts of office documents, each in its place: sheets and cells, number formats,
 * slides, list labels, OFD and XPS pages. Packages are built in memory. */
#include "check.h"

#include "base/mem.h"
#include "extract/extract.h"
#include "extract/numfmt.h"
#include "zip_build.h"

/* One line a text: "role[sheet]page{row,col of the first anchor at the needle}:text". */
typedef struct heard {
    msh_buf text, reasons;
    msh_view needle;
    uint32_t row, col, page, hits;
    unsigned flags;
    char sheet[64], role[16];
} heard;

static heard h;

static void note_place(const msh_text *t, size_t at)
{
    h.hits++;
    h.row = h.col = 0;
    for (size_t i = 0; i < t->n_anchors && t->anchors[i].at <= at; i++) {
        h.row = t->anchors[i].cell_row;
        h.col = t->anchors[i].cell_col;
    }
    h.page = t->place.page;
    h.flags = t->flags;
    (void)snprintf(h.sheet, sizeof h.sheet, "%.*s", (int)t->place.sheet.len,
                   (const char *)t->place.sheet.data);
    (void)snprintf(h.role, sizeof h.role, "%s", msh_role_name(t->place.role));
}

static msh_err on_text(void *ctx, const msh_text *t)
{
    (void)ctx;
    size_t at = h.needle.len ? msh_view_find(t->bytes, h.needle, 0) : SIZE_MAX;
    if (at != SIZE_MAX && h.hits == 0)
        note_place(t, at);
    msh_buf_put_str(&h.text, msh_role_name(t->place.role));
    msh_buf_put_byte(&h.text, ':');
    msh_buf_put_view(&h.text, t->bytes);
    msh_buf_put_byte(&h.text, '\n');
    return MSH_OK;
}

static msh_err on_outcome(void *ctx, msh_reason reason, const msh_place *place, uint64_t reached)
{
    (void)ctx;
    (void)place;
    (void)reached;
    msh_buf_put_str(&h.reasons, msh_reason_name(reason));
    msh_buf_put_byte(&h.reasons, '\n');
    return MSH_OK;
}

static char format[16];

static void scan(const member *members, size_t n, const char *path, const char *needle)
{
    msh_limits limits;
    msh_arena arena;
    msh_buf z;
    msh_input in;
    msh_buf_init(&z, 1 << 20);
    build(&z, members, n);
    msh_limits_default(&limits);
    msh_arena_init(&arena, 0);
    msh_buf_reset(&h.text);
    msh_buf_reset(&h.reasons);
    h.needle = msh_view_str(needle);
    h.hits = 0;
    msh_sink sink = {.text = on_text, .outcome = on_outcome};
    msh_extract x = {.arena = &arena, .limits = &limits, .sink = &sink};
    msh_input_memory(&in, msh_buf_view(&z));
    CHECK_INT(msh_extract_item(&x, &in, msh_view_str(path)), MSH_OK);
    (void)snprintf(format, sizeof format, "%.*s", (int)x.format.len, (const char *)x.format.data);
    msh_input_dispose(&in);
    msh_arena_dispose(&arena);
    msh_buf_dispose(&z);
}

static bool said(const char *what)
{
    return msh_view_find(msh_buf_view(&h.text), msh_view_str(what), 0) != SIZE_MAX;
}

/* A suffix makes no zip of what is none. */
static void test_suffix_alone(void)
{
    msh_limits limits;
    msh_arena arena;
    msh_input in;
    msh_limits_default(&limits);
    msh_arena_init(&arena, 0);
    msh_buf_reset(&h.reasons);
    msh_sink sink = {.text = on_text, .outcome = on_outcome};
    msh_extract x = {.arena = &arena, .limits = &limits, .sink = &sink};
    msh_input_memory(&in, MSH_VIEW("\1\2\3\4\0\0\0\0\xfe\xff\xfe\xff\0\1\2\3"));
    CHECK_INT(msh_extract_item(&x, &in, MSH_VIEW("t.xlsx")), MSH_OK);
    CHECK_VIEW(x.format, MSH_VIEW("?"));
    CHECK_VIEW(msh_buf_view(&h.reasons), MSH_VIEW("format.unknown\n"));
    msh_input_dispose(&in);
    msh_arena_dispose(&arena);
}

/* --- workbooks ---------------------------------------------------------------------------------
 */

static const char workbook[] =
    "<workbook xmlns:r=\"r\"><sheets><sheet name=\"名单\" sheetId=\"1\" r:id=\"rId1\"/>"
    "<sheet name=\"底稿\" sheetId=\"2\" state=\"veryHidden\" r:id=\"rId2\"/></sheets></workbook>";
static const char workbook_rels[] =
    "<Relationships><Relationship Id=\"rId1\" Target=\"worksheets/sheet9.xml\"/>"
    "<Relationship Id=\"rId2\" Target=\"/xl/worksheets/sheet8.xml\"/></Relationships>";
static const char styles[] = "<styleSheet><numFmts><numFmt numFmtId=\"170\" "
                             "formatCode=\"&quot;机密★&quot;0&quot;年&quot;\"/>"
                             "</numFmts><cellStyleXfs><xf numFmtId=\"170\"/></cellStyleXfs>"
                             "<cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"170\"/><xf "
                             "numFmtId=\"14\"/></cellXfs></styleSheet>";
static const char strings[] =
    "<sst><si><t>姓名</t></si><si><r><t>机</t></r><r><t>密★5年</t></r></si>"
    "<si><t>unused words</t></si></sst>";
static const char sheet_rels[] =
    "<Relationships><Relationship Id=\"rId1\" Target=\"../comments1.xml\"/></Relationships>";
static const char comments[] = "<comments><authors><author>李四</author></authors><commentList>"
                               "<comment ref=\"C5\"><text><r><t>看这</t></r><r><t>里</t></r></text>"
                               "</comment></commentList></comments>";

static void scan_book(const char *sheet, const char *needle)
{
    const member m[] = {{"[Content_Types].xml", "<Types/>", NULL, 0, false},
                        {"xl/worksheets/sheet9.xml", sheet, NULL, 0, false},
                        {"xl/worksheets/sheet8.xml",
                         "<worksheet><sheetData><row r=\"1\"><c r=\"A1\" t=\"inlineStr\"><is><t>"
                         "below</t></is></c></row></sheetData></worksheet>",
                         NULL, 0, false},
                        {"xl/comments1.xml", comments, NULL, 0, false},
                        {"xl/worksheets/_rels/sheet9.xml.rels", sheet_rels, NULL, 0, false},
                        {"xl/styles.xml", styles, NULL, 0, false},
                        {"xl/sharedStrings.xml", strings, NULL, 0, false},
                        {"xl/workbook.xml", workbook, NULL, 0, false},
                        {"xl/_rels/workbook.xml.rels", workbook_rels, NULL, 0, false}};
    scan(m, sizeof m / sizeof m[0], "t.xlsx", needle);
}

#define CELLS(rows) "<worksheet><sheetData>" rows "</sheetData></worksheet>"

static void test_cells(void)
{
    scan_book(
        CELLS("<row r=\"2\"><c r=\"B2\" t=\"s\"><v>0</v></c><c r=\"D2\" t=\"s\"><v>1</v></c>"
              "</row><row r=\"7\"><c r=\"B7\" t=\"inlineStr\"><is><t>x&#10;y</t></is></c></row>"),
        "机密★5年");
    CHECK_STR(format, "xlsx");
    CHECK_STR(h.sheet, "名单");
    CHECK_STR(h.role, "body");
    CHECK_INT(h.row, 2);
    CHECK_INT(h.col, 4);
    CHECK(h.flags & MSH_TEXT_TABLE);
    CHECK(said("body:\t姓名\t\t机密★5年\n\tx y\n"));
    CHECK(said("hidden:unused words\n"));
    CHECK(!said("hidden:姓名"));
    CHECK_INT(h.reasons.len, 0);
}

static void test_hidden_sheet_and_comment(void)
{
    scan_book(CELLS(""), "below");
    CHECK_STR(h.sheet, "底稿");
    CHECK_STR(h.role, "hidden");
    scan_book(CELLS(""), "看这里");
    CHECK_STR(h.sheet, "名单");
    CHECK_STR(h.role, "comment");
    CHECK_INT(h.row, 5);
    CHECK_INT(h.col, 3);
    CHECK(said("李四"));
}

static void test_hidden_rows_and_columns(void)
{
    scan_book("<worksheet><cols><col min=\"2\" max=\"3\" hidden=\"1\"/></cols><sheetData>"
              "<row r=\"1\"><c r=\"A1\"><v>11</v></c><c r=\"C1\"><v>33</v></c></row>"
              "<row r=\"2\" hidden=\"1\"><c r=\"A2\"><v>44</v></c></row></sheetData></worksheet>",
              "");
    CHECK(said("body:11\t\t33\n44\n"));
    CHECK(said("hidden:\t\t33\n44\n"));
}

static void test_formats(void)
{
    scan_book(
        CELLS("<row r=\"1\"><c r=\"A1\" s=\"1\"><v>10</v></c><c r=\"B1\" s=\"2\"><v>45321</v></c>"
              "<c r=\"C1\"><v>1.1010519491231002E+17</v></c></row>"),
        "");
    CHECK(said("body:机密★10年\t2024-01-30\t110105194912310020\n"));
    CHECK(said("body:10\n1.10105194912310E+17\n"));
}

static void test_what_is_no_cell(void)
{
    scan_book(
        "<worksheet><sheetData/><dataValidations><dataValidation prompt=\"绝密★长期\"><formula1>"
        "\"a,秘密★3年\"</formula1></dataValidation></dataValidations><headerFooter><oddHeader>"
        "&amp;L&amp;\"宋体,Bold\"&amp;14机密★10年&amp;R&amp;P</oddHeader></headerFooter></"
        "worksheet>",
        "机密★10年");
    CHECK_STR(h.role, "header");
    CHECK(said("header:机密★10年\n"));
    CHECK(said("秘密★3年") && said("绝密★长期"));
}

static void shown(const char *code, const char *number, const char *want)
{
    msh_buf b;
    msh_buf_init(&b, 1 << 10);
    (void)msh_numfmt_number(&b, msh_view_str(code), msh_view_str(number), false);
    CHECK_VIEW(msh_buf_view(&b), msh_view_str(want));
    msh_buf_dispose(&b);
}

static void test_number_formats(void)
{
    shown("", "0.1", "0.1");
    shown("", "1.3800001234E+10", "13800001234");
    shown("", "1E-5", "1E-5");
    shown("", "1E+999", "1E+999");
    shown("", "-2.5E+3", "-2500");
    shown("General", "12", "12");
    shown("#,##0.00", "1599.99", "1599.99");
    shown("\"第\"0000\"号\"", "17", "第0017号");
    shown("000\\-0000\\-0000", "13800001234", "138-0000-1234");
    shown("0.00\"元\";\"负\"0.00\"元\"", "-12.5", "负12.50元");
    shown("0;-0;\"机密\"", "0", "机密");
    shown("yyyy\\-mm\\-dd", "36526", "2000-01-01");
    shown("h:mm", "0.25", "06:00");
    shown("yyyy\"年\"m\"月\"d\"日\"", "36526.5", "2000-01-01 12:00");
    shown("\"机密★至\"yyyy\"年\"", "36526", "机密★至2000年");
    shown("yyyy", "3000000", "3000000");
    shown("[$¥-804]0\"元整\"", "3", "¥3元整");
    shown("\"", "1", "1");
    shown("\\", "1", "1");
    shown("[h", "1", "1900-01-01");
    shown("0", "x", "x");
}

/* --- slides ------------------------------------------------------------------------------------
 */

static void test_slides(void)
{
    const member m[] = {
        {"[Content_Types].xml", "<Types/>", NULL, 0, false},
        {"ppt/slides/slide1.xml",
         "<p:sld xmlns:p=\"p\" xmlns:a=\"a\" show=\"0\"><a:p><a:r><a:t>"
         "unshown</a:t></a:r></a:p></p:sld>",
         NULL, 0, false},
        {"ppt/notesSlides/notesSlide1.xml",
         "<p:notes xmlns:p=\"p\" xmlns:a=\"a\"><a:p><a:t>spoken</a:t></a:p></p:notes>", NULL, 0,
         false},
        {"ppt/slides/_rels/slide1.xml.rels",
         "<Relationships><Relationship Id=\"rId7\" Target=\"../notesSlides/notesSlide1.xml\"/>"
         "</Relationships>",
         NULL, 0, false},
        {"ppt/presentation.xml",
         "<p:presentation xmlns:p=\"p\" xmlns:r=\"r\"><p:sldIdLst><p:sldId id=\"256\" "
         "r:id=\"rId3\"/>"
         "<p:sldId id=\"257\" r:id=\"rId2\"/></p:sldIdLst></p:presentation>",
         NULL, 0, false},
        {"ppt/_rels/presentation.xml.rels",
         "<Relationships><Relationship Id=\"rId2\" Target=\"slides/slide1.xml\"/>"
         "<Relationship Id=\"rId3\" Target=\"slides/slide2.xml\"/></Relationships>",
         NULL, 0, false}};
    scan(m, 6, "t.pptx", "unshown");
    CHECK_STR(format, "pptx");
    CHECK_STR(h.role, "hidden");
    CHECK_INT(h.page, 2);
    scan(m, 6, "t.pptx", "spoken");
    CHECK_STR(h.role, "comment");
    CHECK_INT(h.page, 2);
}

/* --- lists of Word -----------------------------------------------------------------------------
 */

#define W_HEAD "<w:document xmlns:w=\"w\"><w:body>"
#define W_TAIL "</w:body></w:document>"

static void scan_word(const char *document, const char *numbering, const char *style_part)
{
    const member m[] = {{"word/document.xml", document, NULL, 0, false},
                        {"word/numbering.xml", numbering, NULL, 0, false},
                        {"word/styles.xml", style_part, NULL, 0, false}};
    scan(m, 3, "t.docx", "");
    CHECK_STR(format, "docx");
}

static void test_style_lists(void)
{
    scan_word(
        W_HEAD
        "<w:p><w:pPr><w:pStyle w:val=\"Child\"/></w:pPr><w:r><w:t>x</w:t></w:r></w:p>"
        "<w:p><w:pPr><w:pStyle w:val=\"Child\"/></w:pPr><w:r><w:t>y</w:t></w:r></w:p>" W_TAIL,
        "<w:numbering xmlns:w=\"w\"><w:abstractNum w:abstractNumId=\"1\"><w:numStyleLink "
        "w:val=\"Real\"/></w:abstractNum><w:abstractNum w:abstractNumId=\"2\">"
        "<w:lvl w:ilvl=\"0\"><w:start w:val=\"3\"/><w:numFmt w:val=\"upperRoman\"/><w:lvlText "
        "w:val=\"%1\"/></w:lvl><w:lvl w:ilvl=\"1\"><w:start w:val=\"5\"/><w:pStyle "
        "w:val=\"Child\"/><w:isLgl/><w:lvlText w:val=\"秘密★%1.%2年\"/></w:lvl></w:abstractNum>"
        "<w:num w:numId=\"1\"><w:abstractNumId w:val=\"1\"/></w:num>"
        "<w:num w:numId=\"2\"><w:abstractNumId w:val=\"2\"/></w:num></w:numbering>",
        "<w:styles xmlns:w=\"w\"><w:style w:styleId=\"Child\"><w:basedOn w:val=\"Base\"/>"
        "</w:style><w:style w:styleId=\"Base\"><w:numPr><w:numId w:val=\"1\"/></w:numPr>"
        "</w:style><w:style w:styleId=\"Real\"><w:numPr><w:numId w:val=\"2\"/></w:numPr>"
        "</w:style><w:style w:styleId=\"Loop\"><w:basedOn w:val=\"Loop\"/></w:style></w:styles>");
    CHECK(said("body:秘密★3.5年 x\n秘密★3.6年 y\n"));
}

static void test_hidden_by_style(void)
{
    scan_word(
        W_HEAD "<w:p><w:r><w:rPr><w:rStyle w:val=\"B\"/></w:rPr><w:t>dark</w:t></w:r><w:r>"
               "<w:t>light</w:t></w:r></w:p><w:p><w:pPr><w:pStyle w:val=\"Loop\"/></w:pPr><w:r>"
               "<w:t>plain</w:t></w:r></w:p>" W_TAIL,
        "<w:numbering xmlns:w=\"w\"/>",
        "<w:styles xmlns:w=\"w\"><w:style w:styleId=\"A\"><w:rPr><w:vanish/></w:rPr></w:style>"
        "<w:style w:styleId=\"B\"><w:basedOn w:val=\"A\"/></w:style><w:style w:styleId=\"Loop\">"
        "<w:basedOn w:val=\"Loop\"/></w:style></w:styles>");
    CHECK(said("body:darklight\nplain\n"));
    CHECK(said("hidden:dark\n"));
    CHECK(!said("hidden:dark\nplain") && !said("hidden:plain"));
}

/* --- pages by place ----------------------------------------------------------------------------
 */

static void test_ofd(void)
{
    const member m[] = {
        {"OFD.xml", "<OFD><DocBody><DocRoot>Doc_0/Document.xml</DocRoot></DocBody></OFD>", NULL, 0,
         false},
        {"Doc_0/Pages/Page_9/Content.xml",
         "<Page><Content><Layer>"
         "<TextObject Boundary=\"60 20 10 5\" Size=\"4\"><TextCode X=\"0\" "
         "Y=\"4\">年</TextCode></TextObject>"
         "<TextObject Boundary=\"10 20 50 5\" Size=\"4\"><TextCode X=\"0\" Y=\"4\" DeltaX=\"g 2 4 "
         "34\">"
         "机密★0</TextCode></TextObject>"
         "<TextObject Boundary=\"22 20 10 5\" Size=\"4\"><TextCode X=\"0\" "
         "Y=\"4\">1</TextCode></TextObject>"
         "</Layer></Content></Page>",
         NULL, 0, false},
        {"Doc_0/Document.xml",
         "<Document><Pages><Page ID=\"1\" BaseLoc=\"Pages/Page_1/Content.xml\"/><Page ID=\"2\" "
         "BaseLoc=\"Pages/Page_9/Content.xml\"/></Pages></Document>",
         NULL, 0, false}};
    scan(m, 3, "t.ofd", "机密★");
    CHECK_STR(format, "ofd");
    CHECK_INT(h.page, 2);
    CHECK(said("机密★1"));
}

static void test_xps(void)
{
    const member m[] = {{"[Content_Types].xml", "<Types/>", NULL, 0, false},
                        {"FixedDocSeq.fdseq", "<FixedDocumentSequence/>", NULL, 0, false},
                        {"Documents/1/Pages/1.fpage",
                         "<FixedPage><Canvas RenderTransform=\"1,0,0,1,0,100\"><Glyphs "
                         "OriginX=\"10\" OriginY=\"20\" "
                         "FontRenderingEmSize=\"10\" UnicodeString=\"second\"/></Canvas>"
                         "<Glyphs OriginX=\"30\" OriginY=\"20\" FontRenderingEmSize=\"10\" "
                         "UnicodeString=\"★10年\"/>"
                         "<Glyphs OriginX=\"10\" OriginY=\"21\" FontRenderingEmSize=\"10\" "
                         "UnicodeString=\"{}机密\"/>"
                         "</FixedPage>",
                         NULL, 0, false}};
    scan(m, 3, "t.xps", "");
    CHECK_STR(format, "xps");
    CHECK(said("body:机密★10年\nsecond\n"));
}

/* --- OpenDocument ------------------------------------------------------------------------------
 */

#define ODF_MANIFEST                                                                               \
    {                                                                                              \
        "META-INF/manifest.xml", "<manifest/>", NULL, 0, false                                     \
    }

static void scan_odf(const char *mime, const char *content, const char *path, const char *needle)
{
    const member m[] = {
        {"mimetype", mime, NULL, 0, false}, ODF_MANIFEST, {"content.xml", content, NULL, 0, false}};
    scan(m, 3, path, needle);
}

static const char ods_content[] =
    "<o:document-content xmlns:o=\"o\" xmlns:t=\"t\" xmlns:x=\"x\"><o:automatic-styles>"
    "<s:style xmlns:s=\"s\" s:name=\"ta2\"><s:table-properties t:display=\"false\"/></s:style>"
    "</o:automatic-styles><o:body><o:spreadsheet><t:table t:name=\"公示\">"
    "<t:table-column t:number-columns-repeated=\"2\"/><t:table-column t:visibility=\"collapse\"/>"
    "<t:table-row t:number-rows-repeated=\"4\"/><t:table-row><t:table-cell "
    "t:number-columns-repeated=\"2\"/><t:table-cell o:value=\"110105194912310020\"><o:annotation>"
    "<x:p>note</x:p></o:annotation><x:p>机密</x:p><x:p>★10年</x:p></t:table-cell></t:table-row>"
    "<t:table-row><t:table-cell><x:p>z</x:p></t:table-cell></t:table-row></t:table>"
    "<t:table t:name=\"底\" t:style-name=\"ta2\"><t:table-row><t:table-cell><x:p>low</x:p>"
    "</t:table-cell></t:table-row></t:table></o:spreadsheet></o:body></o:document-content>";

static void test_ods(void)
{
    static const char mime[] = "application/vnd.oasis.opendocument.spreadsheet";
    scan_odf(mime, ods_content, "t.ods", "机密");
    CHECK_STR(format, "ods");
    CHECK_STR(h.sheet, "公示");
    CHECK_INT(h.row, 5);
    CHECK_INT(h.col, 3);
    CHECK(said("body:\t\t机密 ★10年\nz\n"));
    CHECK(said("hidden:\t\t机密 ★10年\n"));
    CHECK(said("body:110105194912310020\n1.10105194912310E+17\n"));
    CHECK(said("comment:note\n"));
    scan_odf(mime, ods_content, "t.ods", "low");
    CHECK_STR(h.sheet, "底");
    CHECK_STR(h.role, "hidden");
}

static void test_odt(void)
{
    scan_odf("application/vnd.oasis.opendocument.text",
             "<o:document-content xmlns:o=\"o\" xmlns:x=\"x\" xmlns:s=\"s\"><s:style s:name=\"T1\">"
             "<s:text-properties x:display=\"none\"/></s:style><x:p>see<x:span x:style-name=\"T1\">"
             "unseen</x:span></x:p><x:section x:display=\"none\"><x:p>gone</x:p></x:section>"
             "<x:hidden-paragraph>h</x:hidden-paragraph><x:p>end</x:p></o:document-content>",
             "t.odt", "");
    CHECK_STR(format, "odt");
    CHECK(said("body:seeunseen\ngone\nh\nend\n"));
    CHECK(said("hidden:unseen\ngone\nh\n"));
}

static void test_odp(void)
{
    scan_odf(
        "application/vnd.oasis.opendocument.presentation",
        "<o:document-content xmlns:o=\"o\" xmlns:d=\"d\" xmlns:x=\"x\"><d:page><x:p>one</x:p>"
        "</d:page><d:page><x:p>two</x:p><p:notes xmlns:p=\"p\"><x:p>aside</x:p></p:notes></d:page>"
        "</o:document-content>",
        "t.odp", "two");
    CHECK_STR(format, "odp");
    CHECK_INT(h.page, 2);
    CHECK(said("body:one\n\n") && said("body:two\n\n") && said("comment:aside\n"));
}

/* One XML file, no zip. */
static void test_flat(void)
{
    msh_limits limits;
    msh_arena arena;
    msh_input in;
    static const char flat[] =
        "<?xml version=\"1.0\"?><office:document "
        "xmlns:office=\"urn:oasis:names:tc:opendocument:xmlns:"
        "office:1.0\" xmlns:text=\"t\"><text:p>机<text:span>密★1</text:span>0年</text:p>"
        "</office:document>";
    msh_limits_default(&limits);
    msh_arena_init(&arena, 0);
    msh_buf_reset(&h.text);
    msh_sink sink = {.text = on_text, .outcome = on_outcome};
    msh_extract x = {.arena = &arena, .limits = &limits, .sink = &sink};
    msh_input_memory(&in, msh_view_str(flat));
    CHECK_INT(msh_extract_item(&x, &in, MSH_VIEW("t.fodt")), MSH_OK);
    CHECK_VIEW(x.format, MSH_VIEW("flat"));
    CHECK(said("body:机密★10年\n"));
    msh_input_dispose(&in);
    msh_arena_dispose(&arena);
}

int main(void)
{
    msh_buf_init(&h.text, 64 << 20);
    msh_buf_init(&h.reasons, 1 << 20);
    RUN(test_suffix_alone);
    RUN(test_cells);
    RUN(test_hidden_sheet_and_comment);
    RUN(test_hidden_rows_and_columns);
    RUN(test_formats);
    RUN(test_what_is_no_cell);
    RUN(test_number_formats);
    RUN(test_slides);
    RUN(test_style_lists);
    RUN(test_hidden_by_style);
    RUN(test_ofd);
    RUN(test_xps);
    RUN(test_ods);
    RUN(test_odt);
    RUN(test_odp);
    RUN(test_flat);
    msh_buf_dispose(&h.text);
    msh_buf_dispose(&h.reasons);
    return check_result();
}

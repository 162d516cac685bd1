/* fmt_flat.c: office documents in one XML file: flat OpenDocument (ODF 1.3 part 3 §3.1.2), flat
 * OPC, WordprocessingML and SpreadsheetML of 2003. The bytes as written are read by the text
 * extractor; here their paragraphs are joined. */
#include "extract/ods.h"
#include "extract/xmltext.h"

#include "base/err.h"
#include "base/view.h"

typedef enum flat_kind { NONE, ODF, SHEETS, WORD } flat_kind;

static flat_kind kind_of(const msh_doc *doc, msh_view root)
{
    static const char opendocument[] = "urn:oasis:names:tc:opendocument";
    if (msh_view_eq_str(root, "wordDocument"))
        return WORD;
    if (msh_view_eq_str(root, "package") &&
        msh_view_find(doc->head, MSH_VIEW("/xmlPackage"), 0) != SIZE_MAX)
        return WORD;
    if (msh_view_eq_str(root, "Workbook") &&
        msh_view_find(doc->head, MSH_VIEW("office:spreadsheet"), 0) != SIZE_MAX)
        return SHEETS;
    if (!msh_view_eq_str(root, "document") ||
        msh_view_find(doc->head, msh_view_str(opendocument), 0) == SIZE_MAX)
        return NONE;
    return msh_view_find(doc->head, MSH_VIEW("opendocument.spreadsheet"), 0) != SIZE_MAX ? SHEETS
                                                                                         : ODF;
}

/* Only charsets that agree with ASCII are looked at before they are decoded. */
static int probe(const msh_doc *doc)
{
    if (!msh_xml_probe(doc->head))
        return 0;
    return kind_of(doc, msh_xml_root(NULL, doc->head)) != NONE ? 95 : 0;
}

static msh_err extract(msh_extract *x, const msh_doc *doc)
{
    msh_view all;
    msh_xt t;
    MSH_TRY(msh_input_whole(doc->in, (size_t)x->limits->member_size, &all));
    flat_kind kind = kind_of(doc, msh_xml_root(x->arena, doc->head));
    if (kind == SHEETS)
        return msh_ods_read(x, doc, &doc->place, all);
    msh_err err = msh_xt_init(&t, x, doc, &doc->place, kind == WORD ? MSH_XT_WORD : MSH_XT_ODF);
    if (err == MSH_OK)
        err = msh_xt_read(&t, all);
    msh_xt_dispose(&t);
    return err;
}

extern const msh_format msh_format_flat;
const msh_format msh_format_flat = {
    .name = "flat",
    .zh = "单一 XML 文件的办公文档",
    .en = "office documents in one XML file",
    .suffixes = "fodt fods fodp xml",
    .library = "libxml2",
    .reads_zh = "段落、单元格、批注、修订、页眉页脚；内嵌的图片和文件另行检查；另按源码再查一遍",
    .reads_en = "paragraphs, cells, comments, tracked changes, headers; pictures and files inside "
                "by themselves; the source once more",
    .probe = probe,
    .extract = extract,
    .flags = MSH_FORMAT_TEXT | MSH_FORMAT_MARKUP,
    .family = "markup",
};

/* fmt_office.c: documents that are a zip of XML parts: docx xlsx pptx and their kin (ECMA-376),
 * OpenDocument (ISO/IEC 26300), OFD (GB/T 33190), XPS, EPUB-like packages.
 *
 * Every part is read, also one that nothing refers to; what is no XML goes to a child (pictures,
 * embedded documents, macros). Nothing is followed: relationships are texts. */
#include "extract/office.h"
#include "extract/xmlpart.h"
#include "extract/xmltext.h"
#include "extract/zip.h"

#include "base/err.h"
#include "base/view.h"

typedef struct package {
    msh_extract *x;
    const msh_doc *doc;
    msh_zip zip;
    msh_zip_kind kind;
    msh_office_strings strings;
    msh_numbering *numbering;
    msh_buf data;
    bool encrypted, main_seen;
} package;

static int office_probe(const msh_doc *doc)
{
    msh_zip_kind kind = msh_zip_sniff(doc, false);
    return kind >= MSH_ZIP_KIND_OPC && kind != MSH_ZIP_KIND_EPUB ? 90 : 0;
}

static bool name_has(msh_view name, const char *part)
{
    return msh_view_find(name, msh_view_str(part), 0) != SIZE_MAX;
}

static msh_role role_of(msh_view name)
{
    static const struct {
        const char *part;
        msh_role role;
    } rows[] = {
        {"word/header", MSH_ROLE_HEADER}, {"word/footer", MSH_ROLE_FOOTER},
        {"omments", MSH_ROLE_COMMENT},    {"comment", MSH_ROLE_COMMENT},
        {"docProps/", MSH_ROLE_META},     {"customXml/", MSH_ROLE_META},
        {"meta.xml", MSH_ROLE_META},      {"OFD.xml", MSH_ROLE_META},
        {"CustomTag", MSH_ROLE_META},     {"Annot", MSH_ROLE_COMMENT},
        {"_rels/", MSH_ROLE_ATTR},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (name_has(name, rows[i].part))
            return rows[i].role;
    return MSH_ROLE_BODY;
}

/* The number in ppt/slides/slide12.xml: the page. */
static uint32_t slide_number(msh_view name)
{
    size_t at = msh_view_find(name, MSH_VIEW("slides/slide"), 0);
    uint32_t n = 0;
    if (at == SIZE_MAX)
        return 0;
    for (at += 12; at < name.len && name.data[at] >= '0' && name.data[at] <= '9' && n < 100000;
         at++)
        n = n * 10 + (name.data[at] - '0');
    return n;
}

static bool is_main_part(msh_view name)
{
    return msh_view_eq_str(name, "word/document.xml") || name_has(name, "xl/workbook.") ||
           msh_view_eq_str(name, "ppt/presentation.xml") || msh_view_eq_str(name, "content.xml") ||
           name_has(name, "OFD.xml") || name_has(name, "word/document");
}

/* Whether bytes are read as a part here: markup that is no HTML document and no whole document of
 * its own kind (those go to a child). */
static bool is_part(msh_view name, msh_view bytes)
{
    if (msh_view_ends_nocase(name, MSH_VIEW(".htm")) ||
        msh_view_ends_nocase(name, MSH_VIEW(".html")) ||
        msh_view_ends_nocase(name, MSH_VIEW(".svg")) ||
        msh_view_ends_nocase(name, MSH_VIEW(".mht")))
        return false;
    return msh_xml_probe(bytes);
}

static msh_err read_bytes(package *p, size_t i, bool *whole)
{
    msh_err err = msh_zip_read(&p->zip, i, &p->data, whole);
    if (err != MSH_OK) {
        msh_place place = msh_child_place(p->x, p->doc, p->zip.entries[i].name);
        (void)!msh_sweep(p->x, &place, msh_buf_view(&p->data), MSH_NO_POSITION);
    }
    return err;
}

/* How a part is read: texts with paragraphs by their vocabulary, all else (sheets, OFD pages,
 * properties) as office.c does. */
static bool vocabulary_of(package *p, msh_view name, msh_view bytes, msh_xt_vocabulary *out)
{
    static const char *const word_roots[] = {
        "document",         "hdr",       "ftr",      "footnotes", "endnotes",   "comments",
        "glossaryDocument", "numbering", "settings", "styles",    "webSettings"};
    msh_view root = msh_xml_root(p->x->arena, bytes);
    *out = MSH_XT_WORD;
    if (name_has(name, "word/") || p->kind == MSH_ZIP_KIND_DOCX)
        for (size_t i = 0; i < sizeof word_roots / sizeof word_roots[0]; i++)
            if (msh_view_eq_str(root, word_roots[i]))
                return true;
    *out = MSH_XT_GENERIC;
    if (name_has(name, "ppt/") || name_has(name, "/charts/") || name_has(name, "/diagrams/") ||
        name_has(name, "/drawings/"))
        return !name_has(name, "_rels/");
    *out = MSH_XT_ODF;
    return msh_view_eq_str(root, "document-content") || msh_view_eq_str(root, "document-styles");
}

static msh_err read_part(package *p, size_t i)
{
    msh_view name = p->zip.entries[i].name, bytes = msh_buf_view(&p->data);
    msh_place place = msh_child_place(p->x, p->doc, name);
    if (is_main_part(name))
        p->main_seen = true;
    if (bytes.len == 0)
        return msh_zip_emit_name(&p->zip, i);
    if (!is_part(name, bytes))
        return msh_extract_child(p->x, p->doc, name, bytes);
    place.role = role_of(name);
    place.page = slide_number(name);
    MSH_TRY(msh_zip_emit_name(&p->zip, i));
    MSH_TRY(msh_budget_member(&p->x->budget));
    msh_xt_vocabulary vocabulary;
    if (vocabulary_of(p, name, bytes, &vocabulary))
        return msh_xt_read(p->x, p->doc, &place, bytes, vocabulary, p->numbering);
    return msh_office_part(p->x, &place, bytes, &p->strings, &p->encrypted);
}

/* Sheets refer to their strings by number, so those are read first, wherever they stand. */
static msh_err read_strings(package *p)
{
    bool whole;
    for (size_t i = 0; i < p->zip.n; i++) {
        msh_view name = p->zip.entries[i].name;
        if (!msh_view_ends_nocase(name, MSH_VIEW("xl/sharedStrings.xml")))
            continue;
        msh_place place = msh_child_place(p->x, p->doc, name);
        MSH_TRY(read_bytes(p, i, &whole));
        MSH_TRY(msh_office_strings_read(p->x, &place, msh_buf_view(&p->data), &p->strings));
        place.role = MSH_ROLE_BODY;
        return msh_office_part(p->x, &place, msh_buf_view(&p->data), NULL, &p->encrypted);
    }
    return MSH_OK;
}

/* Lists and styles first: the body refers to them. */
static msh_err read_numbering(package *p)
{
    bool whole;
    for (size_t i = 0; i < p->zip.n; i++) {
        msh_view name = p->zip.entries[i].name;
        if (!msh_view_eq_str(name, "word/numbering.xml") &&
            !msh_view_eq_str(name, "word/styles.xml"))
            continue;
        if (!p->numbering && !(p->numbering = msh_numbering_new(p->x->arena)))
            return MSH_E_MEMORY;
        MSH_TRY(read_bytes(p, i, &whole));
        MSH_TRY(msh_numbering_read(p->numbering, p->x, msh_buf_view(&p->data)));
    }
    return MSH_OK;
}

static msh_err read_members(package *p)
{
    bool more = true, whole;
    for (size_t i = 0; more;) {
        if (i == p->zip.n) {
            MSH_TRY(msh_zip_more(&p->zip, &more));
            continue;
        }
        if (msh_view_ends_nocase(p->zip.entries[i].name, MSH_VIEW("xl/sharedStrings.xml")) &&
            (p->zip.entries[i].state & MSH_ZIP_READ)) {
            i++;
            continue;
        }
        MSH_TRY(read_bytes(p, i, &whole));
        MSH_TRY(read_part(p, i));
        i++;
    }
    return MSH_OK;
}

static msh_err read_package(package *p)
{
    MSH_TRY(msh_zip_open(&p->zip, p->x, p->doc));
    MSH_TRY(read_strings(p));
    MSH_TRY(read_numbering(p));
    MSH_TRY(read_members(p));
    if (p->encrypted)
        MSH_TRY(msh_report(p->x, &p->doc->place, MSH_REASON_FORMAT_ENCRYPTED, 0));
    if (!p->main_seen && p->kind != MSH_ZIP_KIND_OPC)
        MSH_TRY(msh_report(p->x, &p->doc->place, MSH_REASON_OFFICE_PART_MISSING, 0));
    return msh_zip_finish(&p->zip);
}

static msh_err office_extract(msh_extract *x, const msh_doc *doc)
{
    package p = {.x = x, .doc = doc, .kind = msh_zip_sniff(doc, false)};
    msh_buf_init(&p.data, (size_t)x->limits->member_size);
    msh_office_strings_init(&p.strings, (size_t)x->limits->member_size);
    msh_err err = read_package(&p);
    msh_office_strings_dispose(&p.strings);
    if (p.numbering)
        msh_numbering_free(p.numbering);
    msh_buf_dispose(&p.data);
    msh_zip_close(&p.zip);
    return err;
}

extern const msh_format msh_format_office;
const msh_format msh_format_office = {
    .name = "office",
    .zh = "办公文档（OOXML、ODF、OFD）",
    .en = "office documents (OOXML, ODF, OFD)",
    .suffixes = "docx docm dotx xlsx xlsm pptx pptm odt ods odp ofd xps vsdx",
    .reads_zh = "每一个部件：正文、页眉页脚、批注、修订、文本框、备注、母版、隐藏工作表、属性、自定"
                "义数据；嵌入文件另行检查",
    .library = "libxml2",
    .probe = office_probe,
    .extract = office_extract,
    .flags = MSH_FORMAT_CONTAINER,
};

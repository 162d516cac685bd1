/* package.c: the parts of a package, each to its reader (see package.h).
 *
 * ECMA-376 part 2 (OPC), ODF 1.3 part 2, GB/T 33190 §7. Parts that others refer to (relations,
 * workbook, styles, strings, lists) are read before the rest, each part once. */
#include "extract/package.h"

#include "base/err.h"
#include "base/view.h"
#include "extract/ods.h"
#include "extract/odttf.h"
#include "extract/ofd.h"
#include "extract/slides.h"
#include "extract/workbook.h"
#include "extract/xlsb.h"
#include "extract/xmltext.h"
#include "extract/xps.h"

enum { RANKS = 3 };

typedef struct package {
    msh_extract *x;
    const msh_doc *doc;
    msh_zip zip;
    msh_zip_kind kind;
    msh_relations relations;
    msh_workbook workbook;
    msh_slides slides;
    msh_ofd_pages pages;
    msh_odttf fonts;
    msh_numbering *numbering;
    msh_buf data;
    bool encrypted, main_seen;
} package;

/* One part on its way to its reader. */
typedef struct part {
    msh_view name, bytes, root;
    msh_place place;
} part;

int msh_package_probe(const msh_doc *doc, msh_zip_kind kind)
{
    return msh_zip_sniff(doc, false) == kind ? 90 : 0;
}

static bool name_has(msh_view name, const char *what)
{
    return msh_view_find(name, msh_view_str(what), 0) != SIZE_MAX;
}

static msh_role role_of(msh_view name)
{
    static const struct {
        const char *part;
        msh_role role;
    } rows[] = {
        {"word/header", MSH_ROLE_HEADER},
        {"word/footer", MSH_ROLE_FOOTER},
        {"omments", MSH_ROLE_COMMENT},
        {"comment", MSH_ROLE_COMMENT},
        {"/modernComment", MSH_ROLE_COMMENT},
        {"notesSlides/", MSH_ROLE_COMMENT},
        {"docProps/", MSH_ROLE_META},
        {"customXml/", MSH_ROLE_META},
        {"meta.xml", MSH_ROLE_META},
        {"OFD.xml", MSH_ROLE_META},
        {"CustomTag", MSH_ROLE_META},
        {"Annot", MSH_ROLE_COMMENT},
        {"_rels/", MSH_ROLE_ATTR},
        {"[Content_Types]", MSH_ROLE_ATTR},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (name_has(name, rows[i].part))
            return rows[i].role;
    return MSH_ROLE_BODY;
}

static bool is_main_part(msh_view name)
{
    return name_has(name, "xl/workbook.") || msh_view_eq_str(name, "ppt/presentation.xml") ||
           msh_view_eq_str(name, "content.xml") || name_has(name, "OFD.xml") ||
           name_has(name, "word/document");
}

/* Whether bytes are read as a part here: markup that is no HTML document and no whole document of
 * its own kind (those go to a child). */
static bool is_part(msh_view name, msh_view bytes)
{
    static const char *const documents[] = {".htm", ".html", ".svg", ".mht"};
    for (size_t i = 0; i < sizeof documents / sizeof documents[0]; i++)
        if (msh_view_ends_nocase(name, msh_view_str(documents[i])))
            return false;
    return msh_xml_probe(bytes);
}

/* Relations are needed to name what they lead to, workbooks and styles by the sheets. */
static unsigned rank_of(msh_view name)
{
    if (msh_relations_is(name))
        return 0;
    if (msh_view_ends_nocase(name, MSH_VIEW("xl/workbook.xml")) ||
        msh_view_ends_nocase(name, MSH_VIEW("ppt/presentation.xml")) ||
        msh_view_ends(name, MSH_VIEW("Document.xml")))
        return 1;
    if (msh_view_ends_nocase(name, MSH_VIEW("sharedStrings.xml")) ||
        msh_view_ends_nocase(name, MSH_VIEW("styles.xml")) ||
        msh_view_ends_nocase(name, MSH_VIEW("fontTable.xml")) ||
        msh_view_ends_nocase(name, MSH_VIEW("numbering.xml")))
        return 2;
    return msh_xlsb_rank(name) ? msh_xlsb_rank(name) : RANKS;
}

/* --- readers -----------------------------------------------------------------------------------
 */

static bool is_root(const part *p, const char *const *names)
{
    for (; *names; names++)
        if (msh_view_eq_str(p->root, *names))
            return true;
    return false;
}

/* The vocabulary in which a part has paragraphs. */
static msh_xt_vocabulary vocabulary_of(const package *p, const part *t)
{
    static const char *const word[] = {"document", "hdr",      "ftr",         "footnotes",
                                       "endnotes", "comments", "numbering",   "glossaryDocument",
                                       "settings", "styles",   "webSettings", NULL};
    static const char *const odf[] = {"document-content", "document-styles", NULL};
    if ((name_has(t->name, "word/") || p->kind == MSH_ZIP_KIND_DOCX) && is_root(t, word))
        return MSH_XT_WORD;
    return is_root(t, odf) ? MSH_XT_ODF : MSH_XT_GENERIC;
}

/* Who else wants to hear the elements of a part. */
static msh_err choose_listener(package *p, const part *t, msh_xt *xt)
{
    if (msh_view_eq_str(t->root, "Relationships")) {
        xt->listener = &msh_relations_handler;
        xt->listener_ctx = &p->relations;
        return msh_relations_begin(&p->relations, t->name);
    }
    if (msh_view_eq_str(t->root, "workbook")) {
        p->workbook.part = msh_arena_copy(p->x->arena, t->name);
        xt->listener = &msh_workbook_handler;
        xt->listener_ctx = &p->workbook;
    } else if (msh_view_eq_str(t->root, "styleSheet")) {
        xt->listener = &msh_styles_handler;
        xt->listener_ctx = &p->workbook;
    } else if (msh_view_eq_str(t->root, "presentation") || msh_view_eq_str(t->root, "sld")) {
        MSH_TRY(msh_slides_begin(&p->slides, t->name, xt));
        xt->listener = &msh_slides_handler;
        xt->listener_ctx = &p->slides;
    } else if (p->kind == MSH_ZIP_KIND_OFD && msh_view_eq_str(t->root, "Document")) {
        p->pages.from = msh_arena_copy(p->x->arena, t->name);
        xt->listener = &msh_ofd_document_handler;
        xt->listener_ctx = &p->pages;
    } else if (msh_view_eq_str(t->root, "fonts")) {
        xt->listener = &msh_odttf_handler;
        xt->listener_ctx = &p->fonts;
    } else if (msh_view_eq_str(t->root, "numbering") || msh_view_eq_str(t->root, "styles")) {
        xt->listener = &msh_numbering_handler;
        xt->listener_ctx = p->numbering;
    }
    return MSH_OK;
}

static msh_err encryption_start(void *ctx, msh_view name, const msh_xml_attr *a, size_t n)
{
    package *p = ctx;
    (void)a;
    (void)n;
    p->encrypted |=
        msh_view_eq_str(name, "encryption-data") || msh_view_eq_str(name, "EncryptInfo");
    return MSH_OK;
}

static const msh_xml_handler encryption_handler = {encryption_start, NULL, NULL, NULL};

static bool is_known(const part *t)
{
    return name_has(t->name, "ppt/") || name_has(t->name, "/charts/") ||
           name_has(t->name, "/diagrams/") || name_has(t->name, "/drawings/") ||
           name_has(t->name, "theme/") || name_has(t->name, "fontTable") ||
           name_has(t->name, "xl/styles") || name_has(t->name, "xl/workbook") ||
           name_has(t->name, "META-INF/manifest") || name_has(t->name, "_rels/") ||
           name_has(t->name, "[Content_Types]");
}

static msh_err read_text(package *p, const part *t)
{
    msh_xt xt;
    msh_err err = msh_xt_init(&xt, p->x, p->doc, &t->place, vocabulary_of(p, t));
    xt.numbering = p->numbering;
    xt.loose = xt.vocabulary == MSH_XT_GENERIC && !is_known(t);
    xt.listener = &encryption_handler;
    xt.listener_ctx = p;
    if (err == MSH_OK)
        err = choose_listener(p, t, &xt);
    if (err == MSH_OK)
        err = msh_xt_read(&xt, t->bytes);
    msh_xt_dispose(&xt);
    return err;
}

static bool is_sheet(const part *t)
{
    static const char *const roots[] = {"worksheet",        "dialogsheet", "macrosheet",
                                        "chartsheet",       "comments",    "ThreadedComments",
                                        "threadedComments", NULL};
    return name_has(t->name, "xl/") && is_root(t, roots);
}

/* Names the sheet that a part of a workbook is or belongs to. */
static msh_err place_in_workbook(package *p, part *t)
{
    const msh_sheet_info *sheet;
    MSH_TRY(msh_workbook_sheet(&p->workbook, t->name, &sheet));
    if (!sheet)
        return MSH_OK;
    t->place.sheet = sheet->name;
    if (sheet->hidden && t->place.role == MSH_ROLE_BODY)
        t->place.role = MSH_ROLE_HIDDEN;
    return MSH_OK;
}

static msh_err read_xml(package *p, part *t)
{
    if (p->kind == MSH_ZIP_KIND_XLSX && rank_of(t->name) == RANKS)
        MSH_TRY(place_in_workbook(p, t));
    if (is_sheet(t))
        return msh_sheet_read(&p->workbook, p->doc, &t->place, t->bytes);
    if (name_has(t->name, "xl/") && msh_view_eq_str(t->root, "sst"))
        return msh_workbook_strings(&p->workbook, &t->place, t->bytes);
    if (p->kind == MSH_ZIP_KIND_OFD && msh_ofd_is_page(t->root)) {
        t->place.page = msh_ofd_page(&p->pages, t->name);
        return msh_ofd_read(p->x, p->doc, &t->place, t->bytes);
    }
    if (p->kind == MSH_ZIP_KIND_ODS && msh_view_eq_str(t->root, "document-content"))
        return msh_ods_read(p->x, p->doc, &t->place, t->bytes);
    if (msh_view_eq_str(t->root, "FixedPage"))
        return msh_xps_read(p->x, p->doc, &t->place, t->bytes);
    if (p->kind == MSH_ZIP_KIND_PPTX)
        t->place.page = msh_slides_page(&p->slides, t->name);
    return read_text(p, t);
}

/* A part of a workbook in binary records. */
static msh_err read_binary(package *p, size_t i, part *t)
{
    MSH_TRY(msh_zip_emit_name(&p->zip, i));
    MSH_TRY(msh_budget_member(&p->x->budget));
    t->place.role = role_of(t->name);
    if (rank_of(t->name) == RANKS)
        MSH_TRY(place_in_workbook(p, t));
    return msh_xlsb_read(&p->workbook, p->doc, &t->place, t->name, t->bytes);
}

/* --- members -----------------------------------------------------------------------------------
 */

/* What is no XML. The layout cache of a text document holds numbers of lines and pages only. */
static msh_err read_other(package *p, size_t i, const part *t)
{
    if (p->kind == MSH_ZIP_KIND_ODT && msh_view_eq_str(t->name, "layout-cache")) {
        MSH_TRY(msh_zip_emit_name(&p->zip, i));
        MSH_TRY(msh_sweep(p->x, &t->place, t->bytes, MSH_NO_POSITION));
        return msh_report(p->x, &t->place, MSH_REASON_FORMAT_OPAQUE, 0);
    }
    if (msh_view_ends_nocase(t->name, MSH_VIEW(".odttf")))
        msh_odttf_open(&p->fonts, t->name, p->data.data, p->data.len);
    return msh_extract_child(p->x, p->doc, t->name, t->bytes);
}

static msh_err read_member(package *p, size_t i)
{
    bool whole;
    msh_err err = msh_zip_read(&p->zip, i, &p->data, &whole);
    part t = {.name = p->zip.entries[i].name, .bytes = msh_buf_view(&p->data)};
    t.place = msh_child_place(p->x, p->doc, t.name);
    if (err != MSH_OK) {
        (void)!msh_sweep(p->x, &t.place, t.bytes, MSH_NO_POSITION);
        return err;
    }
    if (is_main_part(t.name))
        p->main_seen = true;
    if (t.bytes.len == 0)
        return msh_zip_emit_name(&p->zip, i);
    if (msh_xlsb_is(t.name, t.bytes))
        return read_binary(p, i, &t);
    if (!is_part(t.name, t.bytes))
        return read_other(p, i, &t);
    t.place.role = role_of(t.name);
    t.root = msh_xml_root(p->x->arena, t.bytes);
    MSH_TRY(msh_zip_emit_name(&p->zip, i));
    MSH_TRY(msh_budget_member(&p->x->budget));
    return read_xml(p, &t);
}

static msh_err read_members(package *p)
{
    bool more = true;
    for (unsigned rank = 0; rank <= RANKS; rank++)
        for (size_t i = 0; i < p->zip.n; i++)
            if (rank_of(p->zip.entries[i].name) == rank)
                MSH_TRY(read_member(p, i));
    for (size_t i = p->zip.n; more;) {
        if (i < p->zip.n)
            MSH_TRY(read_member(p, i++));
        else
            MSH_TRY(msh_zip_more(&p->zip, &more));
    }
    return MSH_OK;
}

static msh_err read_package(package *p)
{
    MSH_TRY(msh_zip_open(&p->zip, p->x, p->doc));
    MSH_TRY(read_members(p));
    MSH_TRY(msh_workbook_unused(&p->workbook));
    if (p->encrypted)
        MSH_TRY(msh_report(p->x, &p->doc->place, MSH_REASON_FORMAT_ENCRYPTED, 0));
    if (!p->main_seen && p->kind > MSH_ZIP_KIND_HWPX)
        MSH_TRY(msh_report(p->x, &p->doc->place, MSH_REASON_OFFICE_PART_MISSING, 0));
    return msh_zip_finish(&p->zip);
}

msh_err msh_package_read(msh_extract *x, const msh_doc *doc)
{
    package p = {.x = x, .doc = doc, .kind = msh_zip_sniff(doc, false)};
    msh_buf_init(&p.data, (size_t)x->limits->member_size);
    p.pages = (msh_ofd_pages){.arena = x->arena, .numbers = msh_table_new()};
    p.numbering = msh_numbering_new(x->arena);
    bool ready = msh_relations_init(&p.relations, x->arena) && p.pages.numbers && p.numbering;
    ready = msh_workbook_init(&p.workbook, x, &p.relations) && ready;
    ready = msh_slides_init(&p.slides, x->arena, &p.relations) && ready;
    msh_err err = ready ? read_package(&p) : MSH_E_MEMORY;
    msh_slides_dispose(&p.slides);
    msh_workbook_dispose(&p.workbook);
    msh_relations_dispose(&p.relations);
    if (p.numbering)
        msh_numbering_free(p.numbering);
    if (p.pages.numbers)
        msh_table_free(p.pages.numbers, NULL);
    msh_buf_dispose(&p.data);
    msh_zip_close(&p.zip);
    return err;
}

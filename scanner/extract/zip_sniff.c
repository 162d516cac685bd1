/* zip_sniff.c: what kind of document a zip is, by the names in it.
 *
 * ECMA-376 part 2 (OPC), ODF 1.3 part 2 §3.3, GB/T 33190 §7.2, EPUB OCF 3.3 §4.2. Only names are
 * looked at: the parts themselves decide how they are read. */
#include "extract/zip_inner.h"

#include "base/mem.h"
#include "base/view.h"

#include <string.h>

enum { NAMES_LOOKED_AT = 4000, SHORT_TAIL = 22, LONG_TAIL = (64 << 10) + 22 };

typedef struct seen {
    msh_zip_kind kind;
    bool types, content, manifest;
} seen;

static bool starts(msh_view name, const char *head)
{
    msh_view h = msh_view_str(head);
    return name.len >= h.len && msh_view_eq_nocase(msh_view_cut(name, 0, h.len), h);
}

static bool is(msh_view name, const char *want)
{
    return msh_view_eq_nocase(name, msh_view_str(want));
}

static void look(seen *s, msh_view name)
{
    msh_zip_kind kind = MSH_ZIP_KIND_ZIP;
    if (name.len && name.data[0] == '/')
        name = msh_view_cut(name, 1, name.len);
    if (starts(name, "word/document"))
        kind = MSH_ZIP_KIND_DOCX;
    else if (starts(name, "xl/workbook"))
        kind = MSH_ZIP_KIND_XLSX;
    else if (starts(name, "ppt/presentation"))
        kind = MSH_ZIP_KIND_PPTX;
    else if (is(name, "OFD.xml"))
        kind = MSH_ZIP_KIND_OFD;
    else if (is(name, "[Content_Types].xml"))
        kind = MSH_ZIP_KIND_OPC;
    else if (msh_view_ends_nocase(name, MSH_VIEW(".fdseq")))
        kind = MSH_ZIP_KIND_XPS;
    else if (msh_view_ends_nocase(name, MSH_VIEW(".iwa")) || is(name, "index.apxl") ||
             is(name, "Index.zip"))
        kind = MSH_ZIP_KIND_IWORK;
    else if (is(name, "content.xml"))
        s->content = true;
    else if (is(name, "META-INF/manifest.xml"))
        s->manifest = true;
    else if (is(name, "META-INF/container.xml"))
        kind = MSH_ZIP_KIND_EPUB;
    if (s->content && s->manifest && kind < MSH_ZIP_KIND_ODF)
        kind = MSH_ZIP_KIND_ODF;
    if (kind > s->kind)
        s->kind = kind;
}

/* The first member of ODF and EPUB says what they are, not compressed. */
static void look_mimetype(seen *s, msh_view head)
{
    msh_view type = msh_view_cut(head, ZIP_LOCAL_SIZE, 200);
    if (!msh_view_starts(type, MSH_VIEW("mimetype")))
        return;
    static const struct {
        const char *type;
        msh_zip_kind kind;
    } rows[] = {
        {"application/vnd.oasis.opendocument.text", MSH_ZIP_KIND_ODT},
        {"application/vnd.oasis.opendocument.spreadsheet", MSH_ZIP_KIND_ODS},
        {"application/vnd.oasis.opendocument.presentation", MSH_ZIP_KIND_ODP},
        {"application/vnd.oasis.opendocument", MSH_ZIP_KIND_ODF},
        {"application/vnd.sun.xml", MSH_ZIP_KIND_ODF},
        {"application/epub+zip", MSH_ZIP_KIND_EPUB},
        {"application/hwp+zip", MSH_ZIP_KIND_HWPX},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (msh_view_find(type, msh_view_str(rows[i].type), 0) != SIZE_MAX) {
            s->kind = rows[i].kind > s->kind ? rows[i].kind : s->kind;
            return;
        }
}

/* Names in the first bytes, for files whose directory is gone. */
static void look_head(seen *s, msh_view head)
{
    static const uint8_t sig[4] = {'P', 'K', 3, 4};
    size_t at = msh_view_find(head, msh_view_of(sig, 4), 0);
    for (unsigned n = 0; at != SIZE_MAX && n < NAMES_LOOKED_AT; n++) {
        msh_cursor c = msh_cursor_of(msh_view_cut(head, at, head.len));
        msh_cursor_skip(&c, 26);
        size_t len = msh_cursor_u16le(&c);
        msh_cursor_skip(&c, 2);
        msh_view name = msh_cursor_take(&c, len);
        if (msh_cursor_ok(&c))
            look(s, name);
        at = msh_view_find(head, msh_view_of(sig, 4), at + 4);
    }
}

static bool starts_as_zip(msh_view head)
{
    static const char *const heads[] = {"PK\3\4", "PK\5\6", "PK00PK\3\4", "PK\7\10PK\3\4"};
    static const size_t lengths[] = {4, 4, 8, 8};
    for (size_t i = 0; i < 4; i++)
        if (head.len >= lengths[i] && memcmp(head.data, heads[i], lengths[i]) == 0)
            return true;
    return false;
}

static bool has_office_suffix(msh_view name)
{
    static const char *const suffixes[] = {".docx", ".docm", ".dotx", ".dotm", ".xlsx",
                                           ".xlsm", ".xltx", ".pptx", ".pptm", ".ppsx",
                                           ".xlsb", ".ofd",  ".odt",  ".ods",  ".odp"};
    for (size_t i = 0; i < sizeof suffixes / sizeof suffixes[0]; i++)
        if (msh_view_ends_nocase(name, msh_view_str(suffixes[i])))
            return true;
    return false;
}

/* Nothing in the names, or a directory of a part that has no content: the suffix is the last word.
 */
static msh_zip_kind by_suffix(const seen *s, msh_view name)
{
    if (s->kind == MSH_ZIP_KIND_NONE || s->kind > MSH_ZIP_KIND_OPC)
        return s->kind;
    if (msh_view_ends_nocase(name, MSH_VIEW(".docx")))
        return MSH_ZIP_KIND_DOCX;
    if (msh_view_ends_nocase(name, MSH_VIEW(".xlsx")))
        return MSH_ZIP_KIND_XLSX;
    if (msh_view_ends_nocase(name, MSH_VIEW(".pptx")))
        return MSH_ZIP_KIND_PPTX;
    return msh_view_ends_nocase(name, MSH_VIEW(".ofd")) ? MSH_ZIP_KIND_OFD : s->kind;
}

static msh_zip_kind sniff(const msh_doc *doc, bool deep)
{
    bool zip = starts_as_zip(doc->head);
    seen s = {.kind = MSH_ZIP_KIND_NONE};
    msh_zip z = {.doc = doc};
    zip_end end;
    msh_buf_init(&z.window, LONG_TAIL + (256 << 10));
    deep = deep || zip || has_office_suffix(doc->name);
    if (msh_zip_find_end(&z, deep ? LONG_TAIL : SHORT_TAIL, &end)) {
        msh_zip_entry e;
        uint64_t next = end.from;
        s.kind = MSH_ZIP_KIND_ZIP;
        for (unsigned n = 0; n < NAMES_LOOKED_AT && s.kind < MSH_ZIP_KIND_OFD; n++) {
            if (!msh_zip_central(&z, next, &e, &next))
                break;
            look(&s, e.name);
        }
    }
    if (zip) {
        s.kind = s.kind ? s.kind : MSH_ZIP_KIND_ZIP;
        look_head(&s, doc->head);
        if (s.kind <= MSH_ZIP_KIND_ODF)
            look_mimetype(&s, doc->head);
    }
    msh_buf_dispose(&z.window);
    return by_suffix(&s, doc->name);
}

/* Asked by many rows about one document. */
msh_zip_kind msh_zip_sniff(const msh_doc *doc, bool deep)
{
    int *known = deep ? NULL : doc->zip_kind;
    if (known && *known >= 0)
        return (msh_zip_kind)*known;
    msh_zip_kind kind = sniff(doc, deep);
    if (known)
        *known = (int)kind;
    return kind;
}

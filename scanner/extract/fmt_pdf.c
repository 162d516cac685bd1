/* fmt_pdf.c: PDF through the helper program mishen-pdf (extraction.md section 2).
 *
 * The helper sees hostile bytes; this side sees frames: texts, documents inside (read after the
 * helper is done, because they may be PDF too) and pictures of pages for OCR. Without the helper
 * the document is swept raw, with an outcome. Refuses more inside than a member may be. */
#include "base/err.h"
#include "base/mem.h"
#include "base/view.h"
#include "extract/helper.h"

#include <string.h>

extern const msh_format msh_format_pdf;

enum { EARLY = 1024, SURE = 95, LATE = 40, MOST_CHILDREN = 4096 };

/* --- probe
 * ---------------------------------------------------------------------------------------- */

static bool is_digit(uint8_t c)
{
    return c >= '0' && c <= '9';
}

/* "%PDF-1.7" in the first 1,024 bytes, as readers have it; further on only at the beginning of a
 * line and with an object behind it. */
static int probe(const msh_doc *doc)
{
    msh_view h = doc->head, mark = MSH_VIEW("%PDF-");
    size_t at = msh_view_find(h, mark, 0);
    if (at == SIZE_MAX)
        return 0;
    if (at < EARLY)
        return SURE;
    for (; at != SIZE_MAX; at = msh_view_find(h, mark, at + 1)) {
        msh_view version = msh_view_cut(h, at + mark.len, 3);
        if (version.len == 3 && is_digit(version.data[0]) && version.data[1] == '.' &&
            is_digit(version.data[2]) && (h.data[at - 1] == '\n' || h.data[at - 1] == '\r') &&
            msh_view_find(msh_view_cut(h, at, EARLY), MSH_VIEW(" obj"), 0) != SIZE_MAX)
            return LATE;
    }
    return 0;
}

/* --- what comes back
 * ------------------------------------------------------------------------------ */

typedef struct child {
    msh_view name, bytes;
} child;

typedef struct reading {
    msh_extract *x;
    const msh_doc *doc;
    child *children;
    size_t n_children, kept; /* bytes of children held */
} reading;

static msh_err keep_child(reading *r, const msh_wire_item *item, msh_view bytes)
{
    if (r->n_children == MOST_CHILDREN)
        return msh_report(r->x, &r->doc->place, MSH_REASON_LIMIT_MEMBERS, r->n_children);
    if (bytes.len > r->x->limits->member_size - r->kept)
        return msh_report(r->x, &r->doc->place, MSH_REASON_LIMIT_MEMORY, r->kept);
    if (!r->children)
        r->children = msh_calloc(MOST_CHILDREN, sizeof *r->children);
    uint8_t *copy = msh_alloc(bytes.len);
    msh_view name = msh_arena_copy(r->x->arena, item->name);
    if (!r->children || !copy || !name.data) {
        msh_free(copy);
        return MSH_E_MEMORY;
    }
    if (bytes.len)
        memcpy(copy, bytes.data, bytes.len);
    r->children[r->n_children++] = (child){name, msh_view_of(copy, bytes.len)};
    r->kept += bytes.len;
    return MSH_OK;
}

static msh_err take_picture(reading *r, const msh_place *place, unsigned flags, msh_view bytes)
{
    bool whole = flags & MSH_WIRE_PAGE_WHOLE;
    msh_ocr_question q = {.place = place,
                          .bytes = bytes,
                          .absent = whole ? MSH_REASON_PDF_NO_TEXT : MSH_REASON_IMAGE_NEEDS_OCR,
                          .whole_page = whole};
    return msh_ocr_later(r->x, &q);
}

static msh_err take_item(void *ctx, const msh_wire_item *item, msh_view bytes)
{
    reading *r = ctx;
    msh_place place = r->doc->place;
    place.role = item->role;
    place.page = item->page;
    if (item->what == MSH_WIRE_CHILD)
        return keep_child(r, item, bytes);
    if (item->what == MSH_WIRE_IMAGE)
        return take_picture(r, &place, item->flags, bytes);
    place.name = msh_arena_copy(r->x->arena, item->name);
    if (item->name.len && !place.name.data)
        return MSH_E_MEMORY;
    if (item->what == MSH_WIRE_TEXT)
        return msh_emit(r->x, &place, bytes, 0);
    if (item->role == MSH_ROLE_RAW)
        return msh_sweep(r->x, &place, bytes, MSH_NO_POSITION);
    return msh_emit_bytes(r->x, &place, bytes, MSH_CHARSET_COUNT, 0);
}

static msh_err read_children(reading *r)
{
    for (size_t i = 0; i < r->n_children; i++)
        MSH_TRY(msh_extract_child(r->x, r->doc, r->children[i].name, r->children[i].bytes));
    return MSH_OK;
}

static void drop_children(reading *r)
{
    for (size_t i = 0; i < r->n_children; i++) {
        msh_wipe((void *)(uintptr_t)r->children[i].bytes.data, r->children[i].bytes.len);
        msh_free((void *)(uintptr_t)r->children[i].bytes.data);
    }
    msh_free(r->children);
}

static msh_err extract(msh_extract *x, const msh_doc *doc)
{
    reading r = {.x = x, .doc = doc};
    msh_helper_answers answers = {&r, take_item, NULL};
    msh_helper_question q = {.name = "pdf", .place = &doc->place};
    MSH_TRY(msh_input_whole(doc->in, x->limits->member_size, &q.bytes));
    q.pages = msh_ocr_left(x);
    if (q.pages)
        q.flags = MSH_WIRE_WANT_OCR;
    msh_err err = msh_helper_ask(x, &q, &answers, NULL);
    if (err == MSH_OK)
        err = read_children(&r);
    drop_children(&r);
    return err;
}

const msh_format msh_format_pdf = {
    .name = "pdf",
    .zh = "PDF 文档",
    .en = "PDF",
    .suffixes = "pdf",
    .library = "poppler",
    .reads_zh =
        "每页正文（两种次序）、批注、表单、书签、属性、附件、未用对象、旧版本；图像页交文字识别",
    .reads_en = "text of every page in two orders, annotations, forms, bookmarks, properties, "
                "attachments, unused objects, older revisions; pages that are pictures by OCR",
    .probe = probe,
    .extract = extract,
};

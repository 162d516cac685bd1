/* ocr.c: pictures through the OCR helper (product.md section 3; extraction.md section 2).
 *
 * Counts in x what was read, because the verdict depends on it: a photograph has next to no text,
 * a scan has a page of it. Refuses more pictures than limits.ocr_pages. */
#include "base/err.h"
#include "base/view.h"
#include "extract/helper.h"

enum { FEW_CHARACTERS = 20 };

typedef struct reading {
    msh_extract *x;
    const msh_ocr_question *q;
} reading;

static msh_err take_text(void *ctx, const msh_wire_item *item, msh_view bytes)
{
    reading *r = ctx;
    if (item->what != MSH_WIRE_TEXT)
        return MSH_E_SYNTAX;
    msh_place place = *r->q->place;
    place.role = MSH_ROLE_OCR;
    place.name = item->name;
    if (item->page > 1 || !place.page)
        place.page = item->page;
    return msh_emit(r->x, &place, bytes, 0);
}

static msh_err take_stats(void *ctx, const msh_wire_stats *stats)
{
    reading *r = ctx;
    msh_extract *x = r->x;
    x->ocr_pages += stats->pages;
    x->ocr_chars += stats->chars;
    if (r->q->whole_page || stats->chars >= FEW_CHARACTERS)
        x->ocr_scans++;
    return MSH_OK;
}

msh_err msh_ocr_read(msh_extract *x, const msh_ocr_question *question)
{
    bool helper = x->sink->helper && x->sink->helper(x->sink->ctx, "ocr") >= 0;
    if (!x->ocr || !helper || x->ocr_pages >= x->limits->ocr_pages)
        return msh_report(x, question->place, question->absent, 0);
    reading r = {x, question};
    msh_helper_question q = {.name = "ocr",
                             .place = question->place,
                             .bytes = question->bytes,
                             .pages = (uint32_t)(x->limits->ocr_pages - x->ocr_pages)};
    msh_helper_answers answers = {&r, take_text, take_stats};
    return msh_helper_ask(x, &q, &answers, NULL);
}

/* ocr.c: pictures through the OCR helper (product.md section 3; extraction.md section 2).
 *
 * A picture costs a second where a page of text costs a thousandth: pictures wait until all texts
 * of the item are read, so that the clock never cuts off text; and equal ones (the logo on each
 * page) are read once. Counts in x what was read, because the verdict depends on it: a photograph
 * has next to no text, a scan has a page of it. Refuses more pictures than limits.ocr_pages. */
#include "base/err.h"
#include "base/mem.h"
#include "base/view.h"
#include "extract/helper.h"

#include <string.h>

enum {
    FEW_CHARACTERS = 20,
    HELD_BYTES = 64 << 20, /* copies of pictures that wait; what is more is read at once */
    SAID_BYTES = 1 << 20   /* of one picture's texts, kept for its equals */
};

typedef struct waiting {
    struct waiting *next;
    bool is_read;
    msh_place place;
    msh_reason absent;
    bool whole_page;
    size_t len;
    uint8_t bytes[];
} waiting;

struct msh_ocr_queue {
    waiting *first, **end;
    uint32_t n;
    size_t held;
};

typedef struct reading {
    msh_extract *x;
    const msh_ocr_question *q;
    waiting *equals; /* what waits behind the one that is read */
} reading;

static bool is_equal(const reading *r, const waiting *w)
{
    return w->len == r->q->bytes.len &&
           (w->len == 0 || memcmp(w->bytes, r->q->bytes.data, w->len) == 0);
}

/* Says a text at the place of one picture. */
static msh_err say(reading *r, const msh_place *at, const msh_wire_item *item, msh_view bytes)
{
    msh_place place = *at;
    place.role = MSH_ROLE_OCR;
    place.name = item->name;
    if (item->page > 1 || !place.page)
        place.page = item->page;
    return msh_emit(r->x, &place, bytes, 0);
}

static msh_err take_text(void *ctx, const msh_wire_item *item, msh_view bytes)
{
    reading *r = ctx;
    if (item->what != MSH_WIRE_TEXT)
        return MSH_E_SYNTAX;
    MSH_TRY(say(r, r->q->place, item, bytes));
    for (waiting *w = r->equals; w; w = w->next)
        if (is_equal(r, w))
            MSH_TRY(say(r, &w->place, item, bytes));
    return MSH_OK;
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

static msh_err read_now(msh_extract *x, const msh_ocr_question *question, waiting *equals)
{
    bool helper = x->sink->helper && x->sink->helper(x->sink->ctx, "ocr") >= 0;
    if (!x->ocr || !helper)
        return msh_report(x, question->place, question->absent, 0);
    if (x->ocr_pages >= x->limits->ocr_pages)
        return msh_report(x, question->place, MSH_REASON_LIMIT_OCR_PAGES, x->ocr_pages);
    reading r = {x, question, equals};
    msh_helper_question q = {.name = "ocr",
                             .place = question->place,
                             .bytes = question->bytes,
                             .pages = (uint32_t)(x->limits->ocr_pages - x->ocr_pages)};
    msh_helper_answers answers = {&r, take_text, take_stats};
    bool answered = false;
    MSH_TRY(msh_helper_ask(x, &q, &answers, &answered));
    for (waiting *w = equals; answered && w; w = w->next)
        w->is_read |= is_equal(&r, w);
    return MSH_OK;
}

msh_err msh_ocr_read(msh_extract *x, const msh_ocr_question *question)
{
    return read_now(x, question, NULL);
}

/* --- what waits
 * ------------------------------------------------------------------------------------------- */

static bool keep(msh_extract *x, const msh_ocr_question *q)
{
    struct msh_ocr_queue *all = x->ocr_waiting;
    if (!all)
        all = x->ocr_waiting = msh_calloc(1, sizeof *all);
    if (!all || q->bytes.len > HELD_BYTES - all->held)
        return false;
    waiting *w = msh_alloc(sizeof *w + q->bytes.len);
    if (!w)
        return false;
    *w = (waiting){
        .place = *q->place, .absent = q->absent, .whole_page = q->whole_page, .len = q->bytes.len};
    w->place.name = msh_arena_copy(x->arena, q->place->name);
    if (q->bytes.len)
        memcpy(w->bytes, q->bytes.data, q->bytes.len);
    if (!all->end)
        all->end = &all->first;
    *all->end = w;
    all->end = &w->next;
    all->n++;
    all->held += w->len;
    return true;
}

msh_err msh_ocr_later(msh_extract *x, const msh_ocr_question *question)
{
    bool helper = x->ocr && x->sink->helper != NULL;
    if (helper && keep(x, question))
        return MSH_OK;
    return msh_ocr_read(x, question);
}

uint32_t msh_ocr_left(const msh_extract *x)
{
    uint64_t used = (uint64_t)x->ocr_pages + (x->ocr_waiting ? x->ocr_waiting->n : 0);
    return !x->ocr || used >= x->limits->ocr_pages ? 0 : (uint32_t)(x->limits->ocr_pages - used);
}

static msh_err read_waiting(msh_extract *x, waiting *w)
{
    msh_ocr_question q = {.place = &w->place,
                          .bytes = msh_view_of(w->bytes, w->len),
                          .absent = w->absent,
                          .whole_page = w->whole_page};
    if (w->is_read)
        return MSH_OK;
    if (x->budget.failed != MSH_OK)
        return msh_report(x, &w->place, w->absent, 0);
    return read_now(x, &q, w->next);
}

msh_err msh_ocr_rest(msh_extract *x)
{
    struct msh_ocr_queue *all = x->ocr_waiting;
    msh_err err = x->stopped;
    x->ocr_waiting = NULL;
    for (waiting *w = all ? all->first : NULL, *next; w; w = next) {
        next = w->next;
        if (err == MSH_OK)
            err = read_waiting(x, w);
        msh_wipe(w->bytes, w->len);
        msh_free(w);
    }
    msh_free(all);
    return err;
}

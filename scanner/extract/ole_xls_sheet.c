/* ole_xls_sheet.c: a sheet of a workbook, from its BOF to its end: what was gathered is handed on
 * with its place. */
#include "base/err.h"
#include "base/mem.h"
#include "base/view.h"
#include "extract/ole_art.h"
#include "extract/ole_xls.h"

enum { GLOBALS = 0x0005, CHART = 0x0020 };

msh_xls_bound *msh_xls_bound_at(const msh_xls *w, uint64_t at)
{
    size_t low = 0, high = w->n_bounds;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (w->bounds[middle].at < at)
            low = middle + 1;
        else
            high = middle;
    }
    return low < w->n_bounds && w->bounds[low].at == at ? &w->bounds[low] : NULL;
}

/* Whether a substream begins there. */
static bool is_begin(msh_view stream, uint64_t at)
{
    return at + 4 <= stream.len && stream.data[at] == 0x09 && stream.data[at + 1] <= 0x08;
}

/* Some programs write wrong offsets: sheets then come in the order of the list. */
static msh_xls_bound *bound_by_order(const msh_xls *w)
{
    for (size_t i = 0; i < w->n_bounds; i++)
        if (!w->bounds[i].seen && !is_begin(w->stream, w->bounds[i].at))
            return &w->bounds[i];
    return NULL;
}

/* Hidden by the list, or not in the list of a workbook that has one. */
msh_err msh_xls_sheet_begin(msh_xls *w, uint64_t at, uint16_t kind)
{
    msh_xls_bound *b = msh_xls_bound_at(w, at);
    if (w->in_sheet)
        MSH_TRY(msh_xls_sheet_end(w));
    if (!b && kind != GLOBALS && at != MSH_NO_POSITION && !w->by_order_done) {
        b = bound_by_order(w);
        w->by_order_done = !b;
    }
    w->place = w->doc->place;
    w->place.offset = MSH_NO_POSITION;
    w->kind = kind;
    w->in_chart = kind == CHART;
    w->in_sheet = true;
    if (b) {
        b->seen = true;
        w->place.sheet = b->name;
    }
    if (kind != GLOBALS && at != MSH_NO_POSITION && (b ? b->state & 3 : w->n_bounds > 0))
        w->place.role = MSH_ROLE_HIDDEN;
    msh_biff_sheet_begin(&w->sheet, w->x, &w->place);
    return MSH_OK;
}

/* --- drawings
 * ---------------------------------------------------------------------------------------- */

typedef struct drawing {
    msh_buf *text, *attrs;
} drawing;

static msh_err on_shape(void *ctx, const msh_art_rec *r, bool *descend)
{
    drawing *d = ctx;
    (void)descend;
    if (msh_art_is_properties(r->type))
        msh_art_properties(r, d->text, d->attrs);
    return msh_buf_err(d->text) != MSH_OK ? msh_buf_err(d->text) : msh_buf_err(d->attrs);
}

/* Names, descriptions and text art of shapes. */
static msh_err read_art(msh_xls *w)
{
    drawing d = {&w->charts, &w->sheet_attrs};
    msh_art_visitor v = {&d, on_shape, NULL};
    bool damaged = false;
    MSH_TRY(msh_art_walk(msh_buf_view(&w->art), 0, &v, &damaged));
    if (damaged)
        msh_xls_unread(w, msh_buf_view(&w->art));
    return MSH_OK;
}

/* --- comments
 * ---------------------------------------------------------------------------------------- */

static msh_view word_at(const msh_xls *w, uint32_t at, uint32_t len)
{
    return msh_view_cut(msh_buf_view(&w->words), at, len);
}

static int by_object(const void *a, const void *b)
{
    const msh_xls_box *p = a, *q = b;
    return p->object < q->object ? -1 : p->object > q->object;
}

static int by_place(const void *a, const void *b)
{
    const msh_xls_box *p = a, *q = b;
    return p->at < q->at ? -1 : p->at > q->at;
}

/* Boxes are in order of their objects. */
static msh_xls_box *box_of(msh_xls *w, uint16_t object)
{
    msh_xls_box key = {.object = object};
    if (object == 0 || w->n_boxes == 0)
        return NULL;
    return bsearch(&key, w->boxes, w->n_boxes, sizeof key, by_object);
}

static void sort_boxes(msh_xls *w, int (*order)(const void *, const void *))
{
    if (w->n_boxes)
        qsort(w->boxes, w->n_boxes, sizeof *w->boxes, order);
}

/* Author and text; BIFF5 has the text alone. */
static msh_err put_note(msh_xls *w, const msh_xls_note *note)
{
    msh_buf text;
    msh_xls_box *box = box_of(w, note->object);
    msh_buf_init(&text, w->words.len + 16);
    msh_biff_put_line(&text, word_at(w, note->author, note->author_len));
    if (box) {
        box->noted = true;
        msh_biff_put_line(&text, word_at(w, box->at, box->len));
    }
    msh_err err = msh_buf_err(&text);
    if (err == MSH_OK)
        err = msh_biff_sheet_beside(&w->sheet, MSH_GRID_COMMENT, note->row, note->col,
                                    msh_buf_view(&text));
    msh_buf_dispose(&text);
    return err;
}

static msh_err emit_boxes(msh_xls *w)
{
    msh_buf text;
    sort_boxes(w, by_place);
    msh_buf_init(&text, w->words.len + w->n_boxes + 1);
    for (size_t i = 0; i < w->n_boxes; i++)
        if (!w->boxes[i].noted)
            msh_biff_put_line(&text, word_at(w, w->boxes[i].at, w->boxes[i].len));
    msh_err err = msh_biff_emit(w->x, &w->place, w->place.role, NULL, &text);
    msh_buf_dispose(&text);
    return err;
}

/* --- the end
 * ----------------------------------------------------------------------------------------- */

static void forget(msh_xls *w)
{
    msh_buf *all[] = {&w->header, &w->footer, &w->charts, &w->sheet_attrs, &w->art, &w->words};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        msh_buf_reset(all[i]);
    w->n_notes = w->n_boxes = 0;
    w->formula.pending = false;
    w->in_sheet = false;
    msh_biff_sheet_dispose(&w->sheet);
}

msh_err msh_xls_sheet_end(msh_xls *w)
{
    if (!w->in_sheet)
        return MSH_OK;
    MSH_TRY(read_art(w));
    sort_boxes(w, by_object);
    for (size_t i = 0; i < w->n_notes; i++)
        MSH_TRY(put_note(w, &w->notes[i]));
    MSH_TRY(msh_biff_sheet_end(&w->sheet));
    MSH_TRY(msh_biff_emit(w->x, &w->place, MSH_ROLE_HEADER, NULL, &w->header));
    MSH_TRY(msh_biff_emit(w->x, &w->place, MSH_ROLE_FOOTER, NULL, &w->footer));
    MSH_TRY(emit_boxes(w));
    MSH_TRY(msh_biff_emit(w->x, &w->place, w->place.role, NULL, &w->charts));
    MSH_TRY(msh_biff_emit(w->x, &w->place, MSH_ROLE_ATTR, NULL, &w->sheet_attrs));
    forget(w);
    return MSH_OK;
}

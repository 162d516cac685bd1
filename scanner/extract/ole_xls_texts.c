/* ole_xls_texts.c: what a sheet says besides its cells: headers, comments, text boxes, links,
 * validations, charts ([MS-XLS] 2.4). */
#include "base/err.h"
#include "base/mem.h"
#include "base/view.h"
#include "extract/ole_art.h"
#include "extract/ole_xls.h"

#include <stdio.h>

enum { MAX_PARTS = 1 << 20 };

static void *grow(void *old, size_t n, size_t *cap, size_t size)
{
    size_t more = *cap ? *cap * 2 : 32;
    if (n < *cap)
        return old;
    void *now = more <= MAX_PARTS ? msh_realloc(old, more * size) : NULL;
    if (now)
        *cap = more;
    return now;
}

/* --- headers and footers
 * ------------------------------------------------------------------------------- */

static msh_err put_header(msh_xls *w, msh_xls_in *in, size_t n, msh_buf *to)
{
    msh_buf coded;
    msh_buf_init(&coded, in->r->body.len * 4 + 16);
    if (n)
        msh_xls_string(w, in, n, &coded, NULL);
    msh_grid_header(to, msh_buf_view(&coded));
    msh_err err = msh_buf_err(&coded);
    msh_buf_dispose(&coded);
    return err != MSH_OK ? err : msh_buf_err(to);
}

static msh_err read_header(msh_xls *w, msh_xls_in *in)
{
    if (msh_xls_left(in) == 0)
        return MSH_OK;
    size_t n = w->biff < 8 ? msh_xls_u8(in) : msh_xls_u16(in);
    return put_header(w, in, n, in->r->type == 0x0014 ? &w->header : &w->footer);
}

/* Of even and first pages (2.4.137 HeaderFooter). */
static msh_err read_headers(msh_xls *w, msh_xls_in *in)
{
    uint16_t n[4];
    (void)msh_xls_take(in, 12 + 16 + 2);
    for (unsigned i = 0; i < 4; i++)
        n[i] = msh_xls_u16(in);
    for (unsigned i = 0; i < 4 && !in->failed; i++)
        if (n[i]) {
            (void)msh_xls_u16(in); /* the count again */
            MSH_TRY(put_header(w, in, n[i], i % 2 ? &w->footer : &w->header));
        }
    return MSH_OK;
}

/* --- comments and text boxes
 * --------------------------------------------------------------------------- */

/* BIFF5 keeps the text in the note, long ones go on in notes without a row. */
static msh_err read_old_note(msh_xls *w, msh_xls_in *in, uint32_t row, uint32_t col)
{
    msh_xls_note *last = w->n_notes ? &w->notes[w->n_notes - 1] : NULL;
    size_t n = msh_xls_u16(in);
    if (n > msh_xls_left(in))
        n = msh_xls_left(in);
    if (row == 0xffff && last && last->author + last->author_len == w->words.len) {
        msh_xls_bytes(w, msh_xls_take(in, n), &w->words);
        last->author_len = (uint32_t)w->words.len - last->author;
        return MSH_OK;
    }
    msh_xls_note *all = grow(w->notes, w->n_notes, &w->cap_notes, sizeof *all);
    if (!all)
        return MSH_E_MEMORY;
    w->notes = all;
    uint32_t at = (uint32_t)w->words.len;
    msh_xls_bytes(w, msh_xls_take(in, n), &w->words);
    all[w->n_notes++] = (msh_xls_note){row, col, 0, at, (uint32_t)w->words.len - at};
    return msh_buf_err(&w->words);
}

static msh_err read_note(msh_xls *w, msh_xls_in *in)
{
    uint32_t row = msh_xls_u16(in), col = msh_xls_u16(in);
    if (w->biff < 8)
        return read_old_note(w, in, row, col);
    (void)msh_xls_u16(in);
    uint16_t object = msh_xls_u16(in);
    msh_xls_note *all = grow(w->notes, w->n_notes, &w->cap_notes, sizeof *all);
    if (!all)
        return MSH_E_MEMORY;
    w->notes = all;
    uint32_t at = (uint32_t)w->words.len;
    msh_xls_string16(w, in, &w->words);
    all[w->n_notes++] = (msh_xls_note){row, col, object, at, (uint32_t)w->words.len - at};
    return msh_buf_err(&w->words);
}

/* The object's number; the rest (macros, list entries) is swept when there is more than numbers. */
static msh_err read_object(msh_xls *w, msh_xls_in *in)
{
    if (w->biff < 8 || in->r->body.len > 60)
        msh_xls_unread(w, in->r->body);
    if (w->biff < 8)
        return MSH_OK;
    uint16_t kind = msh_xls_u16(in);
    (void)msh_xls_take(in, 4);
    w->last_object = msh_xls_u16(in);
    if (kind != 0x15 || in->failed) /* ftCmo */
        w->last_object = 0;
    return MSH_OK;
}

/* Its text stands in a CONTINUE of its own, behind flags (2.4.329 TxO). */
static msh_err read_textbox(msh_xls *w, msh_xls_in *in)
{
    (void)msh_xls_take(in, 10);
    size_t n = msh_xls_u16(in);
    if (n == 0 || in->r->n_cuts == 0)
        return MSH_OK;
    (void)msh_xls_take(in, in->r->cuts[0] - in->at);
    msh_xls_box *all = grow(w->boxes, w->n_boxes, &w->cap_boxes, sizeof *all);
    if (!all)
        return MSH_E_MEMORY;
    w->boxes = all;
    uint32_t at = (uint32_t)w->words.len;
    msh_xls_string(w, in, n, &w->words, NULL);
    all[w->n_boxes++] = (msh_xls_box){w->last_object, false, at, (uint32_t)w->words.len - at};
    w->last_object = 0;
    return msh_buf_err(&w->words);
}

/* --- links
 * --------------------------------------------------------------------------------------------- */

static void put_utf16(msh_view v, msh_buf *out)
{
    msh_art_put_utf16(v, out);
    msh_buf_put_byte(out, '\n');
}

static void put_link_string(msh_xls_in *in, msh_buf *out)
{
    uint64_t n = msh_xls_u32(in);
    put_utf16(msh_xls_take(in, n > UINT32_MAX / 4 ? SIZE_MAX : (size_t)n * 2), out);
}

/* [MS-OSHARED] 2.3.7.2 … 2.3.7.8: a URL or a file, by the class of the moniker. */
static void put_moniker(msh_xls *w, msh_xls_in *in, msh_buf *out)
{
    static const uint8_t url[4] = {0xe0, 0xc9, 0xea, 0x79}, file[4] = {0x03, 0x03, 0, 0};
    msh_view clsid = msh_xls_take(in, 16);
    if (clsid.len && memcmp(clsid.data, url, 4) == 0) {
        put_utf16(msh_xls_take(in, msh_xls_u32(in)), out);
    } else if (clsid.len && memcmp(clsid.data, file, 4) == 0) {
        (void)msh_xls_u16(in);
        msh_view ansi = msh_xls_take(in, msh_xls_u32(in));
        while (ansi.len && ansi.data[ansi.len - 1] == 0)
            ansi.len--;
        msh_xls_bytes(w, ansi, out);
        msh_buf_put_byte(out, '\n');
        (void)msh_xls_take(in, 24);
        if (msh_xls_u32(in) > 6) {
            size_t n = msh_xls_u32(in);
            (void)msh_xls_u16(in);
            put_utf16(msh_xls_take(in, n), out);
        }
    } else {
        in->failed = true;
    }
}

static msh_err read_link(msh_xls *w, msh_xls_in *in)
{
    msh_buf *out = &w->sheet_attrs;
    (void)msh_xls_take(in, 8 + 16 + 4);
    size_t from = in->at;
    uint32_t flags = msh_xls_u32(in);
    if (flags & 0x10)
        put_link_string(in, out);
    if (flags & 0x80)
        put_link_string(in, out);
    if ((flags & 0x101) == 0x101)
        put_link_string(in, out);
    else if (flags & 1)
        put_moniker(w, in, out);
    if (flags & 8)
        put_link_string(in, out);
    if (in->failed)
        msh_xls_unread(w, msh_view_cut(in->r->body, from, SIZE_MAX));
    in->failed = false;
    return msh_buf_err(out);
}

static msh_err read_link_tip(msh_xls *w, msh_xls_in *in)
{
    (void)msh_xls_take(in, 10);
    put_utf16(msh_xls_take(in, msh_xls_left(in)), &w->sheet_attrs);
    return msh_buf_err(&w->sheet_attrs);
}

/* --- validations and conditions
 * ------------------------------------------------------------------------ */

static void put_formula(msh_xls *w, msh_view tokens, msh_buf *out)
{
    if (!msh_biff_formula(w->biff, tokens, (msh_view){0, 0}, w->charset, out))
        msh_xls_unread(w, tokens);
}

/* Titles and messages, then the two formulas (2.4.99 Dv). */
static msh_err read_validation(msh_xls *w, msh_xls_in *in)
{
    msh_buf *out = &w->sheet_attrs;
    (void)msh_xls_u32(in);
    for (unsigned i = 0; i < 4 && !in->failed; i++) {
        size_t from = out->len;
        msh_xls_string16(w, in, out);
        if (out->len == from + 1 && out->data[from] == 0)
            out->len = from; /* none */
        else if (out->len > from)
            msh_buf_put_byte(out, '\n');
    }
    for (unsigned i = 0; i < 2 && !in->failed; i++) {
        size_t n = msh_xls_u16(in);
        (void)msh_xls_u16(in);
        put_formula(w, msh_xls_take(in, n), out);
    }
    if (out->len && out->data[out->len - 1] != '\n')
        msh_buf_put_byte(out, '\n');
    return msh_buf_err(out);
}

static msh_err read_charttext(msh_xls *w, msh_xls_in *in)
{
    (void)msh_xls_u16(in);
    msh_xls_string8(w, in, &w->charts);
    msh_buf_put_byte(&w->charts, '\n');
    return msh_buf_err(&w->charts);
}

static msh_err read_pivot_string(msh_xls *w, msh_xls_in *in)
{
    uint16_t n = msh_xls_u16(in);
    if (n == 0xffff || n == 0)
        return MSH_OK;
    msh_xls_string(w, in, n, &w->pivot, NULL);
    msh_buf_put_byte(&w->pivot, '\n');
    return msh_buf_err(&w->pivot);
}

static msh_err read_drawing(msh_xls *w, msh_xls_in *in)
{
    msh_buf *to = in->r->type == 0x00eb ? &w->art_group : &w->art;
    msh_buf_put_view(to, in->r->body);
    return msh_buf_err(to);
}

/* A picture of BIFF5, a sheet's background (2.4.19 BkHim): kind, system, size, bytes. */
static msh_err read_picture(msh_xls *w, msh_xls_in *in)
{
    char name[40];
    msh_buf bmp;
    uint16_t kind = msh_xls_u16(in);
    (void)msh_xls_take(in, 6);
    msh_view data = msh_xls_take(in, msh_xls_left(in));
    if (data.len == 0)
        return MSH_OK;
    (void)snprintf(name, sizeof name, "Pictures/image@%llu.%s", (unsigned long long)in->r->at,
                   kind == 9 ? "bmp" : "bin");
    if (kind != 9)
        return msh_extract_child(w->x, w->doc, msh_view_str(name), data);
    msh_buf_init(&bmp, data.len + 64);
    msh_art_put_bmp(&bmp, data);
    msh_err err = msh_buf_err(&bmp);
    if (err == MSH_OK)
        err = msh_extract_child(w->x, w->doc, msh_view_str(name), msh_buf_view(&bmp));
    msh_buf_dispose(&bmp);
    return err;
}

const msh_xls_row msh_xls_text_rows[] = {
    {0x007f, read_picture},      {0x00e9, read_picture},
    {0x0014, read_header},       {0x0015, read_header},
    {0x089c, read_headers},      {0x001c, read_note},
    {0x005d, read_object},       {0x01b6, read_textbox},
    {0x01b8, read_link},         {0x0800, read_link_tip},
    {0x01be, read_validation},   {0x100d, read_charttext},
    {0x00cd, read_pivot_string}, {0x00eb, read_drawing},
    {0x00ec, read_drawing},      {0, NULL},
};

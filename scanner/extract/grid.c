/* grid.c: table texts of spreadsheets (see grid.h). */
#include "extract/grid.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/view.h"

#include <string.h>

enum {
    TABS_MOST = 64,      /* a far cell is not led up to by more */
    EACH_CELL = 1 << 21, /* cells with an anchor of their own; later ones have one a row */
    ROW_MOST = 1 << 26,  /* numbers of rows and columns past these are no references */
    COL_MOST = 1 << 20,
    SHORT_CELL = 6 /* bytes: two ideographs, "10年"; longer ones are read for themselves */
};

void msh_grid_init(msh_grid *g, msh_extract *x, const msh_place *place)
{
    *g = (msh_grid){.x = x, .place = *place};
    g->place.offset = MSH_NO_POSITION;
    for (size_t i = 0; i < MSH_GRID_LAYERS; i++)
        msh_buf_init(&g->layers[i].text, (size_t)x->limits->member_size * 4);
}

void msh_grid_dispose(msh_grid *g)
{
    for (size_t i = 0; i < MSH_GRID_LAYERS; i++) {
        msh_buf_dispose(&g->layers[i].text);
        msh_free(g->layers[i].anchors);
        g->layers[i].anchors = NULL;
    }
}

static msh_err add_anchor(msh_grid_text *t, uint32_t row, uint32_t col)
{
    if (t->n >= EACH_CELL && row == t->row)
        return MSH_OK;
    if (t->n == t->cap) {
        size_t cap = t->cap ? t->cap * 2 : 64, bytes;
        msh_anchor *more =
            msh_mul_size(cap, sizeof *more, &bytes) ? msh_realloc(t->anchors, bytes) : NULL;
        if (!more)
            return MSH_E_MEMORY;
        t->anchors = more;
        t->cap = cap;
    }
    t->anchors[t->n++] = (msh_anchor){.at = t->text.len, .cell_row = row, .cell_col = col};
    return MSH_OK;
}

/* A tab or line end inside a cell would shift the columns. */
static void put_flat(msh_buf *out, msh_view v)
{
    for (size_t at = 0; at < v.len;) {
        size_t to = at;
        while (to < v.len && v.data[to] != '\t' && v.data[to] != '\n' && v.data[to] != '\r')
            to++;
        msh_buf_put(out, v.data + at, to - at);
        if (to < v.len)
            msh_buf_put_byte(out, ' ');
        at = to + 1;
    }
}

/* From the last cell to this one. */
static void go_to(msh_grid_text *t, uint32_t row, uint32_t col)
{
    if (row != t->row || col < t->col) {
        if (t->text.len)
            msh_buf_put_byte(&t->text, '\n');
        t->col = 1;
    }
    uint32_t tabs = col > t->col ? col - t->col : 0;
    for (uint32_t i = 0; i < tabs && i < TABS_MOST; i++)
        msh_buf_put_byte(&t->text, '\t');
}

/* --- downwards
 * ------------------------------------------------------------------------------------------- */

/* What stands in a column so far, as a line of its own: two cells and two characters past ASCII at
 * least, and as many of them as of ASCII. Columns of numbers must not become one number. */
static msh_err end_column(msh_grid *g, uint32_t col)
{
    msh_grid_column *c = &g->down[col - 1];
    msh_grid_text *t = &g->layers[MSH_GRID_DOWN];
    unsigned wide = 0, narrow = 0;
    for (uint8_t i = 0; i < c->len; i++) {
        wide += c->text[i] >= 0xc0;
        narrow += c->text[i] < 0x80;
    }
    if (c->last > c->first && wide >= 2 && wide >= narrow) {
        if (t->text.len)
            msh_buf_put_byte(&t->text, '\n');
        MSH_TRY(add_anchor(t, c->first, col));
        t->row = c->first;
        put_flat(&t->text, msh_view_of(c->text, c->len));
    }
    *c = (msh_grid_column){.first = 0};
    return msh_buf_err(&t->text);
}

static msh_err put_down(msh_grid *g, uint32_t row, uint32_t col, msh_view text)
{
    if (col == 0 || col > MSH_GRID_COLUMNS)
        return MSH_OK;
    msh_grid_column *c = &g->down[col - 1];
    bool is_short = text.len <= SHORT_CELL;
    if (c->first && (!is_short || row != c->last + 1 || c->len + text.len > MSH_GRID_DOWN_MOST))
        MSH_TRY(end_column(g, col));
    if (!is_short)
        return MSH_OK;
    memcpy(c->text + c->len, text.data, text.len);
    c->len = (uint8_t)(c->len + text.len);
    c->first = c->first ? c->first : row;
    c->last = row;
    return MSH_OK;
}

msh_err msh_grid_put(msh_grid *g, msh_grid_layer layer, uint32_t row, uint32_t col, msh_view text)
{
    msh_grid_text *t = &g->layers[layer];
    if (text.len == 0)
        return MSH_OK;
    if (layer == MSH_GRID_CELLS)
        MSH_TRY(put_down(g, row, col, text));
    if (layer == MSH_GRID_CELLS || layer == MSH_GRID_HIDDEN)
        go_to(t, row, col);
    else if (t->text.len)
        msh_buf_put_byte(&t->text, '\n');
    MSH_TRY(add_anchor(t, row, col));
    t->row = row;
    t->col = col;
    if (layer == MSH_GRID_COMMENT)
        msh_buf_put_view(&t->text, text);
    else
        put_flat(&t->text, text);
    return msh_buf_err(&t->text);
}

static msh_err emit_layer(msh_grid *g, msh_grid_layer layer)
{
    msh_grid_text *t = &g->layers[layer];
    msh_text out = {.bytes = msh_buf_view(&t->text),
                    .charset = MSH_CS_UTF8,
                    .place = g->place,
                    .anchors = t->anchors,
                    .n_anchors = t->n};
    if (layer == MSH_GRID_CELLS || layer == MSH_GRID_HIDDEN)
        out.flags = MSH_TEXT_TABLE;
    if (layer == MSH_GRID_HIDDEN)
        out.place.role = MSH_ROLE_HIDDEN;
    else if (layer == MSH_GRID_COMMENT)
        out.place.role = MSH_ROLE_COMMENT;
    out.place.line = 1;
    MSH_TRY(msh_buf_err(&t->text));
    MSH_TRY(msh_emit_mapped(g->x, &out));
    msh_buf_reset(&t->text);
    t->n = 0;
    t->row = t->col = 0;
    return MSH_OK;
}

msh_err msh_grid_emit(msh_grid *g)
{
    for (uint32_t col = 1; col <= MSH_GRID_COLUMNS; col++)
        if (g->down[col - 1].first)
            MSH_TRY(end_column(g, col));
    for (size_t i = 0; i < MSH_GRID_LAYERS; i++)
        if (g->layers[i].text.len || msh_buf_err(&g->layers[i].text) != MSH_OK)
            MSH_TRY(emit_layer(g, (msh_grid_layer)i));
    return MSH_OK;
}

void msh_grid_reference(msh_view ref, uint32_t *row, uint32_t *col)
{
    size_t i = 0;
    *row = *col = 0;
    i += ref.len > 0 && ref.data[0] == '$';
    for (; i < ref.len && (ref.data[i] | 32) >= 'a' && (ref.data[i] | 32) <= 'z'; i++)
        *col = *col < COL_MOST ? *col * 26 + ((ref.data[i] | 32u) - 'a' + 1u) : *col;
    i += i < ref.len && ref.data[i] == '$';
    for (; i < ref.len && ref.data[i] >= '0' && ref.data[i] <= '9'; i++)
        *row = *row < ROW_MOST ? *row * 10 + (ref.data[i] - '0') : *row;
}

/* "&L&"宋体,Bold"&14机密★10年&R&P": codes are left out, sections end lines (§18.3.1.39). */
void msh_grid_header(msh_buf *out, msh_view v)
{
    for (size_t i = 0; i < v.len; i++) {
        uint8_t c = v.data[i], next = i + 1 < v.len ? v.data[i + 1] : 0;
        if (c != '&' || next == 0) {
            msh_buf_put_byte(out, c);
        } else if (next == '&') {
            msh_buf_put_byte(out, '&');
            i++;
        } else if (next == '"') {
            size_t to = msh_view_find(v, MSH_VIEW("\""), i + 2);
            i = to == SIZE_MAX ? v.len : to;
        } else if (next >= '0' && next <= '9') {
            for (i++; i + 1 < v.len && v.data[i + 1] >= '0' && v.data[i + 1] <= '9'; i++) {
            }
        } else if (next == 'K') {
            i += 7; /* a colour of six digits */
        } else {
            if ((next == 'L' || next == 'C' || next == 'R') && out->len)
                msh_buf_put_byte(out, '\n');
            i++;
        }
    }
    msh_buf_put_byte(out, '\n');
}

/* biff.c: strings and sheets of a workbook, for its old records and its new ones (see biff.h). */
#include "extract/biff.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/view.h"
#include "extract/numfmt.h"

#include <math.h>
#include <stdio.h>

enum {
    FULL = 8 << 20, /* bytes of a sheet after which it is handed on, so that memory stays bounded */
    FULL_ANCHORS = 1 << 18,
    MAX_RANGES = 4096,  /* of hidden columns of a sheet */
    MAX_ROWS = 1 << 20, /* of a sheet of BIFF12 */
    MAX_STYLES = 1 << 20,
    MAX_CODE = 1024
};

/* --- growing -------------------------------------------------------------------------------------
 */

static void *grow(void *old, size_t n, size_t *cap, size_t size)
{
    size_t more = *cap ? *cap * 2 : 64, bytes;
    if (n < *cap)
        return old;
    void *now = msh_mul_size(more, size, &bytes) ? msh_realloc(old, bytes) : NULL;
    if (now)
        *cap = more;
    return now;
}

/* --- strings of a workbook
 * ---------------------------------------------------------------------------- */

void msh_biff_strings_init(msh_biff_strings *s, size_t ceiling)
{
    *s = (msh_biff_strings){0};
    msh_buf_init(&s->text, ceiling < UINT32_MAX ? ceiling : UINT32_MAX);
}

void msh_biff_strings_dispose(msh_biff_strings *s)
{
    msh_buf_dispose(&s->text);
    msh_free(s->at);
    msh_free(s->used);
    s->at = NULL;
    s->used = NULL;
    s->n = s->cap = 0;
}

msh_err msh_biff_strings_end(msh_biff_strings *s)
{
    if (s->n + 2 > s->cap) {
        size_t cap = s->cap ? s->cap * 2 : 256, bytes;
        if (!msh_mul_size(cap, sizeof *s->at, &bytes))
            return MSH_E_MEMORY;
        uint32_t *at = msh_realloc(s->at, bytes);
        if (!at)
            return MSH_E_MEMORY;
        s->at = at;
        uint8_t *used = msh_realloc(s->used, cap);
        if (!used)
            return MSH_E_MEMORY;
        s->used = used;
        s->cap = cap;
        if (s->n == 0)
            s->at[0] = 0;
    }
    s->used[s->n] = 0;
    s->at[++s->n] = (uint32_t)s->text.len;
    return msh_buf_err(&s->text);
}

msh_view msh_biff_strings_use(msh_biff_strings *s, uint32_t i)
{
    if (i >= s->n)
        return (msh_view){0, 0};
    s->used[i] = 1;
    return msh_view_cut(msh_buf_view(&s->text), s->at[i], s->at[i + 1] - s->at[i]);
}

msh_err msh_biff_strings_unused(const msh_biff_strings *s, msh_extract *x, const msh_place *place)
{
    msh_buf out;
    msh_buf_init(&out, s->text.len + s->n + 1);
    for (size_t i = 0; i < s->n; i++)
        if (!s->used[i])
            msh_biff_put_line(
                &out, msh_view_cut(msh_buf_view(&s->text), s->at[i], s->at[i + 1] - s->at[i]));
    msh_err err = msh_biff_emit(x, place, MSH_ROLE_HIDDEN, NULL, &out);
    msh_buf_dispose(&out);
    return err;
}

/* --- small parts
 * ------------------------------------------------------------------------------------- */

void msh_biff_put_line(msh_buf *out, msh_view text)
{
    if (text.len == 0)
        return;
    msh_buf_put_view(out, text);
    if (text.data[text.len - 1] != '\n')
        msh_buf_put_byte(out, '\n');
}

msh_err msh_biff_emit(msh_extract *x, const msh_place *place, msh_role role, const char *name,
                      const msh_buf *text)
{
    msh_place at = *place;
    bool blank = true;
    MSH_TRY(msh_buf_err(text));
    for (size_t i = 0; i < text->len && blank; i++)
        blank = text->data[i] == ' ' || text->data[i] == '\n';
    if (blank)
        return MSH_OK;
    at.role = role;
    if (name)
        at.name = msh_view_str(name);
    at.offset = MSH_NO_POSITION;
    return msh_emit(x, &at, msh_buf_view(text), 0);
}

double msh_biff_double(uint64_t bits)
{
    double v;
    memcpy(&v, &bits, sizeof v);
    return v;
}

double msh_biff_rk(uint32_t rk)
{
    double v;
    if (rk & 2)
        v = (double)(int32_t)(rk & ~3u) / 4;
    else
        v = msh_biff_double((uint64_t)(rk & ~3u) << 32);
    return rk & 1 ? v / 100 : v;
}

const char *msh_biff_error(uint8_t code)
{
    switch (code) {
    case 0x00:
        return "#NULL!";
    case 0x07:
        return "#DIV/0!";
    case 0x0f:
        return "#VALUE!";
    case 0x17:
        return "#REF!";
    case 0x1d:
        return "#NAME?";
    case 0x24:
        return "#NUM!";
    default:
        return "#N/A";
    }
}

/* --- formats
 * ----------------------------------------------------------------------------------------- */

void msh_biff_formats_dispose(msh_biff_formats *f)
{
    msh_free(f->code);
    msh_free(f->of);
    *f = (msh_biff_formats){0};
}

msh_err msh_biff_formats_put(msh_biff_formats *f, msh_arena *arena, uint16_t id, msh_view code)
{
    if (id >= f->n_codes) {
        size_t n = (size_t)id + 64;
        msh_view *all = msh_realloc(f->code, n * sizeof *all);
        if (!all)
            return MSH_E_MEMORY;
        memset(all + f->n_codes, 0, (n - f->n_codes) * sizeof *all);
        f->code = all;
        f->n_codes = n;
    }
    f->code[id] = msh_arena_copy(arena, msh_view_cut(code, 0, MAX_CODE));
    return f->code[id].data ? MSH_OK : MSH_E_MEMORY;
}

msh_err msh_biff_formats_style(msh_biff_formats *f, uint16_t id)
{
    if (f->n_of >= MAX_STYLES)
        return MSH_OK;
    uint16_t *all = grow(f->of, f->n_of, &f->cap_of, sizeof *all);
    if (!all)
        return MSH_E_MEMORY;
    f->of = all;
    all[f->n_of++] = id;
    return MSH_OK;
}

msh_view msh_biff_formats_of(const msh_biff_formats *f, uint32_t style)
{
    uint16_t id = style < f->n_of ? f->of[style] : 0;
    if (id < f->n_codes && f->code[id].len)
        return f->code[id];
    return msh_view_str(msh_numfmt_builtin(id));
}

bool msh_biff_has_words(msh_view code)
{
    bool quoted = false;
    for (size_t i = 0; i < code.len;) {
        msh_char c = msh_charset_next(MSH_CS_UTF8, msh_view_cut(code, i, 4));
        i += c.len;
        quoted ^= c.cp == '"';
        if (quoted && ((c.cp | 32) >= 'a' && (c.cp | 32) <= 'z'))
            return true;
        if (c.cp >= 0x80 && c.cp != 0xa3 && c.cp != 0xa5 && c.cp != 0x20ac && c.cp != 0xffe5)
            return true;
    }
    return false;
}

void msh_biff_put_plain(double v, msh_buf *out)
{
    char text[64];
    if (!isfinite(v)) {
        msh_buf_put_str(out, "#NUM!");
        return;
    }
    (void)snprintf(text, sizeof text, "%.15g", v);
    double again = strtod(text, NULL);
    if (again < v || again > v)
        (void)snprintf(text, sizeof text, "%.17g", v);
    msh_numfmt_plain(out, msh_view_str(text));
}

/* --- sheets
 * ------------------------------------------------------------------------------------------- */

void msh_biff_sheet_begin(msh_biff_sheet *s, msh_extract *x, const msh_place *place)
{
    *s = (msh_biff_sheet){0};
    msh_grid_init(&s->grid, x, place);
    msh_buf_init(&s->shown, (size_t)x->limits->member_size);
}

void msh_biff_sheet_dispose(msh_biff_sheet *s)
{
    msh_grid_dispose(&s->grid);
    msh_buf_dispose(&s->shown);
    msh_free(s->rows);
    *s = (msh_biff_sheet){0};
}

msh_err msh_biff_sheet_end(msh_biff_sheet *s)
{
    return msh_grid_emit(&s->grid);
}

msh_err msh_biff_sheet_hide_row(msh_biff_sheet *s, uint32_t row)
{
    if (row >= MAX_ROWS)
        return MSH_OK;
    if (row >= s->n_rows) {
        uint32_t n = (row + 8192) & ~8191u;
        uint8_t *rows = msh_realloc(s->rows, n / 8);
        if (!rows)
            return MSH_E_MEMORY;
        memset(rows + s->n_rows / 8, 0, (n - s->n_rows) / 8);
        s->rows = rows;
        s->n_rows = n;
    }
    s->rows[row / 8] |= (uint8_t)(1u << row % 8);
    return MSH_OK;
}

void msh_biff_sheet_hide_columns(msh_biff_sheet *s, uint32_t from, uint32_t to)
{
    if (s->n_ranges++ >= MAX_RANGES)
        return;
    for (uint32_t i = from; i <= to && i < MSH_BIFF_COLUMNS; i++)
        s->columns[i / 8] |= (uint8_t)(1u << i % 8);
}

static bool is_hidden(const msh_biff_sheet *s, uint32_t row, uint32_t col)
{
    if (row < s->n_rows && s->rows[row / 8] >> row % 8 & 1)
        return true;
    return col < MSH_BIFF_COLUMNS && s->columns[col / 8] >> col % 8 & 1;
}

/* A sheet that grows and grows is handed on at the end of a row. */
static msh_err make_room(msh_biff_sheet *s, uint32_t row, size_t more)
{
    const msh_grid_text *t = &s->grid.layers[MSH_GRID_CELLS];
    MSH_TRY(msh_budget_decoded(&s->grid.x->budget, more + 1));
    if (t->row != row + 1 && (t->text.len >= FULL || t->n >= FULL_ANCHORS))
        return msh_grid_emit(&s->grid);
    return MSH_OK;
}

/* The cell whose text stands in s->shown. */
static msh_err put_shown(msh_biff_sheet *s, uint32_t row, uint32_t col)
{
    msh_view shown = msh_buf_view(&s->shown);
    MSH_TRY(msh_buf_err(&s->shown));
    MSH_TRY(make_room(s, row, shown.len));
    if (s->grid.place.role != MSH_ROLE_HIDDEN && is_hidden(s, row, col))
        MSH_TRY(msh_grid_put(&s->grid, MSH_GRID_HIDDEN, row + 1, col + 1, shown));
    return msh_grid_put(&s->grid, MSH_GRID_CELLS, row + 1, col + 1, shown);
}

msh_err msh_biff_sheet_text(msh_biff_sheet *s, uint32_t row, uint32_t col, msh_view code,
                            msh_view text)
{
    msh_buf_reset(&s->shown);
    if (!msh_numfmt_text(&s->shown, code, text))
        return put_shown(s, row, col);
    MSH_TRY(put_shown(s, row, col));
    return msh_grid_put(&s->grid, MSH_GRID_BESIDE, row + 1, col + 1, text);
}

msh_err msh_biff_sheet_number(msh_biff_sheet *s, uint32_t row, uint32_t col, msh_view code,
                              bool from_1904, double v)
{
    uint8_t room[96];
    msh_buf plain = {.data = room, .cap = sizeof room, .ceiling = sizeof room};
    msh_biff_put_plain(v, &plain);
    msh_view number = msh_buf_view(&plain);
    msh_buf_reset(&s->shown);
    bool differs = msh_numfmt_number(&s->shown, code, number, from_1904);
    MSH_TRY(put_shown(s, row, col));
    if (differs)
        MSH_TRY(msh_grid_put(&s->grid, MSH_GRID_BESIDE, row + 1, col + 1, number));
    msh_buf_reset(&s->shown);
    if (!msh_numfmt_damaged(&s->shown, number))
        return MSH_OK;
    return msh_grid_put(&s->grid, MSH_GRID_BESIDE, row + 1, col + 1, msh_buf_view(&s->shown));
}

msh_err msh_biff_sheet_beside(msh_biff_sheet *s, msh_grid_layer layer, uint32_t row, uint32_t col,
                              msh_view text)
{
    MSH_TRY(msh_budget_decoded(&s->grid.x->budget, text.len + 1));
    return msh_grid_put(&s->grid, layer, row + 1, col + 1, text);
}

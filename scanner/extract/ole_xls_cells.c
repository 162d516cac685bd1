/* ole_xls_cells.c: records of cells ([MS-XLS] 2.4), of rows and columns. */
#include "base/err.h"
#include "base/view.h"
#include "extract/ole_xls.h"

enum { BIFF2_ATTRS = 3, FORMULA_STRING = 0, FORMULA_BOOL = 1, FORMULA_ERROR = 2 };

typedef struct cell {
    uint32_t row, col, style;
} cell;

/* BIFF2 has three bytes of attributes instead of a style. */
static cell read_cell(msh_xls *w, msh_xls_in *in)
{
    cell c = {.row = msh_xls_u16(in), .col = msh_xls_u16(in)};
    if (w->biff == 2) {
        msh_view attrs = msh_xls_take(in, BIFF2_ATTRS);
        c.style = attrs.len ? attrs.data[0] & 0x3f : 0;
    } else {
        c.style = msh_xls_u16(in);
    }
    return c;
}

/* A chart keeps a copy of what it shows in cells of its own. */
static msh_err put_text(msh_xls *w, cell c, msh_view text)
{
    if (!w->in_sheet)
        MSH_TRY(msh_xls_sheet_begin(w, MSH_NO_POSITION, 0));
    if (w->in_chart) {
        msh_biff_put_line(&w->charts, text);
        return msh_buf_err(&w->charts);
    }
    return msh_biff_sheet_text(&w->sheet, c.row, c.col, msh_biff_formats_of(&w->formats, c.style),
                               text);
}

static msh_err put_number(msh_xls *w, cell c, double v)
{
    if (!w->in_sheet)
        MSH_TRY(msh_xls_sheet_begin(w, MSH_NO_POSITION, 0));
    if (w->in_chart) {
        msh_biff_put_plain(v, &w->charts);
        msh_buf_put_byte(&w->charts, '\n');
        return msh_buf_err(&w->charts);
    }
    return msh_biff_sheet_number(&w->sheet, c.row, c.col, msh_biff_formats_of(&w->formats, c.style),
                                 w->formats.from_1904, v);
}

/* A string that stands in the record itself. */
static msh_err put_own(msh_xls *w, msh_xls_in *in, cell c, size_t count)
{
    msh_buf text;
    msh_buf_init(&text, in->r->body.len * 4 + 16);
    msh_xls_string(w, in, count, &text, NULL);
    msh_err err = msh_buf_err(&text);
    if (err == MSH_OK)
        err = put_text(w, c, msh_buf_view(&text));
    msh_buf_dispose(&text);
    return err;
}

static msh_err read_label(msh_xls *w, msh_xls_in *in)
{
    cell c = read_cell(w, in);
    size_t n = w->biff == 2 ? msh_xls_u8(in) : msh_xls_u16(in);
    return put_own(w, in, c, n);
}

static msh_err read_label_shared(msh_xls *w, msh_xls_in *in)
{
    cell c = read_cell(w, in);
    uint32_t i = msh_xls_u32(in);
    return in->failed ? MSH_OK : put_text(w, c, msh_biff_strings_use(&w->strings, i));
}

static msh_err read_number(msh_xls *w, msh_xls_in *in)
{
    cell c = read_cell(w, in);
    double v = msh_biff_double(msh_xls_u64(in));
    return in->failed ? MSH_OK : put_number(w, c, v);
}

static msh_err read_integer(msh_xls *w, msh_xls_in *in)
{
    cell c = read_cell(w, in);
    double v = msh_xls_u16(in);
    return in->failed ? MSH_OK : put_number(w, c, v);
}

static msh_err read_rk(msh_xls *w, msh_xls_in *in)
{
    cell c = read_cell(w, in);
    double v = msh_biff_rk(msh_xls_u32(in));
    return in->failed ? MSH_OK : put_number(w, c, v);
}

static msh_err read_mulrk(msh_xls *w, msh_xls_in *in)
{
    cell c = {.row = msh_xls_u16(in), .col = msh_xls_u16(in)};
    while (msh_xls_left(in) >= 8) {
        c.style = msh_xls_u16(in);
        MSH_TRY(put_number(w, c, msh_biff_rk(msh_xls_u32(in))));
        c.col++;
    }
    return MSH_OK;
}

static msh_err put_boolerr(msh_xls *w, cell c, uint8_t value, bool is_error)
{
    return put_text(w, c,
                    msh_view_str(is_error ? msh_biff_error(value)
                                 : value  ? "TRUE"
                                          : "FALSE"));
}

static msh_err read_boolerr(msh_xls *w, msh_xls_in *in)
{
    cell c = read_cell(w, in);
    uint8_t value = msh_xls_u8(in), kind = msh_xls_u8(in);
    return in->failed ? MSH_OK : put_boolerr(w, c, value, kind != 0);
}

/* --- formulas
 * ---------------------------------------------------------------------------------------- */

static msh_err put_tokens(msh_xls *w, cell c, msh_view tokens, msh_view extra)
{
    msh_buf text;
    msh_buf_init(&text, (size_t)w->x->limits->member_size);
    if (!msh_biff_formula(w->biff, tokens, extra, w->charset, &text)) {
        msh_xls_unread(w, tokens);
        msh_xls_unread(w, extra);
    }
    msh_err err = msh_buf_err(&text);
    if (err == MSH_OK && !w->in_sheet)
        err = msh_xls_sheet_begin(w, MSH_NO_POSITION, 0);
    if (err == MSH_OK && !w->in_chart)
        err = msh_biff_sheet_beside(&w->sheet, MSH_GRID_BESIDE, c.row, c.col, msh_buf_view(&text));
    msh_buf_dispose(&text);
    return err;
}

/* The result as it was when the file was written (2.5.133 FormulaValue). */
static msh_err put_result(msh_xls *w, cell c, uint64_t bits)
{
    if (bits >> 48 != 0xffff)
        return put_number(w, c, msh_biff_double(bits));
    uint8_t value = (uint8_t)(bits >> 16);
    switch (bits & 0xff) {
    case FORMULA_STRING: /* a STRING record comes */
        w->formula.pending = true;
        w->formula.row = c.row;
        w->formula.col = c.col;
        w->formula.style = c.style;
        return MSH_OK;
    case FORMULA_BOOL:
        return put_boolerr(w, c, value, false);
    case FORMULA_ERROR:
        return put_boolerr(w, c, value, true);
    default:
        return MSH_OK;
    }
}

static msh_err read_formula(msh_xls *w, msh_xls_in *in)
{
    cell c = read_cell(w, in);
    uint64_t bits = msh_xls_u64(in);
    (void)msh_xls_take(in, w->biff == 2 ? 1 : w->biff < 5 ? 2 : 6);
    size_t n = w->biff == 2 ? msh_xls_u8(in) : msh_xls_u16(in);
    msh_view tokens = msh_xls_take(in, n);
    if (in->failed)
        return MSH_OK;
    w->formula.pending = false;
    MSH_TRY(put_result(w, c, bits));
    msh_view extra = msh_xls_take(in, msh_xls_left(in));
    if (w->biff >= 5)
        return put_tokens(w, c, tokens, extra);
    msh_xls_unread(w, tokens);
    return MSH_OK;
}

static msh_err read_string(msh_xls *w, msh_xls_in *in)
{
    cell c = {w->formula.row, w->formula.col, w->formula.style};
    size_t n = w->biff == 2 ? msh_xls_u8(in) : msh_xls_u16(in);
    w->formula.pending = false;
    return put_own(w, in, c, n);
}

/* Formulas of several cells: an area of 6 bytes, then options (2.4.4 Array, 2.4.271 ShrFmla). */
static msh_err read_shared(msh_xls *w, msh_xls_in *in, size_t options)
{
    cell c = {.row = msh_xls_u16(in)};
    (void)msh_xls_u16(in);
    c.col = msh_xls_u8(in);
    (void)msh_xls_take(in, 1 + options);
    size_t n = msh_xls_u16(in);
    msh_view tokens = msh_xls_take(in, n);
    if (in->failed || !w->in_sheet)
        return MSH_OK;
    return put_tokens(w, c, tokens, msh_xls_take(in, msh_xls_left(in)));
}

static msh_err read_array(msh_xls *w, msh_xls_in *in)
{
    return read_shared(w, in, w->biff < 5 ? 2 : 6);
}

static msh_err read_shrfmla(msh_xls *w, msh_xls_in *in)
{
    return read_shared(w, in, 2);
}

/* --- rows and columns
 * ---------------------------------------------------------------------------------- */

static msh_err read_row(msh_xls *w, msh_xls_in *in)
{
    uint32_t row = msh_xls_u16(in);
    (void)msh_xls_take(in, 10);
    uint16_t flags = msh_xls_u16(in);
    if (in->failed || !w->in_sheet || !(flags & 0x20)) /* fDyZero */
        return MSH_OK;
    return msh_biff_sheet_hide_row(&w->sheet, row);
}

static msh_err read_columns(msh_xls *w, msh_xls_in *in)
{
    uint32_t from = msh_xls_u16(in), to = msh_xls_u16(in);
    (void)msh_xls_take(in, 4);
    uint16_t flags = msh_xls_u16(in);
    if (!in->failed && w->in_sheet && flags & 1) /* fHidden */
        msh_biff_sheet_hide_columns(&w->sheet, from, to);
    return MSH_OK;
}

const msh_xls_row msh_xls_cell_rows[] = {
    {0x00fd, read_label_shared},
    {0x0204, read_label},
    {0x0004, read_label},
    {0x00d6, read_label},
    {0x0203, read_number},
    {0x0003, read_number},
    {0x0002, read_integer},
    {0x027e, read_rk},
    {0x007e, read_rk},
    {0x00bd, read_mulrk},
    {0x0205, read_boolerr},
    {0x0005, read_boolerr},
    {0x0006, read_formula},
    {0x0206, read_formula},
    {0x0406, read_formula},
    {0x0207, read_string},
    {0x0007, read_string},
    {0x0221, read_array},
    {0x0021, read_array},
    {0x04bc, read_shrfmla},
    {0x0208, read_row},
    {0x007d, read_columns},
    {0, NULL},
};

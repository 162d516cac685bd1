/* sheet.c: one sheet of a workbook, or its comments, as a table text with cells.
 *
 * ECMA-376 part 1 §18.3 (worksheets), §18.7 (comments), [MS-XLSX] 2.6.205 (threaded comments). What
 * is not a cell (hyperlinks, validation messages, extensions) goes to the general reader of XML. */
#include "extract/workbook.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/view.h"
#include "extract/grid.h"
#include "extract/numfmt.h"
#include "extract/xmltext.h"

enum { COLS_MOST = 1024 };

typedef struct col_range {
    uint32_t from, to;
} col_range;

typedef struct sheet {
    msh_workbook *w;
    msh_grid grid;
    msh_xt rest;
    col_range hidden_cols[COLS_MOST];
    size_t n_hidden;
    uint32_t row, col;
    msh_view format;
    uint8_t type; /* first letter of t, 'i' for inlineStr, 0 = number */
    bool row_hidden, rows_hidden, in_data, in_cell, in_comment;
    bool in_formula, in_phonetic, in_value;
    msh_role aside; /* HEADER or FOOTER while in one */
    msh_buf value, shown, formula, header, footer;
} sheet;

static bool is(msh_view name, const char *what)
{
    return msh_view_eq_str(name, what);
}

static bool is_on(msh_view v)
{
    return is(v, "1") || is(v, "true");
}

static uint32_t number(msh_view v)
{
    uint32_t n = 0;
    for (size_t i = 0; i < v.len && v.data[i] >= '0' && v.data[i] <= '9' && n < 1u << 26; i++)
        n = n * 10 + (v.data[i] - '0');
    return n;
}

/* --- cells -------------------------------------------------------------------------------------
 */

static bool is_hidden(const sheet *s)
{
    if (s->row_hidden)
        return true;
    for (size_t i = 0; i < s->n_hidden; i++)
        if (s->col >= s->hidden_cols[i].from && s->col <= s->hidden_cols[i].to)
            return true;
    return false;
}

static void begin_cell(sheet *s, const msh_xml_attr *a, size_t n)
{
    uint32_t row, col;
    msh_grid_reference(msh_xml_get(a, n, "r"), &row, &col);
    s->col = col ? col : s->col + 1;
    s->row = row ? row : s->row;
    msh_view type = msh_xml_get(a, n, "t"), style = msh_xml_get(a, n, "s");
    s->type = is(type, "inlineStr") ? 'i' : is(type, "str") ? 'f' : type.len ? type.data[0] : 'n';
    s->format = style.len ? msh_workbook_format(s->w, number(style)) : (msh_view){NULL, 0};
    s->in_cell = true;
    msh_buf_reset(&s->value);
    msh_buf_reset(&s->formula);
}

static void begin_row(sheet *s, const msh_xml_attr *a, size_t n)
{
    msh_view hidden = msh_xml_get(a, n, "hidden"), height = msh_xml_get(a, n, "ht");
    uint32_t row = number(msh_xml_get(a, n, "r"));
    s->row = row ? row : s->row + 1;
    s->col = 0;
    s->row_hidden = hidden.len ? is_on(hidden) : s->rows_hidden || is(height, "0");
}

static void begin_col(sheet *s, const msh_xml_attr *a, size_t n)
{
    if (s->n_hidden < COLS_MOST &&
        (is_on(msh_xml_get(a, n, "hidden")) || is(msh_xml_get(a, n, "width"), "0")))
        s->hidden_cols[s->n_hidden++] =
            (col_range){number(msh_xml_get(a, n, "min")), number(msh_xml_get(a, n, "max"))};
}

/* Formulas that hold words, long numbers or other files; A1+B1 says nothing. */
static bool says_something(msh_view f)
{
    size_t digits = 0;
    for (size_t i = 0; i < f.len; i++) {
        uint8_t c = f.data[i];
        digits = c >= '0' && c <= '9' ? digits + 1 : 0;
        if (c >= 0x80 || c == '"' || c == '[' || digits >= 8)
            return true;
    }
    return false;
}

/* What the cell shows goes to `shown`; true when its value is to be given beside. */
static bool show_cell(sheet *s, msh_view *value)
{
    *value = msh_buf_view(&s->value);
    msh_buf_reset(&s->shown);
    if (s->type == 's' && !msh_workbook_string(s->w, number(*value), value))
        *value = msh_buf_view(&s->value);
    if (s->type == 'n')
        return msh_numfmt_number(&s->shown, s->format, *value, s->w->date1904);
    if (s->type == 's' || s->type == 'i' || s->type == 'f')
        return s->format.len && msh_numfmt_text(&s->shown, s->format, *value);
    if (s->type == 'b')
        *value = is_on(*value) ? MSH_VIEW("TRUE") : MSH_VIEW("FALSE");
    return false;
}

static msh_err end_cell(sheet *s)
{
    msh_view value;
    s->in_cell = false;
    if (says_something(msh_buf_view(&s->formula)))
        MSH_TRY(msh_grid_put(&s->grid, MSH_GRID_BESIDE, s->row, s->col, msh_buf_view(&s->formula)));
    if (s->value.len == 0)
        return MSH_OK;
    bool differs = show_cell(s, &value);
    msh_view shown = s->shown.len ? msh_buf_view(&s->shown) : value;
    MSH_TRY(msh_grid_put(&s->grid, MSH_GRID_CELLS, s->row, s->col, shown));
    if (is_hidden(s))
        MSH_TRY(msh_grid_put(&s->grid, MSH_GRID_HIDDEN, s->row, s->col, shown));
    if (differs) {
        msh_buf_reset(&s->shown);
        msh_numfmt_plain(&s->shown, value);
        MSH_TRY(msh_grid_put(&s->grid, MSH_GRID_BESIDE, s->row, s->col, msh_buf_view(&s->shown)));
    }
    msh_buf_reset(&s->shown);
    if (s->type == 'n' && msh_numfmt_damaged(&s->shown, value))
        MSH_TRY(msh_grid_put(&s->grid, MSH_GRID_BESIDE, s->row, s->col, msh_buf_view(&s->shown)));
    return msh_buf_err(&s->value);
}

/* --- headers and comments ----------------------------------------------------------------------
 */

static msh_role header_role(msh_view name)
{
    if (is(name, "oddHeader") || is(name, "evenHeader") || is(name, "firstHeader"))
        return MSH_ROLE_HEADER;
    if (is(name, "oddFooter") || is(name, "evenFooter") || is(name, "firstFooter"))
        return MSH_ROLE_FOOTER;
    return MSH_ROLE_BODY;
}

static void begin_comment(sheet *s, const msh_xml_attr *a, size_t n)
{
    msh_grid_reference(msh_xml_get(a, n, "ref"), &s->row, &s->col);
    s->in_comment = true;
    msh_buf_reset(&s->value);
}

static msh_err end_comment(sheet *s)
{
    s->in_comment = false;
    return msh_grid_put(&s->grid, MSH_GRID_COMMENT, s->row, s->col, msh_buf_view(&s->value));
}

/* --- events ------------------------------------------------------------------------------------
 */

static msh_err on_start(void *ctx, msh_view name, const msh_xml_attr *a, size_t n)
{
    sheet *s = ctx;
    if (s->in_cell || s->in_comment) {
        s->in_formula |= is(name, "f");
        s->in_phonetic |= is(name, "rPh");
        s->in_value |= is(name, "v") || is(name, "t") || is(name, "text");
        return MSH_OK;
    }
    if (s->in_data && is(name, "c")) {
        begin_cell(s, a, n);
        return MSH_OK;
    }
    if (s->in_data && is(name, "row")) {
        begin_row(s, a, n);
        return MSH_OK;
    }
    if (is(name, "comment") || is(name, "threadedComment"))
        begin_comment(s, a, n);
    else if (is(name, "sheetData"))
        s->in_data = true;
    else if (is(name, "col"))
        begin_col(s, a, n);
    else if (is(name, "sheetFormatPr"))
        s->rows_hidden = is_on(msh_xml_get(a, n, "zeroHeight"));
    else if (header_role(name) != MSH_ROLE_BODY) {
        s->aside = header_role(name);
        msh_buf_reset(&s->value);
    }
    return s->in_comment ? MSH_OK : msh_xt_handler.start(&s->rest, name, a, n);
}

static msh_err end_inside(sheet *s, msh_view name)
{
    if (is(name, "f"))
        s->in_formula = false;
    else if (is(name, "rPh"))
        s->in_phonetic = false;
    else if (is(name, "v") || is(name, "t") || is(name, "text"))
        s->in_value = false;
    else if (s->in_cell && is(name, "c"))
        return end_cell(s);
    else if (s->in_comment && (is(name, "comment") || is(name, "threadedComment")))
        return end_comment(s);
    return MSH_OK;
}

static msh_err on_end(void *ctx, msh_view name)
{
    sheet *s = ctx;
    if (s->in_cell || s->in_comment)
        return end_inside(s, name);
    if (s->in_data && is(name, "row"))
        return MSH_OK;
    if (is(name, "sheetData"))
        s->in_data = false;
    if (s->aside != MSH_ROLE_BODY && header_role(name) == s->aside) {
        msh_grid_header(s->aside == MSH_ROLE_HEADER ? &s->header : &s->footer,
                        msh_buf_view(&s->value));
        s->aside = MSH_ROLE_BODY;
    }
    return msh_xt_handler.end(&s->rest, name);
}

static msh_err on_text(void *ctx, msh_view text)
{
    sheet *s = ctx;
    if (s->in_cell || s->in_comment) {
        if (s->in_formula)
            msh_buf_put_view(&s->formula, text);
        else if (s->in_phonetic)
            return msh_xt_value(&s->rest, text);
        else if (s->in_value)
            msh_buf_put_view(&s->value, text);
        return MSH_OK;
    }
    if (s->aside != MSH_ROLE_BODY) {
        msh_buf_put_view(&s->value, text);
        return MSH_OK;
    }
    return msh_xt_handler.text(&s->rest, text);
}

static msh_err on_aside(void *ctx, msh_view text)
{
    sheet *s = ctx;
    return msh_xt_handler.aside(&s->rest, text);
}

static msh_err emit_as(sheet *s, msh_role role, const msh_buf *b)
{
    msh_place place = s->grid.place;
    place.role = role;
    MSH_TRY(msh_buf_err(b));
    return b->len ? msh_emit(s->w->x, &place, msh_buf_view(b), 0) : MSH_OK;
}

static msh_err emit_all(sheet *s)
{
    MSH_TRY(msh_grid_emit(&s->grid));
    MSH_TRY(emit_as(s, MSH_ROLE_HEADER, &s->header));
    MSH_TRY(emit_as(s, MSH_ROLE_FOOTER, &s->footer));
    return msh_xt_emit(&s->rest);
}

msh_err msh_sheet_read(msh_workbook *w, const msh_doc *doc, const msh_place *place, msh_view bytes)
{
    static const msh_xml_handler handler = {on_start, on_end, on_text, on_aside};
    msh_place rest = *place;
    sheet *s = msh_calloc(1, sizeof *s);
    if (!s)
        return MSH_E_MEMORY;
    s->w = w;
    rest.role = MSH_ROLE_ATTR;
    msh_grid_init(&s->grid, w->x, place);
    msh_buf *const all[] = {&s->value, &s->shown, &s->formula, &s->header, &s->footer};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        msh_buf_init(all[i], (size_t)w->x->limits->member_size);
    msh_err err = msh_xt_init(&s->rest, w->x, doc, &rest, MSH_XT_GENERIC);
    if (err == MSH_OK)
        err = msh_xml_read(w->x, place, bytes, &handler, s);
    if (s->in_cell && err == MSH_OK)
        err = end_cell(s); /* cut off in it */
    if (s->in_comment && err == MSH_OK)
        err = end_comment(s);
    msh_err said = emit_all(s); /* also what was read before a fault */
    msh_xt_dispose(&s->rest);
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        msh_buf_dispose(all[i]);
    msh_grid_dispose(&s->grid);
    msh_free(s);
    return err == MSH_OK ? said : err;
}

/* ods.c: sheets of OpenDocument and of SpreadsheetML 2003 (see ods.h).
 *
 * Rows and cells say how often they are repeated; a text is put where it stands first. What is
 * drawn in a cell is no text of the cell. */
#include "extract/ods.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/view.h"
#include "extract/grid.h"
#include "extract/numfmt.h"
#include "extract/xmltext.h"

enum { RANGES_MOST = 1024, STYLES_MOST = 10000, NUMBER_MOST = 1 << 26 };

typedef enum piece { OTHER, SHEET, COLUMN, ROW, CELL, COVERED, NOTE, PARA, BLANK, DRAWN } piece;

static const struct {
    const char *name;
    piece is;
} names[] = {
    {"Cell", CELL},
    {"Column", COLUMN},
    {"Comment", NOTE},
    {"Data", PARA},
    {"Row", ROW},
    {"Worksheet", SHEET},
    {"annotation", NOTE},
    {"covered-table-cell", COVERED},
    {"custom-shape", DRAWN},
    {"frame", DRAWN},
    {"g", DRAWN},
    {"line-break", BLANK},
    {"p", PARA},
    {"rect", DRAWN},
    {"s", BLANK},
    {"tab", BLANK},
    {"table", SHEET},
    {"table-cell", CELL},
    {"table-column", COLUMN},
    {"table-row", ROW},
};

typedef struct range {
    uint32_t from, to;
} range;

typedef struct book {
    msh_extract *x;
    msh_place place;
    msh_grid grid;
    msh_xt rest;
    msh_table *hidden_styles;
    msh_view style; /* being defined */
    range hidden[RANGES_MOST];
    size_t n_hidden;
    uint32_t row, col, next_row, next_col, next_column;
    unsigned tables, drawn; /* open ones */
    bool row_hidden, in_cell, in_note;
    msh_buf cell, note;
} book;

static piece piece_of(msh_view name)
{
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (msh_view_eq_str(name, names[i].name))
            return names[i].is;
    return OTHER;
}

static uint32_t number(msh_view v, uint32_t otherwise)
{
    uint32_t n = 0;
    for (size_t i = 0; i < v.len && v.data[i] >= '0' && v.data[i] <= '9' && n < NUMBER_MOST; i++)
        n = n * 10 + (v.data[i] - '0');
    return n ? n : otherwise;
}

static bool is_hidden_attr(const msh_xml_attr *a, size_t n)
{
    msh_view v = msh_xml_get(a, n, "visibility");
    return msh_view_eq_str(v, "collapse") || msh_view_eq_str(v, "filter") ||
           msh_view_eq_str(msh_xml_get(a, n, "Hidden"), "1");
}

/* --- sheets ------------------------------------------------------------------------------------
 */

static msh_err note_style(book *b, msh_view name, const msh_xml_attr *a, size_t n)
{
    void *old;
    if (msh_view_eq_str(name, "style")) {
        b->style = msh_arena_copy(b->x->arena, msh_xml_get(a, n, "name"));
        return b->style.data ? MSH_OK : MSH_E_MEMORY;
    }
    if (!msh_view_eq_str(name, "table-properties") || b->style.len == 0 ||
        !msh_view_eq_str(msh_xml_get(a, n, "display"), "false") ||
        msh_table_count(b->hidden_styles) >= STYLES_MOST)
        return MSH_OK;
    return msh_table_put(b->hidden_styles, b->style, b, &old);
}

static msh_err begin_sheet(book *b, const msh_xml_attr *a, size_t n)
{
    if (b->tables++ > 0)
        return MSH_OK;
    msh_view name = msh_xml_get(a, n, "name"), style = msh_xml_get(a, n, "style-name");
    if (name.len == 0)
        name = msh_xml_get(a, n, "Name");
    b->grid.place = b->place;
    b->grid.place.sheet = msh_arena_copy(b->x->arena, name);
    if (style.len && msh_table_get(b->hidden_styles, style))
        b->grid.place.role = MSH_ROLE_HIDDEN;
    b->next_row = b->next_column = 1;
    b->n_hidden = 0;
    return b->grid.place.sheet.data ? MSH_OK : MSH_E_MEMORY;
}

static void begin_column(book *b, const msh_xml_attr *a, size_t n)
{
    uint32_t from = number(msh_xml_get(a, n, "Index"), b->next_column);
    uint32_t span = number(msh_xml_get(a, n, "number-columns-repeated"), 1) +
                    number(msh_xml_get(a, n, "Span"), 0);
    b->next_column = from + span;
    if (is_hidden_attr(a, n) && b->n_hidden < RANGES_MOST)
        b->hidden[b->n_hidden++] = (range){from, from + span - 1};
}

static void begin_row(book *b, const msh_xml_attr *a, size_t n)
{
    b->row = number(msh_xml_get(a, n, "Index"), b->next_row);
    b->next_row = b->row + number(msh_xml_get(a, n, "number-rows-repeated"), 1);
    if (b->next_row > NUMBER_MOST)
        b->next_row = NUMBER_MOST;
    b->next_col = 1;
    b->row_hidden = is_hidden_attr(a, n);
}

static bool is_hidden(const book *b)
{
    bool hidden = b->row_hidden;
    for (size_t i = 0; i < b->n_hidden && !hidden; i++)
        hidden = b->col >= b->hidden[i].from && b->col <= b->hidden[i].to;
    return hidden;
}

/* --- cells -------------------------------------------------------------------------------------
 */

/* The value that a cell keeps while its text may be rounded or masked. */
static msh_err put_value(book *b, msh_view value)
{
    msh_buf digits;
    if (value.len < 8)
        return MSH_OK;
    msh_buf_init(&digits, value.len + 128);
    msh_numfmt_plain(&digits, value);
    msh_err err = msh_grid_put(&b->grid, MSH_GRID_BESIDE, b->row, b->col, msh_buf_view(&digits));
    msh_buf_reset(&digits);
    if (err == MSH_OK && msh_numfmt_damaged(&digits, value))
        err = msh_grid_put(&b->grid, MSH_GRID_BESIDE, b->row, b->col, msh_buf_view(&digits));
    msh_buf_dispose(&digits);
    return err;
}

static msh_err begin_cell(book *b, msh_view name, const msh_xml_attr *a, size_t n)
{
    b->col = number(msh_xml_get(a, n, "Index"), b->next_col);
    b->next_col = b->col + number(msh_xml_get(a, n, "number-columns-repeated"), 1) +
                  number(msh_xml_get(a, n, "MergeAcross"), 0);
    if (b->next_col > NUMBER_MOST)
        b->next_col = NUMBER_MOST;
    b->in_cell = true;
    msh_buf_reset(&b->cell);
    MSH_TRY(put_value(b, msh_xml_get(a, n, "value")));
    for (size_t i = 0; i < n; i++)
        if (!msh_view_eq_str(a[i].name, "value"))
            MSH_TRY(msh_xt_attrs(&b->rest, name, &a[i], 1));
    return MSH_OK;
}

static msh_err end_cell(book *b)
{
    msh_view text = msh_buf_view(&b->cell);
    b->in_cell = false;
    while (text.len && text.data[text.len - 1] == '\n')
        text.len--;
    MSH_TRY(msh_buf_err(&b->cell));
    MSH_TRY(msh_grid_put(&b->grid, MSH_GRID_CELLS, b->row, b->col, text));
    return is_hidden(b) ? msh_grid_put(&b->grid, MSH_GRID_HIDDEN, b->row, b->col, text) : MSH_OK;
}

static msh_err end_note(book *b)
{
    b->in_note = false;
    MSH_TRY(msh_grid_put(&b->grid, MSH_GRID_COMMENT, b->row, b->col, msh_buf_view(&b->note)));
    msh_buf_reset(&b->note);
    return MSH_OK;
}

/* --- events ------------------------------------------------------------------------------------
 */

static msh_err start_in_cell(book *b, piece is, msh_view name, const msh_xml_attr *a, size_t n)
{
    if (b->drawn || is == DRAWN) {
        b->drawn++;
        return msh_xt_handler.start(&b->rest, name, a, n);
    }
    if (is == NOTE) {
        b->in_note = true;
        msh_buf_reset(&b->note);
    }
    if (is == BLANK)
        msh_buf_put_byte(b->in_note ? &b->note : &b->cell, ' ');
    return msh_xt_attrs(&b->rest, name, a, n);
}

static msh_err on_start(void *ctx, msh_view name, const msh_xml_attr *a, size_t n)
{
    book *b = ctx;
    piece is = piece_of(name);
    if (b->in_cell)
        return start_in_cell(b, is, name, a, n);
    if (is == SHEET) {
        MSH_TRY(begin_sheet(b, a, n));
    } else if (b->tables && is == COLUMN) {
        begin_column(b, a, n);
    } else if (b->tables && is == ROW) {
        begin_row(b, a, n);
    } else if (b->tables && (is == CELL || is == COVERED)) {
        return begin_cell(b, name, a, n);
    } else {
        MSH_TRY(note_style(b, name, a, n));
    }
    return msh_xt_handler.start(&b->rest, name, a, n);
}

static msh_err end_in_cell(book *b, piece is, msh_view name)
{
    if (b->drawn) {
        b->drawn--;
        return msh_xt_handler.end(&b->rest, name);
    }
    if (is == CELL || is == COVERED)
        return end_cell(b);
    if (is == NOTE)
        return end_note(b);
    if (is == PARA || b->in_note) {
        msh_buf *to = b->in_note ? &b->note : &b->cell;
        if (to->len && to->data[to->len - 1] != '\n')
            msh_buf_put_byte(to, '\n');
    }
    return MSH_OK;
}

static msh_err on_end(void *ctx, msh_view name)
{
    book *b = ctx;
    piece is = piece_of(name);
    if (b->in_cell)
        return end_in_cell(b, is, name);
    if (is == SHEET && b->tables && --b->tables == 0)
        MSH_TRY(msh_grid_emit(&b->grid));
    return msh_xt_handler.end(&b->rest, name);
}

static bool is_all_blank(msh_view v)
{
    size_t i = 0;
    while (i < v.len &&
           (v.data[i] == ' ' || v.data[i] == '\n' || v.data[i] == '\r' || v.data[i] == '\t'))
        i++;
    return i == v.len;
}

static msh_err on_text(void *ctx, msh_view text)
{
    book *b = ctx;
    if (!b->in_cell || b->drawn)
        return msh_xt_handler.text(&b->rest, text);
    msh_buf *to = b->in_note ? &b->note : &b->cell;
    if (!is_all_blank(text) || (to->len && to->data[to->len - 1] != '\n'))
        msh_buf_put_view(to, text);
    return MSH_OK;
}

static msh_err on_aside(void *ctx, msh_view text)
{
    book *b = ctx;
    return msh_xt_handler.aside(&b->rest, text);
}

static msh_err read_book(book *b, msh_view bytes)
{
    static const msh_xml_handler handler = {on_start, on_end, on_text, on_aside};
    msh_err err = msh_xml_read(b->x, &b->place, bytes, &handler, b);
    if (err == MSH_OK && b->in_note)
        err = end_note(b);
    if (err == MSH_OK && b->in_cell)
        err = end_cell(b);
    msh_err said = msh_grid_emit(&b->grid);
    if (said == MSH_OK)
        said = msh_xt_emit(&b->rest);
    return err == MSH_OK ? said : err;
}

msh_err msh_ods_read(msh_extract *x, const msh_doc *doc, const msh_place *place, msh_view bytes)
{
    book *b = msh_calloc(1, sizeof *b);
    if (!b)
        return MSH_E_MEMORY;
    b->x = x;
    b->place = *place;
    b->place.offset = MSH_NO_POSITION;
    b->hidden_styles = msh_table_new();
    msh_grid_init(&b->grid, x, &b->place);
    msh_buf_init(&b->cell, (size_t)x->limits->member_size);
    msh_buf_init(&b->note, (size_t)x->limits->member_size);
    msh_err err = msh_xt_init(&b->rest, x, doc, &b->place, MSH_XT_ODF);
    if (err == MSH_OK)
        err = b->hidden_styles ? read_book(b, bytes) : MSH_E_MEMORY;
    msh_xt_dispose(&b->rest);
    msh_buf_dispose(&b->cell);
    msh_buf_dispose(&b->note);
    msh_grid_dispose(&b->grid);
    if (b->hidden_styles)
        msh_table_free(b->hidden_styles, NULL);
    msh_free(b);
    return err;
}

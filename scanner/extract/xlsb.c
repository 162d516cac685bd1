/* xlsb.c: binary parts of workbooks (see xlsb.h). Numbers of records are the same in all parts, so
 * one table reads them all. */
#include "extract/xlsb.h"

#include "base/cursor.h"
#include "base/err.h"
#include "base/view.h"
#include "extract/biff.h"
#include "extract/ole_xls.h"

#include <stdio.h>

enum { UNREAD_LEAST = 16, MAX_STRING = 1 << 24 };

typedef struct xlsb {
    msh_workbook *w;
    msh_place place;
    msh_biff_sheet sheet;
    msh_buf text, phonetic, attrs, header, footer, unread;
    uint32_t row, col; /* of the last cell, from 0 */
    uint32_t note_row, note_col;
    bool in_styles, damaged, dull;
} xlsb;

/* --- records
 * ----------------------------------------------------------------------------------------- */

typedef struct record {
    uint32_t type;
    msh_view body;
    bool cut;
} record;

/* [MS-XLSB] 2.1.4: a number of one or two bytes, a size of one to four, seven bits each. */
static bool next_record(msh_cursor *c, record *r)
{
    if (msh_cursor_left(c) < 2)
        return false;
    *r = (record){.type = msh_cursor_u8(c)};
    if (r->type & 0x80)
        r->type = (r->type & 0x7f) | (msh_cursor_u8(c) & 0x7fu) << 7;
    uint32_t size = 0;
    for (unsigned i = 0; i < 4; i++) {
        uint8_t b = msh_cursor_u8(c);
        size |= (b & 0x7fu) << 7 * i;
        if (!(b & 0x80))
            break;
    }
    if (!msh_cursor_ok(c))
        return false;
    r->cut = size > msh_cursor_left(c);
    r->body = msh_cursor_take(c, r->cut ? msh_cursor_left(c) : size);
    return true;
}

unsigned msh_xlsb_rank(msh_view name)
{
    if (msh_view_ends_nocase(name, MSH_VIEW("xl/workbook.bin")))
        return 1;
    return msh_view_ends_nocase(name, MSH_VIEW("sharedStrings.bin")) ||
                   msh_view_ends_nocase(name, MSH_VIEW("xl/styles.bin"))
               ? 2
               : 0;
}

static bool is_known_name(msh_view name)
{
    static const char *const folders[] = {"worksheets/sheet", "chartsheets/", "dialogsheets/",
                                          "macrosheets/", "xl/comments"};
    for (size_t i = 0; i < sizeof folders / sizeof folders[0]; i++)
        if (msh_view_find(name, msh_view_str(folders[i]), 0) != SIZE_MAX)
            return true;
    return msh_xlsb_rank(name) != 0;
}

/* A part of another kind (macros, settings of printers) does not end with a record's end. */
bool msh_xlsb_is(msh_view name, msh_view bytes)
{
    msh_cursor c = msh_cursor_of(bytes);
    record r = {0};
    if (!msh_view_ends_nocase(name, MSH_VIEW(".bin")) ||
        msh_view_find(name, MSH_VIEW("xl/"), 0) == SIZE_MAX ||
        msh_view_starts(bytes, MSH_VIEW("\xd0\xcf\x11\xe0")))
        return false;
    if (is_known_name(name))
        return true;
    while (next_record(&c, &r))
        if (r.cut)
            return false;
    return msh_cursor_ok(&c) && msh_cursor_left(&c) == 0 && bytes.len > 2;
}

/* --- strings
 * ----------------------------------------------------------------------------------------- */

/* XLWideString and XLNullableWideString (2.5.168, 2.5.166), UTF-8 into `out`. */
static void put_string(msh_cursor *c, msh_buf *out)
{
    uint32_t n = msh_cursor_u32le(c);
    if (n == UINT32_MAX)
        return;
    msh_view v = msh_cursor_take(c, n > MAX_STRING ? SIZE_MAX : (size_t)n * 2);
    for (size_t at = 0; at + 1 < v.len;) {
        msh_char ch = msh_charset_next(MSH_CS_UTF16LE, msh_view_cut(v, at, 4));
        at += ch.len;
        msh_buf_put_utf8(out, ch.cp);
    }
}

static void put_line(msh_cursor *c, msh_buf *out)
{
    size_t from = out->len;
    put_string(c, out);
    if (out->len > from && out->data[out->len - 1] != '\n')
        msh_buf_put_byte(out, '\n');
}

/* RichStr (2.5.121): its runs are skipped, its reading kept. */
static void put_rich(xlsb *b, msh_cursor *c, msh_buf *out)
{
    uint8_t flags = msh_cursor_u8(c);
    put_string(c, out);
    if (flags & 1)
        msh_cursor_skip(c, (size_t)msh_cursor_u32le(c) * 4);
    if (flags & 2)
        put_line(c, &b->phonetic);
}

/* --- workbook, strings, styles
 * ------------------------------------------------------------------------ */

static msh_err read_bundle(xlsb *b, msh_cursor *c)
{
    uint32_t state = msh_cursor_u32le(c);
    msh_buf name;
    msh_cursor_skip(c, 4);
    msh_buf_reset(&b->text);
    put_string(c, &b->text);
    msh_buf_init(&name, 65536);
    put_string(c, &name);
    msh_err err = msh_buf_err(&name);
    if (err == MSH_OK)
        err = msh_workbook_add_sheet(b->w, msh_buf_view(&name), msh_buf_view(&b->text), state != 0);
    if (err == MSH_OK)
        err = msh_biff_emit(b->w->x, &b->place, MSH_ROLE_NAME, NULL, &name);
    msh_buf_dispose(&name);
    return err;
}

static msh_err read_properties(xlsb *b, msh_cursor *c)
{
    b->w->date1904 = msh_cursor_u32le(c) & 1;
    return MSH_OK;
}

static void put_formula(xlsb *b, msh_cursor *c, msh_buf *out)
{
    msh_view tokens = msh_cursor_take(c, msh_cursor_u32le(c));
    msh_view extra = msh_cursor_take(c, msh_cursor_u32le(c));
    if (!msh_biff_formula(12, tokens, extra, MSH_CS_UTF16LE, out))
        msh_buf_put_view(&b->unread, tokens);
}

static msh_err read_name(xlsb *b, msh_cursor *c)
{
    msh_cursor_skip(c, 9);
    put_line(c, &b->attrs);
    put_formula(b, c, &b->attrs);
    msh_buf_put_byte(&b->attrs, '\n');
    put_line(c, &b->attrs);
    return MSH_OK;
}

static msh_err read_shared(xlsb *b, msh_cursor *c)
{
    put_rich(b, c, &b->w->strings);
    return msh_workbook_end_string(b->w);
}

static msh_err read_format(xlsb *b, msh_cursor *c)
{
    char id[16];
    int n = snprintf(id, sizeof id, "%u", msh_cursor_u16le(c));
    msh_buf_reset(&b->text);
    put_string(c, &b->text);
    if (msh_biff_has_words(msh_buf_view(&b->text)))
        msh_biff_put_line(&b->attrs, msh_buf_view(&b->text));
    return msh_workbook_add_format(b->w, msh_view_of(id, (size_t)n), msh_buf_view(&b->text));
}

static msh_err begin_styles(xlsb *b, msh_cursor *c)
{
    (void)c;
    b->in_styles = true;
    return MSH_OK;
}

static msh_err end_styles(xlsb *b, msh_cursor *c)
{
    (void)c;
    b->in_styles = false;
    return MSH_OK;
}

static msh_err read_style(xlsb *b, msh_cursor *c)
{
    msh_cursor_skip(c, 2);
    uint16_t id = msh_cursor_u16le(c);
    return b->in_styles ? msh_workbook_add_style(b->w, id) : MSH_OK;
}

/* --- cells
 * ------------------------------------------------------------------------------------------- */

static msh_err read_row(xlsb *b, msh_cursor *c)
{
    b->row = msh_cursor_u32le(c);
    b->col = UINT32_MAX; /* a short cell that comes first stands in the first column */
    msh_cursor_skip(c, 7);
    bool hidden = msh_cursor_ok(c) && msh_cursor_u8(c) & 0x10; /* fDyZero */
    return hidden ? msh_biff_sheet_hide_row(&b->sheet, b->row) : MSH_OK;
}

static msh_err read_column(xlsb *b, msh_cursor *c)
{
    uint32_t from = msh_cursor_u32le(c), to = msh_cursor_u32le(c);
    msh_cursor_skip(c, 8);
    if (msh_cursor_ok(c) && msh_cursor_u16le(c) & 1) /* fHidden */
        msh_biff_sheet_hide_columns(&b->sheet, from, to);
    return MSH_OK;
}

static msh_err put_text(xlsb *b, msh_view code, msh_view text)
{
    return msh_biff_sheet_text(&b->sheet, b->row, b->col, code, text);
}

static msh_err put_number(xlsb *b, msh_view code, double v)
{
    return msh_biff_sheet_number(&b->sheet, b->row, b->col, code, b->w->date1904, v);
}

/* What a cell of this kind holds. kind: number of its long record. */
static msh_err put_value(xlsb *b, msh_cursor *c, uint32_t kind, msh_view code)
{
    msh_view shared = {0, 0};
    msh_buf_reset(&b->text);
    switch (kind) {
    case 2:
        return put_number(b, code, msh_biff_rk(msh_cursor_u32le(c)));
    case 3:
    case 11:
        return put_text(b, code, msh_view_str(msh_biff_error(msh_cursor_u8(c))));
    case 4:
    case 10:
        return put_text(b, code, msh_cursor_u8(c) ? MSH_VIEW("TRUE") : MSH_VIEW("FALSE"));
    case 5:
    case 9:
        return put_number(b, code, msh_biff_double(msh_cursor_u64le(c)));
    case 6:
    case 8:
        put_string(c, &b->text);
        return put_text(b, code, msh_buf_view(&b->text));
    case 7:
        if (!msh_workbook_string(b->w, msh_cursor_u32le(c), &shared))
            b->damaged = true;
        return put_text(b, code, shared);
    default: /* 62 */
        put_rich(b, c, &b->text);
        return put_text(b, code, msh_buf_view(&b->text));
    }
}

/* Records 1 … 11 and 62 say their column; 12 … 18 stand right of the last cell. */
static msh_err read_cell(xlsb *b, msh_cursor *c, uint32_t type)
{
    bool is_short = type >= 12 && type <= 18;
    b->col = is_short ? b->col + 1 : msh_cursor_u32le(c);
    uint32_t style = msh_cursor_u16le(c);
    style |= (uint32_t)msh_cursor_u8(c) << 16;
    if (!is_short)
        msh_cursor_skip(c, 1);
    uint32_t kind = is_short ? type - 11 : type;
    if (kind == 1 || !msh_cursor_ok(c))
        return MSH_OK;
    MSH_TRY(put_value(b, c, kind, msh_workbook_format(b->w, style)));
    if (type < 8 || type > 11)
        return MSH_OK;
    msh_cursor_skip(c, 2);
    msh_buf_reset(&b->text);
    put_formula(b, c, &b->text);
    MSH_TRY(msh_buf_err(&b->text));
    return msh_biff_sheet_beside(&b->sheet, MSH_GRID_BESIDE, b->row, b->col,
                                 msh_buf_view(&b->text));
}

/* --- beside the cells
 * ---------------------------------------------------------------------------------- */

static msh_err read_headers(xlsb *b, msh_cursor *c)
{
    msh_cursor_skip(c, 2);
    for (unsigned i = 0; i < 6 && msh_cursor_left(c) >= 4; i++) {
        msh_buf_reset(&b->text);
        put_string(c, &b->text);
        if (b->text.len)
            msh_grid_header(i % 2 ? &b->footer : &b->header, msh_buf_view(&b->text));
    }
    return MSH_OK;
}

static msh_err read_link(xlsb *b, msh_cursor *c)
{
    msh_cursor_skip(c, 16);
    for (unsigned i = 0; i < 4; i++)
        put_line(c, &b->attrs);
    return MSH_OK;
}

static msh_err read_validation(xlsb *b, msh_cursor *c)
{
    msh_cursor_skip(c, 4);
    msh_cursor_skip(c, (size_t)msh_cursor_u32le(c) * 16);
    for (unsigned i = 0; i < 4; i++)
        put_line(c, &b->attrs);
    put_formula(b, c, &b->attrs);
    put_formula(b, c, &b->attrs);
    msh_buf_put_byte(&b->attrs, '\n');
    return MSH_OK;
}

static msh_err begin_comment(xlsb *b, msh_cursor *c)
{
    msh_cursor_skip(c, 4);
    b->note_row = msh_cursor_u32le(c);
    msh_cursor_skip(c, 4);
    b->note_col = msh_cursor_u32le(c);
    return MSH_OK;
}

static msh_err read_comment(xlsb *b, msh_cursor *c)
{
    msh_buf_reset(&b->text);
    put_rich(b, c, &b->text);
    MSH_TRY(msh_buf_err(&b->text));
    return msh_biff_sheet_beside(&b->sheet, MSH_GRID_COMMENT, b->note_row, b->note_col,
                                 msh_buf_view(&b->text));
}

static msh_err read_author(xlsb *b, msh_cursor *c)
{
    put_line(c, &b->attrs);
    return MSH_OK;
}

static msh_err read_pivot_string(xlsb *b, msh_cursor *c)
{
    put_line(c, &b->attrs);
    return MSH_OK;
}

static const struct {
    uint32_t type;
    msh_err (*read)(xlsb *b, msh_cursor *c);
} rows[] = {
    {0, read_row},          {19, read_shared},  {24, read_pivot_string}, {39, read_name},
    {44, read_format},      {47, read_style},   {60, read_column},       {64, read_validation},
    {153, read_properties}, {156, read_bundle}, {479, read_headers},     {494, read_link},
    {617, begin_styles},    {618, end_styles},  {632, read_author},      {635, begin_comment},
    {637, read_comment},
};

static msh_err read_record(xlsb *b, const record *r)
{
    msh_cursor c = msh_cursor_of(r->body);
    bool read = true;
    if ((r->type >= 1 && r->type <= 18) || r->type == 62) {
        MSH_TRY(read_cell(b, &c, r->type));
    } else {
        read = false;
        for (size_t i = 0; i < sizeof rows / sizeof rows[0] && !read; i++)
            if (rows[i].type == r->type) {
                read = true;
                MSH_TRY(rows[i].read(b, &c));
            }
    }
    MSH_TRY(msh_buf_err(&b->text));
    if (!msh_cursor_ok(&c) || (!read && !b->dull && r->body.len >= UNREAD_LEAST)) {
        msh_buf_put_view(&b->unread, r->body);
        msh_buf_put(&b->unread, "\0\0\0\0", 4);
    }
    return MSH_OK;
}

/* --- a part
 * ------------------------------------------------------------------------------------------ */

static msh_err read_records(xlsb *b, msh_view bytes)
{
    msh_cursor c = msh_cursor_of(bytes);
    record r = {0};
    while (next_record(&c, &r)) {
        b->damaged |= r.cut;
        MSH_TRY(read_record(b, &r));
        MSH_TRY(msh_budget_decoded(&b->w->x->budget, 0));
    }
    b->damaged |= !msh_cursor_ok(&c) || msh_cursor_left(&c) > 0;
    return MSH_OK;
}

static msh_err emit_all(xlsb *b, msh_view bytes)
{
    msh_extract *x = b->w->x;
    MSH_TRY(msh_biff_sheet_end(&b->sheet));
    MSH_TRY(msh_biff_emit(x, &b->place, MSH_ROLE_HEADER, NULL, &b->header));
    MSH_TRY(msh_biff_emit(x, &b->place, MSH_ROLE_FOOTER, NULL, &b->footer));
    MSH_TRY(msh_biff_emit(x, &b->place, MSH_ROLE_ATTR, NULL, &b->attrs));
    MSH_TRY(msh_biff_emit(x, &b->place, MSH_ROLE_ATTR, NULL, &b->phonetic));
    if (b->damaged) {
        MSH_TRY(msh_report(x, &b->place, MSH_REASON_FORMAT_CORRUPT, 0));
        return msh_sweep(x, &b->place, bytes, MSH_NO_POSITION);
    }
    MSH_TRY(msh_buf_err(&b->unread));
    return msh_sweep(x, &b->place, msh_buf_view(&b->unread), 0);
}

msh_err msh_xlsb_read(msh_workbook *w, const msh_doc *doc, const msh_place *place, msh_view name,
                      msh_view bytes)
{
    xlsb b = {.w = w, .place = *place};
    msh_buf *all[] = {&b.text, &b.phonetic, &b.attrs, &b.header, &b.footer, &b.unread};
    (void)doc;
    b.place.offset = MSH_NO_POSITION;
    /* fonts, borders, the order of computing: numbers, and names of fonts */
    b.dull = msh_view_ends_nocase(name, MSH_VIEW("styles.bin")) ||
             msh_view_ends_nocase(name, MSH_VIEW("calcChain.bin"));
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        msh_buf_init(all[i], (size_t)w->x->limits->member_size);
    msh_biff_sheet_begin(&b.sheet, w->x, &b.place);
    if (msh_xlsb_rank(name) == 1)
        w->part = msh_arena_copy(w->x->arena, name);
    if (msh_view_ends_nocase(name, MSH_VIEW("sharedStrings.bin")))
        w->strings_place = *place;
    msh_err err = read_records(&b, bytes);
    msh_err said = emit_all(&b, bytes);
    msh_biff_sheet_dispose(&b.sheet);
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        msh_buf_dispose(all[i]);
    return err == MSH_OK ? said : err;
}

/* ole_xls_book.c: records of the workbook: sheets, shared strings, formats, names, other books,
 * users ([MS-XLS] 2.4). */
#include "base/err.h"
#include "base/mem.h"
#include "base/view.h"
#include "extract/numfmt.h"
#include "extract/ole_xls.h"

enum { MAX_SHEETS = 16384, MAX_STRINGS = 1 << 26, FRT_HEADER = 16 };

static void end_line(msh_buf *out)
{
    if (out->len && out->data[out->len - 1] != '\n')
        msh_buf_put_byte(out, '\n');
}

/* --- sheets
 * ------------------------------------------------------------------------------------------ */

static msh_err emit_sheet_name(msh_xls *w, const msh_xls_bound *b)
{
    msh_place place = w->doc->place;
    place.role = MSH_ROLE_NAME;
    place.sheet = b->name;
    place.offset = MSH_NO_POSITION;
    return msh_emit(w->x, &place, b->name, 0);
}

/* Kept in order of their offsets, so that a BOF is found among many. */
static msh_err add_bound(msh_xls *w, const msh_xls_bound *b)
{
    if (w->n_bounds == w->cap_bounds) {
        size_t cap = w->cap_bounds ? w->cap_bounds * 2 : 16;
        msh_xls_bound *all = msh_realloc(w->bounds, cap * sizeof *all);
        if (!all)
            return MSH_E_MEMORY;
        w->bounds = all;
        w->cap_bounds = cap;
    }
    size_t i = w->n_bounds++;
    for (; i > 0 && w->bounds[i - 1].at > b->at; i--)
        w->bounds[i] = w->bounds[i - 1];
    w->bounds[i] = *b;
    return MSH_OK;
}

static msh_err read_boundsheet(msh_xls *w, msh_xls_in *in)
{
    msh_xls_bound b = {.at = msh_xls_u32(in), .state = msh_xls_u8(in), .kind = msh_xls_u8(in)};
    msh_buf name;
    msh_buf_init(&name, 4096);
    msh_xls_string8(w, in, &name);
    msh_err err = msh_buf_err(&name);
    b.name = msh_arena_copy(w->x->arena, msh_buf_view(&name));
    msh_buf_dispose(&name);
    if (err != MSH_OK || !b.name.data)
        return MSH_E_MEMORY;
    if (w->n_bounds < MAX_SHEETS)
        MSH_TRY(add_bound(w, &b));
    else
        w->damaged = true;
    return emit_sheet_name(w, &b);
}

/* --- shared strings
 * ---------------------------------------------------------------------------------- */

static msh_err read_strings(msh_xls *w, msh_xls_in *in)
{
    (void)msh_xls_u32(in);
    uint32_t n = msh_xls_u32(in);
    for (uint32_t i = 0; i < n && i < MAX_STRINGS && msh_xls_left(in) > 0; i++) {
        size_t count = msh_xls_u16(in), from = in->at, before = w->strings.text.len;
        msh_xls_string(w, in, count, &w->strings.text, &w->phonetic);
        MSH_TRY(msh_biff_strings_end(&w->strings));
        MSH_TRY(msh_budget_decoded(&w->x->budget, w->strings.text.len - before));
        if (in->failed) { /* what is left is swept */
            msh_xls_unread(w, msh_view_cut(in->r->body, from, SIZE_MAX));
            break;
        }
    }
    return MSH_OK;
}

/* --- formats
 * ----------------------------------------------------------------------------------------- */

/* They may say something by themselves: "机密★"0"年". */
static void put_code(msh_xls *w, msh_view code)
{
    if (!msh_biff_has_words(code))
        return;
    msh_biff_put_line(&w->format_codes, code);
    (void)msh_numfmt_number(&w->format_codes, code, MSH_VIEW("1"), false);
    end_line(&w->format_codes);
}

static msh_err read_format(msh_xls *w, msh_xls_in *in)
{
    msh_buf code;
    uint16_t id = (uint16_t)w->formats.n_codes; /* BIFF2 and BIFF3 count them */
    if (in->r->type == 0x041e)
        id = msh_xls_u16(in);
    msh_buf_init(&code, in->r->body.len * 4 + 16);
    if (w->biff == 8)
        msh_xls_string16(w, in, &code);
    else
        msh_xls_string8(w, in, &code);
    msh_err err = msh_buf_err(&code);
    if (err == MSH_OK && !in->failed && in->r->type == 0x041e && w->biff >= 5) {
        err = msh_biff_formats_put(&w->formats, w->x->arena, id, msh_buf_view(&code));
        put_code(w, msh_buf_view(&code));
    }
    msh_buf_dispose(&code);
    return err;
}

static msh_err read_style(msh_xls *w, msh_xls_in *in)
{
    (void)msh_xls_u16(in);
    uint16_t id = msh_xls_u16(in);
    return in->failed ? MSH_OK : msh_biff_formats_style(&w->formats, id);
}

static msh_err read_datemode(msh_xls *w, msh_xls_in *in)
{
    w->formats.from_1904 = msh_xls_u16(in) == 1;
    return MSH_OK;
}

static msh_err read_codepage(msh_xls *w, msh_xls_in *in)
{
    uint16_t page = msh_xls_u16(in);
    msh_charset cs;
    if (page == 0x8000)
        page = 10000; /* Macintosh */
    if (page == 0x8001)
        page = 1252;
    if (page != 1200 && msh_charset_from_codepage(page, &cs))
        w->charset = cs;
    return MSH_OK;
}

/* --- names and other books
 * ----------------------------------------------------------------------------- */

/* A string whose count stands elsewhere; nothing at all when it is 0. */
static void put_counted(msh_xls *w, msh_xls_in *in, size_t n, msh_buf *out)
{
    if (n)
        msh_xls_string(w, in, n, out, NULL);
    end_line(out);
}

static msh_err read_name(msh_xls *w, msh_xls_in *in)
{
    msh_buf *out = &w->attrs;
    if (w->biff < 5) {
        msh_xls_unread(w, in->r->body);
        return MSH_OK;
    }
    uint16_t flags = msh_xls_u16(in);
    (void)msh_xls_u8(in);
    size_t n = msh_xls_u8(in), formula = msh_xls_u16(in), texts[4], from;
    (void)msh_xls_u32(in);
    for (unsigned i = 0; i < 4; i++)
        texts[i] = msh_xls_u8(in);
    from = out->len;
    put_counted(w, in, n, out);
    if (flags & 0x20) /* built-in: a number, not a name */
        out->len = from;
    msh_view tokens = msh_xls_take(in, formula);
    if (!msh_biff_formula(w->biff, tokens, (msh_view){0, 0}, w->charset, out))
        msh_xls_unread(w, tokens);
    end_line(out);
    for (unsigned i = 0; i < 4; i++)
        put_counted(w, in, texts[i], out);
    return msh_buf_err(out);
}

/* An encoded path (2.5.277 VirtualPath): 1 begins it, 3 and 2 part folders, 4 goes up. */
static void put_path(msh_view coded, msh_buf *out)
{
    for (size_t i = 0; i < coded.len; i++) {
        uint8_t c = coded.data[i];
        if (c == 1 && i + 1 < coded.len && i > 0) { /* a drive, or "@": a server */
            c = coded.data[++i];
            if (c == '@') {
                msh_buf_put_str(out, "\\\\");
            } else {
                msh_buf_put_byte(out, c);
                msh_buf_put_str(out, ":\\");
            }
        } else if (c == 2 || c == 3 || c == 5) {
            msh_buf_put_byte(out, '\\');
        } else if (c == 4) {
            msh_buf_put_str(out, "..\\");
        } else if (c >= 0x20) {
            msh_buf_put_byte(out, c);
        }
    }
    end_line(out);
}

static msh_err put_coded(msh_xls *w, msh_xls_in *in, size_t n)
{
    msh_buf path;
    msh_buf_init(&path, in->r->body.len * 4 + 16);
    if (n)
        msh_xls_string(w, in, n, &path, NULL);
    put_path(msh_buf_view(&path), &w->attrs);
    msh_err err = msh_buf_err(&path);
    msh_buf_dispose(&path);
    return err;
}

/* Another book and its sheets' names (2.4.271 SupBook); this one, add-ins have numbers instead. */
static msh_err read_supbook(msh_xls *w, msh_xls_in *in)
{
    size_t sheets = msh_xls_u16(in), n = msh_xls_u16(in);
    if (n == 0x0401 || n == 0x3a01)
        return MSH_OK;
    MSH_TRY(put_coded(w, in, n));
    for (size_t i = 0; i < sheets && msh_xls_left(in) > 0; i++) {
        msh_xls_string16(w, in, &w->attrs);
        end_line(&w->attrs);
    }
    return msh_buf_err(&w->attrs);
}

static msh_err read_externsheet(msh_xls *w, msh_xls_in *in)
{
    if (w->biff >= 8) /* numbers only */
        return MSH_OK;
    return put_coded(w, in, msh_xls_u8(in));
}

/* A source of consolidation: an area of 6 bytes, then its path (2.4.86 DConRef). */
static msh_err read_source(msh_xls *w, msh_xls_in *in)
{
    (void)msh_xls_take(in, 6);
    return put_coded(w, in, w->biff < 8 ? msh_xls_u8(in) : msh_xls_u16(in));
}

static msh_err read_externname(msh_xls *w, msh_xls_in *in)
{
    if (w->biff < 8) {
        msh_xls_unread(w, in->r->body);
        return MSH_OK;
    }
    (void)msh_xls_take(in, 6);
    size_t from = in->at;
    msh_xls_string8(w, in, &w->attrs);
    end_line(&w->attrs);
    msh_xls_unread(w, msh_view_cut(in->r->body, in->failed ? from : in->at, SIZE_MAX));
    in->failed = false;
    return msh_buf_err(&w->attrs);
}

/* Cells of another book as they were (2.4.75 CRN): columns, row, values. */
static msh_err read_cached(msh_xls *w, msh_xls_in *in)
{
    (void)msh_xls_u32(in);
    while (msh_xls_left(in) > 0) {
        uint8_t kind = msh_xls_u8(in);
        if (kind == 2) {
            if (w->biff < 8)
                msh_xls_string8(w, in, &w->attrs);
            else
                msh_xls_string16(w, in, &w->attrs);
            end_line(&w->attrs);
        } else if (kind == 1) {
            msh_biff_put_plain(msh_biff_double(msh_xls_u64(in)), &w->attrs);
            end_line(&w->attrs);
        } else {
            (void)msh_xls_u64(in);
        }
    }
    return msh_buf_err(&w->attrs);
}

/* --- users
 * ------------------------------------------------------------------------------------------- */

static msh_err put_user(msh_xls *w, msh_xls_in *in)
{
    msh_buf *out = &w->meta;
    size_t from = out->len;
    if (w->biff < 8)
        msh_xls_string8(w, in, out);
    else
        msh_xls_string16(w, in, out);
    while (out->len > from && out->data[out->len - 1] == ' ')
        out->len--;
    end_line(out);
    in->failed = false; /* some write a shorter one */
    return msh_buf_err(out);
}

static msh_err read_sharing(msh_xls *w, msh_xls_in *in)
{
    (void)msh_xls_u32(in);
    return msh_xls_left(in) > 2 ? put_user(w, in) : MSH_OK;
}

/* The theme is a package of its own (2.4.326). */
static msh_err read_theme(msh_xls *w, msh_xls_in *in)
{
    msh_view package = msh_view_cut(in->r->body, FRT_HEADER, SIZE_MAX);
    if (!msh_view_starts(package, MSH_VIEW("PK\3\4")))
        return MSH_OK;
    return msh_extract_child(w->x, w->doc, MSH_VIEW("theme.zip"), package);
}

const msh_xls_row msh_xls_book_rows[] = {
    {0x0085, read_boundsheet},
    {0x00fc, read_strings},
    {0x041e, read_format},
    {0x001e, read_format},
    {0x00e0, read_style},
    {0x0022, read_datemode},
    {0x0042, read_codepage},
    {0x0018, read_name},
    {0x0218, read_name},
    {0x01ae, read_supbook},
    {0x0017, read_externsheet},
    {0x0051, read_source},
    {0x0023, read_externname},
    {0x0223, read_externname},
    {0x005a, read_cached},
    {0x005c, put_user},
    {0x005b, read_sharing},
    {0x0896, read_theme},
    {0, NULL},
};

/* place.c: places for people and for programs; display width (UAX #11, wide and full-width ranges).
 */
#include "report/place.h"

#include "base/escape.h"
#include "base/view.h"

#include <inttypes.h>
#include <stdio.h>

void msh_place_cell(uint32_t row, uint32_t column, char out[20])
{
    char letters[8];
    size_t n = 0;
    while (column > 0 && n < sizeof letters) {
        letters[n++] = (char)('A' + (column - 1) % 26);
        column = (column - 1) / 26;
    }
    size_t at = 0;
    while (n > 0)
        out[at++] = letters[--n];
    (void)snprintf(out + at, 20 - at, "%" PRIu32, row);
}

/* What lies behind the first unescaped '!': the way inside the item; empty for the item itself. */
static msh_view inside(msh_view vpath)
{
    for (size_t i = 0; i < vpath.len; i++) {
        if (vpath.data[i] == '\\')
            i++;
        else if (vpath.data[i] == '!')
            return msh_view_cut(vpath, i + 1, vpath.len);
    }
    return (msh_view){NULL, 0};
}

static void part(msh_buf *out, bool *first)
{
    if (!*first)
        msh_buf_put_str(out, " · ");
    *first = false;
}

static void put_sheet_cell(msh_buf *out, const msh_place *p, bool *first)
{
    char cell[20];
    if (p->sheet.len) {
        part(out, first);
        msh_escape_terminal(out, p->sheet);
    }
    if (p->cell_row && p->cell_col) {
        msh_place_cell(p->cell_row, p->cell_col, cell);
        if (p->sheet.len)
            msh_buf_put_byte(out, '!');
        else
            part(out, first);
        msh_buf_put_str(out, cell);
    }
}

/* The name of a field in the reader's language, where it is a known one. */
static msh_view field_name(msh_view name, msh_lang lang)
{
    static const struct {
        const char *name, *zh;
    } fields[] = {
#define MSH_FIELD(name, zh) {name, zh},
#include "report/fields.def"
#undef MSH_FIELD
    };
    for (size_t i = 0; lang == MSH_LANG_ZH && i < sizeof fields / sizeof fields[0]; i++)
        if (msh_view_eq_nocase(name, msh_view_str(fields[i].name)))
            return msh_view_str(fields[i].zh);
    return name;
}

void msh_place_words(msh_buf *out, const msh_place *p, msh_lang lang)
{
    bool first = true, zh = lang == MSH_LANG_ZH;
    msh_view in = inside(p->vpath);
    if (in.len) {
        part(out, &first);
        msh_escape_terminal(out, in);
    }
    if (p->role != MSH_ROLE_BODY) {
        part(out, &first);
        msh_buf_put_str(out, msh_role_text(p->role, lang));
    }
    if (p->name.len) {
        part(out, &first);
        bool named = p->role == MSH_ROLE_META || p->role == MSH_ROLE_HIDDEN;
        msh_escape_terminal(out, named ? field_name(p->name, lang) : p->name);
    }
    if (p->page) {
        part(out, &first);
        msh_buf_printf(out, zh ? "第%" PRIu32 "页" : "page %" PRIu32, p->page);
    }
    put_sheet_cell(out, p, &first);
    if (p->line && !(p->cell_row && p->cell_col)) {
        part(out, &first);
        msh_buf_printf(out, zh ? "第%" PRIu32 "行" : "line %" PRIu32, p->line);
        if (p->column)
            msh_buf_printf(out, zh ? "第%" PRIu32 "字" : " column %" PRIu32, p->column);
    }
    if (first)
        msh_buf_put_str(out, msh_role_text(p->role, lang));
}

static void number_or_null(msh_json_writer *w, const char *key, uint32_t v)
{
    msh_jw_key(w, key);
    if (v)
        msh_jw_uint(w, v);
    else
        msh_jw_null(w);
}

void msh_place_json(msh_json_writer *w, const msh_place *p)
{
    char cell[20];
    msh_jw_open(w, '{');
    msh_jw_kstr(w, "vpath", p->vpath);
    msh_jw_kstr(w, "role", msh_view_str(msh_role_name(p->role)));
    number_or_null(w, "page", p->page);
    if (p->sheet.len)
        msh_jw_kstr(w, "sheet", p->sheet);
    msh_jw_key(w, "cell");
    if (p->cell_row && p->cell_col) {
        msh_place_cell(p->cell_row, p->cell_col, cell);
        msh_jw_str(w, msh_view_str(cell));
    } else {
        msh_jw_null(w);
    }
    if (p->name.len)
        msh_jw_kstr(w, "name", p->name);
    number_or_null(w, "line", p->line);
    if (p->column)
        msh_jw_kuint(w, "column", p->column);
    if (p->offset != MSH_NO_POSITION)
        msh_jw_kuint(w, "offset", p->offset);
    msh_jw_close(w, '}');
}

/* Wide and full-width blocks; anything else counts one column, combining marks none. */
static bool is_wide(uint32_t c)
{
    return (c >= 0x1100 && c <= 0x115f) || (c >= 0x2e80 && c <= 0x303e) ||
           (c >= 0x3041 && c <= 0x33ff) || (c >= 0x3400 && c <= 0x4dbf) ||
           (c >= 0x4e00 && c <= 0x9fff) || (c >= 0xa000 && c <= 0xa4cf) ||
           (c >= 0xac00 && c <= 0xd7a3) || (c >= 0xf900 && c <= 0xfaff) ||
           (c >= 0xfe30 && c <= 0xfe6f) || (c >= 0xff00 && c <= 0xff60) ||
           (c >= 0xffe0 && c <= 0xffe6) || (c >= 0x1f300 && c <= 0x1faff) ||
           (c >= 0x20000 && c <= 0x3fffd);
}

size_t msh_text_width(msh_view v)
{
    size_t width = 0;
    for (size_t i = 0; i < v.len;) {
        uint8_t c = v.data[i];
        size_t n = c < 0x80 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
        if (n > v.len - i)
            break;
        uint32_t cp = n == 1 ? c : c & (0xffu >> (n + 1));
        for (size_t k = 1; k < n; k++)
            cp = cp << 6 | (v.data[i + k] & 63u);
        width += (cp >= 0x300 && cp <= 0x36f) ? 0 : is_wide(cp) ? 2 : 1;
        i += n;
    }
    return width;
}

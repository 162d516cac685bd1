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

/* --- parts of documents in words -------------------------------------------------------------- */

typedef enum part_when { ALWAYS, SHEET, PAGE } part_when;

typedef struct part_row {
    const char *pattern;
    part_when when;
    const char *text[2];
} part_row;

static const part_row parts[] = {
#define MSH_PART(pattern, when, zh, en) {pattern, when, {zh, en}},
#include "report/parts.def"
#undef MSH_PART
};

/* Patterns of parts.def; *number is what the last # stood for. Recursion is as deep as a pattern
 * has stars. */
static bool fits(const char *pattern, msh_view v, uint64_t *number)
{
    size_t at = 0;
    for (; *pattern; pattern++) {
        if (pattern[0] == '*' && pattern[1] == '*')
            return true;
        if (*pattern == '*') {
            for (size_t end = at; end <= v.len; end++) {
                if (fits(pattern + 1, msh_view_cut(v, end, v.len), number))
                    return true;
                if (end < v.len && v.data[end] == '/')
                    return false;
            }
            return false;
        }
        if (*pattern == '#') {
            size_t from = at;
            for (*number = 0;
                 at < v.len && at - from < 9 && v.data[at] >= '0' && v.data[at] <= '9';)
                *number = *number * 10 + (uint64_t)(v.data[at++] - '0');
            if (at == from)
                return false;
        } else if (at == v.len || v.data[at++] != (uint8_t)*pattern) {
            return false;
        }
    }
    return at == v.len;
}

static const part_row *row_for(msh_view component, uint64_t *number)
{
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
        if (fits(parts[i].pattern, component, number))
            return &parts[i];
    return NULL;
}

/* In an archive of somebody's, content.xml is a file like any other. */
static bool is_archive(msh_view name)
{
    static const char *const suffixes[] = {".zip", ".rar", ".7z",  ".tar", ".gz",  ".tgz", ".bz2",
                                           ".xz",  ".iso", ".cab", ".lzh", ".arj", ".zst", ".jar"};
    for (size_t i = 0; i < sizeof suffixes / sizeof suffixes[0]; i++)
        if (msh_view_ends_nocase(name, msh_view_str(suffixes[i])))
            return true;
    return false;
}

static void put_part(msh_buf *out, const char *text, uint64_t number)
{
    const char *n = strstr(text, "{n}");
    msh_buf_put(out, text, n ? (size_t)(n - text) : strlen(text));
    if (n)
        msh_buf_printf(out, "%" PRIu64 "%s", number, n + 3);
}

/* The way inside an item: files by name, parts of documents in words. True when the last of it says
 * what kind of text it is, so that the role need not. */
static bool put_inside(msh_buf *out, const msh_place *p, msh_lang lang, bool *first)
{
    msh_view in = inside(p->vpath);
    msh_view container = msh_view_cut(p->vpath, 0, p->vpath.len - in.len - (in.len != 0));
    bool said = false;
    for (size_t at = 0; in.len && at <= in.len;) {
        size_t end = at;
        uint64_t number = 0;
        while (end < in.len && in.data[end] != '!')
            end += in.data[end] == '\\' && end + 1 < in.len ? 2 : 1;
        msh_view component = msh_view_cut(in, at, end - at);
        bool is_name = p->role == MSH_ROLE_NAME && end >= in.len; /* the name itself is the text */
        const part_row *row = is_name || is_archive(container) ? NULL : row_for(component, &number);
        said = row != NULL;
        if (!row || !((row->when == SHEET && p->sheet.len) || (row->when == PAGE && p->page))) {
            if (!*first)
                msh_buf_put_str(out, row ? " · " : " › ");
            *first = false;
            if (row)
                put_part(out, row->text[lang == MSH_LANG_EN], number);
            else
                msh_escape_terminal(out, component);
        }
        at = end + 1;
        container = component;
    }
    return said;
}

/* Roles that a part of its own says better: 备注 of a slide rather than 批注. */
static bool part_covers(msh_role role)
{
    return role == MSH_ROLE_HEADER || role == MSH_ROLE_FOOTER || role == MSH_ROLE_COMMENT ||
           role == MSH_ROLE_META;
}

void msh_place_words(msh_buf *out, const msh_place *p, msh_lang lang)
{
    bool first = true, zh = lang == MSH_LANG_ZH;
    bool said = put_inside(out, p, lang, &first);
    if (p->role != MSH_ROLE_BODY && !(said && !first && part_covers(p->role))) {
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

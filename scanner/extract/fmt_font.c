/* fmt_font.c: TrueType and OpenType fonts, as documents embed them (ISO/IEC 14496-22 §4.3, §5.2.6).
 *
 * Their names are texts. Outlines hold no characters: said to be a type without readable text. A
 * font whose tables do not fit into the file is left to fmt_opaque.c, which says unsupported. */
#include "extract/extract.h"

#include "base/cursor.h"
#include "base/err.h"
#include "base/view.h"

enum { HEAD = 12, RECORD = 16, TABLES_MOST = 256, NAMES_MOST = 4096, PAD = 4 };
enum { PLATFORM_UNICODE = 0, PLATFORM_MAC = 1, PLATFORM_WINDOWS = 3 };

typedef struct table {
    uint32_t at, len;
} table;

/* The table with a tag, and where the last one ends; false when the directory is none. */
static bool find_table(msh_view head, uint64_t size, const char *tag, table *out, uint64_t *end)
{
    msh_cursor c = msh_cursor_of(head);
    uint32_t version = msh_cursor_u32be(&c);
    uint16_t n = msh_cursor_u16be(&c);
    *out = (table){0, 0};
    *end = HEAD + (uint64_t)n * RECORD;
    if ((version != 0x00010000 && version != 0x4f54544f && version != 0x74727565) || n == 0 ||
        n > TABLES_MOST)
        return false;
    msh_cursor_seek(&c, HEAD);
    for (uint16_t i = 0; i < n; i++) {
        msh_view name = msh_cursor_take(&c, 4);
        msh_cursor_skip(&c, 4);
        table t = {.at = msh_cursor_u32be(&c)};
        t.len = msh_cursor_u32be(&c);
        if (!msh_cursor_ok(&c) || (uint64_t)t.at + t.len > size)
            return false;
        *end = (uint64_t)t.at + t.len > *end ? (uint64_t)t.at + t.len : *end;
        if (msh_view_eq_str(name, tag))
            *out = t;
    }
    return true;
}

static int probe(const msh_doc *doc)
{
    table t;
    uint64_t end;
    return find_table(doc->head, doc->in->size, "name", &t, &end) ? 70 : 0;
}

static msh_err emit_name(msh_extract *x, const msh_place *place, uint16_t platform, msh_view v)
{
    msh_text t = {.bytes = v, .charset = MSH_CS_UTF16BE, .place = *place};
    t.place.line = 1;
    if (platform == PLATFORM_MAC)
        return msh_emit_bytes(x, place, v, MSH_CHARSET_COUNT, 0);
    return v.len > 1 ? msh_emit_mapped(x, &t) : MSH_OK;
}

static msh_err read_names(msh_extract *x, const msh_doc *doc, msh_view names)
{
    msh_cursor c = msh_cursor_of(names);
    msh_place place = doc->place;
    msh_view last = {NULL, 0};
    place.role = MSH_ROLE_META;
    msh_cursor_skip(&c, 2);
    uint16_t n = msh_cursor_u16be(&c), strings = msh_cursor_u16be(&c);
    for (uint16_t i = 0; i < n && i < NAMES_MOST; i++) {
        uint16_t platform = msh_cursor_u16be(&c);
        msh_cursor_skip(&c, 6);
        uint16_t len = msh_cursor_u16be(&c), at = msh_cursor_u16be(&c);
        if (!msh_cursor_ok(&c))
            return MSH_E_SHORT;
        msh_view v = msh_view_cut(names, (size_t)strings + at, len);
        if (!msh_view_eq(v, last))
            MSH_TRY(emit_name(x, &place, platform, v));
        last = v;
    }
    return MSH_OK;
}

static msh_err extract(msh_extract *x, const msh_doc *doc)
{
    table t;
    uint64_t end;
    msh_view all;
    MSH_TRY(msh_input_whole(doc->in, (size_t)x->limits->member_size, &all));
    if (!find_table(doc->head, doc->in->size, "name", &t, &end))
        return MSH_E_SYNTAX;
    MSH_TRY(read_names(x, doc, msh_view_cut(all, t.at, t.len)));
    if (end + PAD < doc->in->size)
        MSH_TRY(msh_extract_tail(x, doc, end));
    return msh_report(x, &doc->place, MSH_REASON_FORMAT_OPAQUE, 0);
}

extern const msh_format msh_format_font;
const msh_format msh_format_font = {
    .name = "font",
    .zh = "TrueType、OpenType 字体",
    .en = "TrueType and OpenType fonts",
    .suffixes = "ttf otf odttf",
    .reads_zh = "名称、版权、说明；字形不含文字；末尾多余的字节另行检查",
    .reads_en =
        "names, copyright, descriptions; glyphs hold no text; bytes behind the end by themselves",
    .probe = probe,
    .extract = extract,
    .family = "opaque",
};
